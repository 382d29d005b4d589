// Cells of an old questionnaire's file, read by a mapping.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/survey/mapping/answer_mapping.h"

namespace welfare::survey {

// Reads the cells of one batch. Used by one thread.
class CellMapper {
 public:
  // Three cells of a record; absence: the word of one, or blank.
  struct Cells {
    std::string_view item;
    std::string_view value;
    std::string_view absence;
  };
  // What a record says that the mapping does not know; `violation.field` is the
  // column.
  struct Fault {
    std::string value;  // at fault
    base::Violation violation;
    std::vector<std::string> candidates;
  };

  // `mapping` outlives the object.
  explicit CellMapper(const AnswerMapping& mapping) : mapping_(mapping) {}

  // Whether the mapping leaves the item out.
  bool Drops(std::string_view item) const;
  // The name of an item by the codebook; empty where it is left out, and
  // `unknown` where nobody says what it is.
  std::string NameOf(std::string_view item, std::string_view unknown) const;

  // Returns `cells` as a file of the codebook has them; what is at fault, in
  // `fault`, is blank. New texts are put into `texts`.
  Cells Map(const Cells& cells, std::deque<std::string>& texts,
            std::optional<Fault>& fault);

  const AnswerMapping& mapping() const { return mapping_; }

 private:
  Fault UnknownItem(std::string_view item);
  Fault UnknownWord(const AnswerMapping::Target& target,
                    const AnswerMapping::Cell& cell);
  template <typename Find>
  const std::vector<std::string>& Near(std::string_view item,
                                       std::string_view word,
                                       const Find& find);

  const AnswerMapping& mapping_;
  // Files say the same unknown words again and again.
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> near_;
};

}  // namespace welfare::survey
