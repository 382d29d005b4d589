// The bare two-hop forward: the limit of the gateway's gRPC pass-through. It
// hands the bytes of any unary method to one backend and the answer back.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "tests/bench/flags.h"
#include "tests/bench/yardstick.h"

namespace welfare::bench {
namespace {

// Owned by the call: it deletes itself in OnDone.
class Forward final : public grpc::ServerGenericBidiReactor {
 public:
  Forward(grpc::GenericStub& stub, const std::string& method)
      : stub_(stub), method_(method) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status(grpc::StatusCode::INTERNAL, "no request"));
      return;
    }
    stub_.UnaryCall(&context_, method_, grpc::StubOptions(), &request_,
                    &response_, [this](const grpc::Status& status) {
                      if (!status.ok()) {
                        Finish(status);
                      } else {
                        StartWriteAndFinish(&response_, grpc::WriteOptions(),
                                            status);
                      }
                    });
  }
  void OnDone() override { delete this; }

 private:
  grpc::GenericStub& stub_;
  const std::string method_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

class ForwardService final : public grpc::CallbackGenericService {
 public:
  explicit ForwardService(const std::string& backend)
      : stub_(
            grpc::CreateChannel(backend, grpc::InsecureChannelCredentials())) {}

 private:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Forward(stub_, context->method());
  }

  grpc::GenericStub stub_;
};

int Main(int argc, char** argv) {
  std::string backend;
  if (const auto end =
          ReadFlags("Bare gRPC forward to one backend.",
                    {{"--backend", "Address of the backend", &backend, true}},
                    argc, argv)) {
    return *end;
  }
  BlockSignals();
  ForwardService service(backend);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterCallbackGenericService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  ServeUntilSignal(port);
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
