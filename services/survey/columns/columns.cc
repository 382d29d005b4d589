#include "services/survey/columns/columns.h"

#include <utility>

#include "services/survey/submission/routing.h"

namespace welfare::survey {
namespace {

std::uint8_t Number(base::Absence absence) {
  return static_cast<std::uint8_t>(absence);
}

// The columns of one item: one, or one per row of a table.
struct Span {
  std::size_t first = 0;
  std::size_t count = 0;
};

void Put(Column& column, const Item& item, const Answer& answer,
         std::size_t respondent, std::size_t respondents) {
  column.absences[respondent] = 0;
  if (const auto* codes = std::get_if<Codes>(&answer.content)) {
    std::uint64_t bits = 0;
    for (const std::string& code : *codes) {
      if (const auto option = item.FindOption(code)) {
        bits |= std::uint64_t{1} << *option;
      }
    }
    column.codes[respondent] = bits;
  } else if (const auto* integer = std::get_if<std::int64_t>(&answer.content)) {
    column.integers[respondent] = *integer;
  } else if (const auto* text = std::get_if<std::string>(&answer.content)) {
    column.texts[respondent] = *text;
  } else {
    column.absences[respondent] =
        Number(std::get<base::Absence>(answer.content));
  }
  if (!answer.other_text.empty()) {
    column.other_texts.resize(respondents);
    column.other_texts[respondent] = answer.other_text;
  }
}

}  // namespace

std::vector<Column> ComputeColumns(
    const Codebook& codebook, const Frame& frame, int fiscal_year,
    std::span<const Submission* const> submissions) {
  const std::size_t respondents = frame.size();
  std::vector<Column> columns;
  std::vector<Span> spans(codebook.size());
  for (std::size_t i = 0; i < codebook.size(); ++i) {
    const Item& item = codebook.item(i);
    const bool table = item.type == AnswerType::kTable;
    spans[i] = {.first = columns.size(), .count = table ? item.rows.size() : 1};
    for (std::size_t k = 0; k < spans[i].count; ++k) {
      Column column;
      column.item = i;
      if (table) column.row = k;
      column.absences.assign(respondents, 0);
      switch (item.type) {
        case AnswerType::kSingle:
        case AnswerType::kMultiple:
          column.codes.resize(respondents);
          break;
        case AnswerType::kInteger:
          column.integers.resize(respondents);
          break;
        case AnswerType::kText:
        case AnswerType::kTable:
          column.texts.resize(respondents);
          break;
      }
      columns.push_back(std::move(column));
    }
  }

  for (std::size_t r = 0; r < respondents; ++r) {
    const FrameRow& row = frame.row(r);
    const Submission* submission = submissions[r];
    const bool received =
        submission != nullptr && IsReceived(submission->state);
    std::vector<Route> routes;
    if (received) {
      routes = EvaluateRouting(codebook, row, fiscal_year, submission->answers);
    }
    for (std::size_t i = 0; i < codebook.size(); ++i) {
      base::Absence absence = base::Absence::kNoAnswer;
      if (!codebook.item(i).AskedOf(row.respondent.kind)) {
        absence = base::Absence::kNotAsked;
      } else if (!received) {
        absence = base::Absence::kUnitNonresponse;
      } else if (routes[i] == Route::kNotApplicable) {
        absence = base::Absence::kNotApplicable;
      }
      for (std::size_t k = 0; k < spans[i].count; ++k) {
        columns[spans[i].first + k].absences[r] = Number(absence);
      }
    }
    if (!received) continue;
    for (const Answer& answer : submission->answers) {
      const auto index = codebook.Find(answer.item);
      if (!index || routes[*index] != Route::kAsked) continue;
      const Item& item = codebook.item(*index);
      std::size_t at = spans[*index].first;
      if (item.type == AnswerType::kTable) {
        const auto table_row = item.FindRow(answer.row);
        if (!table_row) continue;
        at += *table_row;
      }
      Put(columns[at], item, answer, r, respondents);
    }
  }
  return columns;
}

std::vector<Answer> ComputedAbsences(const Codebook& codebook,
                                     const FrameRow& frame, int fiscal_year,
                                     std::span<const Answer> answers) {
  const std::vector<Route> routes =
      EvaluateRouting(codebook, frame, fiscal_year, answers);
  std::vector<Answer> absences;
  const auto add = [&](const Item& item, const std::string& row) {
    absences.push_back({.item = item.id,
                        .row = row,
                        .content = base::Absence::kNotApplicable,
                        .other_text = "",
                        .provenance = Provenance::kEntered});
  };
  for (std::size_t i = 0; i < codebook.size(); ++i) {
    if (routes[i] != Route::kNotApplicable) continue;
    const Item& item = codebook.item(i);
    if (item.type != AnswerType::kTable) add(item, "");
    for (const Option& row : item.rows) add(item, row.code);
  }
  return absences;
}

}  // namespace welfare::survey
