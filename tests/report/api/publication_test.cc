// From a created report to a published one, a corrected one, a withdrawn one.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/base/error.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class PublicationTest : public testing::ReportModuleTest {
 protected:
  static v1::CreateReportRequest RequestOf(v1::Report::Edition edition) {
    v1::CreateReportRequest request = Request();
    request.mutable_report()->set_edition(edition);
    return request;
  }

  static v1::CreateReportRequest Correction(const std::string& corrects) {
    v1::CreateReportRequest request =
        RequestOf(v1::Report::EDITION_CORRECTED);
    request.mutable_report()->set_corrects(corrects);
    request.mutable_report()->set_correction_reason("見本区の回答の誤りによる");
    return request;
  }

  // The names that the caller of now is shown.
  std::vector<std::string> Shown() {
    const auto list = List(100, "");
    EXPECT_OK(list);
    std::vector<std::string> names;
    for (const v1::Report& report : list->reports()) {
      names.push_back(report.name());
      EXPECT_OK(Get(report.name()));
    }
    return names;
  }
};

TEST_F(PublicationTest, ProvisionalFinalCorrected) {
  const auto early = Create(Request());
  ASSERT_OK(early);
  EXPECT_EQ(early->edition(), v1::Report::EDITION_PROVISIONAL);
  EXPECT_EQ(early->state(), v1::Report::STATE_CREATED);
  EXPECT_FALSE(early->has_publish_time());
  const auto published = Publish(early->name());
  ASSERT_OK(published);
  EXPECT_EQ(published->state(), v1::Report::STATE_PROVISIONAL);
  EXPECT_EQ(published->publish_level(), type::v1::PUBLISH_LEVEL_PUBLIC);
  EXPECT_TRUE(published->has_publish_time());

  const auto complete = Create(RequestOf(v1::Report::EDITION_FINAL));
  ASSERT_OK(complete);
  EXPECT_STATUS(Create(Correction(complete->name())),
                absl::StatusCode::kFailedPrecondition, "CORRECTS_NOT_FINAL");
  ASSERT_OK(Publish(complete->name()));
  EXPECT_EQ(Get(early->name())->superseded_by(), complete->name());

  ++world_.snapshot.values.at("plan").cells[1].count;
  EXPECT_STATUS(Create(Correction(early->name())),
                absl::StatusCode::kFailedPrecondition, "CORRECTS_NOT_FINAL");
  EXPECT_STATUS(Create(Correction("reports/none")),
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  const auto corrected = Create(Correction(complete->name()));
  ASSERT_OK(corrected);
  EXPECT_EQ(corrected->corrects(), complete->name());
  const std::string page = Download(corrected->name(), "html").bytes;
  EXPECT_THAT(page, HasSubstr("訂正（見本区の回答の誤りによる）"));
  EXPECT_THAT(page, HasSubstr("架空データ・訂正"));
  EXPECT_THAT(page, HasSubstr(complete->snapshot()));
  const std::string bytes = Download(complete->name(), "pdf").bytes;
  const auto last = Publish(corrected->name());
  ASSERT_OK(last);
  EXPECT_EQ(last->state(), v1::Report::STATE_CORRECTED);
  // What was published is what it was.
  EXPECT_EQ(Get(complete->name())->superseded_by(), corrected->name());
  EXPECT_EQ(Download(complete->name(), "pdf").bytes, bytes);

  const auto late = Create(Request());
  ASSERT_OK(late);
  EXPECT_STATUS(Publish(late->name()), absl::StatusCode::kFailedPrecondition,
                "EDITION_ORDER");
  EXPECT_STATUS(Publish(early->name()), absl::StatusCode::kFailedPrecondition,
                "REPORT_STATE");
}

TEST_F(PublicationTest, AProvisionalReportIsMarkedAndAFinalOneIsNot) {
  const auto early = Create(Request());
  ASSERT_OK(early);
  EXPECT_THAT(early->display_name(), HasSubstr("【架空データ・速報】"));
  const std::string page = Download(early->name(), "html").bytes;
  const auto count = [&page](std::string_view words) {
    int found = 0;
    for (std::size_t at = page.find(words); at != std::string::npos;
         at = page.find(words, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_GT(count("<section class=\"page"), 4);
  EXPECT_EQ(count("<span class=\"synthetic\">架空データ・速報</span>"),
            count("<section class=\"page"));
  EXPECT_EQ(count("<caption>【架空データ・速報】"), count("<caption>"));
  EXPECT_EQ(count("class=\"made-up\">架空データ・速報</span>"),
            count("<figure"));
  EXPECT_THAT(page, HasSubstr("速報（提出済み"));
  const auto complete = Create(RequestOf(v1::Report::EDITION_FINAL));
  ASSERT_OK(complete);
  EXPECT_NE(complete->snapshot(), early->snapshot());
  EXPECT_THAT(Download(complete->name(), "html").bytes,
              Not(HasSubstr("速報")));
}

TEST_F(PublicationTest, AFinalReportNeedsAnswersAndTheirAcceptance) {
  world_.snapshot.progress[0].accepted -= 1;
  const auto unaccepted = Create(RequestOf(v1::Report::EDITION_FINAL));
  EXPECT_STATUS(unaccepted, absl::StatusCode::kFailedPrecondition,
                "SUBMISSIONS_NOT_ACCEPTED");
  EXPECT_OK(Create(Request()));
  world_.snapshot.progress[0].received -= 1;
  world_.snapshot.progress[0].on_time -= 1;
  EXPECT_STATUS(Create(RequestOf(v1::Report::EDITION_FINAL)),
                absl::StatusCode::kFailedPrecondition, "RESPONSE_RATE_LOW");
  EXPECT_OK(Create(Request()));
  EXPECT_THAT(Shown().size(), 2U);  // what is refused is not kept
}

TEST_F(PublicationTest, EveryWrongFieldIsNamed) {
  const auto wrong_of = [](const absl::Status& status) {
    std::vector<std::string> wrong;
    const auto details = base::GetErrorDetails(status);
    for (const base::Violation& violation : details->violations) {
      wrong.push_back(violation.field + " " + violation.reason);
    }
    return wrong;
  };
  EXPECT_THAT(wrong_of(Create(RequestOf(v1::Report::EDITION_CORRECTED))
                           .status()),
              UnorderedElementsAre("report.corrects REQUIRED",
                                   "report.correction_reason REQUIRED"));
  v1::CreateReportRequest request = Correction("reports/sample-2025-0001");
  request.mutable_report()->set_edition(v1::Report::EDITION_FINAL);
  EXPECT_THAT(
      wrong_of(Create(request).status()),
      UnorderedElementsAre("report.corrects NOT_A_CORRECTION",
                           "report.correction_reason NOT_A_CORRECTION"));
  request = RequestOf(static_cast<v1::Report::Edition>(9));
  EXPECT_THAT(wrong_of(Create(request).status()),
              ElementsAre("report.edition EDITION_UNKNOWN"));
  request = Correction("reports/sample-2025-0001");
  request.mutable_report()->set_correction_reason(std::string(201, 'a'));
  EXPECT_THAT(wrong_of(Create(request).status()),
              ElementsAre("report.correction_reason TEXT_TOO_LONG"));
  request.mutable_report()->set_correction_reason("two\nlines");
  EXPECT_THAT(wrong_of(Create(request).status()),
              ElementsAre("report.correction_reason TEXT_INVALID"));

  const auto report = Create(Request());
  ASSERT_OK(report);
  const absl::Status level =
      Publish(report->name(), type::v1::PUBLISH_LEVEL_UNSPECIFIED).status();
  EXPECT_STATUS(level, absl::StatusCode::kInvalidArgument,
                "PUBLICATION_INVALID");
  EXPECT_THAT(wrong_of(level), ElementsAre("publish_level LEVEL_UNKNOWN"));
  EXPECT_THAT(wrong_of(Publish("reports/!").status()),
              ElementsAre("name NAME_INVALID"));
  EXPECT_THAT(wrong_of(Withdraw("report", "x").status()),
              ElementsAre("name NAME_INVALID"));
  EXPECT_THAT(wrong_of(Withdraw(report->name(), "  ").status()),
              ElementsAre("reason REQUIRED"));
  EXPECT_STATUS(Withdraw(report->name(), "誤り"),
                absl::StatusCode::kFailedPrecondition, "REPORT_STATE");
}

TEST_F(PublicationTest, TheLevelSaysWhoReads) {
  const std::vector<std::pair<std::string, access::Identity>> callers = {
      {"manager", support::Granted({"manager@jusou"})},
      {"reviewer", support::Granted({"reviewer@jusou"})},
      {"respondent", support::RespondentOf("jusou", "131016", "municipality")},
      {"stranger", support::Granted({"manager@other"})},
      {"nobody", access::Identity::Anonymous()}};
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) {
    const auto report = Create(Request());
    ASSERT_OK(report);
    names.push_back(report->name());
  }
  // Nothing is published.
  std::map<std::string, std::vector<std::string>> shown;
  const auto look = [&] {
    shown.clear();
    for (const auto& [who, identity] : callers) {
      who_ = identity;
      shown[who] = Shown();
    }
    who_ = access::Identity::Local();
  };
  look();
  for (const char* who : {"respondent", "stranger", "nobody"}) {
    EXPECT_THAT(shown[who], ElementsAre()) << who;
  }
  ASSERT_OK(Publish(names[0], type::v1::PUBLISH_LEVEL_INTERNAL));
  ASSERT_OK(Publish(names[1], type::v1::PUBLISH_LEVEL_STAKEHOLDERS));
  ASSERT_OK(Publish(names[2], type::v1::PUBLISH_LEVEL_AGGREGATE));
  look();
  EXPECT_EQ(shown["manager"], names);
  EXPECT_EQ(shown["reviewer"], names);
  EXPECT_THAT(shown["respondent"], ElementsAre(names[1], names[2]));
  EXPECT_THAT(shown["stranger"], ElementsAre(names[2]));
  EXPECT_THAT(shown["nobody"], ElementsAre(names[2]));

  who_ = access::Identity::Anonymous();
  EXPECT_STATUS(Download(names[1], "html").status, absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
  EXPECT_OK(Download(names[2], "html").status);
  // Who may read may not publish.
  who_ = support::Granted({"reviewer@jusou"});
  EXPECT_STATUS(Publish(names[2]), absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
  who_ = support::Granted({"manager@other"});
  EXPECT_STATUS(Publish(names[1]), absl::StatusCode::kNotFound,
                "REPORT_NOT_FOUND");
  EXPECT_STATUS(Withdraw(names[2], "x"), absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
}

TEST_F(PublicationTest, AWithdrawnReportIsShownWithoutItsFiles) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_OK(Publish(report->name()));
  who_ = access::Identity::Anonymous();
  // What is kept of its files by now opens none of them.
  ASSERT_OK(Download(report->name(), "html").status);
  who_ = access::Identity::Local();
  const auto withdrawn = Withdraw(report->name(), "二つの回答が入れ替わった");
  ASSERT_OK(withdrawn);
  EXPECT_EQ(withdrawn->state(), v1::Report::STATE_WITHDRAWN);
  who_ = access::Identity::Anonymous();
  const auto seen = Get(report->name());
  ASSERT_OK(seen);
  EXPECT_EQ(seen->withdraw_reason(), "二つの回答が入れ替わった");
  EXPECT_TRUE(seen->has_withdraw_time());
  EXPECT_STATUS(Download(report->name(), "html").status,
                absl::StatusCode::kFailedPrecondition, "REPORT_WITHDRAWN");
  who_ = support::Granted({"reviewer@jusou"});
  EXPECT_OK(Download(report->name(), "html").status);
}

TEST_F(PublicationTest, ARepeatGetsTheFirstAnswer) {
  const std::string id = "22222222-2222-2222-2222-222222222222";
  const auto report = Create(Request());
  ASSERT_OK(report);
  const auto first =
      Publish(report->name(), type::v1::PUBLISH_LEVEL_PUBLIC, id);
  ASSERT_OK(first);
  ASSERT_OK(Withdraw(report->name(), "誤り"));
  const auto again =
      Publish(report->name(), type::v1::PUBLISH_LEVEL_PUBLIC, id);
  ASSERT_OK(again);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(*first, *again));
  EXPECT_STATUS(Publish(report->name(), type::v1::PUBLISH_LEVEL_INTERNAL, id),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
}

TEST_F(PublicationTest, WatchersAreToldOfPublications) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  grpc::ClientContext context;
  type::v1::WatchVersionsRequest watch;
  const auto reader = stub_->WatchVersions(&context, watch);
  type::v1::WatchVersionsResponse message;
  ASSERT_TRUE(reader->Read(&message));
  ASSERT_OK(Publish(report->name()));
  while (message.entries(0).version() < 2) ASSERT_TRUE(reader->Read(&message));
  context.TryCancel();
}

}  // namespace
}  // namespace welfare::report
