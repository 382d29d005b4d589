// Migrations, audit log and idempotency: what every store is made with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/idempotency.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/storage/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

using support::FakeClock;
using support::IsOkAndHolds;

std::vector<Migration> Shared() {
  return {{1, "initial",
           std::string(kAuditLogSql) + std::string(kRequestRepliesSql)}};
}

class StoreParts : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = OpenDatabase("sqlite::memory:");
    ASSERT_OK(database);
    database_ = *std::move(database);
  }
  void Migrate() { ASSERT_OK(ApplyMigrations(*database_, clock_, Shared())); }
  absl::StatusOr<std::string> Run(const RequestKey& key,
                                  const std::string& reply) {
    return database_->Write([&](Transaction& transaction) {
      return RunOnce(transaction, DigestOf(key), clock_.Now(),
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

// A store that counts one thing.
class Incarnations : public StoreParts {
 protected:
  static constexpr Query kVersions{"versions", "SELECT 'thing', n FROM things"};

  std::unique_ptr<Database> OpenThings(const std::string& url) {
    auto database = OpenDatabase(url);
    EXPECT_OK(database);
    const std::vector<Migration> migrations = {
        {1, "incarnation", std::string(kIncarnationSql)},
        {2, "things",
         "CREATE TABLE things (n BIGINT NOT NULL);"
         "INSERT INTO things (n) VALUES (5)"},
        {3, "place", std::string(kPlaceSql)}};
    EXPECT_OK(ApplyMigrations(**database, clock_, migrations));
    return *std::move(database);
  }
  static Incarnation Open(Database& database) {
    auto opened = OpenIncarnation(database, kVersions);
    EXPECT_OK(opened);
    return *std::move(opened);
  }
  static void Count(Database& database) {
    static constexpr Query kCountUp{"count_up", "UPDATE things SET n = n + 1"};
    EXPECT_OK(database.Write([](Transaction& transaction) {
      return transaction.Execute(kCountUp, {}).status();
    }));
  }
  std::string Url(const std::string& file) const {
    return "sqlite:" + folder_.File(file);
  }

  support::TempDir folder_;
};

TEST_F(Incarnations, AreMadeOnceAndChangedOnPurpose) {
  const auto store = OpenThings("sqlite::memory:");
  const Incarnation first = Open(*store);
  EXPECT_EQ(first.name().size(), 32U);
  EXPECT_EQ(Open(*store).name(), first.name());
  const auto second = RenewIncarnation(*store);
  ASSERT_OK(second);
  EXPECT_NE(*second, first.name());
  EXPECT_EQ(Open(*store).name(), *second);
  const auto other = OpenThings("sqlite::memory:");
  EXPECT_NE(Open(*other).name(), *second);
}

// Whoever holds a version of the store before is told whether it is the same
// one here.
TEST_F(Incarnations, CoverWhatWasCopied) {
  const auto store = OpenThings("sqlite::memory:");
  const Incarnation first = Open(*store);
  EXPECT_TRUE(first.Covers(first.name(), "thing", 99));
  ASSERT_OK(RenewIncarnation(*store));
  const Incarnation second = Open(*store);
  Count(*store);  // 6 is the second's
  ASSERT_OK(RenewIncarnation(*store));
  const Incarnation third = Open(*store);
  for (const Incarnation& now : {second, third}) {
    EXPECT_TRUE(now.Covers(first.name(), "thing", 5));
    EXPECT_FALSE(now.Covers(first.name(), "thing", 6));
    EXPECT_FALSE(now.Covers(first.name(), "another", 1));
    EXPECT_FALSE(now.Covers("stranger", "thing", 1));
    EXPECT_TRUE(now.Covers(second.name(), "thing", 6));
  }
  EXPECT_FALSE(third.Covers(second.name(), "thing", 7));
  EXPECT_FALSE(first.Covers(second.name(), "thing", 1));
}

TEST_F(Incarnations, ACopiedFileIsAnotherStore) {
  std::string original;
  {
    const auto store = OpenThings(Url("original.db"));
    original = Open(*store).name();
  }
  std::filesystem::copy_file(folder_.File("original.db"),
                             folder_.File("copy.db"));
  {
    const auto copy = OpenThings(Url("copy.db"));
    const Incarnation now = Open(*copy);
    EXPECT_NE(now.name(), original);
    EXPECT_TRUE(now.Covers(original, "thing", 5));
    EXPECT_FALSE(now.Covers(original, "thing", 6));
    EXPECT_EQ(Open(*copy).name(), now.name());
  }
  // One that is only moved is not.
  std::filesystem::rename(folder_.File("original.db"),
                          folder_.File("moved.db"));
  const auto moved = OpenThings(Url("moved.db"));
  EXPECT_EQ(Open(*moved).name(), original);
}

// Two that are restored from one backup, to one place even, are two.
TEST_F(Incarnations, ABackupIsAnotherStoreEachTimeItIsRestored) {
  std::string original;
  {
    const auto store = OpenThings(Url("things.db"));
    original = Open(*store).name();
  }
  std::filesystem::copy_file(folder_.File("things.db"),
                             folder_.File("backup.db"));
  {
    const auto backup = OpenThings(Url("backup.db"));
    ASSERT_OK(RenewIncarnation(*backup));
    ASSERT_OK(ForgetPlace(*backup));
  }
  std::set<std::string> names = {original};
  for (int time = 0; time < 2; ++time) {
    // Over the file that is there: it keeps its number.
    std::ofstream(folder_.File("things.db"), std::ios::binary)
        << std::ifstream(folder_.File("backup.db"), std::ios::binary).rdbuf();
    const auto restored = OpenThings(Url("things.db"));
    const Incarnation now = Open(*restored);
    EXPECT_TRUE(names.insert(now.name()).second);
    EXPECT_TRUE(now.Covers(original, "thing", 5));
  }
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
  ASSERT_OK(ApplyMigrations(*database_, clock_, steps));
  steps[0].sql += " ";
  EXPECT_STATUS(ApplyMigrations(*database_, clock_, steps),
                absl::StatusCode::kFailedPrecondition, "MIGRATION_CHANGED");
}

TEST_F(Migrations, RefuseADatabaseOfANewerProgram) {
  std::vector<Migration> steps = {{1, "one", "CREATE TABLE a (x BIGINT)"},
                                  {2, "two", "CREATE TABLE b (x BIGINT)"}};
  ASSERT_OK(ApplyMigrations(*database_, clock_, steps));
  steps.pop_back();
  EXPECT_STATUS(ApplyMigrations(*database_, clock_, steps),
                absl::StatusCode::kFailedPrecondition, "DATABASE_TOO_NEW");
}

TEST_F(Migrations, RefuseGaps) {
  const std::vector<Migration> steps = {{2, "two", "SELECT 1"}};
  EXPECT_STATUS(ApplyMigrations(*database_, clock_, steps),
                absl::StatusCode::kInternal, "MIGRATION_NUMBERS");
}

TEST_F(Migrations, LeaveNothingOfAStepThatFails) {
  const std::vector<Migration> steps = {
      {1, "one", "CREATE TABLE a (x BIGINT); CREATE TABLE a (y BIGINT)"}};
  EXPECT_STATUS(ApplyMigrations(*database_, clock_, steps),
                absl::StatusCode::kInternal);
  const std::vector<Migration> mended = {
      {1, "one", "CREATE TABLE a (x BIGINT)"}};
  EXPECT_THAT(ApplyMigrations(*database_, clock_, mended), IsOkAndHolds(1));
}

// Many times over, as what they collide in takes a moment.
TEST_F(Migrations, OfProcessesThatStartTogetherTakeTurns) {
  const support::TempDir folder;
  const std::vector<Migration> steps = Shared();
  for (int round = 0; round < 20; ++round) {
    const std::string url =
        "sqlite:" + folder.File(std::to_string(round) + ".db");
    std::barrier together(4);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        together.arrive_and_wait();
        auto database = OpenDatabase(url);
        ASSERT_OK(database);
        EXPECT_OK(ApplyMigrations(**database, clock_, steps));
      });
    }
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
  ASSERT_OK(Run({"id", "Create", "body"}, "first"));
  EXPECT_STATUS(Run({"id", "Create", "other"}, "x"),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  EXPECT_STATUS(Run({"id", "Delete", "body"}, "x"),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
}

TEST_F(Idempotency, WithoutAnIdEveryCallRuns) {
  Migrate();
  EXPECT_THAT(Run({"", "Create", "body"}, "a"), IsOkAndHolds("a"));
  EXPECT_THAT(Run({"", "Create", "body"}, "b"), IsOkAndHolds("b"));
}

TEST_F(Idempotency, RepliesAreForgottenAfterThirtyDays) {
  Migrate();
  ASSERT_OK(Run({"id", "Create", "body"}, "a"));
  clock_.Advance(std::chrono::hours(30 * 24) - std::chrono::seconds(1));
  EXPECT_THAT(Run({"id", "Create", "body"}, "b"), IsOkAndHolds("a"));
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_THAT(Run({"id", "Create", "other"}, "c"), IsOkAndHolds("c"));
}

TEST_F(Idempotency, ADigestTellsMethodAndBody) {
  const std::string hash = DigestOf({"id", "Create", "body"}).hash;
  EXPECT_EQ(DigestOf({"other", "Create", "body"}).hash, hash);
  EXPECT_NE(DigestOf({"id", "Update", "body"}).hash, hash);
  EXPECT_NE(DigestOf({"id", "Createb", "ody"}).hash, hash);
  // One without an id is repeated by nobody.
  EXPECT_EQ(DigestOf({"", "Create", "body"}).hash, "");
}

TEST_F(Idempotency, AFailureIsNotRemembered) {
  Migrate();
  EXPECT_STATUS(database_->Write([&](Transaction& transaction) {
    return RunOnce(transaction, DigestOf({"id", "Create", "body"}),
                   clock_.Now(), []() -> absl::StatusOr<std::string> {
                     return absl::FailedPreconditionError("closed");
                   });
  }),
                absl::StatusCode::kFailedPrecondition);
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
  ASSERT_OK(records);
  ASSERT_EQ(records->size(), 2u);
  EXPECT_EQ((*records)[0].sequence, 1);
  EXPECT_EQ((*records)[0].entry, Entry("Do1"));
}

TEST_F(Audit, GoesWithTheChangeItSpeaksOf) {
  Migrate();
  EXPECT_FALSE(database_
                   ->Write([&](Transaction& transaction) -> absl::Status {
                     EXPECT_OK(AppendAudit(transaction, Entry("Do")));
                     return absl::AbortedError("no");
                   })
                   .ok());
  const auto records = database_->Read(
      [](Connection& connection) { return ListAudit(connection, 0, 10); });
  ASSERT_OK(records);
  EXPECT_TRUE(records->empty());
}

TEST(Digest, KnowsTheStandardVector) {
  EXPECT_EQ(base::Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace welfare::platform
