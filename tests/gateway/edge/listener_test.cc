#include "gateway/edge/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "gateway/exchange/exchange.h"
#include "tests/gateway/running_gateway.h"

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
  Listener listener({.loops = 1, .limits = {}}, dispatcher);
  const auto bound = listener.Listen(gateway.address());
  ASSERT_FALSE(bound.ok());
  EXPECT_THAT(std::string(bound.status().message()),
              HasSubstr(gateway.address()));
  EXPECT_FALSE(listener.Listen("nonsense").ok());
  EXPECT_FALSE(listener.Listen("127.0.0.1:99999").ok());
  EXPECT_FALSE(listener.Listen("example.invalid:80").ok());
}

}  // namespace
}  // namespace welfare::gateway
