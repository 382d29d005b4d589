// What a call of a service holds of its caller's budget.
#pragma once

#include <cstddef>
#include <memory>

#include "gateway/budgets/budget.h"
#include "gateway/budgets/gate.h"

namespace welfare::gateway {

// A call under way, and its messages between its caller's session and gRPC: one
// in each direction at most. Lives until the call has ended and what came of it
// has been taken, which may be after its caller has gone.
//
// Each direction is told by one thread at a time, and the end by that of what
// is sent. A call of small messages costs a lock when it begins and one when it
// ends.
class CallHold {
 public:
  // `gate`: its place there; null: it never asked.
  CallHold(const Seat& seat, std::shared_ptr<Gate::Place> gate);
  CallHold(const CallHold&) = delete;
  CallHold& operator=(const CallHold&) = delete;

  // The call is under way if there is room for it and its first message of so
  // many bytes. REQUIRES: `seat` is that of the constructor; called once.
  Room Begin(const Seat& seat, std::size_t bytes);

  // Says that a message of so many bytes is on its way to the service, or from
  // it; 0: it has been taken. Nothing changes unless kGiven is returned.
  Room HoldSent(std::size_t bytes);
  Room HoldAnswer(std::size_t bytes);

  // The call has ended: nobody works for it any more, and what was sent has
  // been let go.
  void End();

 private:
  std::unique_ptr<Work> work_;  // and what is sent
  Share answer_;
  std::shared_ptr<Gate::Place> gate_;
};

}  // namespace welfare::gateway
