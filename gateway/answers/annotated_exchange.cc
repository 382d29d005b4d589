#include "gateway/answers/annotated_exchange.h"

#include <string>
#include <utility>
#include <vector>

namespace welfare::gateway {
namespace {

// Stands between a session and a handler: to either it is the other one. Kept
// by the session, as every handler; ending the exchange may end it too.
class AnnotatedExchange final : public Exchange, public ExchangeHandler {
 public:
  AnnotatedExchange(const CrossOrigin& cross_origin, Exchange& exchange)
      : cross_origin_(cross_origin), exchange_(exchange) {}

  void Keep(std::shared_ptr<ExchangeHandler> handler) {
    handler_ = std::move(handler);
  }

  // Exchange:
  EventLoop& loop() override { return exchange_.loop(); }
  const RequestHead& request() const override { return exchange_.request(); }
  const Connection& connection() const override {
    return exchange_.connection();
  }
  const Seat& seat() const override { return exchange_.seat(); }
  void Consume(std::size_t bytes) override { exchange_.Consume(bytes); }
  void SendHead(ResponseHead head) override {
    cross_origin_.Annotate(exchange_.request(), head);
    exchange_.SendHead(std::move(head));
  }
  void SendBody(std::string bytes) override {
    exchange_.SendBody(std::move(bytes));
  }
  void SendEnd(std::vector<Header> trailers) override {
    exchange_.SendEnd(std::move(trailers));
  }
  void Reset() override { exchange_.Reset(); }
  void BreakOff() override { exchange_.BreakOff(); }
  std::size_t pending() const override { return exchange_.pending(); }

  // ExchangeHandler:
  void OnBody(std::string_view bytes) override { handler_->OnBody(bytes); }
  void OnBodyEnd() override { handler_->OnBodyEnd(); }
  bool WaitsForBody() const override { return handler_->WaitsForBody(); }
  void OnTooSlow() override { handler_->OnTooSlow(); }
  void OnWritable() override { handler_->OnWritable(); }
  void OnDrain() override { handler_->OnDrain(); }
  void OnClosed() override { handler_->OnClosed(); }

 private:
  const CrossOrigin& cross_origin_;
  Exchange& exchange_;
  std::shared_ptr<ExchangeHandler> handler_;
};

}  // namespace

std::shared_ptr<ExchangeHandler> HandleAnnotated(
    const CrossOrigin& cross_origin, Exchange& exchange,
    const std::function<std::shared_ptr<ExchangeHandler>(Exchange&)>& handle) {
  if (!cross_origin.any()) return handle(exchange);
  auto annotated = std::make_shared<AnnotatedExchange>(cross_origin, exchange);
  annotated->Keep(handle(*annotated));
  return annotated;
}

}  // namespace welfare::gateway
