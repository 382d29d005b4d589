// Values as messages.
#include "services/indicator/api/convert.h"

#include <gtest/gtest.h>

namespace welfare::indicator {
namespace {

// Words go over the wire by their numbers; what is not stated is 0.
TEST(Convert, AStatementSaysWhatItStatesAndNothingElse) {
  Statement statement;
  statement.id = "p02";
  statement.check = Check::kOptionList;
  statement.verdict = Verdict::kHigherClassFits;
  StatementReading& stated = statement.readings.emplace_back();
  stated.verdict = Verdict::kFits;
  stated.claim = Claim::kWording;
  stated.count_agreement = Agreement::kDiffers;
  stated.wording_verdict = Verdict::kUnchecked;
  statement.readings.emplace_back();

  const v1::Statement proto = ToProto("surveys/x/rounds/2025", statement);
  EXPECT_EQ(proto.check(), v1::Statement::CHECK_OPTION_LIST);
  EXPECT_EQ(proto.verdict(), v1::Statement::VERDICT_HIGHER_CLASS_FITS);
  EXPECT_EQ(proto.readings(0).verdict(), v1::Statement::VERDICT_FITS);
  EXPECT_EQ(proto.readings(0).claim(), v1::Statement::CLAIM_WORDING);
  EXPECT_EQ(proto.readings(0).count_agreement(),
            v1::Statement::AGREEMENT_DIFFERS);
  EXPECT_EQ(proto.readings(0).base_agreement(),
            v1::Statement::AGREEMENT_UNSPECIFIED);
  EXPECT_EQ(proto.readings(0).wording_verdict(),
            v1::Statement::VERDICT_UNCHECKED);
  EXPECT_EQ(proto.readings(1).claim(), v1::Statement::CLAIM_UNSPECIFIED);
  EXPECT_EQ(proto.readings(1).wording_verdict(),
            v1::Statement::VERDICT_UNSPECIFIED);
}

}  // namespace
}  // namespace welfare::indicator
