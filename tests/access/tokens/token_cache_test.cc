#include "services/access/tokens/token_cache.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace welfare::access {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

base::Timestamp At(std::int64_t seconds) {
  return base::Timestamp::FromMicros(seconds * 1'000'000);
}

// As long as what is told of a caller with grants in so many surveys.
std::string Told(const std::string& subject, int surveys = 1) {
  std::string text = subject;
  for (int i = 0; i < surveys; ++i) {
    text += " manager@survey-of-welfare-" + std::to_string(i);
  }
  return text;
}

TEST(TokenCaches, KnowATokenUntilItExpires) {
  TokenCache cache(kMiB);
  const TokenDigest digest = DigestOf("token");
  EXPECT_EQ(cache.Find(digest, 1, At(0)), std::nullopt);
  cache.Keep(digest, 1, At(100), "office");
  EXPECT_EQ(cache.Find(digest, 1, At(99)), "office");
  EXPECT_EQ(cache.Find(DigestOf("tokem"), 1, At(99)), std::nullopt);
  EXPECT_EQ(cache.Find(digest, 1, At(100)), std::nullopt);
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(TokenCaches, ForgetWhatOtherKeysVerified) {
  TokenCache cache(kMiB);
  const TokenDigest digest = DigestOf("token");
  cache.Keep(digest, 1, At(100), "office");
  EXPECT_EQ(cache.Find(digest, 2, At(0)), std::nullopt);
  EXPECT_EQ(cache.size(), 0U);
  cache.Keep(digest, 2, At(100), "desk");
  // A call that began before the keys changed takes nothing and spoils nothing.
  EXPECT_EQ(cache.Find(digest, 1, At(0)), std::nullopt);
  cache.Keep(digest, 1, At(100), "office");
  EXPECT_EQ(cache.Find(digest, 2, At(0)), "desk");
}

TEST(TokenCaches, KeepATokenOnce) {
  TokenCache cache(kMiB);
  cache.Keep(DigestOf("token"), 1, At(100), "office");
  const std::size_t bytes = cache.bytes();
  cache.Keep(DigestOf("token"), 1, At(200), "office");
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(cache.bytes(), bytes);
  EXPECT_EQ(cache.Find(DigestOf("token"), 1, At(150)), "office");
}

TEST(TokenCaches, NeverHoldMoreThanTheirBytes) {
  TokenCache cache(256 << 10);
  const TokenDigest busy = DigestOf("busy");
  cache.Keep(busy, 1, At(100), Told("busy"));
  for (int i = 0; i < 5'000; ++i) {
    cache.Keep(DigestOf("token " + std::to_string(i)), 1, At(100),
               Told("caller", 1 + i % 8));
    ASSERT_LE(cache.bytes(), std::size_t{256} << 10);
    // What is used stays; the longest unused goes.
    ASSERT_EQ(cache.Find(busy, 1, At(0)), Told("busy")) << i;
  }
  EXPECT_GT(cache.size(), 100U);
  EXPECT_EQ(cache.Find(DigestOf("token 0"), 1, At(0)), std::nullopt);
  EXPECT_NE(cache.Find(DigestOf("token 4999"), 1, At(0)), std::nullopt);
  // One that fits nowhere is not kept, and drives nobody out.
  TokenCache tiny(4 << 10);
  tiny.Keep(busy, 1, At(100), Told("busy", 8));
  EXPECT_EQ(tiny.size(), 0U);
}

TEST(TokenCaches, HoldNothingBesidesForAnotherCacheOrOtherKeys) {
  TokenCache cache(kMiB);
  TokenCache other(kMiB);
  const TokenDigest digest = DigestOf("token");
  cache.Keep(digest, 1, At(100), "office");
  other.Keep(digest, 1, At(100), "desk");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(cache.Find(digest, 1, At(0)), "office");
    EXPECT_EQ(other.Find(digest, 1, At(0)), "desk");
  }
  EXPECT_EQ(cache.Find(digest, 2, At(0)), std::nullopt);
  cache.Keep(digest, 2, At(100), "counter");
  EXPECT_EQ(cache.Find(digest, 2, At(0)), "counter");
  EXPECT_EQ(cache.Find(digest, 2, At(100)), std::nullopt);
  EXPECT_EQ(cache.size(), 0U);
  const TokenCache empty(kMiB);
  EXPECT_EQ(other.Find(digest, 1, At(99)), "desk");
}

TEST(TokenCaches, SeeThatATokenIsUsedByOneThreadAlone) {
  TokenCache cache(256 << 10);
  const TokenDigest busy = DigestOf("busy");
  cache.Keep(busy, 1, At(100), Told("busy"));
  for (int i = 0; i < 5'000; ++i) {
    cache.Keep(DigestOf("token " + std::to_string(i)), 1, At(100),
               Told("caller"));
    ASSERT_EQ(cache.Find(busy, 1, At(0)), Told("busy")) << i;
  }
  std::thread([&] {
    EXPECT_EQ(cache.Find(busy, 1, At(0)), Told("busy"));
  }).join();
}

TEST(TokenCaches, HoldTenThousandTokensInLessThan32MiB) {
  TokenCache cache(32 * kMiB);
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < 10'000; ++i) {
    cache.Keep(DigestOf("token " + std::to_string(i)), 1, At(100),
               Told("f81d4fae-7dec-11d0-a765-" + std::to_string(i), 8));
  }
  const auto taken = mallinfo2().uordblks - before;
  EXPECT_EQ(cache.size(), 10'000U);
  EXPECT_LT(cache.bytes(), 32 * kMiB);
  EXPECT_LT(taken, 32 * kMiB);
  // The estimate is none below the truth (a sanitizer's allocator says 0).
  EXPECT_LE(taken, cache.bytes() * 11 / 10);
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_NE(cache.Find(DigestOf("token " + std::to_string(i)), 1, At(0)),
              std::nullopt);
  }
}

TEST(TokenCaches, ServeManyThreads) {
  TokenCache cache(64 << 10);
  std::atomic<std::uint64_t> generation = 1;
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 2'000; ++i) {
        const std::string subject =
            "caller-" + std::to_string(i * (t + 1) % 97);
        const TokenDigest digest = DigestOf(subject);
        const std::uint64_t now = generation.load();
        if (const auto told = cache.Find(digest, now, At(0))) {
          if (*told != subject) ++wrong;
        } else {
          cache.Keep(digest, now, At(100), subject);
        }
        if (i % 500 == 0) ++generation;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_LE(cache.bytes(), std::size_t{64} << 10);
}

}  // namespace
}  // namespace welfare::access
