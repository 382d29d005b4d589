#include "services/platform/calls/method_table.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstdlib>
#include <deque>
#include <set>
#include <string_view>

#include "services/base/error.h"
#include "services/platform/calls/bidi_stream.h"
#include "services/platform/calls/method_policy.h"
#include "services/platform/calls/stepped_stream.h"
#include "services/platform/observe/log.h"

namespace welfare::platform {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using grpc::internal::RpcMethod;

// A fault of the program, met before anybody is served.
[[noreturn]] void Misfit(const std::string& method, std::string_view why) {
  LogError("a service does not fit its contract",
           {{"method", method}, {"error", why}});
  std::abort();
}

const ServiceDescriptor& FindService(const std::string& name) {
  const ServiceDescriptor* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          name);
  if (service == nullptr) Misfit(name, "there is no such service");
  return *service;
}

}  // namespace

// Rows keep their addresses: gRPC's handlers refer to them.
struct MethodTable::Rows {
  explicit Rows(const ServiceDescriptor& served) : service(served) {}

  // Takes the row of a method, which has none yet.
  ServedMethod Take(const std::string& name, RpcMethod::RpcType type,
                    const MessageTypes& types, const CallEnvironment& calls) {
    const MethodDescriptor* method = service.FindMethodByName(name);
    const std::string full_name = service.full_name() + "." + name;
    if (method == nullptr) Misfit(full_name, "there is no such method");
    if (!taken.insert(name).second) Misfit(full_name, "it has two rows");
    if (method->client_streaming() != (type == RpcMethod::BIDI_STREAMING) ||
        method->server_streaming() == (type == RpcMethod::NORMAL_RPC)) {
      Misfit(full_name, "its row is of another kind");
    }
    if (types.request->GetDescriptor() != method->input_type()) {
      Misfit(full_name, "its handler takes another request");
    }
    if (types.response != nullptr &&
        types.response->GetDescriptor() != method->output_type()) {
      Misfit(full_name, "its handler makes another response");
    }
    absl::StatusOr<MethodPolicy> policy = MethodPolicy::Of(*method);
    if (!policy.ok()) Misfit(full_name, base::MessageOf(policy.status()));
    return {*method, *std::move(policy), calls};
  }

  const ServiceDescriptor& service;
  std::set<std::string> taken;
  std::deque<UnaryMethod> unary;
  std::deque<SteppedMethod> stepped;
  std::deque<BidiMethod> bidi;
  std::deque<VersionMethod> versions;
};

MethodTable::MethodTable(const std::string& service,
                         const CallEnvironment& calls)
    : calls_(calls), rows_(std::make_unique<Rows>(FindService(service))) {}

MethodTable::~MethodTable() = default;

void MethodTable::Complete() const {
  for (int i = 0; i < rows_->service.method_count(); ++i) {
    const MethodDescriptor& method = *rows_->service.method(i);
    if (!rows_->taken.contains(method.name())) {
      Misfit(method.full_name(), "it has no row");
    }
    const absl::StatusOr<MethodPolicy> policy = MethodPolicy::Of(method);
    if (policy.ok() && policy->personal() && calls_.audit == nullptr) {
      Misfit(method.full_name(), "nobody writes down who reads it");
    }
  }
}

template <typename GrpcHandler>
void MethodTable::Register(const ServedMethod& served, RpcMethod::RpcType type,
                           GrpcHandler* handler) {
  AddMethod(new grpc::internal::RpcServiceMethod(served.path().c_str(), type,
                                                 nullptr));
  MarkMethodRawCallback(static_cast<int>(rows_->taken.size()) - 1, handler);
}

void MethodTable::AddUnary(const std::string& name, WorkerPool* pool,
                           Handler handler, PlanFunction plan) {
  UnaryMethod& row = rows_->unary.emplace_back(UnaryMethod{
      rows_->Take(name, RpcMethod::NORMAL_RPC, handler.types, calls_), pool,
      std::move(handler), std::move(plan)});
  if (row.plan && row.served.policy.mutates()) {
    Misfit(name, "it changes state and its row is a read");
  }
  // It might be answered on gRPC's thread, before it is written down.
  if (row.plan && row.served.policy.personal()) {
    Misfit(name, "it shows personal data and its row may not wait");
  }
  Register(
      row.served, RpcMethod::NORMAL_RPC,
      new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer,
                                               grpc::ByteBuffer>(
          [&row](grpc::CallbackServerContext* context,
                 const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
            return AnswerUnary(row, *context, *request, *response);
          }));
}

void MethodTable::AddStepped(
    const std::string& name, const MessageTypes& types,
    std::function<bool(const google::protobuf::Message& request)> follows,
    std::function<StepFunction(const google::protobuf::Message& request)>
        open) {
  SteppedMethod& row = rows_->stepped.emplace_back(SteppedMethod{
      rows_->Take(name, RpcMethod::SERVER_STREAMING, types, calls_), types,
      std::move(follows), std::move(open)});
  Register(row.served, RpcMethod::SERVER_STREAMING,
           new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer,
                                                              grpc::ByteBuffer>(
               [&row](grpc::CallbackServerContext* context,
                      const grpc::ByteBuffer* request) {
                 return AnswerStepped(row, *context, *request);
               }));
}

void MethodTable::AddBidi(const std::string& name, const MessageTypes& types,
                          std::function<HandlerFunction()> open) {
  BidiMethod& row = rows_->bidi.emplace_back(
      BidiMethod{rows_->Take(name, RpcMethod::BIDI_STREAMING, types, calls_),
                 types, std::move(open)});
  if (row.served.policy.personal()) {
    Misfit(name, "it shows personal data and its row is a stream both ways");
  }
  Register(row.served, RpcMethod::BIDI_STREAMING,
           new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer,
                                                   grpc::ByteBuffer>(
               [&row](grpc::CallbackServerContext* context) {
                 return AnswerBidi(row, *context);
               }));
}

void MethodTable::AddVersions(const VersionMessages& messages) {
  VersionMethod& row = rows_->versions.emplace_back(
      VersionMethod{rows_->Take("WatchVersions", RpcMethod::SERVER_STREAMING,
                                messages.types, calls_),
                    messages});
  Register(row.served, RpcMethod::SERVER_STREAMING,
           new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer,
                                                              grpc::ByteBuffer>(
               [&row](grpc::CallbackServerContext* context,
                      const grpc::ByteBuffer* request) {
                 return AnswerVersions(row, *context, *request);
               }));
}

}  // namespace welfare::platform
