// A failure as google.rpc.Status, without gRPC.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/wording/language.h"

namespace google::rpc {
class Status;
}

namespace welfare::platform {

// Most bytes of google.rpc details. What is beyond it is left out and counted,
// see FitDetails. Channels and servers of ours accept this much; see
// TrimDetails for others.
inline constexpr std::size_t kMaxDetailsBytes = std::size_t{64} * 1024;

// Code, message and details of `status`: exactly one ErrorInfo (`domain`, such
// as "survey.welfare") and at most one each of BadRequest, ResourceInfo,
// PreconditionFailure, RetryInfo and LocalizedMessage, which is Japanese. The
// descriptions of violations and preconditions are in `language` where they
// stand in it, since google.rpc has no place for two; for the reason of a
// violation it has none either, and it stands before the description. Hides
// nothing; see ToGrpcStatus.
// REQUIRES: `status` is not OK.
google::rpc::Status ToWireStatus(const absl::Status& status,
                                 std::string_view domain,
                                 base::Language language);

}  // namespace welfare::platform
