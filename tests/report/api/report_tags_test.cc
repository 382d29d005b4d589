// What answers are known by, so that who has one is not sent it again.
#include <gtest/gtest.h>

#include "tests/report/report_module_fixture.h"
#include "tests/support/answer_tags.h"

namespace welfare::report {
namespace {

using support::AskForTag;
using support::Told;
using Stub = v1::ReportService::Stub;
using ReportTagsTest = testing::ReportModuleTest;

TEST_F(ReportTagsTest, AReportIsKnownForEver) {
  const auto one = Create(Request());
  ASSERT_OK(one);
  const auto other = Create(Request());
  ASSERT_OK(other);
  v1::GetReportRequest get;
  get.set_name(one->name());
  const Told first = AskForTag(*stub_, &Stub::GetReport, get, "-");
  ASSERT_OK(first.status);
  EXPECT_NE(first.tag, "");
  const Told again = AskForTag(*stub_, &Stub::GetReport, get, first.tag);
  ASSERT_OK(again.status);
  EXPECT_TRUE(again.held);
  EXPECT_EQ(again.bytes, "");
  get.set_name(other->name());
  EXPECT_FALSE(AskForTag(*stub_, &Stub::GetReport, get, first.tag).held);
  get.set_name("reports/sample-2025-9999");
  const Told none = AskForTag(*stub_, &Stub::GetReport, get, first.tag);
  EXPECT_STATUS(none.status, absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
  EXPECT_EQ(none.tag, "");
}

TEST_F(ReportTagsTest, ReportsAreKnownByHowManyThereAre) {
  ASSERT_OK(Create(Request()));
  support::ExpectKnownByState(*stub_, &Stub::ListReports,
                              v1::ListReportsRequest(),
                              [this] { ASSERT_OK(Create(Request())); });
}

TEST_F(ReportTagsTest, AListIsOfWhoReadsIt) {
  ASSERT_OK(Create(Request()));
  const Told all =
      AskForTag(*stub_, &Stub::ListReports, v1::ListReportsRequest(), "-");
  std::string tag = all.tag;
  for (const std::string grant : {"manager@jusou", "reviewer@other"}) {
    const std::vector<std::string> grants = {grant};
    who_ =
        access::Identity::Make({.subject = "office", .grants = grants}).value();
    const Told told =
        AskForTag(*stub_, &Stub::ListReports, v1::ListReportsRequest(), tag);
    ASSERT_OK(told.status);
    EXPECT_FALSE(told.held) << grant;
    EXPECT_NE(told.tag, tag);
    EXPECT_TRUE(AskForTag(*stub_, &Stub::ListReports, v1::ListReportsRequest(),
                          told.tag)
                    .held);
    tag = told.tag;
  }
}

}  // namespace
}  // namespace welfare::report
