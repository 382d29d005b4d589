#include "services/survey/store/last_used.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace welfare::survey {
namespace {

TEST(LastUsed, KeepsWhatWasUsedLast) {
  LastUsed<int, std::string> kept(2);
  EXPECT_EQ(kept.Find(1), nullptr);
  kept.Put(1, std::make_shared<const std::string>("one"));
  kept.Put(2, std::make_shared<const std::string>("two"));
  const auto one = kept.Find(1);
  ASSERT_NE(one, nullptr);
  kept.Put(3, std::make_shared<const std::string>("three"));
  EXPECT_EQ(kept.Find(2), nullptr);
  EXPECT_EQ(kept.Find(1), one);
  EXPECT_EQ(*kept.Find(3), "three");
}

TEST(LastUsed, PutsAValueInPlaceOfTheOneBefore) {
  LastUsed<int, std::string> kept(2);
  kept.Put(1, std::make_shared<const std::string>("one"));
  kept.Put(2, std::make_shared<const std::string>("two"));
  kept.Put(1, std::make_shared<const std::string>("uno"));
  EXPECT_EQ(*kept.Find(1), "uno");
  EXPECT_EQ(*kept.Find(2), "two");
}

}  // namespace
}  // namespace welfare::survey
