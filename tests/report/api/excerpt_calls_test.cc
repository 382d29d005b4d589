// Excerpts of written answers, through a stub, to the report that shows them.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kQuoteRound[] = "surveys/jusou/rounds/2025";

class ExcerptCallsTest : public testing::ReportModuleTest {
 protected:
  ExcerptCallsTest() {
    world_.ideas["131016-municipality"] = "千代田区で集まりを開く";
  }

  static v1::CreateExcerptRequest Quote(const std::string& id = "quote-1") {
    v1::CreateExcerptRequest request;
    request.set_parent(kQuoteRound);
    request.set_excerpt_id(id);
    v1::Excerpt& excerpt = *request.mutable_excerpt();
    excerpt.set_submission(std::string(kQuoteRound) +
                           "/submissions/131016-municipality");
    excerpt.set_item("ideas");
    excerpt.set_edited_text("地域で集まりを開く");
    excerpt.set_category("居場所");
    return request;
  }
  static std::string NameOf(const std::string& id) {
    return std::string(kQuoteRound) + "/excerpts/" + id;
  }
  template <typename Request>
  absl::StatusOr<v1::Excerpt> Ask(
      grpc::Status (v1::ReportService::Stub::*method)(grpc::ClientContext*,
                                                      const Request&,
                                                      v1::Excerpt*),
      const Request& request) {
    grpc::ClientContext context;
    v1::Excerpt excerpt;
    const grpc::Status status = (*stub_.*method)(&context, request, &excerpt);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return excerpt;
  }
  absl::StatusOr<v1::Excerpt> Take(const v1::CreateExcerptRequest& request) {
    return Ask(&v1::ReportService::Stub::CreateExcerpt, request);
  }
  absl::StatusOr<v1::Excerpt> Show(const std::string& id) {
    v1::GetExcerptRequest request;
    request.set_name(NameOf(id));
    return Ask(&v1::ReportService::Stub::GetExcerpt, request);
  }
  absl::StatusOr<v1::Excerpt> Edit(const v1::UpdateExcerptRequest& request) {
    return Ask(&v1::ReportService::Stub::UpdateExcerpt, request);
  }
  absl::StatusOr<v1::Excerpt> Record(
      v1::Excerpt::Consent consent,
      type::v1::PublishLevel level = type::v1::PUBLISH_LEVEL_PUBLIC,
      const std::string& etag = "") {
    v1::RecordExcerptConsentRequest request;
    request.set_name(NameOf("quote-1"));
    request.set_consent(consent);
    if (consent == v1::Excerpt::CONSENT_GIVEN) request.set_publish_level(level);
    request.set_note("電話による");
    request.set_etag(etag);
    return Ask(&v1::ReportService::Stub::RecordExcerptConsent, request);
  }
  // What the caller is asked about.
  absl::StatusOr<std::vector<v1::ExcerptProposal>> Proposals(
      v1::Excerpt::Consent consent = v1::Excerpt::CONSENT_UNSPECIFIED) {
    std::vector<v1::ExcerptProposal> all;
    v1::ListExcerptProposalsRequest request;
    request.set_parent(kQuoteRound);
    request.set_consent(consent);
    request.set_page_size(1);
    do {
      const auto page = ReportModuleTest::Ask(
          &v1::ReportService::Stub::ListExcerptProposals, request);
      if (!page.ok()) return page.status();
      all.insert(all.end(), page->excerpt_proposals().begin(),
                 page->excerpt_proposals().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  static v1::ConsentToExcerptRequest Agreeing(
      const std::string& digest,
      type::v1::PublishLevel level = type::v1::PUBLISH_LEVEL_PUBLIC) {
    v1::ConsentToExcerptRequest request;
    request.set_name(NameOf("quote-1"));
    request.set_consent(v1::Excerpt::CONSENT_GIVEN);
    request.set_publish_level(level);
    request.set_digest(digest);
    return request;
  }
  static v1::ConsentToExcerptRequest Refusing(const std::string& digest) {
    v1::ConsentToExcerptRequest request =
        Agreeing(digest, type::v1::PUBLISH_LEVEL_UNSPECIFIED);
    request.set_consent(v1::Excerpt::CONSENT_WITHDRAWN);
    return request;
  }
  absl::StatusOr<v1::ExcerptProposal> Agree(
      const v1::ConsentToExcerptRequest& request) {
    return ReportModuleTest::Ask(&v1::ReportService::Stub::ConsentToExcerpt,
                                 request);
  }
  // The digest that the respondent is shown.
  std::string DigestShown() {
    const access::Identity caller = who_;
    who_ = support::RespondentOf("jusou", "131016");
    const auto own = Proposals();
    who_ = caller;
    EXPECT_OK(own);
    return own.ok() && own->size() == 1 ? own->front().digest() : "";
  }
  // Stores a template that shows the excerpt on a page of its own.
  absl::Status ShowInReports(const std::string& ids = "quote-1") {
    grpc::ClientContext context;
    v1::CreateTemplateRevisionRequest request;
    request.set_parent(std::string(kQuoteRound) + "/templates/sample");
    request.mutable_template_revision()->set_text(
        SmallTemplateYaml() +
        "  - page: 4\n    topic: 記述\n    headline: 記述\n    blocks:\n"
        "      - excerpts: [" + ids + "]\n        place: left\n");
    v1::TemplateRevision stored;
    return platform::FromGrpcStatus(
        stub_->CreateTemplateRevision(&context, request, &stored));
  }
  std::string Html(const v1::Report& report) {
    return Download(report.name(), "html").bytes;
  }
  // Reasons of the violations.
  static std::vector<std::string> Wrong(const absl::Status& status) {
    std::vector<std::string> reasons;
    const auto details = base::GetErrorDetails(status);
    if (!details.has_value()) return reasons;
    for (const base::Violation& violation : details->violations) {
      reasons.push_back(violation.reason);
    }
    return reasons;
  }
};

TEST_F(ExcerptCallsTest, IsTakenFromWhatWasWritten) {
  const auto taken = Take(Quote());
  ASSERT_OK(taken);
  EXPECT_EQ(taken->name(), NameOf("quote-1"));
  EXPECT_EQ(taken->original_text(), "千代田区で集まりを開く");
  EXPECT_EQ(taken->source_revision(), 1);
  EXPECT_EQ(taken->consent(), v1::Excerpt::CONSENT_NONE);
  EXPECT_EQ(taken->attribution(), v1::Excerpt::ATTRIBUTION_KIND);
  EXPECT_EQ(taken->revision(), 1);
  EXPECT_FALSE(taken->editor().empty());
  const auto shown = Show("quote-1");
  ASSERT_OK(shown);
  EXPECT_EQ(shown->etag(), taken->etag());
  EXPECT_STATUS(Take(Quote()), absl::StatusCode::kAlreadyExists,
                "EXCERPT_EXISTS");
  EXPECT_STATUS(Show("quote-2"), absl::StatusCode::kNotFound,
                "EXCERPT_NOT_FOUND");
}

TEST_F(ExcerptCallsTest, WhatIsNotWrittenOrNotHandedInGivesNone) {
  v1::CreateExcerptRequest other = Quote();
  other.mutable_excerpt()->set_item("wishes");
  EXPECT_STATUS(Take(other), absl::StatusCode::kFailedPrecondition,
                "EXCERPT_SOURCE_EMPTY");
  world_.returned.insert("131016-municipality");
  EXPECT_STATUS(Take(Quote()), absl::StatusCode::kFailedPrecondition,
                "EXCERPT_SOURCE_EMPTY");
  other.mutable_excerpt()->set_submission(std::string(kQuoteRound) +
                                          "/submissions/131032-council");
  EXPECT_STATUS(Take(other), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
  world_.survey = {grpc::StatusCode::UNAVAILABLE, "away"};
  EXPECT_STATUS(Take(Quote()), absl::StatusCode::kUnavailable,
                "SURVEY_UNAVAILABLE");
}

TEST_F(ExcerptCallsTest, EveryWrongFieldIsTold) {
  v1::CreateExcerptRequest request = Quote("A B");
  request.set_parent("surveys/jusou/rounds/2024");
  request.mutable_excerpt()->set_item("a/b/c");
  request.mutable_excerpt()->set_edited_text(std::string(300, 'a'));
  request.mutable_excerpt()->set_category("");
  request.mutable_excerpt()->set_attribution(
      static_cast<v1::Excerpt::Attribution>(9));
  EXPECT_STATUS(Take(request), absl::StatusCode::kInvalidArgument,
                "EXCERPT_INVALID");
  EXPECT_THAT(Wrong(Take(request).status()),
              ElementsAre("EXCERPT_ID", "EXCERPT_ROUND", "NAME_INVALID",
                          "TEXT_TOO_LONG", "REQUIRED", "ATTRIBUTION_UNKNOWN"));
  v1::UpdateExcerptRequest update;
  update.mutable_excerpt()->set_name("quote-1");
  update.mutable_update_mask()->add_paths("original_text");
  update.mutable_update_mask()->add_paths("category");
  EXPECT_THAT(Wrong(Edit(update).status()),
              ElementsAre("NAME_INVALID", "PATH_UNKNOWN", "REQUIRED"));
  EXPECT_THAT(Wrong(Record(v1::Excerpt::CONSENT_NONE).status()),
              ElementsAre("CONSENT_UNKNOWN"));
  EXPECT_THAT(Wrong(Record(v1::Excerpt::CONSENT_GIVEN,
                           type::v1::PUBLISH_LEVEL_INTERNAL)
                        .status()),
              ElementsAre("CONSENT_LEVEL"));
  EXPECT_STATUS(Record(v1::Excerpt::CONSENT_GIVEN),
                absl::StatusCode::kNotFound, "EXCERPT_NOT_FOUND");
}

TEST_F(ExcerptCallsTest, WhatIsPrintedIsConsentedTo) {
  ASSERT_OK(Take(Quote()));
  const absl::Status refused = ShowInReports();
  EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument,
                "TEMPLATE_INVALID");
  EXPECT_THAT(Wrong(refused), ElementsAre("EXCERPT_NOT_RELEASED"));
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("line 41, column 20, pages[4].blocks[0].excerpts[0]: "
                        "The excerpt 'quote-1' may not be shown: its "
                        "respondent has not consented to it."));
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  ASSERT_OK(ShowInReports());
  EXPECT_STATUS(ShowInReports("quote-2"), absl::StatusCode::kInvalidArgument,
                "TEMPLATE_INVALID");
  const auto report = Create(Request());
  ASSERT_OK(report);
  const std::string html = Html(*report);
  EXPECT_THAT(html, HasSubstr("地域で集まりを開く"));
  EXPECT_THAT(html, HasSubstr("居場所"));
  EXPECT_THAT(html, Not(HasSubstr("千代田区で集まり")));
  EXPECT_THAT(html, HasSubstr("件のうち1件を掲載。"));
  EXPECT_OK(Publish(report->name()));
}

TEST_F(ExcerptCallsTest, AConsentThatWasTakenBackBlocksReports) {
  ASSERT_OK(Take(Quote()));
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  ASSERT_OK(ShowInReports());
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_OK(Record(v1::Excerpt::CONSENT_WITHDRAWN));
  const auto refused = Create(Request());
  EXPECT_STATUS(refused, absl::StatusCode::kFailedPrecondition,
                "EXCERPT_NOT_RELEASED");
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("quote-1: its respondent withdrew the consent"));
  // Nor is published what was made before.
  EXPECT_STATUS(Publish(report->name()),
                absl::StatusCode::kFailedPrecondition, "EXCERPT_NOT_RELEASED");
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  EXPECT_OK(Create(Request()));
  EXPECT_OK(Publish(report->name()));
}

// What was printed is content: whatever becomes of the excerpt, the report is
// rendered again as it was.
TEST_F(ExcerptCallsTest, AReportStaysWhatItWas) {
  ASSERT_OK(Take(Quote()));
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  ASSERT_OK(ShowInReports());
  const auto report = Create(Request());
  ASSERT_OK(report);
  v1::UpdateExcerptRequest update;
  update.mutable_excerpt()->set_name(NameOf("quote-1"));
  update.mutable_excerpt()->set_edited_text("別の文");
  ASSERT_OK(Edit(update));
  grpc::ClientContext context;
  v1::VerifyReportRequest request;
  request.set_name(report->name());
  v1::VerifyReportResponse verified;
  ASSERT_TRUE(stub_->VerifyReport(&context, request, &verified).ok());
  EXPECT_EQ(verified.files_size(), 5);
  for (const v1::VerifiedFile& file : verified.files()) {
    EXPECT_EQ(file.verdict(), v1::VerifiedFile::VERDICT_EQUAL)
        << file.format();
  }
}

TEST_F(ExcerptCallsTest, AConsentForFewerReadersPublishesToThem) {
  ASSERT_OK(Take(Quote()));
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN,
                   type::v1::PUBLISH_LEVEL_STAKEHOLDERS));
  ASSERT_OK(ShowInReports());
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_STATUS(Publish(report->name()),
                absl::StatusCode::kFailedPrecondition, "EXCERPT_NOT_RELEASED");
  EXPECT_OK(
      Publish(report->name(), type::v1::PUBLISH_LEVEL_STAKEHOLDERS));
}

TEST_F(ExcerptCallsTest, AnAnswerThatIsAnotherBlocksReports) {
  ASSERT_OK(Take(Quote()));
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  ASSERT_OK(ShowInReports());
  world_.ideas["131016-municipality"] = "集まりをやめた";
  ++world_.ideas_revision;
  const auto changed = Create(Request());
  EXPECT_STATUS(changed, absl::StatusCode::kFailedPrecondition,
                "EXCERPT_NOT_RELEASED");
  EXPECT_THAT(std::string(changed.status().message()),
              HasSubstr("the answer that it is from is another since"));
  world_.returned.insert("131016-municipality");
  EXPECT_THAT(std::string(Create(Request()).status().message()),
              HasSubstr("the answer that it is from does not count"));
  world_.returned.clear();
  // Editing reads the answer again, and asks anew.
  v1::UpdateExcerptRequest update;
  update.mutable_excerpt()->set_name(NameOf("quote-1"));
  update.mutable_excerpt()->set_edited_text("集まりを見直した");
  const auto edited = Edit(update);
  ASSERT_OK(edited);
  EXPECT_EQ(edited->original_text(), "集まりをやめた");
  EXPECT_EQ(edited->source_revision(), 2);
  EXPECT_EQ(edited->consent(), v1::Excerpt::CONSENT_NONE);
  EXPECT_EQ(edited->category(), "居場所");
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_THAT(Html(*report), HasSubstr("集まりを見直した"));
}

TEST_F(ExcerptCallsTest, AConsentIsToTheRevisionThatWasRead) {
  const auto taken = Take(Quote());
  ASSERT_OK(taken);
  v1::UpdateExcerptRequest update;
  update.mutable_excerpt()->set_name(NameOf("quote-1"));
  update.mutable_excerpt()->set_edited_text("集いを開く");
  update.mutable_excerpt()->set_etag(taken->etag());
  ASSERT_OK(Edit(update));
  EXPECT_STATUS(Edit(update), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_STATUS(Record(v1::Excerpt::CONSENT_GIVEN,
                       type::v1::PUBLISH_LEVEL_PUBLIC, taken->etag()),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(Show("quote-1")->revision(), 2);
}

TEST_F(ExcerptCallsTest, ItsRespondentReadsAllThatWouldBePrinted) {
  v1::CreateExcerptRequest request = Quote();
  request.mutable_excerpt()->set_attribution(v1::Excerpt::ATTRIBUTION_NAMED);
  ASSERT_OK(Take(request));
  who_ = support::RespondentOf("jusou", "131016");
  const auto own = Proposals(v1::Excerpt::CONSENT_NONE);
  ASSERT_OK(own);
  ASSERT_EQ(own->size(), 1U);
  const v1::ExcerptProposal& proposal = own->front();
  EXPECT_EQ(proposal.name(), NameOf("quote-1"));
  EXPECT_EQ(proposal.item(), "ideas");
  EXPECT_EQ(proposal.original_text(), "千代田区で集まりを開く");
  EXPECT_EQ(proposal.printed_text(), "地域で集まりを開く");
  EXPECT_EQ(proposal.category(), "居場所");
  EXPECT_EQ(proposal.attribution(), v1::Excerpt::ATTRIBUTION_NAMED);
  EXPECT_EQ(proposal.digest().size(), 64U);
  EXPECT_FALSE(proposal.has_consent_time());
  EXPECT_THAT(*Proposals(v1::Excerpt::CONSENT_GIVEN), IsEmpty());
  const auto given = Agree(Agreeing(proposal.digest()));
  ASSERT_OK(given);
  EXPECT_EQ(given->consent(), v1::Excerpt::CONSENT_GIVEN);
  EXPECT_EQ(given->consent_level(), type::v1::PUBLISH_LEVEL_PUBLIC);
  EXPECT_EQ(given->consent_note(), "");
  EXPECT_TRUE(given->has_consent_time());
  EXPECT_THAT(*Proposals(v1::Excerpt::CONSENT_NONE), IsEmpty());
  EXPECT_EQ(Proposals(v1::Excerpt::CONSENT_GIVEN)->size(), 1U);
  who_ = access::Identity::Local();
  const auto stored = Show("quote-1");
  ASSERT_OK(stored);
  EXPECT_TRUE(stored->respondent_decides());
  EXPECT_EQ(stored->consent_by(), "somebody");
  EXPECT_NE(stored->editor(), "somebody");
  EXPECT_EQ(stored->revision(), 2);
}

TEST_F(ExcerptCallsTest, ARespondentAnswersForItsOwnAlone) {
  ASSERT_OK(Take(Quote()));
  const std::string digest = DigestShown();
  // The council of the same municipality, another municipality, and one that
  // has not answered.
  for (const access::Identity& other :
       {support::RespondentOf("jusou", "131016", "council"),
        support::RespondentOf("jusou", "131024"),
        support::RespondentOf("jusou", "131032")}) {
    who_ = other;
    EXPECT_THAT(*Proposals(), IsEmpty());
    EXPECT_STATUS(Agree(Agreeing(digest)), absl::StatusCode::kNotFound,
                  "EXCERPT_NOT_FOUND");
  }
  std::vector<access::Identity> others = {
      support::RespondentOf("other", "131016")};
  for (const char* grant :
       {"manager@jusou", "reviewer@jusou", "auditor@jusou"}) {
    others.push_back(support::Granted({grant}));
  }
  for (const access::Identity& other : others) {
    who_ = other;
    EXPECT_STATUS(Agree(Agreeing(digest)),
                  absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
    EXPECT_STATUS(Proposals(), absl::StatusCode::kPermissionDenied,
                  "ACCESS_DENIED");
  }
  who_ = access::Identity::Local();
  EXPECT_EQ(Show("quote-1")->consent(), v1::Excerpt::CONSENT_NONE);
}

TEST_F(ExcerptCallsTest, ARespondentIsKnownByAnotherCode) {
  ASSERT_OK(Take(Quote()));
  world_.renamed["131067-municipality"] = "131016-municipality";
  who_ = support::RespondentOf("jusou", "131067");
  const auto own = Proposals();
  ASSERT_OK(own);
  ASSERT_EQ(own->size(), 1U);
  EXPECT_OK(Agree(Agreeing(own->front().digest())));
}

TEST_F(ExcerptCallsTest, OwnConsentReleasesAndItsWithdrawalBlocks) {
  ASSERT_OK(Take(Quote()));
  const access::Identity respondent = support::RespondentOf("jusou", "131016");
  const std::string digest = DigestShown();
  EXPECT_STATUS(ShowInReports(), absl::StatusCode::kInvalidArgument,
                "TEMPLATE_INVALID");
  who_ = respondent;
  ASSERT_OK(Agree(Agreeing(digest)));
  who_ = access::Identity::Local();
  ASSERT_OK(ShowInReports());
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_THAT(Html(*report), HasSubstr("地域で集まりを開く"));
  who_ = respondent;
  ASSERT_OK(Agree(Refusing(digest)));
  who_ = access::Identity::Local();
  const auto refused = Create(Request());
  EXPECT_STATUS(refused, absl::StatusCode::kFailedPrecondition,
                "EXCERPT_NOT_RELEASED");
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("quote-1: its respondent withdrew the consent"));
  EXPECT_STATUS(Publish(report->name()),
                absl::StatusCode::kFailedPrecondition, "EXCERPT_NOT_RELEASED");
}

TEST_F(ExcerptCallsTest, AChangedTextAsksItsRespondentAnew) {
  ASSERT_OK(Take(Quote()));
  const std::string before = DigestShown();
  const access::Identity respondent = support::RespondentOf("jusou", "131016");
  who_ = respondent;
  ASSERT_OK(Agree(Agreeing(before)));
  who_ = access::Identity::Local();
  ASSERT_OK(ShowInReports());
  v1::UpdateExcerptRequest update;
  update.mutable_excerpt()->set_name(NameOf("quote-1"));
  update.mutable_excerpt()->set_category("つながり");
  const auto edited = Edit(update);
  ASSERT_OK(edited);
  EXPECT_EQ(edited->consent(), v1::Excerpt::CONSENT_NONE);
  EXPECT_FALSE(edited->respondent_decides());
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "EXCERPT_NOT_RELEASED");
  who_ = respondent;
  EXPECT_STATUS(Agree(Agreeing(before)),
                absl::StatusCode::kFailedPrecondition, "EXCERPT_OTHER_TEXT");
  const std::string after = DigestShown();
  EXPECT_NE(after, before);
  EXPECT_OK(Agree(Agreeing(after)));
  who_ = access::Identity::Local();
  EXPECT_OK(Create(Request()));
}

TEST_F(ExcerptCallsTest, StaffDoesNotConsentAgainstWhoAnsweredItself) {
  ASSERT_OK(Take(Quote()));
  const std::string digest = DigestShown();
  // Staff was first; the respondent reads how it was said, and takes it back.
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  who_ = support::RespondentOf("jusou", "131016");
  EXPECT_EQ(Proposals()->front().consent_note(), "電話による");
  ASSERT_OK(Agree(Refusing(digest)));
  who_ = access::Identity::Local();
  EXPECT_STATUS(Record(v1::Excerpt::CONSENT_GIVEN),
                absl::StatusCode::kFailedPrecondition,
                "EXCERPT_CONSENT_RESERVED");
  // It may say no by telephone all the same.
  EXPECT_OK(Record(v1::Excerpt::CONSENT_WITHDRAWN));
  EXPECT_STATUS(Record(v1::Excerpt::CONSENT_GIVEN),
                absl::StatusCode::kFailedPrecondition,
                "EXCERPT_CONSENT_RESERVED");
}

TEST_F(ExcerptCallsTest, EveryWrongFieldOfAnOwnConsentIsTold) {
  ASSERT_OK(Take(Quote()));
  who_ = support::RespondentOf("jusou", "131016");
  v1::ConsentToExcerptRequest request;
  request.set_name(NameOf("quote-1"));
  EXPECT_THAT(Wrong(Agree(request).status()),
              ElementsAre("CONSENT_UNKNOWN", "REQUIRED"));
  EXPECT_THAT(Wrong(Agree(Agreeing("ABC", type::v1::PUBLISH_LEVEL_INTERNAL))
                        .status()),
              ElementsAre("CONSENT_LEVEL", "DIGEST_INVALID"));
  request = Refusing(std::string(64, 'a'));
  request.set_name(NameOf("A B"));
  EXPECT_THAT(Wrong(Agree(request).status()), ElementsAre("NAME_INVALID"));
  request.set_name(NameOf("quote-2"));
  EXPECT_STATUS(Agree(request), absl::StatusCode::kNotFound,
                "EXCERPT_NOT_FOUND");
  EXPECT_THAT(Wrong(Proposals(static_cast<v1::Excerpt::Consent>(9)).status()),
              ElementsAre("CONSENT_UNKNOWN"));
  world_.survey = {grpc::StatusCode::UNAVAILABLE, "away"};
  EXPECT_STATUS(Agree(Agreeing(std::string(64, 'a'))),
                absl::StatusCode::kUnavailable, "SURVEY_UNAVAILABLE");
  EXPECT_STATUS(Proposals(), absl::StatusCode::kUnavailable,
                "SURVEY_UNAVAILABLE");
}

TEST_F(ExcerptCallsTest, ARepeatOfAnOwnConsentGetsTheFirstAnswer) {
  ASSERT_OK(Take(Quote()));
  const std::string digest = DigestShown();
  who_ = support::RespondentOf("jusou", "131016");
  v1::ConsentToExcerptRequest request = Agreeing(digest);
  request.set_request_id("11111111-1111-1111-1111-111111111112");
  ASSERT_OK(Agree(request));
  ASSERT_OK(Agree(Refusing(digest)));
  const auto again = Agree(request);
  ASSERT_OK(again);
  EXPECT_EQ(again->consent(), v1::Excerpt::CONSENT_GIVEN);
  EXPECT_EQ(Proposals()->front().consent(), v1::Excerpt::CONSENT_WITHDRAWN);
}

TEST_F(ExcerptCallsTest, ARepeatGetsTheFirstAnswer) {
  v1::CreateExcerptRequest request = Quote();
  request.set_request_id("11111111-1111-1111-1111-111111111111");
  const auto first = Take(request);
  ASSERT_OK(first);
  ASSERT_OK(Record(v1::Excerpt::CONSENT_GIVEN));
  const auto again = Take(request);
  ASSERT_OK(again);
  EXPECT_EQ(again->etag(), first->etag());
  EXPECT_EQ(again->consent(), v1::Excerpt::CONSENT_NONE);
  request.mutable_excerpt()->set_category("別");
  EXPECT_STATUS(Take(request), absl::StatusCode::kInvalidArgument,
                "REQUEST_ID_REUSED");
}

TEST_F(ExcerptCallsTest, AreListedByRound) {
  for (const char* id : {"b", "a", "c"}) ASSERT_OK(Take(Quote(id)));
  std::vector<std::string> names;
  std::string token;
  do {
    grpc::ClientContext context;
    v1::ListExcerptsRequest request;
    request.set_parent(kQuoteRound);
    request.set_page_size(2);
    request.set_page_token(token);
    v1::ListExcerptsResponse page;
    ASSERT_TRUE(stub_->ListExcerpts(&context, request, &page).ok());
    for (const v1::Excerpt& excerpt : page.excerpts()) {
      names.push_back(excerpt.name());
    }
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_THAT(names, ElementsAre(NameOf("a"), NameOf("b"), NameOf("c")));
}

}  // namespace
}  // namespace welfare::report
