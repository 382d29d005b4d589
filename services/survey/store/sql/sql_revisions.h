// How revisions of submissions are written: one, or all of a batch at once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/names/respondent.h"
#include "services/survey/store/sql/sql_change.h"
#include "services/survey/store/submission_store.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// As SubmissionWriter says of its methods.
absl::StatusOr<Submission> AppendRevision(SqlChange& change, Submission next);
absl::Status AppendRevisions(
    SqlChange& change, const base::RoundName& name,
    std::span<const SubmissionWriter::Revision> revisions);

// The id of a respondent's submission to a round; nothing where there is none.
absl::StatusOr<std::optional<std::int64_t>> FindSubmissionId(
    SqlChange& change, std::int64_t round_id,
    const base::Respondent& respondent);

}  // namespace welfare::survey
