// The door before one service.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/budgets/circuit_breaker.h"
#include "gateway/budgets/concurrency_limit.h"

namespace welfare::gateway {

// Lets calls through to a service: as many at a time as it answers in time
// (ConcurrencyLimit), none while it answers none (CircuitBreaker). The others
// wait, in turn by caller and his in turn by connection, so that one who asks
// much waits for himself; where too many wait, the one who asks most is
// refused. Calls that end are refused no more than they wait: a call that is
// dropped leaves its line at once.
//
// Any thread. Invariants: no more than the limit are under way; who waits is
// told once, unless he has left.
class Gate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Options {
    ConcurrencyLimit::Options limit = {};
    CircuitBreaker::Options breaker = {};
    // How many may wait: as many as are answered in this time, as far as it is
    // known, and as are let through at a time, within these. Who comes then is
    // told to come again after twice that time.
    std::chrono::duration<double> wait{0.5};
    int least_waiting = 64;
    int most_waiting = 4096;
    // Off: all calls are let through, unless the breaker is open.
    bool limited = true;
  };

  enum class Refusal {
    kBusy,    // too many wait
    kBroken,  // the service answers nobody
  };
  struct Refused {
    Refusal refusal;
    std::chrono::milliseconds retry_after;
  };
  // Nothing: go ahead.
  using Then = std::function<void(std::optional<Refused>)>;

  // A call's place, in the line and then under way. Ends by destruction; any
  // thread, one at a time.
  class Place {
   public:
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // What came of the call, which went ahead. Without these nothing is learned
    // of it: its caller left, or what it waited for was no work.
    void Answered(std::string_view method);
    // The service could not be reached, or said nothing for long.
    void Unreached();
    void Unheard();

   private:
    friend class Gate;
    struct Call;
    explicit Place(std::shared_ptr<Call> call);
    const std::shared_ptr<Call> call_;
  };

  explicit Gate(Options options,
                std::function<Time()> now = std::chrono::steady_clock::now);
  // Places may outlive it.
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // By whom a call counts, and over which of his connections it comes.
  struct Asking {
    std::string_view caller;
    const void* connection = nullptr;
  };

  // Whether it would be refused now, before anything is made for it.
  std::optional<Refused> Refuse(const Asking& asking) const;
  struct Asked {
    std::unique_ptr<Place> place;  // null: refused
    std::optional<Refused> refused;
    bool goes = false;  // else `then` is called when it is decided
  };
  // Asks for a call. `then` is called once at most, from any thread, perhaps
  // before Ask returns, and must not block. `free`: the call holds no place
  // among those under way, because it waits for something else than the
  // service.
  Asked Ask(const Asking& asking, bool free, Then then);

  int limit() const;
  int under_way() const;
  int waiting() const;

  struct Load {
    int limit = 0;  // 0: none
    int under_way = 0;
    int waiting = 0;
  };
  // Says how it is whenever it is asked, also when the gate is gone. Any
  // thread.
  std::function<Load()> Meter() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace welfare::gateway
