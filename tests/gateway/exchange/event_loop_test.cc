#include "gateway/exchange/event_loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>

namespace welfare::gateway {
namespace {

using std::chrono::steady_clock;

// Takes as long as the JSON of a long list.
void WorkLong() {
  const auto end = steady_clock::now() + std::chrono::microseconds(300);
  while (steady_clock::now() < end) continue;
}

class EventLoopTest : public ::testing::Test {
 protected:
  void SetUp() override { loop_.Start(); }
  void TearDown() override { loop_.Stop(); }

  EventLoop loop_;
};

TEST_F(EventLoopTest, LetsWhatIsShortGoBeforeWhatTakesLong) {
  constexpr int kLong = 200;
  int done = 0;
  int done_before = kLong;
  std::promise<void> all;
  loop_.Run([&] {
    for (int i = 0; i < kLong; ++i) {
      loop_.PostLong([&] {
        WorkLong();
        // What comes while the first is done waits for few of the others.
        if (++done == 1) loop_.Post([&] { done_before = done; });
        if (done == kLong) all.set_value();
      });
    }
  });
  all.get_future().wait();
  loop_.Run([&] { EXPECT_LT(done_before, kLong / 4); });
}

TEST_F(EventLoopTest, DoesWhatTakesLongHoweverMuchElseThereIs) {
  int left = 50;
  std::promise<void> all;
  std::function<void()> always;  // there is something ready at any time
  always = [&] {
    WorkLong();
    if (left > 0) loop_.Post(always);
  };
  loop_.Run([&] {
    loop_.Post(always);
    for (int i = 0; i < 50; ++i) {
      loop_.PostLong([&] {
        WorkLong();
        if (--left == 0) all.set_value();
      });
    }
  });
  all.get_future().wait();
  loop_.Run([] {});  // the last of `always`
  loop_.Run([] {});
}

TEST_F(EventLoopTest, MayBeGivenMoreByWhatTakesLong) {
  int left = 10;
  std::promise<void> all;
  std::function<void()> again = [&] {
    if (--left > 0) return loop_.PostLong(again);
    all.set_value();
  };
  loop_.Run([&] { loop_.PostLong(again); });
  all.get_future().wait();
}

}  // namespace
}  // namespace welfare::gateway
