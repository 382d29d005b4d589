#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/calls/admission.h"
#include "gateway/error_table.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/handlers/handlers.h"
#include "gateway/requests/call_headers.h"
#include "gateway/requests/failure.h"
#include "gateway/requests/request_fields.h"
#include "gateway/requests/request_identity.h"
#include "gateway/routes/text.h"
#include "gateway/wire/grpc_prefix.h"
#include "services/base/coding/base64.h"

namespace welfare::gateway {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

// Passes one gRPC call on to its backend: a unary one as a whole, every other
// message by message, where at most one message in each direction is held
// beyond what flow control lets in.
class GrpcHandler final : public ExchangeHandler,
                          public BackendObserver,
                          public std::enable_shared_from_this<GrpcHandler> {
 public:
  GrpcHandler(const Routing& routing, Exchange& exchange)
      : routing_(routing),
        exchange_(&exchange),
        start_(steady_clock::now()),
        share_(exchange.seat()) {}

  // Opens the call to the backend, or refuses and ends the exchange.
  void Start() {
    const RequestHead& request = exchange_->request();
    request_id_ = routing_.make_request_id();
    if (request.method != "POST") {
      return Fail(MethodNotAllowed(request.method, "POST"));
    }
    const std::string_view path =
        std::string_view(request.target)
            .substr(0,
                    std::min(request.target.find('?'), request.target.size()));
    const auto method = routing_.methods.find(path);
    if (method == routing_.methods.end() || method->second.internal) {
      return Fail(UnknownService(path));
    }
    entry_ = &method->second;
    if (entry_->endless && routing_.draining.load()) {
      return Fail(ShuttingDown());
    }
    auto headers = ReadCallHeaders(request.headers, routing_.make_request_id());
    if (const auto* failure = std::get_if<Failure>(&headers)) {
      return Fail(*failure);
    }
    CallHeaders& call = std::get<CallHeaders>(headers);
    request_id_ = call.request_id;
    trace_id_ = std::move(call.trace_id);
    const auto refused = AddIdentity(routing_, *entry_, *exchange_, call);
    principal_ = call.principal;
    if (refused) return Fail(*refused);
    client_streaming_ = entry_->method->client_streaming();
    unary_ = !client_streaming_ && !entry_->method->server_streaming();
    caller_ = CallerOf(*exchange_, call);
    if (const auto full = RefuseCall(routing_, *entry_->backend,
                                     {caller_, &exchange_->seat()})) {
      return Fail(*full);
    }
    backend_request_ = {.method = entry_->path,
                        .metadata = std::move(call.metadata),
                        .deadline = std::nullopt};
    if (call.timeout.has_value()) {
      backend_request_.deadline =
          std::chrono::system_clock::now() +
          std::chrono::duration_cast<std::chrono::system_clock::duration>(
              *call.timeout);
    }
    // A unary call is made when its message is there: until then it would hold
    // a place among those that are under way.
    if (!unary_) Open();
  }

  // ExchangeHandler:
  void OnBody(std::string_view bytes) override {
    if (exchange_ == nullptr) return;
    if (const Room room = share_.Hold(input_.size() + bytes.size());
        room != Room::kGiven) {
      return Abandon(NoRoom(routing_, room));
    }
    input_.append(bytes);
    uncredited_ += bytes.size();
    Pump();
  }
  void OnBodyEnd() override {
    caller_done_ = true;
    Pump();
  }
  // Between the messages of a stream its caller may take his time.
  bool WaitsForBody() const override {
    return exchange_ != nullptr && !writing_ && !caller_done_ && !knocked_ &&
           (!input_.empty() || (!client_streaming_ && !has_message_));
  }
  void OnTooSlow() override { Abandon(RequestTimeout()); }
  void OnWritable() override { MaybeRead(); }
  void OnDrain() override {
    if (exchange_ != nullptr && entry_->endless) Abandon(ShuttingDown());
  }
  void OnClosed() override {
    exchange_ = nullptr;
    place_.reset();
    Cancel();
    Observe(499);
  }

  // BackendObserver:
  void OnInitialMetadata(const Metadata& metadata) override {
    if (exchange_ == nullptr) return;
    SendHead(metadata);
  }
  void OnMessage(std::string message) override {
    if (exchange_ == nullptr) return;
    if (!head_sent_) SendHead({});
    SendMessage(message);
    waiting_to_read_ = true;
    MaybeRead();
  }
  void OnWritten(bool ok) override {
    writing_ = false;
    if (!ok) write_failed_ = true;
    Pump();
  }
  void OnDone(const BackendResult& result) override {
    stream_ = nullptr;
    JudgeCall(place_.get(), entry_->path, result, began_);
    place_.reset();
    if (exchange_ == nullptr) return;
    if (result.room != Room::kGiven) {
      return Abandon(NoRoom(routing_, result.room));
    }
    Finish(result.status.code(), result.brief_message, result.brief_details,
           result.trailing_metadata);
  }

 private:
  // Begins the call.
  void Open() {
    Room room = Room::kGiven;
    backend_request_.held = HoldCall(*exchange_, 0, place_, room);
    if (room != Room::kGiven) return Abandon(NoRoom(routing_, room));
    began_ = steady_clock::now();
    knocked_ = false;
    if (unary_ && WholeMessage().has_value()) return CallOnce();
    stream_ = entry_->backend->OpenStream(exchange_->loop(), backend_request_,
                                          shared_from_this());
    backend_request_ = {};
    stream_->Read();
  }

  // Calls a unary method with the message that has come: one step inward and
  // one back, where a stream takes five.
  void CallOnce() {
    std::optional<std::string> message = TakeMessage();
    if (!message.has_value()) return;
    if (const Room room = backend_request_.held->HoldSent(message->size());
        room != Room::kGiven) {
      return Abandon(NoRoom(routing_, room));
    }
    Credit();
    call_ = entry_->backend->CallUnary(
        exchange_->loop(), std::exchange(backend_request_, {}),
        *std::move(message),
        [self = shared_from_this()](const BackendResult& result,
                                    const std::string& answer) {
          self->call_ = nullptr;
          if (self->exchange_ != nullptr && result.status.code() == 0 &&
              result.room == Room::kGiven) {
            self->SendHead(result.initial_metadata);
            self->SendMessage(answer);
          }
          self->OnDone(result);
        });
  }

  // Asks whether a unary call may begin, once its message has come.
  void Knock() {
    if (knocked_) return;
    const std::optional<std::size_t> size = WholeMessage();
    if (exchange_ == nullptr) return;  // it was no message
    if (!size.has_value()) {
      if (!caller_done_) return Credit();
      if (!input_.empty()) {
        return Abandon(MalformedFrame(ProblemRow("FRAME_CUT")));
      }
    }
    knocked_ = true;
    const bool waits =
        size.has_value() &&
        HoldsNumber(entry_->wait_field,
                    std::string_view(input_).substr(kGrpcPrefix, *size));
    Gate::Asked asked = entry_->backend->gate().Ask(
        {caller_, &exchange_->seat()}, waits,
        [weak = weak_from_this(),
         &loop = exchange_->loop()](std::optional<Gate::Refused> refused) {
          loop.Post([weak, refused] {
            const auto self = weak.lock();
            if (self == nullptr || self->exchange_ == nullptr) return;
            self->patience_.reset();
            if (refused)
              return self->Fail(GateRefusal(self->routing_, *refused));
            self->Open();
            self->Pump();
          });
        });
    place_ = std::move(asked.place);
    if (asked.refused) return Fail(GateRefusal(routing_, *asked.refused));
    if (asked.goes) {
      Open();
      return Pump();
    }
    patience_.emplace(exchange_->loop());
    patience_->Start(kGatePatience, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr || self->exchange_ == nullptr) return;
      self->Fail(GateRefusal(self->routing_, kTooLongAtGate));
    });
  }

  // The size of the first message of the input where it has come whole. What
  // can be no message ends the exchange.
  std::optional<std::size_t> WholeMessage() {
    if (input_.size() < kGrpcPrefix) return std::nullopt;
    const std::uint32_t size = LengthInGrpcPrefix(input_);
    if (input_[0] != '\0') {
      Abandon(input_[0] == '\1' ? MessageEncodingUnsupported()
                                : MalformedFrame(ProblemRow("FRAME_FLAG")));
      return std::nullopt;
    }
    if (size > routing_.options.message_limit) {
      Abandon(MessageTooLarge(routing_.options.message_limit));
      return std::nullopt;
    }
    if (input_.size() < kGrpcPrefix + size) return std::nullopt;
    return size;
  }

  // The first message of the input as it goes to the backend; nothing where it
  // was refused. REQUIRES: it has come whole.
  std::optional<std::string> TakeMessage() {
    const std::size_t end = kGrpcPrefix + *WholeMessage();
    std::string message = input_.substr(kGrpcPrefix, end - kGrpcPrefix);
    input_.erase(0, end);
    share_.Hold(input_.size());
    has_message_ = true;
    if (HoldsMoreFields(message, *entry_->method->input_type(),
                        kMaxRequestFields)) {
      Abandon(TooManyFields(kMaxRequestFields));
      return std::nullopt;
    }
    GiveRequestId(entry_->request_id_field, routing_.make_request_id, message);
    return message;
  }

  // Moves whole messages from the input to the backend, one at a time.
  void Pump() {
    if (exchange_ == nullptr) return;
    if (call_ != nullptr) {
      // Its message was taken.
      if (!input_.empty()) Abandon(MalformedFrame(ProblemRow("FRAME_SECOND")));
      return;
    }
    if (stream_ == nullptr) {
      if (unary_ && !has_message_ && !writes_done_) Knock();
      return;
    }
    if (write_failed_) {
      // The call has ended; OnDone will say how. What still comes is dropped.
      input_.clear();
      share_.Hold(0);
      Credit();
      return;
    }
    if (writing_) return;  // the caller's window holds it back
    Credit();
    const std::optional<std::size_t> size = WholeMessage();
    if (exchange_ == nullptr) return;
    if (size.has_value()) {
      const std::optional<std::string> message = TakeMessage();
      if (!message.has_value()) return;
      writing_ = true;
      if (const Room room = stream_->Write(*message); room != Room::kGiven) {
        Abandon(NoRoom(routing_, room));
      }
      return;
    }
    if (caller_done_ && !writes_done_) {
      if (!input_.empty()) {
        return Abandon(MalformedFrame(ProblemRow("FRAME_CUT")));
      }
      writes_done_ = true;
      stream_->WritesDone();
    }
  }

  void Credit() {
    if (uncredited_ == 0) return;
    exchange_->Consume(std::exchange(uncredited_, 0));
  }

  void MaybeRead() {
    if (!waiting_to_read_ || stream_ == nullptr || exchange_ == nullptr ||
        exchange_->pending() >= Exchange::kHighWater) {
      return;
    }
    waiting_to_read_ = false;
    stream_->Read();
  }

  void SendMessage(const std::string& message) {
    exchange_->SendBody(GrpcFrame(message));
  }

  void SendHead(const Metadata& metadata) {
    head_sent_ = true;
    ResponseHead head;
    head.headers.push_back({"content-type", "application/grpc"});
    head.headers.push_back({"grpc-accept-encoding", "identity"});
    head.headers.push_back({"x-request-id", request_id_});
    AppendResponseMetadata(metadata, head.headers);
    exchange_->SendHead(std::move(head));
  }

  // The call inward, if there is one.
  void Cancel() {
    if (stream_ != nullptr) std::exchange(stream_, nullptr)->Cancel();
    if (call_ != nullptr) std::exchange(call_, nullptr)->Cancel();
  }

  void Abandon(const Failure& failure) {
    Cancel();
    Fail(failure);
  }

  void Fail(const Failure& failure) {
    Finish(failure.status.code(), failure.status.message(),
           failure.status.SerializeAsString(), {});
  }

  void Finish(int code, const std::string& message, const std::string& details,
              const Metadata& metadata) {
    if (!head_sent_) SendHead({});
    std::vector<Header> trailers;
    trailers.push_back({"grpc-status", std::to_string(code)});
    if (!message.empty()) {
      trailers.push_back({"grpc-message", EncodeGrpcMessage(message)});
    }
    if (!details.empty()) {
      trailers.push_back(
          {"grpc-status-details-bin", base::EncodeBase64(details, false)});
    }
    AppendResponseMetadata(metadata, trailers);
    place_.reset();
    Exchange* exchange = std::exchange(exchange_, nullptr);
    exchange->SendEnd(std::move(trailers));
    Observe(HttpStatusOf(code));
  }

  void Observe(int code) {
    routing_.observer.OnRequest(
        {.route = entry_ == nullptr ? std::string_view("unmatched")
                                    : std::string_view(entry_->path),
         .method = "POST",
         .code = code,
         .request_id = request_id_,
         .principal = principal_.text(),
         .trace_id = trace_id_,
         .took = std::chrono::duration_cast<microseconds>(steady_clock::now() -
                                                          start_)});
  }

  const Routing& routing_;
  Exchange* exchange_;  // null when it has ended
  const steady_clock::time_point start_;
  const MethodEntry* entry_ = nullptr;  // once the method is known
  std::string request_id_;
  std::string trace_id_;
  access::Principal principal_;
  // The call inward.
  std::string caller_;
  BackendRequest backend_request_;  // until it is begun
  bool unary_ = false;
  bool knocked_ = false;  // it waits at the gate
  std::shared_ptr<Gate::Place> place_;
  std::optional<LoopTimer> patience_;
  steady_clock::time_point began_;
  std::shared_ptr<BackendStream> stream_;
  std::shared_ptr<BackendCall> call_;  // of a unary method

  std::string input_;
  Share share_;  // what input_ holds
  std::size_t uncredited_ = 0;
  bool client_streaming_ = false;
  bool has_message_ = false;
  bool caller_done_ = false;
  bool writes_done_ = false;
  bool writing_ = false;
  bool write_failed_ = false;

  bool head_sent_ = false;
  bool waiting_to_read_ = false;
};

}  // namespace

std::shared_ptr<ExchangeHandler> HandleGrpc(const Routing& routing,
                                            Exchange& exchange) {
  auto handler = std::make_shared<GrpcHandler>(routing, exchange);
  handler->Start();
  return handler;
}

}  // namespace welfare::gateway
