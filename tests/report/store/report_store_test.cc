// The contract of ReportStore, for every implementation there is.
#include "services/report/store/report_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/storage/audit_log.h"
#include "services/report/store/sql_report_store.h"
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
            R"({"snapshot":"snapshot-of-a","files":{"html":"digest-of-a"}})");
}

INSTANTIATE_TEST_SUITE_P(Engines, ReportStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::report
