#include "tests/indicator/recount.h"

#include <gtest/gtest.h>

#include <utility>

namespace welfare::indicator::testing {

using base::Absence;
using base::RespondentKind;

bool RowCounts(const TestRow& row, Basis basis) {
  if (row.state == SubmissionState::kFinal) return true;
  return basis == Basis::kProvisional &&
         (row.state == SubmissionState::kSubmitted ||
          row.state == SubmissionState::kAccepted);
}

TestAnswer Seen(const TestRow& row, const std::string& item, Basis basis) {
  const bool council_item = item == "opening" || item.starts_with("phases");
  if (council_item != (row.kind == RespondentKind::kCouncil)) {
    return Absent(Absence::kNotAsked);
  }
  if (!RowCounts(row, basis)) return Absent(Absence::kUnitNonresponse);
  const auto found = row.answers.find(item);
  return found == row.answers.end() ? Absent(Absence::kNotApplicable)
                                    : found->second;
}

std::optional<bool> IsMember(const std::string& population, const TestRow& row,
                             Basis basis) {
  const bool council = row.kind == RespondentKind::kCouncil;
  if (population == "all_councils") return council;
  if (council) return false;
  if (population == "all_municipalities") return true;
  if (population == "implementing") return row.Implements(kYear);
  if (population == "not_implementing") {
    const auto known = row.Implements(kYear);
    return known.has_value() ? std::optional<bool>(!*known) : std::nullopt;
  }
  if (population == "implementing_previous_year") {
    return row.Implements(kYear - 1);
  }
  if (population == "newcomers") {
    const std::optional<bool> now = row.Implements(kYear);
    const std::optional<bool> before = row.Implements(kYear - 1);
    if (now == false || before == true) return false;
    if (now == true && before == false) return true;
    return std::nullopt;
  }
  if (population == "transition") return row.preparation.at(kYear);
  const std::map<std::string, std::pair<std::string, std::string>> answers = {
      {"plan_made", {"plan", "formulated"}},
      {"outreach_outsourced", {"operation", "outsourced"}},
      {"outreach_direct", {"operation", "direct"}}};
  const auto& [item, code] = answers.at(population);
  const TestAnswer answer = Seen(row, item, basis);
  if (!answer.answered()) return std::nullopt;
  return answer.Has(code);
}

std::vector<const TestRow*> Members(const std::string& population,
                                    const std::vector<TestRow>& rows,
                                    Basis basis) {
  std::vector<const TestRow*> members;
  for (const TestRow& row : rows) {
    if (IsMember(population, row, basis) == true) members.push_back(&row);
  }
  return members;
}

Recount RecountItem(
    const std::string& population, const std::string& item,
    const std::vector<TestRow>& rows, Basis basis,
    const std::function<std::vector<std::string>(const TestAnswer&)>& keys_of) {
  Recount recount;
  for (const TestRow* row : Members(population, rows, basis)) {
    ++recount.size;
    const TestAnswer answer = Seen(*row, item, basis);
    if (answer.answered()) {
      ++recount.answered;
      ++recount.base;
      for (const std::string& key : keys_of(answer)) ++recount.cells[key];
      continue;
    }
    ++recount.absences[*answer.absence];
    if (*answer.absence == Absence::kNoAnswer ||
        *answer.absence == Absence::kNotCounted ||
        *answer.absence == Absence::kUnknown) {
      ++recount.base;
    }
  }
  return recount;
}

std::vector<std::string> AsCodes(const TestAnswer& answer) {
  return {answer.codes.begin(), answer.codes.end()};
}

void ExpectSame(const Figures& figures, const Recount& recount) {
  EXPECT_EQ(figures.size, recount.size);
  EXPECT_EQ(figures.base, recount.base);
  EXPECT_EQ(figures.answered, recount.answered);
  for (const Absence kind : base::kAllAbsences) {
    const auto found = recount.absences.find(kind);
    EXPECT_EQ(figures.Absent(kind),
              found == recount.absences.end() ? 0 : found->second)
        << base::ToString(kind);
  }
  for (const auto& [key, count] : recount.cells) {
    const FigureCell* cell = figures.FindCell(key);
    ASSERT_NE(cell, nullptr) << key;
    EXPECT_EQ(cell->count, count) << key;
  }
  for (const FigureCell& cell : figures.cells) {
    if (recount.cells.contains(cell.key)) continue;
    EXPECT_EQ(cell.count, 0) << cell.key;
  }
}

std::string PercentByHand(int k, int n) {
  int best = 0;
  // The largest t with t - 0.5 <= 1000 k / n, in integers: 2nt - n <= 2000k.
  while (2LL * n * (best + 1) - n <= 2000LL * k) ++best;
  return std::to_string(best / 10) + "." + std::to_string(best % 10);
}

}  // namespace welfare::indicator::testing
