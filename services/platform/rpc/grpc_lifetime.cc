#include "services/platform/rpc/grpc_lifetime.h"

#include <grpc/grpc.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>

#include <memory>

namespace welfare::platform {
namespace {

// A channel that has made one callback call holds the callback threads. The
// call is cancelled before it starts, so nothing is ever connected to.
struct Holder {
  Holder()
      : stub(grpc::CreateChannel("unix-abstract:welfare-nobody",
                                 grpc::InsecureChannelCredentials())),
        request(nullptr, 0) {
    context.TryCancel();
    stub.UnaryCall(&context, "/nobody/Nothing", grpc::StubOptions(), &request,
                   &response, [](const grpc::Status&) {});
  }

  grpc::GenericStub stub;
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

}  // namespace

void KeepGrpcForTheProcess() {
  // Used, or the compiler leaves out the pointer that nobody reads, and leak
  // checkers find what it points to lost.
  [[gnu::used]] static const Holder* const holder = [] {
    grpc_init();
    return new Holder;
  }();
}

}  // namespace welfare::platform
