#include "services/report/errors.h"

#include <cstddef>
#include <string>
#include <utility>

#include "services/base/names/resource_name.h"
#include "services/report/error_table.h"

namespace welfare::report {
namespace {

using base::MakeError;
using base::MakeViolation;

// A reason that is not in the table does not compile.
consteval const base::ErrorRow& Row(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}
consteval const base::ViolationRow& Fault(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

const base::ErrorRow& UnavailableRow(std::string_view peer) {
  if (peer == "survey") return Row("SURVEY_UNAVAILABLE");
  if (peer == "registry") return Row("REGISTRY_UNAVAILABLE");
  return Row("INDICATOR_UNAVAILABLE");
}

}  // namespace

absl::Status ReportInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("REPORT_INVALID")).WithViolations(std::move(violations));
}

absl::Status FormatUnknown(std::string_view report, std::string_view format,
                           std::string_view known) {
  return MakeError(Row("FORMAT_UNKNOWN"))
      .With("report", report)
      .With("format", format)
      .With("formats", known);
}

absl::Status OffsetInvalid(std::int64_t offset) {
  return MakeError(Row("OFFSET_INVALID"))
      .With("offset", static_cast<long long>(offset));
}

absl::Status ReportNotFound(std::string_view name) {
  return MakeError(Row("REPORT_NOT_FOUND"))
      .With("report", name)
      .WithResource("report.welfare/Report", name);
}

absl::Status TemplateNotFound(std::string_view id) {
  return MakeError(Row("TEMPLATE_NOT_FOUND"))
      .With("template", id)
      .WithResource("report.welfare/Template", id);
}

absl::Status RoundNotFound(std::string_view round) {
  return MakeError(Row("ROUND_NOT_FOUND"))
      .With("round", round)
      .WithResource("survey.welfare/Round", round);
}

absl::Status VersionNotReached(std::string_view round, long long version) {
  return MakeError(Row("VERSION_NOT_REACHED"))
      .With("round", round)
      .With("data_version", version);
}

absl::Status RoundNotOpened(std::string_view round) {
  return MakeError(Row("ROUND_STATE")).With("round", round);
}

absl::Status CodebookNameInvalid(std::string_view name) {
  return MakeError(Row("NAME_INVALID")).With("name", name);
}

absl::Status CodebookNotFound(std::string_view name) {
  return MakeError(Row("CODEBOOK_NOT_FOUND"))
      .With("codebook", name)
      .WithResource("survey.welfare/Codebook", name);
}

absl::Status TemplateInvalid(std::string_view file,
                             std::vector<base::Violation> violations) {
  // As many stand in the sentence; the violations name the rest.
  constexpr std::size_t kNamed = 8;
  constexpr std::size_t kMost = 100;
  const auto total = static_cast<long long>(violations.size());
  std::string faults;
  std::string faults_ja;
  for (std::size_t i = 0; i < violations.size(); ++i) {
    base::Violation& violation = violations[i];
    if (i < kNamed) {
      faults += " " + violation.field + ": " + violation.description;
      faults_ja +=
          " " + violation.field + "：" +
          (violation.description_ja.empty() ? violation.description
                                            : violation.description_ja);
    }
    violation.field = std::string(file) + " " + violation.field;
  }
  if (violations.size() > kNamed) {
    const std::string more = std::to_string(violations.size() - kNamed);
    faults += " And " + more + " more.";
    faults_ja += " ほか" + more + "件。";
  }
  if (violations.size() > kMost) violations.resize(kMost);
  return MakeError(Row("TEMPLATE_INVALID"))
      .With("file", file)
      .With("faults_total", total)
      .Show("faults", faults)
      .Show("faults_ja", faults_ja)
      .WithViolations(std::move(violations));
}

absl::Status TemplateRequestInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("TEMPLATE_REQUEST_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status ExcerptInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("EXCERPT_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status ExcerptNotFound(std::string_view name) {
  return MakeError(Row("EXCERPT_NOT_FOUND"))
      .With("excerpt", name)
      .WithResource("report.welfare/Excerpt", name);
}

absl::Status ExcerptExists(std::string_view name) {
  return MakeError(Row("EXCERPT_EXISTS"))
      .With("excerpt", name)
      .WithResource("report.welfare/Excerpt", name);
}

absl::Status ExcerptSourceEmpty(std::string_view submission,
                                std::string_view item) {
  return MakeError(Row("EXCERPT_SOURCE_EMPTY"))
      .With("submission", submission)
      .With("item", item);
}

absl::Status ExcerptOtherText(std::string_view name) {
  return MakeError(Row("EXCERPT_OTHER_TEXT")).With("excerpt", name);
}

absl::Status ExcerptConsentReserved(std::string_view name) {
  return MakeError(Row("EXCERPT_CONSENT_RESERVED")).With("excerpt", name);
}

absl::Status ExcerptNotReleased(const std::vector<HinderedExcerpt>& hindered) {
  // As many are named; who mends these sees the rest.
  constexpr std::size_t kNamed = 20;
  std::string what;
  std::string what_ja;
  for (std::size_t i = 0; i < hindered.size() && i < kNamed; ++i) {
    const HinderedExcerpt& one = hindered[i];
    what += (i == 0 ? "" : "; ") + one.id + ": " + std::string(one.why);
    what_ja += one.id + "：" + std::string(one.why_ja) + "。";
  }
  return MakeError(Row("EXCERPT_NOT_RELEASED"))
      .With("what", what)
      .Show("what_ja", what_ja);
}

absl::Status SubmissionNotFound(std::string_view name) {
  return MakeError(Row("SUBMISSION_NOT_FOUND"))
      .With("submission", name)
      .WithResource("survey.welfare/Submission", name);
}

absl::Status EtagMismatch(std::string_view name, std::string_view current) {
  return MakeError(Row("ETAG_MISMATCH"))
      .With("name", name)
      .With("etag", current);
}

absl::Status PeerUnavailable(std::string_view peer, std::string_view message) {
  return MakeError(UnavailableRow(peer))
      .With("peer", peer)
      .With("peer_message", message);
}

absl::Status PeerAnswerInvalid(std::string_view peer,
                               std::string_view message) {
  return MakeError(Row("PEER_ANSWER_INVALID"))
      .With("peer", peer)
      .Show("what", message);
}

absl::Status RenderFailed(std::string_view format, std::string_view message) {
  return MakeError(Row("RENDER_FAILED"))
      .With("format", format)
      .Show("what", message);
}

absl::Status PageOverflow(std::string_view what) {
  return MakeError(Row("PAGE_OVERFLOW")).With("what", what);
}

absl::Status GlyphMissing(std::string_view character, std::string_view text) {
  return MakeError(Row("GLYPH_MISSING"))
      .With("character", character)
      .With("text", text);
}

absl::Status FontMissing(std::string_view file) {
  return MakeError(Row("FONT_MISSING")).With("file", file);
}

absl::Status WordingUnfit(std::string_view what) {
  return MakeError(Row("WORDING_UNFIT")).With("what", what);
}

absl::Status ResponseRateLow(int received, int expected, int percent) {
  return MakeError(Row("RESPONSE_RATE_LOW"))
      .With("received", received)
      .With("expected", expected)
      .With("percent", percent);
}

absl::Status SubmissionsNotAccepted(int open, int received) {
  return MakeError(Row("SUBMISSIONS_NOT_ACCEPTED"))
      .With("open", open)
      .With("received", received);
}

absl::Status CorrectsNotFinal(std::string_view report) {
  return MakeError(Row("CORRECTS_NOT_FINAL")).With("report", report);
}

absl::Status PublicationInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("PUBLICATION_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status ReportStateWrong(std::string_view report, std::string_view state) {
  return MakeError(Row("REPORT_STATE"))
      .With("report", report)
      .With("state", state);
}

absl::Status EditionMissing(std::string_view report) {
  return MakeError(Row("EDITION_MISSING")).With("report", report);
}

absl::Status EditionOrder(std::string_view report, std::string_view edition,
                          std::string_view current) {
  return MakeError(Row("EDITION_ORDER"))
      .With("report", report)
      .With("edition", edition)
      .With("current", current);
}

absl::Status ReportWithdrawn(std::string_view report) {
  return MakeError(Row("REPORT_WITHDRAWN")).With("report", report);
}

absl::Status FileNotSigned(std::string_view report, std::string_view format) {
  return MakeError(Row("FILE_NOT_SIGNED"))
      .With("report", report)
      .With("format", format);
}

absl::Status SigningKeyUnusable(std::string_view why) {
  return MakeError(Row("SIGNING_KEY_UNUSABLE")).With("why", why);
}

absl::Status SnapshotTooLarge(std::size_t size, std::size_t limit) {
  return MakeError(Row("SNAPSHOT_TOO_LARGE"))
      .With("size", static_cast<long long>(size))
      .With("limit", static_cast<long long>(limit));
}

absl::Status SnapshotMissing(std::string_view report) {
  return MakeError(Row("SNAPSHOT_MISSING")).With("report", report);
}

absl::Status SnapshotUnreadable(std::string_view report, std::string_view why) {
  return MakeError(Row("SNAPSHOT_UNREADABLE"))
      .With("report", report)
      .With("why", why);
}

absl::Status AudienceWider(std::string_view report, std::string_view level) {
  return MakeError(Row("AUDIENCE_WIDER"))
      .With("report", report)
      .With("level", level);
}

absl::Status FeedbackInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("FEEDBACK_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status FeedbackNotFound(std::string_view sheet) {
  return MakeError(Row("FEEDBACK_NOT_FOUND"))
      .With("sheet", sheet)
      .WithResource("report.welfare/FeedbackSheet", sheet);
}

absl::Status FeedbackExists(std::string_view report) {
  return MakeError(Row("FEEDBACK_EXISTS"))
      .With("report", report)
      .WithResource("report.welfare/Report", report);
}

absl::Status FeedbackLate(std::string_view report) {
  return MakeError(Row("FEEDBACK_LATE")).With("report", report);
}

absl::Status FeedbackOfPair(std::string_view sheet) {
  return MakeError(Row("FEEDBACK_OF_PAIR")).With("sheet", sheet);
}

absl::Status FeedbackNotSigned(std::string_view sheet,
                               std::string_view format) {
  return MakeError(Row("FEEDBACK_NOT_SIGNED"))
      .With("sheet", sheet)
      .With("format", format);
}

absl::Status FeedbackOtherContent(std::string_view sheet) {
  return MakeError(Row("FEEDBACK_OTHER_CONTENT")).With("sheet", sheet);
}

absl::Status FileDamaged(std::string_view file, std::string_view digest) {
  return MakeError(Row("FILE_DAMAGED"))
      .With("file", file)
      .With("digest", digest);
}

absl::Status RoundMoved(std::string_view round) {
  return MakeError(Row("ROUND_MOVED")).With("round", round);
}

base::Violation FieldRequired(std::string_view field,
                              std::string_view example) {
  return MakeViolation(Fault("REQUIRED"), field,
                       {{"example", std::string(example)}});
}

base::Violation TemplateIdInvalid() {
  return MakeViolation(Fault("ID_INVALID"), "report.template");
}

base::Violation RoundNameInvalid(const absl::Status& cause) {
  base::Violation violation =
      MakeViolation(Fault("NAME_INVALID"), "report.round",
                    {{"why", std::string(base::MessageOf(cause))},
                     {"pattern", std::string(base::RoundName::kPattern)}});
  violation.reason = base::ReasonOf(cause);
  return violation;
}

base::Violation BasisUnknown() {
  return MakeViolation(Fault("ENUM_UNKNOWN"), "report.basis");
}

base::Violation EditionUnknown() {
  return MakeViolation(Fault("EDITION_UNKNOWN"), "report.edition");
}

base::Violation ExcerptIdInvalid(std::string_view field) {
  return MakeViolation(Fault("EXCERPT_ID"), field);
}

base::Violation SubmissionOfAnotherRound() {
  return MakeViolation(Fault("EXCERPT_ROUND"), "excerpt.submission");
}

base::Violation AttributionUnknown() {
  return MakeViolation(Fault("ATTRIBUTION_UNKNOWN"), "excerpt.attribution");
}

base::Violation ConsentUnknown() {
  return MakeViolation(Fault("CONSENT_UNKNOWN"), "consent");
}

base::Violation ConsentLevelUnknown() {
  return MakeViolation(Fault("CONSENT_LEVEL"), "publish_level");
}

base::Violation PathUnknown(std::string_view path) {
  return MakeViolation(Fault("PATH_UNKNOWN"), "update_mask",
                       {{"path", std::string(path)}});
}

base::Violation ExcerptNotReleasedAt(std::string_view field,
                                     const HinderedExcerpt& hindered) {
  return MakeViolation(Fault("EXCERPT_NOT_RELEASED"), field,
                       {{"excerpt", hindered.id},
                        {"why", std::string(hindered.why)},
                        {"why_ja", std::string(hindered.why_ja)}});
}

base::Violation DigestInvalid(std::string_view field) {
  return MakeViolation(Fault("DIGEST_INVALID"), field);
}

base::Violation ResourceNameInvalid(std::string_view field,
                                    std::string_view name,
                                    std::string_view pattern) {
  return MakeViolation(Fault("NAME_INVALID"), field,
                       {{"why", "'" + std::string(name) + "' is no such name."},
                        {"pattern", std::string(pattern)}});
}

base::Violation TemplateTooLarge(std::string_view field, std::size_t most) {
  return MakeViolation(Fault("TEMPLATE_TOO_LARGE"), field,
                       {{"most", std::to_string(most)}});
}

base::Violation TemplateOther(std::string_view field,
                              std::string_view template_id,
                              std::string_view survey, std::string_view wanted,
                              std::string_view wanted_survey) {
  return MakeViolation(Fault("TEMPLATE_OTHER"), field,
                       {{"template", std::string(template_id)},
                        {"survey", std::string(survey)},
                        {"wanted", std::string(wanted)},
                        {"wanted_survey", std::string(wanted_survey)}});
}

base::Violation GlyphMissingAt(std::string_view field,
                               std::string_view character) {
  return MakeViolation(Fault("GLYPH_MISSING"), field,
                       {{"character", std::string(character)}});
}

base::Violation PageOverflowAt(std::string_view field, std::string_view what) {
  return MakeViolation(Fault("PAGE_OVERFLOW"), field,
                       {{"what", std::string(what)}});
}

base::Violation AudienceUnknown() {
  return MakeViolation(Fault("AUDIENCE_UNKNOWN"), "report.audience");
}

base::Violation NotACorrection(std::string_view field) {
  return MakeViolation(Fault("NOT_A_CORRECTION"), field);
}

base::Violation TextRefused(std::string_view field, const absl::Status& cause) {
  const auto details = base::GetErrorDetails(cause);
  base::Violation violation = MakeViolation(
      Fault("TEXT_INVALID"), field,
      {{"why", std::string(base::MessageOf(cause))},
       {"why_ja", details.has_value() ? details->message_ja : ""}});
  violation.reason = base::ReasonOf(cause);
  return violation;
}

base::Violation ReportNameInvalid(std::string_view name) {
  return MakeViolation(
      Fault("NAME_INVALID"), "name",
      {{"why", "'" + std::string(name) + "' is no name of a report."},
       {"pattern", "reports/{report}"}});
}

base::Violation LevelUnknown() {
  return MakeViolation(Fault("LEVEL_UNKNOWN"), "publish_level");
}

base::Violation VersionNegative(std::string_view field) {
  return MakeViolation(Fault("NEGATIVE"), field);
}

base::Violation SurveyMismatch(std::string_view survey) {
  return MakeViolation(Fault("SURVEY_MISMATCH"), "report.round",
                       {{"survey", std::string(survey)}});
}

}  // namespace welfare::report
