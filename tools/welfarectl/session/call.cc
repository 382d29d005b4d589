#include "tools/welfarectl/session/call.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/sync_stream.h>

#include <stdexcept>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/welfarectl/session/answer_timer.h"
#include "tools/welfarectl/session/phrase.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::ctl {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using grpc::internal::RpcMethod;

CallStatus From(const grpc::Status& status) {
  return {.code = static_cast<absl::StatusCode>(status.error_code()),
          .message = status.error_message(),
          .details = status.error_details()};
}

// `/welfare.registry.v1.RegistryService/GetRoster`.
std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

// The file of the service that `request` belongs to, one in each package and
// called after its module: messages of welfare/registry/v1/ belong to
// welfare/registry/v1/registry_service.proto. Null: there is none.
const FileDescriptor* ServiceFileOf(const Descriptor& request) {
  const std::string& file = request.file()->name();
  const std::string folder = file.substr(0, file.rfind('/'));
  const std::string above = folder.substr(0, folder.rfind('/'));
  const std::string module = above.substr(above.rfind('/') + 1);
  return request.file()->pool()->FindFileByName(
      absl::StrCat(folder, "/", module, "_service.proto"));
}

// The one method of `service` of this kind; null: none, or more than one.
const MethodDescriptor* MethodIn(const ServiceDescriptor& service,
                                 const Descriptor& request, CallKind kind) {
  const MethodDescriptor* found = nullptr;
  for (int m = 0; m < service.method_count(); ++m) {
    const MethodDescriptor* method = service.method(m);
    if (method->input_type() != &request ||
        method->server_streaming() != (kind != CallKind::kUnary) ||
        method->client_streaming() != (kind == CallKind::kExchange)) {
      continue;
    }
    if (found != nullptr) return nullptr;
    found = method;
  }
  return found;
}

const MethodDescriptor& StreamOf(const Descriptor& request, CallKind kind) {
  const MethodDescriptor* method = MethodOf(request, kind);
  if (method == nullptr) {
    throw std::logic_error("no such stream takes " + request.full_name());
  }
  return *method;
}

// `request` itself or, where it is a write without `request_id`, a copy with
// one.
class Identified {
 public:
  Identified(const MethodDescriptor& method, const Message& request)
      : message_(&request) {
    const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
    const auto& policy =
        method.options().GetExtension(welfare::options::v1::policy);
    if (!policy.mutates() || field == nullptr ||
        !request.GetReflection()->GetString(request, field).empty()) {
      return;
    }
    copy_.reset(request.New());
    copy_->CopyFrom(request);
    copy_->GetReflection()->SetString(copy_.get(), field,
                                      Session::NewRequestId());
    message_ = copy_.get();
  }

  const Message& message() const { return *message_; }

 private:
  const Message* message_;
  std::unique_ptr<Message> copy_;
};

// Says who calls, and in which language what is wrong is to be described.
void Introduce(Session& session, grpc::ClientContext& context) {
  context.AddMetadata("accept-language", std::string(base::ToTag(Spoken())));
  if (Credential& credential = session.credential(); credential.Renew()) {
    context.AddMetadata(credential.key(), credential.value());
  }
}

void Prepare(Session& session, grpc::ClientContext& context) {
  Introduce(session, context);
  context.set_deadline(std::chrono::system_clock::now() + session.timeout());
}

// Makes one call of `method`; null: there is none.
CallStatus CallMethod(Session& session, const MethodDescriptor* method,
                      const Message& request, Message& reply) {
  if (method == nullptr || method->output_type() != reply.GetDescriptor()) {
    return {.code = absl::StatusCode::kInternal,
            .message = absl::StrCat("no method takes ", request.GetTypeName(),
                                    " and answers ", reply.GetTypeName())};
  }
  const std::string path = PathOf(*method);
  const Identified sent(*method, request);
  grpc::ClientContext context;
  Prepare(session, context);
  return From(
      grpc::internal::BlockingUnaryCall<Message, Message, Message, Message>(
          session.channel().get(),
          RpcMethod(path.c_str(), RpcMethod::NORMAL_RPC), &context,
          sent.message(), &reply));
}

}  // namespace

const MethodDescriptor* MethodOf(const Descriptor& request, CallKind kind) {
  const MethodDescriptor* found = nullptr;
  const FileDescriptor* file = ServiceFileOf(request);
  if (file == nullptr) return nullptr;
  for (int s = 0; s < file->service_count(); ++s) {
    const MethodDescriptor* method = MethodIn(*file->service(s), request, kind);
    if (method == nullptr) continue;
    if (found != nullptr) return nullptr;
    found = method;
  }
  return found;
}

const MethodDescriptor* MethodOf(const std::string& service,
                                 const Descriptor& request) {
  const ServiceDescriptor* found =
      request.file()->pool()->FindServiceByName(service);
  return found == nullptr ? nullptr
                          : MethodIn(*found, request, CallKind::kUnary);
}

CallStatus TryCall(Session& session, const Message& request, Message& reply) {
  return CallMethod(session,
                    MethodOf(*request.GetDescriptor(), CallKind::kUnary),
                    request, reply);
}

CallStatus TryCall(Session& session, const std::string& service,
                   const Message& request, Message& reply) {
  return CallMethod(session, MethodOf(service, *request.GetDescriptor()),
                    request, reply);
}

int Call(Session& session, const Message& request, Message& reply) {
  const CallStatus status = TryCall(session, request, reply);
  return status.ok() ? static_cast<int>(kOk) : Fail(status);
}

struct AnswerStream::Parts {
  grpc::ClientContext context;
  std::string path;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::ClientReader<Message>> reader;
};

AnswerStream::AnswerStream(Session& session, const Message& request)
    : parts_(std::make_unique<Parts>()) {
  parts_->path =
      PathOf(StreamOf(*request.GetDescriptor(), CallKind::kAnswerStream));
  parts_->channel = session.channel();
  Prepare(session, parts_->context);
  parts_->reader.reset(
      grpc::internal::ClientReaderFactory<Message>::Create<Message>(
          parts_->channel.get(),
          RpcMethod(parts_->path.c_str(), RpcMethod::SERVER_STREAMING),
          &parts_->context, request));
}

AnswerStream::~AnswerStream() = default;

bool AnswerStream::Read(Message& reply) { return parts_->reader->Read(&reply); }

CallStatus AnswerStream::Finish() { return From(parts_->reader->Finish()); }

struct Exchange::Parts {
  explicit Parts(std::chrono::microseconds limit) : timer(context, limit) {}

  grpc::ClientContext context;
  AnswerTimer timer;
  const MethodDescriptor* method = nullptr;
  std::string path;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<grpc::ClientReaderWriter<Message, Message>> stream;
  bool finished = false;
};

Exchange::Exchange(Session& session, const Descriptor& request)
    : parts_(std::make_unique<Parts>(session.timeout())) {
  parts_->method = &StreamOf(request, CallKind::kExchange);
  parts_->path = PathOf(*parts_->method);
  parts_->channel = session.channel();
  Introduce(session, parts_->context);
  parts_->stream.reset(
      grpc::internal::ClientReaderWriterFactory<Message, Message>::Create(
          parts_->channel.get(),
          RpcMethod(parts_->path.c_str(), RpcMethod::BIDI_STREAMING),
          &parts_->context));
}

Exchange::~Exchange() {
  if (parts_->finished) return;
  parts_->context.TryCancel();
  static_cast<void>(parts_->stream->Finish());
}

bool Exchange::Ask(const Message& request, Message& answer) {
  const Identified sent(*parts_->method, request);
  if (!parts_->stream->Write(sent.message()) ||
      !parts_->stream->Read(&answer)) {
    return false;
  }
  parts_->timer.Restart();
  return true;
}

CallStatus Exchange::Finish() {
  parts_->stream->WritesDone();
  parts_->finished = true;
  return From(parts_->timer.Explain(parts_->stream->Finish()));
}

}  // namespace welfare::ctl
