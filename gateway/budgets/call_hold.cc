#include "gateway/budgets/call_hold.h"

#include <utility>

namespace welfare::gateway {
namespace {

// What is held for a call, with messages that are no larger than half of it.
constexpr std::size_t kCallBytes = std::size_t{32} * 1024;
constexpr std::size_t kSmallMessage = std::size_t{16} * 1024;

std::size_t Counted(std::size_t message) {
  return message <= kSmallMessage ? 0 : message;
}

}  // namespace

CallHold::CallHold(const Seat& seat, std::shared_ptr<Gate::Place> gate)
    : answer_(seat), gate_(std::move(gate)) {}

Room CallHold::Begin(const Seat& seat, std::size_t bytes) {
  Room room = Room::kGiven;
  work_ = Work::Begin(seat, kCallBytes + Counted(bytes), room);
  return room;
}

Room CallHold::HoldSent(std::size_t bytes) {
  if (work_ == nullptr) return Room::kGiven;
  return work_->Hold(kCallBytes + Counted(bytes));
}

Room CallHold::HoldAnswer(std::size_t bytes) {
  return answer_.Hold(Counted(bytes));
}

void CallHold::End() {
  work_ = nullptr;
  gate_ = nullptr;
}

}  // namespace welfare::gateway
