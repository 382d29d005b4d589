#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/budgets/budget.h"
#include "gateway/exchange/exchange.h"
#include "services/access/address_list.h"
#include "services/platform/observe/metrics.h"

namespace welfare::gateway {

class TlsContext;

// Accepts connections at several addresses, plain or all of them TLS, and
// speaks HTTP/2 or HTTP/1.1 on each: as ALPN says, else told apart by the first
// bytes. One loop per core; a connection stays on the loop that it was given by
// the door.
//
// Listen and Start once, in this order; then Drain, then Stop. All of these
// from one thread.
class Listener {
 public:
  struct Options {
    unsigned loops = 0;  // 0: one per core
    SessionLimits limits;
    // Null: plain. Outlives the listener.
    TlsContext* tls = nullptr;
    // From where callers may come; none: from everywhere. Others are closed
    // before anything is read of them.
    std::optional<access::AddressList> allowed = std::nullopt;
    // Counts those. Outlives the listener.
    platform::Counter* turned_away = nullptr;
  };

  // `budget` says which connections may come in; others are closed at once, and
  // so is one that must make room. It and `dispatcher` outlive the listener;
  // the latter is called from every loop.
  Listener(Options options, Budget& budget, Dispatcher& dispatcher);
  // REQUIRES: stopped, or never started.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // As Door::Listen.
  absl::StatusOr<std::string> Listen(std::string_view address);

  void Start();
  // Accepts nothing more and lets connections finish what they do.
  void Drain();
  // Waits until `deadline` for connections to finish, closes the rest and
  // tells their handlers. The loops still run.
  void CloseAll(std::chrono::steady_clock::time_point deadline);
  // Ends the loops. REQUIRES: nothing posts to them any more.
  void Stop();

  std::size_t connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::gateway
