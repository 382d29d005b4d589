#include "services/platform/rpc/status_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "tests/support/status_matchers.h"

namespace welfare::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kDomain[] = "survey.welfare";

absl::Status ThereAndBack(const absl::Status& status) {
  return FromGrpcStatus(ToGrpcStatus(status, kDomain, "id"));
}

TEST(StatusMapping, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus(), kDomain, "id").ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(StatusMapping, CarriesEveryDetailThereAndBack) {
  const absl::Status status =
      base::MakeError({"ROUND_CLOSED", absl::StatusCode::kFailedPrecondition,
                       "The round is closed.", "受付は終了しました。"})
          .With("round", "surveys/jusou/rounds/2025")
          .WithViolation({.field = "submission.answers[3].value",
                          .reason = "NOT_A_NUMBER",
                          .description = "Send digits: 12."})
          .WithResource("survey.welfare/Round", "surveys/jusou/rounds/2025")
          .WithPrecondition("STATE", "surveys/jusou/rounds/2025",
                            "It must be open.")
          .WithRetryDelay(std::chrono::milliseconds(1500));
  const absl::Status back = ThereAndBack(status);
  EXPECT_STATUS(back, absl::StatusCode::kFailedPrecondition, "ROUND_CLOSED");
  EXPECT_EQ(back.message(), status.message());
  EXPECT_EQ(base::GetErrorDetails(back), base::GetErrorDetails(status));
}

// google.rpc has one place for both.
TEST(StatusMapping, DescribesViolationsInTheLanguageAskedFor) {
  const absl::Status status =
      base::MakeError({"X", absl::StatusCode::kInvalidArgument, "No.", ""})
          .WithViolation({.field = "a",
                          .reason = "TOO_LONG",
                          .description = "Shorten it.",
                          .description_ja = "短くしてください。"})
          .WithViolation(
              {.field = "b", .reason = "EMPTY", .description = "Fill it in."})
          .WithPrecondition("STATE", "c", "Open it.", "開いてください。");
  const auto described = [&](base::Language language) {
    std::vector<std::string> found;
    const auto details = base::GetErrorDetails(
        FromGrpcStatus(ToGrpcStatus(status, kDomain, "id", language)));
    for (const base::Violation& violation : details->violations) {
      found.push_back(violation.reason + " " + violation.description);
    }
    found.push_back(details->preconditions.at(0).description);
    return found;
  };
  EXPECT_THAT(
      described(base::Language::kEnglish),
      ElementsAre("TOO_LONG Shorten it.", "EMPTY Fill it in.", "Open it."));
  EXPECT_THAT(described(base::Language::kJapanese),
              ElementsAre("TOO_LONG 短くしてください。", "EMPTY Fill it in.",
                          "開いてください。"));
}

TEST(StatusMapping, HasExactlyOneErrorInfoWithTheDomain) {
  const grpc::Status status =
      ToGrpcStatus(absl::NotFoundError("no"), kDomain, "id");
  google::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(status.error_details()));
  ASSERT_EQ(wire.details_size(), 1);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(wire.details(0).UnpackTo(&info));
  EXPECT_EQ(info.domain(), kDomain);
  EXPECT_EQ(info.reason(), "NOT_FOUND");
}

TEST(StatusMapping, HidesWhatIsInternal) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnknown,
        absl::StatusCode::kDataLoss}) {
    const grpc::Status status =
        ToGrpcStatus(base::MakeError({"SECRET", code, "SELECT secret", ""})
                         .With("a", "secret"),
                     kDomain, "the-id");
    EXPECT_THAT(status.error_message(), HasSubstr("the-id"));
    EXPECT_THAT(status.error_message() + status.error_details(),
                Not(HasSubstr("secret")));
    EXPECT_THAT(status.error_details(), Not(HasSubstr("SECRET")));
    EXPECT_THAT(base::GetErrorDetails(FromGrpcStatus(status))->message_ja,
                HasSubstr("要求番号 the-id"));
  }
}

TEST(StatusMapping, CutsLongMessagesAtACharacter) {
  std::string message;
  for (int i = 0; i < 500; ++i) message += "あ";
  const grpc::Status status =
      ToGrpcStatus(absl::NotFoundError(message), kDomain, "id");
  EXPECT_LE(status.error_message().size(), kMaxMessageBytes);
  EXPECT_THAT(status.error_message(), EndsWith("あ..."));
}

TEST(StatusMapping, SaysHowManyViolationsThereWere) {
  base::ErrorBuilder builder = base::MakeError(
      {"SUBMISSION_INVALID", absl::StatusCode::kInvalidArgument, "Wrong.", ""});
  for (int i = 0; i < 2000; ++i) {
    builder.WithViolation({.field = "answers[" + std::to_string(i) + "]",
                           .reason = "BAD",
                           .description = std::string(100, 'x')});
  }
  const grpc::Status status = ToGrpcStatus(builder, kDomain, "id");
  EXPECT_LE(status.error_details().size(), kMaxDetailsBytes + 2048);
  const auto details = base::GetErrorDetails(FromGrpcStatus(status));
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->metadata.at("violations_total"), "2000");
  EXPECT_GT(details->violations.size(), 300u);
  const grpc::Status trimmed = TrimDetails(status, 4096);
  EXPECT_LE(trimmed.error_details().size(), 4096u);
  const auto less = base::GetErrorDetails(FromGrpcStatus(trimmed));
  ASSERT_TRUE(less.has_value());
  EXPECT_EQ(less->metadata.at("violations_total"), "2000");
  EXPECT_EQ(less->reason, "SUBMISSION_INVALID");
  EXPECT_GT(less->violations.size(), 10u);
  // People read the sentence: it begins with the number, whoever trimmed.
  EXPECT_EQ(status.error_message(),
            "2000 problems, of which the first " +
                std::to_string(details->violations.size()) +
                " are listed. Wrong.");
  EXPECT_EQ(trimmed.error_message(),
            "2000 problems, of which the first " +
                std::to_string(less->violations.size()) +
                " are listed. Wrong.");
  google::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(trimmed.error_details()));
  EXPECT_EQ(wire.message(), trimmed.error_message());
}

TEST(StatusMapping, SaysInBothLanguagesHowManyWereLeftOut) {
  base::ErrorBuilder builder =
      base::MakeError({"STATUS_MISSING", absl::StatusCode::kFailedPrecondition,
                       "Statuses are missing.", "状況がありません。"});
  for (int i = 0; i < 500; ++i) {
    builder.WithPrecondition("MISSING", "municipalities/" + std::to_string(i),
                             std::string(40, 'x'));
  }
  const grpc::Status trimmed =
      TrimDetails(ToGrpcStatus(builder, kDomain, "id"), 4096);
  EXPECT_LE(trimmed.error_details().size(), 4096u);
  const auto details = base::GetErrorDetails(FromGrpcStatus(trimmed));
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->metadata.at("preconditions_total"), "500");
  const std::string kept = std::to_string(details->preconditions.size());
  EXPECT_GT(details->preconditions.size(), 10u);
  EXPECT_EQ(trimmed.error_message(), "500 problems, of which the first " +
                                         kept +
                                         " are listed. Statuses are missing.");
  EXPECT_EQ(details->message_ja, "問題は全部で500件あり、ここに示すのは初めの" +
                                     kept + "件です。状況がありません。");
}

TEST(StatusMapping, NeverAnswersMoreThanCallersCanTake) {
  const grpc::Status status = ToGrpcStatus(
      base::MakeError({"LONG", absl::StatusCode::kNotFound, "No.", ""})
          .With("candidates", std::string(10'000, 'c')),
      kDomain, "id");
  const grpc::Status trimmed = TrimDetails(status, 4096);
  EXPECT_LE(trimmed.error_details().size(), 4096u);
  EXPECT_STATUS(FromGrpcStatus(trimmed), absl::StatusCode::kNotFound, "LONG");
  EXPECT_EQ(trimmed.error_message(), "No.");
}

TEST(StatusMapping, IgnoresDetailsThatAreNone) {
  const grpc::Status status(grpc::StatusCode::NOT_FOUND, "no", "\xff\xff");
  EXPECT_STATUS(FromGrpcStatus(status), absl::StatusCode::kNotFound);
  EXPECT_EQ(TrimDetails(status, 1).error_details(), "\xff\xff");
}

}  // namespace
}  // namespace welfare::platform
