// Messages that speak of submissions, read and checked.
#pragma once

#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"

#include "services/base/names/resource_name.h"
#include "services/survey/store/submission_store.h"
#include "services/survey/submission/intake.h"
#include "services/survey/viewer.h"
#include "welfare/survey/v1/submission.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// How a message that creates a submission names it: by its respondent, and, if
// it does, once more by its name, which may spell the respondent otherwise.
struct CreatedName {
  base::SubmissionName name;
  base::SubmissionName twin;
};

// Errors: INVALID_ARGUMENT, NAME_INVALID, CHECK_DIGIT, CODE_AMBIGUOUS;
// SUBMISSION_INVALID with NAME_CONTRADICTS: the twin is of another round or is
// no name.
absl::StatusOr<CreatedName> ReadCreatedName(
    const v1::CreateSubmissionRequest& request);

// INVALID_ARGUMENT, SUBMISSION_INVALID with NAME_CONTRADICTS.
absl::Status NameContradicts();

// Reads the parts that a mask names, each as the request has it; an empty mask
// names what is populated (AIP-134). Only who sees all answers may say when one
// was received.
//
// Errors: INVALID_ARGUMENT, SUBMISSION_INVALID: more answers than any codebook
// has questions, every path that is unknown, and a day that does not exist.
absl::StatusOr<SubmissionInput> ReadInput(
    const v1::Submission& submission, const google::protobuf::FieldMask& mask,
    const Viewer& viewer);

// Reads a filter by state and kind into `query`.
//
// Errors: INVALID_ARGUMENT, FILTER_INVALID.
absl::Status ReadFilter(const v1::ListSubmissionsRequest& request,
                        SubmissionQuery& query);

}  // namespace welfare::survey
