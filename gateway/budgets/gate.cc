#include "gateway/budgets/gate.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace welfare::gateway {
namespace {

// After which who was refused for want of room may come again.
constexpr std::chrono::milliseconds kBusyFor{1000};

// Things by their sizes, so that the largest is found at once however many
// there are. Those of size 0 are not in it.
template <typename Thing>
class BySize {
 public:
  void Change(Thing* thing, std::size_t from, std::size_t to) {
    if (from == 0) {
      sizes_.emplace(to, thing);
      return;
    }
    auto node = sizes_.extract({from, thing});
    if (to == 0) return;
    node.value().first = to;
    sizes_.insert(std::move(node));
  }
  // REQUIRES: there is one.
  Thing& Largest() const { return *sizes_.rbegin()->second; }

 private:
  std::set<std::pair<std::size_t, Thing*>> sizes_;
};

}  // namespace

struct Gate::Place::Call {
  std::shared_ptr<State> gate;
  std::string caller;
  const void* connection = nullptr;
  Then then;
  enum class Stage { kWaiting, kUnderWay, kFree, kOver } stage = Stage::kOver;
  std::list<Call*>::iterator at;  // while it waits
  Time began{};
};

struct Gate::State : std::enable_shared_from_this<State> {
  using Call = Place::Call;
  using Stage = Call::Stage;
  // The calls of a connection, in order.
  struct Lane {
    std::list<Call*> calls;
    std::list<Lane*>::iterator turn;
  };
  // Those of a caller.
  struct Line {
    std::map<const void*, Lane> lanes;
    std::list<Lane*> turns;
    BySize<Lane> by_size;
    std::size_t size = 0;
    std::list<Line*>::iterator turn;
  };
  using Lines = std::map<std::string, Line, std::less<>>;  // by caller
  // Whom to tell what, without the lock.
  using Told = std::vector<std::pair<Then, std::optional<Refused>>>;

  State(Options gate_options, std::function<Time()> gate_now)
      : options(gate_options),
        now(std::move(gate_now)),
        limit(options.limit),
        breaker(options.breaker) {}

  int Most() const {
    const double in_time = limit.answered_per_second() * options.wait.count();
    const double most = std::max<double>(in_time, limit.limit());
    return static_cast<int>(
        std::clamp<double>(most, options.least_waiting, options.most_waiting));
  }

  bool HasRoom() const { return !options.limited || under_way < limit.limit(); }

  // Who makes room for one more where too many wait: the last of the caller who
  // asks most, or of the own connection that does. Null: nobody asks more.
  Call* Victim(const Asking& asking) {
    const Line& longest = by_size.Largest();
    const auto own = lines.find(asking.caller);
    const std::size_t has = own == lines.end() ? 0 : own->second.size;
    if (has + 1 < longest.size) return longest.by_size.Largest().calls.back();
    if (own == lines.end()) return nullptr;
    const auto lane = own->second.lanes.find(asking.connection);
    const std::size_t there =
        lane == own->second.lanes.end() ? 0 : lane->second.calls.size();
    const Lane& most = own->second.by_size.Largest();
    return there + 1 < most.calls.size() ? most.calls.back() : nullptr;
  }

  // Whether one more may wait, though another is refused for it.
  bool MayWait(const Asking& asking) {
    return waiting < Most() || Victim(asking) != nullptr;
  }

  void Begin(Call& call) {
    call.stage = Stage::kUnderWay;
    call.began = now();
    ++under_way;
    limit.Began(under_way);
  }

  void LineUp(Call& call) {
    call.stage = Stage::kWaiting;
    const auto [at, is_new] = lines.try_emplace(call.caller);
    Line& line = at->second;
    if (is_new) line.turn = turns.insert(turns.end(), &line);
    const auto [there, opens] = line.lanes.try_emplace(call.connection);
    Lane& lane = there->second;
    if (opens) lane.turn = line.turns.insert(line.turns.end(), &lane);
    call.at = lane.calls.insert(lane.calls.end(), &call);
    line.by_size.Change(&lane, lane.calls.size() - 1, lane.calls.size());
    by_size.Change(&line, line.size, line.size + 1);
    ++line.size;
    ++waiting;
  }

  // Takes `call` out of its lane, which goes when it is empty.
  void Unline(Call& call) {
    const auto at = lines.find(call.caller);
    Line& line = at->second;
    const auto there = line.lanes.find(call.connection);
    Lane& lane = there->second;
    lane.calls.erase(call.at);
    line.by_size.Change(&lane, lane.calls.size() + 1, lane.calls.size());
    by_size.Change(&line, line.size, line.size - 1);
    --line.size;
    --waiting;
    if (!lane.calls.empty()) return;
    line.turns.erase(lane.turn);
    line.lanes.erase(there);
    if (line.size != 0) return;
    turns.erase(line.turn);
    lines.erase(at);
  }

  // The next in turn go ahead, as far as there is room.
  void Advance(Told& told) {
    while (waiting > 0 && HasRoom()) {
      turns.splice(turns.end(), turns, turns.begin());
      Line& line = *turns.back();
      line.turns.splice(line.turns.end(), line.turns, line.turns.begin());
      Call& call = *line.turns.back()->calls.front();
      Unline(call);
      Begin(call);
      told.emplace_back(std::move(call.then), std::nullopt);
    }
  }

  // Nobody waits for a service that answers nobody.
  void TurnAway(std::chrono::milliseconds retry_after, Told& told) {
    while (waiting > 0) {
      Call& call = *turns.front()->turns.front()->calls.front();
      Unline(call);
      call.stage = Stage::kOver;
      told.emplace_back(std::move(call.then),
                        Refused{Refusal::kBroken, retry_after});
    }
  }

  static void Tell(Told& told) {
    for (auto& [then, refused] : told) then(refused);
  }

  const Options options;
  const std::function<Time()> now;
  mutable std::mutex mutex;
  ConcurrencyLimit limit;
  CircuitBreaker breaker;
  Lines lines;
  std::list<Line*> turns;
  BySize<Line> by_size;
  int under_way = 0;
  int waiting = 0;
};

Gate::Gate(Options options, std::function<Time()> now)
    : state_(std::make_shared<State>(options, std::move(now))) {}

Gate::~Gate() = default;

std::optional<Gate::Refused> Gate::Refuse(const Asking& asking) const {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  const auto left = state.breaker.Left(state.now());
  if (left.count() > 0) return Refused{Refusal::kBroken, left};
  if (state.HasRoom() || state.MayWait(asking)) return std::nullopt;
  return Refused{Refusal::kBusy, kBusyFor};
}

Gate::Asked Gate::Ask(const Asking& asking, bool free, Then then) {
  State& state = *state_;
  auto call = std::make_shared<Place::Call>();
  call->gate = state_;
  State::Told told;
  Asked asked;
  {
    const std::lock_guard lock(state.mutex);
    const auto left = state.breaker.Ask(state.now());
    if (left.count() > 0) {
      asked.refused = Refused{Refusal::kBroken, left};
    } else if (free) {
      call->stage = Place::Call::Stage::kFree;
      asked.goes = true;
    } else if (state.HasRoom() && state.waiting == 0) {
      state.Begin(*call);
      asked.goes = true;
    } else if (!state.MayWait(asking)) {
      asked.refused = Refused{Refusal::kBusy, kBusyFor};
    } else {
      if (state.waiting >= state.Most()) {
        State::Call& last = *state.Victim(asking);
        state.Unline(last);
        last.stage = Place::Call::Stage::kOver;
        told.emplace_back(std::move(last.then),
                          Refused{Refusal::kBusy, kBusyFor});
      }
      call->caller = std::string(asking.caller);
      call->connection = asking.connection;
      call->then = std::move(then);
      state.LineUp(*call);
      state.Advance(told);
    }
  }
  if (!asked.refused.has_value()) asked.place.reset(new Place(std::move(call)));
  State::Tell(told);
  return asked;
}

int Gate::limit() const {
  const std::lock_guard lock(state_->mutex);
  return state_->limit.limit();
}

int Gate::under_way() const {
  const std::lock_guard lock(state_->mutex);
  return state_->under_way;
}

int Gate::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->waiting;
}

std::function<Gate::Load()> Gate::Meter() const {
  return [state = state_] {
    const std::lock_guard lock(state->mutex);
    return Load{.limit = state->options.limited ? state->limit.limit() : 0,
                .under_way = state->under_way,
                .waiting = state->waiting};
  };
}

Gate::Place::Place(std::shared_ptr<Call> call) : call_(std::move(call)) {}

Gate::Place::~Place() {
  State& state = *call_->gate;
  State::Told told;
  Then dropped;  // goes without the lock
  {
    const std::lock_guard lock(state.mutex);
    if (call_->stage == Call::Stage::kWaiting) state.Unline(*call_);
    dropped = std::move(call_->then);
    if (call_->stage == Call::Stage::kUnderWay) {
      --state.under_way;
      state.Advance(told);
    }
    call_->stage = Call::Stage::kOver;
  }
  State::Tell(told);
}

void Gate::Place::Answered(std::string_view method) {
  State& state = *call_->gate;
  State::Told told;
  {
    const std::lock_guard lock(state.mutex);
    state.breaker.Succeeded();
    if (call_->stage != Call::Stage::kUnderWay) return;
    const Time at = state.now();
    state.limit.Answered(method,
                         std::chrono::duration_cast<std::chrono::microseconds>(
                             at - call_->began),
                         at);
    state.Advance(told);
  }
  State::Tell(told);
}

void Gate::Place::Unheard() {
  // One that waits for something else than work may hear nothing for long.
  if (call_->stage != Call::Stage::kFree) Unreached();
}

void Gate::Place::Unreached() {
  State& state = *call_->gate;
  State::Told told;
  {
    const std::lock_guard lock(state.mutex);
    state.breaker.Failed(state.now());
    const auto left = state.breaker.Left(state.now());
    if (left.count() > 0) state.TurnAway(left, told);
  }
  State::Tell(told);
}

}  // namespace welfare::gateway
