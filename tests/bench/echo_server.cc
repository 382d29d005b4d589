// The bare gRPC callback echo: the limit of every unary method of ours. It
// answers with a fixed message of the size of the method under test.
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <string>

#include "echo.grpc.pb.h"
#include "tests/bench/flags.h"
#include "tests/bench/yardstick.h"

namespace welfare::bench {
namespace {

class EchoService final : public v1::BareCallbackService::CallbackService {
 public:
  explicit EchoService(v1::EchoResponse reply) : reply_(std::move(reply)) {}

  grpc::ServerUnaryReactor* AnswerInFull(grpc::CallbackServerContext* context,
                                         const v1::EchoRequest* /*request*/,
                                         v1::EchoResponse* response) override {
    response->set_body(reply_.body());
    response->set_filler(reply_.filler());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  const v1::EchoResponse reply_;
};

// Returns a message of exactly `bytes` bytes, or the next larger that exists.
v1::EchoResponse ReplyOf(std::size_t bytes) {
  v1::EchoResponse reply;
  std::size_t body = bytes;
  const auto set = [&] { reply.set_body(std::string(body, 'x')); };
  set();
  while (body > 0 && reply.ByteSizeLong() > bytes) {
    --body;
    set();
  }
  reply.set_filler(bytes >= reply.ByteSizeLong() + 2);
  if (reply.ByteSizeLong() < bytes) {
    --body;  // a length that fits no prefix: a shorter body and the filler
    set();
    reply.set_filler(true);
  }
  return reply;
}

int Main(int argc, char** argv) {
  int bytes = 1024;
  if (const auto end =
          ReadFlags("Bare gRPC callback echo.",
                    {{"--reply-bytes", "Size of the reply message", &bytes}},
                    argc, argv)) {
    return *end;
  }
  BlockSignals();
  EchoService service(ReplyOf(static_cast<std::size_t>(bytes)));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  ServeUntilSignal(port);
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
