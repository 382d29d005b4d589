// Every published statement over the demonstration rounds (架空).
#include "services/indicator/statements/judge/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "services/base/error.h"
#include "services/indicator/files/data_files.h"
#include "services/indicator/statements/published.h"
#include "tests/indicator/demo_rounds.h"
#include "tests/indicator/flag_table.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using testing::DemoRounds;
using testing::LoadDemoRounds;
using testing::MakeDemoTable;
using testing::SourceDir;

// Loaded once for all tests of the file.
struct World {
  DemoRounds demo = LoadDemoRounds();
  SurveyData data;
  std::map<int, std::unique_ptr<RoundIndicators>> rounds;
  std::vector<Statement> statements;

  World() {
    auto loaded = LoadSurveyData(SourceDir() / "services/indicator/data");
    if (!loaded.ok()) {
      const auto details = base::GetErrorDetails(loaded.status());
      for (const auto& violation : details->violations) {
        std::fprintf(stderr, "%s %s %s\n", violation.field.c_str(),
                     violation.reason.c_str(), violation.description.c_str());
      }
      std::abort();
    }
    data = loaded->at("jusou");
    for (const auto& [year, round] : demo.rounds) {
      rounds[year] = std::make_unique<RoundIndicators>(
          std::make_shared<RoundTable>(MakeDemoTable(round)), data.definitions);
    }
    statements = Judge();
  }

  std::vector<Statement> Judge() const {
    StatementInputs inputs;
    for (const auto& [year, round] : rounds) inputs.rounds[year] = round.get();
    inputs.history = &demo.history;
    return JudgeStatements(data.published.at(2025), inputs);
  }

  const Statement& Find(const std::string& id) const {
    for (const Statement& statement : statements) {
      if (statement.id == id) return statement;
    }
    ADD_FAILURE() << "no statement " << id;
    return statements.front();
  }

  static const World& Get() {
    static const World& world = *new World();
    return world;
  }
};

std::string Describe(const Statement& statement) {
  std::string text = statement.id;
  for (const StatementReading& reading : statement.readings) {
    text += "\n  " + reading.reading + ": " + reading.computed + " verdict " +
            std::to_string(static_cast<int>(reading.verdict)) + " [" +
            reading.rule + "] " + reading.not_computed_reason;
  }
  return text;
}

TEST(PublishedStatements, DefinitionsFitTheCodebookOfBothRounds) {
  for (const auto& [year, round] : World::Get().rounds) {
    for (const base::Violation& violation : round->violations()) {
      ADD_FAILURE() << year << " " << violation.field << ": "
                    << violation.description;
    }
  }
}

TEST(PublishedStatements, EveryComputableStatementAgrees) {
  std::map<Check, int> met;
  for (const Statement& statement : World::Get().statements) {
    const bool needed = statement.check == Check::kComputed ||
                        statement.check == Check::kRegistry ||
                        statement.check == Check::kProgress ||
                        statement.check == Check::kOptionList;
    if (!needed) continue;
    EXPECT_EQ(statement.verdict, Verdict::kFits) << Describe(statement);
    if (!statement.agreeing_readings.empty()) ++met[statement.check];
  }
  EXPECT_EQ(World::Get().statements.size(), 136U);
  EXPECT_GT(met[Check::kComputed], 35);
  EXPECT_GT(met[Check::kRegistry], 10);
  EXPECT_EQ(met[Check::kProgress], 4);
  EXPECT_GT(met[Check::kOptionList], 15);
}

TEST(PublishedStatements, EveryReadingIsJudgedAndAgrees) {
  std::size_t readings = 0;
  for (const Statement& statement : World::Get().statements) {
    readings += statement.readings.size();
    if (statement.check != Check::kComputed) continue;
    for (const StatementReading& reading : statement.readings) {
      EXPECT_EQ(reading.verdict, Verdict::kFits) << Describe(statement);
      EXPECT_FALSE(reading.rule.empty()) << Describe(statement);
      EXPECT_FALSE(reading.indicator.empty()) << Describe(statement);
    }
  }
  EXPECT_EQ(readings, 143U);
}

TEST(PublishedStatements, TheRestSaysWhyItIsNotComputed) {
  for (const Statement& statement : World::Get().statements) {
    switch (statement.check) {
      case Check::kEditorial:
      case Check::kLegal:
      case Check::kLost:
      case Check::kPartlyKnown:
        EXPECT_EQ(statement.verdict, Verdict::kNotComputed);
        EXPECT_FALSE(statement.not_computed_reason.empty()) << statement.id;
        EXPECT_FALSE(statement.synthetic);
        break;
      case Check::kTrend:
        EXPECT_EQ(statement.verdict, Verdict::kUnchecked)
            << Describe(statement);
        for (const StatementReading& reading : statement.readings) {
          EXPECT_FALSE(reading.computed.empty()) << Describe(statement);
        }
        break;
      case Check::kComputed:
      case Check::kRegistry:
      case Check::kProgress:
      case Check::kOptionList:
        break;
    }
  }
}

TEST(PublishedStatements, FiguresThatAreCertainComeOutExactly) {
  const std::map<std::string, std::string> expected = {
      {"p04_plan_formulated", "23/30 (76.7%)"},
      {"p06_window_installed", "18/30 (60.0%)"},
      {"p06_window_not_installed", "12/30 (40.0%)"},
      {"p06_window_total", "18/30 (60.0%)"},
      {"p06_window_integrated_half", "9/18 (50.0%)"},
      {"p06_window_no_change", "FY2024 14/23 (60.9%) → FY2025 18/30 (60.0%)"},
      {"p08_preparing_self_reported", "10/32 (31.3%)"},
      {"p13_outreach_direct", "5/30 (16.7%)"},
      {"p13_outreach_direct_and_outsourced", "3/5 (60.0%)"},
      {"p13_outreach_to_council", "26/28 (92.9%)"},
      {"p13_outreach_all_timings", "21/30 (70.0%)"},
      {"p13_contacts_max", "40"},
      {"p13_contacts_second", "14"},
      {"p13_contacts_third", "12"},
      {"p15_supports_plan_total", "14"},
      {"p15_supports_preplan_total", "1527"},
      {"p02_response_rate", "62/62 (100.0%), 62/62 (100.0%)"},
      {"p02_window_dates", "2025-06-16/2025-07-11"},
      {"p03_registry_newcomers", "2,5,5,11,7"}};
  for (const auto& [id, computed] : expected) {
    EXPECT_EQ(World::Get().Find(id).readings.front().computed, computed) << id;
  }
}

TEST(PublishedStatements, RegistryListsNameTheirMembers) {
  const Statement& transition = World::Get().Find("p03_registry_transition");
  EXPECT_EQ(transition.readings.front().computed,
            "6/32: 荒川区、足立区、武蔵野市、府中市、武蔵村山市、羽村市");
  EXPECT_EQ(World::Get().Find("p03_registry_fy2021").readings.front().computed,
            "2/62: 世田谷区、八王子市");
  EXPECT_THAT(World::Get()
                  .Find("p02_target_council_implementing")
                  .readings.front()
                  .computed,
              ::testing::HasSubstr("豊島区民社会福祉協議会"));
}

TEST(PublishedStatements, ReadingsAreNamed) {
  EXPECT_THAT(World::Get().Find("p04_plan_position_current").agreeing_readings,
              ::testing::ElementsAre("A", "B"));
  const Statement& contractor =
      World::Get().Find("p13_outreach_contractor_headline");
  EXPECT_EQ(contractor.readings[0].base, 28);
  EXPECT_EQ(contractor.readings[1].base, 30);
  EXPECT_EQ(contractor.readings[1].rule, "profile 1: 9割 = 26..28 of 30");
  EXPECT_EQ(
      World::Get().Find("p06_window_integrated_half").readings.front().rule,
      "profile 1: 半数 = 9 of 18");
}

TEST(PublishedStatements, WithoutTheYearBeforeAComparisonIsNotComputed) {
  const World& world = World::Get();
  StatementInputs inputs;
  inputs.rounds[2025] = world.rounds.at(2025).get();
  inputs.history = &world.demo.history;
  for (const Statement& statement :
       JudgeStatements(world.data.published.at(2025), inputs)) {
    if (statement.id != "p06_window_no_change") continue;
    EXPECT_EQ(statement.verdict, Verdict::kNotComputed);
    EXPECT_EQ(statement.not_computed_reason, "there is no round of FY2024");
    EXPECT_EQ(statement.not_computed_reason_ja, "2024年度の回がない");
  }
}

// The statements over a round of FY2025 that `change` made another.
std::map<std::string, Statement> JudgeChanged(
    const std::function<void(testing::DemoRound&)>& change) {
  const World& world = World::Get();
  testing::DemoRound round = world.demo.rounds.at(2025);
  change(round);
  const RoundIndicators changed(
      std::make_shared<RoundTable>(MakeDemoTable(round)),
      world.data.definitions);
  StatementInputs inputs;
  inputs.rounds[2024] = world.rounds.at(2024).get();
  inputs.rounds[2025] = &changed;
  inputs.history = &world.demo.history;
  std::map<std::string, Statement> by_id;
  for (Statement& statement :
       JudgeStatements(world.data.published.at(2025), inputs)) {
    // The sets are those of a round that ends here.
    for (StatementReading& reading : statement.readings) {
      reading.population = nullptr;
    }
    by_id.emplace(statement.id, std::move(statement));
  }
  return by_id;
}

// The first municipality with a plan now plans one: 22 of 30.
void WithdrawAPlan(testing::DemoRound& round) {
  for (RawColumn& column : round.columns) {
    if (column.item != "plan_formulated") continue;
    for (std::uint64_t& codes : column.codes) {
      if (codes == 1) {
        codes = 2;
        return;
      }
    }
  }
}

// A row is met by what it states: the count by the count, the wording by the
// wording, whatever else is printed beside it.
TEST(PublishedStatements, ACountAndAWordingAreJudgedApart) {
  const auto statements = JudgeChanged(WithdrawAPlan);
  const Statement& count = statements.at("p04_plan_formulated");
  EXPECT_EQ(count.verdict, Verdict::kDoesNotFit);
  EXPECT_THAT(count.agreeing_readings, ::testing::IsEmpty());
  const StatementReading& stated = count.readings.front();
  EXPECT_EQ(stated.claim, Claim::kCount);
  EXPECT_EQ(stated.count_agreement, Agreement::kDiffers);
  EXPECT_EQ(stated.base_agreement, Agreement::kSame);
  EXPECT_EQ(stated.wording_verdict, Verdict::kFits);
  EXPECT_EQ(stated.rule, "count 23");

  const Statement& wording = statements.at("p04_plan_formulated_headline");
  EXPECT_EQ(wording.verdict, Verdict::kFits) << Describe(wording);
  const StatementReading& said = wording.readings.front();
  EXPECT_EQ(said.claim, Claim::kWording);
  EXPECT_EQ(said.count_agreement, Agreement::kDiffers);
  EXPECT_EQ(said.computed, "22/30 (73.3%)");
  EXPECT_EQ(said.rule, "profile 1: 7割以上 = 21..23 of 30");
}

// Nobody's return may turn a wording false that still fits, and a base of
// another size is no reason to.
TEST(PublishedStatements, OneReturnedSubmissionLeavesWhatStillHolds) {
  const auto statements = JudgeChanged([](testing::DemoRound& round) {
    for (FrameRow& row : round.rows) {
      if (row.respondent.kind != base::RespondentKind::kMunicipality) continue;
      if (row.facts.at(2024).implementing != base::Truth::kTrue) continue;
      row.state = SubmissionState::kReturned;
      return;
    }
  });
  int other_base = 0;
  for (const auto& [id, statement] : statements) {
    if (statement.check != Check::kComputed) continue;
    for (const StatementReading& reading : statement.readings) {
      if (reading.base_agreement == Agreement::kDiffers) ++other_base;
      if (reading.claim == Claim::kWording) {
        EXPECT_EQ(reading.verdict, *reading.wording_verdict)
            << Describe(statement);
      }
      if (reading.claim == Claim::kCount &&
          reading.published_count.has_value()) {
        EXPECT_EQ(reading.verdict == Verdict::kFits,
                  reading.count_agreement == Agreement::kSame)
            << Describe(statement);
      }
    }
  }
  EXPECT_GT(other_base, 10);
  for (const std::string id :
       {"p05_eval_covers_superior_plan", "p13_outreach_team_exists",
        "p12_mlc_superior_body", "p15_supports_not_counted",
        "p04_plan_period_5_6", "p05_eval_structure_headline"}) {
    EXPECT_EQ(statements.at(id).verdict, Verdict::kFits)
        << Describe(statements.at(id));
  }
}

TEST(PublishedStatements, WhatARowStatesIsRead) {
  const std::map<std::string, std::optional<Claim>> expected = {
      {"p02_response_municipality", Claim::kShare},
      {"p02_response_rate", Claim::kPercent},
      {"p02_window_dates", Claim::kValue},
      {"p03_registry_fy2022", Claim::kCount},
      {"p03_registry_newcomers", Claim::kValue},
      {"p04_plan_formulated", Claim::kCount},
      {"p04_plan_formulated_headline", Claim::kWording},
      {"p08_contractor_includes_council", Claim::kWording},
      {"p13_outreach_all_timings", Claim::kPercent},
      {"p15_supports_preplan_total", Claim::kValue},
      {"p07_new_method", Claim::kCount},
      {"p02_method_email", std::nullopt}};
  for (const auto& [id, claim] : expected) {
    EXPECT_EQ(World::Get().Find(id).readings.front().claim, claim) << id;
  }
}

// A registry that lacks the records of a year says so; it does not count 0.
TEST(PublishedStatements, AYearWithoutRecordsIsNotComputed) {
  const World& world = World::Get();
  RegistryHistory history = world.demo.history;
  for (auto& [code, entry] : history.rosters.at(2022)) {
    entry.facts = StatusFacts();
  }
  StatementInputs inputs;
  for (const auto& [year, round] : world.rounds) {
    inputs.rounds[year] = round.get();
  }
  inputs.history = &history;
  for (const Statement& statement :
       JudgeStatements(world.data.published.at(2025), inputs)) {
    if (statement.id == "p03_registry_fy2022") {
      EXPECT_EQ(statement.verdict, Verdict::kNotComputed);
      EXPECT_EQ(statement.not_computed_reason,
                "the registry has no record of FY2022");
    }
    if (statement.id == "p03_registry_newcomers") {
      EXPECT_EQ(statement.verdict, Verdict::kNotComputed);
    }
    if (statement.id == "p03_registry_fy2023") {
      EXPECT_EQ(statement.verdict, Verdict::kFits);
    }
  }
}

// Whoever implemented in the programme's first year began then: there was no
// year before. Whoever has no record of the year before began nobody knows
// when.
TEST(PublishedStatements, CohortsNeedTheRecordOfTheYearBefore) {
  const World& world = World::Get();
  // What the indicator's data and the registry's say is one year.
  EXPECT_EQ(world.data.definitions.first_program_year,
            world.demo.history.first_program_year);
  const auto bases = [&world](const RoundIndicators& round) {
    const auto figures =
        round.Compute("cb_structure_by_years", &world.demo.history);
    EXPECT_TRUE(figures.ok()) << figures.status();
    std::vector<int> all;
    for (const FigureCell& cell : figures->cells) all.push_back(cell.base);
    return all;
  };
  EXPECT_THAT(bases(*world.rounds.at(2024)),
              ::testing::ElementsAre(11, 5, 5, 2, 0));
  EXPECT_THAT(bases(*world.rounds.at(2025)),
              ::testing::ElementsAre(7, 11, 5, 5, 2));
  testing::DemoRound round = world.demo.rounds.at(2025);
  for (FrameRow& row : round.rows) row.facts.erase(2023);
  EXPECT_THAT(
      bases(RoundIndicators(std::make_shared<RoundTable>(MakeDemoTable(round)),
                            world.data.definitions)),
      ::testing::ElementsAre(7, 0, 0, 5, 2));
}

TEST(PublishedStatements, EveryIndicatorOfBothRoundsComputes) {
  const World& world = World::Get();
  std::set<std::string> ids;
  for (const auto& [year, round] : world.rounds) {
    for (const Definition& definition : round->definitions()) {
      EXPECT_TRUE(ids.insert(std::to_string(year) + definition.id).second);
      const auto figures = round->Compute(definition.id, &world.demo.history);
      ASSERT_TRUE(figures.ok()) << definition.id << figures.status();
      EXPECT_EQ(figures->label.find('{'), std::string::npos) << figures->label;
      EXPECT_FALSE(figures->label.empty()) << definition.id;
      testing::ExpectWhatTheTableSays(*figures);
    }
    // 86 items, 2 of them asked of both kinds.
    EXPECT_GE(round->definitions().size(), 88U);
  }
}

// The shipped definitions over rounds in which anybody may have left anything
// blank, kept no count, handed in nothing or be on no record.
TEST(PublishedStatements, EveryIndicatorOfAMaimedRoundSaysWhatTheTableSays) {
  const World& world = World::Get();
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::mt19937_64 random(seed);
    const auto one_of = [&random](std::uint64_t n) {
      return random() % n == 0;
    };
    testing::DemoRound round = world.demo.rounds.at(2025);
    RegistryHistory history = world.demo.history;
    for (FrameRow& row : round.rows) {
      if (one_of(6)) row.state = std::nullopt;
      if (one_of(6)) row.state = SubmissionState::kFinal;
      if (one_of(6)) row.facts.erase(2025 - static_cast<int>(random() % 3));
    }
    for (auto& [year, roster] : history.rosters) {
      for (auto& [code, entry] : roster) {
        if (year == 2023 || one_of(5)) entry.facts = StatusFacts();
      }
    }
    constexpr std::array<Absence, 3> kKinds = {
        Absence::kNoAnswer, Absence::kNotCounted, Absence::kUnknown};
    for (RawColumn& column : round.columns) {
      const bool all = one_of(10);
      for (std::size_t row = 0; row < column.absences.size(); ++row) {
        if (column.absences[row] != 0 || !(all || one_of(4))) continue;
        column.absences[row] = static_cast<std::uint8_t>(kKinds[random() % 3]);
        if (!column.codes.empty()) column.codes[row] = 0;
      }
    }
    for (const Basis basis : {Basis::kProvisional, Basis::kFinal}) {
      const RoundIndicators indicators(
          std::make_shared<RoundTable>(MakeDemoTable(round, basis)),
          world.data.definitions);
      for (const Definition& definition : indicators.definitions()) {
        const auto figures = indicators.Compute(definition.id, &history);
        ASSERT_TRUE(figures.ok()) << definition.id << figures.status();
        testing::ExpectWhatTheTableSays(*figures);
      }
    }
  }
}

TEST(PublishedStatements, PopulationsHaveTheirKnownSizes) {
  const std::map<std::string, int> sizes = {
      {"all_municipalities", 62},
      {"all_councils", 62},
      {"implementing", 30},
      {"not_implementing", 32},
      {"implementing_councils", 30},
      {"not_implementing_councils", 32},
      {"implementing_previous_year", 23},
      {"plan_made", 23},
      {"newcomers", 7},
      {"no_plan", 7},
      {"transition", 6},
      {"preparing_self_reported", 10},
      {"window_installed", 18},
      {"window_not_installed", 12},
      {"outreach_direct", 5},
      {"outreach_outsourced", 28},
      {"outreach_direct_and_outsourced", 3},
      {"outreach_to_council", 26},
      {"regular_place_councils", 18}};
  const RoundIndicators& round = *World::Get().rounds.at(2025);
  for (const auto& [id, size] : sizes) {
    ASSERT_NE(round.FindPopulation(id), nullptr) << id;
    EXPECT_EQ(round.FindPopulation(id)->members.Count(), size) << id;
  }
  EXPECT_NE(round.FindPopulation("plan_made")->members,
            round.FindPopulation("implementing_previous_year")->members);
  EXPECT_NE(round.FindPopulation("no_plan")->members,
            round.FindPopulation("newcomers")->members);
}

TEST(PublishedStatements, PopulationsAreTheOnesOfThePublishedData) {
  // The codebook and the published rows speak of populations by these ids.
  const World& world = World::Get();
  std::set<std::string> known;
  for (const auto& population : world.data.definitions.populations) {
    known.insert(population.id);
  }
  const auto questionnaire = testing::LoadQuestionnaire();
  for (const auto& item : questionnaire->items()) {
    std::istringstream ids(item.population);
    for (std::string id; ids >> id;) EXPECT_TRUE(known.contains(id)) << id;
  }
}

}  // namespace
}  // namespace welfare::indicator
