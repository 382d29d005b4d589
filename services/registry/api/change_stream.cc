#include "services/registry/api/change_stream.h"

#include <algorithm>
#include <utility>

#include "services/platform/errors.h"
#include "services/registry/api/change_message.h"
#include "services/registry/errors.h"

namespace welfare::registry {

using platform::StreamStep;

absl::StatusOr<StreamStep> ChangeStream::Next(std::string& bytes) {
  if (complete_) return StreamStep::End();
  const HistoryPtr head = live_->Head();
  if (!std::exchange(begun_, true)) {
    if (sent_ < 0) return VersionNegative("after_version", sent_);
    if (!data_incarnation_.empty() &&
        !store_->Covers(data_incarnation_, kRegistryResource, sent_)) {
      return platform::StoreRestored(kRegistryResource, data_incarnation_,
                                     sent_);
    }
    if (sent_ > head->version()) {
      return VersionNotReached("after_version", sent_, head->version());
    }
    last_ = head->version();
  }
  const std::int64_t last = follow_ ? head->version() : last_;
  ChangeMessage message(expected_);
  while (sent_ < last && !message.Full(kChangesPerMessage)) {
    const Commit& commit = head->commit(sent_ + 1);
    at_ += message.Add(*head, commit, at_, kChangesPerMessage);
    if (at_ < commit.size()) continue;
    at_ = 0;
    ++sent_;
  }
  if (!message.Full(kChangesPerMessage)) {
    if (follow_ && message.size() == 0) {
      return StreamStep::Wait(
          [sent = sent_](const platform::VersionFeed::Versions& versions) {
            const auto found = versions.find(kRegistryResource);
            return found != versions.end() && found->second > sent;
          });
    }
    complete_ = !follow_;
  }
  bytes = message.Take(sent_);
  expected_ = std::max(expected_, bytes.size());
  return StreamStep::Message();
}

}  // namespace welfare::registry
