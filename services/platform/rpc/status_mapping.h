#pragma once

#include <grpcpp/support/status.h>

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/wording/language.h"
#include "services/platform/rpc/fit_details.h"
#include "services/platform/rpc/wire_status.h"

namespace welfare::platform {

// Turns a failure into what goes over the wire: code, message, and the details
// of ToWireStatus. INTERNAL and UNKNOWN show `request_id` and nothing else, and
// so does DATA_LOSS that is not said in Japanese as well.
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
