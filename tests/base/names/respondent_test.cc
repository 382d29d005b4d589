#include "services/base/names/respondent.h"

#include <gtest/gtest.h>

#include "services/base/absence.h"
#include "services/base/error.h"

namespace welfare::base {
namespace {

TEST(Respondent, HasATextForm) {
  const auto respondent = Respondent::Parse("131016-council");
  ASSERT_TRUE(respondent.ok());
  EXPECT_EQ(respondent->kind, RespondentKind::kCouncil);
  EXPECT_EQ(respondent->municipality.ToString(), "131016");
  EXPECT_EQ(respondent->ToString(), "131016-council");
  EXPECT_EQ(ReasonOf(Respondent::Parse("131016").status()),
            "RESPONDENT_FORMAT");
  EXPECT_EQ(ReasonOf(Respondent::Parse("131016-Council").status()),
            "RESPONDENT_KIND");
  EXPECT_EQ(ReasonOf(Respondent::Parse("131017-council").status()),
            "CHECK_DIGIT");
}

TEST(Respondent, OrdersByCodeThenKind) {
  const auto parse = [](std::string_view text) {
    return *Respondent::Parse(text);
  };
  EXPECT_LT(parse("131016-municipality"), parse("131016-council"));
  EXPECT_LT(parse("131016-council"), parse("131024-municipality"));
}

TEST(Absence, NamesRoundTripAndKeepTheirNumbers) {
  int number = 0;
  for (const Absence absence : kAllAbsences) {
    EXPECT_EQ(*ParseAbsence(ToString(absence)), absence);
    EXPECT_EQ(static_cast<int>(absence), ++number);
    EXPECT_FALSE(ToJapanese(absence).empty());
  }
  EXPECT_EQ(number, 6);
  EXPECT_EQ(ReasonOf(ParseAbsence("SUPPRESSED").status()), "ABSENCE_UNKNOWN");
}

TEST(Absence, OnlyThreeKindsMayBeSent) {
  EXPECT_TRUE(MayBeSent(Absence::kNoAnswer));
  EXPECT_TRUE(MayBeSent(Absence::kNotCounted));
  EXPECT_TRUE(MayBeSent(Absence::kUnknown));
  EXPECT_FALSE(MayBeSent(Absence::kNotApplicable));
  EXPECT_FALSE(MayBeSent(Absence::kUnitNonresponse));
  EXPECT_FALSE(MayBeSent(Absence::kNotAsked));
}

}  // namespace
}  // namespace welfare::base
