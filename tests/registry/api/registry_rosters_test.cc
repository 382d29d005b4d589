// What the status records of a programme add up to, through real stubs:
// rosters, groups, comparisons, the timeline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/registry/api/lifecycle_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;
using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST_F(RegistryModuleTest, ServesTokyosRosters) {
  LoadTokyo();
  const std::map<int, std::pair<int, int>> published = {{2021, {2, 2}},
                                                        {2022, {7, 5}},
                                                        {2023, {12, 5}},
                                                        {2024, {23, 11}},
                                                        {2025, {30, 7}}};
  for (const auto& [year, counts] : published) {
    const v1::Roster roster = Roster(year);
    EXPECT_EQ(roster.implementing_count(), counts.first) << year;
    EXPECT_EQ(roster.newcomer_count(), counts.second) << year;
    EXPECT_EQ(roster.not_implementing_count(), 62 - counts.first);
    EXPECT_EQ(roster.entries_size(), 62);
    EXPECT_EQ(roster.version(), 2);
  }
  const v1::Roster roster = Roster(2025);
  EXPECT_EQ(roster.preparing_count(), 6);
  EXPECT_THAT(EntryOf(roster, "municipalities/132101"), Partially(R"pb(
                display_name: "小金井市"
                council_display_name: "小金井市社会福祉協議会"
                area: "市部"
                implementing: IMPLEMENTING_YES
                preparation: PREPARATION_NO
                newcomer: true
                first_implementation_year: 2025
              )pb"));
  EXPECT_THAT(EntryOf(Roster(2026), "municipalities/132101"), Partially(R"pb(
                implementing: IMPLEMENTING_UNSPECIFIED
                preparation: PREPARATION_UNKNOWN
                newcomer: false
                first_implementation_year: 2025
              )pb"));
}

TEST_F(RegistryModuleTest, ServesTheSameBytesFromItsCache) {
  LoadTokyo();
  EXPECT_EQ(Roster(2025).SerializeAsString(), Roster(2025).SerializeAsString());
  const std::string before = Roster(2025).SerializeAsString();
  v1::RecordStatusRequest ended =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_NO);
  ASSERT_OK(RecordStatus(ended));
  const v1::Roster after = Roster(2025);
  EXPECT_EQ(after.version(), 3);
  v1::GetRosterRequest pinned;
  pinned.set_name("programs/jusou/rosters/2025");
  pinned.set_data_version(2);
  v1::Roster roster;
  ASSERT_OK(GetRoster(pinned, roster));
  EXPECT_EQ(roster.SerializeAsString(), before);
}

TEST_F(RegistryLifecycleTest, GroupsAddUpToTheWholeInEveryYear) {
  LoadTokyo();
  for (int year = 2021; year <= 2025; ++year) {
    const v1::Roster roster = Roster(year);
    std::map<std::string, int> sizes;
    std::map<std::string, int> implementing;
    for (const v1::Roster::Group& group : roster.groups()) {
      sizes[group.grouping()] += group.size();
      implementing[group.grouping()] += group.implementing_count();
    }
    for (const std::string grouping : {"area", "type", "population_band"}) {
      EXPECT_EQ(sizes[grouping], 62) << grouping << year;
      EXPECT_EQ(implementing[grouping], roster.implementing_count());
    }
  }
  EXPECT_THAT(Roster(2025).groups(0), Partially(R"pb(
                grouping: "area"
                group: "区部"
                size: 23
                implementing_count: 15
                not_implementing_count: 8)pb"));
}

TEST_F(RegistryLifecycleTest, TellsTheWholeTimeline) {
  LoadTokyo();
  v1::GetProgramTimelineRequest request;
  request.set_name("programs/jusou/timeline");
  v1::ProgramTimeline timeline;
  ASSERT_OK(Call(&Stub::GetProgramTimeline, request, timeline));
  std::vector<std::vector<int>> numbers;
  for (const v1::ProgramTimeline::Year& year : timeline.years()) {
    numbers.push_back({year.fiscal_year(), year.implementing_count(),
                       year.newcomers_size(), year.leavers_size()});
    EXPECT_EQ(year.size(), 62);
    EXPECT_EQ(year.implementing_size(), year.implementing_count());
  }
  EXPECT_THAT(
      numbers,
      ElementsAre(ElementsAre(2021, 2, 2, 0), ElementsAre(2022, 7, 5, 0),
                  ElementsAre(2023, 12, 5, 0), ElementsAre(2024, 23, 11, 0),
                  ElementsAre(2025, 30, 7, 0)));
  EXPECT_EQ(timeline.years(4).preparing_count(), 6);
  for (const v1::ProgramTimeline::Municipality& row :
       timeline.municipalities()) {
    if (row.display_name() != "小金井市") continue;
    // Preparation FY2021 to 2023, a year without it, start in FY2025.
    EXPECT_EQ(row.first_implementation_year(), 2025);
    EXPECT_EQ(row.years_since_start(), 0);
    ASSERT_THAT(row.transitions(), SizeIs(3));
    EXPECT_THAT(row.transitions(0),
                Partially("fiscal_year: 2021 kind: PREPARATION_STARTED"));
    EXPECT_THAT(row.transitions(1),
                Partially("fiscal_year: 2024 kind: PREPARATION_STOPPED"));
    EXPECT_THAT(row.transitions(2),
                Partially("fiscal_year: 2025 kind: STARTED"));
  }
  request.set_name("programs/jusou");
  EXPECT_STATUS(Call(&Stub::GetProgramTimeline, request, timeline),
                StatusCode::kInvalidArgument, "NAME_INVALID");
}

TEST_F(RegistryLifecycleTest, ComparesTheRostersOfTwoYears) {
  LoadTokyo();
  v1::GetRosterRequest request;
  request.set_name("programs/jusou/rosters/2025");
  request.set_compared_fiscal_year(2022);
  v1::Roster roster;
  ASSERT_OK(GetRoster(request, roster));
  EXPECT_EQ(roster.comparison().fiscal_year(), 2022);
  EXPECT_EQ(roster.comparison().only_here_size(), 23);
  EXPECT_EQ(roster.comparison().both_size(), 7);
  EXPECT_EQ(roster.comparison().only_there_size(), 0);
  EXPECT_EQ(roster.comparison().unknown_size(), 0);
  request.set_compared_fiscal_year(2026);
  ASSERT_OK(GetRoster(request, roster));
  EXPECT_EQ(roster.comparison().only_here_size(), 30);
  EXPECT_EQ(roster.comparison().unknown_size(), 30);
  request.set_compared_fiscal_year(1);
  EXPECT_STATUS(GetRoster(request, roster), StatusCode::kInvalidArgument,
                "FISCAL_YEAR_INVALID");
}

}  // namespace
}  // namespace welfare::registry
