// Messages of the API from values, and values from messages. Nothing else
// reads or writes fields of the resources.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "google/protobuf/timestamp.pb.h"
#include "welfare/registry/v1/municipality.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/registry/v1/status.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

#include "services/base/clock.h"
#include "services/registry/csv_import.h"
#include "services/registry/history.h"
#include "services/registry/municipality.h"
#include "services/registry/roster.h"
#include "services/registry/status.h"
#include "services/registry/status_rules.h"

namespace welfare::registry {

namespace v1 = ::welfare::registry::v1;

google::protobuf::Timestamp ToProto(base::Timestamp time);
base::Timestamp FromProto(const google::protobuf::Timestamp& time);

// `view` says when `record`, one of its own, was made.
v1::Municipality ToProto(const RegistryView& view,
                         const MunicipalityRecord& record);
v1::StatusRecord ToProto(const StatusRecord& record,
                         base::Timestamp recorded_time);
v1::Roster ToProto(const Roster& roster);
// `commit` as changes of a stream, from change `first` on and at most `limit`
// of them. Returns how many were added.
std::size_t AddChanges(const History& history, const Commit& commit,
                       std::size_t first, std::size_t limit,
                       v1::StreamChangesResponse& response);
// Everything but request_id and version.
type::v1::ImportResult ToProto(const ImportPlan& plan,
                               std::string_view source_file);

// The type a filter asks for; TYPE_UNSPECIFIED: any.
bool Matches(v1::Municipality::Type filter, MunicipalityType type);

// One record as a caller proposes it, checked as far as possible without the
// registry.
struct ProposedStatus {
  std::string program;
  base::MunicipalityCode municipality;
  StatusProposal proposal;
};

// Errors:
//   INVALID_ARGUMENT, reason NAME_INVALID: `parent` is no programme.
//   INVALID_ARGUMENT, reason STATUS_INVALID: with every violation.
absl::StatusOr<ProposedStatus> FromProto(
    const v1::RecordStatusRequest& request);

// The same bytes for equal messages, for comparing requests.
std::string DeterministicBytes(const google::protobuf::MessageLite& message);

}  // namespace welfare::registry
