// A questionnaire as it is kept: its sheets, and the rules they are read by.
#pragma once

#include <optional>
#include <string>

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"

namespace welfare::survey {

// Stored in the database; do not renumber.
enum class CodebookState { kDraft = 1, kPublished = 2 };

// The text of a codebook's three sheets, CSV in UTF-8.
struct CodebookSheets {
  std::string survey;
  std::string choices;
  std::string settings;

  friend bool operator==(const CodebookSheets&,
                         const CodebookSheets&) = default;
};

// By which rules sheets are read. A codebook keeps those it was imported under,
// so that what it asks never changes. Stored in the database; do not renumber.
enum class SheetRules {
  // Of a group only name and title count; other cells of its rows, lists that
  // no question uses and placeholders outside questions are passed over.
  kFirst = 1,
  // Every cell is used or named as a problem.
  kEveryCell = 2,
  // Cells are read by the one notion of text (services/text): what is blank,
  // how
  // words fold, what a label may hold. Conditions are tried out on all answers.
  kOneText = 3,
};

// Under which every codebook is read that comes now.
inline constexpr SheetRules kCurrentRules = SheetRules::kOneText;

// One version of a questionnaire as it is kept.
struct StoredCodebook {
  base::CodebookName name;
  std::string title = {};
  CodebookState state = CodebookState::kDraft;
  CodebookSheets sheets = {};
  SheetRules rules = kCurrentRules;
  std::string digest = {};  // SHA-256 of the canonical text, hexadecimal
  base::Timestamp create_time = {};
  std::optional<base::Timestamp> publish_time = {};
};

}  // namespace welfare::survey
