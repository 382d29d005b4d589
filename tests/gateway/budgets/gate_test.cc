#include "gateway/budgets/gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/budgets/caller_rates.h"

namespace welfare::gateway {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using GateTime = Gate::Time;

TEST(CallerRates, GivesEachCallerHisRateAndABurst) {
  GateTime now{std::chrono::seconds(100)};
  CallerRates rates({.calls_per_second = 5, .burst_seconds = 2},
                    [&now] { return now; });
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(rates.Refuse("a")) << i;
  const auto wait = rates.Refuse("a");
  ASSERT_TRUE(wait.has_value());
  EXPECT_EQ(*wait, milliseconds(200));
  EXPECT_FALSE(rates.Refuse("b"));
  now += *wait;
  EXPECT_FALSE(rates.Refuse("a"));
  EXPECT_TRUE(rates.Refuse("a"));
  // Over a minute it is the rate, whatever he tries.
  int made = 0;
  for (int i = 0; i < 60'000; ++i) {
    now += milliseconds(1);
    made += rates.Refuse("a").has_value() ? 0 : 1;
  }
  EXPECT_EQ(made, 300);
}

TEST(CallerRates, LimitsNobodyByDefaultAndForgetsWhoOwesNothing) {
  CallerRates none({});
  for (int i = 0; i < 10'000; ++i) EXPECT_FALSE(none.Refuse("a"));
  EXPECT_EQ(none.known(), 0);
  GateTime now{std::chrono::seconds(100)};
  CallerRates rates({.calls_per_second = 5, .callers = 100},
                    [&now] { return now; });
  for (int i = 0; i < 49; ++i) rates.Refuse("much");
  for (int i = 0; i < 10'000; ++i) rates.Refuse(std::to_string(i));
  EXPECT_LE(rates.known(), 100);
  // Who has most on his account is not who is forgotten.
  EXPECT_FALSE(rates.Refuse("much"));
  EXPECT_TRUE(rates.Refuse("much"));
}

TEST(CircuitBreaker, OpensAfterFailuresWithoutASuccess) {
  const GateTime start{std::chrono::seconds(100)};
  CircuitBreaker breaker({.failures = 3,
                          .pause = milliseconds(100),
                          .longest_pause = milliseconds(300)});
  breaker.Failed(start);
  breaker.Failed(start);
  breaker.Succeeded();
  breaker.Failed(start);
  breaker.Failed(start);
  EXPECT_EQ(breaker.Ask(start), milliseconds(0));
  breaker.Failed(start);
  EXPECT_EQ(breaker.Ask(start), milliseconds(100));
  // Those that were under way tell nothing new.
  breaker.Failed(start + milliseconds(90));
  GateTime now = start + milliseconds(100);
  EXPECT_EQ(breaker.Ask(now), milliseconds(0));
  EXPECT_EQ(breaker.Ask(now), milliseconds(100));  // one probe only
  breaker.Failed(now + milliseconds(1));
  EXPECT_EQ(breaker.Left(now + milliseconds(1)), milliseconds(200));
  now += milliseconds(201);
  EXPECT_EQ(breaker.Ask(now), milliseconds(0));
  breaker.Failed(now);
  EXPECT_EQ(breaker.Left(now), milliseconds(300));  // no longer than that
  now += milliseconds(300);
  EXPECT_EQ(breaker.Ask(now), milliseconds(0));
  breaker.Succeeded();
  EXPECT_TRUE(breaker.closed());
  EXPECT_EQ(breaker.Ask(now), milliseconds(0));
}

// Calls that ask at a gate, and what they were told.
struct Asker {
  explicit Asker(Gate::Options options)
      : gate(options, [this] { return now; }) {}

  struct Call {
    std::unique_ptr<Gate::Place> place;
    bool goes = false;
    std::optional<Gate::Refused> refused;
  };

  std::shared_ptr<Call> Ask(const std::string& caller, bool free = false,
                            const void* connection = nullptr) {
    auto call = std::make_shared<Call>();
    Gate::Asked asked = gate.Ask(
        {caller, connection}, free,
        [this, call = call.get()](std::optional<Gate::Refused> refused) {
          call->goes = !refused.has_value();
          call->refused = refused;
          told.push_back(call);
        });
    call->place = std::move(asked.place);
    if (asked.refused) call->refused = asked.refused;
    if (asked.goes) call->goes = true;
    if (asked.goes || asked.refused) told.push_back(call.get());
    return call;
  }

  GateTime now{std::chrono::seconds(100)};
  std::vector<const Call*> told;  // whether they go ahead
  Gate gate;
};

Gate::Options Small(int limit, int waiting) {
  Gate::Options options{.least_waiting = waiting};
  options.limit.first = limit;
  options.limit.least = limit;
  options.limit.most = limit;
  return options;
}

TEST(Gate, TakesCallersInTurn) {
  Asker asker(Small(1, 10));
  auto first = asker.Ask("a");
  EXPECT_TRUE(first->goes);
  std::vector<std::pair<std::string, std::shared_ptr<Asker::Call>>> calls;
  for (const char* caller : {"a", "a", "a", "b", "c", "b"}) {
    calls.emplace_back(caller, asker.Ask(caller));
    EXPECT_FALSE(calls.back().second->goes);
  }
  EXPECT_EQ(asker.gate.waiting(), 6);
  std::string order;
  auto going = first;
  for (int i = 0; i < 6; ++i) {
    going->place.reset();
    for (auto& [caller, call] : calls) {
      if (call == nullptr || !call->goes) continue;
      order += caller;
      going = std::move(call);
      break;
    }
  }
  EXPECT_EQ(order, "abcaba");
}

TEST(Gate, NeverBeginsACallThatHasLeft) {
  Asker asker(Small(1, 10));
  auto first = asker.Ask("a");
  auto left = asker.Ask("b");
  auto stays = asker.Ask("c");
  left->place.reset();
  first->place.reset();
  EXPECT_FALSE(left->goes);
  EXPECT_FALSE(left->refused);
  EXPECT_TRUE(stays->goes);
  EXPECT_EQ(asker.gate.under_way(), 1);
}

TEST(Gate, RefusesWhoAsksMostWhereTooManyWait) {
  Asker asker(Small(1, 4));
  auto first = asker.Ask("a");
  std::vector<std::shared_ptr<Asker::Call>> calls;
  for (int i = 0; i < 4; ++i) calls.push_back(asker.Ask("a"));
  EXPECT_TRUE(asker.gate.Refuse({"a"}).has_value());
  const auto fifth = asker.Ask("a");
  ASSERT_TRUE(fifth->refused.has_value());
  EXPECT_EQ(fifth->refused->refusal, Gate::Refusal::kBusy);
  EXPECT_GT(fifth->refused->retry_after, milliseconds(0));
  // Another caller takes the place of the last of them.
  EXPECT_FALSE(asker.gate.Refuse({"b"}).has_value());
  const auto other = asker.Ask("b");
  EXPECT_FALSE(other->refused.has_value());
  EXPECT_TRUE(calls.back()->refused.has_value());
  EXPECT_EQ(asker.gate.waiting(), 4);
}

TEST(Gate, TakesTheConnectionsOfACallerInTurnToo) {
  Asker asker(Small(1, 4));
  const int connections[2] = {};
  auto first = asker.Ask("a");
  std::vector<std::shared_ptr<Asker::Call>> calls;
  for (int i = 0; i < 4; ++i) {
    calls.push_back(asker.Ask("a", false, &connections[0]));
  }
  EXPECT_TRUE(asker.Ask("a", false, &connections[0])->refused.has_value());
  // Another connection of his takes the place of the last, and the next turn
  // but one.
  const auto other = asker.Ask("a", false, &connections[1]);
  EXPECT_FALSE(other->refused.has_value());
  EXPECT_TRUE(calls[3]->refused.has_value());
  first->place.reset();
  EXPECT_TRUE(calls[0]->goes);
  calls[0]->place.reset();
  EXPECT_TRUE(other->goes);
}

// As many may wait as will be answered soon, however few are let through at a
// time.
TEST(Gate, LetsAsManyWaitAsAreAnsweredInTime) {
  Gate::Options options = Small(2, 1);
  options.wait = std::chrono::milliseconds(500);
  Asker asker(options);
  for (int i = 0; i < 200; ++i) {  // 100 each second
    asker.now += milliseconds(10);
    asker.Ask("a")->place->Answered("m");
  }
  std::vector<std::shared_ptr<Asker::Call>> calls;
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    calls.push_back(asker.Ask("a"));
    refused += calls.back()->refused.has_value() ? 1 : 0;
  }
  EXPECT_EQ(asker.gate.under_way(), 2);
  EXPECT_NEAR(asker.gate.waiting(), 50, 5);
  EXPECT_EQ(refused, 200 - 2 - asker.gate.waiting());
}

TEST(Gate, HoldsNoPlaceForWhoWaitsForSomethingElse) {
  Asker asker(Small(1, 4));
  auto busy = asker.Ask("a");
  auto waits = asker.Ask("a", true);
  EXPECT_TRUE(waits->goes);
  EXPECT_EQ(asker.gate.under_way(), 1);
}

TEST(Gate, TurnsEverybodyAwayFromAServiceThatAnswersNobody) {
  Gate::Options options = Small(4, 100);
  options.breaker.failures = 4;
  Asker asker(options);
  std::vector<std::shared_ptr<Asker::Call>> calls;
  for (int i = 0; i < 10; ++i) calls.push_back(asker.Ask("a"));
  for (int i = 0; i < 4; ++i)
    calls[static_cast<std::size_t>(i)]->place->Unheard();
  for (std::size_t i = 4; i < 10; ++i) {
    ASSERT_TRUE(calls[i]->refused.has_value());
    EXPECT_EQ(calls[i]->refused->refusal, Gate::Refusal::kBroken);
  }
  calls.clear();
  EXPECT_TRUE(asker.Ask("b")->refused.has_value());
  asker.now += std::chrono::seconds(1);
  const auto probe = asker.Ask("b");
  EXPECT_TRUE(probe->goes);
  EXPECT_TRUE(asker.Ask("b")->refused.has_value());
  probe->place->Answered("m");
  EXPECT_TRUE(asker.Ask("b")->goes);
}

// A service of so many workers, each of which takes 20 ms for a call, behind a
// gate, in simulated time.
struct Simulation {
  explicit Simulation(int service_workers) : workers(service_workers) {}

  // Lets `per_second` calls of `caller` come, by a clock of their own.
  struct Source {
    std::string caller;
    double per_second;
    double due = 0;
    int asked = 0;
    int answered = 0;
  };

  void Run(std::vector<Source>& sources, std::chrono::seconds time) {
    const GateTime end = asker.now + time;
    asker.told.clear();  // of those that were left waiting
    using Asked = std::pair<std::size_t, std::shared_ptr<Asker::Call>>;
    std::unordered_map<const Asker::Call*, Asked> pending;
    // Calls at the service, in the order in which they came.
    std::deque<Asked> queue;
    std::vector<GateTime> free_at(static_cast<std::size_t>(workers), asker.now);
    std::multimap<GateTime, Asked> done;
    while (asker.now < end) {
      asker.now += milliseconds(1);
      for (std::size_t i = 0; i < sources.size(); ++i) {
        Source& source = sources[i];
        source.due += source.per_second / 1000;
        for (; source.due >= 1; source.due -= 1) {
          ++source.asked;
          const auto call = asker.Ask(source.caller);
          pending.emplace(call.get(), Asked(i, call));
        }
      }
      while (!done.empty() && done.begin()->first <= asker.now) {
        auto [source, call] = done.begin()->second;
        done.erase(done.begin());
        ++sources[source].answered;
        call->place->Answered("m");
        call->place.reset();
      }
      for (const Asker::Call* call : std::exchange(asker.told, {})) {
        const auto found = pending.find(call);
        if (call->goes) queue.push_back(found->second);
        pending.erase(found);
      }
      for (GateTime& worker : free_at) {
        if (queue.empty() || worker > asker.now) continue;
        worker = asker.now + milliseconds(20);
        done.emplace(worker, queue.front());
        queue.pop_front();
      }
      most_queued = std::max(most_queued, queue.size());
    }
  }

  const int workers;
  Asker asker{Gate::Options{}};
  std::size_t most_queued = 0;
};

TEST(Gate, KeepsAServiceBusyAtFourTimesItsCapacity) {
  for (const int workers : {1, 8, 40}) {
    Simulation simulation(workers);
    const double capacity = workers * 50;
    std::vector<Simulation::Source> sources = {{"a", capacity * 4}};
    simulation.Run(sources, std::chrono::seconds(20));
    sources[0].answered = 0;
    simulation.most_queued = 0;
    simulation.Run(sources, std::chrono::seconds(20));
    EXPECT_GE(sources[0].answered, capacity * 20 * 0.8) << workers;
    // What waits at the service is what it answers in a second at most.
    EXPECT_LE(static_cast<double>(simulation.most_queued),
              std::max(16.0, capacity))
        << workers;
  }
}

TEST(Gate, LetsNobodyWaitForOneWhoAsksFiftyTimesAsMuch) {
  Simulation simulation(8);
  std::vector<Simulation::Source> sources = {{"greedy", 2000}, {"other", 40}};
  simulation.Run(sources, std::chrono::seconds(20));
  sources[0].asked = sources[0].answered = 0;
  sources[1].asked = sources[1].answered = 0;
  simulation.Run(sources, std::chrono::seconds(20));
  EXPECT_GE(sources[1].answered, sources[1].asked - 20);
  EXPECT_GE(sources[0].answered, 0.8 * (400 - 40) * 20);
}

TEST(ConcurrencyLimit, TakesAMethodForWhatItIs) {
  ConcurrencyLimit limit({.first = 100, .least = 4});
  GateTime now{std::chrono::seconds(100)};
  const auto answers = [&](std::string_view method, milliseconds took) {
    for (int i = 0; i < 1000; ++i) {
      now += milliseconds(10);
      limit.Began(100);
      limit.Answered(method, took, now);
    }
  };
  // A report takes a second even when nothing else is done.
  answers("report", milliseconds(1000));
  EXPECT_GE(limit.limit(), 100);
  const int before = limit.limit();
  answers("read", milliseconds(2));
  EXPECT_GE(limit.limit(), before);
  for (int i = 0; i < 100; ++i) {
    now += milliseconds(10);
    limit.Answered("read", milliseconds(400), now);
  }
  EXPECT_LT(limit.limit(), before);
}

// A service that answers most calls late but in time has enough of them.
TEST(ConcurrencyLimit, GivesMoreOnlyAsLongAsTheyAreAnsweredAtOnce) {
  ConcurrencyLimit limit({.first = 100, .least = 4});
  GateTime now{std::chrono::seconds(100)};
  const auto answers = [&](milliseconds took) {
    for (int i = 0; i < 200; ++i) {
      now += milliseconds(10);
      limit.Began(limit.limit());
      limit.Answered("read", took, now);
    }
  };
  answers(milliseconds(2));
  const int grown = limit.limit();
  EXPECT_GT(grown, 100);
  EXPECT_NEAR(limit.answered_per_second(), 100, 1);
  answers(milliseconds(100));
  EXPECT_EQ(limit.limit(), grown);
  answers(milliseconds(20));
  EXPECT_GT(limit.limit(), grown);
}

// Whatever is asked in whatever order: no more than the limit are under way,
// everybody is told once, and nothing is left.
TEST(Gate, KeepsItsBooksUnderAnything) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&random](std::size_t below) {
      return static_cast<std::size_t>(random() % below);
    };
    Gate::Options options = Small(5, 12);
    options.breaker.failures = 6;
    Asker asker(options);
    std::vector<std::shared_ptr<Asker::Call>> calls;
    for (int step = 0; step < 1500; ++step) {
      asker.now += microseconds(pick(50'000));
      if (pick(2) == 0 || calls.empty()) {
        calls.push_back(
            asker.Ask(std::string(1, static_cast<char>('a' + pick(5))), false,
                      &options + pick(3)));
      } else {
        const std::size_t at = pick(calls.size());
        const auto call = calls[at];
        if (call->goes) {
          const std::size_t came = pick(6);
          if (came < 3) call->place->Answered("m");
          if (came == 4) call->place->Unreached();
        }
        calls.erase(calls.begin() + static_cast<std::ptrdiff_t>(at));
      }
      int going = 0;
      int waiting = 0;
      for (const auto& call : calls) {
        ASSERT_FALSE(call->goes && call->refused.has_value());
        going += call->goes ? 1 : 0;
        waiting += !call->goes && !call->refused.has_value() ? 1 : 0;
      }
      ASSERT_EQ(asker.gate.under_way(), going) << "seed " << seed;
      ASSERT_EQ(asker.gate.waiting(), waiting) << "seed " << seed;
      ASSERT_LE(going, 5);
      ASSERT_LE(waiting, 12);
      ASSERT_TRUE(waiting == 0 || going == 5) << "seed " << seed;
    }
    calls.clear();
    EXPECT_EQ(asker.gate.under_way(), 0);
    EXPECT_EQ(asker.gate.waiting(), 0);
  }
}

}  // namespace
}  // namespace welfare::gateway
