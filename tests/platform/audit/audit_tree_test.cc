#include "services/platform/audit/audit_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace welfare::platform {
namespace {

class AuditTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = OpenDatabase("sqlite::memory:");
    ASSERT_OK(database);
    database_ = *std::move(database);
    const std::vector<Migration> migrations = {
        {1, "initial", std::string(kAuditLogSql)}};
    ASSERT_OK(ApplyMigrations(*database_, clock_, migrations));
    tree_.emplace(*database_);
  }

  void Append(int count) {
    ASSERT_OK(database_->Write([&](Transaction& transaction) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        WELFARE_RETURN_IF_ERROR(
            AppendAudit(transaction, {.recorded_time = clock_.Now(),
                                      .actor = "local",
                                      .action = "CreateRound",
                                      .resource = "surveys/jusou/rounds/2025",
                                      .request_id = std::to_string(appended_++),
                                      .detail = "{}"})
                .status());
      }
      return absl::OkStatus();
    }));
  }

  // What only somebody can do who goes around the triggers.
  void Tamper(const std::string& sql) {
    ASSERT_OK(database_->Write([&](Transaction& transaction) {
      return transaction.ExecuteScript(
          {"tamper",
           "DROP TRIGGER IF EXISTS audit_log_refuses_update;"
           "DROP TRIGGER IF EXISTS audit_log_refuses_delete;" +
               sql});
    }));
  }

  absl::StatusOr<std::int64_t> Size(
      const base::CallLimits& limits =
          base::CallLimits::After(std::chrono::seconds(20))) {
    std::int64_t size = -1;
    WELFARE_RETURN_IF_ERROR(
        tree_->Look(limits, [&](const base::MerkleTree& tree) {
          size = tree.size();
          return absl::OkStatus();
        }));
    return size;
  }

  void ExpectDamagedAt(const std::string& sequence) {
    const absl::Status status = Size().status();
    EXPECT_STATUS(status, absl::StatusCode::kDataLoss, "AUDIT_LOG_DAMAGED");
    const auto details = base::GetErrorDetails(status);
    ASSERT_TRUE(details.has_value());
    EXPECT_EQ(details->metadata.at("sequence"), sequence);
    EXPECT_FALSE(details->message_ja.empty());
  }

  support::FakeClock clock_;
  std::unique_ptr<Database> database_;
  std::optional<AuditTree> tree_;
  int appended_ = 0;
};

TEST_F(AuditTreeTest, ReadsWhatWasAppendedSince) {
  EXPECT_THAT(Size(), support::IsOkAndHolds(0));
  Append(3);
  EXPECT_THAT(Size(), support::IsOkAndHolds(3));
  EXPECT_THAT(Size(), support::IsOkAndHolds(3));
  Append(2);
  EXPECT_THAT(Size(), support::IsOkAndHolds(5));
}

TEST_F(AuditTreeTest, ReadsALongLogInPages) {
  Append(1000);
  EXPECT_THAT(Size(), support::IsOkAndHolds(1000));
  Append(2500);
  EXPECT_THAT(Size(), support::IsOkAndHolds(3500));
  // One that reads all at once has the same root.
  AuditTree other(*database_);
  std::vector<std::string> roots;
  for (AuditTree* tree : {&*tree_, &other}) {
    ASSERT_OK(tree->Look({}, [&](const base::MerkleTree& seen) {
      roots.push_back(seen.Root(3500));
      return absl::OkStatus();
    }));
  }
  EXPECT_EQ(roots[0], roots[1]);
}

TEST_F(AuditTreeTest, NamesAChangedRecord) {
  Append(5);
  Tamper("UPDATE audit_log SET actor = 'other' WHERE sequence = 3");
  ExpectDamagedAt("3");
  ExpectDamagedAt("3");
}

TEST_F(AuditTreeTest, NamesAMissingRecord) {
  Append(5);
  Tamper("DELETE FROM audit_log WHERE sequence = 2");
  ExpectDamagedAt("2");
}

TEST_F(AuditTreeTest, NamesTheFirstRecordThatStandsElsewhere) {
  Append(5);
  Tamper(
      "UPDATE audit_log SET sequence = 9 WHERE sequence = 1;"
      "UPDATE audit_log SET sequence = 1 WHERE sequence = 4;"
      "UPDATE audit_log SET sequence = 4 WHERE sequence = 9");
  ExpectDamagedAt("1");
}

TEST_F(AuditTreeTest, NoticesThatTheEndWasCutOff) {
  Append(5);
  EXPECT_THAT(Size(), support::IsOkAndHolds(5));
  Tamper("DELETE FROM audit_log WHERE sequence >= 3");
  ExpectDamagedAt("4");
  // Nor does it help to go on otherwise.
  Append(4);
  ExpectDamagedAt("4");
}

TEST_F(AuditTreeTest, ObeysItsLimits) {
  Append(5);
  EXPECT_STATUS(Size(base::CallLimits::After(std::chrono::milliseconds(-1))),
                absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(Size(), support::IsOkAndHolds(5));
}

TEST_F(AuditTreeTest, ReturnsWhatTheLookReturns) {
  EXPECT_STATUS(
      tree_->Look(
          {}, [](const base::MerkleTree&) { return absl::AbortedError("no"); }),
      absl::StatusCode::kAborted);
  EXPECT_THAT(Size(), support::IsOkAndHolds(0));
}

TEST_F(AuditTreeTest, ManyMayLookWhileItGrows) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      std::int64_t last = 0;
      for (int look = 0; look < 50; ++look) {
        const auto size = Size();
        ASSERT_OK(size);
        EXPECT_GE(*size, last);
        last = *size;
      }
    });
  }
  for (int i = 0; i < 20; ++i) Append(3);
  threads.clear();
  EXPECT_THAT(Size(), support::IsOkAndHolds(60));
}

}  // namespace
}  // namespace welfare::platform
