#include "services/platform/work/version_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/errors.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::platform {
namespace {

using support::WaitFor;

VersionFeed::Until Reaches(const std::string& resource, std::int64_t version) {
  return [=](const VersionFeed::Versions& versions) {
    const auto found = versions.find(resource);
    return found != versions.end() && found->second >= version;
  };
}

// One wait and its end.
class Waiting {
 public:
  Waiting(VersionFeed& feed, const VersionFeed::Until& until,
          const base::CallLimits& limits = {}) {
    feed.Park(limits, until, [end = end_](const absl::Status& status) {
      end->set_value(status);
    });
  }
  absl::Status End() { return end_->get_future().get(); }

 private:
  std::shared_ptr<std::promise<absl::Status>> end_ =
      std::make_shared<std::promise<absl::Status>>();
};

TEST(VersionFeed, WakesWhoWaitsForWhatIsPublished) {
  VersionFeed feed;
  feed.Publish("a", 1);
  Waiting first(feed, Reaches("a", 2));
  Waiting second(feed, Reaches("b", 1));
  feed.Publish("b", 1);
  EXPECT_OK(second.End());
  EXPECT_EQ(feed.waiting(), 1);
  feed.Publish("a", 5);
  EXPECT_OK(first.End());
  EXPECT_EQ(feed.VersionOf("a"), 5);
}

TEST(VersionFeed, WakesAtOnceWhereItHoldsAlready) {
  VersionFeed feed;
  feed.Publish("a", 2);
  EXPECT_OK(Waiting(feed, Reaches("a", 2)).End());
}

TEST(VersionFeed, VersionsOnlyRise) {
  VersionFeed feed;
  feed.Publish("a", 2);
  const VersionFeed::VersionsPtr before = feed.Current();
  feed.Publish("a", 1);
  EXPECT_EQ(feed.Current(), before);
}

TEST(VersionFeed, KnowsNothingBeforeTheFirstWord) {
  VersionFeed feed;
  EXPECT_EQ(feed.Current(), nullptr);
  Waiting any(feed, [](const VersionFeed::Versions&) { return true; });
  feed.Publish(VersionFeed::Versions());
  EXPECT_OK(any.End());
  ASSERT_NE(feed.Current(), nullptr);
  EXPECT_TRUE(feed.Current()->empty());
}

TEST(VersionFeed, AWaitEndsByItsLimits) {
  VersionFeed feed;
  feed.Publish("a", 1);
  EXPECT_STATUS(Waiting(feed, Reaches("a", 2),
                        base::CallLimits::After(std::chrono::milliseconds(1)))
                    .End(),
                absl::StatusCode::kDeadlineExceeded);
  std::stop_source stop;
  Waiting called_off(feed, Reaches("a", 2), {.stop = stop.get_token()});
  stop.request_stop();
  EXPECT_STATUS(called_off.End(), absl::StatusCode::kCancelled);
  // One that is called off before it begins.
  EXPECT_STATUS(
      Waiting(feed, Reaches("a", 2), {.stop = stop.get_token()}).End(),
      absl::StatusCode::kCancelled);
  EXPECT_EQ(feed.waiting(), 0);
}

// What was never announced is seen by the next look.
TEST(VersionFeed, LooksAgainByItself) {
  std::atomic<std::int64_t> stored{1};
  VersionFeed feed({.look_interval = std::chrono::milliseconds(1)});
  feed.Start([&](std::stop_token) -> absl::StatusOr<VersionFeed::Versions> {
    return VersionFeed::Versions{{"a", stored.load()}};
  });
  Waiting waiting(feed, Reaches("a", 2));
  stored = 2;
  EXPECT_OK(waiting.End());
  feed.Stop();
}

TEST(VersionFeed, LooksAtOnceWhenAsked) {
  std::atomic<std::int64_t> stored{1};
  VersionFeed feed({.look_interval = std::chrono::hours(1)});
  feed.Start([&](std::stop_token) -> absl::StatusOr<VersionFeed::Versions> {
    return VersionFeed::Versions{{"a", stored.load()}};
  });
  Waiting waiting(feed, Reaches("a", 2));
  stored = 2;
  feed.LookSoon();
  EXPECT_OK(waiting.End());
  feed.Stop();
}

TEST(VersionFeed, ALookThatFailsIsRepeated) {
  std::atomic<int> looks{0};
  VersionFeed feed({.look_interval = std::chrono::milliseconds(1)});
  feed.Start([&](std::stop_token) -> absl::StatusOr<VersionFeed::Versions> {
    if (++looks < 3) return DatabaseUnavailable("gone");
    return VersionFeed::Versions{{"a", 1}};
  });
  EXPECT_OK(Waiting(feed, Reaches("a", 1)).End());
  feed.Stop();
}

TEST(VersionFeed, RefusesWhoeverComesBeyondItsSeats) {
  VersionFeed feed({.reads = 2, .streams = 1});
  auto first = feed.TakeSeat(VersionFeed::Kind::kRead);
  auto second = feed.TakeSeat(VersionFeed::Kind::kRead);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_STATUS(feed.TakeSeat(VersionFeed::Kind::kRead),
                absl::StatusCode::kResourceExhausted, "TOO_MANY_WAITING");
  // Reads take nothing from streams.
  EXPECT_OK(feed.TakeSeat(VersionFeed::Kind::kStream));
  first = absl::CancelledError("gone");
  EXPECT_OK(feed.TakeSeat(VersionFeed::Kind::kRead));
}

TEST(VersionFeed, LosingTheSourceEndsEveryWait) {
  VersionFeed feed;
  feed.Publish("a", 1);
  Waiting waiting(feed, Reaches("a", 2));
  feed.Lose(DatabaseUnavailable("gone"));
  EXPECT_STATUS(waiting.End(), absl::StatusCode::kUnavailable,
                "DATABASE_UNAVAILABLE");
  EXPECT_EQ(feed.Current(), nullptr);
}

TEST(VersionFeed, StopTellsEverybodyAndRefusesWhoeverComes) {
  VersionFeed feed;
  std::vector<std::unique_ptr<Waiting>> waiting;
  for (int i = 0; i < 100; ++i) {
    waiting.push_back(std::make_unique<Waiting>(feed, Reaches("a", 1)));
  }
  feed.Stop();
  for (const auto& one : waiting) {
    EXPECT_STATUS(one->End(), absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
  }
  EXPECT_STATUS(feed.TakeSeat(VersionFeed::Kind::kRead),
                absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
  EXPECT_STATUS(Waiting(feed, Reaches("a", 1)).End(),
                absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
}

// Who waits, who publishes, who goes and who stops, all at once: every wait
// ends once.
TEST(VersionFeed, EveryWaitEndsOnceWhateverHappens) {
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
  auto feed = std::make_unique<VersionFeed>(
      VersionFeed::Options{.look_interval = std::chrono::milliseconds(1)});
  feed->Start([](std::stop_token) -> absl::StatusOr<VersionFeed::Versions> {
    return VersionFeed::Versions{{"looked", 1}};
  });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 1; i <= 300; ++i) {
          std::stop_source stop;
          base::CallLimits limits;
          limits.stop = stop.get_token();
          if (i % 3 == 0) {
            limits.deadline =
                std::chrono::steady_clock::now() + std::chrono::microseconds(i);
          }
          ++begun;
          feed->Park(limits, Reaches(std::to_string(t), i),
                     [&](const absl::Status&) { ++ended; });
          if (i % 3 == 1) stop.request_stop();
          if (i % 7 == 2) feed->Publish(std::to_string(t), i);
          if (i == 250 && t == 0) feed->Stop();
        }
      });
    }
  }
  feed->Stop();
  EXPECT_EQ(ended.load(), begun.load());
}

}  // namespace
}  // namespace welfare::platform
