// The questionnaire: items in order, who is asked, and under which condition.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"

#include "services/base/expression/expression.h"
#include "services/survey/codebook/conditions.h"
#include "services/survey/codebook/item.h"
#include "services/survey/codebook/problem_list.h"

namespace welfare::survey {

class Codebook;

// A codebook, or every reason why it is none.
struct CodebookCheck {
  std::shared_ptr<const Codebook> codebook;  // null when there are problems
  std::vector<CodebookProblem> problems;     // in order of sheet and line
  // Of all, of which only the first ProblemList::kProblemsKept are told.
  std::size_t problems_total = 0;
  // Not OK where the check was called off; then nothing is decided.
  absl::Status called_off = absl::OkStatus();
};

// INVALID_ARGUMENT, CODEBOOK_INVALID, every problem as a violation whose field
// is `survey.csv:12:relevant`; of more than a thousand the first, and the
// number of all.
absl::Status CodebookInvalid(const CodebookCheck& check);

// A questionnaire whose conditions parse, type-check and only look back.
// Immutable; any thread may use it.
//
// Invariants: ids are unique; `relevant` of an item reads only earlier items
// that are asked of one of its respondent kinds; every item can be reached; no
// item has more than kMaxCodes options.
class Codebook {
 public:
  // An answer's codes travel as 64 bits.
  static constexpr std::size_t kMaxCodes = 64;

  // Checks `items` and compiles their conditions, each joined by `and` with
  // those of its sections. The time is linear in the text, apart from the
  // bounded search of ConditionProbe, and ends soon after `interruption` says
  // so. Collects every problem; one of a section's condition is named once, at
  // the section:
  //   NAME_INVALID, NAME_DUPLICATE, RESPONDENT_MISSING, LABEL_MISSING,
  //   LABEL_PLACEHOLDER, LIST_EMPTY, OPTION_INVALID, OPTION_DUPLICATE,
  //   TOO_MANY_OPTIONS, ABSENCE_NOT_SENDABLE,
  //   REFERENCE_YEAR_OFFSET, POPULATION_INVALID, POPULATION_CONTRADICTS,
  //   PAIR_CONCEPT_INVALID, EXPRESSION_SYNTAX, EXPRESSION_TYPE,
  //   CONDITION_LATER, CONDITION_CYCLE, CONDITION_OTHER_RESPONDENT,
  //   UNREACHABLE; UNANSWERABLE where all answers are `tried`.
  static CodebookCheck Check(
      std::string title, std::vector<Item> items,
      std::vector<Section> sections = {}, const Interruption& interruption = {},
      ConditionProbe::Answers tried = ConditionProbe::Answers::kOptions);

  const std::string& title() const { return title_; }
  std::span<const Item> items() const { return items_; }
  std::size_t size() const { return items_.size(); }
  const Item& item(std::size_t index) const { return items_[index]; }
  // Returns the index of the item with this id.
  std::optional<std::size_t> Find(std::string_view id) const;

  // Where one answer stands: an item, or a row of a table. Places are numbered
  // in the order of the codebook.
  struct Place {
    std::size_t item = 0;
    int row = -1;           // among the rows of a table; -1: the item itself
    std::string name = {};  // `item` or `item/row`
  };
  std::size_t places() const { return places_.size(); }
  const Place& place(std::size_t number) const { return places_[number]; }
  // The number of the first place of an item.
  std::size_t first_place(std::size_t item) const { return first_[item]; }
  // Returns the number of the place of this id and code of a row, which is
  // empty but in tables.
  std::optional<std::size_t> FindPlace(std::string_view item,
                                       std::string_view row) const;
  // Whether that is the place of this number.
  bool IsPlace(std::size_t number, std::string_view item,
               std::string_view row) const;

  // Number of pairs of item and respondent kind.
  std::size_t pairs() const;

  // Null: always asked, or no constraint.
  const base::CheckedExpression* relevant(std::size_t index) const;
  const base::CheckedExpression* constraint(std::size_t index) const;
  // Whether some condition reads the answer of this item.
  bool is_read(std::size_t index) const { return read_[index]; }

  // The offsets of all registry terms, sorted, each once.
  const std::vector<int>& registry_offsets() const { return offsets_; }

 private:
  class Builder;
  Codebook(std::string title, std::vector<Item> items);

  std::string title_;
  std::vector<Item> items_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<Place> places_;
  std::vector<std::size_t> first_;  // of places_, by item
  std::vector<std::optional<base::CheckedExpression>> relevant_;
  std::vector<std::optional<base::CheckedExpression>> constraint_;
  std::vector<bool> read_;
  std::vector<int> offsets_;
};

// Finds the places of answers that mostly stand in the order of the codebook,
// one after the other. Used by one thread.
class PlaceFinder {
 public:
  // `codebook` outlives the object.
  explicit PlaceFinder(const Codebook& codebook) : codebook_(codebook) {}

  std::optional<std::size_t> Find(std::string_view item, std::string_view row) {
    if (next_ < codebook_.places() && codebook_.IsPlace(next_, item, row)) {
      return next_++;
    }
    const auto found = codebook_.FindPlace(item, row);
    if (found) next_ = *found + 1;
    return found;
  }

 private:
  const Codebook& codebook_;
  std::size_t next_ = 0;
};

}  // namespace welfare::survey
