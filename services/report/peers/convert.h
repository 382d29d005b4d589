// Values from messages of the peers.
#pragma once

#include <vector>

#include "absl/status/statusor.h"

#include "services/report/snapshot/snapshot.h"
#include "services/report/template/fit.h"

namespace welfare::indicator::v1 {
class CheckDefinitionsResponse_Fit;
class IndicatorValue;
class Statement;
}  // namespace welfare::indicator::v1
namespace welfare::registry::v1 {
class Roster;
}
namespace welfare::survey::v1 {
class Round;
class RoundProgress;
}  // namespace welfare::survey::v1

namespace welfare::report {

// What peers answered. Errors: INTERNAL, reason PEER_ANSWER_INVALID: a name, a
// date or a kind that cannot be read.
absl::StatusOr<RoundFacts> FromProto(const survey::v1::Round& round);
absl::StatusOr<std::vector<ProgressGroup>> FromProto(
    const survey::v1::RoundProgress& progress);
absl::StatusOr<IndicatorValue> FromProto(
    const indicator::v1::IndicatorValue& value);
absl::StatusOr<Statement> FromProto(const indicator::v1::Statement& statement);
Roster FromProto(const registry::v1::Roster& roster);
IndicatorShape FromProto(
    const indicator::v1::CheckDefinitionsResponse_Fit& fit);

}  // namespace welfare::report
