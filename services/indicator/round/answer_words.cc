#include "services/indicator/round/answer_words.h"

#include <vector>

namespace welfare::indicator {
namespace {

std::string AbsenceInWords(base::Absence kind) {
  return std::string(base::ToString(kind)) + " (" +
         std::string(base::ToJapanese(kind)) + ")";
}

void AddOption(const Option& option, std::string& words) {
  if (!words.empty()) words += "、";
  words += option.label + " (" + option.code + ")";
}

}  // namespace

std::string AnswerInWords(const RoundTable& table, std::size_t item,
                          std::size_t row) {
  const Item& question = table.questionnaire().items()[item];
  const std::vector<Column>& columns = table.columns(item);
  std::string words;
  if (question.type == Item::Type::kTable) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].answered.Test(row)) AddOption(question.options[i], words);
    }
    if (!words.empty()) return words;
  }
  const Column& column = columns.front();
  if (const auto absence = column.AbsenceOf(row)) {
    return AbsenceInWords(*absence);
  }
  if (question.type == Item::Type::kInteger) {
    return std::to_string(column.integers[row]) + " " + question.unit;
  }
  if (!question.coded()) return std::string(kAnsweredLabel);
  for (std::size_t i = 0; i < column.planes.size(); ++i) {
    if (column.planes[i].Test(row)) AddOption(question.options[i], words);
  }
  return words;
}

}  // namespace welfare::indicator
