#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/wording/language.h"
#include "services/platform/rpc/fit_details.h"

namespace welfare::platform {

// Most bytes of google.rpc details. What is beyond it is left out and counted,
// see FitDetails. Channels and servers of ours accept this much; see
// TrimDetails for others.
inline constexpr std::size_t kMaxDetailsBytes = std::size_t{64} * 1024;

// Turns a failure into what goes over the wire: code, message, and a
// google.rpc.Status with exactly one ErrorInfo (`domain`, such as
// "survey.welfare") and at most one each of BadRequest, ResourceInfo,
// PreconditionFailure, RetryInfo and LocalizedMessage. INTERNAL, UNKNOWN and
// DATA_LOSS show `request_id` and nothing else.
// The descriptions of violations are in `language` where they stand in it,
// since google.rpc has no place for two.
grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view domain,
                          std::string_view request_id,
                          base::Language language = base::Language::kEnglish);

// The reverse, on the calling side; details that are no google.rpc.Status are
// ignored.
absl::Status FromGrpcStatus(const grpc::Status& status);

// Leaves violations out until the details fit in `max_bytes`, for callers whose
// gRPC accepts only 8 KiB of metadata. Message and details say so (FitDetails).
grpc::Status TrimDetails(const grpc::Status& status, std::size_t max_bytes);

}  // namespace welfare::platform
