// Rows about answers: shares, values and wordings of indicators, and how they
// changed.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/wording/wording.h"
#include "services/indicator/statements/judge/cell_figures.h"
#include "services/indicator/statements/judge/checks.h"

namespace welfare::indicator {
namespace {

// The two years a comparison is about, the earlier first.
std::pair<int, int> YearsOf(const PublishedRow& row) {
  const int now = row.published.fiscal_year;
  const int other = row.figure.round_year;
  return {other < now ? other : now - 1, now};
}

std::string BothInWords(int before, const CellFigure& a, int now,
                        const CellFigure& b) {
  return "FY" + std::to_string(before) + " " + a.Text() + " → FY" +
         std::to_string(now) + " " + b.Text();
}

void JudgeTwoRounds(const PublishedRow& row, OpenReading& reading) {
  const auto [before, now] = YearsOf(row);
  const auto second = FindCells(row, now, reading);
  if (!second.has_value()) return;
  const auto first = FindCells(row, before, reading);
  if (!first.has_value()) return;
  const CellFigure& a = first->front();
  const CellFigure& b = second->front();
  reading.shown().computed = BothInWords(before, a, now, b);
  reading.shown().count = static_cast<int>(a.count);
  reading.shown().base = static_cast<int>(a.base);
  reading.Begin();
  const base::WordingResult word =
      base::CheckWordingOfTwoRounds(row.published.profile, row.figure.wording,
                                    a.count, a.base, b.count, b.base);
  reading.Decide(a.count, a.base, &word);
}

}  // namespace

void JudgeComputed(const PublishedRow& row, OpenReading& reading) {
  if (row.source.two_rounds) return JudgeTwoRounds(row, reading);
  const PublishedFigure& figure = row.figure;
  const auto cells = FindCells(row, figure.round_year, reading);
  if (!cells.has_value()) return;
  const CellFigure& cell = cells->front();
  reading.shown().computed = cell.Text();
  reading.Begin();
  if (cell.value.has_value()) {
    if (figure.value.empty()) return reading.Refuse(NoValueStated());
    return reading.Require(*cell.value == figure.value,
                           "value " + figure.value);
  }
  reading.shown().count = static_cast<int>(cell.count);
  reading.shown().base = static_cast<int>(cell.base);
  if (figure.wording.empty()) {
    return reading.Decide(cell.count, cell.base, nullptr);
  }
  const base::WordingResult word = base::CheckWording(
      row.published.profile, figure.wording, cell.count, cell.base);
  reading.Decide(cell.count, cell.base, &word);
}

void JudgeTrend(const PublishedRow& row, OpenReading& reading) {
  if (row.source.indicator.empty()) {
    return reading.Refuse(TrendWithoutFigure());
  }
  const auto [before, now] = YearsOf(row);
  const auto current = FindCells(row, now, reading);
  if (!current.has_value()) return;
  if (row.source.two_rounds) {
    const auto previous = FindCells(row, before, reading);
    if (!previous.has_value()) return;
    reading.shown().computed =
        BothInWords(before, previous->front(), now, current->front());
  } else {
    for (const CellFigure& cell : *current) {
      Join(reading.shown().computed, cell.label + " " + cell.Text(), ", ");
    }
  }
  reading.LeaveUnchecked();
}

}  // namespace welfare::indicator
