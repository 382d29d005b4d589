#include "services/indicator/errors.h"

#include <chrono>
#include <utility>

namespace welfare::indicator {
namespace {

using base::MakeError;
using Code = absl::StatusCode;

constexpr std::chrono::milliseconds kRetryPeer{1000};

}  // namespace

absl::Status IndicatorNotFound(std::string_view name) {
  return MakeError(Code::kNotFound, "INDICATOR_NOT_FOUND",
                   "There is no such indicator; see ListIndicators.")
      .With("name", name)
      .WithResource("indicator.welfare/Indicator", name);
}

absl::Status SurveyNotFound(std::string_view name) {
  return MakeError(Code::kNotFound, "SURVEY_NOT_FOUND",
                   "There are no indicator definitions for this survey.")
      .With("name", name)
      .WithResource("survey.welfare/Survey", name);
}

absl::Status RoundNotFound(std::string_view name) {
  return MakeError(Code::kNotFound, "ROUND_NOT_FOUND",
                   "There is no such round; see ListRounds.")
      .With("name", name)
      .WithResource("survey.welfare/Round", name);
}

absl::Status CodebookNotFound(std::string_view name) {
  return MakeError(Code::kNotFound, "CODEBOOK_NOT_FOUND",
                   "There is no such codebook version; see ListCodebooks.")
      .With("name", name)
      .WithResource("survey.welfare/Codebook", name);
}

absl::Status CellUnknown(std::string_view name, std::string_view cell,
                         const std::vector<std::string>& cells) {
  std::string known;
  for (const std::string& key : cells) {
    if (!known.empty()) known += ' ';
    known += key;
  }
  return MakeError(Code::kInvalidArgument, "CELL_UNKNOWN",
                   "The value has no such cell; choose one of `cells`.")
      .With("name", name)
      .With("cell", cell)
      .With("cells", known)
      .WithViolation(
          {"cell", "CELL_UNKNOWN", "Name a cell of the value: " + known + "."});
}

absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause) {
  return MakeError(Code::kInvalidArgument, "NAME_INVALID",
                   "The name does not follow its pattern; see the violation.")
      .With("field", field)
      .With("name", name)
      .WithViolation({std::string(field), "NAME_INVALID",
                      std::string(base::MessageOf(cause))});
}

absl::Status BasisUnknown(int basis) {
  return MakeError(Code::kInvalidArgument, "BASIS_UNKNOWN",
                   "The basis is neither PROVISIONAL nor FINAL.")
      .With("basis", basis)
      .WithViolation(
          {"basis", "BASIS_UNKNOWN", "Send PROVISIONAL, FINAL or nothing."});
}

absl::Status VersionNegative(std::string_view field, std::int64_t version) {
  return MakeError(Code::kInvalidArgument, "VERSION_NEGATIVE",
                   "A version is 0 (the current one) or positive.")
      .With("field", field)
      .With("version", static_cast<long long>(version))
      .WithViolation({std::string(field), "VERSION_NEGATIVE",
                      "Send 0 or a round revision."});
}

absl::Status ItemNotInRound(std::string_view indicator,
                            std::vector<base::Violation> violations) {
  return MakeError(Code::kFailedPrecondition, "ITEM_NOT_IN_ROUND",
                   "The round's codebook lacks what the indicator reads; see "
                   "the violations.")
      .With("indicator", indicator)
      .WithPrecondition("CODEBOOK", indicator,
                        "The codebook of the round must carry the items and "
                        "options of the definition.")
      .WithViolations(std::move(violations));
}

absl::Status RoundNotOpened(std::string_view name) {
  return MakeError(Code::kFailedPrecondition, "ROUND_STATE",
                   "The round was never opened; open it first.")
      .With("name", name)
      .WithPrecondition("ROUND_STATE", name,
                        "The round must be open, closed "
                        "or final.");
}

absl::Status VersionNotReached(std::string_view name, std::int64_t wanted,
                               std::int64_t current) {
  return MakeError(Code::kOutOfRange, "VERSION_NOT_REACHED",
                   "The round has not reached this revision.")
      .With("name", name)
      .With("wanted", static_cast<long long>(wanted))
      .With("current", static_cast<long long>(current));
}

absl::Status MinVersionNotReached(std::int64_t asked, std::int64_t current) {
  return MakeError(Code::kDeadlineExceeded, "MIN_VERSION_NOT_REACHED",
                   "The round did not reach this revision in time.")
      .With("asked", static_cast<long long>(asked))
      .With("current", static_cast<long long>(current));
}

absl::Status SurveyUnavailable(std::string_view cause) {
  return MakeError(Code::kUnavailable, "SURVEY_UNAVAILABLE",
                   "The survey service did not answer; try again.")
      .With("cause", cause)
      .WithRetryDelay(kRetryPeer);
}

absl::Status RegistryUnavailable(std::string_view cause) {
  return MakeError(Code::kUnavailable, "REGISTRY_UNAVAILABLE",
                   "The registry service did not answer; try again.")
      .With("cause", cause)
      .WithRetryDelay(kRetryPeer);
}

absl::Status ColumnsInvalid(std::vector<base::Violation> violations) {
  return MakeError(Code::kInternal, "COLUMNS_INVALID",
                   "The columns of the round contradict its codebook.")
      .WithViolations(std::move(violations));
}

absl::Status FiguresInconsistent(std::string_view indicator,
                                 std::string_view what) {
  return MakeError(Code::kInternal, "FIGURES_INCONSISTENT",
                   "A computed value breaks an invariant.")
      .With("indicator", indicator)
      .With("what", what);
}

absl::Status PeerAnswerInvalid(std::string_view peer, std::string_view what) {
  return MakeError(Code::kInternal, "PEER_ANSWER",
                   "A peer answered with something unreadable.")
      .With("peer", peer)
      .With("what", what);
}

absl::Status DefinitionInvalid(std::vector<base::Violation> violations) {
  return MakeError(Code::kInvalidArgument, "DEFINITION_INVALID",
                   "Indicator data is not valid; see the violations.")
      .WithViolations(std::move(violations));
}

}  // namespace welfare::indicator
