// Messages of the API from values, and values from messages. Nothing else
// reads or writes fields of the resources.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message_lite.h"
#include "google/protobuf/timestamp.pb.h"
#include "welfare/registry/v1/lineage.pb.h"
#include "welfare/registry/v1/municipality.pb.h"
#include "welfare/registry/v1/program.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/registry/v1/status.pb.h"

#include "services/base/time/clock.h"
#include "services/registry/history/boundaries.h"
#include "services/registry/history/history.h"
#include "services/registry/history/plans.h"
#include "services/registry/history/roster.h"
#include "services/registry/history/state_digest.h"
#include "services/registry/history/timeline.h"
#include "services/registry/municipality/lineage.h"
#include "services/registry/municipality/municipality.h"
#include "services/registry/program/program.h"
#include "services/registry/program/status.h"
#include "services/registry/program/status_rules.h"

namespace welfare::registry {

google::protobuf::Timestamp ToProto(base::Timestamp time);
base::Timestamp FromProto(const google::protobuf::Timestamp& time);

// Unknown is UNSPECIFIED on the wire: no record says.
v1::Implementing ToProto(std::optional<Implementing> implementing);
v1::Preparation ToProto(Preparation preparation);

// The facts are those of `year`, or of the nearest year in which it exists.
// `created` and `recorded`: when the municipality was first and last recorded.
// `incarnation`, here and below: that of the history, for the entity tag.
v1::Municipality ToProto(std::string_view incarnation,
                         const Municipality& municipality,
                         base::FiscalYear year, base::Timestamp created,
                         base::Timestamp recorded);
// `view` says when `municipality`, one of its own, was recorded.
v1::Municipality ToProto(const RegistryView& view,
                         const Municipality& municipality,
                         base::FiscalYear year);
v1::StatusRecord ToProto(std::string_view incarnation,
                         const StatusRecord& record,
                         base::Timestamp recorded_time);
v1::LineageEvent ToProto(const LineageEvent& event,
                         base::Timestamp recorded_time);
v1::Roster ToProto(const Roster& roster);
v1::Program ToProto(const Program& program, const RegistryView& view);
v1::ProgramTimeline ToProto(const ProgramTimeline& timeline);
v1::BoundaryMapping ToProto(const BoundaryMapping& mapping,
                            const RegistryView& view, base::FiscalYear from,
                            base::FiscalYear to);
// Everything but version and time.
v1::RegistryState ToProto(const RegistryState& state);
// One entry of a municipality's history; `commit` made it.
v1::HistoryEntry ToProto(const MunicipalityRecord& record,
                         const Commit& commit);
v1::HistoryEntry ToProto(std::string_view incarnation,
                         const StatusRecord& record, const Commit& commit);
v1::HistoryEntry ToProto(const LineageEvent& event, const Commit& commit);
// The type a filter asks for; TYPE_UNSPECIFIED: any.
bool Matches(v1::Municipality::Type filter, MunicipalityType type);

}  // namespace welfare::registry
