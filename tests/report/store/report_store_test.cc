// The contract of ReportStore, for every implementation there is.
#include "services/report/store/report_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/storage/audit_log.h"
#include "services/base/coding/sha256.h"
#include "services/base/signature/signature_text.h"
#include "services/report/store/sql_report_store.h"
#include "tests/base/signature/signing_keys.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"

namespace welfare::report {
namespace {

using support::IsOkAndHolds;

NewReport Sample(const std::string& bytes) {
  NewReport input;
  StoredReport& report = input.report;
  report.template_id = "jusou";
  report.survey = "jusou";
  report.fiscal_year = 2025;
  report.display_name = "見本";
  report.basis = Basis::kFinal;
  report.snapshot_id = "snapshot-of-" + bytes;
  report.template_digest = "digest-of-template";
  report.template_revision = "surveys/jusou/rounds/2025/templates/jusou/revisions/1";
  input.template_text = "template";
  report.provenance = {7, 124, 60};
  report.codebook = "2025-1";
  report.synthetic = true;
  report.files = {{"html", "text/html", "report.html",
                   static_cast<std::int64_t>(bytes.size()),
                   "digest-of-" + bytes}};
  input.bytes = {bytes};
  return input;
}

platform::WriteRequest Request(std::string id, std::string body = "body") {
  return {.key = {.request_id = std::move(id),
                  .method = "CreateReport",
                  .body = std::move(body)},
          .actor = "tester",
          .limits = {}};
}

class ReportStoreContract
    : public ::testing::TestWithParam<support::StoreEngine> {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    store_.reset();
    database_.reset();
    auto database = GetParam().open(folder_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    auto store = SqlReportStore::Open(*database_, clock_);
    ASSERT_OK(store);
    store_ = *std::move(store);
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<ReportStore> store_;
};

// Every look at it is a microsecond later than the one before.
class TickingClock final : public base::Clock {
 public:
  base::Timestamp Now() const override {
    return base::Timestamp::FromMicros(++ticks_);
  }

 private:
  mutable std::atomic<std::int64_t> ticks_ = 1'700'000'000'000'000;
};

TEST_P(ReportStoreContract, TimesRiseWithNumbers) {
  const TickingClock clock;
  const auto store = SqlReportStore::Open(*database_, clock);
  ASSERT_OK(store);
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 6; ++writer) {
      writers.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          EXPECT_OK((*store)->Create(Request(""), Sample("a")));
        }
      });
    }
  }
  const auto reports = (*store)->List("", 100, {});
  ASSERT_OK(reports);
  ASSERT_EQ(reports->size(), 30U);
  for (std::size_t i = 1; i < reports->size(); ++i) {
    EXPECT_GT((*reports)[i].create_time, (*reports)[i - 1].create_time)
        << (*reports)[i].Name();
  }
}

TEST_P(ReportStoreContract, AnswersACreateAsItIsStored) {
  const auto made = store_->Create(Request("id"), Sample("a"));
  ASSERT_OK(made);
  const auto stored = store_->Get(made->Name(), {});
  ASSERT_OK(stored);
  const auto repeat = store_->Create(Request("id"), Sample("a"));
  ASSERT_OK(repeat);
  for (const StoredReport& other : {*stored, *repeat}) {
    EXPECT_EQ(other.Name(), made->Name());
    EXPECT_EQ(other.create_time, made->create_time);
    EXPECT_EQ(other.snapshot_id, made->snapshot_id);
    EXPECT_EQ(other.files.size(), made->files.size());
  }
}

TEST_P(ReportStoreContract, NumbersReportsPerTemplateAndYear) {
  EXPECT_EQ(store_->Create(Request(""), Sample("a"))->Name(),
            "reports/jusou-2025-0001");
  EXPECT_EQ(store_->Create(Request(""), Sample("a"))->Name(),
            "reports/jusou-2025-0002");
  NewReport other = Sample("a");
  other.report.fiscal_year = 2024;
  EXPECT_EQ(store_->Create(Request(""), other)->Name(),
            "reports/jusou-2024-0001");
  EXPECT_THAT(store_->Count({}), IsOkAndHolds(3));
}

TEST_P(ReportStoreContract, KeepsEverythingOverARestart) {
  // Any byte may stand in a file.
  const std::string bytes("\0\xff<html>", 8);
  NewReport input = Sample("x");
  input.bytes = {bytes};
  ASSERT_OK(store_->Create(Request(""), input));
  Open();
  const auto report = store_->Get("reports/jusou-2025-0001", {});
  ASSERT_OK(report);
  EXPECT_EQ(report->snapshot_id, "snapshot-of-x");
  EXPECT_EQ(report->basis, Basis::kFinal);
  EXPECT_EQ(report->provenance.previous_round_revision, 60);
  EXPECT_TRUE(report->synthetic);
  EXPECT_EQ(report->create_time, clock_.Now());
  ASSERT_EQ(report->files.size(), 1U);
  EXPECT_EQ(report->files[0].content_type, "text/html");
  EXPECT_THAT(store_->ReadBytes("digest-of-x", 0, 100, {}),
              IsOkAndHolds(bytes));
}

TEST_P(ReportStoreContract, ReadsAFileByRange) {
  const std::string bytes("\0\xff\xfe<html>", 9);
  NewReport input = Sample("x");
  input.bytes = {bytes};
  ASSERT_OK(store_->Create(Request(""), input));
  const auto read = [&](std::int64_t first, std::int64_t count) {
    return store_->ReadBytes("digest-of-x", first, count, {});
  };
  EXPECT_THAT(read(0, 4), IsOkAndHolds(bytes.substr(0, 4)));
  EXPECT_THAT(read(4, 4), IsOkAndHolds(bytes.substr(4, 4)));
  EXPECT_THAT(read(8, 4), IsOkAndHolds(bytes.substr(8)));
  EXPECT_THAT(read(9, 4), IsOkAndHolds(""));
  EXPECT_THAT(read(90, 4), IsOkAndHolds(""));
}

TEST_P(ReportStoreContract, TellsBytesThatAreIntact) {
  const std::string bytes("\0\xff\xfe<html>", 9);
  NewReport input = Sample("x");
  const std::string digest = base::Sha256Hex(bytes);
  input.bytes = {bytes};
  input.report.files[0].digest = digest;
  ASSERT_OK(store_->Create(Request(""), input));
  EXPECT_THAT(store_->AreIntact(digest, 9, {}), IsOkAndHolds(true));
  EXPECT_THAT(store_->AreIntact(digest, 10, {}), IsOkAndHolds(false));
  // Its digest is none.
  ASSERT_OK(store_->Create(Request(""), Sample("y")));
  EXPECT_THAT(store_->AreIntact("digest-of-y", 1, {}), IsOkAndHolds(false));
  EXPECT_STATUS(store_->AreIntact("digest-of-z", 1, {}),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
}

TEST_P(ReportStoreContract, AnswersARepeatWithTheFirstReport) {
  const auto nothing = store_->FindRepeat(Request("one"));
  ASSERT_OK(nothing);
  EXPECT_FALSE(nothing->has_value());
  ASSERT_OK(store_->Create(Request("one"), Sample("a")));
  const auto repeat = store_->FindRepeat(Request("one"));
  ASSERT_OK(repeat);
  EXPECT_EQ((*repeat)->Name(), "reports/jusou-2025-0001");
  EXPECT_EQ(store_->Create(Request("one"), Sample("b"))->snapshot_id,
            "snapshot-of-a");
  EXPECT_THAT(store_->Count({}), IsOkAndHolds(1));
}

TEST_P(ReportStoreContract, RefusesARequestIdWithAnotherBody) {
  ASSERT_OK(store_->Create(Request("one"), Sample("a")));
  EXPECT_STATUS(store_->FindRepeat(Request("one", "other")),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  EXPECT_STATUS(store_->Create(Request("one", "other"), Sample("a")),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
}

TEST_P(ReportStoreContract, AFailedWriteLeavesNothing) {
  NewReport input = Sample("a");
  input.report.files.push_back(input.report.files[0]);  // the format twice
  input.bytes.push_back(input.bytes[0]);
  EXPECT_FALSE(store_->Create(Request("one"), input).ok());
  EXPECT_THAT(store_->Count({}), IsOkAndHolds(0));
  EXPECT_STATUS(store_->ReadBytes("digest-of-a", 0, 100, {}),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  // The number and the request id are free again.
  EXPECT_EQ(store_->Create(Request("one"), Sample("a"))->Name(),
            "reports/jusou-2025-0001");
}

TEST_P(ReportStoreContract, ListsByNameAfterAKey) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK(store_->Create(Request(""), Sample("a")));
  }
  const auto reports = store_->List("reports/jusou-2025-0001", 5, {});
  ASSERT_OK(reports);
  ASSERT_EQ(reports->size(), 2U);
  EXPECT_EQ(reports->front().Name(), "reports/jusou-2025-0002");
  EXPECT_EQ(reports->front().files.size(), 1U);
}

TEST_P(ReportStoreContract, GivesEveryWriterItsOwnNumber) {
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 8; ++i) {
      writers.emplace_back(
          [this] { EXPECT_OK(store_->Create(Request(""), Sample("a"))); });
    }
  }
  const auto reports = store_->List("", 20, {});
  ASSERT_OK(reports);
  ASSERT_EQ(reports->size(), 8U);
  EXPECT_EQ(reports->back().Name(), "reports/jusou-2025-0008");
}

TEST_P(ReportStoreContract, WritesDownWhoMadeWhat) {
  ASSERT_OK(store_->Create(Request("one"), Sample("a")));
  const auto records = database_->Read([](platform::Connection& connection) {
    return platform::ListAudit(connection, 0, 10);
  });
  ASSERT_OK(records);
  ASSERT_EQ(records->size(), 1U);
  const platform::AuditEntry& entry = records->front().entry;
  EXPECT_EQ(entry.actor, "tester");
  EXPECT_EQ(entry.action, "CreateReport");
  EXPECT_EQ(entry.resource, "reports/jusou-2025-0001");
  EXPECT_EQ(entry.detail,
            R"({"snapshot":"snapshot-of-a","edition":"PROVISIONAL",)"
            R"("audience":"EVERYBODY",)"
            R"("template":"digest-of-template",)"
            R"("files":{"html":"digest-of-a"}})");
}

platform::WriteRequest PublishRequest(std::string id,
                                      std::string body = "public") {
  return {.key = {.request_id = std::move(id),
                  .method = "PublishReport",
                  .body = std::move(body)},
          .actor = "tester",
          .limits = {}};
}

NewReport SampleOf(Edition edition, const std::string& corrects = "") {
  NewReport input = Sample(std::string(ToString(edition)) + corrects);
  input.report.edition = edition;
  input.report.corrects = corrects;
  input.report.correction_reason = corrects.empty() ? "" : "訂正";
  return input;
}

TEST_P(ReportStoreContract, WhatIsPublishedIsSupersededAndKept) {
  const auto first =
      store_->Create(Request("1"), SampleOf(Edition::kProvisional));
  ASSERT_OK(first);
  const auto final_one = store_->Create(Request("2"), SampleOf(Edition::kFinal));
  ASSERT_OK(final_one);
  EXPECT_THAT(store_->Count({}), IsOkAndHolds(2));

  const auto published = store_->Publish(PublishRequest("p1"), first->Name(),
                                         PublishLevel::kStakeholders, nullptr);
  ASSERT_OK(published);
  EXPECT_EQ(published->publication.state, ReportState::kProvisional);
  EXPECT_EQ(published->publication.level, PublishLevel::kStakeholders);
  EXPECT_EQ(published->publication.publish_time, clock_.Now());
  EXPECT_EQ(published->publication.superseded_by, "");
  EXPECT_THAT(store_->Count({}), IsOkAndHolds(3));

  ASSERT_OK(store_->Publish(PublishRequest("p2"), final_one->Name(),
                            PublishLevel::kPublic, nullptr));
  const auto before = store_->Get(first->Name(), {});
  ASSERT_OK(before);
  EXPECT_EQ(before->publication.superseded_by, final_one->Name());
  EXPECT_EQ(before->publication.state, ReportState::kProvisional);
  EXPECT_THAT(store_->ReadBytes(before->files[0].digest, 0, 100, {}),
              IsOkAndHolds("PROVISIONAL"));

  EXPECT_STATUS(store_->Publish(PublishRequest("p3"), final_one->Name(),
                                PublishLevel::kPublic, nullptr),
                absl::StatusCode::kFailedPrecondition, "REPORT_STATE");
  const auto second = store_->Create(Request("3"), SampleOf(Edition::kFinal));
  ASSERT_OK(second);
  EXPECT_STATUS(store_->Publish(PublishRequest("p4"), second->Name(),
                                PublishLevel::kPublic, nullptr),
                absl::StatusCode::kFailedPrecondition, "EDITION_ORDER");
  const auto corrected = store_->Create(
      Request("4"), SampleOf(Edition::kCorrected, final_one->Name()));
  ASSERT_OK(corrected);
  ASSERT_OK(store_->Publish(PublishRequest("p5"), corrected->Name(),
                            PublishLevel::kPublic, nullptr));
  const auto listed = store_->List("", 10, {});
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 4U);
  EXPECT_EQ((*listed)[1].publication.superseded_by, corrected->Name());
  EXPECT_EQ((*listed)[2].publication.state, ReportState::kCreated);
  EXPECT_EQ((*listed)[3].publication.state, ReportState::kCorrected);
  EXPECT_EQ((*listed)[3].corrects, final_one->Name());
}

TEST_P(ReportStoreContract, ARepeatOfAChangeGetsItsFirstAnswer) {
  const auto made = store_->Create(Request("1"), SampleOf(Edition::kFinal));
  ASSERT_OK(made);
  const std::string name = made->Name();
  const auto published =
      store_->Publish(PublishRequest("p"), name, PublishLevel::kPublic,
                      nullptr);
  ASSERT_OK(published);
  clock_.Advance(std::chrono::hours(1));
  platform::WriteRequest take_back = PublishRequest("w", "why");
  take_back.key.method = "WithdrawReport";
  const auto withdrawn = store_->Withdraw(take_back, name, "誤りのため");
  ASSERT_OK(withdrawn);
  EXPECT_EQ(withdrawn->publication.state, ReportState::kWithdrawn);
  EXPECT_EQ(withdrawn->publication.withdraw_reason, "誤りのため");
  EXPECT_EQ(withdrawn->publication.withdraw_time, clock_.Now());
  EXPECT_EQ(withdrawn->publication.publish_time,
            published->publication.publish_time);
  EXPECT_STATUS(store_->Withdraw(PublishRequest("w2", "x"), name, "x"),
                absl::StatusCode::kFailedPrecondition, "REPORT_STATE");

  Open();
  const auto again =
      store_->Publish(PublishRequest("p"), name, PublishLevel::kPublic,
                      nullptr);
  ASSERT_OK(again);
  EXPECT_EQ(again->publication.state, ReportState::kFinal);
  EXPECT_EQ(again->publication.withdraw_time, std::nullopt);
  EXPECT_EQ(again->publication.publish_time,
            published->publication.publish_time);
  const auto withdrawn_again = store_->Withdraw(take_back, name, "誤りのため");
  ASSERT_OK(withdrawn_again);
  EXPECT_EQ(withdrawn_again->publication.state, ReportState::kWithdrawn);
  // What was made is answered as it was made.
  const auto create_again =
      store_->Create(Request("1"), SampleOf(Edition::kFinal));
  ASSERT_OK(create_again);
  EXPECT_EQ(create_again->publication.state, ReportState::kCreated);
  EXPECT_STATUS(
      store_->Publish(PublishRequest("p", "other"), name,
                      PublishLevel::kPublic, nullptr),
      absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
}

// Of many final reports that are published at once one is.
TEST_P(ReportStoreContract, OneFinalReportIsPublished) {
  constexpr int kReports = 8;
  std::vector<std::string> names;
  for (int i = 0; i < kReports; ++i) {
    const auto made = store_->Create(Request(""), SampleOf(Edition::kFinal));
    ASSERT_OK(made);
    names.push_back(made->Name());
  }
  std::atomic<int> published = 0;
  {
    std::vector<std::jthread> threads;
    for (const std::string& name : names) {
      threads.emplace_back([&, name] {
        const auto one =
            store_->Publish(PublishRequest(""), name, PublishLevel::kPublic,
                            nullptr);
        if (one.ok()) {
          ++published;
        } else {
          EXPECT_STATUS(one, absl::StatusCode::kFailedPrecondition,
                        "EDITION_ORDER");
        }
      });
    }
  }
  EXPECT_EQ(published, 1);
}

// Snapshot and template stand with the report, each once.
TEST_P(ReportStoreContract, KeepsWhatAReportWasRenderedFrom) {
  NewReport input = SampleOf(Edition::kProvisional);
  input.snapshot = std::string("a\0b", 3);
  input.template_text = "id: jusou\n";
  input.report.template_digest = "digest of it";
  for (int i = 0; i < 2; ++i) {
    const auto made = store_->Create(Request(""), input);
    ASSERT_OK(made);
    const auto found = store_->FindSnapshot(made->Name(), {});
    ASSERT_OK(found);
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ((*found)->content, input.snapshot);
    EXPECT_EQ((*found)->template_text, input.template_text);
  }
  // As those that were made before.
  const auto without =
      store_->Create(Request(""), SampleOf(Edition::kProvisional));
  ASSERT_OK(without);
  const auto found = store_->FindSnapshot(without->Name(), {});
  ASSERT_OK(found);
  EXPECT_FALSE(found->has_value());
}

TEST_P(ReportStoreContract, SignsWhatIsPublishedInOneTransaction) {
  const auto pair = base::testing::MakeKeyPair();
  const auto key = base::SigningKey::Read(pair.private_pem);
  ASSERT_TRUE(key.has_value());
  NewReport input = SampleOf(Edition::kFinal);
  input.report.snapshot_id = std::string(64, 'a');
  input.report.files[0].digest = std::string(64, 'b');
  const auto made = store_->Create(Request("1"), input);
  ASSERT_OK(made);
  const std::string name = made->Name();
  // What is refused is not signed.
  EXPECT_STATUS(store_->Publish(PublishRequest("p"), "reports/x-2025-0001",
                                PublishLevel::kPublic, &*key),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  const auto unsigned_yet = store_->FindSignature(name, "html", {});
  ASSERT_OK(unsigned_yet);
  EXPECT_FALSE(unsigned_yet->has_value());

  const auto published = store_->Publish(PublishRequest("p"), name,
                                         PublishLevel::kAggregate, &*key);
  ASSERT_OK(published);
  EXPECT_EQ(published->files[0].signing_key, key->id());
  const auto text = store_->FindSignature(name, "html", {});
  ASSERT_OK(text);
  ASSERT_TRUE(text->has_value());
  int fault = 0;
  const auto read = base::ReadSignatureText(**text, fault);
  ASSERT_TRUE(read.has_value()) << **text;
  EXPECT_TRUE(base::VerifyingKey::ReadAll(pair.public_pem)
                  .at(0)
                  .Verifies(read->lines, read->bytes));
  EXPECT_EQ(read->file.name, name);
  EXPECT_EQ(read->file.edition, "FINAL");
  EXPECT_EQ(read->file.level, "AGGREGATE");
  EXPECT_EQ(read->file.time, clock_.Now());
  EXPECT_EQ(read->file.digest, made->files[0].digest);
  // A repeat signs nothing anew, whatever key there is by then.
  const auto repeated = store_->Publish(PublishRequest("p"), name,
                                        PublishLevel::kAggregate, nullptr);
  ASSERT_OK(repeated);
  EXPECT_EQ(repeated->files[0].signing_key, key->id());
  // Who made it is answered as then.
  const auto again = store_->Create(Request("1"), input);
  ASSERT_OK(again);
  EXPECT_EQ(again->files[0].signing_key, "");
  Open();
  EXPECT_EQ(store_->Get(name, {})->files[0].signing_key, key->id());
}

TEST_P(ReportStoreContract, WhatIsNotThereIsNotPublished) {
  EXPECT_STATUS(store_->Publish(PublishRequest(""), "reports/x-2025-0001",
                                PublishLevel::kPublic, nullptr),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
}

INSTANTIATE_TEST_SUITE_P(Engines, ReportStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::report
