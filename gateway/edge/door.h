#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace welfare::gateway {

// Somebody who has come to the door and may come in.
class Guest {
 public:
  virtual ~Guest() = default;

  // Whether he must stay a moment before he is let in.
  virtual bool on_probation() const = 0;
  // He stayed, or need not; `descriptor` is his connection, and the guest's
  // from now on.
  virtual void LetIn(int descriptor) = 0;
  // He left first, and his connection is closed.
  virtual void HasLeft() = 0;
};

// Accepts connections at several addresses on a thread of its own: a flood of
// them costs those who serve nothing but the processor.
//
// Who is on probation is let in when he is still there after kProbation. Under
// a flood of connections that are made and left, nearly all of them are closed
// here, several to a system call, and nobody reads what they sent.
//
// Listen any number of times, Start once, then Shut: from one thread.
class Door {
 public:
  static constexpr std::chrono::microseconds kProbation{250};
  // Guests that were let in and not turned to yet; with so many, the rest waits
  // in the system's queue. Else a flood would be weighed by when it was
  // accepted, and not by what it says.
  static constexpr std::size_t kMostBehind = 16;

  // Who comes from there; null where he may not come in. Called on the door's
  // thread.
  using Receive = std::function<std::unique_ptr<Guest>(
      const boost::asio::ip::tcp::endpoint& from)>;

  explicit Door(Receive receive);
  // REQUIRES: shut, or never started.
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  // Binds `address`, "127.0.0.1:7100" or "[::1]:0", and returns it with the
  // port that was bound.
  //
  // Errors:
  //   INVALID_ARGUMENT, SETTING_INVALID: no such form of address.
  //   FAILED_PRECONDITION, ADDRESS_UNAVAILABLE: the port is taken or refused.
  absl::StatusOr<std::string> Listen(std::string_view address);

  void Start();
  // One who was let in is turned to. Any thread.
  void TurnedTo();
  // Lets in who is there, accepts nothing more and ends the thread.
  void Shut();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::gateway
