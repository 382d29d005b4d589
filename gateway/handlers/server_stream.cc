#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/handlers/handlers.h"
#include "gateway/handlers/stream_answer.h"
#include "gateway/handlers/whole_body.h"

namespace welfare::gateway {
namespace {

constexpr std::string_view kLastEventId = "last-event-id";

// Answers one message with a stream of them.
class ServerStreamHandler final : public WholeBodyHandler {
 public:
  explicit ServerStreamHandler(std::unique_ptr<HttpCall> from)
      : WholeBodyHandler(std::move(from)), answer_(call(), [this](bool) {
          if (answer_.stream() != nullptr) answer_.stream()->WritesDone();
        }) {
    const std::string* id = call().Find(kLastEventId);
    if (id != nullptr) last_event_id_ = *id;
  }

  // ExchangeHandler:
  void OnWritable() override { answer_.OnWritable(); }
  void OnDrain() override { answer_.OnDrain(); }
  void OnClosed() override { answer_.OnClosed(); }

 private:
  // The last event that a caller has seen says more than its address, which
  // stays as it was when the connection began.
  std::optional<Failure> Complete(google::protobuf::Message& message) override {
    const HttpRoute& route = call().route();
    endless_ = route.endless;
    if (!route.position.has_value()) return std::nullopt;
    const auto& reflection = *message.GetReflection();
    if (!last_event_id_.empty()) {
      std::int64_t position = 0;
      const char* end = last_event_id_.data() + last_event_id_.size();
      const auto read = std::from_chars(last_event_id_.data(), end, position);
      if (read.ec != std::errc() || read.ptr != end) {
        return MalformedHeader(kLastEventId);
      }
      reflection.SetInt64(&message, route.position->request, position);
    }
    const auto* follow = route.position->follow;
    endless_ =
        endless_ || (follow != nullptr && reflection.GetBool(message, follow));
    return std::nullopt;
  }

  void Send(std::string message,
            std::unique_ptr<google::protobuf::Message> /*request*/) override {
    if (endless_) answer_.SetEndless();
    share().Hold(0);  // the call holds it from here on
    answer_.Open(shared_from_this(), message.size());
    if (answer_.stream() != nullptr) answer_.stream()->Write(message);
  }

  std::string last_event_id_;
  bool endless_ = false;
  StreamAnswer answer_;
};

}  // namespace

std::shared_ptr<ExchangeHandler> HandleServerStream(
    std::unique_ptr<HttpCall> call) {
  auto handler = std::make_shared<ServerStreamHandler>(std::move(call));
  handler->Start();
  return handler;
}

}  // namespace welfare::gateway
