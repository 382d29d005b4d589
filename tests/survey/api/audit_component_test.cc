#include <gtest/gtest.h>

#include "tests/support/audit_contract.h"
#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

using SurveyAudit = SmallSurvey;

TEST_F(SurveyAudit, ProvesItsAuditLog) {
  PrepareOpen();
  ASSERT_OK(Create(Complete(), "131016-municipality"));
  support::ExpectProvenAuditLog(*stub_, "survey");
}

}  // namespace
}  // namespace welfare::survey
