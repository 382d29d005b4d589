#include "services/registry/api/registry_streams.h"

#include <algorithm>
#include <string>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/registry/api/change_message.h"
#include "services/registry/errors.h"

namespace welfare::registry {

absl::StatusOr<HistoryPtr> RegistryStreams::WaitForChange(
    const platform::CallContext& call, std::int64_t version) const {
  // Two parties may call the wait off: the caller and this process.
  std::stop_source either;
  const auto stop = [&either] { either.request_stop(); };
  const std::stop_callback on_call(call.limits.stop, stop);
  const std::stop_callback on_process(stop_.get_token(), stop);
  absl::StatusOr<HistoryPtr> head = live_.WaitFor(
      version + 1,
      {.deadline = call.limits.deadline, .stop = either.get_token()});
  if (head.ok()) return head;
  if (stop_.stop_requested()) return platform::ShuttingDown();
  if (call.cancelled()) return platform::Cancelled("a stream");
  return head;
}

absl::Status RegistryStreams::StreamChanges(
    const platform::CallContext& call, const v1::StreamChangesRequest& request,
    const Send<std::string>& send) {
  HistoryPtr head = live_.Head();
  std::int64_t sent = request.after_version();
  if (sent < 0) return VersionNegative("after_version", sent);
  if (sent > head->version()) {
    return VersionNotReached("after_version", sent, head->version());
  }
  ChangeMessage message;
  while (true) {
    for (const CommitPtr& commit : head->CommitsAfter(sent)) {
      for (std::size_t at = 0; at < commit->size();) {
        at += message.Add(*head, *commit, at, kChangesPerMessage);
        if (at == commit->size()) sent = commit->version;
        if (message.size() == kChangesPerMessage) {
          WELFARE_RETURN_IF_ERROR(send(message.Take(sent)));
        }
      }
    }
    // The rest, and always a last word in a stream that ends.
    if (message.size() > 0 || !request.follow()) {
      WELFARE_RETURN_IF_ERROR(send(message.Take(sent)));
    }
    if (!request.follow()) return absl::OkStatus();
    WELFARE_ASSIGN_OR_RETURN(head, WaitForChange(call, sent));
  }
}

absl::Status RegistryStreams::WatchVersions(
    const platform::CallContext& call,
    const type::v1::WatchVersionsRequest& request,
    const Send<type::v1::WatchVersionsResponse>& send) {
  const auto& resources = request.resources();
  const bool wanted =
      resources.empty() || std::find(resources.begin(), resources.end(),
                                     kResource) != resources.end();
  HistoryPtr head = live_.Head();
  while (true) {
    type::v1::WatchVersionsResponse message;
    if (wanted) {
      auto& entry = *message.add_entries();
      entry.set_resource(std::string(kResource));
      entry.set_version(head->version());
    }
    WELFARE_RETURN_IF_ERROR(send(message));
    do {
      WELFARE_ASSIGN_OR_RETURN(head, WaitForChange(call, head->version()));
    } while (!wanted);
  }
}

}  // namespace welfare::registry
