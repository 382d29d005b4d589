// Messages of the API from values, and values from messages of the peers.
// Nothing else reads or writes their fields.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "welfare/indicator/v1/indicator.pb.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/registry/v1/status.pb.h"
#include "welfare/survey/v1/codebook.pb.h"
#include "welfare/survey/v1/columns.pb.h"
#include "welfare/survey/v1/round.pb.h"
#include "welfare/type/v1/versions.pb.h"

#include "services/indicator/compute/figures.h"
#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/questionnaire/questionnaire.h"
#include "services/indicator/round/registry_history.h"
#include "services/indicator/round/round_table.h"
#include "services/indicator/statements/misfits.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {

// --- from peers; what cannot be read is INTERNAL, reason PEER_ANSWER ---

absl::StatusOr<RoundHeader> FromProto(const survey::v1::Round& round);
absl::StatusOr<std::shared_ptr<const Questionnaire>> FromProto(
    const survey::v1::Codebook& codebook);
absl::StatusOr<FrameRow> FromProto(const survey::v1::Frame::Row& row);
RawColumn FromProto(const survey::v1::Column& column);
// One year's entries by municipality code.
absl::StatusOr<std::map<std::string, RosterEntry>> FromProto(
    const registry::v1::Roster& roster);

// --- from callers ---

// Errors:
//   INVALID_ARGUMENT, reason BASIS_UNKNOWN.
absl::StatusOr<Basis> FromProto(type::v1::Basis::Kind basis);

// --- to callers ---

v1::Indicator ToProto(const std::string& survey, const Definition& definition,
                      const PopulationDefinition& population);
v1::IndicatorValue ToProto(const std::string& survey, const Figures& figures);
v1::Explanation ToProto(const FrameRow& row,
                        const CellExplanation& explanation);
// `round` is the name of the round the statement is about.
v1::Statement ToProto(const std::string& round, const Statement& statement);
v1::DefinitionMisfit ToProto(const std::string& survey, const Misfit& misfit);
// The indicator and the cells that its values would have.
v1::CheckDefinitionsResponse::Fit FitOf(const Figures& figures);

}  // namespace welfare::indicator
