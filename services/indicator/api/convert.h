// Messages of the API from values, and back. Nothing else reads or writes their
// fields.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "welfare/indicator/v1/indicator.pb.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/type/v1/versions.pb.h"

#include "services/indicator/compute/cell_explanation.h"
#include "services/indicator/definition/definition.h"
#include "services/indicator/figures/figures.h"
#include "services/indicator/round/round_table.h"
#include "services/indicator/statements/misfits.h"
#include "services/indicator/statements/statement.h"

namespace welfare::indicator {

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
