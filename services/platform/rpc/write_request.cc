#include "services/platform/rpc/write_request.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/deterministic_bytes.h"

namespace welfare::platform {
namespace {

// Longer than the 36 characters of a UUID.
constexpr std::size_t kLongestRequestId = 64;

bool IsPlain(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-';
  });
}

}  // namespace

absl::Status CheckRequestId(std::string_view request_id) {
  return request_id.size() > kLongestRequestId || !IsPlain(request_id)
             ? RequestIdInvalid(request_id)
             : absl::OkStatus();
}

absl::StatusOr<WriteRequest> MakeWriteRequest(
    const CallContext& call, const google::protobuf::MessageLite& message,
    std::string_view request_id) {
  WELFARE_RETURN_IF_ERROR(CheckRequestId(request_id));
  return WriteRequest{
      .key = {.request_id = std::string(request_id),
              .method = std::string(call.method),
              .body = DeterministicBytes(message)},
      .actor = call.identity.subject(),
      .authentication = std::string(ToString(call.identity.authentication())),
      .limits = call.limits};
}

}  // namespace welfare::platform
