#include "services/indicator/store/loaded_once.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace welfare::indicator {
namespace {

using Loaded = absl::StatusOr<std::shared_ptr<const std::string>>;

// A memory of two places that counts what it loads.
class LoadedOnceTest : public ::testing::Test {
 protected:
  Loaded Get(const std::string& key) {
    return memory_.Get(key, [&]() -> Loaded {
      ++loads_;
      return std::make_shared<const std::string>(key);
    });
  }

  LoadedOnce<std::string> memory_{2};
  int loads_ = 0;
};

TEST_F(LoadedOnceTest, AValueIsLoadedOnce) {
  ASSERT_TRUE(Get("a").ok());
  EXPECT_EQ(**Get("a"), "a");
  EXPECT_EQ(loads_, 1);
}

TEST_F(LoadedOnceTest, TheLeastRecentlyUsedGoesFirst) {
  for (const char* key : {"a", "b", "a", "c"}) ASSERT_TRUE(Get(key).ok());
  EXPECT_EQ(loads_, 3);
  ASSERT_TRUE(Get("a").ok());
  EXPECT_EQ(loads_, 3);
  ASSERT_TRUE(Get("b").ok());
  EXPECT_EQ(loads_, 4);
}

TEST_F(LoadedOnceTest, WhatCannotBeLoadedPushesNothingOut) {
  ASSERT_TRUE(Get("a").ok());
  ASSERT_TRUE(Get("b").ok());
  const auto failed = memory_.Get(
      "c", []() -> Loaded { return absl::UnavailableError("not now"); });
  EXPECT_FALSE(failed.ok());
  ASSERT_TRUE(Get("a").ok());
  ASSERT_TRUE(Get("b").ok());
  EXPECT_EQ(loads_, 2);
  ASSERT_TRUE(Get("c").ok());  // a failure is not remembered
  EXPECT_EQ(loads_, 3);
}

TEST_F(LoadedOnceTest, ManyWhoAskAtOnceShareOneLoad) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] { EXPECT_TRUE(Get("a").ok()); });
  }
  threads.clear();
  EXPECT_EQ(loads_, 1);
}

}  // namespace
}  // namespace welfare::indicator
