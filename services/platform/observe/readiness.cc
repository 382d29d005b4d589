#include "services/platform/observe/readiness.h"

#include <utility>

#include "services/base/error.h"

namespace welfare::platform {

Readiness::Readiness(std::function<Time()> now) : now_(std::move(now)) {}
Readiness::~Readiness() = default;

void Readiness::Expect(std::string_view part) {
  const std::lock_guard lock(mutex_);
  parts_[std::string(part)] = Part{};
}

void Readiness::Report(std::string_view part, const absl::Status& status,
                       std::chrono::milliseconds good_for) {
  std::string missing;
  if (!status.ok()) missing = base::MessageOf(status);
  if (!status.ok() && missing.empty()) missing = "is not ready";
  const std::lock_guard lock(mutex_);
  parts_[std::string(part)] = Part{
      .missing = std::move(missing), .good_for = good_for, .reported = now_()};
}

void Readiness::Drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

Readiness::Answer Readiness::Look() const {
  Answer answer;
  const Time now = now_();
  const std::lock_guard lock(mutex_);
  if (draining_) answer.text = "The process is stopping.\n";
  for (const auto& [name, part] : parts_) {
    if (!part.missing.empty()) {
      answer.text += name + ": " + part.missing + "\n";
    } else if (part.late(now)) {
      answer.text += name + ": did not say in time whether it is ready\n";
    }
  }
  answer.ready = answer.text.empty();
  answer.text = (answer.ready ? "ready\n" : "not ready\n") + answer.text;
  return answer;
}

std::map<std::string, bool> Readiness::Parts() const {
  std::map<std::string, bool> parts;
  const Time now = now_();
  const std::lock_guard lock(mutex_);
  for (const auto& [name, part] : parts_) {
    parts[name] = !draining_ && part.missing.empty() && !part.late(now);
  }
  return parts;
}

absl::Status SteadyAnswer::Judge(const absl::Status& now) {
  const bool agrees = now.ok() == believed_.ok();
  against_ = agrees ? 0 : against_ + 1;
  const int needed = believed_.ok() ? kToFail : kToRecover;
  if (first_ || agrees || against_ >= needed) {
    believed_ = now;
    against_ = 0;
  }
  first_ = false;
  return believed_;
}

}  // namespace welfare::platform
