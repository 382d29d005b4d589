// Somebody who means no harm, beside somebody who does.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"

namespace welfare::gateway {

// Reads, writes and asks for health, one after the other, from 127.0.0.`from`,
// on a connection for each and over gRPC on one that it keeps, until it is
// asked how that went.
class Bystander {
 public:
  explicit Bystander(RunningGateway& gateway, std::uint8_t from = 1)
      : gateway_(gateway), from_(from), thread_([this] { Run(); }) {}
  ~Bystander() { Stop(); }

  // Waits until it has come round once more.
  void ComesRound() {
    const int before = rounds_;
    EXPECT_TRUE(support::WaitFor([&] { return rounds_ >= before + 2; },
                                 std::chrono::seconds(60)));
  }

  // What did not succeed.
  std::vector<std::string> Failures() {
    ComesRound();
    Stop();
    return failures_;
  }

 private:
  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  void Expect(bool holds, const std::string& what) {
    if (!holds) failures_.push_back(what);
  }

  std::string Ask(const std::string& request) {
    Raw raw(gateway_, from_);
    raw.Send(request);
    return raw.ReadAll(std::chrono::seconds(20));
  }

  void Run() {
    const auto stub = gateway_.Registry();
    while (!stop_) {
      const std::string tail = " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
      const std::string health = Ask("GET /healthz" + tail + "\r\n");
      Expect(health.starts_with("HTTP/1.1 200 "), "health: " + health);
      const std::string read =
          Ask("GET /v1/municipalities/131016" + tail + "\r\n");
      Expect(read.starts_with("HTTP/1.1 200 "), "read: " + read);
      const std::string body = R"({"batch":{"csv":"abcd"}})";
      const std::string write =
          Ask("POST /v1/municipalities:batchImport" + tail +
              "Content-Type: application/json\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n\r\n" + body);
      Expect(write.starts_with("HTTP/1.1 200 "), "write: " + write);
      if (from_ == 1) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() +
                             support::kPatience);
        registry::v1::GetMunicipalityRequest request;
        request.set_name("municipalities/131016");
        registry::v1::Municipality response;
        const grpc::Status status =
            stub->GetMunicipality(&context, request, &response);
        Expect(status.ok(), "gRPC: " + status.error_message());
      }
      ++rounds_;
    }
  }

  RunningGateway& gateway_;
  const std::uint8_t from_;
  std::atomic<bool> stop_{false};
  std::atomic<int> rounds_{0};
  std::vector<std::string> failures_;
  std::thread thread_;
};

}  // namespace welfare::gateway
