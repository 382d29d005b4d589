// The bare gRPC callback echo: the limit of every unary method of ours. It
// answers with a fixed message of the size of the method under test; or, with
// workers, as a service does that can answer so many at a time, each after some
// time: a service whose capacity is known and costs the machine nothing.
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "echo.grpc.pb.h"
#include "tests/bench/flags.h"
#include "tests/bench/yardstick.h"

namespace welfare::bench {
namespace {

// Answers what waits, so many at a time.
class Workers {
 public:
  Workers(int count, std::chrono::microseconds takes) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, takes](std::stop_token stop) {
        while (grpc::ServerUnaryReactor* reactor = Next(stop)) {
          std::this_thread::sleep_for(takes);
          reactor->Finish(grpc::Status::OK);
        }
      });
    }
  }

  void Add(grpc::ServerUnaryReactor* reactor) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(reactor);
    }
    changed_.notify_one();
  }

 private:
  grpc::ServerUnaryReactor* Next(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
      return nullptr;
    }
    grpc::ServerUnaryReactor* next = waiting_.front();
    waiting_.pop_front();
    return next;
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<grpc::ServerUnaryReactor*> waiting_;
  std::vector<std::jthread> threads_;  // last: they end first
};

// Writes the same part again and again, the last one shorter.
class PartsWriter final : public grpc::ServerWriteReactor<v1::EchoResponse> {
 public:
  PartsWriter(const v1::EchoResponse& part, std::size_t bytes)
      : part_(part), left_(bytes) {
    Next();
  }
  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (left_ == 0) {
      Finish(grpc::Status::OK);
    } else if (left_ >= part_.body().size()) {
      left_ -= part_.body().size();
      StartWrite(&part_);
    } else {
      last_.set_body(std::string(left_, 'x'));
      left_ = 0;
      StartWrite(&last_);
    }
  }

  const v1::EchoResponse& part_;
  v1::EchoResponse last_;
  std::size_t left_;
};

class EchoService final : public v1::BareCallbackService::CallbackService {
 public:
  EchoService(v1::EchoResponse reply, std::size_t bytes, Workers* workers)
      : reply_(std::move(reply)), bytes_(bytes), workers_(workers) {
    part_.set_body(std::string(kPartBytes, 'x'));
  }

  grpc::ServerWriteReactor<v1::EchoResponse>* StreamInParts(
      grpc::CallbackServerContext* /*context*/,
      const v1::EchoRequest* /*request*/) override {
    return new PartsWriter(part_, bytes_);
  }

  grpc::ServerUnaryReactor* AnswerInFull(grpc::CallbackServerContext* context,
                                         const v1::EchoRequest* /*request*/,
                                         v1::EchoResponse* response) override {
    response->set_body(reply_.body());
    response->set_filler(reply_.filler());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (workers_ == nullptr) {
      reactor->Finish(grpc::Status::OK);
    } else {
      workers_->Add(reactor);
    }
    return reactor;
  }

 private:
  // As large as the parts of a report.
  static constexpr std::size_t kPartBytes = std::size_t{64} << 10;

  const v1::EchoResponse reply_;
  v1::EchoResponse part_;
  const std::size_t bytes_;
  Workers* const workers_;
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
  int bytes = 1024, workers = 0, takes = 4000;
  if (const auto end =
          ReadFlags("Bare gRPC callback echo.",
                    {{"--reply-bytes", "Size of the reply message", &bytes},
                     {"--workers", "Answers so many at a time; 0: all", &workers},
                     {"--takes-us", "How long a worker takes", &takes}},
                    argc, argv)) {
    return *end;
  }
  BlockSignals();
  std::optional<Workers> pool;
  if (workers > 0) pool.emplace(workers, std::chrono::microseconds(takes));
  EchoService service(ReplyOf(static_cast<std::size_t>(bytes)),
                      static_cast<std::size_t>(bytes),
                      pool.has_value() ? &*pool : nullptr);
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
