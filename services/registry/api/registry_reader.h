// Answers every read from the history in memory. The database is asked only for
// what was known at a moment so near that a write could still be recorded at
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"

#include "services/base/clock.h"
#include "services/base/error.h"
#include "services/platform/cache/cache.h"
#include "services/platform/cache/shared_bytes.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/registry/history/history.h"
#include "services/registry/program/program.h"
#include "services/registry/store/live_history.h"

namespace welfare::registry {

// The reads of the API as plain functions; errors as in the proto. Any thread
// may call it.
class RegistryReader {
 public:
  // All must outlive the reader. `replies` keeps serialised replies under keys
  // that contain the version they speak for, and whose it is; it must not
  // block.
  RegistryReader(LiveHistory& live, const platform::Incarnation& incarnation,
                 const ProgramCatalog& catalog, const base::Clock& clock,
                 platform::Cache& replies);

  // These two answer with the bytes of the reply, most often from `replies`.
  // They block only where Blocks says so.
  absl::Status GetMunicipality(const platform::CallContext& call,
                               const v1::GetMunicipalityRequest& request,
                               platform::SharedBytes& reply) const;
  absl::Status GetRoster(const platform::CallContext& call,
                         const v1::GetRosterRequest& request,
                         platform::SharedBytes& reply) const;

  absl::Status BatchGetMunicipalities(
      const platform::CallContext& call,
      const v1::BatchGetMunicipalitiesRequest& request,
      v1::BatchGetMunicipalitiesResponse& response) const;
  absl::Status ListMunicipalities(
      const platform::CallContext& call,
      const v1::ListMunicipalitiesRequest& request,
      v1::ListMunicipalitiesResponse& response) const;
  absl::Status ResolveMunicipality(
      const platform::CallContext& call,
      const v1::ResolveMunicipalityRequest& request,
      v1::Municipality& response) const;
  absl::Status ListHistory(const platform::CallContext& call,
                           const v1::ListHistoryRequest& request,
                           v1::ListHistoryResponse& response) const;
  absl::Status GetProgram(const platform::CallContext& call,
                          const v1::GetProgramRequest& request,
                          v1::Program& response) const;
  absl::Status ListPrograms(const platform::CallContext& call,
                            const v1::ListProgramsRequest& request,
                            v1::ListProgramsResponse& response) const;
  absl::Status GetProgramTimeline(const platform::CallContext& call,
                                  const v1::GetProgramTimelineRequest& request,
                                  v1::ProgramTimeline& response) const;
  absl::Status ListStatusRecords(const platform::CallContext& call,
                                 const v1::ListStatusRecordsRequest& request,
                                 v1::ListStatusRecordsResponse& response) const;
  absl::Status ListLineageEvents(const platform::CallContext& call,
                                 const v1::ListLineageEventsRequest& request,
                                 v1::ListLineageEventsResponse& response) const;
  absl::Status ListBoundaryMappings(
      const platform::CallContext& call,
      const v1::ListBoundaryMappingsRequest& request,
      v1::ListBoundaryMappingsResponse& response) const;
  absl::Status GetRegistryState(const platform::CallContext& call,
                                const v1::GetRegistryStateRequest& request,
                                v1::RegistryState& response) const;

  // The last version seen.
  std::int64_t version() const { return live_.Head()->version(); }

  // Whether a read of GetMunicipality or GetRoster would block now: for a write
  // under way at `known_at`.
  template <typename Request>
  bool Blocks(const Request& request) const {
    return request.has_known_at() && Blocks(request.known_at());
  }

 private:
  // A version of a history that stays alive while it is read.
  struct Pin {
    HistoryPtr history;
    std::int64_t version = 0;
    // The moment asked about: that of the pinned version, `known_at`, or now.
    base::Timestamp moment;

    RegistryView view() const { return history->At(version); }
  };

  bool Blocks(const google::protobuf::Timestamp& known_at) const;

  // Returns the head, pinned to `data_version` (0: to its own) or to what was
  // known at `known_at`. Who has a `min_version` was parked until the head had
  // it. `seen_version`: that of the page before, which may come from a process
  // that was ahead of this one; the store has it.
  absl::StatusOr<Pin> FindVersion(const platform::CallContext& call,
                                  std::int64_t data_version,
                                  std::int64_t min_version,
                                  const google::protobuf::Timestamp* known_at,
                                  std::int64_t seen_version) const;
  // The same, and refuses a `data_incarnation` whose version of that number may
  // be another one.
  template <typename Request>
  absl::StatusOr<Pin> PinVersion(const platform::CallContext& call,
                                 const Request& request,
                                 std::int64_t seen_version = 0) const {
    auto pin = FindVersion(
        call, request.data_version(), request.min_version(),
        request.has_known_at() ? &request.known_at() : nullptr, seen_version);
    if (pin.ok()) {
      WELFARE_RETURN_IF_ERROR(
          CheckStore(request.data_incarnation(), pin->version));
    } else if (request.data_version() > 0) {
      // One that lies ahead here was reached in another store.
      WELFARE_RETURN_IF_ERROR(
          CheckStore(request.data_incarnation(), request.data_version()));
    }
    return pin;
  }
  absl::Status CheckStore(const std::string& incarnation,
                          std::int64_t version) const;

  // Returns OK when the programme exists and something is recorded for it.
  absl::Status CheckRecorded(const RegistryView& view,
                             std::string_view program) const;

  LiveHistory& live_;
  const platform::Incarnation store_;
  const ProgramCatalog& catalog_;
  const base::Clock& clock_;
  platform::Cache& replies_;
};

}  // namespace welfare::registry
