#include <google/protobuf/message.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/answers/answer_form.h"
#include "gateway/answers/entity_tag.h"
#include "gateway/answers/json_answer.h"
#include "gateway/budgets/gate.h"
#include "gateway/calls/admission.h"
#include "gateway/calls/http_call.h"
#include "gateway/calls/own_pages.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/handlers/handlers.h"
#include "gateway/handlers/whole_body.h"
#include "gateway/requests/call_headers.h"
#include "gateway/requests/request_fields.h"
#include "gateway/requests/write_headers.h"
#include "gateway/routes/health_path.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Message;

// The same as kLoopBytes of a reply that will be compressed, which takes
// longer.
constexpr std::size_t kLoopBytesToCompress = std::size_t{8} * 1024;

void AnswerPage(HttpCall& call, const OwnPage& page) {
  std::vector<Header> headers = page.headers;
  headers.push_back({"etag", '"' + page.tag + '"'});
  // Kept, and asked for again each time: another program has other pages.
  headers.push_back({"cache-control", "no-cache"});
  headers.push_back({"vary", "accept-language"});
  const auto read = ReadConditions::Read(call.exchange().request().headers);
  if (const auto* malformed = std::get_if<std::string_view>(&read)) {
    return call.Fail(MalformedHeader(*malformed));
  }
  const auto& conditions = std::get<ReadConditions>(read);
  if (conditions.IsOther(page.tag)) return call.Fail(PreconditionFailed());
  if (conditions.Holds(page.tag)) {
    return call.Answer(304, std::move(headers), "");
  }
  headers.push_back({"content-type", page.content_type});
  call.Answer(200, std::move(headers), page.body);
}

// True when the path is one of the gateway's own and has been answered.
bool ServePage(HttpCall& call) {
  const bool health = call.path() == kHealthPath;
  const OwnPage* page =
      call.routing().pages.Find(call.path(), call.query(), call.language());
  if (!health && page == nullptr) return false;
  call.set_label(call.path());
  const std::string& method = call.method();
  if (method == "OPTIONS") {
    call.Answer(204, {{"allow", "GET, HEAD, OPTIONS"}}, "");
  } else if (method != "GET" && method != "HEAD") {
    call.Fail(MethodNotAllowed(method, "GET, HEAD, OPTIONS"));
  } else if (health) {
    const bool serving = !call.routing().draining.load();
    call.Answer(
        serving ? 200 : 503,
        {{"content-type", "application/json"}, {"cache-control", "no-store"}},
        serving ? R"({"status":"SERVING"})" : R"({"status":"NOT_SERVING"})");
  } else {
    AnswerPage(call, *page);
  }
  return true;
}

// Answers one message with one message.
class UnaryHandler final : public WholeBodyHandler {
 public:
  UnaryHandler(std::unique_ptr<HttpCall> from, WriteHeaders write)
      : WholeBodyHandler(std::move(from)), write_(std::move(write)) {}

  // ExchangeHandler:
  void OnWritable() override {}
  void OnClosed() override {
    LeaveGate();
    if (unary_ != nullptr) std::exchange(unary_, nullptr)->Cancel();
    call().Closed(499);
  }

 private:
  std::optional<Failure> Complete(Message& message) override {
    return ApplyWriteHeaders(write_, call().route(), call().language(),
                             message);
  }

  bool KeepsRequest() const override { return write_.etags.size() > 1; }

  void Send(std::string message, std::unique_ptr<Message> request) override {
    request_ = std::move(request);
    Call(std::move(message));
  }

  // Asks whether the call may begin, and once more for each etag of a write.
  void Call(std::string message) {
    message_ = std::move(message);
    heard_ = false;
    const bool waits = HoldsNumber(call().entry().wait_field, message_);
    Gate::Asked asked = call().backend().gate().Ask(
        {call().caller(), &call().exchange().seat()}, waits,
        [this, weak = weak_from_this(),
         &loop = call().loop()](std::optional<Gate::Refused> refused) {
          loop.Post([this, weak, refused] {
            const auto self = weak.lock();
            if (self == nullptr || call().ended()) return;
            patience_.reset();
            if (refused) return Refuse(GateRefusal(call().routing(), *refused));
            Dispatch();
          });
        });
    place_ = std::move(asked.place);
    if (asked.refused) {
      return Refuse(GateRefusal(call().routing(), *asked.refused));
    }
    if (asked.goes) return Dispatch();
    if (const Room room = share().Hold(Kept(message_.size()));
        room != Room::kGiven) {
      return Refuse(NoRoom(call().routing(), room));
    }
    patience_.emplace(call().loop());
    patience_->Start(kGatePatience, [this, weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr || call().ended()) return;
      Refuse(GateRefusal(call().routing(), kTooLongAtGate));
    });
  }

  // With what is kept of the request for another try.
  std::size_t Kept(std::size_t bytes) const {
    return request_ == nullptr ? bytes : bytes + request_->SpaceUsedLong();
  }

  void Dispatch() {
    // The call holds the message from here on.
    share().Hold(Kept(0));
    auto inward = call().Inward(
        call().timeout().value_or(call().options().default_timeout),
        message_.size(), place_);
    if (!inward.has_value()) return;
    began_ = std::chrono::steady_clock::now();
    unary_ = call().backend().CallUnary(
        call().loop(), *std::move(inward), std::exchange(message_, ""),
        [this, self = shared_from_this()](const BackendResult& result,
                                          std::string answer) {
          OnUnary(result, std::move(answer));
        });
  }

  // A call is under way until its answer has been made: more of them would only
  // wait for that.
  void LeaveGate() {
    if (heard_ && place_ != nullptr) place_->Answered(call().entry().path);
    place_.reset();
  }

  void OnUnary(const BackendResult& result, std::string bytes) {
    unary_ = nullptr;
    heard_ = !result.unheard;
    if (!heard_) {
      JudgeCall(place_.get(), call().entry().path, result, began_);
    }
    if (call().ended()) return LeaveGate();
    if (result.room != Room::kGiven) {
      return Refuse(NoRoom(call().routing(), result.room));
    }
    if (result.status.code() != 0) return FailUnary(FromStatus(result.status));
    if (call().IsHeld(result)) return LeaveGate();
    const std::string state = call().StateIn(result.trailing_metadata);
    std::vector<Header> headers = {{"content-type", "application/json"}};
    AppendResponseMetadata(result.trailing_metadata, headers);
    const AnswerForm* form = call().form();
    const bool compresses = form != nullptr && form->codings().gzip > 0;
    if (bytes.size() <= kAtOnceBytes) {
      return AnswerJson(
          std::move(headers),
          MakeJsonAnswer(call().route(), call().json(), form, state, bytes));
    }
    if (const Room room = share().Hold(bytes.size()); room != Room::kGiven) {
      return Refuse(NoRoom(call().routing(), room));
    }
    if (bytes.size() <= (compresses ? kLoopBytesToCompress : kLoopBytes)) {
      return call().InTurn(
          shared_from_this(), [this, form, state, headers = std::move(headers),
                               bytes = std::move(bytes)] {
            AnswerJson(headers, MakeJsonAnswer(call().route(), call().json(),
                                               form, state, bytes));
          });
    }
    const auto made = std::make_shared<Made>();
    call().Aside(
        shared_from_this(),
        [this, form, made, state, bytes = std::move(bytes)] {
          made->room = share().HoldBeyondShare(bytes.size() * kWritingBytes);
          if (made->room != Room::kGiven) return;
          made->answer =
              MakeJsonAnswer(call().route(), call().json(), form, state, bytes);
          made->room = share().HoldBeyondShare(made->answer.body.size());
        },
        [this, made, headers = std::move(headers)] {
          if (made->room != Room::kGiven) {
            return Refuse(NoRoom(call().routing(), made->room));
          }
          AnswerJson(headers, std::move(made->answer));
        },
        [this] { Refuse(GatewayOverloaded()); });
  }

  void FailUnary(Failure failure) {
    LeaveGate();
    if (request_ != nullptr &&
        TakeNextEtag(failure, call().route(), write_, *request_)) {
      return Call(call().Serialize(*request_));
    }
    SetStatusOfHeaders(write_, failure);
    call().Fail(failure);
  }

  void AnswerJson(std::vector<Header> headers, JsonAnswer answer) {
    switch (answer.outcome) {
      case JsonAnswer::Outcome::kUnreadable:
        return Refuse(InvalidBackendResponse());
      case JsonAnswer::Outcome::kOther:
        return Refuse(PreconditionFailed());
      case JsonAnswer::Outcome::kHeld:
        LeaveGate();
        return call().NotModified(answer.tag);
      case JsonAnswer::Outcome::kWhole:
        break;
    }
    if (answer.body.size() > kLoopBytes) {
      const Room room = share().Hold(answer.body.size());
      if (room != Room::kGiven) return Refuse(NoRoom(call().routing(), room));
    }
    call().AddCaching(answer.tag, headers);
    if (answer.gzip) headers.push_back({"content-encoding", "gzip"});
    // The session holds it from here on.
    share().HandOver([&] {
      call().Answer(200, std::move(headers), std::move(answer.body));
    });
    LeaveGate();
  }

  void Refuse(const Failure& failure) {
    LeaveGate();
    WholeBodyHandler::Refuse(failure);
  }

  // An answer made beside the loop.
  struct Made {
    JsonAnswer answer;
    Room room = Room::kGiven;
  };

  WriteHeaders write_;
  std::unique_ptr<Message> request_;  // while another etag may be tried
  std::string message_;               // until the call is begun
  std::shared_ptr<Gate::Place> place_;
  std::chrono::steady_clock::time_point began_;  // the call
  bool heard_ = false;                           // its answer has come
  std::optional<LoopTimer> patience_;
  std::shared_ptr<BackendCall> unary_;
};

}  // namespace

std::shared_ptr<ExchangeHandler> HandleUnary(std::unique_ptr<HttpCall> call) {
  WriteHeaders write;
  if (call->method() == "GET" || call->method() == "HEAD") {
    if (!call->ReadForm()) return nullptr;
  } else {
    auto read =
        ReadWriteHeaders(call->exchange().request().headers, call->route());
    if (auto* failure = std::get_if<Failure>(&read)) {
      call->Fail(*failure);
      return nullptr;
    }
    write = std::get<WriteHeaders>(std::move(read));
  }
  auto handler =
      std::make_shared<UnaryHandler>(std::move(call), std::move(write));
  handler->Start();
  return handler;
}

std::shared_ptr<ExchangeHandler> HandleHttp(const Routing& routing,
                                            Exchange& exchange) {
  auto call = std::make_unique<HttpCall>(routing, exchange);
  if (!call->ReadHeaders() || ServePage(*call) || !call->FindRoute() ||
      !call->Identify() || !call->Admit()) {
    return nullptr;
  }
  const HttpRoute& route = call->route();
  switch (route.kind) {
    case HttpRoute::Kind::kUnary:
      return HandleUnary(std::move(call));
    case HttpRoute::Kind::kDownload:
      return HandleDownload(std::move(call));
    case HttpRoute::Kind::kServerStream:
      return HandleServerStream(std::move(call));
    case HttpRoute::Kind::kClientStream:
      return HandleClientStream(std::move(call));
  }
  return nullptr;
}

}  // namespace welfare::gateway
