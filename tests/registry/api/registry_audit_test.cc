#include <gtest/gtest.h>

#include "tests/registry/api/module_fixture.h"
#include "tests/support/audit_contract.h"

namespace welfare::registry {
namespace {

TEST_F(RegistryModuleTest, ProvesItsAuditLog) {
  LoadTokyo();
  for (int year = 2026; year < 2031; ++year) {
    ASSERT_OK(RecordStatus(
        Record(year, v1::IMPLEMENTING_NO, v1::PREPARATION_UNKNOWN)));
  }
  support::ExpectProvenAuditLog(*stub_, "registry");
}

}  // namespace
}  // namespace welfare::registry
