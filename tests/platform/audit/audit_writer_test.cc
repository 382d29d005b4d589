#include "services/platform/audit/audit_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/base/audit/audited_log.h"
#include "services/platform/storage/audit_log.h"
#include "tests/platform/storage/gate.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using support::WaitFor;
using ::testing::HasSubstr;

class AuditWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto sqlite = SqliteDatabase::OpenInMemory();
    ASSERT_OK(sqlite);
    database_ = std::make_unique<Gate>(*std::move(sqlite));
    Run(std::string(kAuditLogSql));
    database_->writes = 0;
    Start({.database = *database_, .clock = clock_});
  }

  void Start(AuditWriter::Options options) {
    writer_.reset();
    // No interval ends while a test runs, unless it is about that.
    if (options.refusal_interval >= std::chrono::seconds(10)) {
      options.refusal_interval = std::chrono::hours(1);
    }
    writer_ = std::make_unique<AuditWriter>(options);
  }

  void Run(const std::string& script) {
    ASSERT_OK(database_->Write([&](Transaction& transaction) {
      return transaction.ExecuteScript({"script", script});
    }));
  }

  absl::Status Keep(const std::string& resource) {
    return writer_->Keep({.recorded_time = {},
                          .actor = "somebody",
                          .action = "GetSubmission",
                          .resource = resource,
                          .request_id = "r",
                          .detail = "{\"read\":true}"},
                         [this](const absl::Status& kept) {
                           ++(kept.ok() ? answered_ : refused_);
                         });
  }

  void Refuse(int times, const std::string& subject = "somebody") {
    for (int i = 0; i < times; ++i) {
      writer_->CountRefused({.subject = subject, .authentication = ""},
                            "GetSubmission");
    }
  }

  // The log, which is a good one.
  std::vector<AuditRecord> Log() {
    auto records = database_->Read([](Connection& connection) {
      return ListAudit(connection, 0, 100'000);
    });
    EXPECT_OK(records);
    if (!records.ok()) return {};
    base::AuditedLog log;
    for (const AuditRecord& record : *records) {
      EXPECT_EQ(log.Add(record), std::nullopt) << record.sequence;
    }
    return *std::move(records);
  }

  support::FakeClock clock_;
  int Failures(AuditKind kind) {
    return database_->audit_failures[static_cast<std::size_t>(kind)].load();
  }

  std::unique_ptr<Gate> database_;
  std::unique_ptr<AuditWriter> writer_;
  std::atomic<int> answered_{0};
  std::atomic<int> refused_{0};
};

TEST_F(AuditWriterTest, AReadStandsInTheLogBeforeItIsAnswered) {
  std::atomic<std::size_t> seen{0};
  ASSERT_OK(writer_->Keep({.recorded_time = {},
                           .actor = "somebody",
                           .action = "GetSubmission",
                           .resource = "surveys/s/rounds/2025/submissions/a",
                           .request_id = "r",
                           .detail = "{}"},
                          [&](const absl::Status& kept) {
                            EXPECT_OK(kept);
                            seen = Log().size();
                          }));
  EXPECT_TRUE(WaitFor([&] { return seen.load() == 1; }));
  const std::vector<AuditRecord> log = Log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log[0].entry.actor, "somebody");
  EXPECT_EQ(log[0].entry.recorded_time, clock_.Now());
}

TEST_F(AuditWriterTest, ReadsThatWaitShareACommit) {
  database_->Close();
  ASSERT_OK(Keep("first"));
  ASSERT_TRUE(WaitFor([&] { return database_->writes.load() == 1; }));
  for (int i = 0; i < 100; ++i) ASSERT_OK(Keep(std::to_string(i)));
  EXPECT_EQ(answered_.load(), 0);
  database_->Open();
  EXPECT_TRUE(WaitFor([&] { return answered_.load() == 101; }));
  EXPECT_EQ(database_->writes.load(), 2);
  EXPECT_EQ(Log().size(), 101U);
}

TEST_F(AuditWriterTest, ACommitHasItsBound) {
  Start({.database = *database_, .clock = clock_, .most_at_once = 10});
  database_->Close();
  ASSERT_OK(Keep("first"));
  ASSERT_TRUE(WaitFor([&] { return database_->writes.load() == 1; }));
  for (int i = 0; i < 25; ++i) ASSERT_OK(Keep(std::to_string(i)));
  database_->Open();
  writer_->Stop();
  EXPECT_EQ(answered_.load(), 26);
  EXPECT_EQ(database_->writes.load(), 4);
}

TEST_F(AuditWriterTest, MoreReadsThanMayWaitAreRefused) {
  Start({.database = *database_, .clock = clock_, .most_waiting = 2});
  database_->Close();
  ASSERT_OK(Keep("first"));
  ASSERT_TRUE(WaitFor([&] { return database_->writes.load() == 1; }));
  ASSERT_OK(Keep("second"));
  ASSERT_OK(Keep("third"));
  EXPECT_STATUS(Keep("fourth"), absl::StatusCode::kResourceExhausted,
                "OVERLOADED");
  database_->Open();
  EXPECT_TRUE(WaitFor([&] { return answered_.load() == 3; }));
  EXPECT_EQ(Log().size(), 3U);
}

TEST_F(AuditWriterTest, WhatCannotBeKeptIsNotAnswered) {
  Run("ALTER TABLE audit_log RENAME TO away");
  ASSERT_OK(Keep("a"));
  EXPECT_TRUE(WaitFor([&] { return refused_.load() == 1; }));
  EXPECT_EQ(Failures(AuditKind::kRead), 1);
  Run("ALTER TABLE away RENAME TO audit_log");
  ASSERT_OK(Keep("b"));
  EXPECT_TRUE(WaitFor([&] { return answered_.load() == 1; }));
  EXPECT_EQ(Log().size(), 1U);
}

// However many are refused, they are one write for each interval.
TEST_F(AuditWriterTest, AFloodOfRefusalsIsOneWrite) {
  Refuse(100'000);
  EXPECT_EQ(database_->writes.load(), 0);
  writer_->Stop();
  EXPECT_EQ(database_->writes.load(), 1);
  const std::vector<AuditRecord> log = Log();
  ASSERT_EQ(log.size(), 1U);
  EXPECT_THAT(log[0].entry.detail, HasSubstr("\"refused\":100000,"));
}

TEST_F(AuditWriterTest, RefusalsAreWrittenWhenTheIntervalEnds) {
  Start({.database = *database_,
         .clock = clock_,
         .refusal_interval = std::chrono::milliseconds(5)});
  Refuse(3);
  EXPECT_TRUE(WaitFor([&] { return !Log().empty(); }));
}

TEST_F(AuditWriterTest, RefusalsThatCannotBeWrittenAreKept) {
  Start({.database = *database_,
         .clock = clock_,
         .refusal_interval = std::chrono::milliseconds(5)});
  Run("ALTER TABLE audit_log RENAME TO away");
  const int before = database_->writes.load();
  Refuse(1);
  ASSERT_TRUE(WaitFor([&] { return database_->writes.load() > before + 1; }));
  Run("ALTER TABLE away RENAME TO audit_log");
  EXPECT_TRUE(WaitFor([&] { return !Log().empty(); }));
  EXPECT_THAT(Log()[0].entry.detail, HasSubstr("\"refused\":1,"));
  EXPECT_GE(Failures(AuditKind::kRefusal), 1);
  EXPECT_EQ(Failures(AuditKind::kRead), 0);
}

TEST_F(AuditWriterTest, CallersWithoutANameAreOnlyLogged) {
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 1000; ++i) writer_->CountUnknown();
  writer_->Stop();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("calls without credentials were refused"),
                    HasSubstr("count=1000")));
  EXPECT_EQ(database_->writes.load(), 0);
}

TEST_F(AuditWriterTest, WhoComesAfterTheEndIsTold) {
  ASSERT_OK(Keep("a"));
  writer_->Stop();
  EXPECT_EQ(answered_.load(), 1);
  EXPECT_STATUS(Keep("b"), absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
}

}  // namespace
}  // namespace welfare::platform
