// What everybody outside has in flight in this process, and what it has cost
// lately, by peer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace welfare::gateway {

// Whether there was room for something.
enum class Room {
  kGiven,
  kPeerFull,  // the peer has its share
  kFull,      // the process has no more
};

// What counts how much of Budget::Limits::waste_allowed: a call that was begun
// and left, a head that was read for a stream that went before anything was
// begun, a connection that was made and asked nothing that could be answered.
inline constexpr double kWastedCall = 1.0;
inline constexpr double kWastedHead = 0.05;
inline constexpr double kWastedConnection = 0.2;
// A call is wasted when its caller leaves within this time without an answer.
// Later it may be the deadline of one who was patient.
inline constexpr std::chrono::seconds kHasty{1};

// What many small requests hold is told in steps, so that it is not told with
// each of them.
constexpr std::size_t InSteps(std::size_t bytes) {
  constexpr std::size_t kStep = std::size_t{32} * 1024;
  return (bytes + kStep - 1) / kStep * kStep;
}

class Seat;

// Connections and bytes of all callers together, and of each peer (PeerKey).
// Every buffer that a caller can make the gateway hold is charged here: heads,
// bodies, answers on their way, calls of services, connections themselves.
//
// A peer has a share of both. Where it has used that up, and another connection
// or request of it comes, one of its own connections makes room: the one that
// has gone longest without finishing anything and waits for nobody but its
// caller, one that never finished anything before one that did. So who holds
// places without using them never shuts out who comes from the same address and
// uses one; who has only just come, and was not heard yet, is spared as long as
// others can make room. The same goes for the process as a whole, where the
// peer with most gives way.
//
// What was done for nobody counts as waste. A peer with too much of it is to
// calm down: its connections are let in no more for a while. Of addresses
// behind which many callers stand (`shared`) they are, and told by Seat::calm
// that they have to earn their places.
//
// Any thread. Invariants: the sum of what is held never exceeds Limits::bytes,
// that of a peer its share by no more than its connections that are closing,
// what was made of its bytes (Share::HoldBeyondShare), and a 4,096th part of
// all for each of its connections.
class Budget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Limits {
    std::size_t bytes = std::size_t{256} << 20;
    std::size_t connections = 4096;
    // A peer's share is one of so many; that of a shared address half.
    std::size_t peers_share = 4;
    // Peers that are remembered though they have nothing in flight. Bounded,
    // since who has a network of its own has addresses without number.
    std::size_t remembered = 16'384;
    // Waste: what is forgiven at once, and each second. One is a call that was
    // begun for a stream which is gone.
    double waste_allowed = 200;
    double waste_forgiven_per_second = 20;
    // True for addresses behind which many callers stand.
    std::function<bool(std::string_view address)> shared = {};
  };

  // What has happened, for metrics. Called with no lock held; any thread.
  struct Observer {
    std::function<void()> connection_evicted = {};
    std::function<void()> connection_refused = {};
    std::function<void(std::string_view peer)> peer_calmed = {};
  };

  explicit Budget(Limits limits);
  Budget(Limits limits, Observer observer,
         std::function<Time()> now = std::chrono::steady_clock::now);
  // Seats and shares may outlive it.
  ~Budget();
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Gives a connection from `address` a place and charges it `bytes`. Null: it
  // may not come in. `leave` is called, once at most and from any thread, when
  // the connection must make room for another; it must not block or come back
  // in here.
  std::unique_ptr<Seat> Enter(std::string_view address, std::size_t bytes,
                              std::function<void()> leave);

  std::size_t connections() const;
  std::size_t bytes() const;
  std::size_t remembered() const;

  // What is in flight, and may be.
  struct Usage {
    std::size_t bytes = 0;
    std::size_t most_bytes = 0;
    std::size_t connections = 0;
    std::size_t most_connections = 0;
  };
  // Says so whenever it is asked, also when the budget is gone. Any thread.
  std::function<Usage()> Meter() const;

 private:
  friend class Seat;
  friend class Share;
  friend class Work;
  struct State;
  struct Peer;
  struct Place;
  std::shared_ptr<State> state_;
};

// A connection's place among all of them. Its shares may outlive it.
class Seat {
 public:
  ~Seat();
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  // Its caller has begun to say what it wants.
  void Heard();
  // It has finished a request: what it holds it uses.
  void Progress();
  // It has cost `amount` for nothing; see Limits::waste_allowed.
  void Waste(double amount);
  // Its peer has wasted too much lately.
  bool calm() const;
  // "192.0.2.7"; who is behind it where no more is known.
  const std::string& peer() const;

 private:
  friend class Budget;
  friend class Share;
  friend class Work;
  explicit Seat(std::shared_ptr<Budget::Place> place);
  const std::shared_ptr<Budget::Place> place_;
};

// Bytes that one request or connection holds; gives them back when it ends.
// One thread at a time.
class Share {
 public:
  explicit Share(const Seat& seat);
  ~Share();
  Share(Share&& other) noexcept
      : place_(std::move(other.place_)), held_(std::exchange(other.held_, 0)) {}
  Share& operator=(Share&&) = delete;

  // Says that it holds so much now. Nothing changes unless kGiven is returned,
  // which less than before always gets.
  Room Hold(std::size_t bytes);
  // The same, whatever the peer has: for what few threads make, one after the
  // other, of bytes that are held already. Of all there may be no more than
  // there may be.
  Room HoldBeyondShare(std::size_t bytes);
  std::size_t held() const { return held_; }

  // Lets the connection take over what is held: its own Hold, while `take` runs
  // and on the same thread, has that much for the asking. What it leaves is
  // given back.
  void HandOver(const std::function<void()>& take);

 private:
  friend class Work;
  Room Change(std::size_t bytes, bool beyond_share);

  std::shared_ptr<Budget::Place> place_;
  std::size_t held_ = 0;
};

// A call of a service under way for a connection, and the bytes it holds: as
// long as there is one, the connection does not wait for its caller. Ends by
// destruction, which may come on any thread. One lock to begin, one to end.
class Work {
 public:
  explicit Work(const Seat& seat);
  // Null where there is no room for `bytes`, as `room` says.
  static std::unique_ptr<Work> Begin(const Seat& seat, std::size_t bytes,
                                     Room& room);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  // As that of a Share.
  Room Hold(std::size_t bytes);

 private:
  struct NotBegun {};
  Work(const Seat& seat, NotBegun) : share_(seat) {}

  Share share_;
  bool begun_ = false;
};

}  // namespace welfare::gateway
