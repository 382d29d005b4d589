#include "gateway/budgets/budget.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "gateway/budgets/leaky_bucket.h"
#include "gateway/budgets/peer_key.h"

namespace welfare::gateway {
namespace {

// A peer calms down when its waste has fallen to this part of what is allowed,
// and cannot be further above than twice: it is let in again before long.
constexpr double kForgiven = 0.5;
constexpr double kMostWaste = 2.0;
// A connection that holds no more than this beyond its own cost is not closed
// to make room for bytes.
constexpr std::size_t kWorthClosing = std::size_t{16} * 1024;
// A call that has gone on for so long makes room like one who waits.
constexpr std::chrono::seconds kLongCall{60};
// Who has come has so long to be heard before it makes room like one who was:
// it may be about to ask, or its loop about to read what it asks.
constexpr std::chrono::seconds kBeforeHeard{1};
// One part of so many of all bytes is kept for peers that hold no more than one
// part of so many: nobody is shut out by those who hold much.
constexpr std::size_t kReserve = 8;
constexpr std::size_t kSmallPeer = 64;
// A connection that holds no more than one part of so many of all bytes is let
// in and served though its peer's share is used up: who asks for little does
// not pay for what others of his address make a service work at.
constexpr std::size_t kSmallPlace = 4096;
// Bounds what looking for the biggest peer costs.
constexpr std::chrono::milliseconds kReliefEvery{5};

using Leave = std::vector<std::function<void()>>;

}  // namespace

struct Budget::Peer {
  Peer(const Limits& limits, bool is_shared, std::string peer_name)
      : name(std::move(peer_name)),
        shared(is_shared),
        waste(limits.waste_allowed * kMostWaste,
              limits.waste_forgiven_per_second) {}

  const std::string name;
  const bool shared;
  LeakyBucket waste;
  bool calm = false;
  std::size_t connections = 0;
  std::size_t bytes = 0;
  // By when they came or last finished something, longest ago first.
  std::list<Place*> unheard;  // nothing has come from their callers yet
  std::list<Place*> begun;    // something has, and nothing was finished yet
  std::list<Place*> waiting;  // for their callers to ask for more
  std::list<Place*> working;  // for whom a service works
};

struct Budget::Place {
  std::shared_ptr<State> state;
  std::shared_ptr<Peer> peer;
  std::function<void()> leave;
  std::list<Place*>::iterator at;
  Time since;
  std::size_t own_bytes = 0;
  std::size_t handed_over = 0;  // of its bytes, those of no share at the moment
  std::size_t bytes = 0;        // own_bytes and those of its shares
  int calls = 0;
  bool heard = false;
  bool proven = false;  // has finished something
  bool gone = false;    // the connection is closed, or is told to

  std::list<Place*>& line() const {
    if (calls > 0) return peer->working;
    if (proven) return peer->waiting;
    return heard ? peer->begun : peer->unheard;
  }
};

struct Budget::State : std::enable_shared_from_this<State> {
  State(Limits budget_limits, Observer budget_observer,
        std::function<Time()> budget_now)
      : limits(std::move(budget_limits)),
        observer(std::move(budget_observer)),
        now(std::move(budget_now)) {}

  std::size_t ShareOf(const Peer& peer, std::size_t whole) const {
    return peer.shared ? whole / 2 : whole / limits.peers_share;
  }

  // All that follow are called with the lock held.

  std::shared_ptr<Peer> FindPeer(std::string_view address) {
    const PeerKey key = PeerKey::Of(address);
    if (const auto found = peers.find(key); found != peers.end()) {
      return found->second;
    }
    if (peers.size() >= limits.remembered) Forget();
    const bool shared = limits.shared && limits.shared(address);
    auto peer = std::make_shared<Peer>(limits, shared, key.ToString());
    peers.emplace(key, peer);
    return peer;
  }

  // Forgets who has nothing in flight and nothing to be forgiven; all who have
  // nothing in flight where that is not enough.
  void Forget() {
    const Time at = now();
    const auto idle = [](const Peer& peer) {
      return peer.connections == 0 && peer.bytes == 0;
    };
    std::erase_if(peers, [&](const auto& entry) {
      return idle(*entry.second) && entry.second->waste.Level(at) == 0;
    });
    if (peers.size() < limits.remembered) return;
    std::erase_if(peers,
                  [&](const auto& entry) { return idle(*entry.second); });
  }

  bool IsCalm(Peer& peer) {
    if (peer.calm &&
        peer.waste.Level(now()) <= limits.waste_allowed * kForgiven) {
      peer.calm = false;
    }
    return peer.calm;
  }

  // The connection is no longer counted: it closes.
  void Remove(Place& place, Leave* told) {
    if (place.gone) return;
    place.line().erase(place.at);
    place.gone = true;
    if (--place.peer->connections == 0) present.erase(&*place.peer);
    --total_connections;
    // What it holds is no part of the peer's share any more; of the whole it
    // is until it is free.
    place.peer->bytes -= place.bytes;
    if (told != nullptr) told->push_back(std::move(place.leave));
    place.leave = nullptr;
  }

  // One connection of `peer`, but not of `newcomer`, makes room. False: all of
  // them are of use.
  bool MakeRoom(Peer& peer, std::size_t worth, Leave& told,
                const Place* newcomer = nullptr) {
    using std::chrono::seconds;
    const Time at = now();
    struct Turn {
      std::list<Place*>& line;
      std::chrono::seconds spared;
    };
    const Turn turns[] = {{peer.unheard, kBeforeHeard},
                          {peer.begun, seconds(0)},
                          {peer.waiting, seconds(0)},
                          {peer.working, kLongCall},
                          {peer.unheard, seconds(0)}};
    for (const Turn& turn : turns) {
      for (Place* place : turn.line) {
        if (at - place->since < turn.spared) break;
        if (place == newcomer) continue;
        if (place->bytes - place->own_bytes < worth) continue;
        Remove(*place, &told);
        return true;
      }
    }
    return false;
  }

  // Of those who are connected. REQUIRES: somebody is.
  Peer& Biggest(std::size_t Peer::*by) {
    return **std::max_element(
        present.begin(), present.end(),
        [by](const Peer* a, const Peer* b) { return a->*by < b->*by; });
  }

  Room Take(Place& place, std::size_t more, Leave& told,
            bool beyond_share = false) {
    Peer& peer = *place.peer;
    const std::size_t taken_over = std::min(more, place.handed_over);
    if (taken_over == more) {
      place.handed_over -= more;
      return Room::kGiven;
    }
    more -= taken_over;
    const bool small = peer.bytes + more <= limits.bytes / kSmallPeer;
    const std::size_t open =
        small ? limits.bytes : limits.bytes - limits.bytes / kReserve;
    if (total_bytes + more > open) {
      Relieve(told);
      return Room::kFull;
    }
    const bool little = place.bytes + more <= limits.bytes / kSmallPlace;
    if (!beyond_share && !place.gone &&
        peer.bytes + more > ShareOf(peer, limits.bytes) &&
        !MakeRoom(peer, kWorthClosing, told, &place) && !little) {
      return Room::kPeerFull;
    }
    place.handed_over -= taken_over;
    total_bytes += more;
    place.bytes += more;
    if (!place.gone) peer.bytes += more;
    return Room::kGiven;
  }

  // Bytes are short: the peer with most makes room, for those who come next.
  void Relieve(Leave& told) {
    const Time at = now();
    if (at < next_relief || present.empty()) return;
    next_relief = at + kReliefEvery;
    MakeRoom(Biggest(&Peer::bytes), kWorthClosing, told);
  }

  void GiveBack(Place& place, std::size_t bytes) {
    total_bytes -= bytes;
    place.bytes -= bytes;
    if (!place.gone) place.peer->bytes -= bytes;
  }

  // Moves the place to the end of its line.
  void Requeue(Place& place, int calls, bool finished = false) {
    place.since = now();
    std::list<Place*>& before = place.line();
    place.calls = calls;
    place.heard = true;
    place.proven |= finished;
    if (place.gone) return;
    std::list<Place*>& line = place.line();
    line.splice(line.end(), before, place.at);
  }

  // Without the lock.
  void Tell(const Leave& told) const {
    for (const std::function<void()>& leave : told) {
      if (observer.connection_evicted) observer.connection_evicted();
      if (leave) leave();
    }
  }

  const Limits limits;
  const Observer observer;
  const std::function<Time()> now;
  mutable std::mutex mutex;
  std::map<PeerKey, std::shared_ptr<Peer>> peers;
  std::unordered_set<Peer*> present;  // those with connections
  Time next_relief{};
  std::size_t total_connections = 0;
  std::size_t total_bytes = 0;
};

Budget::Budget(Limits limits) : Budget(std::move(limits), Observer{}) {}

Budget::Budget(Limits limits, Observer observer, std::function<Time()> now)
    : state_(std::make_shared<State>(std::move(limits), std::move(observer),
                                     std::move(now))) {}

Budget::~Budget() = default;

std::unique_ptr<Seat> Budget::Enter(std::string_view address, std::size_t bytes,
                                    std::function<void()> leave) {
  State& state = *state_;
  Leave told;
  auto place = std::make_shared<Place>();
  bool entered = false;
  {
    const std::lock_guard lock(state.mutex);
    const std::shared_ptr<Peer> peer = state.FindPeer(address);
    place->state = state_;
    place->peer = peer;
    place->leave = std::move(leave);
    place->since = state.now();
    entered = peer->shared || !state.IsCalm(*peer);
    if (entered &&
        peer->connections >= state.ShareOf(*peer, state.limits.connections)) {
      entered = state.MakeRoom(*peer, 0, told);
    }
    if (entered && state.total_connections >= state.limits.connections) {
      entered = state.MakeRoom(state.Biggest(&Peer::connections), 0, told);
    }
    if (entered) {
      ++peer->connections;
      state.present.insert(&*peer);
      ++state.total_connections;
      place->at = peer->unheard.insert(peer->unheard.end(), place.get());
      entered = state.Take(*place, bytes, told) == Room::kGiven;
      place->own_bytes = entered ? bytes : 0;
      if (!entered) state.Remove(*place, nullptr);
    }
  }
  state.Tell(told);
  if (entered) return std::unique_ptr<Seat>(new Seat(std::move(place)));
  if (state.observer.connection_refused) state.observer.connection_refused();
  return nullptr;
}

std::size_t Budget::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->total_connections;
}

std::size_t Budget::bytes() const {
  const std::lock_guard lock(state_->mutex);
  return state_->total_bytes;
}

std::function<Budget::Usage()> Budget::Meter() const {
  return [state = state_] {
    const std::lock_guard lock(state->mutex);
    return Usage{.bytes = state->total_bytes,
                 .most_bytes = state->limits.bytes,
                 .connections = state->total_connections,
                 .most_connections = state->limits.connections};
  };
}

std::size_t Budget::remembered() const {
  const std::lock_guard lock(state_->mutex);
  return state_->peers.size();
}

Seat::Seat(std::shared_ptr<Budget::Place> place) : place_(std::move(place)) {}

Seat::~Seat() {
  Budget::State& state = *place_->state;
  const std::lock_guard lock(state.mutex);
  state.Remove(*place_, nullptr);
  state.GiveBack(*place_, std::exchange(place_->own_bytes, 0));
}

void Seat::Heard() {
  Budget::State& state = *place_->state;
  const std::lock_guard lock(state.mutex);
  if (!place_->heard) state.Requeue(*place_, place_->calls);
}

void Seat::Progress() {
  Budget::State& state = *place_->state;
  const std::lock_guard lock(state.mutex);
  state.Requeue(*place_, place_->calls, true);
}

void Seat::Waste(double amount) {
  Budget::State& state = *place_->state;
  bool calmed = false;
  {
    const std::lock_guard lock(state.mutex);
    Budget::Peer& peer = *place_->peer;
    peer.waste.Pour(amount, state.now());
    if (peer.waste.Level(state.now()) > state.limits.waste_allowed) {
      calmed = !std::exchange(peer.calm, true);
    }
  }
  if (calmed && state.observer.peer_calmed) {
    state.observer.peer_calmed(place_->peer->name);
  }
}

bool Seat::calm() const {
  Budget::State& state = *place_->state;
  const std::lock_guard lock(state.mutex);
  return state.IsCalm(*place_->peer);
}

const std::string& Seat::peer() const { return place_->peer->name; }

Share::Share(const Seat& seat) : place_(seat.place_) {}

Share::~Share() {
  if (place_ != nullptr) Hold(0);
}

Room Share::Hold(std::size_t bytes) { return Change(bytes, false); }

Room Share::HoldBeyondShare(std::size_t bytes) { return Change(bytes, true); }

void Share::HandOver(const std::function<void()>& take) {
  Budget::State& state = *place_->state;
  {
    const std::lock_guard lock(state.mutex);
    place_->handed_over += std::exchange(held_, 0);
  }
  take();
  const std::lock_guard lock(state.mutex);
  state.GiveBack(*place_, std::exchange(place_->handed_over, 0));
}

Room Share::Change(std::size_t bytes, bool beyond_share) {
  if (bytes == held_) return Room::kGiven;
  Budget::State& state = *place_->state;
  Leave told;
  Room room = Room::kGiven;
  {
    const std::lock_guard lock(state.mutex);
    if (bytes < held_) {
      state.GiveBack(*place_, held_ - bytes);
    } else {
      room = state.Take(*place_, bytes - held_, told, beyond_share);
    }
  }
  if (room == Room::kGiven) held_ = bytes;
  state.Tell(told);
  return room;
}

Work::Work(const Seat& seat) : share_(seat), begun_(true) {
  Budget::Place& place = *share_.place_;
  const std::lock_guard lock(place.state->mutex);
  place.state->Requeue(place, place.calls + 1);
}

std::unique_ptr<Work> Work::Begin(const Seat& seat, std::size_t bytes,
                                  Room& room) {
  std::unique_ptr<Work> work(new Work(seat, NotBegun{}));
  Budget::Place& place = *work->share_.place_;
  Budget::State& state = *place.state;
  Leave told;
  {
    const std::lock_guard lock(state.mutex);
    room = state.Take(place, bytes, told);
    if (room == Room::kGiven) {
      work->share_.held_ = bytes;
      work->begun_ = true;
      state.Requeue(place, place.calls + 1);
    }
  }
  state.Tell(told);
  return room == Room::kGiven ? std::move(work) : nullptr;
}

Work::~Work() {
  if (!begun_) return;
  Budget::Place& place = *share_.place_;
  const std::lock_guard lock(place.state->mutex);
  place.state->GiveBack(place, std::exchange(share_.held_, 0));
  place.state->Requeue(place, place.calls - 1);
}

Room Work::Hold(std::size_t bytes) { return share_.Hold(bytes); }

}  // namespace welfare::gateway
