#include "services/base/arguments.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::base {
namespace {

TEST(Arguments, KeepEmptyValuesApart) {
  EXPECT_EQ(WithEmptyValues({"--a=", "--b=c", "--d==", "e=", "--", "--f="}),
            (std::vector<std::string>{"--a", "", "--b=c", "--d==", "e=", "--",
                                      "--f="}));
  EXPECT_EQ(WithEmptyValues({}), std::vector<std::string>());
}

}  // namespace
}  // namespace welfare::base
