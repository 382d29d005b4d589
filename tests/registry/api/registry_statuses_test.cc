// Status records through real stubs: recorded, refused, listed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/registry/api/module_fixture.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using support::Partially;
using ::testing::UnorderedElementsAre;

TEST_F(RegistryModuleTest, ListsStatusRecordsInPages) {
  LoadTokyo();
  v1::ListStatusRecordsRequest request;
  request.set_parent("programs/jusou");
  request.set_page_size(100);
  int records = 0;
  int pages = 0;
  do {
    v1::ListStatusRecordsResponse response;
    ASSERT_OK(
        Call(&v1::RegistryService::Stub::ListStatusRecords, request, response));
    records += response.status_records_size();
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(records, 310);
  EXPECT_EQ(pages, 4);

  v1::ListStatusRecordsRequest one;
  one.set_parent("programs/jusou");
  one.set_municipality("municipalities/132101");
  v1::ListStatusRecordsResponse response;
  ASSERT_OK(Call(&v1::RegistryService::Stub::ListStatusRecords, one, response));
  ASSERT_EQ(response.status_records_size(), 5);
  EXPECT_THAT(response.status_records(3), Partially(R"pb(
                program: "programs/jusou"
                municipality: "municipalities/132101"
                fiscal_year: 2024
                implementing: IMPLEMENTING_NO
                preparation: PREPARATION_NO
                version: 2
              )pb"));
}

TEST_F(RegistryModuleTest, AnswersARepeatedRequestOnce) {
  LoadTokyo();
  v1::RecordStatusRequest request =
      Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  request.set_request_id("6f1c2d3e-0000-4000-8000-000000000001");
  v1::StatusRecord first;
  v1::StatusRecord second;
  ASSERT_OK(RecordStatus(request, first));
  owned_->clock().Advance(std::chrono::hours(1));
  ASSERT_OK(RecordStatus(request, second));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(Version(), 3);
  request.mutable_status_record()->set_fiscal_year(2027);
  EXPECT_STATUS(RecordStatus(request), StatusCode::kInvalidArgument,
                "REQUEST_ID_REUSED");
}

TEST_F(RegistryModuleTest, RecordsNothingWhenOnlyValidatingOrUnchanged) {
  LoadTokyo();
  v1::RecordStatusRequest request =
      Record(2026, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  request.set_validate_only(true);
  v1::StatusRecord record;
  ASSERT_OK(RecordStatus(request, record));
  EXPECT_EQ(record.version(), 0);
  EXPECT_EQ(Version(), 2);
  ASSERT_OK(RecordStatus(Record(2025, v1::IMPLEMENTING_NO, v1::PREPARATION_NO),
                         record));
  EXPECT_EQ(record.version(), 2);
  EXPECT_EQ(Version(), 2);
}

TEST_F(RegistryModuleTest, ListsEveryViolationOfARecord) {
  LoadTokyo();
  v1::RecordStatusRequest request =
      Record(25, v1::IMPLEMENTING_YES, v1::PREPARATION_YES);
  v1::StatusRecord& record = *request.mutable_status_record();
  record.set_program("programs/other");
  record.set_municipality("municipalities/131015");
  record.set_note(" note");
  const absl::Status status = RecordStatus(request);
  EXPECT_STATUS(status, StatusCode::kInvalidArgument, "STATUS_INVALID");
  std::vector<std::string> fields;
  const auto details = base::GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  for (const base::Violation& violation : details->violations) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, UnorderedElementsAre(
                          "status_record.program", "status_record.municipality",
                          "status_record.fiscal_year",
                          "status_record.preparation", "status_record.note"));
}

TEST_F(RegistryModuleTest, RefusesWhatTheRulesRefuse) {
  LoadTokyo();
  v1::RecordStatusRequest other =
      Record(2025, v1::IMPLEMENTING_YES, v1::PREPARATION_NO);
  EXPECT_STATUS(RecordStatus(other), StatusCode::kFailedPrecondition,
                "CORRECTION_REASON_REQUIRED");
  v1::RecordStatusRequest stop =
      Record(2026, v1::IMPLEMENTING_NO, v1::PREPARATION_YES);
  stop.mutable_status_record()->set_municipality("municipalities/131024");
  EXPECT_STATUS(RecordStatus(stop), StatusCode::kFailedPrecondition,
                "TRANSITION_UNLAWFUL");
  stop.mutable_status_record()->set_municipality("municipalities/011002");
  EXPECT_STATUS(RecordStatus(stop), StatusCode::kNotFound,
                "MUNICIPALITY_NOT_FOUND");
  EXPECT_EQ(Version(), 2);
}

}  // namespace
}  // namespace welfare::registry
