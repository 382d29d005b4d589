// Large bodies and large answers, many at once: what they are read from,
// written to and passed on in stays within the budget, and who finds no room is
// told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using support::WaitFor;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace v1 = ::welfare::registry::v1;

constexpr std::size_t kMib = std::size_t{1} << 20;
constexpr int kAtOnce = 64;

// What was held at most, looked at all the time.
class Watched {
 public:
  explicit Watched(const Budget& budget)
      : budget_(budget), thread_([this] {
          while (!stop_) {
            most_ = std::max(most_.load(), budget_.bytes());
            std::this_thread::yield();
          }
        }) {}
  ~Watched() { Stop(); }

  std::size_t most() {
    Stop();
    return most_;
  }

 private:
  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  const Budget& budget_;
  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> most_{0};
  std::thread thread_;
};

std::string BatchImport(std::size_t bytes) {
  const std::string body =
      R"({"batch":{"csv":")" + std::string(bytes, 'x') + "\"}}";
  return "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
         "Connection: close\r\nContent-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string kRosterRead =
    "GET /v1/programs/jusou/rosters/2025 HTTP/1.1\r\nHost: a\r\n"
    "Connection: close\r\n\r\n";

// What `request` is answered on as many connections at once.
std::vector<std::string> AtOnce(const RunningGateway& gateway,
                                const std::string& request) {
  std::vector<std::string> answers(kAtOnce);
  std::vector<std::thread> callers;
  for (std::string& answer : answers) {
    callers.emplace_back([&gateway, &request, &answer] {
      Raw raw(gateway);
      raw.Send(request);
      answer = raw.ReadAll(support::kPatience);
    });
  }
  for (std::thread& caller : callers) caller.join();
  return answers;
}

// Asks as often as everybody is refused, as who is told to try again does.
// Who was refused has heard why, unless his connection made room for another.
void ExpectAnswered(const RunningGateway& gateway, const std::string& request) {
  // The service is reached: what is refused is for want of room.
  ASSERT_TRUE(WaitFor([&] {
    return Http(gateway, "GET /v1/municipalities/131016")
        .starts_with("HTTP/1.1 200 ");
  }));
  std::vector<std::string> answers;
  ASSERT_TRUE(WaitFor([&] {
    for (std::string& answer : AtOnce(gateway, request)) {
      answers.push_back(std::move(answer));
    }
    return std::any_of(answers.begin(), answers.end(),
                       [](const std::string& answer) {
                         return answer.starts_with("HTTP/1.1 200 ");
                       });
  }));
  for (const std::string& answer : answers) {
    if (answer.empty()) continue;
    EXPECT_THAT(answer, AnyOf(StartsWith("HTTP/1.1 200 "),
                              AllOf(StartsWith("HTTP/1.1 429 "),
                                    HasSubstr("PEER_OVER_SHARE")),
                              AllOf(StartsWith("HTTP/1.1 503 "),
                                    HasSubstr("GATEWAY_OVERLOADED"))))
        << answer.substr(0, 300);
  }
}

TEST(GatewayLargeCalls, BodiesStayWithinTheBudget) {
  for (const std::size_t limit : {256 * kMib, 48 * kMib}) {
    RunningGateway gateway({}, {}, false, nullptr, nullptr,
                           {.bytes = limit, .shared = SharedLoopback().shared});
    Watched watched(gateway.budget());
    ExpectAnswered(gateway, BatchImport(2 * kMib));
    EXPECT_LE(watched.most(), limit);
    // They are charged: there was more at a time than one of them.
    EXPECT_GT(watched.most(), 4 * kMib);
    EXPECT_TRUE(WaitFor([&] { return gateway.budget().bytes() < kMib; }));
    EXPECT_THAT(Http(gateway, "GET /v1/municipalities/131016"),
                StartsWith("HTTP/1.1 200 "));
  }
}

TEST(GatewayLargeCalls, AnswersStayWithinTheBudget) {
  for (const std::size_t limit : {24 * kMib}) {
    RunningGateway gateway({}, {}, false, nullptr, nullptr,
                           {.bytes = limit, .shared = SharedLoopback().shared});
    gateway.registry.roster_entries = 8'000;  // 350 KB, and twice as much JSON
    Watched watched(gateway.budget());
    ExpectAnswered(gateway, kRosterRead);
    EXPECT_LE(watched.most(), limit);
    EXPECT_GT(watched.most(), 2 * kMib);
    EXPECT_TRUE(WaitFor([&] { return gateway.budget().bytes() < kMib; }));
  }
}

TEST(GatewayLargeCalls, MessagesOfGrpcStayWithinTheBudget) {
  constexpr std::size_t kLimit = 32 * kMib;
  RunningGateway gateway({}, {}, false, nullptr, nullptr,
                         {.bytes = kLimit, .shared = SharedLoopback().shared});
  gateway.registry.roster_entries = 8'000;
  Watched watched(gateway.budget());
  std::atomic<int> good{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kAtOnce; ++i) {
    callers.emplace_back([&gateway, &good, i] {
      grpc::ChannelArguments own;
      own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      const auto stub = v1::RegistryService::NewStub(grpc::CreateCustomChannel(
          gateway.address(), grpc::InsecureChannelCredentials(), own));
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() +
                           support::kPatience);
      grpc::Status status;
      if (i % 2 == 0) {
        v1::GetRosterRequest request;
        request.set_name("programs/jusou/rosters/2025");
        v1::Roster roster;
        status = stub->GetRoster(&context, request, &roster);
      } else {
        v1::ImportMunicipalitiesRequest request;
        request.mutable_batch()->set_csv(std::string(2 * kMib, 'x'));
        type::v1::ImportResult result;
        status = stub->BatchImportMunicipalities(&context, request, &result);
      }
      good += status.ok() ? 1 : 0;
      // A connection that made room for another has no reason.
      if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
        EXPECT_THAT(ReasonOf(status),
                    AnyOf("PEER_OVER_SHARE", "GATEWAY_OVERLOADED"));
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_GT(good, 0);
  EXPECT_LE(watched.most(), kLimit);
  EXPECT_TRUE(WaitFor([&] { return gateway.budget().bytes() < kMib; }));
}

TEST(GatewayLargeCalls, AnAnswerWithoutRoomIsRefusedByName) {
  // Room for calls, and not for this answer: of the peer, and of all.
  for (const std::size_t share : {std::size_t{4}, std::size_t{1}}) {
    RunningGateway gateway(
        {}, {}, false, nullptr, nullptr,
        {.bytes = (share == 1 ? 1 : 4) * kMib, .peers_share = share});
    gateway.registry.roster_entries = 40'000;
    const std::string reason =
        share == 1 ? "GATEWAY_OVERLOADED" : "PEER_OVER_SHARE";
    Raw raw(gateway);
    raw.Send(kRosterRead);
    EXPECT_THAT(
        raw.ReadAll(support::kPatience),
        AllOf(StartsWith(share == 1 ? "HTTP/1.1 503 " : "HTTP/1.1 429 "),
              HasSubstr(reason), HasSubstr("\r\nretry-after: 1\r\n")));
    grpc::ClientContext context;
    v1::GetRosterRequest request;
    request.set_name("programs/jusou/rosters/2025");
    v1::Roster roster;
    const grpc::Status status =
        gateway.Registry()->GetRoster(&context, request, &roster);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(ReasonOf(status), reason);
    EXPECT_EQ(gateway.observer.refused(),
              std::vector<std::string>(
                  2, share == 1 ? "process_full" : "peer_share"));
    // What is small goes on.
    EXPECT_THAT(Http(gateway, "GET /v1/municipalities/131016"),
                StartsWith("HTTP/1.1 200 "));
  }
}

TEST(GatewayLargeCalls, AMessageOfAStreamWithoutRoomIsRefusedByName) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr,
                         {.bytes = 2 * kMib, .peers_share = 1});
  EXPECT_THAT(
      Http(gateway, "GET /v1/registry/changes:stream?dataIncarnation=huge"),
      AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("GATEWAY_OVERLOADED")));
  grpc::ClientContext context;
  v1::StreamChangesRequest request;
  request.set_data_incarnation("huge");
  const auto stub = gateway.Registry();
  const auto reader = stub->StreamChanges(&context, request);
  v1::StreamChangesResponse part;
  EXPECT_FALSE(reader->Read(&part));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
      << status.error_message();
  EXPECT_EQ(ReasonOf(status), "GATEWAY_OVERLOADED");
  // It goes on for those whose messages fit.
  EXPECT_THAT(
      Http(gateway, "GET /v1/registry/changes:stream?dataIncarnation=few"),
      HasSubstr("{\"end\":{\"count\":3}}"));
}

// A write that may be tried with another etag keeps its request, and pays for
// it while it waits.
TEST(GatewayLargeCalls, AWriteWithSeveralEtagsIsSentOnceMore) {
  RunningGateway gateway;
  const std::string body =
      R"({"displayName":")" + std::string(100'000, 'x') + "\"}";
  const std::string answer =
      Http(gateway, "PATCH /v1/municipalities/guarded",
           "Content-Type: application/json\r\nIf-Match: \"x\", \"store-7\"\r\n",
           body);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(gateway.registry.updates, 2);
  EXPECT_TRUE(WaitFor([&] { return gateway.budget().bytes() < kMib; }));
}

}  // namespace
}  // namespace welfare::gateway
