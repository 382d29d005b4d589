// Templates of rounds, through a stub.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTemplate[] = "surveys/jusou/rounds/2025/templates/sample";

std::string Replaced(std::string text, const std::string& what,
                     const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

class TemplateCallsTest : public testing::ReportModuleTest {
 protected:
  absl::StatusOr<v1::TemplateRevision> Store(
      const std::string& text, const std::string& parent = kTemplate,
      const std::string& request_id = "", bool validate_only = false) {
    v1::CreateTemplateRevisionRequest request;
    request.set_parent(parent);
    request.mutable_template_revision()->set_text(text);
    request.mutable_template_revision()->set_comment("見出しの変更");
    request.set_request_id(request_id);
    request.set_validate_only(validate_only);
    request.set_file("year.yaml");
    return Store(request);
  }
  absl::StatusOr<v1::TemplateRevision> Store(
      const v1::CreateTemplateRevisionRequest& request) {
    grpc::ClientContext context;
    v1::TemplateRevision stored;
    const grpc::Status status =
        stub_->CreateTemplateRevision(&context, request, &stored);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return stored;
  }
  absl::StatusOr<v1::TemplateRevision> Show(const std::string& name) {
    grpc::ClientContext context;
    v1::GetTemplateRevisionRequest request;
    request.set_name(name);
    v1::TemplateRevision revision;
    const grpc::Status status =
        stub_->GetTemplateRevision(&context, request, &revision);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return revision;
  }
  // Where each fault stands, and its reason.
  static std::vector<std::string> FaultsOf(const absl::Status& status) {
    std::vector<std::string> faults;
    const auto details = base::GetErrorDetails(status);
    EXPECT_TRUE(details.has_value()) << status;
    if (!details.has_value()) return faults;
    EXPECT_EQ(details->reason, "TEMPLATE_INVALID");
    for (const base::Violation& violation : details->violations) {
      faults.push_back(violation.field + " " + violation.reason);
    }
    return faults;
  }
  // What is told of the only fault.
  static std::string WordsOf(const absl::Status& status) {
    const auto details = base::GetErrorDetails(status);
    return details.has_value() && details->violations.size() == 1
               ? details->violations[0].description
               : "";
  }
  std::string Html(const v1::Report& report) {
    return Download(report.name(), "html").bytes;
  }
};

TEST_F(TemplateCallsTest, AReportIsMadeFromTheTemplateOfItsRound) {
  const auto built_in = Create(Request());
  ASSERT_OK(built_in);
  EXPECT_EQ(built_in->template_revision(), "");
  EXPECT_EQ(built_in->template_digest(), base::Sha256Hex(SmallTemplateYaml()));

  const std::string first_text =
      Replaced(SmallTemplateYaml(), "見本の報告書", "初めの報告書");
  const auto first = Store(first_text);
  ASSERT_OK(first);
  EXPECT_EQ(first->name(), std::string(kTemplate) + "/revisions/1");
  EXPECT_EQ(first->comment(), "見出しの変更");
  EXPECT_EQ(first->digest(), base::Sha256Hex(first_text));
  const auto of_first = Create(Request());
  ASSERT_OK(of_first);
  EXPECT_EQ(of_first->template_revision(), first->name());
  EXPECT_THAT(of_first->display_name(), HasSubstr("初めの報告書"));
  EXPECT_NE(of_first->snapshot(), built_in->snapshot());

  const auto second =
      Store(Replaced(SmallTemplateYaml(), "見本の報告書", "次の報告書"));
  ASSERT_OK(second);
  const auto of_second = Create(Request());
  ASSERT_OK(of_second);
  EXPECT_EQ(of_second->template_revision(), second->name());

  // What was made from an earlier text is made from it again, byte for byte.
  for (const auto& earlier : {*built_in, *of_first}) {
    v1::CreateReportRequest again = Request();
    again.mutable_report()->set_template_digest(earlier.template_digest());
    const auto made = Create(again);
    ASSERT_OK(made);
    EXPECT_EQ(made->template_revision(), earlier.template_revision());
    EXPECT_EQ(made->snapshot(), earlier.snapshot());
    EXPECT_EQ(Html(*made), Html(earlier));
  }
  v1::CreateReportRequest lost = Request();
  lost.mutable_report()->set_template_digest(std::string(64, 'a'));
  EXPECT_STATUS(Create(lost), absl::StatusCode::kNotFound,
                "TEMPLATE_NOT_FOUND");
  lost.mutable_report()->set_template_digest("A1");
  const absl::Status refused = Create(lost).status();
  EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument, "REPORT_INVALID");
  EXPECT_EQ(base::GetErrorDetails(refused)->violations[0].reason,
            "DIGEST_INVALID");
}

TEST_F(TemplateCallsTest, AnotherRoundKeepsItsTemplate) {
  world_.previous_planned = true;
  ASSERT_OK(Store(Replaced(SmallTemplateYaml(), "見本の報告書", "去年の報告書"),
                  "surveys/jusou/rounds/2024/templates/sample"));
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_EQ(report->template_revision(), "");
  EXPECT_THAT(report->display_name(), HasSubstr("見本の報告書"));
}

TEST_F(TemplateCallsTest, ATemplateOfAnotherNameNeedsNoCode) {
  const std::string text =
      Replaced(SmallTemplateYaml(), "template: sample", "template: brief");
  ASSERT_OK(Store(text, "surveys/jusou/rounds/2025/templates/brief"));
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_template_("brief");
  const auto report = Create(request);
  ASSERT_OK(report);
  EXPECT_EQ(report->name(), "reports/brief-2025-0001");
}

TEST_F(TemplateCallsTest, ShowsWhatIsStoredAndWhatIsBuiltIn) {
  const std::string revisions = std::string(kTemplate) + "/revisions/";
  auto current = Show(revisions + "current");
  ASSERT_OK(current);
  EXPECT_EQ(current->name(), revisions + "built-in");
  EXPECT_EQ(current->text(), SmallTemplateYaml());
  EXPECT_STATUS(Show(revisions + "1"), absl::StatusCode::kNotFound,
                "TEMPLATE_NOT_FOUND");

  const std::string text =
      Replaced(SmallTemplateYaml(), "見本の報告書", "初めの報告書");
  who_ = access::Identity::Local();
  ASSERT_OK(Store(text));
  ASSERT_OK(Store(text + "# 次\n"));
  current = Show(revisions + "current");
  ASSERT_OK(current);
  EXPECT_EQ(current->name(), revisions + "2");
  const auto first = Show(revisions + "1");
  ASSERT_OK(first);
  EXPECT_EQ(first->text(), text);
  EXPECT_EQ(first->size(), static_cast<std::int64_t>(text.size()));
  EXPECT_FALSE(first->editor().empty());
  EXPECT_OK(Show(revisions + "built-in"));

  grpc::ClientContext context;
  v1::ListTemplateRevisionsRequest request;
  request.set_parent(kTemplate);
  request.set_page_size(1);
  v1::ListTemplateRevisionsResponse page;
  ASSERT_TRUE(stub_->ListTemplateRevisions(&context, request, &page).ok());
  ASSERT_EQ(page.template_revisions_size(), 1);
  EXPECT_EQ(page.template_revisions(0).name(), revisions + "2");
  EXPECT_EQ(page.template_revisions(0).text(), "");
  request.set_page_token(page.next_page_token());
  page.Clear();
  grpc::ClientContext next;
  ASSERT_TRUE(stub_->ListTemplateRevisions(&next, request, &page).ok());
  ASSERT_EQ(page.template_revisions_size(), 1);
  EXPECT_EQ(page.template_revisions(0).name(), revisions + "1");
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(TemplateCallsTest, EveryFaultIsToldWithItsFileAndLine) {
  std::string text = Replaced(SmallTemplateYaml(), "{plan.formulated}",
                              "{plan.formlated}と🗾");
  text = Replaced(text, "figure: [plan, ", "figure: [plan, partnrs, ");
  const auto refused = Store(text);
  EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument,
                "TEMPLATE_INVALID");
  EXPECT_THAT(
      FaultsOf(refused.status()),
      ElementsAre("year.yaml line 25, column 15, pages[3].headline "
                  "GLYPH_MISSING",
                  "year.yaml line 25, column 15, pages[3].headline "
                  "CELL_NOT_IN_CODEBOOK",
                  "year.yaml line 32, column 24, "
                  "pages[3].blocks[2].indicators[1] "
                  "INDICATOR_NOT_IN_CODEBOOK"));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("Write 'plan.formulated'."));
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("Write 'partners'."));
  EXPECT_STATUS(Show(std::string(kTemplate) + "/revisions/1"),
                absl::StatusCode::kNotFound, "TEMPLATE_NOT_FOUND");

  EXPECT_THAT(FaultsOf(Store("title: [a").status()).size(), 1U);
  EXPECT_THAT(FaultsOf(Store(Replaced(SmallTemplateYaml(), "template: sample",
                                      "template: other"))
                           .status()),
              ElementsAre("year.yaml line 1, column 11, template "
                          "TEMPLATE_OTHER"));
}

TEST_F(TemplateCallsTest, ADonutShowsPartsOfAWhole) {
  const auto refused =
      Store(SmallTemplateYaml() +
            "  - page: 4\n    topic: 輪\n    headline: 輪\n    blocks:\n"
            "      - figure: partners\n        chart: donut\n");
  EXPECT_THAT(FaultsOf(refused.status()),
              ElementsAre("year.yaml line 41, column 17, "
                          "pages[4].blocks[0].indicators[0] "
                          "DONUT_OF_MULTIPLE_ANSWERS"));
  EXPECT_THAT(WordsOf(refused.status()), HasSubstr("chart: bars"));
}

TEST_F(TemplateCallsTest, APageThatOverflowsIsNamedBeforeItIsStored) {
  std::string long_headline;
  for (int i = 0; i < 30; ++i) long_headline += "とても長い見出し";
  const std::string text = Replaced(SmallTemplateYaml(), "headline: \"策定済み",
                                    "headline: \"" + long_headline);
  const auto refused = Store(text);
  EXPECT_THAT(FaultsOf(refused.status()),
              ::testing::Contains("year.yaml line 23, column 5, pages[3] "
                                  "PAGE_OVERFLOW"));
  // Before the round is opened nothing says how long its pages become.
  world_.planned = true;
  EXPECT_OK(Store(text));
}

TEST_F(TemplateCallsTest, WhatIsTriedIsNotStored) {
  const auto tried = Store(SmallTemplateYaml(), kTemplate, "", true);
  ASSERT_OK(tried);
  EXPECT_EQ(tried->name(), "");
  EXPECT_EQ(tried->digest().size(), 64U);
  EXPECT_STATUS(Show(std::string(kTemplate) + "/revisions/1"),
                absl::StatusCode::kNotFound, "TEMPLATE_NOT_FOUND");
}

TEST_F(TemplateCallsTest, ARepeatGetsTheFirstAnswer) {
  const std::string id = "11111111-1111-1111-1111-111111111111";
  const auto first = Store(SmallTemplateYaml(), kTemplate, id);
  ASSERT_OK(first);
  const auto again = Store(SmallTemplateYaml(), kTemplate, id);
  ASSERT_OK(again);
  EXPECT_EQ(again->name(), first->name());
  EXPECT_STATUS(Store(SmallTemplateYaml() + "#\n", kTemplate, id),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
}

TEST_F(TemplateCallsTest, EveryWrongFieldIsTold) {
  v1::CreateTemplateRevisionRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.mutable_template_revision()->set_text(
      std::string((std::size_t{512} << 10) + 1, 'a'));
  request.mutable_template_revision()->set_comment("a\nb");
  const auto refused = Store(request);
  EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument,
                "TEMPLATE_REQUEST_INVALID");
  const auto details = base::GetErrorDetails(refused.status());
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> reasons;
  for (const base::Violation& violation : details->violations) {
    reasons.push_back(violation.reason);
  }
  EXPECT_THAT(reasons, ElementsAre("NAME_INVALID", "TEMPLATE_TOO_LARGE",
                                   "TEXT_INVALID"));
  for (const char* name :
       {"surveys/jusou/rounds/2025/templates/sample",
        "surveys/jusou/rounds/2025/templates/sample/revisions/01",
        "surveys/jusou/rounds/2025/templates/sample/revisions/new",
        "surveys/jusou/rounds/2025/templates/a/b/revisions/1"}) {
    EXPECT_STATUS(Show(name), absl::StatusCode::kInvalidArgument,
                  "TEMPLATE_REQUEST_INVALID");
  }
  EXPECT_STATUS(Store(SmallTemplateYaml(),
                      "surveys/jusou/rounds/2030/templates/sample"),
                absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  world_.survey = {grpc::StatusCode::UNAVAILABLE, "away"};
  EXPECT_STATUS(Store(SmallTemplateYaml()), absl::StatusCode::kUnavailable,
                "SURVEY_UNAVAILABLE");
}

TEST_F(TemplateCallsTest, ACodebookIsHeldAgainstWhatStaffStored) {
  ASSERT_OK(Store(SmallTemplateYaml()));
  world_.snapshot.values.erase("contacts");
  grpc::ClientContext context;
  v1::CheckTemplatesRequest request;
  request.set_name("surveys/jusou/codebooks/2025-1");
  v1::CheckTemplatesResponse response;
  ASSERT_TRUE(stub_->CheckTemplates(&context, request, &response).ok());
  EXPECT_EQ(response.templates_total(), 2);
  ASSERT_EQ(response.misfits_total(), 2);
  EXPECT_EQ(response.misfits(0).template_(), "sample");
  EXPECT_EQ(response.misfits(1).template_(),
            std::string(kTemplate) + "/revisions/1");
  EXPECT_EQ(response.misfits(1).line(), 32);
  EXPECT_EQ(response.misfits(1).proposal(),
            "Leave 'contacts' out of the block.");
}

}  // namespace
}  // namespace welfare::report
