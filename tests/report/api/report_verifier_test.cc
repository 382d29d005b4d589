// Reports rendered again from what was stored.
#include "services/report/api/report_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/base/coding/sha256.h"
#include "services/platform/engine/open_database.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/csv/csv_renderer.h"
#include "services/report/snapshot/canonical.h"
#include "services/report/store/sql_report_store.h"
#include "tests/report/report_module_fixture.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/callers.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::HasSubstr;

class VerifyTest : public testing::ReportModuleTest {};

TEST_F(VerifyTest, ARenderedReportIsWhatWasStored) {
  for (const auto edition :
       {v1::Report::EDITION_PROVISIONAL, v1::Report::EDITION_FINAL}) {
    v1::CreateReportRequest request = Request();
    request.mutable_report()->set_edition(edition);
    const auto report = Create(request);
    ASSERT_OK(report);
    // What the peers say now is of no matter.
    ++world_.snapshot.values.at("plan").cells[1].count;
    const auto verified = Verify(report->name());
    ASSERT_OK(verified);
    EXPECT_EQ(verified->snapshot(), report->snapshot());
    EXPECT_TRUE(verified->same_renderers());
    ASSERT_EQ(verified->files_size(), report->files_size());
    for (int i = 0; i < verified->files_size(); ++i) {
      const v1::VerifiedFile& file = verified->files(i);
      EXPECT_EQ(file.format(), report->files(i).format());
      EXPECT_EQ(file.verdict(), v1::VerifiedFile::VERDICT_EQUAL)
          << file.format();
      EXPECT_EQ(file.digest(), report->files(i).digest());
      EXPECT_EQ(file.rendered_digest(), file.digest());
      EXPECT_EQ(file.stored_digest(), file.digest());
    }
  }
}

// Its errata are part of what it was made from.
TEST_F(VerifyTest, ACorrectionIsRenderedWithItsErrata) {
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_edition(v1::Report::EDITION_FINAL);
  const auto final_one = Create(request);
  ASSERT_OK(final_one);
  ASSERT_OK(Publish(final_one->name()));
  ++world_.snapshot.values.at("plan").cells[1].count;
  request.mutable_report()->set_edition(v1::Report::EDITION_CORRECTED);
  request.mutable_report()->set_corrects(final_one->name());
  request.mutable_report()->set_correction_reason("見本区の回答の誤りによる");
  const auto corrected = Create(request);
  ASSERT_OK(corrected);
  const auto verified = Verify(corrected->name());
  ASSERT_OK(verified);
  for (const v1::VerifiedFile& file : verified->files()) {
    EXPECT_EQ(file.verdict(), v1::VerifiedFile::VERDICT_EQUAL) << file.format();
  }
}

TEST_F(VerifyTest, IsForTheStaffOfTheSurvey) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  who_ = support::Granted({"reviewer@jusou"});
  EXPECT_OK(Verify(report->name()));
  who_ = support::Granted({"manager@other"});
  EXPECT_STATUS(Verify(report->name()), absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
  who_ = access::Identity::Local();
  ASSERT_OK(Publish(report->name()));
  who_ = support::Granted({"manager@other"});
  EXPECT_STATUS(Verify(report->name()), absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
}

// The verifier over a store that holds what no maker would store.
class StoredReportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = platform::OpenDatabase("sqlite::memory:");
    ASSERT_OK(database);
    database_ = *std::move(database);
    auto store = SqlReportStore::Open(*database_, clock_);
    ASSERT_OK(store);
    store_ = *std::move(store);
    renderers_.push_back(std::make_unique<CsvRenderer>());
    Fill();
  }

  // A report as a maker would store it, of one format.
  void Fill() {
    const auto report_template = ReadTemplate("sample", SmallTemplateYaml());
    ASSERT_OK(report_template);
    Snapshot snapshot = SmallSnapshot();
    snapshot.template_digest = report_template->digest;
    input_.snapshot = CanonicalBytes(snapshot, FingerprintOf(renderers_));
    input_.template_text = SmallTemplateYaml();
    StoredReport& report = input_.report;
    report.template_digest = report_template->digest;
    report.template_id = "sample";
    report.survey = "jusou";
    report.fiscal_year = 2025;
    report.snapshot_id = base::Sha256Hex(input_.snapshot);
    const auto bytes = CsvRenderer().Render(
        BuildReport(*report_template, snapshot, report.snapshot_id));
    ASSERT_OK(bytes);
    input_.bytes = {*bytes};
    report.files = {{"csv", "application/zip", "report-csv.zip",
                     static_cast<std::int64_t>(bytes->size()),
                     base::Sha256Hex(*bytes)}};
  }

  absl::StatusOr<v1::VerifyReportResponse> Verify() {
    const auto report = store_->Create({}, input_);
    if (!report.ok()) return report.status();
    ReportVerifier verifier(renderers_, *store_);
    v1::VerifyReportRequest request;
    request.set_name(report->Name());
    v1::VerifyReportResponse response;
    const absl::Status status =
        verifier.Verify(platform::CallContext(), request, response);
    if (!status.ok()) return status;
    return response;
  }

  v1::VerifiedFile::Verdict Verdict() {
    const auto verified = Verify();
    EXPECT_OK(verified);
    return verified->files(0).verdict();
  }

  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<ReportStore> store_;
  Renderers renderers_;
  NewReport input_;
};

TEST_F(StoredReportTest, IsEqualAsItIs) {
  EXPECT_EQ(Verdict(), v1::VerifiedFile::VERDICT_EQUAL);
}

TEST_F(StoredReportTest, StoredBytesThatAreOthersAreDamaged) {
  input_.bytes[0].back() ^= 1;
  EXPECT_EQ(Verdict(), v1::VerifiedFile::VERDICT_DAMAGED);
}

TEST_F(StoredReportTest, ALostEndIsDamageToo) {
  input_.bytes[0].pop_back();
  EXPECT_EQ(Verdict(), v1::VerifiedFile::VERDICT_DAMAGED);
}

TEST_F(StoredReportTest, WhatRendersToOtherBytesIsDifferent) {
  input_.bytes[0] += "x";
  ++input_.report.files[0].size;
  input_.report.files[0].digest = base::Sha256Hex(input_.bytes[0]);
  EXPECT_EQ(Verdict(), v1::VerifiedFile::VERDICT_DIFFERENT);
}

TEST_F(StoredReportTest, AFormatThatNobodyRendersIsDifferent) {
  input_.report.files[0].format = "docx";
  const auto verified = Verify();
  ASSERT_OK(verified);
  EXPECT_EQ(verified->files(0).rendered_digest(), "");
  EXPECT_EQ(verified->files(0).verdict(), v1::VerifiedFile::VERDICT_DIFFERENT);
}

TEST_F(StoredReportTest, OtherRenderersAreNamed) {
  const auto read = ReadCanonical(input_.snapshot);
  ASSERT_TRUE(read.has_value());
  input_.snapshot = CanonicalBytes(read->snapshot, "csv 0\n");
  input_.report.snapshot_id = base::Sha256Hex(input_.snapshot);
  const auto verified = Verify();
  ASSERT_OK(verified);
  EXPECT_FALSE(verified->same_renderers());
}

TEST_F(StoredReportTest, WithoutASnapshotThatIsSaid) {
  input_.snapshot.clear();
  EXPECT_STATUS(Verify(), absl::StatusCode::kFailedPrecondition,
                "SNAPSHOT_MISSING");
}

TEST_F(StoredReportTest, ASnapshotThatCannotBeUsedIsSaidWithTheReason) {
  const NewReport good = input_;
  const auto refused = [this](const std::string& why) {
    const auto verified = Verify();
    EXPECT_STATUS(verified, absl::StatusCode::kFailedPrecondition,
                  "SNAPSHOT_UNREADABLE");
    EXPECT_THAT(verified.status().message(), HasSubstr(why));
  };
  // Of an earlier program.
  std::string& content = input_.snapshot;
  content.replace(content.find("snapshot 4"), 10, "snapshot 3");
  input_.report.snapshot_id = base::Sha256Hex(content);
  refused("the snapshot is of another form");
  input_ = good;
  input_.snapshot += "x";
  input_.report.snapshot_id = base::Sha256Hex("x");
  refused("the snapshot is not what was stored");
  input_ = good;
  input_.template_text += "\n";
  input_.report.template_digest = "of another";
  refused("the template is not what was stored");
  // A template that this program no longer reads.
  auto read = ReadCanonical(good.snapshot);
  input_.template_text = "id: sample\nfrom_elsewhere: 1\n";
  input_.report.template_digest = base::Sha256Hex(input_.template_text);
  read->snapshot.template_digest = input_.report.template_digest;
  content = CanonicalBytes(read->snapshot, read->renderer_fingerprint);
  input_.report.snapshot_id = base::Sha256Hex(content);
  refused("the template is of another form");
}

}  // namespace
}  // namespace welfare::report
