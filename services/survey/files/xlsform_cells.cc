#include "services/survey/files/xlsform_cells.h"

#include <algorithm>

#include "services/base/absence.h"
#include "services/base/error.h"
#include "services/base/names/respondent.h"
#include "services/survey/codebook/label.h"
#include "services/text/field_rules.h"

namespace welfare::survey {

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
    sheet.Add(record.line, column, "WORD_UNKNOWN",
              "Write 'yes' or nothing, not '" + word + "'.");
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
  if (fault.ok()) return;
  sheet.Add(record.line, column, base::ReasonOf(fault),
            std::string(base::MessageOf(fault)));
}

void CheckText(const XlsFormSheet& sheet, const XlsFormSheet::Record& record,
               std::string_view column, bool takes_year) {
  if (!sheet.every_cell()) return;
  CheckLabel(sheet, record, column);
  const std::string& text = record.at(column);
  for (const std::string& unknown : UnknownPlaceholders(text)) {
    sheet.Add(record.line, column, "LABEL_PLACEHOLDER",
              std::string(takes_year ? "The only placeholder is {ref_fy_ja}"
                                     : "No placeholder is filled in here") +
                  ", not " + unknown + '.');
  }
  if (!takes_year && NamesReferenceYear(text)) {
    sheet.Add(record.line, column, "LABEL_PLACEHOLDER",
              "{ref_fy_ja} is filled in in labels only.");
  }
}

void ReadRespondents(const XlsFormSheet& sheet,
                     const XlsFormSheet::Record& record, Item& item) {
  for (const std::string& word : SplitWords(record.at("respondent"))) {
    const auto kind = base::ParseRespondentKind(word);
    if (!kind.ok() || item.AskedOf(*kind)) {
      sheet.Add(record.line, "respondent", "WORD_UNKNOWN",
                item.id + ": write municipality, council or both, not '" +
                    record.at("respondent") + "'.");
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
    sheet.Add(record.line, "reference_year_offset", "WORD_UNKNOWN",
              item.id + ": the offset is 0 or -1, not '" + offset + "'.");
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
    sheet.Add(record.line, "publish_level", "WORD_UNKNOWN",
              item.id + ": '" + level +
                  "' is none of internal, stakeholders, aggregate, "
                  "public.");
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
      sheet.Add(record.line, "absences", "WORD_UNKNOWN",
                item.id + ": '" + word +
                    "' is no kind of absence, or "
                    "stands twice.");
    } else {
      item.absences.push_back(*absence);
    }
  }
  if (required == !item.absences.empty()) {
    sheet.Add(record.line, "absences", "REQUIRED_CONTRADICTS",
              item.id + (required ? ": a required item offers no absence."
                                  : ": say which absences an item that is not "
                                    "required takes."));
  }
}

}  // namespace welfare::survey
