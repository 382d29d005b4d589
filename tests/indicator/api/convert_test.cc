// Values as messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "services/indicator/figures/figures.h"
#include "services/indicator/statements/statement.h"

namespace welfare::indicator {
namespace {

// The core's enums go over the wire by number.
TEST(IndicatorWire, EnumsHaveEqualNumbers) {
  EXPECT_EQ(v1::Indicator::Measure_Name(static_cast<int>(Measure::kCount)),
            ToString(Measure::kCount));
  for (int i = 1; i <= 7; ++i) {
    EXPECT_EQ(v1::Indicator::Measure_Name(i),
              ToString(static_cast<Measure>(i)));
  }
  EXPECT_EQ(static_cast<int>(Flag::kTied), v1::Cell::TIED);
  EXPECT_EQ(static_cast<int>(Flag::kLowerBound), v1::Cell::LOWER_BOUND);
  EXPECT_EQ(static_cast<int>(Flag::kSmallBase), v1::Cell::SMALL_BASE);
  EXPECT_EQ(static_cast<int>(Flag::kUndefined), v1::Cell::UNDEFINED);
  EXPECT_EQ(static_cast<int>(Flag::kNoValue), v1::Cell::NO_VALUE);
  EXPECT_EQ(static_cast<int>(OptionRole::kOther), v1::Cell::ROLE_OTHER);
  EXPECT_EQ(static_cast<int>(OptionRole::kNone), v1::Cell::ROLE_NONE);
  EXPECT_EQ(static_cast<int>(Claim::kCount), v1::Statement::CLAIM_COUNT);
  EXPECT_EQ(static_cast<int>(Claim::kShare), v1::Statement::CLAIM_SHARE);
  EXPECT_EQ(static_cast<int>(Claim::kPercent), v1::Statement::CLAIM_PERCENT);
  EXPECT_EQ(static_cast<int>(Claim::kWording), v1::Statement::CLAIM_WORDING);
  EXPECT_EQ(static_cast<int>(Claim::kValue), v1::Statement::CLAIM_VALUE);
  EXPECT_EQ(static_cast<int>(Agreement::kSame), v1::Statement::AGREEMENT_SAME);
  EXPECT_EQ(static_cast<int>(Agreement::kDiffers),
            v1::Statement::AGREEMENT_DIFFERS);
  EXPECT_EQ(static_cast<int>(StatementVerdict::kNotComputed),
            v1::Statement::VERDICT_NOT_COMPUTED);
  EXPECT_EQ(static_cast<int>(StatementVerdict::kHigherClassFits),
            v1::Statement::VERDICT_HIGHER_CLASS_FITS);
  for (int i = 1; i <= 9; ++i) {
    std::string name = "CHECK_";
    for (const char c : ToString(static_cast<Check>(i))) {
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    EXPECT_EQ(v1::Statement::Check_Name(i), name);
  }
  EXPECT_EQ(static_cast<int>(base::Absence::kNotAsked),
            type::v1::Absence::NOT_ASKED);
}

}  // namespace
}  // namespace welfare::indicator
