// Figures against a slow, row-wise recount that shares nothing with the code:
// plain structs, plain loops, no bitmaps, no expression language.
#include "services/indicator/compute/round_indicators.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/indicator/flag_table.h"
#include "tests/indicator/small_round.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::RespondentKind;
using testing::Absent;
using testing::Codes;
using testing::kYear;
using testing::MakeHistory;
using testing::MakeTable;
using testing::Number;
using testing::RandomRows;
using testing::TestAnswer;
using testing::TestCodes;
using testing::TestDefinitions;
using testing::TestRow;

// --- the oracle

bool RowCounts(const TestRow& row, Basis basis) {
  if (row.state == SubmissionState::kFinal) return true;
  return basis == Basis::kProvisional &&
         (row.state == SubmissionState::kSubmitted ||
          row.state == SubmissionState::kAccepted);
}

// What the round says of an item, after masking.
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

// Membership: true, false, or nothing for UNKNOWN.
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

struct Recount {
  int size = 0;
  int base = 0;
  int answered = 0;
  std::map<Absence, int> absences;
  std::map<std::string, int> cells;
};

// Recounts over one item; `keys_of` says in which cells an answer is.
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

// Tenths of a percent, by long division instead of the platform's formula.
std::string PercentByHand(int k, int n) {
  int best = 0;
  // The largest t with t - 0.5 <= 1000 k / n, in integers: 2nt - n <= 2000k.
  while (2LL * n * (best + 1) - n <= 2000LL * k) ++best;
  return std::to_string(best / 10) + "." + std::to_string(best % 10);
}

class RandomRound : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    rows_ = RandomRows(random, 1 + static_cast<int>(random() % 100));
    basis_ = GetParam() % 3 == 0 ? Basis::kFinal : Basis::kProvisional;
    table_ = std::make_shared<RoundTable>(MakeTable(rows_, basis_));
    indicators_ = std::make_unique<RoundIndicators>(table_, TestDefinitions());
    history_ = MakeHistory(rows_, 2022);
  }

  Figures Compute(const std::string& id) const {
    auto figures = indicators_->Compute(id, &history_);
    EXPECT_TRUE(figures.ok()) << id << ": " << figures.status();
    return figures.ok() ? *figures : Figures{};
  }

  std::vector<TestRow> rows_;
  Basis basis_ = Basis::kProvisional;
  std::shared_ptr<const RoundTable> table_;
  std::unique_ptr<RoundIndicators> indicators_;
  RegistryHistory history_;
};

TEST_P(RandomRound, EveryDefinitionBinds) {
  EXPECT_THAT(indicators_->violations(), ::testing::IsEmpty());
}

TEST_P(RandomRound, DistributionsAgreeWithTheRecount) {
  struct Case {
    std::string id, population, item;
  };
  for (const Case& c : std::vector<Case>{
           {"plan", "implementing", "plan"},
           {"position", "implementing", "position"},
           {"position_plan_made", "plan_made", "position"},
           {"window_previous_year", "implementing_previous_year", "window"},
           {"operation", "implementing", "operation"},
           {"contractor", "outreach_outsourced", "contractor"},
           {"opening", "all_councils", "opening"}}) {
    SCOPED_TRACE(c.id);
    ExpectSame(Compute(c.id),
               RecountItem(c.population, c.item, rows_, basis_, AsCodes));
  }
}

TEST_P(RandomRound, TextsAndTablesCountRespondents) {
  ExpectSame(
      Compute("note"),
      RecountItem("implementing", "note", rows_, basis_, [](const TestAnswer&) {
        return std::vector<std::string>{"answered"};
      }));
  const Figures phases = Compute("phases");
  for (const std::string part : {"discovery", "continuous"}) {
    const Recount recount = RecountItem(
        "all_councils", "phases/" + part, rows_, basis_,
        [&part](const TestAnswer&) { return std::vector<std::string>{part}; });
    const auto found = recount.cells.find(part);
    EXPECT_EQ(phases.FindCell(part)->count,
              found == recount.cells.end() ? 0 : found->second);
    EXPECT_EQ(phases.base, recount.base);
  }
}

TEST_P(RandomRound, PopulationsAgreeWithTheRecount) {
  for (const PopulationDefinition& population : TestDefinitions().populations) {
    SCOPED_TRACE(population.id);
    int members = 0;
    int undecided = 0;
    for (const TestRow& row : rows_) {
      const auto member = IsMember(population.id, row, basis_);
      if (!member.has_value()) ++undecided;
      if (member == true) ++members;
    }
    const PopulationSet* set = indicators_->FindPopulation(population.id);
    ASSERT_NE(set, nullptr);
    EXPECT_EQ(set->members.Count(), members);
    EXPECT_EQ(set->undecided.Count(), undecided);
  }
}

TEST_P(RandomRound, NumbersAgreeWithTheRecount) {
  for (const auto& [id, population, item] :
       std::vector<std::array<std::string, 3>>{
           {"contacts", "implementing", "contacts"},
           {"supports", "implementing_previous_year", "supports"}}) {
    SCOPED_TRACE(id);
    std::vector<std::int64_t> values;
    bool missing = false;
    for (const TestRow* row : Members(population, rows_, basis_)) {
      const TestAnswer answer = Seen(*row, item, basis_);
      if (answer.answered()) {
        values.push_back(answer.number);
      } else if (base::StaysInBase(*answer.absence)) {
        missing = true;
      }
    }
    std::ranges::sort(values);
    const Figures figures = Compute(id);
    EXPECT_EQ(figures.answered, static_cast<int>(values.size()));
    if (values.empty()) {
      EXPECT_FALSE(figures.FindCell("total")->value.has_value());
      EXPECT_THAT(figures.FindCell("total")->flags,
                  ::testing::Contains(Flag::kUndefined));
      continue;
    }
    std::int64_t total = 0;
    for (const std::int64_t value : values) total += value;
    EXPECT_EQ(figures.FindCell("total")->value, std::to_string(total));
    EXPECT_EQ(figures.FindCell("max")->value, std::to_string(values.back()));
    const FigureCell* mean = figures.FindCell("mean");
    EXPECT_EQ(*mean->numerator * static_cast<std::int64_t>(values.size()),
              total * *mean->denominator);
    const FigureCell* median = figures.FindCell("median");
    const std::int64_t twice =
        values[(values.size() - 1) / 2] + values[values.size() / 2];
    EXPECT_EQ(*median->numerator * 2, twice * *median->denominator);
    EXPECT_EQ(
        std::ranges::count(figures.FindCell("total")->flags, Flag::kLowerBound),
        missing ? 1 : 0);
  }
}

TEST_P(RandomRound, RanksAndHistogramsAgreeWithTheRecount) {
  std::map<std::int64_t, int, std::greater<>> holders;
  std::map<std::string, int> classes;
  for (const TestRow* row : Members("implementing", rows_, basis_)) {
    const TestAnswer answer = Seen(*row, "contacts", basis_);
    if (!answer.answered()) continue;
    ++holders[answer.number];
    const std::int64_t n = answer.number;
    ++classes[n == 0    ? "0"
              : n <= 5  ? "1_to_5"
              : n <= 20 ? "6_to_20"
                        : "21_or_more"];
  }
  const Figures ranked = Compute("contacts_ranked");
  int rank = 0;
  for (const auto& [value, count] : holders) {
    if (++rank > 3) break;
    const FigureCell* cell = ranked.FindCell("rank_" + std::to_string(rank));
    EXPECT_EQ(cell->value, std::to_string(value));
    EXPECT_EQ(cell->count, count);
    EXPECT_EQ(std::ranges::count(cell->flags, Flag::kTied), count > 1 ? 1 : 0);
  }
  const Figures histogram = Compute("contacts_histogram");
  for (const FigureCell& cell : histogram.cells) {
    EXPECT_EQ(cell.count, classes[cell.key]) << cell.key;
  }
}

TEST_P(RandomRound, CountsAgreeWithTheRecount) {
  std::map<std::string, int> split;
  int council = 0;
  int council_base = 0;
  int not_counted = 0;
  int first_year = 0;
  int first_year_base = 0;
  for (const TestRow* row : Members("implementing", rows_, basis_)) {
    const TestAnswer operation = Seen(*row, "operation", basis_);
    const TestAnswer contractor = Seen(*row, "contractor", basis_);
    if (operation.Has("direct") && !operation.Has("outsourced")) {
      ++split["direct_only"];
    }
    if (operation.Has("direct") && operation.Has("outsourced")) ++split["both"];
    if (!operation.Has("direct") && operation.Has("outsourced")) {
      ++split["outsourced_only"];
    }
    // Whoever was not asked counts as not having it.
    if (contractor.Has("council")) ++council;
    if (RowCounts(*row, basis_)) ++council_base;
    if (Seen(*row, "contacts", basis_).absence == Absence::kNotCounted ||
        Seen(*row, "supports", basis_).absence == Absence::kNotCounted) {
      ++not_counted;
    }
    if (row->Implements(kYear - 1) == false && RowCounts(*row, basis_)) {
      ++first_year_base;
      if (Seen(*row, "window", basis_).Has("installed")) ++first_year;
    }
  }
  const Figures operation_split = Compute("operation_split");
  for (const FigureCell& cell : operation_split.cells) {
    EXPECT_EQ(cell.count, split[cell.key]) << cell.key;
  }
  const Figures to_council = Compute("contractor_council_implementing");
  EXPECT_EQ(to_council.cells[0].count, council);
  EXPECT_EQ(to_council.base, council_base);
  EXPECT_EQ(Compute("any_not_counted").cells[0].count, not_counted);
  const Figures cohorts = Compute("window_by_cohort");
  EXPECT_EQ(cohorts.FindCell("year_1")->count, first_year);
  EXPECT_EQ(cohorts.FindCell("year_1")->base, first_year_base);
  // Whoever is in no cohort is asked and answers like everybody.
  const Figures window = Compute("window");
  EXPECT_EQ(cohorts.base, window.base);
  EXPECT_EQ(cohorts.answered, window.answered);
  EXPECT_EQ(cohorts.absences, window.absences);
}

TEST_P(RandomRound, PercentsAndSumsHold) {
  for (const Definition& definition : indicators_->definitions()) {
    SCOPED_TRACE(definition.id);
    const Figures figures = Compute(definition.id);
    int inside = 0;
    int outside = 0;
    for (const Absence kind : base::kAllAbsences) {
      (base::StaysInBase(kind) ? inside : outside) += figures.Absent(kind);
    }
    EXPECT_EQ(figures.size, figures.base + outside);
    int sum = 0;
    for (const FigureCell& cell : figures.cells) {
      EXPECT_GE(cell.count, 0);
      EXPECT_LE(cell.count, cell.base);
      EXPECT_LE(cell.base, figures.base);
      sum += cell.count;
      if (cell.percent.has_value()) {
        EXPECT_EQ(*cell.percent, PercentByHand(cell.count, cell.base));
      } else if (!cell.value.has_value()) {
        EXPECT_TRUE(cell.Has(Flag::kUndefined) || cell.Has(Flag::kNoValue));
      }
    }
    if (definition.measure == Measure::kDistribution &&
        !definition.multiple_answer && definition.item != "note") {
      EXPECT_EQ(sum + inside, figures.base);
    }
  }
}

TEST_P(RandomRound, EveryValueSaysWhatTheTableSays) {
  for (const Definition& definition : indicators_->definitions()) {
    testing::ExpectWhatTheTableSays(Compute(definition.id));
  }
}

TEST_P(RandomRound, ExplanationsRecountEveryCell) {
  for (const Definition& definition : indicators_->definitions()) {
    const Figures figures = Compute(definition.id);
    std::vector<std::string> keys;
    for (const FigureCell& cell : figures.cells) keys.push_back(cell.key);
    for (const std::string& key : keys) {
      SCOPED_TRACE(definition.id + " " + key);
      const auto explained =
          indicators_->Explain(definition.id, key, &history_);
      ASSERT_TRUE(explained.ok()) << explained.status();
      int in = 0;
      int in_base = 0;
      for (const CellExplanation& one : explained->explanations) {
        in += one.in ? 1 : 0;
        in_base += one.in_base ? 1 : 0;
        EXPECT_FALSE(one.reason.empty());
        EXPECT_TRUE(!one.in || one.in_base);
      }
      EXPECT_EQ(in, figures.FindCell(key)->count);
      EXPECT_EQ(in_base, figures.FindCell(key)->base);
      EXPECT_EQ(static_cast<int>(explained->explanations.size()),
                figures.size + figures.undecided);
    }
  }
}

TEST_P(RandomRound, ProgressAndSeriesAgreeWithTheRecount) {
  int received = 0;
  int late = 0;
  int early = 0;
  int expected = 0;
  int unrecorded = 0;
  int received_not_implementing = 0;
  std::map<int, int> implementing;
  std::map<int, int> newcomers;
  std::map<int, int> unknown_newcomers;
  for (const TestRow& row : rows_) {
    if (row.kind != RespondentKind::kMunicipality) continue;
    ++expected;
    if (RowCounts(row, basis_)) {
      ++received;
      if (row.late) ++late;
      if (row.early) ++early;
      if (row.Implements(kYear) == false) ++received_not_implementing;
    }
    if (!row.Implements(kYear).has_value()) ++unrecorded;
    for (int year = 2023; year <= kYear; ++year) {
      const std::optional<bool> now = row.Implements(year);
      const std::optional<bool> before = row.Implements(year - 1);
      if (now == true) ++implementing[year];
      if (now == true && before == false) ++newcomers[year];
      // Who does not implement, or did the year before, is surely none.
      if (now != false && before != true &&
          (!now.has_value() || !before.has_value())) {
        ++unknown_newcomers[year];
      }
    }
  }
  const Figures progress = Compute("response_municipalities");
  EXPECT_EQ(progress.FindCell("received")->count, received);
  EXPECT_EQ(progress.FindCell("received")->base, expected);
  EXPECT_EQ(progress.FindCell("late")->count, late);
  EXPECT_EQ(progress.FindCell("on_time")->count, received - late - early);
  EXPECT_EQ(progress.FindCell("early") == nullptr, early == 0);
  EXPECT_EQ(progress.answered, expected);
  EXPECT_EQ(progress.FindCell("received_not_implementing")->count,
            received_not_implementing);
  EXPECT_EQ(progress.FindCell("received_status_unknown") == nullptr,
            unrecorded == 0);
  for (int year = 2023; year <= kYear; ++year) {
    const std::string key = std::to_string(year);
    EXPECT_EQ(Compute("implementing_by_year").FindCell(key)->count,
              implementing[year]);
    const Figures by_year = Compute("newcomers_by_year");
    EXPECT_EQ(by_year.FindCell(key)->count, newcomers[year]);
    EXPECT_EQ(by_year.FindCell(key)->undecided, unknown_newcomers[year]);
  }
  EXPECT_EQ(Compute("newcomers_by_year").Absent(Absence::kUnknown),
            unknown_newcomers[kYear]);
  // The series and the population of that name are one set.
  const PopulationSet* population = indicators_->FindPopulation("newcomers");
  EXPECT_EQ(population->members.Count(), newcomers[kYear]);
  EXPECT_EQ(population->undecided.Count(), unknown_newcomers[kYear]);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRound, ::testing::Range(1, 9));

// --- the traps of denominators, one round each

// `n` municipalities that implement in both years and answered nothing yet,
// each followed by its council.
std::vector<TestRow> Municipalities(int n) {
  std::vector<TestRow> rows;
  for (const std::string& code : TestCodes(n)) {
    TestRow row;
    row.code = code;
    for (int year = 2020; year <= kYear; ++year) {
      row.implementing[year] = true;
      row.preparation[year] = false;
    }
    rows.push_back(row);
  }
  return rows;
}

class Trap : public ::testing::Test {
 protected:
  Figures Compute(const std::vector<TestRow>& rows, const std::string& id) {
    table_ = std::make_shared<RoundTable>(MakeTable(rows));
    indicators_ = std::make_unique<RoundIndicators>(table_, TestDefinitions());
    const RegistryHistory history = MakeHistory(rows, 2022);
    auto figures = indicators_->Compute(id, &history);
    EXPECT_TRUE(figures.ok()) << figures.status();
    return figures.ok() ? *figures : Figures{};
  }
  std::shared_ptr<const RoundTable> table_;
  std::unique_ptr<RoundIndicators> indicators_;
};

TEST_F(Trap, TwoSetsOfEqualSizeAreTwoPopulations) {
  // 1: implements since this year, has a plan. 0: implemented before, has none.
  std::vector<TestRow> rows = Municipalities(2);
  rows[1].implementing[kYear - 1] = false;
  rows[0].answers["plan"] = Codes({"none"});
  rows[1].answers["plan"] = Codes({"formulated"});
  rows[0].answers["position"] = Codes({"none"});
  rows[1].answers["position"] = Codes({"current"});
  const Figures by_plan = Compute(rows, "position_plan_made");
  EXPECT_EQ(by_plan.size, 1);
  EXPECT_EQ(by_plan.FindCell("current")->count, 1);
  EXPECT_TRUE(indicators_->FindPopulation("implementing_previous_year")
                  ->members.Test(0));
  EXPECT_TRUE(indicators_->FindPopulation("plan_made")->members.Test(1));
  EXPECT_FALSE(indicators_->FindPopulation("plan_made")->members.Test(0));
}

TEST_F(Trap, NewcomersAreNotApplicableForLastYearsCounts) {
  std::vector<TestRow> rows = Municipalities(3);
  rows[2].implementing[kYear - 1] = false;
  rows[0].answers["supports"] = Number(0);
  rows[1].answers["supports"] = Absent(Absence::kNotCounted);
  const Figures figures = Compute(rows, "supports");
  EXPECT_EQ(figures.size, 2);
  EXPECT_EQ(figures.base, 2);
  EXPECT_EQ(figures.answered, 1);
  EXPECT_EQ(figures.Absent(Absence::kNotCounted), 1);
  EXPECT_EQ(figures.FindCell("total")->value, "0");
  EXPECT_THAT(figures.FindCell("total")->flags,
              ::testing::Contains(Flag::kLowerBound));
  EXPECT_EQ(figures.reference_year, kYear - 1);
  EXPECT_EQ(figures.label, "令和6年度 supports");
}

TEST_F(Trap, ZeroIsAnAnswerAndUndefinedIsNotZero) {
  std::vector<TestRow> rows = Municipalities(1);
  rows[0].answers["contacts"] = Number(0);
  const Figures figures = Compute(rows, "contacts");
  EXPECT_EQ(figures.answered, 1);
  EXPECT_EQ(figures.FindCell("mean")->value, "0");
  const Figures none = Compute(rows, "contractor");
  EXPECT_EQ(none.base, 0);
  EXPECT_FALSE(none.FindCell("council")->percent.has_value());
  EXPECT_THAT(none.flags, ::testing::ElementsAre(Flag::kUndefined));
}

TEST_F(Trap, OverlapOfMultipleAnswersIsSplit) {
  // 2 direct only, 3 both, 25 outsourced only; 26 of the 28 to the council.
  std::vector<TestRow> rows = Municipalities(30);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::set<std::string> codes;
    if (i < 5) codes.insert("direct");
    if (i >= 2) codes.insert("outsourced");
    rows[i].answers["operation"] = Codes(codes);
    if (i >= 2) {
      rows[i].answers["contractor"] = Codes({i < 28 ? "council" : "npo"});
    }
  }
  const Figures split = Compute(rows, "operation_split");
  EXPECT_EQ(split.cells[0].count, 2);
  EXPECT_EQ(split.cells[1].count, 3);
  EXPECT_EQ(split.cells[2].count, 25);
  const Figures operation = Compute(rows, "operation");
  EXPECT_EQ(operation.FindCell("direct")->count, 5);
  EXPECT_EQ(operation.FindCell("outsourced")->count, 28);
  EXPECT_EQ(operation.base, 30);
  const Figures asked = Compute(rows, "contractor");
  EXPECT_EQ(asked.base, 28);
  EXPECT_EQ(asked.FindCell("council")->percent, "92.9");
  const Figures all = Compute(rows, "contractor_council_implementing");
  EXPECT_EQ(all.base, 30);
  EXPECT_EQ(all.cells[0].count, 26);
  EXPECT_EQ(all.cells[0].percent, "86.7");
}

TEST_F(Trap, NotCountedIsNeitherZeroNorUnanswered) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[0].answers["contacts"] = Number(0);
  rows[1].answers["contacts"] = Absent(Absence::kNotCounted);
  rows[2].answers["contacts"] = Absent(Absence::kNoAnswer);
  rows[3].answers["contacts"] = Number(14);
  const Figures figures = Compute(rows, "contacts_ranked");
  EXPECT_EQ(figures.base, 4);
  EXPECT_EQ(figures.answered, 2);
  EXPECT_EQ(figures.Absent(Absence::kNotCounted), 1);
  EXPECT_EQ(figures.Absent(Absence::kNoAnswer), 1);
  EXPECT_EQ(figures.cells[0].value, "14");
  EXPECT_EQ(figures.cells[1].value, "0");
  EXPECT_FALSE(figures.cells[2].value.has_value());
  const auto explained =
      indicators_->Explain("contacts_ranked", "NOT_COUNTED", nullptr);
  ASSERT_TRUE(explained.ok());
  EXPECT_TRUE(explained->explanations[1].in);
  EXPECT_EQ(explained->explanations[1].reason,
            "NOT_COUNTED (カウントしていない)");
}

TEST_F(Trap, AHighestValueIsABoundWhereSomeKeepNoCount) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[0].answers["contacts"] = Number(14);
  rows[1].answers["contacts"] = Number(14);
  rows[2].answers["contacts"] = Absent(Absence::kNotCounted);
  rows[3].answers["contacts"] = Number(3);
  const Figures sums = Compute(rows, "contacts");
  const Figures ranks = Compute(rows, "contacts_ranked");
  const FigureCell& max = *sums.FindCell("max");
  const FigureCell& first = *ranks.FindCell("rank_1");
  EXPECT_EQ(max.flags, first.flags);
  EXPECT_THAT(max.flags, ::testing::ElementsAre(Flag::kLowerBound,
                                                Flag::kSmallBase, Flag::kTied));
  EXPECT_EQ(max.base, 3);
  EXPECT_EQ(first.base, 3);
  EXPECT_THAT(sums.FindCell("mean")->flags,
              ::testing::ElementsAre(Flag::kSmallBase));
  // There are two distinct values: no third rank, over a base that is not 0.
  const FigureCell& third = *ranks.FindCell("rank_3");
  EXPECT_FALSE(third.value.has_value());
  EXPECT_THAT(third.flags,
              ::testing::ElementsAre(Flag::kSmallBase, Flag::kNoValue));
}

TEST_F(Trap, WhoHasNoRecordOfTheYearBeforeIsNoNewcomerYet) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[1].implementing[kYear - 1] = false;
  rows[2].implementing[kYear - 1] = std::nullopt;
  rows[3].implementing[kYear] = std::nullopt;  // surely none: ran it before
  const Figures figures = Compute(rows, "newcomers_by_year");
  const FigureCell& cell = *figures.FindCell(std::to_string(kYear));
  EXPECT_EQ(cell.count, 1);
  EXPECT_EQ(cell.undecided, 1);
  EXPECT_THAT(cell.flags, ::testing::Contains(Flag::kLowerBound));
  EXPECT_EQ(figures.Absent(Absence::kUnknown), 1);
  EXPECT_EQ(figures.answered, 3);
  const auto explained =
      indicators_->Explain("newcomers_by_year", std::to_string(kYear), nullptr);
  EXPECT_FALSE(explained.ok());  // a series needs the registry
  const RegistryHistory history = MakeHistory(rows, 2022);
  const auto named = indicators_->Explain("newcomers_by_year",
                                          std::to_string(kYear), &history);
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->explanations[0].reason, "registry 2025: newcomer no");
  EXPECT_EQ(named->explanations[1].reason, "registry 2025: newcomer yes");
  EXPECT_EQ(named->explanations[2].reason, "registry 2025: newcomer UNKNOWN");
  EXPECT_EQ(named->explanations[3].reason, "registry 2025: newcomer no");
}

TEST_F(Trap, AYearWithoutRecordsIsNoZero) {
  std::vector<TestRow> rows = Municipalities(3);
  for (TestRow& row : rows) row.implementing[2023] = std::nullopt;
  const Figures figures = Compute(rows, "implementing_by_year");
  const FigureCell& cell = *figures.FindCell("2023");
  EXPECT_EQ(cell.count, 0);
  EXPECT_EQ(cell.base, 3);
  EXPECT_EQ(cell.undecided, 3);
  EXPECT_FALSE(cell.percent.has_value());
  EXPECT_THAT(cell.flags,
              ::testing::ElementsAre(Flag::kLowerBound, Flag::kSmallBase,
                                     Flag::kNoValue));
  // What was before the programme could be run needs no record.
  RegistryHistory history = MakeHistory(rows, 2024);
  history.first_program_year = 2024;
  const auto since = indicators_->Compute("newcomers_by_year", &history);
  ASSERT_TRUE(since.ok()) << since.status();
  EXPECT_EQ(since->FindCell("2024")->count, 3);
  EXPECT_EQ(since->FindCell("2024")->undecided, 0);
}

TEST_F(Trap, BeforeTheFirstDayIsNotOnTime) {
  std::vector<TestRow> rows = Municipalities(4);
  rows[0].early = true;
  rows[1].late = true;
  rows[3].implementing[kYear] = std::nullopt;
  const Figures figures = Compute(rows, "response_municipalities");
  EXPECT_EQ(figures.FindCell("received")->count, 4);
  EXPECT_EQ(figures.FindCell("on_time")->count, 2);
  EXPECT_EQ(figures.FindCell("late")->count, 1);
  EXPECT_EQ(figures.FindCell("early")->count, 1);
  EXPECT_EQ(figures.FindCell("received_not_implementing")->count, 0);
  EXPECT_EQ(figures.FindCell("received_status_unknown")->count, 1);
}

TEST_F(Trap, UnknownPreparationIsLeftOutAndCounted) {
  std::vector<TestRow> rows = Municipalities(3);
  rows[0].preparation[kYear] = true;
  rows[1].preparation[kYear] = std::nullopt;
  Compute(rows, "plan");
  const PopulationSet* transition = indicators_->FindPopulation("transition");
  EXPECT_EQ(transition->members.Count(), 1);
  EXPECT_EQ(transition->undecided.Count(), 1);
}

TEST_F(Trap, CellsKeepTheOrderOfTheCodebook) {
  const Figures figures = Compute(Municipalities(1), "plan");
  std::vector<std::string> keys;
  for (const FigureCell& cell : figures.cells) keys.push_back(cell.key);
  EXPECT_THAT(keys,
              ::testing::ElementsAre("formulated", "in_progress", "none"));
}

TEST_F(Trap, FinalBasisCountsFinalSubmissionsOnly) {
  std::vector<TestRow> rows = Municipalities(3);
  for (TestRow& row : rows) row.answers["plan"] = Codes({"formulated"});
  rows[0].state = SubmissionState::kFinal;
  rows[1].state = SubmissionState::kAccepted;
  rows[2].state = SubmissionState::kReturned;
  EXPECT_EQ(Compute(rows, "plan").FindCell("formulated")->count, 2);
  auto table = std::make_shared<RoundTable>(MakeTable(rows, Basis::kFinal));
  const RoundIndicators final_only(table, TestDefinitions());
  const auto figures = final_only.Compute("plan", nullptr);
  ASSERT_TRUE(figures.ok());
  EXPECT_EQ(figures->FindCell("formulated")->count, 1);
  EXPECT_EQ(figures->Absent(Absence::kUnitNonresponse), 2);
  EXPECT_EQ(figures->basis, Basis::kFinal);
}

TEST_F(Trap, UnknownCellIsRefusedWithTheKnownOnes) {
  Compute(Municipalities(1), "plan");
  const auto explained = indicators_->Explain("plan", "finished", nullptr);
  EXPECT_EQ(base::ReasonOf(explained.status()), "CELL_UNKNOWN");
  EXPECT_EQ(
      base::ReasonOf(indicators_->Explain("nothing", "x", nullptr).status()),
      "INDICATOR_NOT_FOUND");
}

TEST_F(Trap, DefinitionsThatDoNotFitTheCodebookAreAllNamed) {
  DefinitionSet set = TestDefinitions();
  set.populations.push_back(
      {"lost", 1, RespondentKind::kMunicipality, "${gone} = 'x'", "なし"});
  Definition broken;
  broken.id = "broken";
  broken.label = "broken";
  broken.measure = Measure::kDistribution;
  broken.population = "lost";
  broken.item = "gone";
  set.definitions.push_back(broken);
  broken.id = "wrong_option";
  broken.measure = Measure::kCount;
  broken.item.clear();
  broken.population = "implementing";
  CellDefinition cell;
  cell.key = "x";
  cell.condition = "${plan} = 'finished'";
  broken.cells = {cell};
  set.definitions.push_back(broken);
  auto table = std::make_shared<RoundTable>(MakeTable(Municipalities(1)));
  const RoundIndicators indicators(table, set);
  std::vector<std::string> reasons;
  for (const base::Violation& violation : indicators.violations()) {
    reasons.push_back(violation.reason);
  }
  EXPECT_THAT(reasons, ::testing::UnorderedElementsAre(
                           "ITEM_UNKNOWN", "POPULATION_MISFIT", "ITEM_UNKNOWN",
                           "OPTION_UNKNOWN"));
  EXPECT_EQ(base::ReasonOf(indicators.Compute("broken", nullptr).status()),
            "ITEM_NOT_IN_ROUND");
  EXPECT_TRUE(indicators.IsComputable("plan"));
}

TEST_F(Trap, DigestFollowsTheDefinitionAndItsPopulation) {
  const Figures before = Compute(Municipalities(1), "plan");
  DefinitionSet set = TestDefinitions();
  for (PopulationDefinition& population : set.populations) {
    if (population.id == "implementing") population.version = 2;
  }
  auto table = std::make_shared<RoundTable>(MakeTable(Municipalities(1)));
  const auto after = RoundIndicators(table, set).Compute("plan", nullptr);
  ASSERT_TRUE(after.ok());
  EXPECT_NE(before.definition_digest, after->definition_digest);
  EXPECT_EQ(before.definition_digest.size(), 64U);
}

}  // namespace
}  // namespace welfare::indicator
