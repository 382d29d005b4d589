// A gRPC service as a table of its methods, one row each, made in the
// constructor of the service:
//
//   class SurveyService final : public platform::MethodTable {
//    public:
//     SurveyService(RoundCalls& rounds, const platform::CallEnvironment& calls)
//         : MethodTable("welfare.survey.v1.SurveyService", calls) {
//       Unary("CreateRound", &RoundCalls::CreateRound, rounds);
//       ...
//       Complete();
//     }
//   };
//
// A row names the method as the contract does, and its handler (handler.h): a
// plain function, a lambda whose parameters have types, or a member function
// and its object. The table makes the CallContext (request id, deadline,
// cancellation), finds out who calls, reads the request, runs the handler,
// holds its reply to the limit, turns its status into google.rpc details, and
// counts and logs the call. An exception becomes INTERNAL.
//
// Instead of the classes that gRPC generates, because these are templates once
// for each method: its compile time was most of that of a service. Every method
// takes bytes and gives bytes, so that all but the types of its messages is
// compiled once. The price is that the compiler does not see a method that is
// forgotten or has the wrong messages: the constructor does, and aborts.
#pragma once

#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/impl/service_type.h>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "services/platform/calls/call_environment.h"
#include "services/platform/calls/handler.h"
#include "services/platform/calls/unary_call.h"
#include "services/platform/calls/version_stream.h"

namespace welfare::platform {

// Any thread of gRPC may call a method once the constructor has returned.
class MethodTable : public grpc::Service {
 public:
  ~MethodTable() override;
  MethodTable(const MethodTable&) = delete;
  MethodTable& operator=(const MethodTable&) = delete;

 protected:
  // `service` is the full name; one of its messages must be linked in. `calls`
  // and all that handlers refer to outlive the table.
  //
  // The process is aborted, with a line in the log that names the method, where
  // the contract has no such service, a row names no method of it, one that has
  // a row already, one of another kind, or one with other messages.
  MethodTable(const std::string& service, const CallEnvironment& calls);

  const CallEnvironment& calls() const { return calls_; }

  // Aborts the process where a method has no row. The constructor of a service
  // ends with it; a fake that serves a few methods leaves it out, and gRPC
  // answers the others with UNIMPLEMENTED.
  void Complete() const;

  // On the module's pool.
  template <typename Function, typename... Target>
  void Unary(const std::string& name, Function function, Target&... target) {
    AddUnary(name, calls_.pool, MakeHandler(std::move(function), target...),
             nullptr);
  }

  // The same for whole files: on the few threads of the bulk pool.
  template <typename Function, typename... Target>
  void BulkUnary(const std::string& name, Function function,
                 Target&... target) {
    AddUnary(name, calls_.bulk_pool,
             MakeHandler(std::move(function), target...), nullptr);
  }

  // A read that may wait for its version, or that blocks seldom: `plan(const
  // Request&)` returns the ReadPlan of one, and does not block. One that
  // neither blocks nor waits is answered at once, on gRPC's own thread, one
  // that waits is parked, and refused beyond the feed's limit.
  template <typename Plan, typename Function, typename... Target>
  void Read(const std::string& name, Plan plan, Function function,
            Target&... target) {
    using Request = typename Signature<Function>::Request;
    AddUnary(name, calls_.pool, MakeHandler(std::move(function), target...),
             [plan = std::move(plan)](
                 const google::protobuf::Message& request) -> ReadPlan {
               return plan(static_cast<const Request&>(request));
             });
  }

  // A server stream, made step by step (stream_step.h): `open(const Request&)`
  // returns the step of one stream, and it, `step(call, request, message)`, is
  // called on the module's stream pool with an empty message, again and again,
  // and keeps its position. It is called by one thread at a time, and not while
  // two messages wait for the reader: a slow reader slows the stream down and
  // holds no thread. A stream that nobody reads at all is ended (OpenStreams),
  // and one too many is refused.
  template <typename Open>
  void ServerStream(const std::string& name, Open open) {
    AddStepped<Open>(name, nullptr, std::move(open));
  }

  // As ServerStream for a stream that may last (`follows(request)`): its step
  // may return StreamStep::Wait and is called again when that holds. It is
  // refused where it follows and the feed has no seat.
  template <typename Follows, typename Open>
  void FollowingStream(const std::string& name, Follows follows, Open open) {
    using Request = typename Signature<Open>::Request;
    AddStepped<Open>(
        name,
        [follows = std::move(follows)](
            const google::protobuf::Message& request) -> bool {
          return std::invoke(follows, static_cast<const Request&>(request));
        },
        std::move(open));
  }

  // Answers each message of the caller with one of ours, in order, one at a
  // time on the module's bulk pool: by the handler that `open()` returned for
  // the stream, which may keep state between batches. Its error ends the
  // stream; what an answer reported as done stays done. Each batch has the
  // default deadline or the stream's, whichever is sooner.
  template <typename Open>
  void BidiStream(const std::string& name, Open open) {
    AddBidi(name, TypesOf<std::invoke_result_t<const Open&>>(),
            [open = std::move(open)]() -> HandlerFunction {
              return WithoutTypes(open());
            });
  }

  // WatchVersions, which tells a caller the versions of the module's feed.
  template <typename Request, typename Response>
  void WatchVersions() {
    AddVersions(VersionMessages::Of<Request, Response>());
  }

 private:
  struct Rows;

  template <typename Open>
  void AddStepped(
      const std::string& name,
      std::function<bool(const google::protobuf::Message& request)> follows,
      Open open) {
    using Request = typename Signature<Open>::Request;
    using Step = typename Signature<Open>::Made;
    static_assert(std::is_same_v<Request, typename Signature<Step>::Request>);
    AddStepped(
        name, TypesOf<Step>(), std::move(follows),
        [open = std::move(open)](
            const google::protobuf::Message& request) -> StepFunction {
          return WithoutTypes(open(static_cast<const Request&>(request)));
        });
  }

  void AddUnary(const std::string& name, WorkerPool* pool, Handler handler,
                PlanFunction plan);
  void AddStepped(
      const std::string& name, const MessageTypes& types,
      std::function<bool(const google::protobuf::Message& request)> follows,
      std::function<StepFunction(const google::protobuf::Message& request)>
          open);
  void AddBidi(const std::string& name, const MessageTypes& types,
               std::function<HandlerFunction()> open);
  void AddVersions(const VersionMessages& messages);
  // Hands `handler`, which is gRPC's, to gRPC.
  template <typename GrpcHandler>
  void Register(const ServedMethod& served,
                grpc::internal::RpcMethod::RpcType type, GrpcHandler* handler);

  const CallEnvironment& calls_;
  std::unique_ptr<Rows> rows_;
};

}  // namespace welfare::platform
