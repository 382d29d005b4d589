// What a call that changes something asks of the write path.
#pragma once

#include <google/protobuf/message_lite.h>

#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/write_path.h"

namespace welfare::platform {

// The write that `call` asks for by `message`, whose request id is
// `request_id`. An id is kept for a month and shown in the audit log, so it is
// short and plain; without one every call is a new request.
//
// Errors: INVALID_ARGUMENT, reason REQUEST_ID_INVALID.
absl::StatusOr<WriteRequest> MakeWriteRequest(
    const CallContext& call, const google::protobuf::MessageLite& message,
    std::string_view request_id);

// Whether a call may have this id; for those that write nothing. Errors: as
// above.
absl::Status CheckRequestId(std::string_view request_id);

template <typename Request>
absl::StatusOr<WriteRequest> MakeWriteRequest(const CallContext& call,
                                              const Request& request) {
  return MakeWriteRequest(call, request, request.request_id());
}

}  // namespace welfare::platform
