// Messages that speak of rounds, read and checked.
#pragma once

#include <set>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/survey/round/life_cycle.h"
#include "services/survey/round/round.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// Reads a round that is to be created.
//
// Errors: INVALID_ARGUMENT, NAME_INVALID; ROUND_INVALID with every violation.
absl::StatusOr<Round> ReadRound(const v1::CreateRoundRequest& request);

// Reads the parts of a round that the mask names, each as the request has it;
// an empty mask names what is populated (AIP-134). What is wrong stands in the
// edit: whether the round is there and may change is said first.
OutlineEdit ReadOutlineEdit(const v1::UpdateRoundRequest& request);

// Reads the municipalities that a request opens a round without, each once.
//
// Errors: INVALID_ARGUMENT, NAME_INVALID, CHECK_DIGIT, CODE_AMBIGUOUS.
absl::StatusOr<std::set<base::MunicipalityCode>> ReadUnknownMunicipalities(
    const google::protobuf::RepeatedPtrField<std::string>& names);

// OK unless the reason of a change is too long.
//
// Errors: INVALID_ARGUMENT, ROUND_INVALID.
absl::Status CheckReason(std::string_view reason);

}  // namespace welfare::survey
