#include "services/base/error.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::base {
namespace {

absl::Status Full() {
  return MakeError(absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID",
                   "Put the fields right.")
      .With("survey", "jusou")
      .With("fiscal_year", 2025)
      .WithViolation({"answers[0]", "OPTION_UNKNOWN", "No such option."})
      .WithViolations(
          {{"answers[1]", "INTEGER_EXPECTED", ""}, {"", "", "日本語"}})
      .WithResource("survey.welfare/Submission", "surveys/jusou/x")
      .WithPrecondition("STATE", "rounds/2025", "It is closed.")
      .WithRetryDelay(std::chrono::milliseconds(1500))
      .WithJapanese("入力を確認してください。");
}

TEST(Error, CarriesEveryPart) {
  const absl::Status status = Full();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(MessageOf(status), "Put the fields right.");
  EXPECT_EQ(ReasonOf(status), "SUBMISSION_INVALID");
  const auto details = GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->metadata.at("fiscal_year"), "2025");
  ASSERT_EQ(details->violations.size(), 3U);
  EXPECT_EQ(details->violations[2].description, "日本語");
  EXPECT_EQ(details->resource->name, "surveys/jusou/x");
  EXPECT_EQ(details->preconditions.at(0).subject, "rounds/2025");
  EXPECT_EQ(details->retry_delay, std::chrono::milliseconds(1500));
  EXPECT_EQ(details->message_ja, "入力を確認してください。");
}

TEST(Error, RoundTripsItsEncoding) {
  const ErrorDetails details = *GetErrorDetails(Full());
  EXPECT_EQ(DecodeErrorDetails(EncodeErrorDetails(details)), details);
  EXPECT_EQ(DecodeErrorDetails(EncodeErrorDetails({})), ErrorDetails());
}

TEST(Error, RefusesDamagedEncodings) {
  const std::string encoded = EncodeErrorDetails(*GetErrorDetails(Full()));
  for (std::size_t size = 0; size < encoded.size(); ++size) {
    EXPECT_EQ(DecodeErrorDetails(encoded.substr(0, size)), std::nullopt);
  }
  EXPECT_EQ(DecodeErrorDetails(encoded + "x"), std::nullopt);
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    std::string changed = encoded;
    changed[at] = '\xFF';
    DecodeErrorDetails(changed);  // must not crash
  }
}

TEST(Error, OtherStatusesHaveNoReason) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(GetErrorDetails(absl::Status(absl::StatusCode::kInternal, "x")),
            std::nullopt);
}

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) {
    return MakeError(absl::StatusCode::kOutOfRange, "ODD", "It is odd.");
  }
  return number / 2;
}

absl::StatusOr<int> Quarter(int number) {
  WELFARE_ASSIGN_OR_RETURN(const int half, Half(number));
  WELFARE_ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

absl::Status CheckQuarter(int number) {
  WELFARE_RETURN_IF_ERROR(Quarter(number).status());
  return absl::OkStatus();
}

TEST(Error, MacrosAssignOrReturn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(ReasonOf(Quarter(6).status()), "ODD");
  EXPECT_TRUE(CheckQuarter(4).ok());
  EXPECT_EQ(ReasonOf(CheckQuarter(5)), "ODD");
}

}  // namespace
}  // namespace welfare::base
