#include "services/platform/rpc/handler.h"

#include <grpcpp/support/slice.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/call_observation.h"
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

// The reactor of a call on a pool. Owned by the call: it deletes itself in
// OnDone.
class PooledUnary final : public grpc::ServerUnaryReactor {
 public:
  PooledUnary(const CallEnvironment& calls, WorkerPool& pool,
              grpc::CallbackServerContext& context, bool raw,
              std::optional<VersionWait> wait, BoundHandler handler)
      : observation_(context, raw),
        calls_(calls),
        pool_(pool),
        context_(context),
        wait_(std::move(wait)),
        handler_(std::move(handler)) {
    const absl::Status begun =
        BeginCall(calls, context, stop_.get_token(), call_);
    if (!begun.ok()) {
      End(begun);
    } else if (wait_.has_value() &&
               calls.feed->VersionOf(wait_->resource) < wait_->version) {
      Park();
    } else {
      Queue();
    }
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

 private:
  void Park() {
    absl::StatusOr<VersionFeed::Seat> seat =
        calls_.feed->TakeSeat(VersionFeed::Kind::kRead);
    if (!seat.ok()) {
      End(seat.status());
      return;
    }
    seat_ = *std::move(seat);
    parked_ = true;
    CallLimits limits = call_.limits;
    limits.deadline =
        std::min(limits.deadline,
                 std::chrono::steady_clock::now() + calls_.longest_wait);
    calls_.feed->Park(
        limits,
        [this](const VersionFeed::Versions& versions) {
          const auto found = versions.find(wait_->resource);
          return found != versions.end() && found->second >= wait_->version;
        },
        [this](const absl::Status& end) {
          if (end.ok()) {
            Queue();
          } else if (absl::IsDeadlineExceeded(end)) {
            End(wait_->missed(wait_->version,
                              calls_.feed->VersionOf(wait_->resource)));
          } else {
            End(end);
          }
        });
  }

  // Whoever was parked keeps its seat until its turn.
  void Queue() {
    const auto work = [this](const absl::Status& start) {
      seat_ = {};
      End(start.ok() ? Run() : start);
    };
    const absl::Status queued = parked_ ? pool_.SubmitWoken(call_.limits, work)
                                        : pool_.Submit(call_.limits, work);
    if (!queued.ok()) End(queued);
  }

  absl::Status Run() {
    return CatchAll([this] { return handler_(call_); });
  }

  // The last step: Finish may delete this object at once.
  void End(const absl::Status& status) {
    grpc::Status ended = EndCall(calls_, call_, status);
    observation_.End(context_, ended.error_code(), call_.request_id);
    Finish(std::move(ended));
  }

  CallObservation observation_;
  const CallEnvironment& calls_;
  WorkerPool& pool_;
  const grpc::CallbackServerContext& context_;
  const std::optional<VersionWait> wait_;
  BoundHandler handler_;
  std::stop_source stop_;
  CallContext call_;
  VersionFeed::Seat seat_;  // while parked, and until it runs
  bool parked_ = false;
};

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

grpc::ServerUnaryReactor* AnswerInline(const CallEnvironment& calls,
                                       grpc::CallbackServerContext& context,
                                       bool raw, const BoundHandler& handler) {
  CallObservation observation(context, raw);
  grpc::ServerUnaryReactor* reactor = context.DefaultReactor();
  CallContext call;
  absl::Status result = BeginCall(calls, context, {}, call);
  if (result.ok()) result = CatchAll([&] { return handler(call); });
  grpc::Status status = EndCall(calls, call, result);
  observation.End(context, status.error_code(), call.request_id);
  reactor->Finish(std::move(status));
  return reactor;
}

grpc::ServerUnaryReactor* AnswerOnPool(const CallEnvironment& calls,
                                       WorkerPool& pool,
                                       grpc::CallbackServerContext& context,
                                       bool raw,
                                       std::optional<VersionWait> wait,
                                       BoundHandler handler) {
  return new PooledUnary(calls, pool, context, raw, std::move(wait),
                         std::move(handler));
}

grpc::ByteBuffer ToByteBuffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer MoveToByteBuffer(std::string bytes) {
  auto owned = std::make_unique<std::string>(std::move(bytes));
  char* data = owned->data();
  const std::size_t size = owned->size();
  const grpc::Slice slice(
      data, size, [](void* taken) { delete static_cast<std::string*>(taken); },
      owned.release());
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
