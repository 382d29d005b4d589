#include "services/base/error.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::base {
namespace {

absl::Status Full() {
  return MakeError({"SUBMISSION_INVALID", absl::StatusCode::kInvalidArgument,
                    "Put the fields right.", "入力を確認してください。"})
      .With("survey", "jusou")
      .With("fiscal_year", 2025)
      .WithViolation({"answers[0]", "OPTION_UNKNOWN", "No such option.",
                      "選択肢にありません。"})
      .WithViolations(
          {{"answers[1]", "INTEGER_EXPECTED", ""}, {"", "", "日本語"}})
      .WithResource("survey.welfare/Submission", "surveys/jusou/x")
      .WithPrecondition("STATE", "rounds/2025", "It is closed.",
                        "締め切られています。")
      .WithRetryDelay(std::chrono::milliseconds(1500));
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
  EXPECT_EQ(details->preconditions.at(0).description_ja,
            "締め切られています。");
  EXPECT_EQ(details->retry_delay, std::chrono::milliseconds(1500));
  EXPECT_EQ(details->message_ja, "入力を確認してください。");
}

constexpr ErrorRow kTable[] = {
    {"ROUND_CLOSED", absl::StatusCode::kFailedPrecondition,
     "{round} is closed; see {other}.", "{round} は締め切られています。"},
    {"PLAIN", absl::StatusCode::kNotFound, "Braces {} and { stay.", ""},
};
constexpr ViolationRow kFaults[] = {
    {"TOO_LONG", "At most {most} characters.", "{most} 字までです。"},
};

TEST(ErrorRow, FillsInWhatItIsTold) {
  const absl::Status status = MakeError(FindRow(kTable, "ROUND_CLOSED"))
                                  .With("round", "rounds/2025")
                                  .With("number", 3);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "ROUND_CLOSED");
  // Of what it is not told the place stays.
  EXPECT_EQ(MessageOf(status), "rounds/2025 is closed; see {other}.");
  EXPECT_EQ(GetErrorDetails(status)->message_ja,
            "rounds/2025 は締め切られています。");
}

TEST(ErrorRow, ShowsATextInAnotherFormThanItCarries) {
  const absl::Status status = MakeError(FindRow(kTable, "ROUND_CLOSED"))
                                  .With("round", "a\n{other}")
                                  .Show("round", "a<U+000A>{other}")
                                  .With("other", "x");
  // What was filled in is text.
  EXPECT_EQ(MessageOf(status), "a<U+000A>{other} is closed; see x.");
  EXPECT_EQ(GetErrorDetails(status)->metadata.at("round"), "a\n{other}");
}

TEST(ErrorRow, ATableHasEachReasonOnce) {
  static constexpr ViolationRow kTwice[] = {{"A", "", ""}, {"A", "", ""}};
  static constexpr ViolationRow kLower[] = {{"a", "", ""}};
  static constexpr ViolationRow kNone[] = {{"", "", ""}};
  static_assert(HasGoodReasons(kTable) && HasGoodReasons(kFaults));
  static_assert(!HasGoodReasons(kTwice) && !HasGoodReasons(kLower) &&
                !HasGoodReasons(kNone));
}

TEST(ErrorRow, LeavesOtherBracesAlone) {
  EXPECT_EQ(MessageOf(MakeError(FindRow(kTable, "PLAIN")).Build()),
            "Braces {} and { stay.");
}

TEST(ViolationRow, SpeaksBothLanguages) {
  EXPECT_EQ(
      MakeViolation(FindRow(kFaults, "TOO_LONG"), "note", {{"most", "2,000"}}),
      (Violation{.field = "note",
                 .reason = "TOO_LONG",
                 .description = "At most 2,000 characters.",
                 .description_ja = "2,000 字までです。"}));
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
    return MakeError({"ODD", absl::StatusCode::kOutOfRange, "It is odd.", ""});
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
