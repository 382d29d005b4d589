#include "services/platform/calls/served_call.h"

#include <google/protobuf/descriptor.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/access/principal.h"
#include "services/base/coding/json_text.h"
#include "services/base/coding/trace_parent.h"
#include "services/base/error.h"
#include "services/platform/audit/audit_writer.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/tls/process_name.h"

namespace welfare::platform {
namespace {

constexpr char kRequestIdKey[] = "x-request-id";
constexpr char kAcceptLanguageKey[] = "accept-language";
constexpr char kTraceParentKey[] = "traceparent";
constexpr char kTraceStateKey[] = "tracestate";
constexpr std::size_t kMaxRequestId = 64;
// What W3C asks to be passed on at least.
constexpr std::size_t kMaxTraceState = 512;

// Ids of callers go into logs and headers: short and plain, or not at all.
bool Acceptable(std::string_view id) {
  return !id.empty() && id.size() <= kMaxRequestId &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                  (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
         });
}

// A refused call is counted for the audit log. One of somebody unknown is not:
// anybody can make those, and none may cost the store anything.
void CountRefusal(const absl::Status& status, const CallContext& context,
                  AuditWriter& audit) {
  if (status.code() == absl::StatusCode::kPermissionDenied) {
    const access::Identity& who = context.identity;
    audit.CountRefused({.subject = who.subject(),
                        .authentication = ToString(who.authentication())},
                       context.method);
  } else if (status.code() == absl::StatusCode::kUnauthenticated) {
    audit.CountUnknown();
  }
}

base::CallLimits::TimePoint SteadyDeadline(
    std::chrono::system_clock::time_point deadline,
    std::chrono::milliseconds timeout) {
  const auto left = deadline - std::chrono::system_clock::now();
  const auto now = std::chrono::steady_clock::now();
  // No deadline reads as one far away.
  if (left > std::chrono::hours(24 * 365)) {
    return timeout.count() == 0 ? base::CallLimits::TimePoint::max()
                                : now + timeout;
  }
  return now + left;
}

// The name of the process at the other end, by its certificate; empty where it
// has shown none of a process.
std::string ProvedName(const grpc::ServerContextBase& context) {
  const auto proof = context.auth_context();
  if (proof == nullptr || !proof->IsPeerAuthenticated()) return "";
  std::vector<std::string_view> names;
  const auto shown = proof->FindPropertyValues(GRPC_PEER_DNS_PROPERTY_NAME);
  for (const grpc::string_ref& name : shown) {
    names.emplace_back(name.data(), name.size());
  }
  const std::string_view module = ModuleNamedIn(names);
  return module.empty() ? "" : ProcessName(module);
}

}  // namespace

ServedMethod::ServedMethod(const google::protobuf::MethodDescriptor& method,
                           MethodPolicy method_policy,
                           const CallEnvironment& environment)
    : calls(environment),
      name(method.name()),
      policy(std::move(method_policy)),
      metrics(method, *environment.metrics) {}

ServedCall::ServedCall(ServedMethod& method,
                       grpc::CallbackServerContext& context)
    : method_(method),
      server_context_(context),
      start_(std::chrono::steady_clock::now()) {
  method_.metrics.CountStart();
}

absl::Status ServedCall::Begin(std::chrono::milliseconds timeout,
                               std::stop_token stop) {
  const auto& metadata = server_context_.client_metadata();
  const MetadataLookup lookup =
      [&](std::string_view key) -> std::optional<std::string_view> {
    const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
    if (found == metadata.end()) return std::nullopt;
    return std::string_view(found->second.data(), found->second.size());
  };
  const std::string_view sent = lookup(kRequestIdKey).value_or("");
  context_.method = method_.name;
  context_.request_id = Acceptable(sent) ? std::string(sent) : MakeRequestId();
  if (const auto trace = lookup(kTraceParentKey);
      trace && !base::TraceIdIn(*trace).empty()) {
    context_.trace_parent = *trace;
    const std::string_view state = lookup(kTraceStateKey).value_or("");
    if (state.size() <= kMaxTraceState) context_.trace_state = state;
  }
  if (const auto languages = lookup(kAcceptLanguageKey)) {
    context_.language = base::FromAcceptLanguage(*languages);
  }
  // Trailing, not initial: a failure with initial metadata counts as an answer
  // that has begun, and gRPC would not retry it.
  server_context_.AddTrailingMetadata(kRequestIdKey, context_.request_id);
  if (const auto held = lookup(kHeldTagsMetadata)) {
    context_.answer = &tag_.emplace(*held);
  }
  context_.limits.deadline =
      SteadyDeadline(server_context_.deadline(), timeout);
  context_.limits.stop = std::move(stop);
  if (method_.calls.identify) {
    absl::StatusOr<access::Identity> who = method_.calls.identify(
        lookup, [&] { return ProvedName(server_context_); });
    context_.identity =
        who.ok() ? *std::move(who) : access::Identity::Anonymous();
    if (!who.ok()) return who.status();
  }
  return absl::OkStatus();
}

bool ServedCall::IsAudited() const {
  // What a service reads on its own account it shows to those whose reads are
  // audited where they ask.
  return method_.policy.personal() && method_.calls.audit != nullptr &&
         context_.identity.service().empty();
}

absl::Status ServedCall::WriteDown(
    const google::protobuf::Message& request,
    std::function<void(const absl::Status& kept)> answer) const {
  return method_.calls.audit->Keep(
      {.recorded_time = {},
       .actor = context_.identity.subject(),
       .action = method_.name,
       .resource = method_.policy.ResourceOf(request),
       .request_id = context_.request_id,
       .detail = base::JsonObject()
                     .Add("read", true)
                     .Add("authentication",
                          ToString(context_.identity.authentication()))
                     .Text()},
      std::move(answer));
}

void ServedCall::TellTag() {
  if (!tag_.has_value() || tag_->text().empty()) return;
  server_context_.AddInitialMetadata(std::string(kAnswerTagMetadata),
                                     tag_->text());
}

grpc::Status ServedCall::End(const absl::Status& status) {
  grpc::Status ended = grpc::Status::OK;
  if (status.ok() && tag_.has_value() && !tag_->text().empty()) {
    server_context_.AddTrailingMetadata(std::string(kAnswerTagMetadata),
                                        tag_->text());
    if (tag_->held()) {
      server_context_.AddTrailingMetadata(std::string(kAnswerHeldMetadata),
                                          "1");
    }
  }
  if (!status.ok()) {
    if (method_.calls.audit != nullptr) {
      CountRefusal(status, context_, *method_.calls.audit);
    }
    if (status.code() == absl::StatusCode::kInternal ||
        status.code() == absl::StatusCode::kUnknown ||
        status.code() == absl::StatusCode::kDataLoss) {
      const std::string reason = base::ReasonOf(status);
      LogError("a call failed", {{"request_id", context_.request_id},
                                 {"domain", method_.calls.domain},
                                 {"method", method_.path()},
                                 {"reason", reason},
                                 {"error", base::MessageOf(status)}});
    }
    ended = ToGrpcStatus(status, method_.calls.domain, context_.request_id,
                         context_.language);
  }
  method_.metrics.CountEnd(
      start_, ended.error_code(),
      {.request_id = context_.request_id,
       .principal = access::Principal(context_.identity).text(),
       .trace_id = base::TraceIdIn(context_.trace_parent),
       .peer = server_context_.peer()});
  return ended;
}

absl::Status FromCurrentException(const ServedMethod& method) {
  try {
    throw;
  } catch (const std::exception& exception) {
    return UncaughtException(method.path(), exception.what());
  } catch (...) {
    return UncaughtException(method.path(), "unknown");
  }
}

}  // namespace welfare::platform
