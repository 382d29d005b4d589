// The gateway's own HTTP edge, with nothing behind it but an echo: each request
// that comes through is answered with what it was taken for, so that another
// program can hold that against a parser which is not ours.
//
// request_echo: listens on loopback, writes its address on a line, and ends
// when its input does.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "gateway/budgets/budget.h"
#include "gateway/edge/listener.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {
namespace {

// Answers with `x-seen`, in hexadecimal digits: method, target, authority and
// headers, a line each, an empty line, the body.
class Echo final : public ExchangeHandler {
 public:
  explicit Echo(Exchange& exchange) : exchange_(exchange) {
    const RequestHead& request = exchange.request();
    seen_ = request.method + "\n" + request.target + "\n" + request.authority +
            "\n";
    for (const Header& header : request.headers) {
      seen_ += header.name + ": " + header.value + "\n";
    }
    seen_ += "\n";
  }

  void OnBody(std::string_view bytes) override {
    exchange_.Consume(bytes.size());
    seen_.append(bytes);
  }
  void OnBodyEnd() override {
    exchange_.SendHead({.headers = {{"x-seen", absl::BytesToHexString(seen_)}},
                        .content_length = 0});
    exchange_.SendEnd({});
  }
  void OnWritable() override {}
  void OnClosed() override {}

 private:
  Exchange& exchange_;
  std::string seen_;
};

class Echoes final : public Dispatcher {
 public:
  std::shared_ptr<ExchangeHandler> Dispatch(Exchange& exchange) override {
    return std::make_shared<Echo>(exchange);
  }
};

int Run() {
  Budget budget({.waste_allowed = 1e12});
  Echoes echoes;
  Listener listener(Listener::Options{.loops = 1, .limits = {}}, budget,
                    echoes);
  const auto address = listener.Listen("127.0.0.1:0");
  if (!address.ok()) {
    std::cerr << address.status() << "\n";
    return 1;
  }
  listener.Start();
  std::cout << *address << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
  listener.Drain();
  listener.CloseAll(std::chrono::steady_clock::now());
  listener.Stop();
  return 0;
}

}  // namespace
}  // namespace welfare::gateway

int main() { return welfare::gateway::Run(); }
