// Reasons and sentences are part of the API.
#include "services/report/errors.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "services/base/pages/page.h"
#include "services/platform/errors.h"
#include "services/report/error_table.h"
#include "services/report/template/template_faults.h"
#include "services/text/field_rules.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/golden.h"

namespace welfare::report {
namespace {

// One of each failure of errors.h.
std::vector<absl::Status> All() {
  return {ReportInvalid({}),
          FormatUnknown("reports/x", "docx", "html"),
          OffsetInvalid(-1),
          ReportNotFound("reports/x"),
          TemplateNotFound("x"),
          RoundNotFound("x"),
          VersionNotReached("x", 2),
          RoundNotOpened("x"),
          CodebookNameInvalid("x"),
          CodebookNotFound("x"),
          TemplateInvalid("x", {{"pages", "FORM", "Make it a list."}}),
          TemplateRequestInvalid({}),
          ExcerptInvalid({}),
          ExcerptNotFound("x"),
          ExcerptExists("x"),
          ExcerptSourceEmpty("x", "y"),
          ExcerptOtherText("x"),
          ExcerptConsentReserved("x"),
          ExcerptNotReleased({{"x", "why", "理由"}}),
          SubmissionNotFound("x"),
          EtagMismatch("x", "y"),
          PeerUnavailable("indicator", "x"),
          PeerUnavailable("survey", "x"),
          PeerUnavailable("registry", "x"),
          PeerAnswerInvalid("survey", "x"),
          RenderFailed("zip", "x"),
          PageOverflow("x"),
          GlyphMissing("U+1", "x"),
          FontMissing("x"),
          FileNotSigned("reports/x", "pdf"),
          SigningKeyUnusable("x"),
          SnapshotTooLarge(2, 1),
          SnapshotMissing("reports/x"),
          SnapshotUnreadable("reports/x", "x"),
          WordingUnfit("x"),
          ResponseRateLow(1, 2, 90),
          SubmissionsNotAccepted(1, 2),
          CorrectsNotFinal("reports/x"),
          PublicationInvalid({}),
          ReportStateWrong("reports/x", "FINAL"),
          EditionMissing("reports/x"),
          EditionOrder("reports/x", "FINAL", "reports/y"),
          ReportWithdrawn("reports/x"),
          AudienceWider("reports/x", "PUBLIC"),
          FeedbackInvalid({}),
          FeedbackNotFound("reports/x/feedbackSheets/y"),
          FeedbackExists("reports/x"),
          FeedbackLate("reports/x"),
          FeedbackOfPair("reports/x/feedbackSheets/y"),
          FeedbackNotSigned("reports/x/feedbackSheets/y", "pdf"),
          FeedbackOtherContent("reports/x/feedbackSheets/y"),
          FileDamaged("report.html", "x"),
          RoundMoved("x")};
}

TEST(ReportErrors, AgreeWithTheGoldenListOfReasons) {
  std::set<std::string> lines;
  for (const base::ErrorRow& row : kErrorTable) {
    lines.insert(support::ReasonLine(row.code, row.reason));
  }
  // What its calls answer in the words of others.
  for (const absl::Status& status :
       {base::Page::Read(-1, "", "").status(), base::PageTokenInvalid(),
        platform::StoreRestored("x", "y", 1), platform::RequestIdInvalid("!"),
        platform::RequestIdReused("x")}) {
    lines.insert(support::ReasonLine(status.code(), base::ReasonOf(status)));
  }
  support::ExpectGolden("tests/report/golden/reasons.txt", lines);
}

TEST(ReportErrors, EachRowIsMadeAndItsSentencesAreFilledIn) {
  std::set<std::string> made;
  for (const absl::Status& status : All()) {
    const auto details = base::GetErrorDetails(status);
    ASSERT_TRUE(details.has_value()) << status;
    made.insert(support::ReasonLine(status.code(), details->reason));
    EXPECT_EQ(base::MessageOf(status).find('{'), std::string_view::npos)
        << status;
    EXPECT_EQ(details->message_ja.find('{'), std::string::npos) << status;
  }
  std::set<std::string> rows;
  for (const base::ErrorRow& row : kErrorTable) {
    rows.insert(support::ReasonLine(row.code, row.reason));
  }
  EXPECT_EQ(made, rows);
}

TEST(ReportErrors, ATemplateSaysAllOfItsFaultsInOneSentence) {
  EXPECT_EQ(base::MessageOf(TemplateInvalid(
                "x.yaml", {{"a", "FORM", "One."}, {"b", "FORM", "Two."}})),
            "The report template x.yaml is wrong: a: One. b: Two.");
}

TEST(ReportErrors, FaultsOfTemplatesAreNamedInBothLanguages) {
  std::set<std::string> reasons;
  for (const base::ViolationRow& row : kTemplateFaults) {
    EXPECT_FALSE(row.description.empty()) << row.reason;
    EXPECT_FALSE(row.description_ja.empty()) << row.reason;
    reasons.insert(std::string(row.reason));
  }
  support::ExpectGolden("tests/report/golden/template_faults.txt", reasons);
}

TEST(ReportErrors, AWrongFieldIsDescribedInBothLanguages) {
  const base::Violation round = RoundNameInvalid(
      base::MakeError({"NAME_FORMAT", absl::StatusCode::kInvalidArgument,
                       "It does not follow its pattern.", ""}));
  EXPECT_EQ(round.reason, "NAME_FORMAT");
  EXPECT_EQ(round.description,
            "It does not follow its pattern. Its pattern is "
            "surveys/{survey}/rounds/{fiscal_year}.");
  for (const base::Violation& violation :
       {round,
        FieldRequired("report.round", "x"),
        TemplateIdInvalid(),
        BasisUnknown(),
        EditionUnknown(),
        AudienceUnknown(),
        NotACorrection("report.corrects"),
        LevelUnknown(),
        ReportNameInvalid("x"),
        TextRefused("reason", text::Check(text::kIdField, "a\tb")),
        VersionNegative("report.data_version"),
        SurveyMismatch("jusou"),
        DigestInvalid("report.template_digest"),
        ExcerptIdInvalid("excerpt_id"),
        SubmissionOfAnotherRound(),
        AttributionUnknown(),
        ConsentUnknown(),
        ConsentLevelUnknown(),
        PathUnknown("x"),
        ExcerptNotReleasedAt("x", {"a", "why", "理由"}),
        ResourceNameInvalid("parent", "x", "surveys/{survey}"),
        TemplateTooLarge("text", 1),
        TemplateOther("x", "a", "b", "c", "d"),
        GlyphMissingAt("x", "U+1"),
        PageOverflowAt("x", "y")}) {
    EXPECT_FALSE(violation.description.empty()) << violation.field;
    EXPECT_FALSE(violation.description_ja.empty()) << violation.reason;
  }
}

}  // namespace
}  // namespace welfare::report
