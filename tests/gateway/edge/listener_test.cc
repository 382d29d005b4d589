#include "gateway/edge/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/exchange/exchange.h"
#include "tests/gateway/raw_connection.h"

namespace welfare::gateway {
namespace {

using ::testing::HasSubstr;

TEST(Listener, SaysThatAPortIsTaken) {
  RunningGateway gateway;
  class NoDispatcher final : public Dispatcher {
    std::shared_ptr<ExchangeHandler> Dispatch(Exchange&) override {
      return nullptr;
    }
  } dispatcher;
  Budget budget({});
  Listener listener({.loops = 1, .limits = {}}, budget, dispatcher);
  const auto bound = listener.Listen(gateway.address());
  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(std::string(bound.status().message()),
              HasSubstr(gateway.address()));
  EXPECT_FALSE(listener.Listen("nonsense").ok());
  EXPECT_FALSE(listener.Listen("127.0.0.1:99999").ok());
  EXPECT_FALSE(listener.Listen("example.invalid:80").ok());
}

TEST(Listener, TurnsAwayWhoComesFromElsewhere) {
  class NoDispatcher final : public Dispatcher {
    std::shared_ptr<ExchangeHandler> Dispatch(Exchange&) override {
      return nullptr;
    }
  } dispatcher;
  platform::MetricsRegistry metrics;
  platform::Counter& turned_away = metrics.AddCounter("turned_away", "");
  // Whether a connection of 127.0.0.1 is kept where these may come.
  const auto keeps = [&](std::string_view allowed) {
    Budget budget({});
    Listener listener({.loops = 1,
                       .limits = {},
                       .allowed = access::AddressList::Parse(allowed).value(),
                       .turned_away = &turned_away},
                      budget, dispatcher);
    const auto bound = listener.Listen("127.0.0.1:0");
    EXPECT_TRUE(bound.ok()) << bound.status();
    listener.Start();
    Raw raw(static_cast<std::uint16_t>(
        std::stoi(bound->substr(bound->rfind(':') + 1))));
    raw.ReadAll(std::chrono::milliseconds(200));
    const bool kept = !raw.closed();
    listener.Drain();
    listener.CloseAll(std::chrono::steady_clock::now());
    listener.Stop();
    return kept;
  };
  EXPECT_TRUE(keeps("127.0.0.0/8"));
  EXPECT_TRUE(keeps("10.0.0.0/8, 127.0.0.1"));
  EXPECT_EQ(turned_away.Value(), 0);
  EXPECT_FALSE(keeps("10.0.0.0/8, ::/0"));
  EXPECT_EQ(turned_away.Value(), 1);
}

}  // namespace
}  // namespace welfare::gateway
