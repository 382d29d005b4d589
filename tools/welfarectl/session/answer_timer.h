// How long a stream may be silent.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace grpc {
class ClientContext;
class Status;
}  // namespace grpc

namespace welfare::ctl {

// Cancels a call when no answer comes within a limit. A deadline would count
// from the start of the call, and a large file takes as long as it takes.
class AnswerTimer {
 public:
  // Runs from now on. `context` outlives it.
  AnswerTimer(grpc::ClientContext& context, std::chrono::microseconds limit);

  // An answer has come; the next one has the whole limit again.
  void Restart();

  // What a call that ended with `status` is to be reported as: silence, where
  // that was why it was cancelled. What the server said in the last moment
  // stands.
  grpc::Status Explain(const grpc::Status& status) const;

 private:
  void Run(const std::stop_token& stop);

  grpc::ClientContext& context_;
  const std::chrono::microseconds limit_;
  mutable std::mutex mutex_;
  std::condition_variable_any sleep_;
  std::chrono::steady_clock::time_point end_;
  bool silent_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace welfare::ctl
