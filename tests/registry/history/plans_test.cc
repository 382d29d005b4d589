#include "services/registry/history/plans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

MunicipalityFacts WardFacts(const std::string& code, const std::string& name) {
  return {.code = Code(code),
          .name = name,
          .kana = "ミナトク",
          .name_en = "Minato-ku",
          .type = MunicipalityType::kSpecialWard,
          .area = "区部",
          .population_band = "",
          .council_name = DefaultCouncilName(name)};
}

// Two wards that have always been, and what plans make of them.
class PlansTest : public ::testing::Test {
 protected:
  PlansTest()
      : history_(Extend(
            History("0123456789abcdef0123"),
            {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                                MakeMunicipality(2, "131024", "中央区")}})) {}

  // Plans on the history as it is; what is planned becomes its next version.
  template <typename Plan>
  auto Do(Plan plan) {
    Draft draft(*history_);
    auto answer = plan(draft);
    if (answer.ok()) {
      last_ = draft.TakeChanges();
      if (!last_.empty()) history_ = Extend(*history_, last_);
    }
    return answer;
  }

  absl::Status Create(const std::string& code, const std::string& name,
                      base::FiscalYear first = kAlways) {
    return Do([&](Draft& draft) {
      return CreateMunicipality(draft, WardFacts(code, name), first,
                                {.note = "告示", .reason = "新設"});
    });
  }
  absl::StatusOr<Outcome> Update(const MunicipalityUpdate& update) {
    return Do([&](Draft& draft) { return UpdateMunicipality(draft, update); });
  }
  absl::Status Delete(const std::string& code, const std::string& etag = "") {
    return Do([&](Draft& draft) {
      return DeleteMunicipality(draft, Code(code), etag, {.reason = "誤り"});
    });
  }
  absl::StatusOr<Outcome> Record(const std::string& code, int year,
                                 Implementing implementing,
                                 const std::string& etag = "",
                                 const std::string& reason = "") {
    return Do([&](Draft& draft) {
      return RecordStatus(draft, "jusou", Code(code),
                          {.fiscal_year = Year(year),
                           .facts = {implementing, Preparation::kNo},
                           .note = "",
                           .reason = reason,
                           .correction = !reason.empty()},
                          etag);
    });
  }
  absl::StatusOr<StatusRecord> Retract(const std::string& code, int year,
                                       const std::string& etag = "") {
    return Do([&](Draft& draft) {
      return RetractStatus(draft, "jusou", Code(code), Year(year), etag,
                           "誤り");
    });
  }

  static LineageProposal Merger(const std::string& into, int year) {
    LineageProposal proposal{.event = {}, .created = {}, .renamed = {}};
    proposal.event.kind = LineageKind::kMerger;
    proposal.event.effective_date = Year(year).first_day();
    proposal.event.fiscal_year = Year(year);
    proposal.event.predecessors = {Code("131024"), Code("131016")};
    proposal.event.successors = {Code(into)};
    proposal.event.reason = "合併";
    return proposal;
  }
  absl::StatusOr<LineageEvent> Relate(const LineageProposal& proposal) {
    return Do([&](Draft& draft) { return RecordLineage(draft, proposal); });
  }
  absl::StatusOr<LineageEvent> Unrelate(std::int64_t number) {
    return Do(
        [&](Draft& draft) { return RetractLineage(draft, number, "誤り"); });
  }

  const Municipality* Find(const std::string& code) const {
    return history_->AtHead().FindMunicipality(Code(code));
  }

  HistoryPtr history_;
  Changes last_;  // of the last plan that was not refused
};

TEST_F(PlansTest, AnEtagNamesStoreAndVersion) {
  EXPECT_EQ(MakeEtag("0123456789abcdef0123", 12), "\"0123456789abcdef-12\"");
  EXPECT_EQ(MakeEtag("", 12), "\"12\"");
  EXPECT_EQ(MakeEtag("0123456789abcdef0123", 0), "\"0\"");
}

// --- municipalities ---------------------------------------------------------

TEST_F(PlansTest, CreatesAMunicipalityFromItsFirstYearOn) {
  ASSERT_OK(Create("131032", "港区", Year(2024)));
  const Municipality* created = Find("131032");
  ASSERT_NE(created, nullptr);
  EXPECT_EQ(created->id, 3);
  EXPECT_EQ(created->InYear(Year(2023)), nullptr);
  EXPECT_EQ(created->InYear(Year(2024))->name, "港区");
  ASSERT_THAT(last_.municipalities, SizeIs(1));
  EXPECT_EQ(last_.municipalities[0].note, "告示");
  EXPECT_EQ(last_.municipalities[0].reason, "新設");
}

TEST_F(PlansTest, ACodeIsForOneMunicipalityAlone) {
  EXPECT_STATUS(Create("131016", "港区"), StatusCode::kAlreadyExists,
                "MUNICIPALITY_EXISTS");
  ASSERT_OK(Delete("131016"));
  EXPECT_STATUS(Create("131016", "港区"), StatusCode::kFailedPrecondition,
                "CODE_RETIRED");
}

TEST_F(PlansTest, RecordsOnlyWhatAnUpdateChanges) {
  MunicipalityUpdate update{.code = Code("131016")};
  update.says.name = "千代田区";
  update.says.kana = "シンチヨダク";
  update.valid_from = Year(2025);
  EXPECT_EQ(Update(update).value(), Outcome::kUpdated);
  ASSERT_THAT(last_.municipalities, SizeIs(1));
  const MunicipalityRecord& record = last_.municipalities[0];
  EXPECT_EQ(record.valid_from, Year(2025));
  EXPECT_EQ(record.says.name, std::nullopt);
  EXPECT_EQ(record.says.kana, "シンチヨダク");
  EXPECT_EQ(Update(update).value(), Outcome::kUnchanged);
}

// A correction of all years leaves alone what began in a later one.
TEST_F(PlansTest, ACorrectionGoesWhereTheFactWasSaidLast) {
  MunicipalityUpdate band{.code = Code("131016")};
  band.says.population_band = "over_100k";
  band.valid_from = Year(2025);
  ASSERT_OK(Update(band));
  MunicipalityUpdate correction{.code = Code("131016")};
  correction.says.name_en = "Chiyoda City";
  correction.says.population_band = "over_500k";
  EXPECT_EQ(Update(correction).value(), Outcome::kUpdated);
  ASSERT_THAT(last_.municipalities, SizeIs(2));
  EXPECT_EQ(last_.municipalities[0].valid_from, kAlways);
  EXPECT_EQ(last_.municipalities[0].says.name_en, "Chiyoda City");
  EXPECT_EQ(last_.municipalities[0].says.population_band, std::nullopt);
  EXPECT_EQ(last_.municipalities[1].valid_from, Year(2025));
  EXPECT_EQ(last_.municipalities[1].says.population_band, "over_500k");
  EXPECT_EQ(Find("131016")->InYear(Year(2024))->population_band, "");
}

TEST_F(PlansTest, AnUncheckedUsualCouncilNameFollowsTheMunicipalitys) {
  MunicipalityUpdate renamed{.code = Code("131016")};
  renamed.says.name = "新千代田区";
  renamed.says.council_name = "新千代田区社会福祉協議会";
  ASSERT_OK(Update(renamed));
  ASSERT_THAT(last_.municipalities, SizeIs(1));
  EXPECT_EQ(last_.municipalities[0].says.council_name, std::nullopt);
  EXPECT_EQ(Find("131016")->Last().facts.council_name,
            "新千代田区社会福祉協議会");
  // One that was checked is recorded, though it is the usual one.
  MunicipalityUpdate checked{.code = Code("131016")};
  checked.says.council_name_checked = true;
  EXPECT_EQ(Update(checked).value(), Outcome::kUpdated);
  EXPECT_EQ(last_.municipalities[0].says.council_name,
            "新千代田区社会福祉協議会");
}

TEST_F(PlansTest, RefusesAnUpdateThatCannotBe) {
  MunicipalityUpdate update{.code = Code("131032")};
  update.says.name = "港区";
  EXPECT_STATUS(Update(update), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_FOUND");
  ASSERT_OK(Create("131032", "芝区", Year(2024)));
  update.valid_from = Year(2023);
  EXPECT_STATUS(Update(update), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_IN_YEAR");
  update.valid_from = Year(2024);
  update.etag = MakeEtag(history_->incarnation(), 1);
  EXPECT_STATUS(Update(update), StatusCode::kAborted, "ETAG_MISMATCH");
  update.etag = MakeEtag(history_->incarnation(), 2);
  EXPECT_OK(Update(update));
}

// A file of before a change of code neither repeats nor rewrites it.
TEST_F(PlansTest, FactsOfACodeNoLongerHeldAreOld) {
  LineageProposal rename{.event = {}, .created = {}, .renamed = {}};
  rename.event.kind = LineageKind::kRename;
  rename.event.effective_date = Year(2025).first_day();
  rename.event.fiscal_year = Year(2025);
  rename.event.predecessors = {Code("131016")};
  rename.event.successors = {Code("131016")};
  rename.event.reason = "改称";
  rename.renamed.code = Code("131032");
  rename.renamed.name = "新千代田区";
  ASSERT_OK(Relate(rename));
  EXPECT_EQ(Find("131032")->first_code, Code("131016"));
  MunicipalityUpdate old{.code = Code("131016")};
  old.says_code = true;
  old.says.name = "千代田区";
  EXPECT_EQ(Update(old).value(), Outcome::kUnchanged);
  old.says.name = "旧千代田区";
  EXPECT_STATUS(Update(old), StatusCode::kFailedPrecondition, "CODE_RETIRED");
  old.says_code = false;  // the code only names the municipality
  EXPECT_EQ(Update(old).value(), Outcome::kUpdated);
}

TEST_F(PlansTest, TakesBackOnlyWhatNothingStandsOn) {
  ASSERT_OK(Record("131016", 2025, Implementing::kYes));
  EXPECT_STATUS(Delete("131016"), StatusCode::kFailedPrecondition,
                "MUNICIPALITY_IN_USE");
  EXPECT_STATUS(Delete("131024", "\"9\""), StatusCode::kAborted,
                "ETAG_MISMATCH");
  ASSERT_OK(Retract("131016", 2025));
  EXPECT_OK(Delete("131016"));
  EXPECT_STATUS(Delete("131016"), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_FOUND");
}

// --- statuses ---------------------------------------------------------------

TEST_F(PlansTest, RecordsAStatusOnce) {
  EXPECT_EQ(Record("131016", 2025, Implementing::kYes).value(),
            Outcome::kCreated);
  EXPECT_EQ(Record("131016", 2025, Implementing::kYes).value(),
            Outcome::kUnchanged);
  EXPECT_STATUS(Record("131016", 2025, Implementing::kNo),
                StatusCode::kFailedPrecondition, "CORRECTION_REASON_REQUIRED");
  EXPECT_EQ(Record("131016", 2025, Implementing::kNo, "", "区の訂正").value(),
            Outcome::kUpdated);
  ASSERT_THAT(last_.statuses, SizeIs(1));
  EXPECT_TRUE(last_.statuses[0].correction);
  EXPECT_EQ(last_.statuses[0].reason, "区の訂正");
}

TEST_F(PlansTest, KeepsAReasonOfCorrectionsWithCorrectionsOnly) {
  const auto plan = [](Draft& draft) {
    return RecordStatus(draft, "jusou", Code("131016"),
                        {.fiscal_year = Year(2025),
                         .facts = {Implementing::kYes, Preparation::kNo},
                         .note = "",
                         .reason = "区の訂正",
                         .correction = true,
                         .reason_of_corrections = true},
                        "");
  };
  ASSERT_OK(Do(plan));
  ASSERT_THAT(last_.statuses, SizeIs(1));
  EXPECT_FALSE(last_.statuses[0].correction);
  EXPECT_EQ(last_.statuses[0].reason, "");
}

TEST_F(PlansTest, AStatusIsOfAMunicipalityThatExistsAndOfAnEtagThatHolds) {
  EXPECT_STATUS(Record("131032", 2025, Implementing::kYes),
                StatusCode::kNotFound, "MUNICIPALITY_NOT_FOUND");
  ASSERT_OK(Create("131032", "港区", Year(2025)));
  EXPECT_STATUS(Record("131032", 2024, Implementing::kYes),
                StatusCode::kNotFound, "MUNICIPALITY_NOT_IN_YEAR");
  // "0": nothing may be on record.
  ASSERT_OK(Record("131032", 2025, Implementing::kYes, "\"0\""));
  EXPECT_STATUS(Record("131032", 2025, Implementing::kYes, "\"0\""),
                StatusCode::kAborted, "ETAG_MISMATCH");
}

TEST_F(PlansTest, RetractingUndoesOneStep) {
  ASSERT_OK(Record("131016", 2025, Implementing::kYes));
  ASSERT_OK(Record("131016", 2025, Implementing::kNo, "", "訂正"));
  const StatusRecord restored = Retract("131016", 2025).value();
  EXPECT_FALSE(restored.retracted);
  EXPECT_EQ(restored.restores, 2);
  EXPECT_EQ(restored.facts.implementing, Implementing::kYes);
  const StatusRecord gone = Retract("131016", 2025).value();
  EXPECT_TRUE(gone.retracted);
  EXPECT_STATUS(Retract("131016", 2025), StatusCode::kNotFound,
                "STATUS_NOT_FOUND");
}

// --- lineage ----------------------------------------------------------------

TEST_F(PlansTest, AMergerEndsWhoIsNotAmongItsSuccessors) {
  const LineageEvent event = Relate(Merger("131024", 2026)).value();
  EXPECT_EQ(event.number, 1);
  // In code order, whatever was asked.
  EXPECT_THAT(event.predecessors, ElementsAre(Code("131016"), Code("131024")));
  EXPECT_EQ(Find("131016")->Last().last, Year(2025));
  EXPECT_NE(Find("131024")->InYear(Year(2026)), nullptr);
  EXPECT_STATUS(Relate(Merger("131024", 2026)), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_IN_YEAR");
}

TEST_F(PlansTest, AMergerMakesTheMunicipalityItBringsAbout) {
  LineageProposal proposal = Merger("131032", 2026);
  EXPECT_STATUS(Relate(proposal), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_FOUND");
  proposal.created = {WardFacts("131032", "東京区")};
  ASSERT_OK(Relate(proposal));
  EXPECT_EQ(Find("131032")->InYear(Year(2025)), nullptr);
  EXPECT_EQ(Find("131032")->InYear(Year(2026))->name, "東京区");
  EXPECT_EQ(Find("131016")->InYear(Year(2026)), nullptr);
}

TEST_F(PlansTest, NobodyEndsBeforeItsLastStatus) {
  ASSERT_OK(Record("131016", 2027, Implementing::kYes));
  EXPECT_STATUS(Relate(Merger("131024", 2026)), StatusCode::kFailedPrecondition,
                "STATUS_AFTER_END");
  EXPECT_OK(Relate(Merger("131024", 2028)));
}

TEST_F(PlansTest, ARenameMayNotTakeTheCodeOfAnother) {
  LineageProposal rename{.event = {}, .created = {}, .renamed = {}};
  rename.event.kind = LineageKind::kRename;
  rename.event.effective_date = Year(2025).first_day();
  rename.event.fiscal_year = Year(2025);
  rename.event.predecessors = {Code("131016")};
  rename.event.successors = {Code("131016")};
  rename.event.reason = "改称";
  rename.renamed.code = Code("131024");
  EXPECT_STATUS(Relate(rename), StatusCode::kAlreadyExists,
                "MUNICIPALITY_EXISTS");
}

TEST_F(PlansTest, AnEventTakenBackLeavesEverybodyAsBefore) {
  LineageProposal proposal = Merger("131032", 2026);
  proposal.created = {WardFacts("131032", "東京区")};
  ASSERT_OK(Relate(proposal));
  const LineageEvent taken = Unrelate(1).value();
  EXPECT_TRUE(taken.retracted);
  EXPECT_EQ(taken.reason, "誤り");
  EXPECT_EQ(Find("131032"), nullptr);
  EXPECT_NE(Find("131016")->InYear(Year(2026)), nullptr);
  EXPECT_THAT(history_->AtHead().LineageEvents(), IsEmpty());
  EXPECT_STATUS(Unrelate(1), StatusCode::kNotFound, "LINEAGE_EVENT_NOT_FOUND");
  // Recorded anew, it brings back the same municipality.
  EXPECT_EQ(Relate(proposal).value().number, 2);
  EXPECT_EQ(Find("131032")->id, 3);
}

TEST_F(PlansTest, AnEventIsNotTakenBackUnderAMunicipalityInUse) {
  LineageProposal proposal = Merger("131032", 2026);
  proposal.created = {WardFacts("131032", "東京区")};
  ASSERT_OK(Relate(proposal));
  ASSERT_OK(Record("131032", 2026, Implementing::kYes));
  EXPECT_STATUS(Unrelate(1), StatusCode::kFailedPrecondition, "LINEAGE_IN_USE");
}

}  // namespace
}  // namespace welfare::registry
