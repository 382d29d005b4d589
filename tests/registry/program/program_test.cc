#include "services/registry/program/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/base/error.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(ProgramCatalog, NamesEveryFaultOfItsFile) {
  const auto parsed = ProgramCatalog::Parse(
      "program,display_name,display_name_en,first_fiscal_year,legal_basis\n"
      "jusou,重層,Multilayer,2021,Act\n"
      "重層,,X,soon,Act\n"
      "jusou,重層,Multilayer,2021,Act\n");
  EXPECT_STATUS(parsed, StatusCode::kInvalidArgument, "PROGRAMS_INVALID");
  const auto details = base::GetErrorDetails(parsed.status());
  ASSERT_TRUE(details.has_value());
  ASSERT_THAT(details->violations, SizeIs(4));
  EXPECT_EQ(details->violations[2].reason, "FISCAL_YEAR_FORMAT");
  EXPECT_EQ(details->violations[3].reason, "DUPLICATE_RECORD");
  EXPECT_THAT(details->violations[3].description, HasSubstr("Line 2"));
}

}  // namespace
}  // namespace welfare::registry
