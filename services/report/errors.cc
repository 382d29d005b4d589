#include "services/report/errors.h"

#include <string>
#include <utility>

namespace welfare::report {

using base::MakeError;

absl::Status ReportInvalid(std::vector<base::Violation> violations) {
  return MakeError(absl::StatusCode::kInvalidArgument, "REPORT_INVALID",
                   "The report cannot be created; correct every field listed.")
      .WithViolations(std::move(violations));
}

absl::Status FormatUnknown(std::string_view report, std::string_view format,
                           std::string_view known) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FORMAT_UNKNOWN",
                   "The report " + std::string(report) + " has no format '" +
                       std::string(format) + "'; ask for " +
                       std::string(known) + ".")
      .With("report", report)
      .With("format", format)
      .With("formats", known);
}

absl::Status ReportNotFound(std::string_view name) {
  return MakeError(
             absl::StatusCode::kNotFound, "REPORT_NOT_FOUND",
             "There is no report " + std::string(name) + "; see ListReports.")
      .With("report", name)
      .WithResource("report.welfare/Report", name);
}

absl::Status TemplateNotFound(std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound, "TEMPLATE_NOT_FOUND",
                   "There is no report template '" + std::string(id) + "'.")
      .With("template", id)
      .WithResource("report.welfare/Template", id);
}

absl::Status RoundNotFound(std::string_view round) {
  return MakeError(
             absl::StatusCode::kNotFound, "ROUND_NOT_FOUND",
             "There is no round " + std::string(round) + "; see ListRounds.")
      .With("round", round)
      .WithResource("survey.welfare/Round", round);
}

absl::Status VersionNotReached(std::string_view round, long long version) {
  return MakeError(absl::StatusCode::kOutOfRange, "VERSION_NOT_REACHED",
                   "The round " + std::string(round) +
                       " has not reached revision " + std::to_string(version) +
                       ".")
      .With("round", round)
      .With("data_version", version);
}

absl::Status RoundNotOpened(std::string_view round) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "ROUND_STATE",
                   "The round " + std::string(round) +
                       " is planned; open it before a report is made.")
      .With("round", round)
      .WithJapanese("調査回 " + std::string(round) +
                    " はまだ計画中である。開いてから報告書を作る。");
}

absl::Status CodebookNameInvalid(std::string_view name) {
  return MakeError(absl::StatusCode::kInvalidArgument, "NAME_INVALID",
                   "'" + std::string(name) +
                       "' names no codebook; write "
                       "surveys/jusou/codebooks/2025-1.")
      .With("name", name)
      .WithJapanese("「" + std::string(name) +
                    "」は調査票の名前ではない。surveys/jusou/codebooks/2025-1 "
                    "のように書く。");
}

absl::Status CodebookNotFound(std::string_view name) {
  return MakeError(absl::StatusCode::kNotFound, "CODEBOOK_NOT_FOUND",
                   "There is no codebook " + std::string(name) +
                       "; see ListCodebooks.")
      .With("codebook", name)
      .WithResource("survey.welfare/Codebook", name)
      .WithJapanese("調査票 " + std::string(name) + " はない。");
}

absl::Status TemplateInvalid(std::string_view file,
                             std::vector<base::Violation> violations) {
  std::string message =
      "The report template " + std::string(file) + " is wrong:";
  for (const base::Violation& violation : violations) {
    message += " " + violation.field + ": " + violation.description;
  }
  return MakeError(absl::StatusCode::kInvalidArgument, "TEMPLATE_INVALID",
                   message)
      .With("file", file)
      .WithViolations(std::move(violations));
}

absl::Status PeerUnavailable(std::string_view peer, std::string_view message) {
  std::string reason;
  for (const char c : peer) {
    reason += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  reason += "_UNAVAILABLE";
  return MakeError(
             absl::StatusCode::kUnavailable, reason,
             "The " + std::string(peer) + " service did not answer; try again.")
      .With("peer", peer)
      .With("peer_message", message);
}

absl::Status PeerAnswerInvalid(std::string_view peer,
                               std::string_view message) {
  return MakeError(absl::StatusCode::kInternal, "PEER_ANSWER_INVALID",
                   "The " + std::string(peer) +
                       " service gave an answer that cannot be used: " +
                       std::string(message))
      .With("peer", peer);
}

absl::Status RenderFailed(std::string_view format, std::string_view message) {
  return MakeError(absl::StatusCode::kInternal, "RENDER_FAILED",
                   "The format " + std::string(format) +
                       " could not be written: " + std::string(message))
      .With("format", format);
}

absl::Status RoundMoved(std::string_view round) {
  return MakeError(absl::StatusCode::kAborted, "ROUND_MOVED",
                   "The round " + std::string(round) +
                       " changed while the snapshot was taken; try again.")
      .With("round", round);
}

absl::Status ShuttingDown() {
  return MakeError(absl::StatusCode::kUnavailable, "SHUTTING_DOWN",
                   "The service is stopping; connect again.");
}

}  // namespace welfare::report
