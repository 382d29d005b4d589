#include "tools/welfarectl/session/answer_timer.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace welfare::ctl {

AnswerTimer::AnswerTimer(grpc::ClientContext& context,
                         std::chrono::microseconds limit)
    : context_(context),
      limit_(limit),
      end_(std::chrono::steady_clock::now() + limit),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void AnswerTimer::Restart() {
  const std::lock_guard lock(mutex_);
  end_ = std::chrono::steady_clock::now() + limit_;
}

grpc::Status AnswerTimer::Explain(const grpc::Status& status) const {
  const std::lock_guard lock(mutex_);
  if (!silent_ || status.error_code() != grpc::StatusCode::CANCELLED) {
    return status;
  }
  return {grpc::StatusCode::DEADLINE_EXCEEDED,
          absl::StrCat("no answer within ",
                       std::chrono::duration<double>(limit_).count(), " s")};
}

void AnswerTimer::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  // A restart moves the end; who wakes at the old one sleeps on.
  while (!stop.stop_requested()) {
    if (std::chrono::steady_clock::now() >= end_) {
      silent_ = true;
      context_.TryCancel();
      return;
    }
    const auto end = end_;
    sleep_.wait_until(lock, stop, end, [] { return false; });
  }
}

}  // namespace welfare::ctl
