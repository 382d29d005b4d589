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
  // Calls the service with `message`, the bytes of `request`, which is null
  // unless it is kept.
  virtual void Send(std::string message,
                    std::unique_ptr<google::protobuf::Message> request) = 0;
  // Whether the request may be sent in another form once more.
  virtual bool KeepsRequest() const { return false; }
  // Adds to a request what else says something of it. Beside the loop, perhaps.
  virtual std::optional<Failure> Complete(
      google::protobuf::Message& /*message*/) {
    return std::nullopt;
  }

  HttpCall& call() { return *call_; }
  const HttpCall& call() const { return *call_; }
  // Of what the request is held in while it waits, and then of the answer.
  Share& share() { return share_; }
  // Refuses a request of which nothing has been answered.
  void Refuse(const Failure& failure);

 private:
  struct Built;
  Built Build();
  // The same beside the loop, where there is room for it.
  Built BuildLarge();
  void SendBuilt(Built built);

  std::unique_ptr<HttpCall> call_;
  std::string body_;
  Share share_;  // what body_ holds, what is made of it, and the reply after it
  bool body_whole_ = false;
};

}  // namespace welfare::gateway
