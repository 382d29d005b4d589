// Answers every read from the history in memory; the database is never asked.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/base/clock.h"
#include "services/platform/cache.h"
#include "services/platform/call_context.h"
#include "services/registry/history.h"
#include "services/registry/live_history.h"

namespace welfare::registry {

namespace v1 = ::welfare::registry::v1;

// The reads of the API as plain functions; errors as in the proto. Any thread
// may call it.
class RegistryReader {
 public:
  // All must outlive the reader. `replies` keeps serialised replies under keys
  // that contain the version they speak for; it must not block.
  RegistryReader(const LiveHistory& live, const base::Clock& clock,
                 platform::Cache& replies);

  // These two answer with the bytes of the reply, most often from `replies`.
  // They block only while MustWait.
  absl::Status GetMunicipality(const platform::CallContext& call,
                               const v1::GetMunicipalityRequest& request,
                               std::string& reply) const;
  absl::Status GetRoster(const platform::CallContext& call,
                         const v1::GetRosterRequest& request,
                         std::string& reply) const;

  absl::Status ListMunicipalities(
      const platform::CallContext& call,
      const v1::ListMunicipalitiesRequest& request,
      v1::ListMunicipalitiesResponse& response) const;
  absl::Status ListStatusRecords(const platform::CallContext& call,
                                 const v1::ListStatusRecordsRequest& request,
                                 v1::ListStatusRecordsResponse& response) const;

  // Whether the read would have to wait now: for `min_version`, or for a write
  // under way at `known_at`.
  bool MustWait(const v1::GetMunicipalityRequest& request) const;
  bool MustWait(const v1::GetRosterRequest& request) const;

 private:
  // A version of a history that stays alive while it is read.
  struct Pin {
    HistoryPtr history;
    std::int64_t version = 0;

    RegistryView view() const { return history->At(version); }
  };

  // Returns the head once it has reached `min_version`, pinned to
  // `data_version` (0: to its own).
  absl::StatusOr<Pin> PinVersion(const platform::CallContext& call,
                                 std::int64_t data_version,
                                 std::int64_t min_version) const;

  const LiveHistory& live_;
  const base::Clock& clock_;
  platform::Cache& replies_;
};

}  // namespace welfare::registry
