// HTTP/2 on the wire: raw frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;
using support::WaitFor;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Frame(int type, int flags, std::uint32_t stream,
                  const std::string& payload) {
  std::string out;
  const auto size = static_cast<std::uint32_t>(payload.size());
  for (int shift = 16; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((size >> shift) & 0xFF));
  }
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((stream >> shift) & 0xFF));
  }
  return out + payload;
}

constexpr int kHeaders = 1;
constexpr int kReset = 3;
constexpr int kSettings = 4;
constexpr int kPing = 6;
constexpr int kGoaway = 7;
constexpr int kContinuation = 9;

const std::string& Hello() {
  static const std::string* hello = new std::string(
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kSettings, 0, 0, ""));
  return *hello;
}

// :method GET, :scheme http, :path / of HPACK's static table, :authority a.
const std::string kGetRoot = std::string("\x82\x86\x84\x41\x01") + "a";

// The frames of type `type` in what was read.
int CountFrames(const std::string& bytes, int type) {
  int count = 0;
  std::size_t at = 0;
  while (at + 9 <= bytes.size()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
    };
    const std::size_t size = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    if (static_cast<int>(byte(at + 3)) == type) ++count;
    at += 9 + size;
  }
  return count;
}

TEST(GatewayHttp2, IsToldApartByItsPreface) {
  RunningGateway gateway;
  Raw raw(gateway);
  // Byte by byte, so that the preface comes in pieces.
  for (const char c : Hello() + Frame(kHeaders, 5, 1, kGetRoot)) {
    raw.Send(std::string(1, c));
  }
  const std::string got = raw.Read([](const std::string& bytes) {
    return CountFrames(bytes, 0) > 0 && bytes.find("</html>") != bytes.npos;
  });
  EXPECT_THAT(got, HasSubstr("</html>"));
}

TEST(GatewayHttp2, CutsOffARapidReset) {
  RunningGateway gateway;
  Raw raw(gateway);
  ASSERT_TRUE(raw.Send(Hello()));
  // /v1/municipalities/slow would hold the backend; the page is enough here.
  bool sent = true;
  for (std::uint32_t id = 1; id < 10'000 && sent; id += 2) {
    sent = raw.Send(Frame(kHeaders, 5, id, kGetRoot) +
                    Frame(kReset, 0, id, std::string("\0\0\0\x8", 4)));
  }
  const std::string got = raw.ReadAll();
  EXPECT_TRUE(raw.closed());
  // The page's DATA frames never come whole for a reset stream, so frames
  // stay in step and GOAWAY is found.
  EXPECT_TRUE(!sent || CountFrames(got, kGoaway) == 1);
  EXPECT_THAT(Http(gateway, "GET /healthz"), StartsWith("HTTP/1.1 200 "));
}

TEST(GatewayHttp2, CutsOffFloods) {
  RunningGateway gateway;
  const std::pair<const char*, std::string> floods[] = {
      {"SETTINGS", Frame(kSettings, 0, 0, "")},
      {"PING", Frame(kPing, 0, 0, "12345678")},
  };
  for (const auto& [name, frame] : floods) {
    Raw raw(gateway);
    ASSERT_TRUE(raw.Send(Hello()));
    // Nobody reads the answers: they pile up until the gateway gives up.
    bool sent = true;
    for (int i = 0; i < 20'000 && sent; ++i) {
      std::string many;
      for (int n = 0; n < 100; ++n) many += frame;
      sent = raw.Send(many);
    }
    EXPECT_FALSE(sent) << name;
  }
  Raw raw(gateway);
  raw.Send(Hello() + Frame(kHeaders, 1, 1, kGetRoot));
  for (int i = 0; i < 1000; ++i) {
    if (!raw.Send(Frame(kContinuation, 0, 1, ""))) break;
  }
  raw.ReadAll();
  EXPECT_TRUE(raw.closed());
  Raw settings(gateway);
  std::string many;
  for (int i = 0; i < 40; ++i) many += std::string("\0\x3\0\0\0\x64", 6);
  settings.Send(Hello() + Frame(kSettings, 0, 0, many));
  settings.ReadAll();
  EXPECT_TRUE(settings.closed());
}

// :method POST, :scheme http, :path, :authority a, content-type of JSON.
std::string PostHeaders(const std::string& path) {
  const auto text = [](const std::string& value) {
    return std::string(1, static_cast<char>(value.size())) + value;
  };
  return std::string("\x83\x86\x44") + text(path) + "\x41" + text("a") +
         "\x5f" + text("application/json");
}

TEST(GatewayHttp2, WaitsForNoBodyThatStopsComing) {
  RunningGateway gateway({}, {.body_stall_timeout = milliseconds(50)});
  Raw raw(gateway);
  raw.Send(
      Hello() +
      Frame(kHeaders, 4, 1, PostHeaders("/v1/municipalities:batchImport")) +
      Frame(0, 0, 1, R"({"batch":{"csv":"a)"));
  const auto has = [](const std::string& part) {
    return [part](const std::string& bytes) {
      return bytes.find(part) != bytes.npos;
    };
  };
  EXPECT_THAT(raw.Read(has("REQUEST_TIMEOUT")), HasSubstr("REQUEST_TIMEOUT"));
  // The others of the connection go on.
  raw.Send(Frame(kHeaders, 5, 3, kGetRoot));
  EXPECT_THAT(raw.Read(has("</html>")), HasSubstr("</html>"));
}

TEST(GatewayHttp2, HoldsNoMoreUnfinishedRequestsThanItHasRoomFor) {
  RunningGateway gateway({}, {.unfinished_bytes = 100});
  Raw raw(gateway);
  const std::string headers = PostHeaders("/v1/municipalities:batchImport");
  raw.Send(Hello() + Frame(kHeaders, 4, 1, headers) +
           Frame(0, 0, 1, std::string(80, ' ')) +
           Frame(kHeaders, 4, 3, headers) +
           Frame(0, 0, 3, std::string(80, ' ')));
  EXPECT_THAT(raw.Read([](const std::string& bytes) {
    return bytes.find("GATEWAY_OVERLOADED") != bytes.npos;
  }),
              HasSubstr("GATEWAY_OVERLOADED"));
  // What the first holds is free again once it is whole.
  raw.Send(Frame(0, 1, 1, "{}") + Frame(kHeaders, 4, 5, headers) +
           Frame(0, 1, 5, std::string(80, ' ') + "{}"));
  EXPECT_THAT(raw.Read([](const std::string& bytes) {
    return CountOf(bytes, "requestId") == 2;
  }),
              HasSubstr("requestId"));
}

TEST(GatewayHttp2, RefusesHeaderListsThatAreTooLong) {
  RunningGateway gateway;
  Raw raw(gateway);
  // A literal field without indexing, five times 4000 bytes.
  std::string block = kGetRoot;
  for (int i = 0; i < 5; ++i) {
    block +=
        std::string("\0\x1", 2) + "a" + "\x7f\xa1\x1e" + std::string(4000, 'b');
  }
  const std::string first = block.substr(0, 16'000);
  raw.Send(Hello() + Frame(kHeaders, 1, 1, first) +
           Frame(kContinuation, 4, 1, block.substr(16'000)));
  const std::string got = raw.Read([](const std::string& bytes) {
    return bytes.find("MESSAGE_TOO_LARGE") != bytes.npos;
  });
  EXPECT_THAT(got, HasSubstr("MESSAGE_TOO_LARGE"));
  EXPECT_EQ(CountFrames(got, kGoaway), 0);
  raw.Send(Frame(kHeaders, 5, 3, kGetRoot));
  EXPECT_THAT(raw.Read([](const std::string& bytes) {
    return bytes.find("</html>") != bytes.npos;
  }),
              HasSubstr("</html>"));
}

TEST(GatewayHttp2, AnswersBadBinaryHeadersAndLives) {
  RunningGateway gateway;
  // grpcio and grpc++ encode `-bin` themselves, so the frame is made by hand:
  // POST to a gRPC path with `x-bin: !`.
  const auto literal = [](const std::string& name, const std::string& value) {
    return std::string(1, '\0') + static_cast<char>(name.size()) + name +
           static_cast<char>(value.size()) + value;
  };
  const std::string head =
      std::string("\x83\x86") + literal(":authority", "a") +
      literal(":path", "/welfare.registry.v1.RegistryService/GetMunicipality") +
      literal("content-type", "application/grpc") + literal("te", "trailers");
  Raw raw(gateway);
  raw.Send(Hello() + Frame(kHeaders, 4, 1, head + literal("x-bin", "!")));
  std::string got = raw.Read([](const std::string& bytes) {
    return CountFrames(bytes, kHeaders) >= 2;
  });
  EXPECT_EQ(CountFrames(got, kGoaway), 0);
  EXPECT_EQ(gateway.observer.seen(),
            (std::vector<std::string>{
                "POST /welfare.registry.v1.RegistryService/GetMunicipality "
                "400"}));
  // The same connection goes on: an empty message is a good request.
  raw.Send(Frame(kHeaders, 4, 3, head) + Frame(0, 1, 3, std::string(5, '\0')));
  got = raw.Read([](const std::string& bytes) {
    return CountFrames(bytes, kHeaders) >= 4;
  });
  EXPECT_TRUE(WaitFor([&] { return gateway.observer.seen().size() == 2; }));
  EXPECT_EQ(gateway.observer.seen().back(),
            "POST /welfare.registry.v1.RegistryService/GetMunicipality 200");
}

}  // namespace
}  // namespace welfare::gateway
