// Handlers: plain functions of whoever serves a method,
//
//   absl::Status Get(const CallContext&, const v1::GetRequest&, v1::Round&);
//
// and what MethodTable makes of them, the same for all methods. One that
// answers with bytes which were serialised before, because they were cached,
// has SharedBytes& in the place of the message, and sets them where it
// returns OK.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/calls/stream_step.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/message_bytes.h"

namespace welfare::platform {

// A handler, or a step of a stream, whose messages are of the types that it
// was written for.
using HandlerFunction = std::function<absl::Status(
    const CallContext& call, const google::protobuf::Message& request,
    Reply& reply)>;
using StepFunction = std::function<absl::StatusOr<StreamStep>(
    const CallContext& call, const google::protobuf::Message& request,
    Reply& reply)>;

struct Handler {
  MessageTypes types;
  HandlerFunction run;
};

// What a handler, a step or a member function says of itself.
template <typename Function>
struct Signature : Signature<decltype(&Function::operator())> {};

template <typename Class, typename Result, typename In, typename Out>
struct Signature<Result (Class::*)(const CallContext&, const In&, Out&)> {
  using Request = In;
  using Response = Out;
};
template <typename Class, typename Result, typename In, typename Out>
struct Signature<Result (Class::*)(const CallContext&, const In&, Out&) const> {
  using Request = In;
  using Response = Out;
};

// What makes the step of one stream, or the handler of one.
template <typename Class, typename Result, typename In>
struct Signature<Result (Class::*)(const In&)> {
  using Request = In;
  using Made = Result;
};
template <typename Class, typename Result, typename In>
struct Signature<Result (Class::*)(const In&) const> {
  using Request = In;
  using Made = Result;
};

// `function` as one of messages of any type. `target`: of a member function the
// object, which must outlive the result; else nothing.
template <typename Function, typename... Target>
auto WithoutTypes(Function function, Target&... target) {
  using Types = Signature<Function>;
  return [function = std::move(function), ... object = &target](
             const CallContext& call, const google::protobuf::Message& request,
             Reply& reply) mutable {
    return std::invoke(function, object..., call,
                       static_cast<const typename Types::Request&>(request),
                       reply.template As<typename Types::Response>());
  };
}

template <typename Function>
MessageTypes TypesOf() {
  using Types = Signature<Function>;
  return MessageTypes::Of<typename Types::Request, typename Types::Response>();
}

template <typename Function, typename... Target>
Handler MakeHandler(Function function, Target&... target) {
  using Types = Signature<Function>;
  static_assert(
      std::is_invocable_v<const Function&, Target*..., const CallContext&,
                          const typename Types::Request&,
                          typename Types::Response&>,
      "every call shares it, so it is const");
  return {TypesOf<Function>(), WithoutTypes(std::move(function), target...)};
}

}  // namespace welfare::platform
