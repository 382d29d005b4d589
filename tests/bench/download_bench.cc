// Reads the stream that one method answers a request with, again and again over
// one connection, some at a time. Prints one JSON object.
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/client_callback.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <semaphore>
#include <string>

#include "tests/bench/flags.h"

namespace welfare::bench {
namespace {

struct Totals {
  std::atomic<long long> bytes = 0;
  std::atomic<int> failed = 0;
};

// One stream from its begin to its end. Deletes itself.
class Reader final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Reader(grpc::GenericStub& stub, const std::string& path,
         const grpc::ByteBuffer& request, Totals& totals,
         std::counting_semaphore<>& room)
      : request_(request), totals_(totals), room_(room) {
    stub.PrepareBidiStreamingCall(&context_, path, {}, this);
    StartWriteLast(&request_, {});
    StartRead(&part_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    totals_.bytes += static_cast<long long>(part_.Length());
    StartRead(&part_);
  }
  void OnDone(const grpc::Status& status) override {
    if (!status.ok()) ++totals_.failed;
    std::counting_semaphore<>& room = room_;
    delete this;
    room.release();
  }

 private:
  grpc::ClientContext context_;
  const grpc::ByteBuffer request_;
  grpc::ByteBuffer part_;
  Totals& totals_;
  std::counting_semaphore<>& room_;
};

int Main(int argc, char** argv) {
  std::string server, path, request_file;
  int streams = 4, count = 100;
  if (const auto end = ReadFlags(
          "Reads streams of one method.",
          {{"--server", "Address", &server, true},
           {"--path", "Of the method", &path, true},
           {"--request-file", "The request, as it is sent", &request_file, true},
           {"--streams", "At a time", &streams},
           {"--count", "In all", &count}},
          argc, argv)) {
    return *end;
  }
  std::ifstream file(request_file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::GenericStub stub(
      grpc::CreateChannel(server, grpc::InsecureChannelCredentials()));
  Totals totals;
  std::counting_semaphore<> room(streams);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    room.acquire();
    new Reader(stub, path, request, totals, room);
  }
  for (int i = 0; i < streams; ++i) room.acquire();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (totals.failed > 0) {
    std::fprintf(stderr, "%d of %d streams failed\n", totals.failed.load(),
                 count);
    return 1;
  }
  std::printf("{\"bytes\": %lld, \"seconds\": %.6f, \"bytes_per_second\": %.0f}\n",
              totals.bytes.load(), seconds,
              static_cast<double>(totals.bytes.load()) / seconds);
  return 0;
}

}  // namespace
}  // namespace welfare::bench

int main(int argc, char** argv) { return welfare::bench::Main(argc, argv); }
