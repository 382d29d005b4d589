// Reads a codebook from the sheets of an XLSForm, as CSV. The columns are
// XLSForm's own and the house's; data/README.md describes them.
#pragma once

#include <string>
#include <string_view>

#include "services/survey/codebook/codebook.h"
#include "services/survey/codebook/stored_codebook.h"

namespace welfare::survey {

// A codebook as read from its sheets.
struct XlsFormReading {
  CodebookCheck check;  // the problems of all three sheets
  // SHA-256 over every cell that is not empty, with the name of its column:
  // the same whatever order of columns, quoting or line ends a file has.
  std::string digest;
};

// Reads and checks the sheets of version `version` of `survey`. Adds to the
// problems of Codebook::Check, each with sheet, line and column:
//   CSV_HEADER, CSV_CELLS and the reasons of text::CsvReader: not a table.
//   CSV_SEPARATOR: tabs or semicolons between the cells of the header.
//   COLUMN_MISSING, COLUMN_UNKNOWN, COLUMN_REPEATED; COLUMN_UNNAMED: a cell
//     under no name, once a sheet. Of a sheet that lacks columns nothing else
//     is said.
//   SETTINGS_MISMATCH: `form_id` or `version` names another codebook.
//   LANGUAGE_DIFFERS: texts stand in more than one language.
//   TYPE_UNKNOWN, LIST_UNKNOWN, LIST_MISSPELT (a list of the sheet looks the
//     same), GROUP_UNBALANCED, WORD_UNKNOWN (a cell that takes one of a few
//     words holds another), OTHER_MISSING (`or_other`
//     without a choice `other`), REQUIRED_CONTRADICTS (`required` beside an
//     absence, or neither).
//   SHEET_TOO_LONG, TEXT_TOO_LONG (a cell), TEXT_INVALID (a title, label or
//     message is no label by text/field_rules.h), CODEBOOK_TOO_LARGE (all
//     questions with what they take from their lists and sections).
//   CELL_UNUSED: a cell that means nothing in its row; GROUP_EMPTY.
//   LIST_MISSING, LIST_UNUSED: a choice in no list, a list of no question.
//   NAME_INVALID, LABEL_MISSING, LABEL_PLACEHOLDER, OPTION_INVALID,
//     TOO_MANY_OPTIONS also of sections and choices, each once, where it
//     stands.
//
// What one list or section causes is named there and not at the questions.
// The time is linear in the text but for what Codebook::Check says, and ends
// soon after `interruption` says so (CodebookCheck::called_off).
XlsFormReading ReadXlsForm(const CodebookSheets& sheets,
                           std::string_view survey, std::string_view version,
                           SheetRules rules = kCurrentRules,
                           const Interruption& interruption = {});

}  // namespace welfare::survey
