#include "gateway/budgets/budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gateway/budgets/leaky_bucket.h"
#include "gateway/budgets/peer_key.h"
#include "gateway/budgets/rate_floor.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using Time = Budget::Time;
using ::testing::ElementsAre;

constexpr std::size_t kKib = 1024;

// A budget under a clock of the test's, and what it has told.
struct Tried {
  explicit Tried(Budget::Limits limits = {})
      : budget(
            std::move(limits),
            {.connection_evicted = [this] { ++evicted; },
             .connection_refused = [this] { ++refused; },
             .peer_calmed =
                 [this](std::string_view peer) { calmed.emplace_back(peer); }},
            [this] { return now; }) {}

  // A connection; `left` becomes true when it must leave.
  std::unique_ptr<Seat> Enter(const std::string& address,
                              bool* left = nullptr) {
    now += milliseconds(1);
    return budget.Enter(address, kKib, [left] {
      if (left != nullptr) *left = true;
    });
  }

  Time now{Seconds(1000)};
  int evicted = 0;
  int refused = 0;
  std::vector<std::string> calmed;
  Budget budget;
};

TEST(PeerKey, IsAnAddressOrTheNetworkOfAHousehold) {
  const auto key = [](std::string_view text) {
    return PeerKey::Of(text).ToString();
  };
  EXPECT_EQ(key("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(key("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(PeerKey::Of("2001:db8:1:2::1"), PeerKey::Of("2001:db8:1:2:f::"));
  EXPECT_NE(PeerKey::Of("2001:db8:1:2::1"), PeerKey::Of("2001:db8:1:3::1"));
  EXPECT_NE(PeerKey::Of("192.0.2.7"), PeerKey::Of("192.0.2.8"));
  EXPECT_EQ(PeerKey::Of("fe80::1%eth0"), PeerKey::Of("fe80::1"));
  EXPECT_EQ(PeerKey::Of("nonsense"), PeerKey::Of(""));
}

TEST(LeakyBucket, FillsAndEmpties) {
  LeakyBucket bucket(10, 2);
  const Time start{Seconds(5)};
  bucket.Pour(6, start);
  EXPECT_EQ(bucket.Level(start), 6);
  EXPECT_EQ(bucket.Level(start + Seconds(2)), 2);
  EXPECT_EQ(bucket.Level(start + Seconds(9)), 0);
  EXPECT_EQ(bucket.TimeTo(4, start).count(), 1);
  EXPECT_EQ(bucket.TimeTo(7, start).count(), 0);
  bucket.Pour(100, start + Seconds(1));
  EXPECT_EQ(bucket.Level(start + Seconds(1)), 10);
  EXPECT_EQ(bucket.Level(start), 10);  // a clock that goes back changes nothing
}

TEST(RateFloor, EndsWhoSendsNothingHoweverFastHeBegan) {
  const RateFloor::Options options{.grace = Seconds(10),
                                   .bytes_per_second = 1024};
  RateFloor floor;
  std::uint64_t total = 3 << 20;
  EXPECT_TRUE(floor.Wait(options, Seconds(1), total));
  for (int i = 0; i < 9; ++i) {
    EXPECT_TRUE(floor.Wait(options, Seconds(1), total)) << i;
  }
  EXPECT_FALSE(floor.Wait(options, Seconds(1), total));
}

TEST(RateFloor, LetsGoOnWhoKeepsToIt) {
  const RateFloor::Options options{.grace = Seconds(10),
                                   .bytes_per_second = 1024};
  RateFloor floor;
  RateFloor half;
  int half_lasts = 0;
  bool half_goes_on = true;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    EXPECT_TRUE(floor.Wait(options, Seconds(1), i * 1024));
    half_goes_on = half_goes_on && half.Wait(options, Seconds(1), i * 512);
    half_lasts += half_goes_on ? 1 : 0;
  }
  EXPECT_EQ(half_lasts, 19);
  // What was answered meanwhile begins anew.
  half.Reset(1000 * 512);
  EXPECT_TRUE(half.Wait(options, Seconds(10), 1000 * 512));
  EXPECT_FALSE(half.Wait(options, milliseconds(1), 1000 * 512));
}

TEST(Budget, ClosesWhoHasWaitedLongestForARoomOfItsPeer) {
  Tried tried({.connections = 12, .peers_share = 4});
  bool first_left = false;
  bool second_left = false;
  const auto first = tried.Enter("192.0.2.1", &first_left);
  const auto second = tried.Enter("192.0.2.1", &second_left);
  const auto third = tried.Enter("192.0.2.1");
  // It has done something since the second came.
  tried.now += Seconds(1);
  first->Progress();
  const auto fourth = tried.Enter("192.0.2.1");
  ASSERT_NE(fourth, nullptr);
  EXPECT_FALSE(first_left);
  EXPECT_TRUE(second_left);
  EXPECT_EQ(tried.budget.connections(), 3);
  EXPECT_EQ(tried.evicted, 1);
  EXPECT_EQ(tried.refused, 0);
}

TEST(Budget, SparesWhoHasOnlyJustComeAndWasNotHeardYet) {
  Tried tried({.connections = 16});  // four for each peer
  bool left[5] = {};
  const auto first = tried.Enter("192.0.2.1", &left[0]);
  const auto second = tried.Enter("192.0.2.1", &left[1]);
  const auto third = tried.Enter("192.0.2.1", &left[2]);
  const auto fourth = tried.Enter("192.0.2.1", &left[3]);
  // Those who began and did not go on make room, though they came later.
  third->Heard();
  fourth->Heard();
  const auto fifth = tried.Enter("192.0.2.1", &left[4]);
  EXPECT_THAT(left, ElementsAre(false, false, true, false, false));
  // Whoever says nothing for long goes before them.
  tried.now += Seconds(2);
  fifth->Heard();
  const auto sixth = tried.Enter("192.0.2.1");
  EXPECT_THAT(left, ElementsAre(true, false, true, false, false));
  // Where nobody else is there, who came first goes.
  second->Heard();
  const Work working[] = {Work(*second), Work(*fourth), Work(*fifth)};
  bool just_come = false;
  const auto seventh = tried.Enter("192.0.2.1", &just_come);
  EXPECT_NE(seventh, nullptr);
  EXPECT_NE(tried.Enter("192.0.2.1"), nullptr);
  EXPECT_TRUE(just_come);
}

TEST(Budget, NeverClosesWhomAServiceWorksFor) {
  Tried tried({.connections = 8, .peers_share = 4});
  bool left = false;
  const auto busy = tried.Enter("192.0.2.1", &left);
  const auto also = tried.Enter("192.0.2.1", &left);
  auto work = std::make_optional<Work>(*busy);
  Work other(*also);
  EXPECT_EQ(tried.Enter("192.0.2.1"), nullptr);
  EXPECT_EQ(tried.refused, 1);
  // Others are not concerned.
  EXPECT_NE(tried.Enter("192.0.2.2"), nullptr);
  EXPECT_FALSE(left);
  // Its call is answered: it may be asked to go, and so may one that has gone
  // on for a minute.
  work.reset();
  const auto third = tried.Enter("192.0.2.1");
  EXPECT_NE(third, nullptr);
  EXPECT_TRUE(left);
  Work long_one(*third);
  tried.now += Seconds(61);
  EXPECT_NE(tried.Enter("192.0.2.1"), nullptr);
}

TEST(Budget, TheBiggestPeerMakesRoomWhenThereIsNoneAtAll) {
  Tried tried({.connections = 8, .peers_share = 2});
  std::vector<std::unique_ptr<Seat>> seats;
  int left = 0;
  const auto enter = [&](const std::string& address) {
    tried.now += milliseconds(1);
    return tried.budget.Enter(address, kKib, [&left] { ++left; });
  };
  for (int i = 0; i < 4; ++i) seats.push_back(enter("192.0.2.1"));
  for (int i = 0; i < 3; ++i) seats.push_back(enter("192.0.2.2"));
  seats.push_back(enter("192.0.2.3"));
  EXPECT_EQ(left, 0);
  const auto newcomer = enter("192.0.2.4");
  EXPECT_NE(newcomer, nullptr);
  EXPECT_EQ(left, 1);
  EXPECT_EQ(tried.budget.connections(), 8);
}

TEST(Budget, HoldsBytesWithinAPeersShare) {
  Tried tried({.bytes = 1024 * kKib, .peers_share = 4});
  bool left = false;
  const auto seat = tried.Enter("192.0.2.1", &left);
  const auto other = tried.Enter("192.0.2.1");
  Share share(*seat);
  EXPECT_EQ(share.Hold(200 * kKib), Room::kGiven);
  // A second connection of the peer asks for more: the first makes room, and
  // what it holds counts for the whole until it is free.
  Share more(*other);
  EXPECT_EQ(more.Hold(100 * kKib), Room::kGiven);
  EXPECT_TRUE(left);
  EXPECT_EQ(tried.budget.bytes(), 302 * kKib);
  EXPECT_EQ(share.Hold(0), Room::kGiven);
  EXPECT_EQ(tried.budget.bytes(), 102 * kKib);
  // Nobody is there who could make room for this.
  Work work(*other);
  EXPECT_EQ(more.Hold(300 * kKib), Room::kPeerFull);
  EXPECT_EQ(more.held(), 100 * kKib);
}

// Those who hold the share are all served, so that nobody makes room.
TEST(Budget, LetsWhoHoldsLittleBeyondAPeersShare) {
  Tried tried({.bytes = 8192 * kKib, .peers_share = 4});
  const auto seat = tried.Enter("192.0.2.1");
  const Work work(*seat);
  Share share(*seat);
  ASSERT_EQ(share.Hold(2047 * kKib), Room::kGiven);
  const auto newcomer = tried.Enter("192.0.2.1");
  ASSERT_NE(newcomer, nullptr);
  Share little(*newcomer);
  EXPECT_EQ(little.Hold(kKib), Room::kGiven);
  EXPECT_EQ(little.Hold(2 * kKib), Room::kPeerFull);
  EXPECT_EQ(little.held(), kKib);
  EXPECT_EQ(share.Hold(2048 * kKib), Room::kPeerFull);
}

TEST(Budget, LetsWhatIsMadeOfBytesBeyondAPeersShare) {
  Tried tried({.bytes = 1000 * kKib, .peers_share = 4});
  const auto seat = tried.Enter("192.0.2.1");
  Share answer(*seat);
  ASSERT_EQ(answer.Hold(240 * kKib), Room::kGiven);
  Share made(*seat);
  EXPECT_EQ(made.Hold(100 * kKib), Room::kPeerFull);
  EXPECT_EQ(made.HoldBeyondShare(100 * kKib), Room::kGiven);
  EXPECT_EQ(made.HoldBeyondShare(5000 * kKib), Room::kFull);
  EXPECT_EQ(made.held(), 100 * kKib);
  EXPECT_EQ(tried.budget.bytes(), 341 * kKib);
}

TEST(Budget, HandsOverWhatTheConnectionTakes) {
  Tried tried({.bytes = 1000 * kKib, .peers_share = 4});
  const auto seat = tried.Enter("192.0.2.1");
  const auto other = tried.Enter("192.0.2.1");
  Share session(*seat);
  Share answer(*seat);
  Share rival(*other);
  const Work work(*seat);  // so that it makes no room for others
  ASSERT_EQ(answer.Hold(200 * kKib), Room::kGiven);
  answer.HandOver([&] {
    // Nobody else gets it meanwhile.
    EXPECT_EQ(rival.Hold(100 * kKib), Room::kPeerFull);
    EXPECT_EQ(session.Hold(150 * kKib), Room::kGiven);
    EXPECT_EQ(tried.budget.bytes(), 202 * kKib);
  });
  EXPECT_EQ(answer.held(), 0U);
  EXPECT_EQ(tried.budget.bytes(), 152 * kKib);
  EXPECT_EQ(session.Hold(0), Room::kGiven);
  EXPECT_EQ(tried.budget.bytes(), 2 * kKib);
}

TEST(Budget, KeepsAReserveForThoseWhoHoldLittle) {
  Tried tried({.bytes = 8 * 1024 * kKib, .peers_share = 4});
  std::vector<std::unique_ptr<Seat>> seats;
  std::vector<Share> shares;
  std::vector<std::unique_ptr<Work>> works;
  for (int i = 0; i < 4; ++i) {
    seats.push_back(tried.Enter("192.0.2." + std::to_string(i)));
    shares.emplace_back(*seats.back());
    works.push_back(std::make_unique<Work>(*seats.back()));
    EXPECT_EQ(shares.back().Hold(i < 3 ? 2000 * kKib : 1100 * kKib),
              Room::kGiven);
  }
  // Seven eighths are taken; the rest is for small ones.
  EXPECT_EQ(shares.back().Hold(1300 * kKib), Room::kFull);
  const auto small = tried.Enter("192.0.2.9");
  ASSERT_NE(small, nullptr);
  Share share(*small);
  EXPECT_EQ(share.Hold(100 * kKib), Room::kGiven);
  EXPECT_EQ(share.Hold(200 * kKib), Room::kFull);
}

TEST(Budget, CalmsAPeerThatWastesAndForgivesIt) {
  Tried tried({.waste_allowed = 100, .waste_forgiven_per_second = 10});
  const auto seat = tried.Enter("192.0.2.1");
  for (int i = 0; i < 100; ++i) seat->Waste(kWastedCall);
  EXPECT_FALSE(seat->calm());
  seat->Waste(kWastedCall);
  EXPECT_TRUE(seat->calm());
  EXPECT_EQ(tried.calmed, std::vector<std::string>{"192.0.2.1"});
  EXPECT_EQ(tried.Enter("192.0.2.1"), nullptr);
  EXPECT_NE(tried.Enter("192.0.2.2"), nullptr);
  // However much it was, it is over at last.
  seat->Waste(1'000'000);
  tried.now += Seconds(16);
  EXPECT_FALSE(seat->calm());
  EXPECT_NE(tried.Enter("192.0.2.1"), nullptr);
}

TEST(Budget, SlowsDownSharedAddressesAndDoesNotRefuseThem) {
  Tried tried({.connections = 16,
               .peers_share = 4,
               .waste_allowed = 10,
               .shared = [](std::string_view address) {
                 return address == "192.0.2.1";
               }});
  const auto seat = tried.Enter("192.0.2.1");
  seat->Waste(11);
  EXPECT_TRUE(seat->calm());
  const auto other = tried.Enter("192.0.2.1");
  ASSERT_NE(other, nullptr);
  EXPECT_TRUE(other->calm());
  // Half of all places are its own.
  std::vector<std::unique_ptr<Seat>> seats;
  for (int i = 0; i < 6; ++i) seats.push_back(tried.Enter("192.0.2.1"));
  EXPECT_EQ(tried.evicted, 0);
  seats.push_back(tried.Enter("192.0.2.1"));
  EXPECT_EQ(tried.evicted, 1);
}

TEST(Budget, RemembersNoMorePeersThanItMay) {
  Tried tried({.remembered = 100});
  for (int i = 0; i < 10'000; ++i) {
    const auto seat = tried.Enter("10." + std::to_string(i / 65536) + "." +
                                  std::to_string(i / 256 % 256) + "." +
                                  std::to_string(i % 256));
    seat->Waste(1);
  }
  EXPECT_LE(tried.budget.remembered(), 101);
}

// Whatever is done in whatever order: the sums are right, nobody has more than
// his share but for who is about to leave, and everything is given back.
TEST(Budget, KeepsItsBooksUnderAnything) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&random](std::size_t below) {
      return static_cast<std::size_t>(random() % below);
    };
    constexpr std::size_t kBytes = 1024 * kKib;
    Tried tried({.bytes = kBytes, .connections = 40, .peers_share = 4});
    struct Guest {
      std::unique_ptr<Seat> seat;
      std::vector<Share> shares;
      std::vector<std::unique_ptr<Work>> works;
    };
    std::vector<Guest> guests;
    std::vector<Share> orphans;  // of connections that are gone
    for (int step = 0; step < 1500; ++step) {
      const std::size_t what = pick(10);
      if (what < 3 || guests.empty()) {
        Guest guest;
        guest.seat = tried.Enter("10.0.0." + std::to_string(pick(6)));
        if (guest.seat != nullptr) guests.push_back(std::move(guest));
      } else {
        Guest& guest = guests[pick(guests.size())];
        if (what < 5) {
          guest.shares.emplace_back(*guest.seat);
        } else if (what < 7 && !guest.shares.empty()) {
          guest.shares[pick(guest.shares.size())].Hold(pick(64 * kKib));
        } else if (what == 7) {
          guest.works.push_back(std::make_unique<Work>(*guest.seat));
        } else if (what == 8) {
          guest.works.clear();
          guest.seat->Progress();
        } else {
          if (!guest.shares.empty()) {
            orphans.push_back(std::move(guest.shares.back()));
            guest.shares.pop_back();
          }
          std::swap(guest, guests.back());
          guests.pop_back();
        }
      }
      if (orphans.size() > 5) orphans.clear();
      std::size_t held = 0;
      for (const Guest& guest : guests) {
        held += kKib;
        for (const Share& share : guest.shares) held += share.held();
      }
      for (const Share& share : orphans) held += share.held();
      ASSERT_EQ(tried.budget.bytes(), held) << "seed " << seed;
      ASSERT_LE(held, kBytes) << "seed " << seed;
      ASSERT_LE(tried.budget.connections(), 40) << "seed " << seed;
    }
    guests.clear();
    orphans.clear();
    EXPECT_EQ(tried.budget.bytes(), 0) << "seed " << seed;
    EXPECT_EQ(tried.budget.connections(), 0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace welfare::gateway
