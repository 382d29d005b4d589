// Callers that mean no good, over one connection and over many, from the
// address of a bystander and from another. Every call of his succeeds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/gateway/budgets/bystander.h"
#include "tests/gateway/http2/frames.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using support::WaitFor;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kEnhanceYourCalm = 0xB;
const std::string kSlow = "/v1/municipalities/slow";
const std::string kCancel = std::string("\0\0\0\x8", 4);

// `count` calls, each of them reset at once where `reset`.
std::string Calls(int count, bool reset) {
  std::string out = Hello();
  for (int i = 0; i < count; ++i) {
    const auto id = static_cast<std::uint32_t>(2 * i + 1);
    out += Frame(kHeaders, 5, id, GetHeaders(kSlow));
    if (reset) out += Frame(kReset, 0, id, kCancel);
  }
  return out;
}

std::function<bool(const std::string&)> Has(const std::string& part) {
  return [part](const std::string& bytes) {
    return bytes.find(part) != bytes.npos;
  };
}

// A budget in which no address is shared, and one forgives nothing.
Budget::Limits Strict(double waste_allowed) {
  return {.waste_allowed = waste_allowed, .waste_forgiven_per_second = 0.01};
}

TEST(GatewayHostile, ResetsWithTheirHeadersBeginNothing) {
  RunningGateway gateway;
  Bystander bystander(gateway);
  const std::string flood = Calls(990, true);
  for (int i = 0; i < 60; ++i) {
    Raw raw(gateway);
    raw.Send(flood);
  }
  EXPECT_THAT(bystander.Failures(), IsEmpty());
  // A frame that is cut by the end of a read may begin one.
  EXPECT_LE(gateway.registry.slow(), 60);
  EXPECT_TRUE(WaitFor([&] { return gateway.connections() <= 1; }));
}

TEST(GatewayHostile, ConnectionsThatOpenAHundredAndLeaveBeginLittle) {
  RunningGateway gateway;
  Bystander bystander(gateway);
  const std::string flood = Calls(100, false);
  for (int i = 0; i < 200; ++i) {
    Raw raw(gateway);
    raw.Send(flood);
  }
  EXPECT_THAT(bystander.Failures(), IsEmpty());
  EXPECT_TRUE(WaitFor(
      [&] { return gateway.registry.cancelled() == gateway.registry.slow(); }));
  // What is forgiven, once, and one for each connection then: not 20,000.
  EXPECT_LE(gateway.registry.slow(), 200 + 100 + 200);
}

TEST(GatewayHostile, RefusesAnAddressThatWastes) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr, Strict(200));
  Bystander bystander(gateway);
  const std::string flood = Calls(990, true);
  EXPECT_TRUE(WaitFor(
      [&] {
        Raw raw(gateway, 2);
        raw.Send(flood);
        return gateway.refused() > 50;
      },
      seconds(60)));
  EXPECT_EQ(gateway.calmed(), 1);
  // Not even one that would do no harm is let in from there now.
  Raw late(gateway, 2);
  late.Send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(late.ReadAll(), "");
  EXPECT_TRUE(late.closed());
  EXPECT_THAT(bystander.Failures(), IsEmpty());
}

TEST(GatewayHostile, BreakingTheProtocolIsLeaving) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr, Strict(20));
  Bystander bystander(gateway);
  EXPECT_TRUE(WaitFor(
      [&] {
        Raw raw(gateway, 2);
        raw.Send(Calls(20, false));
        // They are begun, then DATA comes that belongs to no stream.
        raw.Read([](const std::string& bytes) {
          return CountFrames(bytes, kSettings) >= 2;
        });
        const int begun = gateway.registry.slow();
        WaitFor([&] { return gateway.registry.slow() > begun; },
                milliseconds(100));
        raw.Send(Frame(kData, 1, 0, "x"));
        raw.ReadAll();
        return gateway.refused() > 0;
      },
      seconds(60)));
  EXPECT_EQ(gateway.calmed(), 1);
  EXPECT_THAT(bystander.Failures(), IsEmpty());
}

TEST(GatewayHostile, TellsWhoWastesToCalmDownAndWorksForTheOthers) {
  RunningGateway gateway;
  Bystander bystander(gateway);
  // Each of these calls has begun when it is reset.
  int begun = 0;
  bool calmed = false;
  for (int i = 0; i < 20 && !calmed; ++i) {
    Raw raw(gateway);
    raw.Send(Calls(50, false));
    const int before = begun;
    WaitFor([&] { return gateway.registry.slow() > before; });
    std::string resets;
    for (std::uint32_t id = 1; id < 100; id += 2) {
      resets += Frame(kReset, 0, id, kCancel);
    }
    raw.Send(resets);
    calmed = SaysGoaway(raw.Read(
                            [](const std::string& bytes) {
                              return SaysGoaway(bytes, kEnhanceYourCalm);
                            },
                            milliseconds(500)),
                        kEnhanceYourCalm);
    WaitFor([&] {
      return gateway.registry.cancelled() == gateway.registry.slow();
    });
    begun = gateway.registry.slow();
  }
  EXPECT_TRUE(calmed);
  EXPECT_EQ(gateway.calmed(), 1);
  // From the same address one call is begun now, and when it is answered two.
  Raw raw(gateway);
  raw.Send(Calls(50, false));
  EXPECT_TRUE(WaitFor([&] { return gateway.registry.slow() > begun; }));
  raw.Send(Frame(kHeaders, 5, 201, GetHeaders("/healthz")));
  EXPECT_THAT(raw.Read(Has("SERVING")), HasSubstr("SERVING"));
  // A call of before may come late to the service, cancelled.
  EXPECT_LE(gateway.registry.slow(), begun + 5);
  EXPECT_THAT(bystander.Failures(), IsEmpty());
}

TEST(GatewayHostile, StalledBodiesHoldNoMoreThanAShareAndGoAway) {
  constexpr std::size_t kBytes = std::size_t{16} << 20;
  RunningGateway gateway(
      {.body = {.grace = milliseconds(1500)}, .look_every = milliseconds(100)},
      {}, false, nullptr, nullptr,
      {.bytes = kBytes, .shared = SharedLoopback().shared});
  Bystander bystander(gateway);
  const std::string headers = PostHeaders("/v1/municipalities:batchImport");
  std::vector<std::unique_ptr<Raw>> held;
  for (int i = 0; i < 5; ++i) {
    held.push_back(std::make_unique<Raw>(gateway));
    std::string open = Hello();
    for (std::uint32_t id = 1; id < 200; id += 2) {
      open += Frame(kHeaders, 4, id, headers);
    }
    held.back()->Send(open);
    // As much of each as a window holds, several times over.
    for (int turn = 0; turn < 4; ++turn) {
      for (std::uint32_t id = 1; id < 200; id += 2) {
        if (!held.back()->Send(Frame(kData, 0, id, std::string(16'000, ' ')))) {
          break;
        }
      }
    }
    EXPECT_LE(gateway.budget().bytes(), kBytes);
  }
  bystander.ComesRound();
  // Where they are still connected, each is told; nothing is held in the end.
  EXPECT_TRUE(WaitFor([&] { return gateway.budget().bytes() < kBytes / 8; },
                      seconds(60)));
  EXPECT_THAT(bystander.Failures(), IsEmpty());
}

TEST(GatewayHostile, TellsWhoseRoomIsUsedUp) {
  const std::string request =
      "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
      "Content-Type: application/json\r\nContent-Length: 3000000\r\n\r\n" +
      std::string(2 << 20, ' ');
  const auto answer = [&request](const Budget::Limits& limits) {
    RunningGateway gateway({}, {}, false, nullptr, nullptr, limits);
    Raw raw(gateway);
    raw.Send(request);
    return raw.Read([](const std::string& text) {
      return text.find("details") != text.npos;
    });
  };
  const std::string peer = answer({.bytes = std::size_t{4} << 20});
  EXPECT_THAT(peer, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(peer, HasSubstr("PEER_OVER_SHARE"));
  EXPECT_THAT(peer, HasSubstr("\r\nretry-after: 1\r\n"));
  const std::string all =
      answer({.bytes = std::size_t{1} << 20, .peers_share = 1});
  EXPECT_THAT(all, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(all, HasSubstr("GATEWAY_OVERLOADED"));
  EXPECT_THAT(all, HasSubstr("\r\nretry-after: 1\r\n"));
}

TEST(GatewayHostile, OneStalledBodyOfManyStreamsIsTold) {
  RunningGateway gateway(
      {.body = {.grace = milliseconds(200)}, .look_every = milliseconds(20)});
  Raw raw(gateway);
  raw.Send(
      Hello() +
      Frame(kHeaders, 4, 1, PostHeaders("/v1/municipalities:batchImport")) +
      Frame(kHeaders, 5, 3, GetHeaders("/v1/municipalities/brief")));
  const std::string got = raw.Read([](const std::string& bytes) {
    return bytes.find("REQUEST_TIMEOUT") != bytes.npos &&
           bytes.find("municipalities/brief") != bytes.npos;
  });
  EXPECT_THAT(got, HasSubstr("REQUEST_TIMEOUT"));
  EXPECT_THAT(got, HasSubstr("municipalities/brief"));
}

TEST(GatewayHostile, AByteNowAndThenIsNoBody) {
  RunningGateway gateway(
      {.body = {.grace = milliseconds(400), .bytes_per_second = 1024},
       .look_every = milliseconds(50)});
  Raw raw(gateway);
  raw.Send(
      "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
      "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{");
  std::string got;
  // Each of these would have put off the end of a body that must only move.
  for (int i = 0; i < 400 && got.empty(); ++i) {
    raw.Send(" ");
    got = raw.Read([](const std::string& text) { return !text.empty(); },
                   milliseconds(50));
  }
  EXPECT_THAT(got, StartsWith("HTTP/1.1 408 "));
  raw.ReadAll();
  EXPECT_TRUE(raw.closed());
}

TEST(GatewayHostile, AMessageOfGrpcHasToComeAndAStreamMayWait) {
  RunningGateway gateway(
      {.body = {.grace = milliseconds(200)}, .look_every = milliseconds(20)});
  const auto literal = [](const std::string& name, const std::string& value) {
    return std::string(1, '\0') + static_cast<char>(name.size()) + name +
           static_cast<char>(value.size()) + value;
  };
  const auto head = [&](const std::string& method) {
    return std::string("\x83\x86") + literal(":authority", "a") +
           literal(":path", "/welfare.registry.v1.RegistryService/" + method) +
           literal("content-type", "application/grpc") +
           literal("te", "trailers");
  };
  Raw raw(gateway);
  raw.Send(Hello() + Frame(kHeaders, 4, 1, head("ImportMunicipalities")) +
           Frame(kHeaders, 4, 3, head("GetMunicipality")) +
           Frame(kHeaders, 4, 5, head("ImportMunicipalities")) +
           Frame(kData, 0, 5, std::string(3, '\0')));
  EXPECT_TRUE(WaitFor([&] { return gateway.observer.seen().size() == 2; }));
  const std::string service = "POST /welfare.registry.v1.RegistryService/";
  EXPECT_THAT(
      gateway.observer.seen(),
      ::testing::UnorderedElementsAre(service + "GetMunicipality 504",
                                      service + "ImportMunicipalities 504"));
  // The stream without anything half sent goes on.
  raw.Send(Frame(kData, 1, 1, std::string(5, '\0')));
  EXPECT_TRUE(WaitFor([&] { return gateway.observer.seen().size() == 3; }));
  EXPECT_EQ(gateway.observer.seen().back(),
            service + "ImportMunicipalities 200");
}

TEST(GatewayHostile, ManyConnectionsWithAStalledBodyShutNobodyOut) {
  RunningGateway gateway(
      {}, {}, false, nullptr, nullptr,
      {.connections = 200, .shared = SharedLoopback().shared});
  Bystander bystander(gateway);
  std::vector<std::unique_ptr<Raw>> held;
  for (int i = 0; i < 600; ++i) {
    held.push_back(std::make_unique<Raw>(gateway));
    held.back()->Send(
        "POST /v1/municipalities:batchImport HTTP/1.1\r\nHost: a\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  }
  EXPECT_THAT(bystander.Failures(), IsEmpty());
  EXPECT_LE(gateway.budget().connections(), 101);
  EXPECT_GE(gateway.evicted(), 400);
  // They are closed, not only counted no more.
  EXPECT_TRUE(WaitFor([&] { return gateway.connections() <= 101; }));
}

TEST(GatewayHostile, AnotherAddressKeepsItsPlaces) {
  RunningGateway gateway({}, {}, false, nullptr, nullptr,
                         {.connections = 200, .waste_allowed = 1e9});
  Bystander bystander(gateway, 3);
  std::vector<std::unique_ptr<Raw>> held;
  for (int i = 0; i < 1000; ++i) {
    const auto from = static_cast<std::uint8_t>(10 + i % 100);
    held.push_back(std::make_unique<Raw>(gateway, from));
    held.back()->Send("POST /v1/municipalities:batchImport HTTP/1.1\r\n");
  }
  EXPECT_THAT(bystander.Failures(), IsEmpty());
  EXPECT_LE(gateway.budget().connections(), 200);
}

// Answers that nobody reads.

TEST(GatewayHostile, AWindowThatStaysShutEndsItsStreams) {
  RunningGateway gateway(
      {.answer = {.grace = milliseconds(300)}, .look_every = milliseconds(50)});
  Bystander bystander(gateway);
  // SETTINGS: INITIAL_WINDOW_SIZE 0.
  const std::string shut = std::string("\0\x4\0\0\0\0", 6);
  std::vector<std::unique_ptr<Raw>> held;
  for (int i = 0; i < 20; ++i) {
    held.push_back(std::make_unique<Raw>(gateway));
    std::string asks =
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, 0, 0, shut);
    for (std::uint32_t id = 1; id < 50; id += 2) {
      asks += Frame(kHeaders, 5, id, GetHeaders("/v1/reports/r:download"));
    }
    held.back()->Send(asks);
  }
  for (const auto& raw : held) {
    const std::string got = raw->Read(
        [](const std::string& bytes) {
          return CountFrames(bytes, kReset) >= 25;
        },
        seconds(30));
    EXPECT_EQ(CountFrames(got, kReset), 25);
  }
  EXPECT_TRUE(
      WaitFor([&] { return gateway.budget().bytes() < 40 * 64 * 1024; }));
  EXPECT_THAT(bystander.Failures(), IsEmpty());
}

TEST(GatewayHostile, ASocketThatNobodyReadsIsClosed) {
  RunningGateway gateway(
      {.answer = {.grace = milliseconds(500)}, .look_every = milliseconds(50)});
  Bystander bystander(gateway);
  std::vector<std::unique_ptr<Raw>> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(std::make_unique<Raw>(gateway));
    held.back()->ReceiveLittle();
    // Pipelined, so that their answers fill every buffer on the way.
    std::string asks;
    for (int n = 0; n < 1500; ++n) {
      asks += "GET /v1/reports/r:download HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    held.back()->Send(asks);
  }
  EXPECT_TRUE(WaitFor([&] { return gateway.connections() <= 3; }, seconds(60)));
  EXPECT_THAT(bystander.Failures(), IsEmpty());
}

}  // namespace
}  // namespace welfare::gateway
