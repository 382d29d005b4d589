#include "services/platform/storage/write_path.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/storage/audit_log.h"
#include "tests/platform/storage/gate.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace welfare::platform {
namespace {

class WritePathTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = SqliteDatabase::OpenInMemory();
    ASSERT_OK(database);
    database_ = *std::move(database);
    ASSERT_OK(database_->Write([](Transaction& transaction) {
      const std::string script = std::string(kAuditLogSql) +
                                 std::string(kRequestRepliesSql) +
                                 "CREATE TABLE items (id BIGINT);";
      return transaction.ExecuteScript({"make", script});
    }));
    path_ = std::make_unique<WritePath>(WritePath::Options{
        .database = *database_, .clock = clock_, .undone = [this] {
          ++undone_;
        }});
  }

  // Adds an item; the reply says how often that was done.
  absl::StatusOr<WritePath::Outcome> Add(const std::string& request_id,
                                         const std::string& body = "one") {
    return path_->Run(
        {.key = {.request_id = request_id, .method = "Add", .body = body},
         .actor = "somebody",
         .limits = base::CallLimits::After(Database::kDefaultTimeout)},
        [this](Write& write) -> absl::StatusOr<std::string> {
          WELFARE_RETURN_IF_ERROR(
              write.transaction()
                  .Execute({"add", "INSERT INTO items (id) VALUES ($1)"}, {1})
                  .status());
          WELFARE_RETURN_IF_ERROR(write.Audit(
              "items/1", base::JsonObject().Add("said", "a \"word\"")));
          return "reply " + std::to_string(++runs_);
        });
  }

  std::int64_t Count(const char* sql) {
    const auto count = database_->Read([&](Connection& connection) {
      return connection.Get({"count", sql}, {},
                            [](const Row& row) { return row.Int64(0); });
    });
    EXPECT_OK(count);
    return count.value_or(-1);
  }

  support::FakeClock clock_;
  std::unique_ptr<SqliteDatabase> database_;
  std::unique_ptr<WritePath> path_;
  int runs_ = 0;
  int undone_ = 0;
};

TEST_F(WritePathTest, KeepsChangeAuditAndReplyTogether) {
  const auto outcome = Add("a");
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome->reply, "reply 1");
  EXPECT_FALSE(outcome->repeated);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM items"), 1);
  const auto audit = database_->Read(
      [](Connection& connection) { return ListAudit(connection, 0, 10); });
  ASSERT_OK(audit);
  ASSERT_EQ(audit->size(), 1u);
  EXPECT_EQ(audit->front().entry,
            (AuditEntry{.recorded_time = clock_.Now(),
                        .actor = "somebody",
                        .action = "Add",
                        .resource = "items/1",
                        .request_id = "a",
                        .detail = R"({"said":"a \"word\""})"}));
}

TEST_F(WritePathTest, ARepeatGetsTheFirstReplyAndDoesNothing) {
  ASSERT_OK(Add("a"));
  const auto again = Add("a");
  ASSERT_OK(again);
  EXPECT_EQ(again->reply, "reply 1");
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM items"), 1);
}

TEST_F(WritePathTest, WithoutAnIdEveryRequestIsNew) {
  ASSERT_OK(Add(""));
  ASSERT_OK(Add(""));
  EXPECT_EQ(Count("SELECT COUNT(*) FROM items"), 2);
}

TEST_F(WritePathTest, AnIdBelongsToItsRequest) {
  ASSERT_OK(Add("a"));
  EXPECT_STATUS(Add("a", "another"), absl::StatusCode::kInvalidArgument,
                "REQUEST_ID_REUSED");
  EXPECT_EQ(undone_, 0);
}

TEST_F(WritePathTest, ACommitThatFailsLeavesNothingAndIsTold) {
  database_->FailNext(SqliteDatabase::FaultPoint::kCommit,
                      absl::UnavailableError("gone"));
  EXPECT_STATUS(Add("a"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(undone_, 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM items"), 0);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM audit_log"), 0);
  // Tried again, it runs again.
  const auto outcome = Add("a");
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome->reply, "reply 2");
  EXPECT_EQ(undone_, 1);
}

TEST_F(WritePathTest, ARefusalUndoesNothing) {
  EXPECT_STATUS(path_->Run({.key = {}, .actor = "somebody", .limits = {}},
                           [](Write&) -> absl::StatusOr<std::string> {
                             return absl::InvalidArgumentError("no");
                           }),
                absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(undone_, 0);
}

TEST_F(WritePathTest, AWriteThatNeverRanUndoesNothing) {
  database_->FailNext(SqliteDatabase::FaultPoint::kWrite,
                      absl::UnavailableError("gone"));
  EXPECT_STATUS(Add("a"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(undone_, 0);
}

TEST_F(WritePathTest, TellsThatTheAuditLogTakesNothing) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"break", "ALTER TABLE audit_log RENAME TO away"});
  }));
  Gate told(std::move(database_));
  path_ = std::make_unique<WritePath>(
      WritePath::Options{.database = told, .clock = clock_});
  EXPECT_FALSE(Add("a").ok());
  const auto failures = [&told](AuditKind kind) {
    return told.audit_failures[static_cast<std::size_t>(kind)].load();
  };
  EXPECT_EQ(failures(AuditKind::kChange), 1);
  EXPECT_EQ(failures(AuditKind::kRead), 0);
  // A refusal of the change itself is none.
  EXPECT_FALSE(path_
                   ->Run({.key = {}, .actor = "somebody", .limits = {}},
                         [](Write&) -> absl::StatusOr<std::string> {
                           return absl::InvalidArgumentError("no");
                         })
                   .ok());
  EXPECT_EQ(failures(AuditKind::kChange), 1);
}

TEST_F(WritePathTest, ReadsTheClockInTheTransaction) {
  const base::Timestamp before = clock_.Now();
  base::Timestamp seen;
  ASSERT_OK(path_->Run({.key = {}, .actor = "somebody", .limits = {}},
                       [&](Write& write) -> absl::StatusOr<std::string> {
                         seen = write.time();
                         return "";
                       }));
  EXPECT_EQ(seen, before);
  clock_.Advance(std::chrono::seconds(3));
  ASSERT_OK(path_->Run({.key = {}, .actor = "somebody", .limits = {}},
                       [&](Write& write) -> absl::StatusOr<std::string> {
                         seen = write.time();
                         return "";
                       }));
  EXPECT_EQ(seen, before + std::chrono::seconds(3));
}

}  // namespace
}  // namespace welfare::platform
