// Every published statement over the demonstration rounds (架空).
#include "services/indicator/statements/published.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

#include "services/base/error.h"
#include "services/indicator/files/data_files.h"
#include "tests/indicator/demo_rounds.h"

namespace welfare::indicator {
namespace {

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
    EXPECT_EQ(statement.verdict, StatementVerdict::kFits)
        << Describe(statement);
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
      EXPECT_EQ(reading.verdict, StatementVerdict::kFits)
          << Describe(statement);
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
        EXPECT_EQ(statement.verdict, StatementVerdict::kNotComputed);
        EXPECT_FALSE(statement.not_computed_reason.empty()) << statement.id;
        EXPECT_FALSE(statement.synthetic);
        break;
      case Check::kTrend:
        EXPECT_EQ(statement.verdict, StatementVerdict::kUnchecked)
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
  EXPECT_EQ(contractor.readings[1].rule,
            "base 30; count 26; profile 1: 9割 = 26..28 of 30");
}

TEST(PublishedStatements, WithoutTheYearBeforeAComparisonIsNotComputed) {
  const World& world = World::Get();
  StatementInputs inputs;
  inputs.rounds[2025] = world.rounds.at(2025).get();
  inputs.history = &world.demo.history;
  for (const Statement& statement :
       JudgeStatements(world.data.published.at(2025), inputs)) {
    if (statement.id != "p06_window_no_change") continue;
    EXPECT_EQ(statement.verdict, StatementVerdict::kNotComputed);
    EXPECT_EQ(statement.not_computed_reason, "there is no round of FY2024");
  }
}

// Answers that contradict the published figure must not pass.
TEST(PublishedStatements, AWrongRoundIsFoundOut) {
  const World& world = World::Get();
  testing::DemoRound round = world.demo.rounds.at(2025);
  for (RawColumn& column : round.columns) {
    if (column.item != "plan_formulated") continue;
    // The first municipality with a plan now plans one.
    for (std::uint64_t& codes : column.codes) {
      if (codes == 1) {
        codes = 2;
        break;
      }
    }
  }
  const RoundIndicators changed(
      std::make_shared<RoundTable>(MakeDemoTable(round)),
      world.data.definitions);
  StatementInputs inputs;
  inputs.rounds[2024] = world.rounds.at(2024).get();
  inputs.rounds[2025] = &changed;
  inputs.history = &world.demo.history;
  for (const Statement& statement :
       JudgeStatements(world.data.published.at(2025), inputs)) {
    if (statement.id != "p04_plan_formulated") continue;
    EXPECT_EQ(statement.verdict, StatementVerdict::kDoesNotFit);
    EXPECT_THAT(statement.agreeing_readings, ::testing::IsEmpty());
  }
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
    }
    // 86 items, 2 of them asked of both kinds.
    EXPECT_GE(round->definitions().size(), 88U);
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
