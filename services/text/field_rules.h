// One rule for each kind of field: what is blank in it, what is folded, which
// characters and how many it takes. Files, sheets and JSON ask the same rules,
// so that a text is judged alike on every way in.
//
// In every field white space and invisible characters alone are blank, and
// blank is no text. Then a rule is one of two sorts:
//
// - What a reader will read (a number, a code, a date, a word of a list) is
//   trimmed and its full-width letters and digits are folded.
// - What people wrote (a name, a label, a free text) stays as it was sent, but
//   for kana whose voicing mark stands apart; these are composed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace welfare::text {

struct FieldRule {
  // White space at an end of the text.
  enum class Ends {
    kTrim,    // is left out
    kRefuse,  // is a fault: two spellings would look the same
    kKeep,
  };
  // Characters that nobody sees. Variation selectors behind a character are
  // none of them.
  enum class Invisible {
    kRefuse,
    kRefuseAtEnds,
    kKeep,
  };
  enum class Unit { kCharacters, kBytes };

  Ends ends = Ends::kRefuse;
  Invisible invisible = Invisible::kRefuse;
  bool folds_width = false;  // FoldWidth
  bool takes_lines = false;  // line ends and tabs
  bool is_kana = false;      // full-width katakana alone
  std::size_t longest = 0;   // of what is kept
  Unit unit = Unit::kCharacters;

  // The same rule with another length.
  constexpr FieldRule AtMost(std::size_t most, Unit its_unit) const {
    FieldRule rule = *this;
    rule.longest = most;
    rule.unit = its_unit;
    return rule;
  }
};

// A resource id or the name of a question, where it is defined. Where one is
// referred to, it is a word.
inline constexpr FieldRule kIdField = {.longest = 63};
// Whole numbers, municipality codes, days, fiscal years, and words of a list
// (options, columns, yes and no). Numbers, days and years have readers in
// value_readers.h.
inline constexpr FieldRule kNumberField = {
    .ends = FieldRule::Ends::kTrim, .folds_width = true, .longest = 100};
inline constexpr FieldRule kCodeField = kNumberField;
inline constexpr FieldRule kDateField = kNumberField;
inline constexpr FieldRule kFiscalYearField = kNumberField;
inline constexpr FieldRule kWordField = {
    .ends = FieldRule::Ends::kTrim, .folds_width = true, .longest = 1'000};
// The name of a place, a council, a department.
inline constexpr FieldRule kNameField = {.longest = 200,
                                         .unit = FieldRule::Unit::kBytes};
// The reading of a name.
inline constexpr FieldRule kKanaField = {
    .is_kana = true, .longest = 200, .unit = FieldRule::Unit::kBytes};
// The text of a question, an option, a section; a title.
inline constexpr FieldRule kLabelField = {
    .ends = FieldRule::Ends::kKeep,
    .invisible = FieldRule::Invisible::kRefuseAtEnds,
    .longest = 10'000,
    .unit = FieldRule::Unit::kBytes};
// What a respondent wrote.
inline constexpr FieldRule kFreeTextField = {
    .ends = FieldRule::Ends::kKeep,
    .invisible = FieldRule::Invisible::kKeep,
    .takes_lines = true,
    .longest = 10'000};
// Whom to ask, and how.
inline constexpr FieldRule kContactField = {
    .ends = FieldRule::Ends::kKeep,
    .invisible = FieldRule::Invisible::kRefuseAtEnds,
    .longest = 500};
// Why somebody changed something, and notes.
inline constexpr FieldRule kReasonField = {
    .ends = FieldRule::Ends::kKeep,
    .invisible = FieldRule::Invisible::kRefuseAtEnds,
    .longest = 2'000};
inline constexpr FieldRule kFileNameField = {.longest = 255,
                                             .unit = FieldRule::Unit::kBytes};

// Returns the text to keep: empty where `utf8` is blank. Whether a field may be
// blank is its owner's to say. What was kept is kept as it is the next time.
//
// A fault names the character and its place, and never repeats the text, which
// may be personal; English message, and Japanese beside it.
//
// Errors, INVALID_ARGUMENT:
//   TEXT_INVALID: no UTF-8, or a character that the field does not take:
//     controls, line ends, direction marks and noncharacters, white space or
//     invisible ones where the rule refuses them. Metadata `character` (as a
//     reader sees it) and `position` (from 1).
//   TEXT_TOO_LONG: metadata `longest`.
//   KANA_INVALID: metadata `proposal` where the text has a reading in katakana.
absl::StatusOr<std::string> Keep(const FieldRule& rule, std::string_view utf8);

// Returns the fault of `utf8` alone.
absl::Status Check(const FieldRule& rule, std::string_view utf8);

}  // namespace welfare::text
