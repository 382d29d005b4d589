#include "services/survey/errors.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "services/survey/text_limits.h"

namespace welfare::survey {

using absl::StatusCode;
using base::MakeError;

namespace {

// No name is longer; what is longer is none and not repeated.
constexpr std::size_t kLongestNameShown = 300;

// Faults that one error lists; it tells the number of all.
constexpr std::size_t kMostListed = 1'000;

// The error with the violations that are told of `total`; whoever reads them
// learns that there are more (platform/rpc/fit_details.h).
absl::Status WithFirst(base::ErrorBuilder& error,
                       std::vector<base::Violation> violations,
                       std::size_t total) {
  total = std::max(total, violations.size());
  error.With("violations", static_cast<long long>(total));
  if (total > violations.size()) {
    error.With("violations_total", static_cast<long long>(total));
  }
  return error.WithViolations(std::move(violations));
}

}  // namespace

absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause) {
  const std::string found = base::ReasonOf(cause);
  const bool keeps = found == "CHECK_DIGIT" || found == "CODE_AMBIGUOUS";
  const std::string reason = keeps ? found : "NAME_INVALID";
  return MakeError(StatusCode::kInvalidArgument, reason, base::MessageOf(cause))
      .With("field", field)
      .With("name", Shorten(name, kLongestNameShown))
      .WithViolation({.field = std::string(field),
                      .reason = reason,
                      .description = std::string(base::MessageOf(cause))});
}

absl::Status VersionNegative(std::string_view field, std::int64_t version) {
  return MakeError(StatusCode::kInvalidArgument, "VERSION_NEGATIVE",
                   "Revisions count from 1; use 0 as the request says.")
      .With("field", field)
      .With("version", static_cast<long long>(version))
      .WithViolation({.field = std::string(field),
                      .reason = "VERSION_NEGATIVE",
                      .description = "Use 0 or more."});
}

absl::Status RequestIdInvalid(std::string_view request_id) {
  return MakeError(StatusCode::kInvalidArgument, "REQUEST_ID_INVALID",
                   "request_id is a UUID, at most 64 letters, digits and -.")
      .With("length", static_cast<long long>(request_id.size()))
      .WithViolation({.field = "request_id",
                      .reason = "REQUEST_ID_INVALID",
                      .description = "Use a UUID."});
}

absl::Status CodebookNotFound(const base::CodebookName& name) {
  return MakeError(StatusCode::kNotFound, "CODEBOOK_NOT_FOUND",
                   "There is no such codebook; see ListCodebooks.")
      .WithResource("survey.welfare/Codebook", name.ToString())
      .With("codebook", name.ToString());
}

absl::Status CodebookInvalid(std::vector<base::Violation> violations,
                             std::size_t total) {
  base::ErrorBuilder error =
      MakeError(StatusCode::kInvalidArgument, "CODEBOOK_INVALID",
                "The codebook's sheets are wrong; mend every violation and "
                "import them again.");
  return WithFirst(error, std::move(violations), total);
}

absl::Status CodebookPublished(const base::CodebookName& name) {
  return MakeError(StatusCode::kFailedPrecondition, "CODEBOOK_PUBLISHED",
                   "The codebook is published and never changes; import the "
                   "new content as another version.")
      .With("codebook", name.ToString())
      .WithPrecondition("STATE", name.ToString(), "must be a draft");
}

absl::Status CodebookNotPublished(const base::CodebookName& name) {
  return MakeError(StatusCode::kFailedPrecondition, "CODEBOOK_NOT_PUBLISHED",
                   "The codebook is absent or a draft; publish it first.")
      .With("codebook", name.ToString())
      .WithPrecondition("STATE", name.ToString(), "must be published");
}

absl::Status RoundNotFound(const base::RoundName& name) {
  return MakeError(StatusCode::kNotFound, "ROUND_NOT_FOUND",
                   "There is no such round; see ListRounds.")
      .WithResource("survey.welfare/Round", name.ToString())
      .With("round", name.ToString());
}

absl::Status RoundExists(const base::RoundName& name) {
  return MakeError(StatusCode::kAlreadyExists, "ROUND_EXISTS",
                   "The fiscal year has a round already; use it.")
      .WithResource("survey.welfare/Round", name.ToString())
      .With("round", name.ToString());
}

absl::Status RoundInvalid(std::vector<base::Violation> violations) {
  return MakeError(StatusCode::kInvalidArgument, "ROUND_INVALID",
                   "The round is wrong; mend every violation.")
      .With("violations", static_cast<long long>(violations.size()))
      .WithViolations(std::move(violations));
}

absl::Status RoundStateWrong(const base::RoundName& name,
                             std::string_view state, std::string_view wanted) {
  return MakeError(StatusCode::kFailedPrecondition, "ROUND_STATE",
                   "The round is " + std::string(state) +
                       "; for this it must " + std::string(wanted) + ".")
      .With("round", name.ToString())
      .With("state", state)
      .WithPrecondition("STATE", name.ToString(),
                        "must " + std::string(wanted));
}

absl::Status RoundNotOpen(const base::RoundName& name, std::string_view state) {
  return MakeError(StatusCode::kFailedPrecondition, "ROUND_NOT_OPEN",
                   "The round is " + std::string(state) +
                       " and takes no submissions; ask for it to be opened.")
      .With("round", name.ToString())
      .With("state", state)
      .WithPrecondition("STATE", name.ToString(), "must be OPEN")
      .WithJapanese("この調査回は受付中ではありません。");
}

absl::Status RegistryIncomplete(const base::ProgramName& program,
                                int fiscal_year) {
  return MakeError(StatusCode::kFailedPrecondition, "REGISTRY_INCOMPLETE",
                   "The registry knows no status of the programme for the "
                   "round's year; import it first.")
      .With("program", program.ToString())
      .With("fiscal_year", static_cast<long long>(fiscal_year))
      .WithPrecondition("STATE", program.ToString(),
                        "must have a roster for the fiscal year");
}

absl::Status StatusUnknown(const base::ProgramName& program, int fiscal_year,
                           std::span<const std::string> municipalities) {
  auto error =
      MakeError(StatusCode::kFailedPrecondition, "STATUS_UNKNOWN",
                "The registry does not know for every municipality whether it "
                "implements the programme in the round's year; record the "
                "statuses, or name these in unknown_municipalities.");
  error.With("program", program.ToString())
      .With("fiscal_year", static_cast<long long>(fiscal_year))
      .With("municipalities", static_cast<long long>(municipalities.size()))
      .WithJapanese(
          "調査年度の実施状況が台帳にない自治体があります。台帳に登録するか、"
          "不明として明示してください。");
  for (const std::string& municipality :
       municipalities.first(std::min(municipalities.size(), kMostListed))) {
    error.WithPrecondition("STATUS", municipality, "must have a status");
  }
  return error;
}

absl::Status RoundHasSubmissions(const base::RoundName& name, int submissions) {
  return MakeError(StatusCode::kFailedPrecondition, "ROUND_HAS_SUBMISSIONS",
                   "Somebody has begun to answer the round, so it cannot be "
                   "deleted; close it instead.")
      .With("round", name.ToString())
      .With("submissions", static_cast<long long>(submissions))
      .WithPrecondition("STATE", name.ToString(), "must have no submission")
      .WithJapanese("回答のある調査回は削除できません。");
}

absl::Status RegistryUnavailable(std::string_view cause) {
  return MakeError(StatusCode::kUnavailable, "REGISTRY_UNAVAILABLE",
                   "The registry did not answer; try again later.")
      .With("cause", cause)
      .WithRetryDelay(std::chrono::seconds(1));
}

absl::Status VersionNotReached(std::int64_t asked, std::int64_t current) {
  return MakeError(StatusCode::kOutOfRange, "VERSION_NOT_REACHED",
                   "The revision asked for lies ahead of the current one.")
      .With("asked", static_cast<long long>(asked))
      .With("current", static_cast<long long>(current));
}

absl::Status SubmissionNotFound(const base::SubmissionName& name) {
  return MakeError(StatusCode::kNotFound, "SUBMISSION_NOT_FOUND",
                   "There is no such submission; see ListSubmissions.")
      .WithResource("survey.welfare/Submission", name.ToString())
      .With("submission", name.ToString());
}

absl::Status SubmissionExists(const base::SubmissionName& name) {
  return MakeError(StatusCode::kAlreadyExists, "SUBMISSION_EXISTS",
                   "The respondent has a submission; use UpdateSubmission.")
      .WithResource("survey.welfare/Submission", name.ToString())
      .With("submission", name.ToString());
}

absl::Status SubmissionInvalid(std::vector<base::Violation> violations) {
  return MakeError(StatusCode::kInvalidArgument, "SUBMISSION_INVALID",
                   "The submission is wrong; mend every violation and send it "
                   "again.")
      .With("violations", static_cast<long long>(violations.size()))
      .WithViolations(std::move(violations))
      .WithJapanese("回答に誤りがあります。すべての指摘を直してください。");
}

absl::Status SubmissionStateWrong(const base::SubmissionName& name,
                                  std::string_view state,
                                  std::string_view wanted) {
  return MakeError(StatusCode::kFailedPrecondition, "SUBMISSION_STATE",
                   "The submission is " + std::string(state) +
                       "; for this it must " + std::string(wanted) + ".")
      .With("submission", name.ToString())
      .With("state", state)
      .WithPrecondition("STATE", name.ToString(),
                        "must " + std::string(wanted));
}

absl::Status EtagMismatch(std::string_view name, std::string_view current) {
  return MakeError(StatusCode::kAborted, "ETAG_MISMATCH",
                   "Somebody else changed it; read it again and repeat.")
      .With("name", name)
      .With("etag", current);
}

absl::Status ReasonRequired(std::string_view why) {
  const std::string message = "Say " + std::string(why) + '.';
  return MakeError(StatusCode::kInvalidArgument, "REASON_REQUIRED", message)
      .WithViolation(
          {.field = "reason", .reason = "REQUIRED", .description = message});
}

absl::Status FilterInvalid(std::string_view field, int value) {
  return MakeError(StatusCode::kInvalidArgument, "FILTER_INVALID",
                   "Use a value the field's type names, or leave it out.")
      .With("field", field)
      .With("value", static_cast<long long>(value))
      .WithViolation({.field = std::string(field),
                      .reason = "FILTER_INVALID",
                      .description = "The number has no meaning."});
}

absl::Status CsvInvalid(std::vector<base::Violation> violations,
                        std::size_t total) {
  base::ErrorBuilder error =
      MakeError(StatusCode::kInvalidArgument, "CSV_INVALID",
                "The text is no CSV of the form expected; mend every "
                "violation.");
  return WithFirst(error, std::move(violations), total);
}

absl::Status FirstLineInvalid(std::string_view field, int first_line) {
  return MakeError(StatusCode::kInvalidArgument, "CSV_INVALID",
                   "Lines count from 1; use 0 for line 2.")
      .With("first_line", static_cast<long long>(first_line))
      .WithViolation({.field = std::string(field) + ".first_line",
                      .reason = "LINE_NEGATIVE",
                      .description = "Use 0 or more."});
}

absl::Status FileNameTooLong(std::string_view field) {
  return MakeError(StatusCode::kInvalidArgument, "CSV_INVALID",
                   "The file name has more than 1000 bytes; send a shorter "
                   "one.")
      .WithViolation({.field = std::string(field) + ".source_file",
                      .reason = "TEXT_TOO_LONG",
                      .description = "Use at most 1000 bytes."});
}

absl::Status RejectsTokenInvalid() {
  return MakeError(StatusCode::kInvalidArgument, "REJECTS_TOKEN_INVALID",
                   "Send the next_rejects_token of an answer to the same "
                   "batch, and validate_only with it.")
      .WithViolation({.field = "rejects_token",
                      .reason = "REJECTS_TOKEN_INVALID",
                      .description = "It is no token of this batch, or the "
                                     "call is no dry run."});
}

absl::Status StoredValueInvalid(std::string_view what) {
  return MakeError(StatusCode::kInternal, "STORED_VALUE_INVALID",
                   "A stored value cannot be read.")
      .With("what", what);
}

}  // namespace welfare::survey
