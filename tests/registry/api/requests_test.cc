#include "services/registry/api/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/registry/municipality/text_rules.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// `field: REASON` of each violation, in order; all speak Japanese too.
template <typename T>
std::vector<std::string> ViolationsOf(const absl::StatusOr<T>& checked) {
  std::vector<std::string> lines;
  const auto details = base::GetErrorDetails(checked.status());
  if (!details.has_value()) return lines;
  for (const base::Violation& violation : details->violations) {
    lines.push_back(violation.field + ": " + violation.reason);
    EXPECT_TRUE(violation.description_ja.ends_with("。")) << lines.back();
  }
  return lines;
}

v1::Municipality Minato() {
  v1::Municipality message;
  message.set_code("131032");
  message.set_display_name("港区");
  message.set_kana("ミナトク");
  message.set_display_name_en("Minato-ku");
  message.set_type(v1::Municipality::TYPE_SPECIAL_WARD);
  message.set_area("区部");
  return message;
}

v1::RecordStatusRequest StatusOfMinato() {
  v1::RecordStatusRequest request;
  request.set_parent("programs/jusou");
  v1::StatusRecord& record = *request.mutable_status_record();
  record.set_municipality("municipalities/131032");
  record.set_fiscal_year(2025);
  record.set_implementing(v1::IMPLEMENTING_NO);
  record.set_preparation(v1::PREPARATION_YES);
  return request;
}

// --- statuses ---------------------------------------------------------------

TEST(RecordStatusRequest, IsAProposal) {
  v1::RecordStatusRequest request = StatusOfMinato();
  v1::StatusRecord& record = *request.mutable_status_record();
  record.set_program("programs/jusou");
  record.set_note("区の回答");
  record.set_reason("訂正");
  record.set_correction(true);
  record.set_etag("\"1\"");
  const ProposedStatus proposed = FromProto(request).value();
  EXPECT_EQ(proposed.program, "jusou");
  EXPECT_EQ(proposed.municipality, Code("131032"));
  EXPECT_EQ(proposed.proposal.fiscal_year, Year(2025));
  EXPECT_EQ(proposed.proposal.facts,
            (StatusFacts{Implementing::kNo, Preparation::kYes}));
  EXPECT_EQ(proposed.proposal.note, "区の回答");
  EXPECT_EQ(proposed.proposal.reason, "訂正");
  EXPECT_TRUE(proposed.proposal.correction);
  EXPECT_FALSE(proposed.proposal.reason_of_corrections);
  EXPECT_EQ(proposed.etag, "\"1\"");
}

TEST(RecordStatusRequest, NamesEveryViolationAtOnce) {
  v1::RecordStatusRequest request = StatusOfMinato();
  v1::StatusRecord& record = *request.mutable_status_record();
  record.set_program("programs/other");
  record.set_municipality("131032");
  record.set_fiscal_year(7);
  record.clear_implementing();
  record.set_preparation(static_cast<v1::Preparation>(9));
  record.set_note(" spaces ");
  record.set_reason(std::string(kMaxNoteBytes + 1, 'x'));
  const auto proposed = FromProto(request);
  EXPECT_STATUS(proposed, StatusCode::kInvalidArgument, "STATUS_INVALID");
  EXPECT_THAT(ViolationsOf(proposed),
              ElementsAre("status_record.program: PROGRAM_MISMATCH",
                          "status_record.municipality: NAME_FORMAT",
                          "status_record.fiscal_year: FISCAL_YEAR_RANGE",
                          "status_record.implementing: VALUE_MISSING",
                          "status_record.preparation: PREPARATION_INVALID",
                          "status_record.note: TEXT_INVALID",
                          "status_record.reason: TEXT_TOO_LONG"));
}

TEST(RecordStatusRequest, HoldsTwoFactsThatGoTogether) {
  v1::RecordStatusRequest request = StatusOfMinato();
  request.mutable_status_record()->set_implementing(v1::IMPLEMENTING_YES);
  EXPECT_THAT(
      ViolationsOf(FromProto(request)),
      ElementsAre("status_record.preparation: PREPARATION_WHILE_IMPLEMENTING"));
}

TEST(RecordStatusRequest, BelongsToAProgramme) {
  v1::RecordStatusRequest request = StatusOfMinato();
  request.set_parent("jusou");
  EXPECT_STATUS(FromProto(request), StatusCode::kInvalidArgument,
                "NAME_INVALID");
}

TEST(RetractStatusRequest, SaysWhyAndOfWhat) {
  v1::RetractStatusRequest request;
  request.set_parent("programs/jusou");
  EXPECT_THAT(
      ViolationsOf(FromProto(request)),
      ElementsAre("municipality: NAME_FORMAT", "fiscal_year: FISCAL_YEAR_RANGE",
                  "reason: REASON_REQUIRED"));
  request.set_municipality("municipalities/131032");
  request.set_fiscal_year(2025);
  request.set_reason("誤り");
  request.set_etag("\"1\"");
  const ProposedRetraction proposed = FromProto(request).value();
  EXPECT_EQ(proposed.program, "jusou");
  EXPECT_EQ(proposed.municipality, Code("131032"));
  EXPECT_EQ(proposed.fiscal_year, Year(2025));
  EXPECT_EQ(proposed.reason, "誤り");
  EXPECT_EQ(proposed.etag, "\"1\"");
}

// As in a file: who writes nothing that anybody can see gives no note.
TEST(RecordStatusRequest, ABlankTextIsNotGiven) {
  v1::RecordStatusRequest request = StatusOfMinato();
  request.mutable_status_record()->set_note("\u3000");
  request.mutable_status_record()->set_reason("\u200B");
  const auto proposed = FromProto(request);
  ASSERT_OK(proposed);
  EXPECT_EQ(proposed->proposal.note, "");
  EXPECT_EQ(proposed->proposal.reason, "");
}

TEST(RecordStatusRequest, KeepsAVoicedKanaAsOneCharacter) {
  v1::RecordStatusRequest request = StatusOfMinato();
  request.mutable_status_record()->set_note("か\u3099 神\uFA19");
  EXPECT_EQ(FromProto(request)->proposal.note, "が 神\uFA19");
}

TEST(TakingBack, NeedsAReasonThatSomebodyCanRead) {
  v1::DeleteMunicipalityRequest deletion;
  deletion.set_name("municipalities/131032");
  deletion.set_reason("\u3000");
  EXPECT_STATUS(FromProto(deletion), StatusCode::kInvalidArgument,
                "REASON_REQUIRED");
  deletion.set_reason(std::string(kMaxNoteBytes + 1, 'x'));
  EXPECT_STATUS(FromProto(deletion), StatusCode::kInvalidArgument,
                "TEXT_TOO_LONG");
  EXPECT_THAT(ViolationsOf(FromProto(deletion)),
              ElementsAre("reason: TEXT_TOO_LONG"));
  deletion.set_reason("x\x07");
  EXPECT_STATUS(FromProto(deletion), StatusCode::kInvalidArgument,
                "TEXT_INVALID");
  v1::RetractStatusRequest retraction;
  retraction.set_parent("programs/jusou");
  retraction.set_municipality("municipalities/131032");
  retraction.set_fiscal_year(2025);
  retraction.set_reason(" ");
  EXPECT_THAT(ViolationsOf(FromProto(retraction)),
              ElementsAre("reason: REASON_REQUIRED"));
  v1::RetractLineageEventRequest event;
  event.set_name("lineageEvents/7");
  event.set_reason("\u200B");
  EXPECT_THAT(ViolationsOf(FromProto(event)),
              ElementsAre("reason: REASON_REQUIRED"));
}

TEST(StatusFilter, IsNothingForWordsNobodyKnows) {
  EXPECT_EQ(FilterOf(v1::IMPLEMENTING_ENDED), Implementing::kEnded);
  EXPECT_EQ(FilterOf(v1::PREPARATION_UNKNOWN), Preparation::kUnknown);
  EXPECT_EQ(FilterOf(static_cast<v1::Implementing>(9)), std::nullopt);
  EXPECT_EQ(FilterOf(static_cast<v1::Preparation>(9)), std::nullopt);
}

// --- municipalities ---------------------------------------------------------

TEST(CreateMunicipalityRequest, MeansAlwaysAndTheUsualCouncilName) {
  v1::CreateMunicipalityRequest request;
  *request.mutable_municipality() = Minato();
  // A checked name needs a name.
  request.mutable_municipality()->mutable_council()->set_name_checked(true);
  request.set_note("告示");
  request.set_reason("新設");
  const ProposedMunicipality proposed = FromProto(request).value();
  EXPECT_EQ(proposed.first_year, kAlways);
  EXPECT_EQ(proposed.facts.code, Code("131032"));
  EXPECT_EQ(proposed.facts.council_name, "港区社会福祉協議会");
  EXPECT_FALSE(proposed.facts.council_name_checked);
  EXPECT_EQ(proposed.provenance.note, "告示");
  EXPECT_EQ(proposed.provenance.reason, "新設");
}

TEST(CreateMunicipalityRequest, KeepsAVoicedKanaAsOneCharacter) {
  v1::CreateMunicipalityRequest request;
  *request.mutable_municipality() = Minato();
  request.mutable_municipality()->set_kana("ミナトク\u3099");
  const auto proposed = FromProto(request);
  ASSERT_OK(proposed);
  EXPECT_EQ(proposed->facts.kana, "ミナトグ");
}

TEST(CreateMunicipalityRequest, ReadsWordsAsAFileDoes) {
  v1::CreateMunicipalityRequest request;
  v1::Municipality& message = *request.mutable_municipality();
  message = Minato();
  message.set_code("１３１０３２ ");
  message.set_area("区部\u3000");
  message.set_population_band("ｕｎｄｅｒ_50k");
  const auto proposed = FromProto(request);
  ASSERT_OK(proposed);
  EXPECT_EQ(proposed->facts.code, Code("131032"));
  EXPECT_EQ(proposed->facts.area, "区部");
  EXPECT_EQ(proposed->facts.population_band, "under_50k");
}

TEST(CreateMunicipalityRequest, RefusesNamesThatNobodySeesAndLongOnes) {
  v1::CreateMunicipalityRequest request;
  v1::Municipality& message = *request.mutable_municipality();
  message = Minato();
  message.set_display_name("\u200B");
  message.set_display_name_en("Minato\u200B");
  message.mutable_council()->set_display_name(
      std::string(kMaxNameBytes + 1, 'x'));
  const auto proposed = FromProto(request);
  EXPECT_THAT(ViolationsOf(proposed),
              ElementsAre("municipality.display_name: VALUE_MISSING",
                          "municipality.display_name_en: TEXT_INVALID",
                          "municipality.council.display_name: TEXT_TOO_LONG"));
}

TEST(CreateMunicipalityRequest, NamesEveryViolationAtOnce) {
  v1::CreateMunicipalityRequest request;
  v1::Municipality& message = *request.mutable_municipality();
  message = Minato();
  message.set_name("municipalities/131016");
  message.clear_display_name();
  message.set_kana("みなとく");
  message.clear_type();
  message.set_area("多摩");
  message.set_population_band("Over 100k");
  message.mutable_council()->set_display_name("港区\t社協");
  request.set_first_fiscal_year(1);
  request.set_note(" x");
  const auto proposed = FromProto(request);
  EXPECT_STATUS(proposed, StatusCode::kInvalidArgument, "MUNICIPALITY_INVALID");
  EXPECT_THAT(ViolationsOf(proposed),
              ElementsAre("municipality.name: NAME_MISMATCH",
                          "municipality.display_name: VALUE_MISSING",
                          "municipality.kana: KANA_INVALID",
                          "municipality.type: VALUE_MISSING",
                          "municipality.area: AREA_UNKNOWN",
                          "municipality.population_band: BAND_INVALID",
                          "municipality.council.display_name: TEXT_INVALID",
                          "first_fiscal_year: FISCAL_YEAR_RANGE",
                          "note: TEXT_INVALID"));
}

class UpdateMunicipalityRequestTest : public ::testing::Test {
 protected:
  UpdateMunicipalityRequestTest() {
    request_.mutable_municipality()->set_name("municipalities/131032");
    request_.mutable_municipality()->set_display_name("新港区");
    request_.mutable_municipality()->set_kana("シンミナトク");
  }

  MunicipalityStatement Says() const {
    const auto update = FromProto(request_);
    EXPECT_OK(update);
    return update.ok() ? update->says : MunicipalityStatement();
  }

  v1::UpdateMunicipalityRequest request_;
};

TEST_F(UpdateMunicipalityRequestTest, AnEmptyMaskMeansWhatIsSet) {
  MunicipalityStatement wanted;
  wanted.name = "新港区";
  wanted.kana = "シンミナトク";
  EXPECT_EQ(Says(), wanted);
}

TEST_F(UpdateMunicipalityRequestTest, AnEmptyMaskLeavesOutWhatIsBlank) {
  request_.mutable_municipality()->set_kana("\u3000");
  request_.mutable_municipality()->set_area(" ");
  MunicipalityStatement wanted;
  wanted.name = "新港区";
  EXPECT_EQ(Says(), wanted);
}

TEST_F(UpdateMunicipalityRequestTest, AMaskMeansWhatItNames) {
  request_.mutable_update_mask()->add_paths("kana");
  request_.mutable_update_mask()->add_paths("population_band");
  request_.mutable_update_mask()->add_paths("council");
  MunicipalityStatement wanted;
  wanted.kana = "シンミナトク";
  wanted.population_band = "";
  wanted.council_name = "";
  wanted.council_name_checked = false;
  EXPECT_EQ(Says(), wanted);
}

TEST_F(UpdateMunicipalityRequestTest, WhatOnlyTheServiceSetsIsIgnored) {
  for (const char* path :
       {"name", "version", "etag", "create_time", "update_time", "fiscal_year",
        "first_fiscal_year", "last_fiscal_year", "periods", "council.name"}) {
    request_.mutable_update_mask()->add_paths(path);
  }
  EXPECT_TRUE(Says().empty());
}

TEST_F(UpdateMunicipalityRequestTest, AStarMeansEverything) {
  request_.mutable_update_mask()->add_paths("*");
  EXPECT_THAT(ViolationsOf(FromProto(request_)),
              ElementsAre("municipality.display_name_en: VALUE_MISSING",
                          "municipality.type: VALUE_MISSING",
                          "municipality.area: AREA_UNKNOWN"));
}

TEST_F(UpdateMunicipalityRequestTest, RefusesAPathThatCannotBeChanged) {
  request_.mutable_update_mask()->add_paths("code");
  EXPECT_STATUS(FromProto(request_), StatusCode::kInvalidArgument,
                "MASK_INVALID");
  request_.mutable_municipality()->set_name("131032");
  EXPECT_STATUS(FromProto(request_), StatusCode::kInvalidArgument,
                "NAME_INVALID");
}

TEST_F(UpdateMunicipalityRequestTest, CarriesYearEtagAndProvenance) {
  request_.mutable_municipality()->set_etag("\"1\"");
  request_.set_first_fiscal_year(2026);
  request_.set_note("告示");
  request_.set_reason("改称");
  const MunicipalityUpdate update = FromProto(request_).value();
  EXPECT_EQ(update.code, Code("131032"));
  EXPECT_EQ(update.valid_from, Year(2026));
  EXPECT_EQ(update.etag, "\"1\"");
  EXPECT_EQ(update.provenance.note, "告示");
  EXPECT_EQ(update.provenance.reason, "改称");
  // The resource name only names.
  EXPECT_FALSE(update.says_code);
}

// --- lineage ----------------------------------------------------------------

v1::CreateLineageEventRequest MergerInto(const std::string& code) {
  v1::CreateLineageEventRequest request;
  v1::LineageEvent& event = *request.mutable_lineage_event();
  event.set_kind(v1::LineageEvent::KIND_MERGER);
  event.mutable_effective_date()->set_year(2025);
  event.mutable_effective_date()->set_month(11);
  event.mutable_effective_date()->set_day(1);
  event.add_predecessors("municipalities/131016");
  event.add_predecessors("municipalities/131024");
  event.add_successors("municipalities/" + code);
  event.set_reason("合併");
  return request;
}

TEST(CreateLineageEventRequest, TakesEffectOnTheFirstOfApril) {
  const LineageProposal proposal = FromProto(MergerInto("131024")).value();
  EXPECT_EQ(proposal.event.kind, LineageKind::kMerger);
  EXPECT_EQ(proposal.event.fiscal_year, Year(2026));
  EXPECT_THAT(proposal.event.predecessors,
              ElementsAre(Code("131016"), Code("131024")));
  EXPECT_THAT(proposal.created, IsEmpty());
}

TEST(CreateLineageEventRequest, DescribesSuccessorsAlone) {
  v1::CreateLineageEventRequest request = MergerInto("131032");
  *request.mutable_lineage_event()->add_created() = Minato();
  ASSERT_OK(FromProto(request));
  EXPECT_EQ(FromProto(request)->created.front().name, "港区");
  request.mutable_lineage_event()->mutable_created(0)->set_code("131041");
  EXPECT_THAT(ViolationsOf(FromProto(request)),
              ElementsAre("lineage_event.created[0].code: LINEAGE_CREATED"));
}

TEST(CreateLineageEventRequest, ARenameSaysWhatIsNew) {
  v1::CreateLineageEventRequest request = MergerInto("131016");
  v1::LineageEvent& event = *request.mutable_lineage_event();
  event.set_kind(v1::LineageEvent::KIND_RENAME);
  event.mutable_predecessors()->RemoveLast();
  EXPECT_THAT(ViolationsOf(FromProto(request)),
              ElementsAre("lineage_event.created: LINEAGE_CREATED"));
  event.add_created()->set_display_name("新千代田区");
  event.mutable_created(0)->set_code("131041");
  const LineageProposal proposal = FromProto(request).value();
  EXPECT_EQ(proposal.renamed.name, "新千代田区");
  EXPECT_EQ(proposal.renamed.code, Code("131041"));
  EXPECT_EQ(proposal.renamed.kana, std::nullopt);
}

TEST(CreateLineageEventRequest, NamesEveryViolationAtOnce) {
  v1::CreateLineageEventRequest request = MergerInto("131032");
  v1::LineageEvent& event = *request.mutable_lineage_event();
  event.clear_kind();
  event.mutable_effective_date()->set_month(13);
  event.set_predecessors(1, "131024");
  event.clear_reason();
  event.set_note(" x");
  const auto proposal = FromProto(request);
  EXPECT_STATUS(proposal, StatusCode::kInvalidArgument, "LINEAGE_INVALID");
  EXPECT_THAT(ViolationsOf(proposal),
              ElementsAre("lineage_event.kind: VALUE_MISSING",
                          "lineage_event.effective_date: DATE_INVALID",
                          "lineage_event.predecessors[1]: NAME_FORMAT",
                          "lineage_event.note: TEXT_INVALID",
                          "lineage_event.reason: REASON_REQUIRED"));
}

TEST(CreateLineageEventRequest, HasTheShapeOfItsKind) {
  v1::CreateLineageEventRequest request = MergerInto("131024");
  request.mutable_lineage_event()->set_kind(v1::LineageEvent::KIND_SPLIT);
  EXPECT_THAT(ViolationsOf(FromProto(request)),
              ElementsAre("lineage_event.kind: LINEAGE_SHAPE"));
}

TEST(RetractLineageEventRequest, SaysWhyAndWhich) {
  v1::RetractLineageEventRequest request;
  request.set_name("lineageEvents/x");
  EXPECT_STATUS(FromProto(request), StatusCode::kInvalidArgument,
                "NAME_INVALID");
  request.set_name("lineageEvents/7");
  EXPECT_THAT(ViolationsOf(FromProto(request)),
              ElementsAre("reason: REASON_REQUIRED"));
  request.set_reason("誤り");
  EXPECT_EQ(FromProto(request)->number, 7);
  EXPECT_EQ(FromProto(request)->reason, "誤り");
}

}  // namespace
}  // namespace welfare::registry
