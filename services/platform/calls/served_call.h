// What every call goes through, whichever way its method is answered.
#pragma once

#include <grpcpp/support/status.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

#include "absl/status/status.h"
#include "services/platform/calls/call_environment.h"
#include "services/platform/calls/method_metrics.h"
#include "services/platform/calls/method_policy.h"
#include "services/platform/rpc/call_context.h"

namespace grpc {
class CallbackServerContext;
}

namespace welfare::platform {

// One method as all of its calls see it. Lives as long as its table.
struct ServedMethod {
  ServedMethod(const google::protobuf::MethodDescriptor& method,
               MethodPolicy method_policy, const CallEnvironment& environment);

  // "/welfare.survey.v1.SurveyService/GetRound".
  const std::string& path() const { return metrics.path(); }

  const CallEnvironment& calls;
  // "GetRound": what a write is called in the audit log.
  const std::string name;
  const MethodPolicy policy;
  MethodMetrics metrics;
};

// One call, from when gRPC hands it over until its status is known.
class ServedCall {
 public:
  // The call is counted as begun. Both outlive it.
  ServedCall(ServedMethod& method, grpc::CallbackServerContext& context);

  // Fills in the context: request id, deadline (`timeout` after now where the
  // caller set none; 0: none), cancellation, and who calls. Of a call that is
  // refused it has the request id at least.
  absl::Status Begin(std::chrono::milliseconds timeout, std::stop_token stop);

  // Whether the caller may make this call; before anything is done for it.
  //
  // Errors: those of MethodPolicy::Check.
  absl::Status Admit(const google::protobuf::Message& request) const {
    return method_.policy.Check(context_.identity, request);
  }

  // Whether its answer is a read that is audited.
  bool IsAudited() const;

  // Has it written down that what `request` names is read, and then calls
  // `answer` on another thread, with OK or with the error in whose place
  // nothing may be shown. When it returns an error, `answer` will not be
  // called.
  //
  // Errors: those of AuditWriter::Keep.
  absl::Status WriteDown(
      const google::protobuf::Message& request,
      std::function<void(const absl::Status& kept)> answer) const;

  // Whether the caller has the answer, which is then sent as an empty message.
  bool IsHeld() const { return tag_.has_value() && tag_->held(); }
  // Tells the caller of a stream what the answer is known by, where it is.
  // Before the first message.
  void TellTag();

  // Counts and logs the call, and returns what its caller is told. Once, and
  // before gRPC's Finish, which may end everything the call is made of.
  grpc::Status End(const absl::Status& status);

  const CallContext& context() const { return context_; }

 private:
  ServedMethod& method_;
  grpc::CallbackServerContext& server_context_;
  const std::chrono::steady_clock::time_point start_;
  CallContext context_;
  std::optional<AnswerTag> tag_;
};

// The exception being handled, as INTERNAL; `method` is where it came from.
absl::Status FromCurrentException(const ServedMethod& method);

// Runs `work` of a call; an exception becomes INTERNAL.
template <typename Work>
absl::Status CatchAll(const ServedMethod& method, const Work& work) {
  try {
    return work();
  } catch (...) {
    return FromCurrentException(method);
  }
}

}  // namespace welfare::platform
