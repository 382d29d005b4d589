// Migrations, audit log and idempotency: what every store is made with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/idempotency.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/storage/migrations.h"
#include "services/platform/storage/open_database.h"
#include "services/platform/work/digest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

using support::FakeClock;
using support::IsOk;
using support::IsOkAndHolds;
using support::StatusIs;

std::vector<Migration> Shared() {
  return {{1, "initial",
           std::string(kAuditLogSql) + std::string(kRequestRepliesSql)}};
}

class StoreParts : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = OpenDatabase("sqlite::memory:");
    ASSERT_THAT(database, IsOk());
    database_ = *std::move(database);
  }
  void Migrate() {
    ASSERT_THAT(ApplyMigrations(*database_, clock_, Shared()), IsOk());
  }
  absl::StatusOr<std::string> Run(const RequestKey& key,
                                  const std::string& reply) {
    return database_->Write([&](Transaction& transaction) {
      return RunOnce(transaction, key, clock_.Now(),
                     [&]() -> absl::StatusOr<std::string> {
                       ++runs_;
                       return reply;
                     });
    });
  }
  AuditEntry Entry(const std::string& action) {
    return {.recorded_time = clock_.Now(),
            .actor = "local",
            .action = action,
            .resource = "surveys/jusou/rounds/2025",
            .request_id = "r",
            .detail = "{}"};
  }

  FakeClock clock_;
  std::unique_ptr<Database> database_;
  int runs_ = 0;
};

using Migrations = StoreParts;

TEST_F(StoreParts, AnIncarnationIsMadeOnceAndOnlyChangedOnPurpose) {
  const std::vector<Migration> migrations = {
      {1, "incarnation", std::string(kIncarnationSql)}};
  ASSERT_THAT(ApplyMigrations(*database_, clock_, migrations), IsOk());
  const auto first = OpenIncarnation(*database_);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->size(), 32U);
  EXPECT_THAT(OpenIncarnation(*database_), IsOkAndHolds(*first));
  const auto second = RenewIncarnation(*database_);
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(*second, *first);
  EXPECT_THAT(OpenIncarnation(*database_), IsOkAndHolds(*second));
  const auto other = OpenDatabase("sqlite::memory:");
  ASSERT_THAT(other, IsOk());
  ASSERT_THAT(ApplyMigrations(**other, clock_, migrations), IsOk());
  EXPECT_NE(*OpenIncarnation(**other), *second);
}

TEST_F(Migrations, AreAppliedOnceInOrder) {
  std::vector<Migration> steps = {{1, "one", "CREATE TABLE a (x {bytes})"},
                                  {2, "two", "CREATE TABLE b (x BIGINT)"}};
  EXPECT_THAT(ApplyMigrations(*database_, clock_, std::span(steps).first(1)),
              IsOkAndHolds(1));
  EXPECT_THAT(ApplyMigrations(*database_, clock_, steps), IsOkAndHolds(1));
  EXPECT_THAT(ApplyMigrations(*database_, clock_, steps), IsOkAndHolds(0));
}

TEST_F(Migrations, RefuseAChangedText) {
  std::vector<Migration> steps = {{1, "one", "CREATE TABLE a (x BIGINT)"}};
  ASSERT_THAT(ApplyMigrations(*database_, clock_, steps), IsOk());
  steps[0].sql += " ";
  EXPECT_THAT(
      ApplyMigrations(*database_, clock_, steps),
      StatusIs(absl::StatusCode::kFailedPrecondition, "MIGRATION_CHANGED"));
}

TEST_F(Migrations, RefuseADatabaseOfANewerProgram) {
  std::vector<Migration> steps = {{1, "one", "CREATE TABLE a (x BIGINT)"},
                                  {2, "two", "CREATE TABLE b (x BIGINT)"}};
  ASSERT_THAT(ApplyMigrations(*database_, clock_, steps), IsOk());
  steps.pop_back();
  EXPECT_THAT(
      ApplyMigrations(*database_, clock_, steps),
      StatusIs(absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_NEW"));
}

TEST_F(Migrations, RefuseGaps) {
  const std::vector<Migration> steps = {{2, "two", "SELECT 1"}};
  EXPECT_THAT(ApplyMigrations(*database_, clock_, steps),
              StatusIs(absl::StatusCode::kInternal, "MIGRATION_NUMBERS"));
}

TEST_F(Migrations, LeaveNothingOfAStepThatFails) {
  const std::vector<Migration> steps = {
      {1, "one", "CREATE TABLE a (x BIGINT); CREATE TABLE a (y BIGINT)"}};
  EXPECT_THAT(ApplyMigrations(*database_, clock_, steps),
              StatusIs(absl::StatusCode::kInternal));
  const std::vector<Migration> mended = {
      {1, "one", "CREATE TABLE a (x BIGINT)"}};
  EXPECT_THAT(ApplyMigrations(*database_, clock_, mended), IsOkAndHolds(1));
}

TEST_F(Migrations, OfProcessesThatStartTogetherTakeTurns) {
  const support::TempDir folder;
  const std::string url = "sqlite:" + folder.File("a.db");
  const std::vector<Migration> steps = Shared();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto database = OpenDatabase(url);
      ASSERT_THAT(database, IsOk());
      EXPECT_THAT(ApplyMigrations(**database, clock_, steps), IsOk());
    });
  }
}

using Idempotency = StoreParts;

TEST_F(Idempotency, ARepeatGetsTheFirstReply) {
  Migrate();
  EXPECT_THAT(Run({"id", "Create", "body"}, "first"), IsOkAndHolds("first"));
  EXPECT_THAT(Run({"id", "Create", "body"}, "second"), IsOkAndHolds("first"));
  EXPECT_EQ(runs_, 1);
}

TEST_F(Idempotency, AnotherBodyOrMethodIsRefused) {
  Migrate();
  ASSERT_THAT(Run({"id", "Create", "body"}, "first"), IsOk());
  EXPECT_THAT(
      Run({"id", "Create", "other"}, "x"),
      StatusIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_THAT(
      Run({"id", "Delete", "body"}, "x"),
      StatusIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
}

TEST_F(Idempotency, WithoutAnIdEveryCallRuns) {
  Migrate();
  EXPECT_THAT(Run({"", "Create", "body"}, "a"), IsOkAndHolds("a"));
  EXPECT_THAT(Run({"", "Create", "body"}, "b"), IsOkAndHolds("b"));
}

TEST_F(Idempotency, RepliesAreForgottenAfterThirtyDays) {
  Migrate();
  ASSERT_THAT(Run({"id", "Create", "body"}, "a"), IsOk());
  clock_.Advance(std::chrono::hours(30 * 24) - std::chrono::seconds(1));
  EXPECT_THAT(Run({"id", "Create", "body"}, "b"), IsOkAndHolds("a"));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_THAT(Run({"id", "Create", "other"}, "c"), IsOkAndHolds("c"));
}

TEST_F(Idempotency, AFailureIsNotRemembered) {
  Migrate();
  EXPECT_THAT(database_->Write([&](Transaction& transaction) {
    return RunOnce(transaction, {"id", "Create", "body"}, clock_.Now(),
                   []() -> absl::StatusOr<std::string> {
                     return absl::FailedPreconditionError("closed");
                   });
  }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(Run({"id", "Create", "body"}, "now"), IsOkAndHolds("now"));
}

using Audit = StoreParts;

TEST_F(Audit, NumbersAndListsItsRecords) {
  Migrate();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(database_->Write([&](Transaction& transaction) {
      return AppendAudit(transaction, Entry("Do" + std::to_string(i)));
    }),
                IsOkAndHolds(i));
  }
  const auto records = database_->Read(
      [](Connection& connection) { return ListAudit(connection, 1, 10); });
  ASSERT_THAT(records, IsOk());
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ((*records)[0].sequence, 1);
  EXPECT_EQ((*records)[0].entry, Entry("Do1"));
}

TEST_F(Audit, GoesWithTheChangeItSpeaksOf) {
  Migrate();
  EXPECT_FALSE(database_
                   ->Write([&](Transaction& transaction) -> absl::Status {
                     EXPECT_THAT(AppendAudit(transaction, Entry("Do")), IsOk());
                     return absl::AbortedError("no");
                   })
                   .ok());
  const auto root = database_->Read(
      [](Connection& connection) { return VerifyAudit(connection); });
  ASSERT_THAT(root, IsOk());
  EXPECT_EQ(root->size, 0);
}

TEST_F(Audit, FindsATamperedRecord) {
  Migrate();
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(database_->Write([&](Transaction& transaction) {
      return AppendAudit(transaction, Entry("Do"));
    }),
                IsOk());
  }
  const auto verify = [](Connection& connection) {
    return VerifyAudit(connection);
  };
  const auto before = database_->Read(verify);
  ASSERT_THAT(before, IsOk());
  EXPECT_EQ(before->size, 5);
  // Only somebody who goes around the triggers can do this.
  ASSERT_THAT(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"tamper",
         "DROP TRIGGER audit_log_refuses_update;"
         "UPDATE audit_log SET actor = 'other' WHERE sequence = 3"});
  }),
              IsOk());
  EXPECT_THAT(database_->Read(verify),
              StatusIs(absl::StatusCode::kDataLoss, "AUDIT_LOG_DAMAGED"));
}

// The reference roots of RFC 6962 implementations for their eight test leaves.
TEST(Merkle, AgreesWithKnownRoots) {
  const std::vector<std::string> inputs = {
      "",
      std::string("\x00", 1),
      std::string("\x10", 1),
      std::string("\x20\x21", 2),
      std::string("\x30\x31", 2),
      std::string("\x40\x41\x42\x43", 4),
      std::string("\x50\x51\x52\x53\x54\x55\x56\x57", 8),
      std::string("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d"
                  "\x6e\x6f",
                  16)};
  std::vector<std::string> leaves;
  EXPECT_EQ(HexEncode(MerkleRoot(leaves)),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  leaves.push_back(MerkleLeafHash(inputs[0]));
  EXPECT_EQ(HexEncode(MerkleRoot(leaves)),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  leaves.push_back(MerkleLeafHash(inputs[1]));
  EXPECT_EQ(HexEncode(MerkleRoot(leaves)),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
  for (std::size_t i = 2; i < inputs.size(); ++i) {
    leaves.push_back(MerkleLeafHash(inputs[i]));
  }
  EXPECT_EQ(HexEncode(MerkleRoot(leaves)),
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST(Digest, KnowsTheStandardVector) {
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace welfare::platform
