// One suite for every Cache, and what is particular to each.
#include "services/platform/cache/cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <thread>
#include <vector>

#include "services/platform/cache/memory_cache.h"
#include "services/platform/cache/redis_cache.h"
#include "tests/support/redis_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using support::RedisServer;
using support::WaitFor;
using ::testing::HasSubstr;
using ::testing::Pointee;

constexpr std::chrono::seconds kHour{3600};

std::unique_ptr<RedisCache> Connected(
    const RedisServer& server, MetricsRegistry& metrics,
    std::chrono::milliseconds timeout = RedisCache::Options{}.timeout) {
  auto cache =
      RedisCache::Make({.url = server.url(),
                        .timeout = timeout,
                        .retry_interval = std::chrono::milliseconds(20)},
                       metrics);
  EXPECT_OK(cache);
  if (!cache.ok()) return nullptr;
  EXPECT_TRUE(WaitFor([&] { return (*cache)->connected(); }));
  return *std::move(cache);
}

struct Kind {
  const char* name;
  bool redis;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class CacheContract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam().redis) {
      server_ = std::make_unique<RedisServer>();
      // A slow machine is no reason for a miss here.
      cache_ = Connected(*server_, metrics_, std::chrono::seconds(10));
    } else {
      cache_ = std::make_unique<MemoryCache>(MemoryCache::Options{}, metrics_);
    }
  }

  MetricsRegistry metrics_;
  std::unique_ptr<RedisServer> server_;
  std::unique_ptr<Cache> cache_;
};

TEST_P(CacheContract, ReturnsWhatWasStored) {
  const std::string value(
      "\0\xff"
      "日本",
      8);
  cache_->Set("key", Share(value), kHour);
  EXPECT_THAT(cache_->Get("key"), Pointee(value));
}

TEST_P(CacheContract, MissesWhatWasNotStored) {
  EXPECT_EQ(cache_->Get("nothing"), nullptr);
}

TEST_P(CacheContract, KeepsAnEmptyValueApartFromAMiss) {
  cache_->Set("empty", Share(""), kHour);
  EXPECT_THAT(cache_->Get("empty"), Pointee(std::string()));
}

TEST_P(CacheContract, TheLastValueWins) {
  cache_->Set("key", Share("a"), kHour);
  cache_->Set("key", Share("b"), kHour);
  EXPECT_THAT(cache_->Get("key"), Pointee(std::string("b")));
}

TEST_P(CacheContract, HoldsAMegabyte) {
  const std::string value(1 << 20, 'x');
  cache_->Set("big", Share(value), kHour);
  EXPECT_THAT(cache_->Get("big"), Pointee(value));
}

TEST_P(CacheContract, ForgetsAfterTheLifetime) {
  cache_->Set("short", Share("v"), std::chrono::seconds(1));
  EXPECT_THAT(cache_->Get("short"), Pointee(std::string("v")));
  EXPECT_TRUE(WaitFor([&] { return cache_->Get("short") == nullptr; }));
}

TEST_P(CacheContract, ServesManyThreads) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string key =
            "k" + std::to_string(t) + "/" + std::to_string(i % 10);
        cache_->Set(key, Share(key), kHour);
        const auto value = cache_->Get(key);
        // A miss is always allowed, a wrong value never.
        if (value != nullptr) {
          EXPECT_EQ(*value, key);
        }
      }
    });
  }
}

TEST_P(CacheContract, CountsHitsAndMisses) {
  cache_->Get("a");
  cache_->Set("a", Share("v"), kHour);
  ASSERT_NE(cache_->Get("a"), nullptr);
  const std::string name = GetParam().redis ? "redis" : "memory";
  const std::string text = metrics_.Expose();
  EXPECT_THAT(text, HasSubstr("welfare_cache_requests_total{cache=\"" + name +
                              "\",result=\"hit\"} 1"));
  EXPECT_THAT(text, HasSubstr("welfare_cache_requests_total{cache=\"" + name +
                              "\",result=\"miss\"} 1"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, CacheContract,
                         ::testing::Values(Kind{"Memory", false},
                                           Kind{"Redis", true}),
                         [](const auto& kind) {
                           return std::string(kind.param.name);
                         });

TEST(MemoryCache, DropsTheLeastRecentlyUsed) {
  MetricsRegistry metrics;
  MemoryCache cache({.capacity_bytes = 4000, .shards = 1}, metrics);
  for (int i = 0; i < 3; ++i) {
    cache.Set("k" + std::to_string(i), Share(std::string(1000, 'x')), kHour);
  }
  ASSERT_NE(cache.Get("k0"), nullptr);  // now k1 is the oldest
  cache.Set("k3", Share(std::string(1000, 'x')), kHour);
  EXPECT_NE(cache.Get("k0"), nullptr);
  EXPECT_EQ(cache.Get("k1"), nullptr);
  cache.Set("huge", Share(std::string(5000, 'x')), kHour);
  EXPECT_EQ(cache.Get("huge"), nullptr);
  EXPECT_NE(cache.Get("k0"), nullptr);
}

// A server that is away answers nobody: each look-up ends by its own bound.
void ExpectMisses(Cache& cache) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(cache.Get("key"), nullptr);
}

TEST(RedisCache, AKilledServerIsAMissUntilItIsBack) {
  MetricsRegistry metrics;
  RedisServer server;
  auto cache = Connected(server, metrics);
  cache->Set("key", Share("value"), kHour);
  ASSERT_NE(cache->Get("key"), nullptr);
  server.Kill();
  ExpectMisses(*cache);
  EXPECT_TRUE(WaitFor([&] { return !cache->connected(); }));
  EXPECT_THAT(metrics.Expose(), HasSubstr("welfare_cache_connected{cache="
                                          "\"redis\"} 0"));
  server.Start();
  EXPECT_TRUE(WaitFor([&] { return cache->connected(); }));
  cache->Set("key", Share("value"), kHour);
  EXPECT_THAT(cache->Get("key"), Pointee(std::string("value")));
}

TEST(RedisCache, AFrozenServerIsAMissWithinTheBound) {
  MetricsRegistry metrics;
  RedisServer server;
  auto cache = Connected(server, metrics);
  cache->Set("key", Share("value"), kHour);
  ASSERT_NE(cache->Get("key"), nullptr);
  server.Freeze();
  ExpectMisses(*cache);
  EXPECT_FALSE(cache->connected());
  server.Thaw();
  EXPECT_TRUE(WaitFor([&] { return cache->connected(); }));
  EXPECT_THAT(cache->Get("key"), Pointee(std::string("value")));
}

TEST(RedisCache, StartsWithoutAServer) {
  MetricsRegistry metrics;
  auto cache =
      RedisCache::Make({.url = "unix:///tmp/welfare-no-such.sock"}, metrics);
  ASSERT_OK(cache);
  ExpectMisses(**cache);
  (*cache)->Set("key", Share("value"), kHour);
}

TEST(RedisCache, DoesNotBelieveWhatItDidNotStore) {
  MetricsRegistry metrics;
  RedisServer server;
  auto cache = Connected(server, metrics);
  cache->Set("a", Share("value of a"), kHour);
  cache->Set("b", Share("value of b"), kHour);
  ASSERT_NE(cache->Get("b"), nullptr);
  const std::unique_ptr<redisContext, decltype(&redisFree)> raw(
      redisConnectUnix(server.url().substr(7).c_str()), &redisFree);
  ASSERT_NE(raw, nullptr);
  const auto run = [&](const char* command) {
    freeReplyObject(redisCommand(raw.get(), command));
  };
  // Another key's value, a changed byte, a list instead of bytes.
  run("COPY welfare:1:a welfare:1:b REPLACE");
  EXPECT_EQ(cache->Get("b"), nullptr);
  run("SETRANGE welfare:1:a 50 X");
  EXPECT_EQ(cache->Get("a"), nullptr);
  run("LPUSH welfare:1:c x");
  EXPECT_EQ(cache->Get("c"), nullptr);
  run("SET welfare:1:d WFC1");
  EXPECT_EQ(cache->Get("d"), nullptr);
}

TEST(RedisCache, RefusesUrlsItDoesNotUnderstand) {
  MetricsRegistry metrics;
  for (const char* url :
       {"http://x", "redis://", "redis://host:port", "redis://host:1/x",
        "unix://relative", "redis://host:99999"}) {
    EXPECT_STATUS(RedisCache::Make({.url = url}, metrics),
                  absl::StatusCode::kInvalidArgument, "CACHE_URL_INVALID")
        << url;
  }
}

TEST(OpenCache, PutsMemoryInFrontOfRedis) {
  MetricsRegistry metrics;
  RedisServer server;
  auto first = OpenCache(server.url(), metrics);
  auto second = OpenCache(server.url(), metrics);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_TRUE(WaitFor([&] {
    (*first)->Set("k", Share("v"), kHour);
    return (*second)->Get("k") != nullptr;
  }));
  server.Kill();
  EXPECT_THAT((*second)->Get("k"), Pointee(std::string("v")));
}

}  // namespace
}  // namespace welfare::platform
