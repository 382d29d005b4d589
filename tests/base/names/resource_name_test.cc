#include "services/base/names/resource_name.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "services/base/error.h"

namespace welfare::base {
namespace {

template <typename Name>
void ExpectRoundTrip(std::string_view text) {
  const auto name = Name::Parse(text);
  ASSERT_TRUE(name.ok()) << text << ": " << name.status();
  EXPECT_EQ(name->ToString(), text);
}

template <typename Name>
std::string ReasonFor(std::string_view text) {
  return ReasonOf(Name::Parse(text).status());
}

TEST(ResourceName, RoundTripsEveryKind) {
  ExpectRoundTrip<MunicipalityName>("municipalities/131016");
  ExpectRoundTrip<CouncilName>("municipalities/131016/council");
  ExpectRoundTrip<ProgramName>("programs/jusou");
  ExpectRoundTrip<RosterName>("programs/jusou/rosters/2025");
  ExpectRoundTrip<ProgramTimelineName>("programs/jusou/timeline");
  ExpectRoundTrip<SurveyName>("surveys/jusou");
  ExpectRoundTrip<CodebookName>("surveys/jusou/codebooks/2025-1");
  ExpectRoundTrip<RoundName>("surveys/jusou/rounds/2025");
  ExpectRoundTrip<SubmissionName>(
      "surveys/jusou/rounds/2025/submissions/131016-council");
  ExpectRoundTrip<SubmissionName>(
      "surveys/jusou/rounds/2025/submissions/131016-municipality");
  ExpectRoundTrip<IndicatorName>("surveys/jusou/indicators/plan_formulated");
  ExpectRoundTrip<IndicatorValueName>(
      "surveys/jusou/indicators/plan_formulated/values/2025");
  ExpectRoundTrip<ReportName>("reports/jusou-2025-0057");
}

TEST(ResourceName, KnowsItsParent) {
  const auto name = SubmissionName::Parse(
      "surveys/jusou/rounds/2025/submissions/131016-council");
  EXPECT_EQ(name->parent().ToString(), "surveys/jusou/rounds/2025");
  EXPECT_EQ(name->parent().parent().ToString(), "surveys/jusou");
  EXPECT_EQ(name->respondent.kind, RespondentKind::kCouncil);
}

TEST(ResourceName, RefusesOtherShapes) {
  EXPECT_EQ(ReasonFor<SurveyName>(""), "NAME_FORMAT");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys"), "NAME_FORMAT");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/"), "NAME_ID");
  EXPECT_EQ(ReasonFor<SurveyName>("/surveys/jusou"), "NAME_FORMAT");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/jusou/"), "NAME_FORMAT");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/Jusou"), "NAME_ID");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/a b"), "NAME_ID");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/../x"), "NAME_FORMAT");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/.."), "NAME_ID");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/重層"), "NAME_ID");
  EXPECT_EQ(ReasonFor<SurveyName>("surveys/" + std::string(64, 'a')),
            "NAME_ID");
  EXPECT_EQ(ReasonFor<CouncilName>("municipalities/131016"), "NAME_FORMAT");
  EXPECT_EQ(ReasonFor<RoundName>("surveys/jusou/rounds/R7"), "NAME_ID");
  EXPECT_EQ(ReasonFor<RoundName>("surveys/jusou/rounds/25"),
            "FISCAL_YEAR_FORMAT");
  EXPECT_EQ(ReasonFor<MunicipalityName>("municipalities/131017"),
            "CHECK_DIGIT");
  EXPECT_EQ(ReasonFor<MunicipalityName>("municipalities/１３１０１６"),
            "NAME_ID");
  EXPECT_EQ(
      ReasonFor<SubmissionName>("surveys/jusou/rounds/2025/submissions/131016"),
      "RESPONDENT_FORMAT");
  EXPECT_EQ(ReasonFor<SubmissionName>(
                "surveys/jusou/rounds/2025/submissions/131016-mayor"),
            "RESPONDENT_KIND");
}

}  // namespace
}  // namespace welfare::base
