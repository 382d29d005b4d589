// Calls that are too many, through the whole gateway: who is refused, by what
// name, and that it costs nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/gateway/http2/frames.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using support::WaitFor;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kRead = "GET /v1/municipalities/131016";
const std::string kSlowRead =
    "GET /v1/municipalities/slow HTTP/1.1\r\nHost: a\r\n\r\n";

Gate::Options OneAtATime(int waiting) {
  Gate::Options options{.wait = std::chrono::seconds(0),
                        .least_waiting = waiting};
  options.limit.first = options.limit.least = options.limit.most = 1;
  return options;
}

grpc::Status Get(RunningGateway& gateway, const std::string& name,
                 std::int64_t min_version = 0) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  registry::v1::GetMunicipalityRequest request;
  request.set_name(name);
  request.set_min_version(min_version);
  registry::v1::Municipality response;
  return gateway.Registry()->GetMunicipality(&context, request, &response);
}

// Holds up all that is written beside the loops, until it goes.
class Blocked {
 public:
  explicit Blocked(RunningGateway& gateway) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(
          gateway.routing()
              .transcoding
              ->Submit({}, [go = go_](const absl::Status&) { go.wait(); })
              .ok());
    }
  }
  ~Blocked() { Go(); }
  void Go() {
    if (!std::exchange(gone_, true)) promise_.set_value();
  }

 private:
  std::promise<void> promise_;
  std::shared_future<void> go_{promise_.get_future()};
  bool gone_ = false;
};

// A call holds its place until its answer is made, and no longer than its
// caller stays: whoever comes meanwhile would only wait for the same.
TEST(GatewayAdmission, CountsACallUntilItsAnswerIsMade) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr, SharedLoopback(),
                         OneAtATime(1));
  gateway.registry.roster_entries = 8'000;  // 350 KB
  const std::string roster =
      "GET /v1/programs/jusou/rosters/2025 HTTP/1.1\r\nHost: a\r\n"
      "Connection: close\r\n\r\n";
  auto blocked = std::make_unique<Blocked>(gateway);
  auto left = std::make_unique<Raw>(gateway);
  left->Send(roster);
  // The service has answered, and the answer is not made.
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.rosters_made == 1; }));
  Raw waits(gateway);
  waits.Send(kRead + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(WaitFor([&] { return gateway.gate().waiting() == 1; }));
  EXPECT_EQ(gateway.gate().under_way(), 1);
  EXPECT_THAT(Http(gateway, kRead), HasSubstr("BACKEND_BUSY"));
  // Health waits for none of it.
  EXPECT_THAT(Http(gateway, "GET /healthz"), StartsWith("HTTP/1.1 200 "));
  left = nullptr;
  EXPECT_THAT(waits.ReadAll(support::kPatience), StartsWith("HTTP/1.1 200 "));
  ASSERT_TRUE(WaitFor([&] { return gateway.gate().under_way() == 0; }));
  Raw stays(gateway);
  stays.Send(roster);
  ASSERT_TRUE(WaitFor([&] { return gateway.registry.rosters_made == 2; }));
  ASSERT_TRUE(WaitFor([&] { return gateway.gate().under_way() == 1; }));
  blocked->Go();
  EXPECT_THAT(stays.ReadAll(support::kPatience), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(WaitFor([&] { return gateway.gate().under_way() == 0; }));
}

TEST(GatewayAdmission, GivesEachCallerHisRate) {
  RunningGateway gateway(
      {}, {.rates = {.calls_per_second = 0.01, .burst_seconds = 300}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Http(gateway, kRead), StartsWith("HTTP/1.1 200 ")) << i;
  }
  const std::string refused = Http(gateway, kRead);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(refused, HasSubstr("\r\nretry-after: "));
  EXPECT_THAT(refused, HasSubstr("CALLER_RATE_EXCEEDED"));
  // Before its body is read: it never comes.
  Raw raw(gateway);
  raw.Send(
      "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
      "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_THAT(raw.ReadAll(), HasSubstr("CALLER_RATE_EXCEEDED"));
  const grpc::Status status = Get(gateway, "municipalities/131016");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "CALLER_RATE_EXCEEDED");
  // Another caller has a rate of his own, and health has none.
  Raw other(gateway, 2);
  other.Send(kRead + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(other.ReadAll(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Http(gateway, "GET /healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(gateway.observer.refused(),
            std::vector<std::string>(3, "caller_rate"));
}

TEST(GatewayAdmission, RefusesWhatABusyServiceCannotAnswer) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr, SharedLoopback(),
                         OneAtATime(1));
  Raw first(gateway);
  first.Send(kSlowRead);
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  Raw second(gateway);
  second.Send(kSlowRead);
  EXPECT_TRUE(WaitFor([&] { return gateway.gate().waiting() == 1; }));
  const std::string refused = Http(gateway, kRead);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("\r\nretry-after: 1\r\n"));
  EXPECT_THAT(refused, HasSubstr("BACKEND_BUSY"));
  const grpc::Status status = Get(gateway, "municipalities/131016");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "BACKEND_BUSY");
  // Health is asked nobody, and who waits for a version holds no place.
  EXPECT_THAT(Http(gateway, "GET /healthz"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(gateway.observer.refused(), Contains("backend_busy"));
  // The first leaves, and the second has its turn.
  first.Close();
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.slow() == 2; }));
  EXPECT_EQ(gateway.gate().waiting(), 0);
}

TEST(GatewayAdmission, NeverBeginsACallWhoseCallerHasLeft) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr, SharedLoopback(),
                         OneAtATime(100));
  Raw first(gateway);
  first.Send(kSlowRead);
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  {
    Raw leaves(gateway);
    std::string asks = Hello();
    for (std::uint32_t id = 1; id < 100; id += 2) {
      asks += Frame(kHeaders, 5, id, GetHeaders("/v1/municipalities/slow"));
    }
    leaves.Send(asks);
    EXPECT_TRUE(WaitFor([&] { return gateway.gate().waiting() == 50; }));
  }
  EXPECT_TRUE(WaitFor([&] { return gateway.gate().waiting() == 0; }));
  first.Close();
  EXPECT_TRUE(WaitFor([&] { return gateway.gate().under_way() == 0; }));
  EXPECT_THAT(Http(gateway, kRead), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(gateway.registry.slow(), 1);
}

TEST(GatewayAdmission, ReadsThatWaitForAVersionHoldNoPlace) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr, SharedLoopback(),
                         OneAtATime(1));
  Raw first(gateway);
  first.Send(kSlowRead);
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.slow() == 1; }));
  EXPECT_TRUE(Get(gateway, "municipalities/131016", 7).ok());
  EXPECT_THAT(Http(gateway, kRead + "?minVersion=7"),
              StartsWith("HTTP/1.1 200 "));
}

TEST(GatewayAdmission, AsksASilentServiceNoMoreForAWhile) {
  Gate::Options options;
  options.breaker = {.failures = 3,
                     .pause = std::chrono::milliseconds(60'000),
                     .longest_pause = std::chrono::milliseconds(60'000)};
  RunningGateway gateway({}, {}, false, nullptr, nullptr, SharedLoopback(),
                         options);
  gateway.StopBackend();
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(Http(gateway, kRead), HasSubstr("BACKEND_UNAVAILABLE")) << i;
  }
  const std::string refused = Http(gateway, kRead);
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("\r\nretry-after: 60\r\n"));
  EXPECT_THAT(refused, HasSubstr("BACKEND_SILENT"));
  const grpc::Status status = Get(gateway, "municipalities/131016");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "BACKEND_SILENT");
  EXPECT_THAT(Http(gateway, "GET /healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST(GatewayAdmission, RepeatsLittleWhereEverythingFails) {
  Gate::Options options;
  options.breaker.failures = 1'000'000;
  RunningGateway gateway({}, {}, false, nullptr, nullptr, SharedLoopback(),
                         options);
  constexpr int kThreads = 8;
  constexpr int kEach = 100;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&gateway] {
      for (int n = 0; n < kEach; ++n) {
        Http(gateway, "GET /v1/municipalities/away");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(gateway.registry.away(), kThreads * kEach);
  EXPECT_LE(gateway.registry.away(), kThreads * kEach * 12 / 10);
}

}  // namespace
}  // namespace welfare::gateway
