// How answers to an old questionnaire are read by a codebook. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/base/absence.h"
#include "services/base/error.h"
#include "services/base/numbers/rational.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/mapping/mapping_draft.h"

namespace welfare::survey {

// The id of a mapping: the first 64 bits of the SHA-256 of its text; 0 is no
// mapping. Stored with answers.
using MappingId = std::uint64_t;

// Returns the id of a mapping with this digest, 64 hexadecimal digits.
MappingId MappingIdOf(std::string_view digest);
// 16 hexadecimal digits, and back; nothing where they are none.
std::string FormatMappingId(MappingId id);
std::optional<MappingId> ParseMappingId(std::string_view text);

// A mapping that fits its codebooks. Immutable; any thread may use it.
class AnswerMapping {
 public:
  // What answers to one old item, or to a row of it, are.
  struct Target {
    std::string item = {};  // empty: left out
    std::string row = {};
    AnswerType type = AnswerType::kText;
    // By the word as files have it, folded.
    std::unordered_map<std::string, std::string> codes = {};
    std::unordered_map<std::string, base::Absence> absences = {};
    std::string separator = {};  // empty: a blank
    std::optional<base::Rational> scale = {};
    bool rounds = false;
    const Item* of = nullptr;  // the item, in the codebook

    // `item` or `item/row`.
    std::string key() const { return row.empty() ? item : item + '/' + row; }
  };

  // What a cell says by the codebook, or what is wrong with it.
  struct Cell {
    std::string value = {};
    std::optional<base::Absence> absence = {};
    // WORD_UNMAPPED, NUMBER_UNREADABLE, NUMBER_NOT_WHOLE, or empty.
    std::string_view fault = {};
    std::string word = {};  // at fault
  };

  // Holds `draft` to the codebook that it gives, and to that which it reads,
  // where there is one. Appends all that is wrong to `faults`, each with its
  // place in the file, and then returns null.
  static std::shared_ptr<const AnswerMapping> Make(
      const MappingDraft& draft, MappingId id,
      std::shared_ptr<const Codebook> to, std::shared_ptr<const Codebook> from,
      std::vector<base::Violation>& faults);

  MappingId id() const { return id_; }
  const std::string& survey() const { return survey_; }
  const std::string& codebook() const { return codebook_; }  // its version
  const std::string& from_codebook() const { return from_codebook_; }

  // Null: the mapping does not say what that item is. `item`: as a file has it,
  // `item` or `item/row`.
  const Target* Find(std::string_view item) const;
  // Reads a cell that is neither blank nor #CLEAR.
  Cell Read(const Target& target, std::string_view value) const;

  // What may have been meant by an item that is not found: places of the
  // codebook; and by a word: codes.
  std::vector<std::string> NearItems(std::string_view item) const;
  std::vector<std::string> NearCodes(const Target& target,
                                     std::string_view word) const;

 private:
  class Maker;
  AnswerMapping() = default;

  MappingId id_ = 0;
  std::string survey_;
  std::string codebook_;
  std::string from_codebook_;
  std::shared_ptr<const Codebook> to_;
  std::unordered_map<std::string, Target> targets_;
  // Old items in the order of the file, for who looks for what is near.
  std::vector<std::pair<std::string, std::string>> names_;
};

}  // namespace welfare::survey
