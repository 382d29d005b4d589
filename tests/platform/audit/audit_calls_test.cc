#include "services/platform/audit/audit_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/migrations.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace welfare::platform {
namespace {

class AuditCallsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto database = OpenDatabase("sqlite::memory:");
    ASSERT_OK(database);
    database_ = *std::move(database);
    const std::vector<Migration> migrations = {
        {1, "initial", std::string(kAuditLogSql)}};
    ASSERT_OK(ApplyMigrations(*database_, clock_, migrations));
    calls_.emplace(AuditCalls::Options{.database = *database_,
                                       .clock = clock_,
                                       .service = "survey",
                                       .incarnation = "a"});
  }

  void Append(int count, const std::string& detail = "{}") {
    ASSERT_OK(database_->Write([&](Transaction& transaction) -> absl::Status {
      for (int i = 0; i < count; ++i) {
        WELFARE_RETURN_IF_ERROR(
            AppendAudit(transaction, {.recorded_time = clock_.Now(),
                                      .actor = "local",
                                      .action = "CreateRound",
                                      .resource = "surveys/jusou/rounds/2025",
                                      .request_id = "r",
                                      .detail = detail})
                .status());
      }
      return absl::OkStatus();
    }));
  }

  absl::StatusOr<type::v1::AuditProof> Prove(
      const type::v1::ProveAuditRequest& request) {
    type::v1::AuditProof proof;
    WELFARE_RETURN_IF_ERROR(calls_->Prove({}, request, proof));
    return proof;
  }

  // The violations' reasons.
  static std::vector<std::string> Faults(const absl::Status& status) {
    EXPECT_STATUS(status, absl::StatusCode::kInvalidArgument,
                  "AUDIT_REQUEST_INVALID");
    std::vector<std::string> faults;
    const auto details = base::GetErrorDetails(status);
    if (!details.has_value()) return faults;
    for (const base::Violation& violation : details->violations) {
      EXPECT_FALSE(violation.description_ja.empty());
      faults.push_back(violation.field + " " + violation.reason);
    }
    return faults;
  }

  support::FakeClock clock_;
  std::unique_ptr<Database> database_;
  std::optional<AuditCalls> calls_;
};

TEST_F(AuditCallsTest, PagesEndAtASizeThatClientsTake) {
  Append(5, std::string(1 << 20, 'x'));
  type::v1::ListAuditRecordsRequest request;
  int pages = 0, records = 0;
  do {
    type::v1::ListAuditRecordsResponse response;
    ASSERT_OK(calls_->List({}, request, response));
    EXPECT_LT(response.ByteSizeLong(), 2U << 20);
    for (const type::v1::AuditRecord& record : response.records()) {
      EXPECT_EQ(record.sequence(), records++);
    }
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(records, 5);
  EXPECT_EQ(pages, 5);
}

TEST_F(AuditCallsTest, ATokenIsGoodForItsListAndStore) {
  Append(5);
  type::v1::ListAuditRecordsRequest request;
  request.set_page_size(2);
  type::v1::ListAuditRecordsResponse response;
  ASSERT_OK(calls_->List({}, request, response));
  request.set_page_token(response.next_page_token());
  AuditCalls restored({.database = *database_,
                       .clock = clock_,
                       .service = "survey",
                       .incarnation = "b"});
  EXPECT_STATUS(restored.List({}, request, response),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  request.set_first_sequence(1);
  EXPECT_STATUS(calls_->List({}, request, response),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(AuditCallsTest, RefusesWhatCannotBeAsked) {
  Append(5);
  type::v1::ListAuditRecordsRequest list;
  list.set_first_sequence(-1);
  type::v1::ListAuditRecordsResponse listed;
  EXPECT_THAT(Faults(calls_->List({}, list, listed)),
              testing::ElementsAre("first_sequence AUDIT_NUMBER_NEGATIVE"));

  type::v1::GetAuditHeadRequest head;
  head.set_size(-1);
  type::v1::AuditHead found;
  EXPECT_THAT(Faults(calls_->Head({}, head, found)),
              testing::ElementsAre("size AUDIT_NUMBER_NEGATIVE"));
  head.set_size(6);
  EXPECT_STATUS(calls_->Head({}, head, found), absl::StatusCode::kOutOfRange,
                "AUDIT_HEAD_NOT_REACHED");

  type::v1::ProveAuditRequest proof;
  EXPECT_THAT(Faults(Prove(proof).status()),
              testing::ElementsAre("sequence AUDIT_QUESTION_UNCLEAR"));
  proof.set_sequence(-1);
  proof.set_old_size(-1);
  proof.set_size(-1);
  EXPECT_THAT(Faults(Prove(proof).status()),
              testing::ElementsAre("size AUDIT_NUMBER_NEGATIVE",
                                   "sequence AUDIT_NUMBER_NEGATIVE",
                                   "old_size AUDIT_NUMBER_NEGATIVE",
                                   "sequence AUDIT_QUESTION_UNCLEAR"));
  proof.Clear();
  proof.set_size(3);
  proof.set_sequence(3);
  EXPECT_THAT(Faults(Prove(proof).status()),
              testing::ElementsAre("sequence AUDIT_BEYOND_HEAD"));
  proof.clear_sequence();
  proof.set_old_size(4);
  EXPECT_THAT(Faults(Prove(proof).status()),
              testing::ElementsAre("old_size AUDIT_BEYOND_HEAD"));
  proof.set_size(6);
  EXPECT_STATUS(Prove(proof), absl::StatusCode::kOutOfRange,
                "AUDIT_HEAD_NOT_REACHED");
}

TEST_F(AuditCallsTest, AnEmptyLogHasAHead) {
  type::v1::AuditHead head;
  ASSERT_OK(calls_->Head({}, {}, head));
  EXPECT_EQ(head.service(), "survey");
  EXPECT_EQ(head.incarnation(), "a");
  EXPECT_EQ(head.size(), 0);
  EXPECT_EQ(head.root(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  type::v1::ProveAuditRequest request;
  request.set_old_size(0);
  const auto proof = Prove(request);
  ASSERT_OK(proof);
  EXPECT_EQ(proof->old_root(), head.root());
  EXPECT_EQ(proof->hashes_size(), 0);
}

// A loss that its reader looks for is not hidden as what is internal.
TEST_F(AuditCallsTest, TellsItsCallerWhatIsDamaged) {
  Append(3);
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"tamper",
         "DROP TRIGGER audit_log_refuses_delete;"
         "DELETE FROM audit_log WHERE sequence = 1"});
  }));
  type::v1::AuditHead head;
  const absl::Status status = FromGrpcStatus(
      ToGrpcStatus(calls_->Head({}, {}, head), "survey.welfare", "q"));
  EXPECT_STATUS(status, absl::StatusCode::kDataLoss, "AUDIT_LOG_DAMAGED");
  EXPECT_EQ(base::GetErrorDetails(status)->metadata.at("sequence"), "1");
  // It can be read all the same.
  type::v1::ListAuditRecordsResponse response;
  ASSERT_OK(calls_->List({}, {}, response));
  EXPECT_EQ(response.records_size(), 2);
}

}  // namespace
}  // namespace welfare::platform
