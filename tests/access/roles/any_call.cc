#include "tests/access/roles/any_call.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <optional>

#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/support/wait_for.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::access {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// One call of any kind, step by step.
class AnyCall {
 public:
  AnyCall(grpc::GenericStub& stub, const std::string& path,
          const std::map<std::string, std::string>& metadata) {
    for (const auto& [key, value] : metadata) context_.AddMetadata(key, value);
    context_.set_deadline(std::chrono::system_clock::now() +
                          support::kPatience);
    call_ = stub.PrepareCall(&context_, path, &queue_);
    call_->StartCall(this);
    Await();
  }

  ~AnyCall() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  // One that was refused meanwhile takes no more.
  void Send(const Message& request, bool last) {
    const grpc::Slice slice(request.SerializeAsString());
    const grpc::ByteBuffer buffer(&slice, 1);
    if (last) {
      call_->WriteLast(buffer, grpc::WriteOptions(), this);
    } else {
      call_->Write(buffer, this);
    }
    Await();
  }

  std::optional<std::string> Read() {
    grpc::ByteBuffer buffer;
    call_->Read(&buffer, this);
    if (!Await()) return std::nullopt;
    return BytesOf(buffer);
  }

  void Cancel() { context_.TryCancel(); }

  grpc::Status Finish() {
    grpc::Status status;
    call_->Finish(&status, this);
    Await();
    return status;
  }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok));
    return ok;
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

}  // namespace

std::unique_ptr<Message> MakeMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(&type)
          ->New());
}

Answer CallAny(const std::shared_ptr<grpc::Channel>& channel,
               const MethodDescriptor& method, const Requests& requests,
               const std::map<std::string, std::string>& metadata) {
  grpc::GenericStub stub(channel);
  AnyCall call(stub, "/" + method.service()->full_name() + "/" + method.name(),
               metadata);
  for (const Message* request : requests) {
    call.Send(*request, request == requests.back());
  }
  const bool endless = method.options().GetExtension(options::v1::endless);
  Answer answer;
  while (const auto bytes = call.Read()) {
    answer.messages.push_back(MakeMessage(*method.output_type()));
    EXPECT_TRUE(answer.messages.back()->ParseFromString(*bytes));
    if (!endless) continue;
    call.Cancel();
    call.Finish();
    return answer;
  }
  answer.status = platform::FromGrpcStatus(call.Finish());
  answer.reason = base::ReasonOf(answer.status);
  return answer;
}

}  // namespace welfare::access
