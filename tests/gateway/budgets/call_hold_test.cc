#include "gateway/budgets/call_hold.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>

namespace welfare::gateway {
namespace {

constexpr std::size_t kKibi = 1024;

TEST(CallHold, HoldsItsMessagesUntilTheyAreTaken) {
  Budget budget({.bytes = 1024 * kKibi, .peers_share = 1});
  const auto seat = budget.Enter("10.0.0.1", 0, [] {});
  {
    CallHold held(*seat, nullptr);
    EXPECT_EQ(held.Begin(*seat, 100 * kKibi), Room::kGiven);
    EXPECT_EQ(budget.bytes(), 132 * kKibi);
    EXPECT_EQ(held.HoldAnswer(200 * kKibi), Room::kGiven);
    EXPECT_EQ(budget.bytes(), 332 * kKibi);
    EXPECT_EQ(held.HoldSent(0), Room::kGiven);
    EXPECT_EQ(budget.bytes(), 232 * kKibi);
    // What does not fit changes nothing.
    EXPECT_EQ(held.HoldAnswer(1000 * kKibi), Room::kFull);
    EXPECT_EQ(budget.bytes(), 232 * kKibi);
    // Until the answer has been taken it is held.
    held.End();
    EXPECT_EQ(budget.bytes(), 200 * kKibi);
    EXPECT_EQ(held.HoldAnswer(0), Room::kGiven);
    EXPECT_EQ(budget.bytes(), 0);
  }
  EXPECT_EQ(budget.bytes(), 0);
}

TEST(CallHold, SmallMessagesAreWithinWhatACallCosts) {
  Budget budget({.bytes = 1024 * kKibi, .peers_share = 1});
  const auto seat = budget.Enter("10.0.0.1", 0, [] {});
  CallHold held(*seat, nullptr);
  EXPECT_EQ(held.Begin(*seat, 16 * kKibi), Room::kGiven);
  EXPECT_EQ(held.HoldSent(4 * kKibi), Room::kGiven);
  EXPECT_EQ(held.HoldAnswer(16 * kKibi), Room::kGiven);
  EXPECT_EQ(budget.bytes(), 32 * kKibi);
}

// A call for which there is no room is none.
TEST(CallHold, IsNoWorkWithoutRoom) {
  Budget budget({.bytes = 64 * kKibi, .connections = 1, .peers_share = 1});
  const auto seat = budget.Enter("10.0.0.1", 0, [] {});
  CallHold held(*seat, nullptr);
  EXPECT_NE(held.Begin(*seat, 100 * kKibi), Room::kGiven);
  EXPECT_EQ(budget.bytes(), 0);
  EXPECT_NE(budget.Enter("10.0.0.1", 0, [] {}), nullptr);
}

TEST(Budget, IsMeteredAlsoWhenItIsGone) {
  auto budget = std::make_unique<Budget>(
      Budget::Limits{.bytes = 1024 * kKibi, .connections = 7});
  const auto meter = budget->Meter();
  const auto seat = budget->Enter("10.0.0.1", 10 * kKibi, [] {});
  const auto expect = [&meter](std::size_t bytes) {
    const Budget::Usage usage = meter();
    EXPECT_EQ(usage.bytes, bytes);
    EXPECT_EQ(usage.most_bytes, 1024 * kKibi);
    EXPECT_EQ(usage.connections, 1u);
    EXPECT_EQ(usage.most_connections, 7u);
  };
  expect(10 * kKibi);
  CallHold held(*seat, nullptr);
  ASSERT_EQ(held.Begin(*seat, 0), Room::kGiven);
  budget = nullptr;
  expect(42 * kKibi);
}

TEST(Gate, IsMeteredAlsoWhenItIsGone) {
  Gate::Options options;
  options.limit.first = options.limit.least = options.limit.most = 1;
  auto gate = std::make_unique<Gate>(options);
  const auto meter = gate->Meter();
  const auto first = gate->Ask({"a", nullptr}, false, [](auto) {});
  const auto second = gate->Ask({"b", nullptr}, false, [](auto) {});
  gate = nullptr;
  EXPECT_EQ(meter().limit, 1);
  EXPECT_EQ(meter().under_way, 1);
  EXPECT_EQ(meter().waiting, 1);
}

// Who has a call under way is left alone; when it has ended, he makes room.
TEST(CallHold, IsWorkUntilItEnds) {
  bool told = false;
  Budget budget({.bytes = 1024 * kKibi, .connections = 1, .peers_share = 1});
  const auto seat = budget.Enter("10.0.0.1", 0, [&told] { told = true; });
  CallHold held(*seat, nullptr);
  ASSERT_EQ(held.Begin(*seat, 0), Room::kGiven);
  EXPECT_EQ(budget.Enter("10.0.0.1", 0, [] {}), nullptr);
  held.End();
  EXPECT_NE(budget.Enter("10.0.0.1", 0, [] {}), nullptr);
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace welfare::gateway
