#include "services/registry/history/draft.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two wards, the first of which runs jusou in 2025.
class DraftTest : public ::testing::Test {
 protected:
  DraftTest()
      : history_(Extend(
            History(),
            {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                                MakeMunicipality(2, "131024", "中央区")},
             .statuses = {MakeStatus(1, "131016", 2025, Implementing::kYes,
                                     Preparation::kNo)}})),
        draft_(*history_) {}

  static std::vector<std::string> CodesOf(
      const std::vector<const Municipality*>& municipalities) {
    std::vector<std::string> codes;
    for (const Municipality* each : municipalities) {
      codes.push_back(each->first_code.ToString());
    }
    return codes;
  }

  static LineageEvent Merger(std::int64_t number) {
    return {.number = number,
            .kind = LineageKind::kMerger,
            .effective_date = Year(2026).first_day(),
            .fiscal_year = Year(2026),
            .predecessors = {Code("131016"), Code("131024")},
            .successors = {Code("131024")},
            .note = "",
            .reason = "合併"};
  }

  HistoryPtr history_;
  Draft draft_;
};

TEST_F(DraftTest, SaysAtFirstWhatTheHistorySays) {
  EXPECT_EQ(draft_.version(), 2);
  EXPECT_EQ(draft_.next_municipality_id(), 3);
  EXPECT_EQ(draft_.next_lineage_number(), 1);
  EXPECT_THAT(CodesOf(draft_.Municipalities()),
              ElementsAre("131016", "131024"));
  EXPECT_NE(draft_.FindStatus("jusou", Code("131016"), Year(2025)), nullptr);
  EXPECT_TRUE(draft_.TakeChanges().empty());
}

TEST_F(DraftTest, FindsAMunicipalityItAddsByEveryCode) {
  MunicipalityRecord added = MakeMunicipality(3, "131032", "港区");
  draft_.Add(added);
  MunicipalityRecord recoded{.id = 3, .first_code = Code("131032")};
  recoded.valid_from = Year(2026);
  recoded.says.code = Code("131041");
  draft_.Add(recoded);
  for (const char* code : {"131032", "131041"}) {
    const Municipality* found = draft_.FindMunicipality(Code(code));
    ASSERT_NE(found, nullptr) << code;
    EXPECT_EQ(found->first_code, Code("131032"));
    EXPECT_EQ(found->InYear(Year(2025))->code, Code("131032"));
    EXPECT_EQ(found->InYear(Year(2026))->code, Code("131041"));
  }
  EXPECT_EQ(draft_.next_municipality_id(), 4);
  EXPECT_THAT(draft_.TakeChanges().municipalities, SizeIs(2));
}

TEST_F(DraftTest, JoinsWhatIsSaidOfOneMunicipalityAndYear) {
  MunicipalityRecord name{.id = 1, .first_code = Code("131016")};
  name.says.name = "新千代田区";
  MunicipalityRecord kana{.id = 1, .first_code = Code("131016")};
  kana.says.kana = "シンチヨダク";
  kana.reason = "改称";
  draft_.Add(name);
  draft_.Add(kana);
  const Changes changes = draft_.TakeChanges();
  ASSERT_THAT(changes.municipalities, SizeIs(1));
  EXPECT_EQ(changes.municipalities[0].says.name, "新千代田区");
  EXPECT_EQ(changes.municipalities[0].says.kana, "シンチヨダク");
  EXPECT_EQ(changes.municipalities[0].reason, "改称");
  EXPECT_EQ(changes.municipalities[0].version, 2);
}

TEST_F(DraftTest, ForgetsAMunicipalityThatItTakesBack) {
  draft_.Add(MunicipalityRecord{
      .id = 2, .first_code = Code("131024"), .deleted = true});
  EXPECT_EQ(draft_.FindMunicipality(Code("131024")), nullptr);
  EXPECT_TRUE(draft_.IsRetired(Code("131024")));
  EXPECT_FALSE(draft_.IsRetired(Code("131016")));
  EXPECT_FALSE(draft_.IsRetired(Code("131032")));  // nobody held it
  EXPECT_THAT(CodesOf(draft_.Municipalities()), ElementsAre("131016"));
  EXPECT_THAT(*draft_.FindByName("中央区", Year(2025)), IsEmpty());
}

TEST_F(DraftTest, FindsNamesAsTheyAreAfterItsChanges) {
  MunicipalityRecord renamed{.id = 2, .first_code = Code("131024")};
  renamed.valid_from = Year(2026);
  renamed.says.name = "新中央区";
  draft_.Add(renamed);
  EXPECT_THAT(CodesOf(*draft_.FindByName("中央区", Year(2025))),
              ElementsAre("131024"));
  EXPECT_THAT(*draft_.FindByName("中央区", Year(2026)), IsEmpty());
  EXPECT_THAT(CodesOf(*draft_.FindByName("新中央区", Year(2026))),
              ElementsAre("131024"));
  // The usual name of its council follows.
  EXPECT_THAT(CodesOf(*draft_.FindByName("新中央区社会福祉協議会", Year(2026))),
              ElementsAre("131024"));
}

TEST_F(DraftTest, LaysStatusesOverThoseOnRecord) {
  draft_.Add(
      MakeStatus(1, "131016", 2025, Implementing::kNo, Preparation::kUnknown));
  draft_.Add(
      MakeStatus(1, "131016", 2027, Implementing::kYes, Preparation::kNo));
  EXPECT_EQ(draft_.FindStatus("jusou", Code("131016"), Year(2025))
                ->facts.implementing,
            Implementing::kNo);
  // What it replaces is what was in force before it.
  EXPECT_EQ(draft_.FindReplaced("jusou", Code("131016"), Year(2025))
                ->facts.implementing,
            Implementing::kYes);
  const StatusSurroundings around =
      draft_.Surroundings("jusou", Code("131016"), Year(2026));
  EXPECT_FALSE(around.same.has_value());
  ASSERT_TRUE(around.before.has_value());
  EXPECT_EQ(around.before->fiscal_year, Year(2025));
  ASSERT_TRUE(around.after.has_value());
  EXPECT_EQ(around.after->fiscal_year, Year(2027));
  EXPECT_EQ(draft_.FirstStatusYear(Code("131016"), Year(2026)), Year(2027));
  EXPECT_EQ(draft_.FirstStatusYear(Code("131024"), kAlways), std::nullopt);
}

TEST_F(DraftTest, ARetractedStatusIsNone) {
  StatusRecord taken =
      MakeStatus(1, "131016", 2025, Implementing::kYes, Preparation::kNo);
  taken.retracted = true;
  draft_.Add(taken);
  EXPECT_EQ(draft_.FindStatus("jusou", Code("131016"), Year(2025)), nullptr);
  EXPECT_EQ(draft_.FirstStatusYear(Code("131016"), kAlways), std::nullopt);
}

TEST_F(DraftTest, HoldsTheEventsThatWereNotTakenBack) {
  draft_.Add(Merger(1));
  EXPECT_EQ(draft_.next_lineage_number(), 2);
  EXPECT_TRUE(draft_.HasLineage(Code("131016")));
  EXPECT_FALSE(draft_.HasLineage(Code("131032")));
  LineageEvent taken = Merger(1);
  taken.retracted = true;
  draft_.Add(taken);
  EXPECT_THAT(draft_.LineageEvents(), IsEmpty());
  EXPECT_FALSE(draft_.HasLineage(Code("131016")));
  EXPECT_THAT(draft_.TakeChanges().lineage_events, SizeIs(2));
}

// A code is for one municipality alone; but the one an event brought about
// comes back with the event.
TEST_F(DraftTest, KnowsWhoWasUnmadeWithAnEvent) {
  HistoryPtr history = Extend(
      *history_,
      {.municipalities = {MakeMunicipality(3, "131032", "港区")},
       .lineage_events = {{.number = 1,
                           .kind = LineageKind::kMerger,
                           .effective_date = Year(2026).first_day(),
                           .fiscal_year = Year(2026),
                           .predecessors = {Code("131016"), Code("131024")},
                           .successors = {Code("131032")},
                           .note = "",
                           .reason = "合併"}}});
  LineageEvent taken = *history->AtHead().LineageRecords().front();
  taken.retracted = true;
  history = Extend(*history, {.municipalities = {{.id = 3,
                                                  .first_code = Code("131032"),
                                                  .deleted = true}},
                              .lineage_events = {taken}});
  const Draft unmade(*history);
  ASSERT_NE(unmade.FindUnmade(Code("131032")), nullptr);
  EXPECT_EQ(unmade.FindUnmade(Code("131032"))->id, 3);
  EXPECT_EQ(unmade.FindUnmade(Code("131016")), nullptr);
  EXPECT_TRUE(unmade.IsRetired(Code("131032")));
}

}  // namespace
}  // namespace welfare::registry
