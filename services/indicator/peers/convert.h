// Values from messages of the peers. Nothing else reads their fields.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "welfare/registry/v1/status.pb.h"
#include "welfare/survey/v1/codebook.pb.h"
#include "welfare/survey/v1/columns.pb.h"
#include "welfare/survey/v1/round.pb.h"

#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"

namespace welfare::indicator {

// What cannot be read is INTERNAL, reason PEER_ANSWER.

absl::StatusOr<RoundHeader> FromProto(const survey::v1::Round& round);
absl::StatusOr<std::shared_ptr<const Questionnaire>> FromProto(
    const survey::v1::Codebook& codebook);
absl::StatusOr<FrameRow> FromProto(const survey::v1::Frame::Row& row);
RawColumn FromProto(const survey::v1::Column& column);
// One year's entries by municipality code.
absl::StatusOr<std::map<std::string, RosterEntry>> FromProto(
    const registry::v1::Roster& roster);

}  // namespace welfare::indicator
