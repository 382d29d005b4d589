// Every failure the survey service can name; their sentences stand in
// error_table.h. Reasons are part of the API.
// States come as their names, so that every room may fail by these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"

namespace welfare::survey {

// Words inside a sentence, in both languages.
struct Phrase {
  std::string_view english;
  std::string_view japanese;
};

// INVALID_ARGUMENT, NAME_INVALID: `field` holds no name of the form expected.
// CHECK_DIGIT and CODE_AMBIGUOUS keep their reason.
absl::Status NameInvalid(std::string_view field, std::string_view name,
                         const absl::Status& cause);

// INVALID_ARGUMENT, VERSION_NEGATIVE.
absl::Status VersionNegative(std::string_view field, std::int64_t version);

// INVALID_ARGUMENT, NAME_INVALID: `field` holds a round of another survey than
// `survey`.
absl::Status RoundElsewhere(std::string_view field, const base::RoundName& name,
                            const base::SurveyName& survey);

// --- codebooks ---
// NOT_FOUND, CODEBOOK_NOT_FOUND.
absl::Status CodebookNotFound(const base::CodebookName& name);
// INVALID_ARGUMENT, CODEBOOK_INVALID. `total` is the number of violations where
// not all are given.
absl::Status CodebookInvalid(std::vector<base::Violation> violations,
                             std::size_t total = 0);
// FAILED_PRECONDITION, CODEBOOK_PUBLISHED: it differs from what was published.
absl::Status CodebookPublished(const base::CodebookName& name);
// FAILED_PRECONDITION, CODEBOOK_NOT_PUBLISHED: absent or a draft.
absl::Status CodebookNotPublished(const base::CodebookName& name);

// --- mappings ---
// NOT_FOUND, MAPPING_NOT_FOUND.
absl::Status MappingNotFound(const base::MappingName& name);
// INVALID_ARGUMENT, MAPPING_INVALID, with the first of `violations`.
absl::Status MappingInvalid(std::vector<base::Violation> violations);
// FAILED_PRECONDITION, MAPPING_EXISTS: another text has its id.
absl::Status MappingExists(const base::MappingName& name);
// INVALID_ARGUMENT, MAPPING_UNUSABLE: `why` says why the batch cannot be read by
// a mapping.
absl::Status MappingUnusable(std::string_view field, const Phrase& why);
namespace why_not {
inline constexpr Phrase kNoStrategy = {"say a strategy",
                                       "取込みの方式を指定してください"};
inline constexpr Phrase kNoDryRun = {
    "mapping_to_come belongs into a dry run; import the mapping and name it",
    "mapping_to_come は検査のときだけ使えます。読替え表を取り込んでから指定して"
    "ください"};
inline constexpr Phrase kBoth = {"give mapping or mapping_to_come, not both",
                                 "mapping と mapping_to_come はどちらか一方にし"
                                 "てください"};
inline constexpr Phrase kOtherSurvey = {
    "it is of another survey than a round of the batch",
    "束の調査回とは別の調査の読替え表です"};
}  // namespace why_not

// What a call needs of a state: "The round must ...".
namespace wanted {
inline constexpr Phrase kPlanned = {"be planned", "準備中"};
inline constexpr Phrase kOpen = {"be open", "受付中"};
inline constexpr Phrase kOpened = {"have been opened", "受付開始後"};
inline constexpr Phrase kClosed = {"be closed", "締切後"};
inline constexpr Phrase kOpenOrClosed = {"be open or closed",
                                         "受付中または締切後"};
inline constexpr Phrase kNotFinal = {"not be final", "確定前"};
inline constexpr Phrase kEditable = {"be a draft or returned",
                                     "下書きまたは差戻し中"};
inline constexpr Phrase kHandedIn = {"be handed in", "提出済み"};
inline constexpr Phrase kHandedInOrAccepted = {"be handed in or accepted",
                                               "提出済みまたは受理済み"};
inline constexpr Phrase kReturnedForAnswers = {
    "be returned before other answers come", "差戻し中"};
inline constexpr Phrase kReturnedForHeader = {
    "be returned before its header changes", "差戻し中"};
}  // namespace wanted

// --- rounds ---
// NOT_FOUND, ROUND_NOT_FOUND.
absl::Status RoundNotFound(const base::RoundName& name);
// ALREADY_EXISTS, ROUND_EXISTS.
absl::Status RoundExists(const base::RoundName& name);
// INVALID_ARGUMENT, ROUND_INVALID.
absl::Status RoundInvalid(std::vector<base::Violation> violations);
// FAILED_PRECONDITION, ROUND_STATE: the round is in `state`, and `needed` would
// be needed.
absl::Status RoundStateWrong(const base::RoundName& name,
                             std::string_view state, const Phrase& needed);
// FAILED_PRECONDITION, ROUND_NOT_OPEN: it takes no submissions.
absl::Status RoundNotOpen(const base::RoundName& name, std::string_view state);
// FAILED_PRECONDITION, REGISTRY_INCOMPLETE.
absl::Status RegistryIncomplete(const base::ProgramName& program,
                                int fiscal_year);
// FAILED_PRECONDITION, STATUS_UNKNOWN: of `municipalities` (resource names) the
// registry does not know whether they implement in `fiscal_year`, and the
// request does not name them. The first thousand are listed.
absl::Status StatusUnknown(const base::ProgramName& program, int fiscal_year,
                           std::span<const std::string> municipalities);
// FAILED_PRECONDITION, ROUND_HAS_SUBMISSIONS.
absl::Status RoundHasSubmissions(const base::RoundName& name, int submissions);
// UNAVAILABLE, REGISTRY_UNAVAILABLE.
absl::Status RegistryUnavailable(std::string_view cause);
// OUT_OF_RANGE, VERSION_NOT_REACHED.
absl::Status VersionNotReached(std::int64_t asked, std::int64_t current);

// --- submissions ---
// NOT_FOUND, SUBMISSION_NOT_FOUND.
absl::Status SubmissionNotFound(const base::SubmissionName& name);
// ALREADY_EXISTS, SUBMISSION_EXISTS.
absl::Status SubmissionExists(const base::SubmissionName& name);
// INVALID_ARGUMENT, SUBMISSION_INVALID, with every violation.
absl::Status SubmissionInvalid(std::vector<base::Violation> violations);
// FAILED_PRECONDITION, SUBMISSION_STATE.
absl::Status SubmissionStateWrong(const base::SubmissionName& name,
                                  std::string_view state, const Phrase& needed);
// ABORTED, ETAG_MISMATCH.
absl::Status EtagMismatch(std::string_view name, std::string_view current);
// INVALID_ARGUMENT, REASON_REQUIRED: `why` says of what.
absl::Status ReasonRequired(const Phrase& why);
namespace why {
inline constexpr Phrase kReturned = {"why the submission is returned",
                                     "回答を差し戻す理由"};
inline constexpr Phrase kOnBehalf = {
    "why it is written on the respondent's behalf",
    "回答者に代わって記入する理由"};
inline constexpr Phrase kChanged = {"why the round is changed",
                                    "調査回を変更する理由"};
inline constexpr Phrase kReopened = {"why the round is opened again",
                                     "受付を再開する理由"};
}  // namespace why

// --- lists ---
// INVALID_ARGUMENT, FILTER_INVALID: `field` holds a number without a meaning.
absl::Status FilterInvalid(std::string_view field, int value);

// --- storage ---
// INTERNAL, STORED_VALUE_INVALID: the database holds what nothing here wrote.
absl::Status StoredValueInvalid(std::string_view what);

}  // namespace welfare::survey
