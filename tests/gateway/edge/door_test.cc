#include "gateway/edge/door.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/raw_connection.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using boost::asio::ip::tcp;
using support::WaitFor;

// A door, and what became of those who came.
struct House {
  // Without `opens` who comes waits until the door is started.
  explicit House(bool opens = true)
      : door([this](const tcp::endpoint& from) -> std::unique_ptr<Guest> {
          ++came;
          if (!from.address().is_loopback() || refuses) return nullptr;
          return std::make_unique<Visitor>(*this);
        }) {
    const auto bound = door.Listen("127.0.0.1:0");
    EXPECT_TRUE(bound.ok()) << bound.status();
    port = static_cast<std::uint16_t>(
        std::stoi(bound->substr(bound->rfind(':') + 1)));
    if (opens) door.Start();
  }
  ~House() {
    door.Shut();
    for (const int descriptor : inside) close(descriptor);
  }

  class Visitor final : public Guest {
   public:
    explicit Visitor(House& house) : house_(house) {}
    bool on_probation() const override { return house_.wary; }
    void LetIn(int descriptor) override {
      house_.inside.push_back(descriptor);
      ++house_.let_in;
    }
    void HasLeft() override { ++house_.left; }

   private:
    House& house_;
  };

  std::atomic<bool> refuses{false};
  std::atomic<bool> wary{false};
  std::atomic<int> came{0};
  std::atomic<int> let_in{0};
  std::atomic<int> left{0};
  std::vector<int> inside;  // the door's thread; ours once it is shut
  std::uint16_t port = 0;
  Door door;
};

// One after the other, each gone before the next comes.
void ComeAndLeave(const House& house, int times) {
  for (int i = 0; i < times; ++i) Raw(house.port).Send("unread");
}

TEST(Door, LetsIn) {
  House house;
  const Raw caller(house.port);
  EXPECT_TRUE(WaitFor([&] { return house.let_in == 1; }));
  EXPECT_EQ(house.left, 0);
}

TEST(Door, ClosesWhoIsRefused) {
  House house;
  house.refuses = true;
  Raw caller(house.port);
  caller.ReadAll(support::kPatience);
  EXPECT_TRUE(caller.closed());
  EXPECT_EQ(house.let_in, 0);
}

TEST(Door, LetsInWhoStaysAndNobodyWhoLeaves) {
  House house(/*opens=*/false);
  house.wary = true;
  // All of them are gone before the door looks at any.
  constexpr int kLeavers = 300;
  ComeAndLeave(house, kLeavers);
  const Raw stays(house.port);
  house.door.Start();
  ASSERT_TRUE(WaitFor([&] { return house.let_in + house.left > kLeavers; }));
  EXPECT_EQ(house.let_in, 1);
  EXPECT_EQ(house.left, kLeavers);
  EXPECT_EQ(house.came, kLeavers + 1);
}

TEST(Door, LetsInNoMoreThanCanBeTurnedTo) {
  House house;
  constexpr int kMost = Door::kMostBehind;
  std::vector<std::unique_ptr<Raw>> callers;
  for (int i = 0; i < kMost + 8; ++i) {
    callers.push_back(std::make_unique<Raw>(house.port));
  }
  ASSERT_TRUE(WaitFor([&] { return house.let_in == kMost; }));
  for (int i = 1; i <= 8; ++i) {
    house.door.TurnedTo();
    EXPECT_TRUE(WaitFor([&] { return house.let_in == kMost + i; })) << i;
  }
  EXPECT_EQ(house.came, kMost + 8);
}

TEST(Door, WhoIsOnProbationWaitsAsTheOthersDo) {
  House house;
  house.wary = true;
  constexpr int kMost = Door::kMostBehind;
  std::vector<std::unique_ptr<Raw>> callers;
  for (int i = 0; i < kMost + 1; ++i) {
    callers.push_back(std::make_unique<Raw>(house.port));
  }
  ASSERT_TRUE(WaitFor([&] { return house.let_in == kMost; }));
  house.door.TurnedTo();
  EXPECT_TRUE(WaitFor([&] { return house.let_in == kMost + 1; }));
}

TEST(Door, GoesOnWhenThereAreDescriptorsAgain) {
  House house;
  const Raw before(house.port);
  ASSERT_TRUE(WaitFor([&] { return house.let_in == 1; }));
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  // No descriptor is left: each that is opened is below the limit until then.
  const rlimit none{.rlim_cur = 256, .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  std::vector<int> filling;
  for (int one = 0; (one = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
    filling.push_back(one);
  }
  ASSERT_FALSE(filling.empty());
  // Our end takes the last; there is none for the door's.
  close(filling.back());
  filling.pop_back();
  const Raw caller(house.port);
  EXPECT_FALSE(
      WaitFor([&] { return house.came == 2; }, std::chrono::milliseconds(200)));
  for (const int one : filling) close(one);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_TRUE(WaitFor([&] { return house.let_in == 2; }));
  const Raw after(house.port);
  EXPECT_TRUE(WaitFor([&] { return house.let_in == 3; }));
}

TEST(Door, LetsInWhoIsOnProbationWhenItShuts) {
  for (int i = 0; i < 20; ++i) {
    House house;
    house.wary = true;
    const Raw caller(house.port);
    // Sooner than he has shown that he stays, mostly.
    while (house.came == 0) std::this_thread::yield();
    house.door.Shut();
    EXPECT_EQ(house.let_in, 1);
    EXPECT_EQ(house.left, 0);
  }
}

}  // namespace
}  // namespace welfare::gateway
