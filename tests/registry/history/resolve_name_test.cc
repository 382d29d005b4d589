#include "services/registry/history/resolve_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "services/base/error.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;

class ResolveNameTest : public ::testing::Test {
 protected:
  ResolveNameTest()
      : history_(Extend(
            History(),
            {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                                MakeMunicipality(2, "132063", "府中市"),
                                MakeMunicipality(3, "342084", "府中市"),
                                MakeMunicipality(4, "134023", "青ヶ島村")}})) {}

  absl::StatusOr<const Municipality*> Resolve(std::string_view name) const {
    return ResolveName(history_->AtHead(), name, Year(2025));
  }

  HistoryPtr history_;
};

TEST_F(ResolveNameTest, ANameOrItsCouncilsNamesTheMunicipality) {
  EXPECT_EQ(Resolve("千代田区").value()->first_code, Code("131016"));
  EXPECT_EQ(Resolve("千代田区社会福祉協議会").value()->first_code,
            Code("131016"));
}

TEST_F(ResolveNameTest, TellsTheCodesOfThoseWhoShareAName) {
  const auto found = Resolve("府中市");
  EXPECT_STATUS(found, StatusCode::kInvalidArgument, "NAME_AMBIGUOUS");
  EXPECT_EQ(base::GetErrorDetails(found.status())->metadata.at("candidates"),
            "132063 342084");
}

TEST_F(ResolveNameTest, TellsNamesThatAreSimilar) {
  const auto found = Resolve("青ヶ鳥村");
  EXPECT_STATUS(found, StatusCode::kNotFound, "NAME_UNKNOWN");
  EXPECT_EQ(base::GetErrorDetails(found.status())->metadata.at("candidates"),
            "青ヶ島村");
}

TEST_F(ResolveNameTest, ADraftKnowsTheNamesItGives) {
  Draft draft(*history_);
  MunicipalityRecord renamed{.id = 2, .first_code = Code("132063")};
  renamed.says.name = "武蔵府中市";
  draft.Add(renamed);
  EXPECT_EQ(ResolveName(draft, "武蔵府中市", Year(2025)).value()->first_code,
            Code("132063"));
  EXPECT_EQ(ResolveName(draft, "府中市", Year(2025)).value()->first_code,
            Code("342084"));
}

}  // namespace
}  // namespace welfare::registry
