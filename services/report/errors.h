// Every failure the report service names; reasons and sentences are rows of
// error_table.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

#include "services/base/error.h"

namespace welfare::report {

// INVALID_ARGUMENT, REPORT_INVALID: fields of a request are wrong.
absl::Status ReportInvalid(std::vector<base::Violation> violations);
// INVALID_ARGUMENT, FORMAT_UNKNOWN: the report has no such format.
absl::Status FormatUnknown(std::string_view report, std::string_view format,
                           std::string_view known);
// INVALID_ARGUMENT, OFFSET_INVALID: a file begins at 0.
absl::Status OffsetInvalid(std::int64_t offset);
// NOT_FOUND, REPORT_NOT_FOUND.
absl::Status ReportNotFound(std::string_view name);
// NOT_FOUND, TEMPLATE_NOT_FOUND.
absl::Status TemplateNotFound(std::string_view id);
// NOT_FOUND, ROUND_NOT_FOUND.
absl::Status RoundNotFound(std::string_view round);
// OUT_OF_RANGE, VERSION_NOT_REACHED: the pinned revision lies ahead.
absl::Status VersionNotReached(std::string_view round, long long version);
// FAILED_PRECONDITION, ROUND_STATE: the round was never opened.
absl::Status RoundNotOpened(std::string_view round);
// INVALID_ARGUMENT, NAME_INVALID: no name of a codebook.
absl::Status CodebookNameInvalid(std::string_view name);
// NOT_FOUND, CODEBOOK_NOT_FOUND.
absl::Status CodebookNotFound(std::string_view name);
// INVALID_ARGUMENT, TEMPLATE_INVALID: the text of a template is wrong; of a
// file of the program it ends the start. The field of each violation gets the
// name of the file before it; the first hundred are kept.
absl::Status TemplateInvalid(std::string_view file,
                             std::vector<base::Violation> violations);
// INVALID_ARGUMENT, TEMPLATE_REQUEST_INVALID: fields of a request about
// templates are wrong.
absl::Status TemplateRequestInvalid(std::vector<base::Violation> violations);
// INVALID_ARGUMENT, EXCERPT_INVALID: fields of a request about excerpts are
// wrong.
absl::Status ExcerptInvalid(std::vector<base::Violation> violations);
// NOT_FOUND, EXCERPT_NOT_FOUND.
absl::Status ExcerptNotFound(std::string_view name);
// ALREADY_EXISTS, EXCERPT_EXISTS.
absl::Status ExcerptExists(std::string_view name);
// FAILED_PRECONDITION, EXCERPT_SOURCE_EMPTY: there is no text to take one from.
absl::Status ExcerptSourceEmpty(std::string_view submission,
                                std::string_view item);
// FAILED_PRECONDITION, EXCERPT_OTHER_TEXT: the digest is of another text.
absl::Status ExcerptOtherText(std::string_view name);
// FAILED_PRECONDITION, EXCERPT_CONSENT_RESERVED: its respondent decides.
absl::Status ExcerptConsentReserved(std::string_view name);
// An excerpt that may not be shown, and why, in both languages.
struct HinderedExcerpt {
  std::string id;
  std::string_view why;
  std::string_view why_ja;
};
// FAILED_PRECONDITION, EXCERPT_NOT_RELEASED.
absl::Status ExcerptNotReleased(const std::vector<HinderedExcerpt>& hindered);
// NOT_FOUND, SUBMISSION_NOT_FOUND.
absl::Status SubmissionNotFound(std::string_view name);
// ABORTED, ETAG_MISMATCH.
absl::Status EtagMismatch(std::string_view name, std::string_view current);
// UNAVAILABLE, INDICATOR_UNAVAILABLE, SURVEY_UNAVAILABLE and
// REGISTRY_UNAVAILABLE: `peer` did not answer.
absl::Status PeerUnavailable(std::string_view peer, std::string_view message);
// INTERNAL, PEER_ANSWER_INVALID: `peer` answered what cannot be read, or
// refused a request that must be right.
absl::Status PeerAnswerInvalid(std::string_view peer, std::string_view message);
// INTERNAL, RENDER_FAILED.
absl::Status RenderFailed(std::string_view format, std::string_view message);
// FAILED_PRECONDITION, PAGE_OVERFLOW: `what` has no room on paper; names pages
// and blocks.
absl::Status PageOverflow(std::string_view what);
// FAILED_PRECONDITION, GLYPH_MISSING: the print font has no glyph for
// `character`, which stands in `text`.
absl::Status GlyphMissing(std::string_view character, std::string_view text);
// FAILED_PRECONDITION, FONT_MISSING: the font of printed reports cannot be
// read; ends the start.
absl::Status FontMissing(std::string_view file);
// FAILED_PRECONDITION, WORDING_UNFIT: words of the template do not fit the
// figures; `what` names places, words and figures.
absl::Status WordingUnfit(std::string_view what);
// FAILED_PRECONDITION, RESPONSE_RATE_LOW: too few have answered for a final
// report.
absl::Status ResponseRateLow(int received, int expected, int percent);
// FAILED_PRECONDITION, SUBMISSIONS_NOT_ACCEPTED: `open` of those received are
// not accepted.
absl::Status SubmissionsNotAccepted(int open, int received);
// FAILED_PRECONDITION, CORRECTS_NOT_FINAL: `report` is not one to be corrected.
absl::Status CorrectsNotFinal(std::string_view report);
// INVALID_ARGUMENT, PUBLICATION_INVALID: fields of a request to publish or to
// withdraw are wrong.
absl::Status PublicationInvalid(std::vector<base::Violation> violations);
// FAILED_PRECONDITION, REPORT_STATE.
absl::Status ReportStateWrong(std::string_view report, std::string_view state);
// FAILED_PRECONDITION, EDITION_MISSING: it was made by an earlier program.
absl::Status EditionMissing(std::string_view report);
// FAILED_PRECONDITION, EDITION_ORDER: it cannot follow `current`.
absl::Status EditionOrder(std::string_view report, std::string_view edition,
                          std::string_view current);
// FAILED_PRECONDITION, REPORT_WITHDRAWN.
absl::Status ReportWithdrawn(std::string_view report);
// FAILED_PRECONDITION, FILE_NOT_SIGNED.
absl::Status FileNotSigned(std::string_view report, std::string_view format);
// FAILED_PRECONDITION, SIGNING_KEY_UNUSABLE: `why` is in English.
absl::Status SigningKeyUnusable(std::string_view why);
// FAILED_PRECONDITION, SNAPSHOT_TOO_LARGE: both in bytes.
absl::Status SnapshotTooLarge(std::size_t size, std::size_t limit);
// FAILED_PRECONDITION, SNAPSHOT_MISSING: the report was made before there were
// any.
absl::Status SnapshotMissing(std::string_view report);
// FAILED_PRECONDITION, SNAPSHOT_UNREADABLE: `why` is in English.
absl::Status SnapshotUnreadable(std::string_view report, std::string_view why);
// FAILED_PRECONDITION, AUDIENCE_WIDER: `level` is everybody's.
absl::Status AudienceWider(std::string_view report, std::string_view level);
// INVALID_ARGUMENT, FEEDBACK_INVALID: fields of a request about feedback sheets
// are wrong.
absl::Status FeedbackInvalid(std::vector<base::Violation> violations);
// NOT_FOUND, FEEDBACK_NOT_FOUND.
absl::Status FeedbackNotFound(std::string_view sheet);
// ALREADY_EXISTS, FEEDBACK_EXISTS: `report` has its sheets.
absl::Status FeedbackExists(std::string_view report);
// FAILED_PRECONDITION, FEEDBACK_LATE: `report` was published.
absl::Status FeedbackLate(std::string_view report);
// FAILED_PRECONDITION, FEEDBACK_OF_PAIR.
absl::Status FeedbackOfPair(std::string_view sheet);
// FAILED_PRECONDITION, FEEDBACK_NOT_SIGNED.
absl::Status FeedbackNotSigned(std::string_view sheet, std::string_view format);
// FAILED_PRECONDITION, FEEDBACK_OTHER_CONTENT: the digest is another's.
absl::Status FeedbackOtherContent(std::string_view sheet);
// DATA_LOSS, FILE_DAMAGED: the bytes that are stored under `digest` have
// another, or are of another size than the record of `file` says.
absl::Status FileDamaged(std::string_view file, std::string_view digest);
// ABORTED, ROUND_MOVED: two reads of a snapshot were of two revisions.
absl::Status RoundMoved(std::string_view round);

// --- violations of REPORT_INVALID, PUBLICATION_INVALID and the like ---
// REQUIRED: nothing was said; `example` is what could be.
base::Violation FieldRequired(std::string_view field, std::string_view example);
// ID_INVALID, of the template.
base::Violation TemplateIdInvalid();
// The reason of `cause`, for which the round's name cannot be read.
base::Violation RoundNameInvalid(const absl::Status& cause);
// ENUM_UNKNOWN, of the basis.
base::Violation BasisUnknown();
// EDITION_UNKNOWN.
base::Violation EditionUnknown();
// EXCERPT_ID.
base::Violation ExcerptIdInvalid(std::string_view field);
// EXCERPT_ROUND: the submission is of another round.
base::Violation SubmissionOfAnotherRound();
// ATTRIBUTION_UNKNOWN.
base::Violation AttributionUnknown();
// CONSENT_UNKNOWN.
base::Violation ConsentUnknown();
// CONSENT_LEVEL.
base::Violation ConsentLevelUnknown();
// PATH_UNKNOWN, of a mask.
base::Violation PathUnknown(std::string_view path);
// EXCERPT_NOT_RELEASED: a template shows it.
base::Violation ExcerptNotReleasedAt(std::string_view field,
                                     const HinderedExcerpt& hindered);
// DIGEST_INVALID.
base::Violation DigestInvalid(std::string_view field);
// NAME_INVALID: `name` does not follow `pattern`.
base::Violation ResourceNameInvalid(std::string_view field,
                                    std::string_view name,
                                    std::string_view pattern);
// TEMPLATE_TOO_LARGE.
base::Violation TemplateTooLarge(std::string_view field, std::size_t most);
// TEMPLATE_OTHER: the text says that it is of another template.
base::Violation TemplateOther(std::string_view field,
                              std::string_view template_id,
                              std::string_view survey, std::string_view wanted,
                              std::string_view wanted_survey);
// GLYPH_MISSING: a character of the template.
base::Violation GlyphMissingAt(std::string_view field,
                               std::string_view character);
// PAGE_OVERFLOW: a sheet of the template.
base::Violation PageOverflowAt(std::string_view field, std::string_view what);
// AUDIENCE_UNKNOWN.
base::Violation AudienceUnknown();
// NOT_A_CORRECTION: a field of corrections alone.
base::Violation NotACorrection(std::string_view field);
// The reason of `cause`, for which a text cannot be kept.
base::Violation TextRefused(std::string_view field, const absl::Status& cause);
// NAME_INVALID: `name` names no report.
base::Violation ReportNameInvalid(std::string_view name);
// LEVEL_UNKNOWN, of the level of publication.
base::Violation LevelUnknown();
// NEGATIVE, of the revision.
base::Violation VersionNegative(std::string_view field);
// SURVEY_MISMATCH: the template is of `survey`, and the round is not.
base::Violation SurveyMismatch(std::string_view survey);

}  // namespace welfare::report
