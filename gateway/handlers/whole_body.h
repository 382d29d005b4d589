#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/budgets/budget.h"
#include "gateway/calls/http_call.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// A handler that takes a whole body, makes the one message of it, and calls the
// service with that. Used on the loop of its exchange.
class WholeBodyHandler : public ExchangeHandler,
                         public std::enable_shared_from_this<WholeBodyHandler> {
 public:
  explicit WholeBodyHandler(std::unique_ptr<HttpCall> call);

  // Begins, or refuses what says that it will be too large.
  void Start();

  // ExchangeHandler:
  void OnBody(std::string_view bytes) override;
  void OnBodyEnd() override;
  bool WaitsForBody() const override { return !body_whole_; }
  void OnTooSlow() override;

 protected:
  // Calls the service.
  virtual void Send(std::unique_ptr<google::protobuf::Message> request) = 0;
  // Adds to a request what else says something of it. Beside the loop, perhaps.
  virtual std::optional<Failure> Complete(
      google::protobuf::Message& /*message*/) {
    return std::nullopt;
  }

  HttpCall& call() { return *call_; }
  const HttpCall& call() const { return *call_; }
  // Of the answer, when the request has become a call.
  Share& share() { return share_; }
  // Refuses a request of which nothing has been answered.
  void Refuse(const Failure& failure);

 private:
  struct Built;
  Built Build();
  void SendBuilt(Built built);

  std::unique_ptr<HttpCall> call_;
  std::string body_;
  Share share_;  // what body_ holds, and the reply after it
  bool body_whole_ = false;
};

}  // namespace welfare::gateway
