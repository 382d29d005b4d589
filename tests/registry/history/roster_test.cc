#include "services/registry/history/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "services/registry/files/municipality_file.h"
#include "services/registry/files/status_file.h"
#include "services/registry/history/timeline.h"
#include "tests/registry/files/imports.h"
#include "tests/registry/samples.h"

namespace welfare::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Tokyo's registry as shipped.
HistoryPtr Tokyo() {
  SeenRecords municipality_keys;
  const auto municipalities =
      ReadMunicipalities(ReadData("municipalities.csv"), municipality_keys);
  const ImportPlan first = PlanMunicipalities(History(), *municipalities, {});
  const HistoryPtr history = Extend(History(), first.changes);
  SeenRecords status_keys;
  const auto statuses = ReadStatuses(ReadData("status-jusou.csv"), status_keys);
  const ImportPlan second = PlanStatusRecords(*history, *statuses, {});
  EXPECT_EQ(first.counts, (importing::ImportCounts{.rows = 62, .created = 62}));
  EXPECT_EQ(second.counts,
            (importing::ImportCounts{.rows = 310, .created = 310}));
  return Extend(*history, second.changes);
}

std::vector<std::string> Newcomers(const Roster& roster) {
  std::vector<std::string> names;
  for (const RosterEntry& entry : roster.entries) {
    if (entry.newcomer) names.push_back(entry.facts->name);
  }
  return names;
}

struct YearCounts {
  int year;
  int implementing;
  int newcomers;
};

TEST(Roster, AgreesWithThePublishedCountsOfEachYear) {
  const HistoryPtr tokyo = Tokyo();
  for (const YearCounts& expected :
       {YearCounts{2021, 2, 2}, YearCounts{2022, 7, 5}, YearCounts{2023, 12, 5},
        YearCounts{2024, 23, 11}, YearCounts{2025, 30, 7}}) {
    const Roster roster =
        ComputeRoster(tokyo->AtHead(), Jusou(), Year(expected.year));
    EXPECT_EQ(roster.counts.implementing, expected.implementing)
        << expected.year;
    EXPECT_EQ(roster.counts.newcomers, expected.newcomers) << expected.year;
    EXPECT_EQ(roster.entries.size(), 62U);
    EXPECT_EQ(roster.counts.not_implementing, 62 - expected.implementing);
    EXPECT_THAT(roster.leavers, IsEmpty());
  }
}

TEST(Roster, NamesTheNewcomersOfEachYear) {
  const HistoryPtr tokyo = Tokyo();
  const auto newcomers = [&](int year) {
    return Newcomers(ComputeRoster(tokyo->AtHead(), Jusou(), Year(year)));
  };
  EXPECT_THAT(newcomers(2021), ElementsAre("世田谷区", "八王子市"));
  EXPECT_THAT(newcomers(2022),
              ElementsAre("墨田区", "中野区", "立川市", "狛江市", "西東京市"));
  EXPECT_THAT(
      newcomers(2023),
      UnorderedElementsAre("大田区", "渋谷区", "豊島区", "調布市", "国分寺市"));
  EXPECT_THAT(
      newcomers(2024),
      ElementsAre("中央区", "目黒区", "杉並区", "葛飾区", "江戸川区", "三鷹市",
                  "青梅市", "小平市", "国立市", "多摩市", "稲城市"));
  EXPECT_THAT(newcomers(2025), ElementsAre("港区", "文京区", "品川区", "練馬区",
                                           "町田市", "小金井市", "福生市"));
}

TEST(Roster, FindsTheSixInPreparationAmongThoseNotImplementing) {
  const HistoryPtr tokyo = Tokyo();
  const Roster roster = ComputeRoster(tokyo->AtHead(), Jusou(), Year(2025));
  std::vector<std::string> preparing;
  for (const RosterEntry& entry : roster.entries) {
    if (entry.status.preparation != Preparation::kYes) continue;
    EXPECT_EQ(entry.status.implementing, Implementing::kNo);
    preparing.push_back(entry.facts->name);
  }
  EXPECT_THAT(preparing, ElementsAre("荒川区", "足立区", "武蔵野市", "府中市",
                                     "武蔵村山市", "羽村市"));
  EXPECT_EQ(roster.counts.preparing, 6);
}

TEST(Roster, DoesNotKnowThePreparationOfEarlierYears) {
  const HistoryPtr tokyo = Tokyo();
  const Roster roster = ComputeRoster(tokyo->AtHead(), Jusou(), Year(2024));
  const auto unknown =
      std::count_if(roster.entries.begin(), roster.entries.end(),
                    [](const RosterEntry& entry) {
                      return entry.status.preparation == Preparation::kUnknown;
                    });
  EXPECT_EQ(unknown, 38);
  EXPECT_EQ(roster.counts.preparing, 0);
}

TEST(Roster, DerivesTheFirstImplementationYear) {
  const HistoryPtr tokyo = Tokyo();
  const Roster roster = ComputeRoster(tokyo->AtHead(), Jusou(), Year(2025));
  const auto first_year = [&](std::string_view name) {
    for (const RosterEntry& entry : roster.entries) {
      if (entry.facts->name == name) {
        return entry.first_implementation_year;
      }
    }
    return std::optional<base::FiscalYear>();
  };
  EXPECT_EQ(first_year("世田谷区"), Year(2021));
  EXPECT_EQ(first_year("小金井市"), Year(2025));
  EXPECT_EQ(first_year("千代田区"), std::nullopt);
}

TEST(Roster, KnowsNothingOfAYearWithoutRecords) {
  const HistoryPtr tokyo = Tokyo();
  const Roster roster = ComputeRoster(tokyo->AtHead(), Jusou(), Year(2026));
  EXPECT_EQ(roster.counts, (RosterCounts{.size = 62, .unrecorded = 62}));
  EXPECT_THAT(roster.leavers, IsEmpty());
  for (const RosterEntry& entry : roster.entries) {
    EXPECT_EQ(entry.status, StatusFacts());
  }
}

TEST(Roster, ANewcomerIsWhoSurelyDidNotRunItTheYearBefore) {
  MunicipalityRecord began = MakeMunicipality(6, "131067", "台東区");
  began.valid_from = Year(2025);
  const HistoryPtr history = Extend(
      History(),
      {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                          MakeMunicipality(2, "131024", "中央区"),
                          MakeMunicipality(3, "131032", "港区"),
                          MakeMunicipality(4, "131041", "新宿区"),
                          MakeMunicipality(5, "131059", "文京区"), began},
       .statuses = {
           MakeStatus(1, "131016", 2024, Implementing::kYes, Preparation::kNo),
           MakeStatus(2, "131024", 2024, Implementing::kNo, Preparation::kNo),
           MakeStatus(3, "131032", 2023, Implementing::kYes, Preparation::kNo),
           MakeStatus(1, "131016", 2025, Implementing::kYes, Preparation::kNo),
           MakeStatus(2, "131024", 2025, Implementing::kYes, Preparation::kNo),
           MakeStatus(3, "131032", 2025, Implementing::kYes, Preparation::kNo),
           MakeStatus(4, "131041", 2025, Implementing::kNo, Preparation::kYes),
           MakeStatus(6, "131067", 2025, Implementing::kYes,
                      Preparation::kNo)}});
  const Roster roster = ComputeRoster(history->AtHead(), Jusou(), Year(2025));
  // On record as not running it; did not exist.
  EXPECT_THAT(Newcomers(roster), ElementsAre("中央区", "台東区"));
  std::vector<std::string> unknown;
  for (const RosterEntry& entry : roster.entries) {
    if (entry.newcomer_unknown) unknown.push_back(entry.facts->name);
  }
  EXPECT_THAT(unknown, ElementsAre("港区"));
  const RosterCounts counts{.size = 6,
                            .implementing = 4,
                            .not_implementing = 1,
                            .unrecorded = 1,
                            .preparing = 1,
                            .newcomers = 2,
                            .newcomers_unknown = 1};
  EXPECT_EQ(roster.counts, counts);
  EXPECT_EQ(roster.groups.front().counts, counts);
  const ProgramTimeline timeline = ComputeTimeline(history->AtHead(), Jusou());
  EXPECT_EQ(timeline.years.back().newcomers.size(), 2U);
  ASSERT_EQ(timeline.years.back().newcomers_unknown.size(), 1U);
  EXPECT_EQ(timeline.years.back().newcomers_unknown.front()->first_code,
            Code("131032"));
}

TEST(Roster, BeforeItsFirstYearNobodyRanTheProgramme) {
  const HistoryPtr tokyo = Tokyo();
  const Roster roster = ComputeRoster(tokyo->AtHead(), Jusou(), Year(2021));
  EXPECT_EQ(roster.counts.newcomers, 2);
  EXPECT_EQ(roster.counts.newcomers_unknown, 0);
}

TEST(Roster, NamesThoseWhoLeft) {
  HistoryPtr history = Extend(
      History(),
      {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                          MakeMunicipality(2, "131024", "中央区")},
       .statuses = {
           MakeStatus(1, "131016", 2024, Implementing::kYes, Preparation::kNo),
           MakeStatus(2, "131024", 2024, Implementing::kYes, Preparation::kNo),
           MakeStatus(1, "131016", 2025, Implementing::kEnded,
                      Preparation::kNo)}});
  const Roster roster = ComputeRoster(history->AtHead(), Jusou(), Year(2025));
  ASSERT_EQ(roster.leavers.size(), 1U);
  EXPECT_EQ(roster.leavers.front()->Last().facts.name, "千代田区");
}

}  // namespace
}  // namespace welfare::registry
