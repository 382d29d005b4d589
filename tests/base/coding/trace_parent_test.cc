#include "services/base/coding/trace_parent.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::base {
namespace {

constexpr char kId[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kGood[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceParent, FindsTheTrace) {
  EXPECT_EQ(TraceIdIn(kGood), kId);
  // Of a version to come: as much as is known, and more after a hyphen.
  EXPECT_EQ(TraceIdIn("cc" + std::string(kGood).substr(2)), kId);
  EXPECT_EQ(TraceIdIn("cc" + std::string(kGood).substr(2) + "-what-else"), kId);
}

TEST(TraceParent, IgnoresWhatIsNone) {
  const std::string good = kGood;
  const std::string zeros(32, '0');
  for (const std::string& bad :
       {std::string(), std::string("00"), good.substr(0, 54), good + "-",
        good + "-01", good + "x", "ff" + good.substr(2), "0x" + good.substr(2),
        "cc" + good.substr(2) + "x", "00-" + zeros + good.substr(35),
        good.substr(0, 36) + zeros.substr(16) + good.substr(52),
        good.substr(0, 53) + "0g",
        "00-0AF7651916CD43DD8448EB211C80319C" + good.substr(35),
        "00_" + good.substr(3), good.substr(0, 35) + "_" + good.substr(36),
        good.substr(0, 52) + "_" + good.substr(53), " " + good}) {
    EXPECT_EQ(TraceIdIn(bad), "") << bad;
  }
}

}  // namespace
}  // namespace welfare::base
