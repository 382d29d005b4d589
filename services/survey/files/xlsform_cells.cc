#include "services/survey/files/xlsform_cells.h"

#include <algorithm>
#include <utility>

#include "services/base/absence.h"
#include "services/base/names/respondent.h"
#include "services/survey/codebook/label.h"
#include "services/text/field_rules.h"

namespace welfare::survey {
namespace {

// A cell that takes some of `words` holds another.
void AddUnknownWord(const XlsFormSheet& sheet,
                    const XlsFormSheet::Record& record, std::string_view column,
                    std::string words, std::string found) {
  sheet.Add(record.line, column, CellFault("WORD_UNKNOWN"),
            {{"words", std::move(words)}, {"found", std::move(found)}});
}

}  // namespace

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

bool ReadYes(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
             std::string_view column) {
  const std::string& word = record.at(column);
  if (!word.empty() && word != "yes") {
    AddUnknownWord(sheet, record, column, "yes", word);
  }
  return word == "yes";
}

void CheckLabel(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                std::string_view column) {
  if (!sheet.one_text()) return;
  // The sheet has a length for all cells.
  const absl::Status fault =
      text::Check(text::kLabelField.AtMost(0, text::FieldRule::Unit::kBytes),
                  record.at(column));
  if (!fault.ok()) sheet.Add(record.line, column, fault);
}

void CheckText(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
               std::string_view column, bool takes_year) {
  if (!sheet.every_cell()) return;
  CheckLabel(sheet, record, column);
  const std::string& text = record.at(column);
  std::vector<std::string> unfilled = UnknownPlaceholders(text);
  if (!takes_year && NamesReferenceYear(text)) {
    unfilled.emplace_back(kReferenceYear);
  }
  for (const std::string& found : unfilled) {
    sheet.Add(record.line, column, CellFault("LABEL_PLACEHOLDER"),
              {{"found", found}});
  }
}

void ReadRespondents(const XlsFormSheet& sheet,
                     const XlsFormSheet::Record& record, Item& item) {
  for (const std::string& word : SplitWords(record.at("respondent"))) {
    const auto kind = base::ParseRespondentKind(word);
    if (!kind.ok() || item.AskedOf(*kind)) {
      AddUnknownWord(sheet, record, "respondent", "municipality, council",
                     record.at("respondent"));
      if (sheet.every_cell()) return;  // one fault of one cell
    } else {
      item.respondents.push_back(*kind);
    }
  }
}

void ReadOffset(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                Item& item) {
  const std::string& offset = record.at("reference_year_offset");
  if (offset == "-1") {
    item.reference_year_offset = -1;
  } else if (!offset.empty() && offset != "0") {
    AddUnknownWord(sheet, record, "reference_year_offset", "0, -1", offset);
  }
}

void ReadPublishLevel(const XlsFormSheet& sheet,
                      const XlsFormSheet::Record& record, Item& item) {
  const std::string& level = record.at("publish_level");
  if (level.empty() || level == "internal") {
    item.publish_level = PublishLevel::kInternal;
  } else if (level == "stakeholders") {
    item.publish_level = PublishLevel::kStakeholders;
  } else if (level == "aggregate") {
    item.publish_level = PublishLevel::kAggregate;
  } else if (level == "public") {
    item.publish_level = PublishLevel::kPublic;
  } else {
    AddUnknownWord(sheet, record, "publish_level",
                   "internal, stakeholders, aggregate, public", level);
  }
}

void ReadAbsences(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
                  Item& item) {
  const bool required = ReadYes(sheet, record, "required");
  if (!sheet.Has("absences")) {
    if (!required) {
      item.absences = {base::Absence::kNoAnswer, base::Absence::kUnknown};
    }
    return;
  }
  for (const std::string& word : SplitWords(record.at("absences"))) {
    const auto absence = base::ParseAbsence(word);
    if (!absence.ok() || item.Allows(*absence)) {
      AddUnknownWord(sheet, record, "absences",
                     "NO_ANSWER, NOT_COUNTED, UNKNOWN", word);
    } else {
      item.absences.push_back(*absence);
    }
  }
  if (required == !item.absences.empty()) {
    sheet.Add(record.line, "absences", CellFault("REQUIRED_CONTRADICTS"));
  }
}

}  // namespace welfare::survey
