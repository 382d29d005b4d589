#include "gateway/edge/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/exchange/exchange.h"
#include "tests/gateway/http2/frames.h"
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

TEST(Listener, WhoAsksMuchAtOnceWaitsForHimself) {
  // Says who was begun, in order; holds up its only loop with the first.
  class Diary final : public Dispatcher {
   public:
    std::shared_ptr<ExchangeHandler> Dispatch(Exchange& exchange) override {
      begun += exchange.request().authority;
      if (begun.size() == 1) {
        held_up.set_value();
        goes_on.get_future().wait();
      }
      if (begun.ends_with('z')) all_there.set_value();
      return nullptr;
    }
    std::promise<void> held_up, goes_on, all_there;
    std::string begun;
  } diary;
  const auto request = [](std::uint32_t stream, char authority) {
    return Frame(kHeaders, 5, stream,
                 std::string("\x82\x86\x84\x41\x01") + authority);
  };
  Budget budget({});
  Listener listener({.loops = 1, .limits = {}}, budget, diary);
  const auto bound = listener.Listen("127.0.0.1:0");
  ASSERT_TRUE(bound.ok()) << bound.status();
  listener.Start();
  const auto port = static_cast<std::uint16_t>(
      std::stoi(bound->substr(bound->rfind(':') + 1)));
  Raw first(port), before(port), much(port), after(port);
  for (Raw* each : {&first, &before, &much, &after}) {
    ASSERT_TRUE(each->Send(Hello()));
    each->Read(
        [](const std::string& got) { return CountFrames(got, kSettings) > 0; });
  }
  ASSERT_TRUE(first.Send(request(1, 'a')));
  diary.held_up.get_future().wait();
  std::string hundred;
  for (std::uint32_t stream = 1; stream < 180; stream += 2) {
    hundred += request(stream, 'b');
  }
  ASSERT_TRUE(before.Send(request(1, 'c')));
  ASSERT_TRUE(much.Send(hundred + request(181, 'z')));
  ASSERT_TRUE(after.Send(request(1, 'd')));
  diary.goes_on.set_value();
  diary.all_there.get_future().wait();
  // Whichever of them the system names first.
  EXPECT_LT(diary.begun.find('c'), 40) << diary.begun;
  EXPECT_LT(diary.begun.find('d'), 40) << diary.begun;
  listener.Drain();
  listener.CloseAll(std::chrono::steady_clock::now());
  listener.Stop();
}

}  // namespace
}  // namespace welfare::gateway
