// From a request to a stored report.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <string>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/platform/engine/open_database.h"
#include "services/report/api/report_maker.h"
#include "services/report/files/template_reader.h"
#include "services/report/peers/peer_survey.h"
#include "services/report/shelf/excerpt_collector.h"
#include "services/report/store/sql_excerpt_store.h"
#include "services/report/store/sql_report_store.h"
#include "services/report/store/sql_template_store.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::report {
namespace {

using ::testing::HasSubstr;

class ReportMakerTest : public testing::ReportModuleTest {};

TEST_F(ReportMakerTest, CreatesAReportWithItsFiles) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_EQ(report->name(), "reports/sample-2025-0001");
  EXPECT_EQ(report->round(), "surveys/jusou/rounds/2025");
  EXPECT_EQ(report->data_version(), 124);
  EXPECT_EQ(report->versions().registry(), 7);
  EXPECT_EQ(report->versions().codebook(), "2025-1");
  EXPECT_EQ(report->snapshot().size(), 64U);
  EXPECT_TRUE(report->synthetic());
  ASSERT_EQ(report->files_size(), 5);
  EXPECT_EQ(report->files(0).filename(), "synthetic-report.html");
  EXPECT_EQ(report->files(1).filename(), "synthetic-report-csv.zip");
  EXPECT_EQ(report->files(2).filename(), "synthetic-report.pdf");
  EXPECT_EQ(report->files(3).filename(), "synthetic-report.xlsx");
  EXPECT_EQ(report->files(4).filename(), "synthetic-report.json");
  const auto again = Get(report->name());
  ASSERT_OK(again);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(*again, *report));
}

TEST_F(ReportMakerTest, MarksAReportOfWhichOnlyLastYearIsSynthetic) {
  world_.snapshot.round.synthetic = false;
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_TRUE(report->synthetic());
  EXPECT_THAT(report->display_name(), HasSubstr("【前回は架空データ・速報】"));
  EXPECT_EQ(report->files(0).filename(), "synthetic-report.html");
}

TEST_F(ReportMakerTest, NamesTheFilesOfARealRoundWithoutTheMark) {
  world_.snapshot.round.synthetic = false;
  world_.snapshot.previous_round->synthetic = false;
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_FALSE(report->synthetic());
  EXPECT_EQ(report->files(0).filename(), "report.html");
}

TEST_F(ReportMakerTest, EqualContentGivesEqualSnapshotAndBytes) {
  const auto first = Create(Request());
  ASSERT_OK(first);
  // Another way to the same content: other counters.
  world_.revision = 999;
  const auto second = Create(Request());
  ASSERT_OK(second);
  EXPECT_EQ(second->name(), "reports/sample-2025-0002");
  EXPECT_EQ(second->data_version(), 999);
  EXPECT_EQ(second->snapshot(), first->snapshot());
  EXPECT_EQ(Download(first->name(), "html").bytes,
            Download(second->name(), "html").bytes);
  ++world_.snapshot.values.at("plan").cells[1].count;
  const auto third = Create(Request());
  ASSERT_OK(third);
  EXPECT_NE(third->snapshot(), first->snapshot());
}

TEST_F(ReportMakerTest, ARepeatGetsTheFirstAnswer) {
  const auto first = Create(Request("11111111-1111-1111-1111-111111111111"));
  ASSERT_OK(first);
  ++world_.snapshot.values.at("plan").cells[1].count;
  const auto second = Create(Request("11111111-1111-1111-1111-111111111111"));
  ASSERT_OK(second);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(*first, *second));
  v1::CreateReportRequest other =
      Request("11111111-1111-1111-1111-111111111111");
  other.mutable_report()->set_basis(type::v1::Basis::FINAL);
  EXPECT_STATUS(Create(other), absl::StatusCode::kInvalidArgument,
                "REQUEST_ID_REUSED");
}

TEST_F(ReportMakerTest, ARequestIdIsShortAndPlain) {
  EXPECT_STATUS(Create(Request("no id")), absl::StatusCode::kInvalidArgument,
                "REQUEST_ID_INVALID");
}

TEST_F(ReportMakerTest, WorksWithoutAPreviousRound) {
  world_.has_previous = false;
  EXPECT_OK(Create(Request()));
}

TEST_F(ReportMakerTest, LeavesOutWhatTheRoundDoesNotHave) {
  world_.snapshot.values.erase("partners");
  world_.snapshot.left_out["partners"] = "母集団「x」がない。";
  const auto report = Create(Request());
  ASSERT_OK(report);
  const std::string html = Download(report->name(), "html").bytes;
  EXPECT_THAT(html,
              HasSubstr("「partners」を集計できないため、図表を省いた。"));
  EXPECT_THAT(html, HasSubstr("（母集団「x」がない。）"));
  EXPECT_THAT(html, HasSubstr("p03_supports"));
}

// Says of plan what 2 of 4 are not.
class UnfitReportTest : public testing::ReportModuleTest {
 protected:
  std::string TemplateYaml() const override {
    std::string yaml = SmallTemplateYaml();
    const std::string text = "策定済みは{plan.formulated}";
    yaml.replace(yaml.find(text), text.size(),
                 "策定は{plan.formulated~全て}");
    return yaml +
           "wordings:\n  version: \"1\"\n  valid_from: \"2021-04-01\"\n"
           "  rules:\n    - {pattern: 全て, kind: all}\n";
  }
};

TEST_F(UnfitReportTest, WordsThatDoNotFitRefuseTheReport) {
  const auto report = Create(Request());
  EXPECT_STATUS(report, absl::StatusCode::kFailedPrecondition,
                "WORDING_UNFIT");
  EXPECT_THAT(std::string(report.status().message()),
              HasSubstr("pages[3].headline：「全て」は2/4（50.0%）に合わない。"));
  world_.snapshot.values.at("plan").cells[0].count = 4;
  world_.snapshot.values.at("plan").cells[1].count = 0;
  world_.snapshot.values.at("plan").absences.clear();
  EXPECT_OK(Create(Request()));
}

// A label without room refuses the report, and nothing is stored.
TEST_F(ReportMakerTest, WhatHasNoRoomOnPaperRefusesTheReport) {
  std::string name;
  for (int i = 0; i < 60; ++i) name += "長い名前";
  world_.snapshot.values.at("partners").cells[0].label = name;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "PAGE_OVERFLOW");
  const auto list = List(10, "");
  ASSERT_OK(list);
  EXPECT_EQ(list->reports_size(), 0);
}

TEST_F(ReportMakerTest, ACharacterWithoutAGlyphRefusesTheReport) {
  world_.snapshot.values.at("plan").cells[0].label = "策定済み😀";
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "GLYPH_MISSING");
}

TEST_F(ReportMakerTest, MeasuresRendering) {
  ASSERT_OK(Create(Request()));
  EXPECT_THAT(
      runner_->metrics().Expose(),
      HasSubstr("welfare_report_render_seconds_count{format=\"html\"} 1"));
}

TEST_F(ReportMakerTest, TellsWhenTheNewestReportWasMade) {
  const auto made = [this] {
    const std::string line =
        "\nwelfare_report_made_timestamp_seconds{round=\"surveys/jusou/rounds/"
        "2025\"} ";
    const std::string text = runner_->metrics().Expose();
    const std::size_t at = text.find(line);
    return at == text.npos ? -1.0 : std::stod(text.substr(at + line.size()));
  };
  EXPECT_EQ(made(), -1);
  ASSERT_OK(Create(Request()));
  EXPECT_TRUE(support::WaitFor([&] { return made() > 0; }));
  const double first = made();
  runner_->clock().Advance(std::chrono::hours(1));
  ASSERT_OK(Create(Request()));
  EXPECT_TRUE(support::WaitFor([&] { return made() == first + 3600; }));
}

class OneSnapshot final : public SnapshotSource {
 public:
  absl::StatusOr<Snapshot> Take(const platform::CallContext&,
                                const SnapshotSpec&) override {
    return SmallSnapshot();
  }
};

// Is asked for no report for everybody.
class NoAnswers final : public AnswersSource {
 public:
  absl::StatusOr<FeedbackContent> Take(const platform::CallContext&,
                                       const AnswersSpec&) override {
    ADD_FAILURE();
    return FeedbackContent{};
  }
  absl::StatusOr<RoundAnswers> TakeAnswers(const platform::CallContext&,
                                           const AnswersSpec&) override {
    ADD_FAILURE();
    return RoundAnswers{};
  }
};

TEST(ReportMaker, KeepsNoMoreOfASnapshotThanIsAllowed) {
  const auto database = platform::OpenDatabase("sqlite::memory:");
  ASSERT_OK(database);
  const support::FakeClock clock;
  const auto store = SqlReportStore::Open(**database, clock);
  ASSERT_OK(store);
  Templates templates;
  templates["sample"] = *ReadTemplate("sample", SmallTemplateYaml());
  SqlTemplateStore template_store(**database, clock);
  TemplateShelf shelf(templates, template_store);
  const Renderers renderers;
  OneSnapshot source;
  SqlExcerptStore excerpt_store(**database, clock, "incarnation");
  // The template shows none, so nobody is asked.
  PeerSurvey survey(grpc::CreateChannel("unix:/nowhere",
                                        grpc::InsecureChannelCredentials()));
  ExcerptCollector excerpts(excerpt_store, survey);
  NoAnswers answers;
  const auto make = [&](std::size_t limit) {
    platform::MetricsRegistry metrics;
    ReportMaker maker({.templates = shelf,
                       .renderers = renderers,
                       .source = source,
                       .excerpts = excerpts,
                       .answers = answers,
                       .font = {},
                       .store = **store,
                       .metrics = metrics,
                       .most_snapshot_bytes = limit});
    const ReportRequest request = {
        .template_id = "sample",
        .template_digest = "",
        .round = *base::RoundName::Parse("surveys/jusou/rounds/2025"),
        .data_incarnation = "",
        .corrects = "",
        .correction_reason = ""};
    return maker.Make({}, request, {}).status();
  };
  EXPECT_STATUS(make(100), absl::StatusCode::kFailedPrecondition,
                "SNAPSHOT_TOO_LARGE");
  EXPECT_EQ((*store)->Count({}).value_or(-1), 0);
  EXPECT_OK(make(kMostSnapshotBytes));
}

}  // namespace
}  // namespace welfare::report
