// Single cells of a codebook's sheets, each by its own rule.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/survey/codebook/item.h"
#include "services/survey/codebook/problem_table.h"
#include "services/survey/files/xlsform_sheet.h"

namespace welfare::survey {

// A fault of a cell: a reason that is not in the table does not compile.
consteval const base::ViolationRow& CellFault(std::string_view reason) {
  return base::FindRow(kCellTable, reason);
}

// Bytes that each part of a questionnaire costs beside its text.
inline constexpr std::size_t kPartOverhead = 16;

// Returns what spaces separate.
std::vector<std::string> SplitWords(std::string_view text);

// Returns whether a cell says `yes`; anything but this and nothing is
// WORD_UNKNOWN.
bool ReadYes(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
             std::string_view column);

// Adds a problem where the cell is no label by text/field_rules.h.
void CheckLabel(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                std::string_view column);

// Names the placeholders of a text that nothing fills, as LABEL_PLACEHOLDER,
// where every cell counts. `takes_year`: the text may name the reference year.
void CheckText(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
               std::string_view column, bool takes_year);

// Read one cell, or two that belong together, of a question's row into `item`;
// what is none of the words expected is WORD_UNKNOWN.
void ReadRespondents(const XlsFormSheet& sheet,
                     const XlsFormSheet::Record& record, Item& item);
void ReadOffset(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                Item& item);
// An item that does not say is seen by managers and reviewers only.
void ReadPublishLevel(const XlsFormSheet& sheet,
                      const XlsFormSheet::Record& record, Item& item);
// `required` and `absences`: a plain XLSForm has no column `absences`; then
// whatever is not required may be left blank or be not known.
void ReadAbsences(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                  Item& item);

}  // namespace welfare::survey
