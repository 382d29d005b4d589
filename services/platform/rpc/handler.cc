#include "services/platform/rpc/handler.h"

#include <grpcpp/support/slice.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/status_mapping.h"

namespace welfare::platform {
namespace {

constexpr char kRequestIdKey[] = "x-request-id";
constexpr std::size_t kMaxRequestId = 64;

// Ids of callers go into logs and headers: short and plain, or not at all.
bool Acceptable(std::string_view id) {
  return !id.empty() && id.size() <= kMaxRequestId &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                  (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
         });
}

CallLimits::TimePoint SteadyDeadline(
    std::chrono::system_clock::time_point deadline,
    std::chrono::milliseconds default_timeout) {
  const auto left = deadline - std::chrono::system_clock::now();
  const auto now = std::chrono::steady_clock::now();
  // No deadline reads as one far away.
  if (left > std::chrono::hours(24 * 365)) {
    return default_timeout.count() == 0 ? CallLimits::TimePoint::max()
                                        : now + default_timeout;
  }
  return now + left;
}

}  // namespace

absl::Status BeginCall(const CallEnvironment& calls,
                       grpc::ServerContextBase& context, std::stop_token stop,
                       CallContext& call) {
  const auto& metadata = context.client_metadata();
  const MetadataLookup lookup =
      [&](std::string_view key) -> std::optional<std::string_view> {
    const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
    if (found == metadata.end()) return std::nullopt;
    return std::string_view(found->second.data(), found->second.size());
  };
  const std::string_view sent = lookup(kRequestIdKey).value_or("");
  call.request_id = Acceptable(sent) ? std::string(sent) : MakeRequestId();
  // Trailing, not initial: a failure with initial metadata counts as an answer
  // that has begun, and gRPC would not retry it.
  context.AddTrailingMetadata(kRequestIdKey, call.request_id);
  call.limits.deadline =
      SteadyDeadline(context.deadline(), calls.default_timeout);
  call.limits.stop = std::move(stop);
  if (calls.identify) {
    WELFARE_ASSIGN_OR_RETURN(call.identity, calls.identify(lookup));
  }
  return absl::OkStatus();
}

grpc::Status EndCall(const CallEnvironment& calls, const CallContext& call,
                     const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (status.code() == absl::StatusCode::kInternal ||
      status.code() == absl::StatusCode::kUnknown ||
      status.code() == absl::StatusCode::kDataLoss) {
    const std::string reason = base::ReasonOf(status);
    LogError("a call failed", {{"request_id", call.request_id},
                               {"domain", calls.domain},
                               {"reason", reason},
                               {"error", base::MessageOf(status)}});
  }
  return ToGrpcStatus(status, calls.domain, call.request_id);
}

absl::Status FromCurrentException() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return UncaughtException("a handler", exception.what());
  } catch (...) {
    return UncaughtException("a handler", "unknown");
  }
}

grpc::ByteBuffer ToByteBuffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

bool ParseMessage(const grpc::ByteBuffer& buffer,
                  google::protobuf::MessageLite& message) {
  // Nearly always the whole message lies in one piece; a call without any
  // message reads as an empty one.
  grpc::Slice slice;
  if (!buffer.Valid()) return message.ParseFromArray("", 0);
  if (buffer.TrySingleSlice(&slice).ok()) {
    return message.ParseFromArray(slice.begin(),
                                  static_cast<int>(slice.size()));
  }
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return false;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& piece : slices) {
    bytes.append(piece.begin(), piece.end());
  }
  return message.ParseFromString(bytes);
}

absl::Status CheckReplyBytes(std::size_t bytes) {
  if (bytes <= kMostReplyBytes) return absl::OkStatus();
  return base::MakeError(absl::StatusCode::kResourceExhausted,
                         "REPLY_TOO_LARGE",
                         "The answer has more than 4 MiB; ask for less.")
      .With("bytes", static_cast<long long>(bytes));
}

absl::Status UnreadableMessage() {
  return base::MakeError(absl::StatusCode::kInvalidArgument,
                         "MESSAGE_UNREADABLE",
                         "The request is no message of the expected type.");
}

}  // namespace welfare::platform
