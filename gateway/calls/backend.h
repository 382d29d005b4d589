#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/budgets/budget.h"
#include "gateway/budgets/call_hold.h"
#include "gateway/budgets/gate.h"
#include "gateway/inward/direct_line.h"
#include "google/rpc/status.pb.h"

namespace grpc {
class Channel;
}

namespace welfare::gateway {

class EventLoop;

// What every call to a backend says.
struct BackendRequest {
  std::string method;  // "/welfare.registry.v1.RegistryService/GetRoster"
  Metadata metadata;
  // Absent: as long as the caller stays.
  std::optional<std::chrono::system_clock::time_point> deadline;
  // Kept until the call has ended, also when it was cancelled long before, and
  // its last message has been handed over. Null: nobody is charged.
  std::shared_ptr<CallHold> held = nullptr;
};

// How a call ended.
struct BackendResult {
  google::rpc::Status status;
  // The service has not said so itself: it is away, or silent until the
  // deadline.
  bool unheard = false;
  // There was none for an answer, which was dropped and the call with it: the
  // status says nothing.
  Room room = Room::kGiven;
  // The same for gRPC callers, whose libraries refuse large trailers: what is
  // left out of the details is told in the message.
  std::string brief_message;
  std::string brief_details;  // the bytes of grpc-status-details-bin
  Metadata initial_metadata;
  Metadata trailing_metadata;
};

// Told of a stream's progress, on the loop that opened it.
class BackendObserver {
 public:
  virtual ~BackendObserver() = default;
  virtual void OnInitialMetadata(const Metadata& metadata) = 0;
  // Answers one Read.
  virtual void OnMessage(std::string message) = 0;
  // Answers one Write; another may follow unless the stream has failed.
  virtual void OnWritten(bool ok) = 0;
  // Last. Every message has been delivered before.
  virtual void OnDone(const BackendResult& result) = 0;
};

// A call with any number of messages in both directions. Used on its loop.
class BackendStream {
 public:
  virtual ~BackendStream() = default;
  // Nothing is written where no room is given.
  // REQUIRES: the write before was answered; WritesDone was not called.
  virtual Room Write(const std::string& message) = 0;
  virtual void WritesDone() = 0;
  // REQUIRES: the read before was answered.
  virtual void Read() = 0;
  // Ends the call; the observer hears nothing more.
  virtual void Cancel() = 0;
};

// A call that can be cancelled while it runs; then nobody is told its end.
class BackendCall {
 public:
  virtual ~BackendCall() = default;
  virtual void Cancel() = 0;
};

// Counts calls that still use their loop. Any thread.
class CallCount {
 public:
  CallCount();
  ~CallCount();
  void Add();
  void Remove();
  // False when calls are left at the deadline.
  bool WaitForNone(std::chrono::milliseconds timeout);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Where a DirectLine leads, and what the service hears of who calls.
struct DirectWay {
  std::string address;  // DirectLine::Reaches it
  std::string user_agent;
};

// One service behind the gateway, reached as a gRPC client of it. Any thread;
// callbacks come on the loop given. Must outlive its calls.
class Backend {
 public:
  // Several channels spread the load over as many connections. Where there is a
  // direct way, unary calls go over a DirectLine of their loop as long as that
  // goes well; every other call over the channels.
  // Of a service that is not `foreign` a failure without details is gRPC's own:
  // CANCELLED then means that the service has left, as UNAVAILABLE does.
  // REQUIRES: calls that got UNAVAILABLE may be made again.
  Backend(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
          CallCount& calls, Gate::Options gate = {},
          std::optional<DirectWay> direct = std::nullopt, bool foreign = false);
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // Unary calls ask here before they are made.
  Gate& gate() { return gate_; }

  using OnUnary =
      std::function<void(const BackendResult& result, std::string message)>;
  std::shared_ptr<BackendCall> CallUnary(EventLoop& loop,
                                         BackendRequest request,
                                         std::string message, OnUnary then);

  std::shared_ptr<BackendStream> OpenStream(
      EventLoop& loop, const BackendRequest& request,
      std::shared_ptr<BackendObserver> observer);

 private:
  struct State;
  Gate gate_;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::gateway
