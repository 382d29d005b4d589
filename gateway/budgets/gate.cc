#include "gateway/budgets/gate.h"

#include <algorithm>
#include <list>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace welfare::gateway {
namespace {

// After which who was refused for want of room may come again.
constexpr std::chrono::milliseconds kBusyFor{1000};

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
  using Lane = std::list<Call*>;  // the calls of a connection, in order
  struct Line {
    std::map<const void*, Lane> lanes;
    std::list<const void*> turns;  // the connections of `lanes`
    std::size_t size = 0;

    Lane& Longest() {
      return std::max_element(lanes.begin(), lanes.end(),
                              [](const auto& a, const auto& b) {
                                return a.second.size() < b.second.size();
                              })
          ->second;
    }
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
    return std::max(options.least_waiting, limit.limit());
  }

  bool HasRoom() const {
    return !options.limited || under_way < limit.limit();
  }

  // Who makes room for one more where too many wait: the last of the caller who
  // asks most, or of the own connection that does. Null: nobody asks more.
  Call* Victim(const Asking& asking) {
    const auto longest = std::max_element(
        lines.begin(), lines.end(), [](const auto& a, const auto& b) {
          return a.second.size < b.second.size;
        });
    const auto own = lines.find(asking.caller);
    const std::size_t has = own == lines.end() ? 0 : own->second.size;
    if (has + 1 < longest->second.size) {
      return longest->second.Longest().back();
    }
    if (own == lines.end()) return nullptr;
    const auto lane = own->second.lanes.find(asking.connection);
    const std::size_t there =
        lane == own->second.lanes.end() ? 0 : lane->second.size();
    Lane& most = own->second.Longest();
    return there + 1 < most.size() ? most.back() : nullptr;
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
    auto [line, is_new] = lines.try_emplace(call.caller);
    if (is_new) turns.push_back(call.caller);
    auto [lane, opens] = line->second.lanes.try_emplace(call.connection);
    if (opens) line->second.turns.push_back(call.connection);
    call.at = lane->second.insert(lane->second.end(), &call);
    ++line->second.size;
    ++waiting;
  }

  // Takes `call` out of its lane, which goes when it is empty.
  void Unline(Call& call) {
    const auto line = lines.find(call.caller);
    const auto lane = line->second.lanes.find(call.connection);
    lane->second.erase(call.at);
    --line->second.size;
    --waiting;
    if (!lane->second.empty()) return;
    line->second.turns.remove(call.connection);
    line->second.lanes.erase(lane);
    if (line->second.size != 0) return;
    turns.remove(call.caller);
    lines.erase(line);
  }

  // The next in turn go ahead, as far as there is room.
  void Advance(Told& told) {
    while (waiting > 0 && HasRoom()) {
      turns.splice(turns.end(), turns, turns.begin());
      Line& line = lines.find(turns.back())->second;
      line.turns.splice(line.turns.end(), line.turns, line.turns.begin());
      Call& call = *line.lanes.find(line.turns.back())->second.front();
      Unline(call);
      Begin(call);
      told.emplace_back(std::move(call.then), std::nullopt);
    }
  }

  // Nobody waits for a service that answers nobody.
  void TurnAway(std::chrono::milliseconds retry_after, Told& told) {
    while (waiting > 0) {
      Call& call = *lines.begin()->second.lanes.begin()->second.front();
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
  std::list<std::string> turns;  // the callers of `lines`
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
    state.limit.Answered(
        method,
        std::chrono::duration_cast<std::chrono::microseconds>(at -
                                                              call_->began),
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
