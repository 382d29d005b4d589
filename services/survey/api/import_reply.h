// What an import answers, and how the rest of its faults is asked for.
#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "services/survey/files/import_plan.h"
#include "services/survey/files/import_run.h"
#include "services/survey/files/reject_list.h"
#include "welfare/survey/v1/survey_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::survey {

// Items that a reply names as unplaced; above, it says `*`.
inline constexpr std::size_t kUnplacedItemsShown = 1'000;

// Returns where the listing of `request` begins: after its `rejects_token`.
//
// Errors: INVALID_ARGUMENT, REJECTS_TOKEN_INVALID.
absl::StatusOr<RejectList::Position> ReadRejectsToken(
    const v1::ImportSubmissionsRequest& request);

// Returns the reply, whose size has a bound whatever the batch.
type::v1::ImportResult ToProto(const ImportOutcome& outcome,
                               const ImportPlan& plan,
                               const v1::ImportSubmissionsRequest& request);

// Cuts a reply that was stored before replies had a bound.
void CutToSize(type::v1::ImportResult& result);

}  // namespace welfare::survey
