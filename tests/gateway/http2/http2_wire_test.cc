// HTTP/2 on the wire: raw frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/gateway/http2/frames.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/wait_for.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;
using support::WaitFor;
using ::testing::HasSubstr;
using ::testing::StartsWith;

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

TEST(GatewayHttp2, WaitsForNoBodyThatStopsComing) {
  RunningGateway gateway(
      {.body = {.grace = milliseconds(50)}, .look_every = milliseconds(20)});
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

const std::string kSlow = "/v1/municipalities/slow";
constexpr int kProtocolError = 1;
constexpr int kStreamClosed = 5;

std::function<bool(const std::string&)> Frames(int count, int type) {
  return [count, type](const std::string& bytes) {
    return CountFrames(bytes, type) >= count;
  };
}

TEST(GatewayHttp2, EndsConnectionsOverFramesForStreamsThatAreGone) {
  RunningGateway gateway;
  const std::string ask = Frame(kHeaders, 5, 1, GetHeaders("/healthz"));
  const std::string open = Frame(kHeaders, 5, 1, GetHeaders(kSlow));
  const std::string reset = Frame(kReset, 0, 1, std::string("\0\0\0\x8", 4));
  const std::string again = Frame(kHeaders, 5, 1, GetHeaders("/healthz"));
  const std::string data = Frame(kData, 1, 1, "x");
  struct Case {
    const char* name;
    std::string first;
    bool answered;  // before the rest is sent
    std::string rest;
    int code;
  };
  const Case cases[] = {
      {"DATA after both have ended", ask, true, data, kStreamClosed},
      {"HEADERS after both have ended", ask, true, again, kStreamClosed},
      {"DATA after its end", open, false, data, kStreamClosed},
      {"HEADERS after its end", open, false, again, kStreamClosed},
      {"DATA after its reset", open + reset, false, data, kStreamClosed},
      {"HEADERS after its reset", open + reset, false, again, kStreamClosed},
      {"a stream before one that is open",
       Frame(kHeaders, 5, 5, GetHeaders(kSlow)), false,
       Frame(kHeaders, 5, 3, GetHeaders("/healthz")), kProtocolError},
      {"DATA for a stream to come", ask, true, Frame(kData, 1, 3, "x"),
       kProtocolError},
      // With padding and a priority, which nghttp2 reads apart.
      {"HEADERS with more before them", open + reset, false,
       Frame(kHeaders, 5 | 0x28, 1,
             std::string("\0\0\0\0\0\x10", 6) + GetHeaders("/healthz")),
       kStreamClosed},
      {"padded DATA", open + reset, false,
       Frame(kData, 1 | 8, 1, std::string("\x1x\0", 3)), kStreamClosed},
  };
  for (const Case& row : cases) {
    for (const bool together : {false, true}) {
      if (together && row.answered) continue;
      Raw raw(gateway);
      raw.Send(Hello() + row.first + (together ? row.rest : ""));
      if (row.answered) raw.Read(Frames(1, kData));
      if (!together) raw.Send(row.rest);
      const std::string got = raw.ReadAll(support::kPatience);
      ASSERT_TRUE(raw.closed()) << row.name;
      EXPECT_EQ(CodesOf(got, kGoaway), std::vector<int>{row.code}) << row.name;
    }
  }
}

TEST(GatewayHttp2, IgnoresWhatWasOnItsWayToAStreamThatItEnded) {
  RunningGateway gateway;
  Raw raw(gateway);
  raw.Send(Hello() + Frame(kHeaders, 4, 1, PostHeaders("/none")));
  // Answered, and ended since nothing more came of the request.
  std::string got = raw.Read(Frames(1, kReset), support::kPatience);
  EXPECT_EQ(CodesOf(got, kReset), std::vector<int>{0});
  raw.Send(Frame(kData, 0, 1, "xy") +
           Frame(kHeaders, 5, 1, std::string("\0\x1" "a\x1" "b", 5)) +
           Frame(kHeaders, 5, 3, kGetRoot));
  got = raw.Read([](const std::string& bytes) {
    return bytes.find("</html>") != bytes.npos;
  });
  EXPECT_THAT(got, HasSubstr("</html>"));
  EXPECT_EQ(CountFrames(got, kGoaway), 0);
}

TEST(GatewayHttp2, LetsARequestThatIsRefusedEarlyEnd) {
  RunningGateway gateway;
  Raw raw(gateway);
  for (std::uint32_t id = 1; id < 20; id += 2) {
    raw.Send((id == 1 ? Hello() : "") +
             Frame(kHeaders, 4, id, PostHeaders("/none")));
    const int answers = static_cast<int>(id / 2 + 1);
    raw.Read(Frames(answers, kData));
    raw.Send(Frame(kData, 0, id, "{") + Frame(kData, 1, id, "}"));
  }
  raw.Send(Frame(kHeaders, 5, 21, kGetRoot));
  const std::string got = raw.Read([](const std::string& bytes) {
    return bytes.find("</html>") != bytes.npos;
  });
  EXPECT_EQ(CountFrames(got, kGoaway), 0);
  // A reset may overtake who is as slow as that; not ten times.
  EXPECT_LT(CountFrames(got, kReset), 10);
}

TEST(GatewayHttp2, SaysWhatIsMalformedBehindAnEarlyAnswer) {
  RunningGateway gateway;
  const std::pair<const char*, std::string> cases[] = {
      {"trailers that do not end it",
       Frame(kHeaders, 4, 1, std::string("\0\x1" "a\x1" "b", 5))},
      {"trailers with a pseudo-header", Frame(kHeaders, 5, 1, "\x82")},
      {"an update of its window by nothing",
       Frame(kWindowUpdate, 0, 1, std::string(4, '\0'))},
  };
  for (const auto& [name, frames] : cases) {
    // The end of an answered stream may overtake who is slow; not every time.
    bool said = false;
    for (int i = 0; i < 50 && !said; ++i) {
      Raw raw(gateway);
      raw.Send(Hello() + Frame(kHeaders, 4, 1, PostHeaders("/none")));
      raw.Read(Frames(1, kData));
      raw.Send(frames);
      const std::string got = raw.Read([](const std::string& bytes) {
        return CountFrames(bytes, kReset) + CountFrames(bytes, kGoaway) > 0;
      });
      const std::vector<int> only = {kProtocolError};
      said = CodesOf(got, kReset) == only || CodesOf(got, kGoaway) == only;
    }
    EXPECT_TRUE(said) << name;
  }
}

TEST(GatewayHttp2, HangsUpOnABrokenPreface) {
  RunningGateway gateway;
  for (const char* preface :
       {"INVALID CONNECTION PREFACE\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\n",
        "PRI * HTTP/2.0\r\n\r\nMS\r\n\r\n",
        "PRI * HTTP/2.0\r\nHost: a\r\n\r\nSM\r\n\r\n"}) {
    Raw raw(gateway);
    raw.Send(preface);
    // Not a byte that could be taken for a frame.
    EXPECT_EQ(raw.ReadAll(support::kPatience), "") << preface;
    EXPECT_TRUE(raw.closed()) << preface;
  }
}

}  // namespace
}  // namespace welfare::gateway
