#include "services/registry/api/registry_streams.h"

#include <string>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/registry/api/change_message.h"
#include "services/registry/errors.h"

namespace welfare::registry {

absl::Status RegistryStreams::StreamChanges(
    const v1::StreamChangesRequest& request, bool first, std::int64_t& sent,
    const Send<std::string>& send) const {
  const HistoryPtr head = live_.Head();
  if (sent < 0) return VersionNegative("after_version", sent);
  if (first && !request.data_incarnation().empty() &&
      !store_.Covers(request.data_incarnation(), kRegistryResource, sent)) {
    return platform::StoreRestored(kRegistryResource,
                                   request.data_incarnation(), sent);
  }
  if (first && sent > head->version()) {
    return VersionNotReached("after_version", sent, head->version());
  }
  ChangeMessage message;
  for (const CommitPtr& commit : head->CommitsAfter(sent)) {
    for (std::size_t at = 0; at < commit->size();) {
      at += message.Add(*head, *commit, at, kChangesPerMessage);
      if (at == commit->size()) sent = commit->version;
      if (message.Full(kChangesPerMessage)) {
        WELFARE_RETURN_IF_ERROR(send(message.Take(sent)));
      }
    }
  }
  // The rest, and always a last word in a stream that ends.
  if (message.size() > 0 || !request.follow()) {
    WELFARE_RETURN_IF_ERROR(send(message.Take(sent)));
  }
  return absl::OkStatus();
}

}  // namespace welfare::registry
