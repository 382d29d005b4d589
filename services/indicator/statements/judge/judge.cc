#include "services/indicator/statements/judge/judge.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/indicator/statements/judge/checks.h"
#include "services/indicator/statements/judge/open_reading.h"
#include "services/indicator/statements/judge/published_row.h"
#include "services/indicator/statements/not_computed.h"

namespace welfare::indicator {
namespace {

// The order in which a verdict is better than another.
int OrderOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return 0;
    case Verdict::kHigherClassFits:
      return 1;
    case Verdict::kUnchecked:
      return 2;
    case Verdict::kDoesNotFit:
      return 3;
    case Verdict::kImpossible:
      return 4;
    case Verdict::kNotComputed:
      return 5;
  }
  return 6;
}

StatementReading JudgeRow(const PublishedRow& row) {
  OpenReading reading(row);
  switch (row.figure.check) {
    case Check::kComputed:
      JudgeComputed(row, reading);
      break;
    case Check::kTrend:
      JudgeTrend(row, reading);
      break;
    case Check::kRegistry:
      JudgeRegistry(row, reading);
      break;
    case Check::kProgress:
      JudgeProgress(row, reading);
      break;
    case Check::kOptionList:
      JudgeOptionList(row, reading);
      break;
    case Check::kEditorial:
    case Check::kLegal:
    case Check::kLost:
    case Check::kPartlyKnown:
      reading.Refuse(BecauseOf(row.figure.check));
      break;
  }
  return std::move(reading).Take();
}

// The statement of the row without its readings. `computed`: that row is.
Statement StatementOf(const PublishedFigure& figure,
                      const StatementInputs& inputs, bool computed) {
  Statement statement;
  statement.id = figure.statement_id;
  statement.page = figure.page;
  statement.label = figure.label;
  statement.published = figure.value_as_published.empty()
                            ? figure.value
                            : figure.value_as_published;
  statement.check = figure.check;
  statement.round_year = figure.round_year;
  const auto round = inputs.rounds.find(figure.round_year);
  const bool of_answers = figure.check == Check::kComputed ||
                          figure.check == Check::kTrend ||
                          figure.check == Check::kProgress;
  statement.synthetic = computed && of_answers &&
                        round != inputs.rounds.end() &&
                        round->second->table().header().synthetic;
  return statement;
}

}  // namespace

std::vector<Statement> JudgeStatements(const PublishedRound& published,
                                       const StatementInputs& inputs) {
  const FigureSource none;
  std::vector<Statement> statements;
  for (const PublishedFigure& figure : published.figures) {
    const auto source = published.sources.find(figure.figure_id);
    StatementReading reading = JudgeRow(
        {published, figure,
         source == published.sources.end() ? none : source->second, inputs});
    const auto same =
        std::ranges::find(statements, figure.statement_id, &Statement::id);
    Statement& statement =
        same != statements.end()
            ? *same
            : statements.emplace_back(StatementOf(
                  figure, inputs, reading.verdict != Verdict::kNotComputed));
    if (OrderOf(reading.verdict) < OrderOf(statement.verdict)) {
      statement.verdict = reading.verdict;
    }
    if (reading.verdict == Verdict::kFits) {
      statement.agreeing_readings.push_back(reading.reading);
    }
    statement.readings.push_back(std::move(reading));
  }
  for (Statement& statement : statements) {
    if (statement.verdict != Verdict::kNotComputed) continue;
    statement.not_computed_reason =
        statement.readings.front().not_computed_reason;
    statement.not_computed_reason_ja =
        statement.readings.front().not_computed_reason_ja;
  }
  return statements;
}

}  // namespace welfare::indicator
