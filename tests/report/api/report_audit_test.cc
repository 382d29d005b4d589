#include <gtest/gtest.h>

#include "tests/report/report_module_fixture.h"
#include "tests/support/audit_contract.h"

namespace welfare::report {
namespace {

using ReportAuditTest = testing::ReportModuleTest;

TEST_F(ReportAuditTest, ProvesItsAuditLog) {
  for (int i = 0; i < 3; ++i) ASSERT_OK(Create(Request()));
  support::ExpectProvenAuditLog(*stub_, "report");
}

}  // namespace
}  // namespace welfare::report
