#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/answers/answer_form.h"
#include "gateway/answers/file_part.h"
#include "gateway/answers/freshness.h"
#include "gateway/answers/json_answer.h"
#include "gateway/calls/admission.h"
#include "gateway/calls/call_headers.h"
#include "gateway/calls/failure.h"
#include "gateway/calls/request_builder.h"
#include "gateway/calls/request_fields.h"
#include "gateway/calls/request_identity.h"
#include "gateway/calls/router.h"
#include "gateway/calls/write_headers.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/json/json_writer.h"
#include "gateway/routes/health_path.h"
#include "gateway/routes/text.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Message;
using std::chrono::steady_clock;

// A body or a reply of more bytes is not read or written on the loop: a
// megabyte of JSON takes some ten milliseconds, in which everybody else on the
// loop would wait.
constexpr std::size_t kLoopBytes = std::size_t{64} * 1024;

// The same of a reply that will be compressed, which takes longer.
constexpr std::size_t kLoopBytesToCompress = std::size_t{8} * 1024;

const std::string* FindMetadata(const Metadata& metadata,
                                std::string_view name) {
  for (const auto& [key, value] : metadata) {
    if (key == name) return &value;
  }
  return nullptr;
}

// The service's tag of an answer; empty where it says none that could be one.
std::string StateIn(const Metadata& metadata) {
  const std::string* state =
      FindMetadata(metadata, platform::kAnswerTagMetadata);
  return state != nullptr && IsShortDigest(*state) ? *state : "";
}

// Answers one request that is no gRPC: a page of the gateway's own, or a call
// made of an HTTP/JSON request.
class HttpHandler final : public ExchangeHandler,
                          public BackendObserver,
                          public std::enable_shared_from_this<HttpHandler> {
 public:
  HttpHandler(const Routing& routing, Exchange& exchange)
      : routing_(routing),
        exchange_(&exchange),
        start_(steady_clock::now()),
        method_(exchange.request().method),
        share_(exchange.seat()) {
    const std::string& target = exchange.request().target;
    const std::size_t question = std::min(target.find('?'), target.size());
    path_ = target.substr(0, question);
    query_ = target.substr(std::min(question + 1, target.size()));
    const std::string* accept =
        FindHeader(exchange.request().headers, "accept");
    wants_problem_ =
        accept != nullptr &&
        accept->find("application/problem+json") != std::string::npos;
  }

  void Start() {
    const RequestHead& request = exchange_->request();
    auto headers = ReadCallHeaders(request.headers, routing_.make_request_id());
    if (const auto* failure = std::get_if<Failure>(&headers)) {
      request_id_ = routing_.make_request_id();
      return Fail(*failure);
    }
    call_ = std::get<CallHeaders>(std::move(headers));
    request_id_ = call_.request_id;
    const std::string* content_type =
        FindHeader(request.headers, "content-type");
    if (content_type != nullptr) content_type_ = *content_type;
    if (content_type_.starts_with("application/grpc")) {
      // gRPC needs HTTP/2 and its own content type to the letter.
      return Fail(UnsupportedMediaType(content_type_));
    }
    if (method_ == "OPTIONS" && path_ == "*") {
      return Answer(204, {{"allow", "GET, HEAD, OPTIONS, POST"}}, "");
    }
    if (ServePage()) return;
    if (!FindRoute()) return;
    if (const auto refused =
            AddIdentity(routing_, *route_->method, *exchange_, call_)) {
      return Fail(*refused);
    }
    if (const auto refused = ReadConditions()) return Fail(*refused);
    caller_ = CallerOf(*exchange_, call_);
    backend_ =
        routing_.backends.find(route_->method->service()->full_name())->second;
    if (const auto refused = RefuseCall(
            routing_, *backend_, {caller_, &exchange_->seat()})) {
      return Fail(*refused);
    }
    if (request.content_length.value_or(0) > routing_.options.message_limit) {
      return Fail(MessageTooLarge(routing_.options.message_limit));
    }
  }

  // ExchangeHandler:
  void OnBody(std::string_view bytes) override {
    if (exchange_ == nullptr) return;
    if (body_.size() + bytes.size() > routing_.options.message_limit) {
      return Fail(MessageTooLarge(routing_.options.message_limit));
    }
    if (const Room room = share_.Hold(body_.size() + bytes.size());
        room != Room::kGiven) {
      return Fail(NoRoom(routing_, room));
    }
    body_.append(bytes);
    exchange_->Consume(bytes.size());
  }
  bool WaitsForBody() const override { return !body_whole_; }
  void OnTooSlow() override {
    if (exchange_ != nullptr) Fail(RequestTimeout());
  }
  void OnBodyEnd() override {
    body_whole_ = true;
    if (exchange_ != nullptr) Call();
  }
  void OnWritable() override { MaybeRead(); }
  void OnClosed() override {
    exchange_ = nullptr;
    place_.reset();
    if (unary_ != nullptr) std::exchange(unary_, nullptr)->Cancel();
    if (stream_ != nullptr) std::exchange(stream_, nullptr)->Cancel();
    // A client may go as soon as it has every byte of a file, before the
    // service has said that there are no more.
    const bool whole = head_sent_ && size_.has_value() && *size_ == sent_;
    Observe(whole ? 200 : 499);
  }

  // BackendObserver, for downloads:
  void OnInitialMetadata(const Metadata& metadata) override {
    if (asked_) state_ = StateIn(metadata);
  }
  void OnMessage(std::string bytes) override {
    if (exchange_ == nullptr) return;
    const std::unique_ptr<Message> part(route_->response->New());
    if (!part->ParseFromString(bytes)) {
      std::exchange(stream_, nullptr)->Cancel();
      return BreakOff(InvalidBackendResponse());
    }
    if (!head_sent_) {
      if (RefuseFile()) return;
      SendFileHead(*part);
    }
    std::string data = FileData(*part);
    sent_ += data.size();
    exchange_->SendBody(std::move(data));
    waiting_to_read_ = true;
    MaybeRead();
  }
  void OnWritten(bool /*ok*/) override {
    if (stream_ != nullptr) stream_->WritesDone();
  }
  void OnDone(const BackendResult& result) override {
    stream_ = nullptr;
    if (exchange_ == nullptr) return;
    if (result.status.code() != 0) return BreakOff(FromStatus(result.status));
    if (!head_sent_ && IsHeld(result)) return;
    // A stream without a message has no type and no name; one of another size
    // than it said has lost something.
    if (!head_sent_ || (size_.has_value() && *size_ != sent_)) {
      return BreakOff(InvalidBackendResponse());
    }
    std::exchange(exchange_, nullptr)->SendEnd({});
    Observe(200);
  }

 private:
  // True when the path is one of the gateway's own and has been answered.
  bool ServePage() {
    const bool health = path_ == kHealthPath;
    const OwnPage* page = routing_.pages.Find(path_, query_, call_.language);
    if (!health && page == nullptr) return false;
    route_label_ = path_;
    if (method_ == "OPTIONS") {
      Answer(204, {{"allow", "GET, HEAD, OPTIONS"}}, "");
    } else if (method_ != "GET" && method_ != "HEAD") {
      Fail(MethodNotAllowed(method_, "GET, HEAD, OPTIONS"));
    } else if (health) {
      const bool serving = !routing_.draining.load();
      Answer(
          serving ? 200 : 503,
          {{"content-type", "application/json"}, {"cache-control", "no-store"}},
          serving ? R"({"status":"SERVING"})" : R"({"status":"NOT_SERVING"})");
    } else {
      AnswerPage(*page);
    }
    return true;
  }

  void AnswerPage(const OwnPage& page) {
    std::vector<Header> headers = page.headers;
    headers.push_back({"etag", page.etag});
    // Kept, and asked for again each time: another program has other pages.
    headers.push_back({"cache-control", "no-cache"});
    headers.push_back({"vary", "accept-language"});
    const std::string* known =
        FindHeader(exchange_->request().headers, "if-none-match");
    if (known != nullptr && NamesETag(*known, page.etag)) {
      return Answer(304, std::move(headers), "");
    }
    headers.push_back({"content-type", page.content_type});
    Answer(200, std::move(headers), page.body);
  }

  // False when there is no route and the failure has been sent.
  bool FindRoute() {
    PathMatch match = routing_.routes.Match(method_, path_);
    if (method_ == "HEAD" && match.outcome != PathMatch::Outcome::kFound) {
      match = routing_.routes.Match("GET", path_);
    }
    switch (match.outcome) {
      case PathMatch::Outcome::kMalformed:
        Fail(MalformedPath());
        return false;
      case PathMatch::Outcome::kNotFound:
        Fail(PathNotFound(path_));
        return false;
      case PathMatch::Outcome::kMethodNotAllowed:
        if (method_ == "OPTIONS") {
          Answer(204, {{"allow", AllowHeader(match.allowed)}}, "");
        } else {
          Fail(MethodNotAllowed(method_, AllowHeader(match.allowed)));
        }
        return false;
      case PathMatch::Outcome::kFound:
        break;
    }
    route_ = &routing_.routes.at(match.route);
    route_label_ = route_->path.text();
    bindings_ = std::move(match.bindings);
    if (route_->kind == HttpRoute::Kind::kStream) {
      Fail(StreamingOverHttpUnsupported(route_->method->full_name()));
      return false;
    }
    return true;
  }

  // What the headers say of the answer, or of what is to be changed.
  std::optional<Failure> ReadConditions() {
    const std::vector<Header>& headers = exchange_->request().headers;
    if (method_ == "GET" || method_ == "HEAD") {
      auto form =
          AnswerForm::Read(headers, route_->shape, exchange_->request().target);
      if (const auto* malformed = std::get_if<std::string_view>(&form)) {
        return MalformedHeader(*malformed);
      }
      form_ = std::get<AnswerForm>(std::move(form));
      if (form_->codings().none() && route_->kind == HttpRoute::Kind::kUnary) {
        return EncodingNotAcceptable();
      }
      // Of a foreign service nothing of the kind is asked or believed.
      asked_ = !routing_.IsForeign(*route_->method);
      if (asked_) {
        call_.metadata.emplace_back(platform::kHeldTagsMetadata,
                                    form_->HeldStates());
      }
      return std::nullopt;
    }
    auto read = ReadWriteHeaders(headers, *route_);
    if (auto* failure = std::get_if<Failure>(&read)) return *failure;
    write_ = std::get<WriteHeaders>(std::move(read));
    return std::nullopt;
  }

  // Does `work` beside the loop and then, on the loop and if the exchange still
  // lives, `then`. Until then nothing else touches what `work` does.
  void Aside(std::function<void()> work, std::function<void()> then) {
    const absl::Status queued = routing_.transcoding->Submit(
        {}, [self = shared_from_this(), &loop = exchange_->loop(),
             work = std::move(work),
             then = std::move(then)](const absl::Status& start) {
          if (start.ok()) work();
          loop.Post([self, then, ok = start.ok()] {
            if (self->exchange_ == nullptr) return;
            if (ok) {
              then();
            } else {
              self->Fail(GatewayOverloaded());
            }
          });
        });
    if (!queued.ok()) Fail(GatewayOverloaded());
  }

  // What has been made of a request.
  struct Built {
    std::unique_ptr<Message> message;
    std::optional<Failure> failure;
  };

  void Call() {
    if (body_.size() <= kLoopBytes) return Begin(Build());
    const auto built = std::make_shared<Built>();
    Aside([this, built] { *built = Build(); },
          [this, built] { Begin(std::move(*built)); });
  }

  Built Build() {
    Built built{.message = std::unique_ptr<Message>(route_->request->New()),
                .failure = std::nullopt};
    built.failure = BuildRequest(*route_,
                                 {.bindings = bindings_,
                                  .query = query_,
                                  .content_type = content_type_,
                                  .body = body_,
                                  .language = call_.language},
                                 *built.message, json_);
    if (!built.failure) {
      built.failure =
          ApplyWriteHeaders(write_, *route_, call_.language, *built.message);
    }
    return built;
  }

  void Begin(Built built) {
    std::string().swap(body_);
    share_.Hold(0);
    if (built.failure) return Fail(*built.failure);
    request_ = std::move(built.message);
    Send();
  }

  // Asks whether the call may begin, and once more for each etag of a write.
  void Send() {
    const bool download = route_->kind == HttpRoute::Kind::kDownload;
    if (!deadline_.has_value()) {
      deadline_ =
          std::chrono::system_clock::now() +
          std::chrono::duration_cast<std::chrono::system_clock::duration>(
              call_.timeout.value_or(download
                                         ? routing_.options.download_timeout
                                         : routing_.options.default_timeout));
    }
    message_ = request_->SerializeAsString();
    bool waits = false;
    if (!routing_.IsForeign(*route_->method)) {
      const auto& type = *route_->method->input_type();
      GiveRequestId(RequestIdField(type), routing_.make_request_id, message_);
      waits = HoldsNumber(WaitField(type), message_);
    }
    if (download) return Dispatch();
    Gate::Asked asked = backend_->gate().Ask(
        {caller_, &exchange_->seat()}, waits,
        [weak = weak_from_this(),
         &loop = exchange_->loop()](std::optional<Gate::Refused> refused) {
          loop.Post([weak, refused] {
            const auto self = weak.lock();
            if (self == nullptr || self->exchange_ == nullptr) return;
            self->patience_.reset();
            if (refused) {
              return self->Fail(GateRefusal(self->routing_, *refused));
            }
            self->Dispatch();
          });
        });
    place_ = std::move(asked.place);
    if (asked.refused) return Fail(GateRefusal(routing_, *asked.refused));
    if (asked.goes) return Dispatch();
    patience_.emplace(exchange_->loop());
    patience_->Start(kGatePatience, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr || self->exchange_ == nullptr) return;
      self->Fail(GateRefusal(self->routing_, kTooLongAtGate));
    });
  }

  void Dispatch() {
    const auto* service = route_->method->service();
    method_path_ = "/" + service->full_name() + "/" + route_->method->name();
    Room room = Room::kGiven;
    const BackendRequest backend_request{
        .method = method_path_,
        // A write with several etags may be sent again.
        .metadata = write_.etags.size() > 1 ? call_.metadata
                                            : std::move(call_.metadata),
        .deadline = deadline_,
        .held = HoldCall(*exchange_, message_.size(), place_, room)};
    if (room != Room::kGiven) return Fail(NoRoom(routing_, room));
    const std::string bytes = std::exchange(message_, "");
    const bool download = route_->kind == HttpRoute::Kind::kDownload;
    if (download) {
      stream_ = backend_->OpenStream(exchange_->loop(), backend_request,
                                     shared_from_this());
      stream_->Write(bytes);
      stream_->Read();
      return;
    }
    unary_ = backend_->CallUnary(
        exchange_->loop(), backend_request, bytes,
        [self = shared_from_this(), began = steady_clock::now()](
            const BackendResult& result, const std::string& message) {
          JudgeCall(self->place_.get(), self->method_path_, result, began);
          self->place_.reset();
          self->OnUnary(result, message);
        });
  }

  void OnUnary(const BackendResult& result, const std::string& bytes) {
    unary_ = nullptr;
    if (exchange_ == nullptr) return;
    if (result.status.code() != 0) return FailUnary(FromStatus(result.status));
    if (IsHeld(result)) return;
    if (asked_) state_ = StateIn(result.trailing_metadata);
    std::vector<Header> headers = {{"content-type", "application/json"}};
    AppendResponseMetadata(result.trailing_metadata, headers);
    const AnswerForm* form = form_.has_value() ? &*form_ : nullptr;
    const bool compresses = form != nullptr && form->codings().gzip > 0;
    if (bytes.size() <= (compresses ? kLoopBytesToCompress : kLoopBytes)) {
      return AnswerJson(std::move(headers),
                        MakeJsonAnswer(*route_, json_, form, state_, bytes));
    }
    if (const Room room = share_.Hold(bytes.size()); room != Room::kGiven) {
      return Fail(NoRoom(routing_, room));
    }
    const auto made = std::make_shared<JsonAnswer>();
    Aside(
        [this, form, made, bytes] {
          *made = MakeJsonAnswer(*route_, json_, form, state_, bytes);
        },
        [this, made, headers = std::move(headers)] {
          AnswerJson(headers, std::move(*made));
        });
  }

  void FailUnary(Failure failure) {
    if (TakeNextEtag(failure, *route_, write_, *request_)) return Send();
    SetStatusOfHeaders(write_, failure);
    Fail(failure);
  }

  void AnswerJson(std::vector<Header> headers, JsonAnswer answer) {
    switch (answer.outcome) {
      case JsonAnswer::Outcome::kUnreadable:
        return Fail(InvalidBackendResponse());
      case JsonAnswer::Outcome::kOther:
        return Fail(PreconditionFailed());
      case JsonAnswer::Outcome::kHeld:
        return NotModified(answer.tag);
      case JsonAnswer::Outcome::kWhole:
        break;
    }
    AppendCaching(answer.tag, headers);
    if (answer.gzip) headers.push_back({"content-encoding", "gzip"});
    Answer(200, std::move(headers), std::move(answer.body));
  }

  // True where the service says that the caller has the answer: it was told,
  // or has failed.
  bool IsHeld(const BackendResult& result) {
    if (!asked_ || FindMetadata(result.trailing_metadata,
                                platform::kAnswerHeldMetadata) == nullptr) {
      return false;
    }
    const std::string* tag = form_->Held(StateIn(result.trailing_metadata));
    if (tag != nullptr) {
      NotModified(*tag);
    } else {
      Fail(InvalidBackendResponse());
    }
    return true;
  }

  // True where the headers ask for another file, or for none that there is.
  bool RefuseFile() {
    if (!form_.has_value() || state_.empty()) return false;
    const bool other = form_->IsOther(state_);
    if (!other && !form_->refuses_any()) return false;
    std::exchange(stream_, nullptr)->Cancel();
    if (other) {
      Fail(PreconditionFailed());
    } else {
      NotModified(form_->Opaque(state_, false, ""));
    }
    return true;
  }

  void NotModified(const std::string& tag) {
    std::vector<Header> headers;
    AppendCaching(tag, headers);
    Answer(304, std::move(headers), "");
  }

  // What caches are told of an answer; only of a GET it has a tag.
  void AppendCaching(const std::string& tag,
                     std::vector<Header>& headers) const {
    if (!tag.empty()) headers.push_back({"etag", '"' + tag + '"'});
    headers.push_back(
        {"cache-control",
         std::string(tag.empty() ? "no-store"
                                 : CacheControlOf(*route_->method))});
    headers.push_back({"vary", "accept-encoding, accept-language"});
  }

  void SendFileHead(const Message& first) {
    head_sent_ = true;
    size_ = FileSize(first);
    ResponseHead head;
    head.headers = FileHeaders(first);
    head.headers.push_back({"x-content-type-options", "nosniff"});
    head.headers.push_back({"x-request-id", request_id_});
    AppendCaching(form_.has_value() && !state_.empty()
                      ? form_->Opaque(state_, false, "")
                      : "",
                  head.headers);
    head.content_length = size_;
    exchange_->SendHead(std::move(head));
  }

  void MaybeRead() {
    if (!waiting_to_read_ || stream_ == nullptr || exchange_ == nullptr ||
        exchange_->pending() >= Exchange::kHighWater) {
      return;
    }
    waiting_to_read_ = false;
    stream_->Read();
  }

  // A failure that may come when part of a file has been sent: then the only
  // way to tell is to break off.
  void BreakOff(const Failure& failure) {
    if (!head_sent_) return Fail(failure);
    std::exchange(exchange_, nullptr)->Reset();
    Observe(failure.http_status);
  }

  void Fail(const Failure& failure) {
    std::vector<Header> headers = {
        {"content-type",
         wants_problem_ ? "application/problem+json" : "application/json"},
        {"content-language",
         std::string(base::ToTag(LanguageOf(failure, call_.language)))},
        {"vary", "accept, accept-language"},
        {"cache-control", "no-store"}};
    for (const auto& [name, value] : failure.headers) {
      headers.push_back({.name = name, .value = value});
    }
    Answer(failure.http_status, std::move(headers),
           wants_problem_ ? ProblemJson(failure, path_, call_.language)
                          : ErrorJson(failure));
  }

  void Answer(int status, std::vector<Header> headers, std::string body) {
    if (unary_ != nullptr) std::exchange(unary_, nullptr)->Cancel();
    headers.push_back({"x-content-type-options", "nosniff"});
    headers.push_back({"x-request-id", request_id_});
    place_.reset();
    // The answer needs room of its own.
    std::string().swap(body_);
    share_.Hold(0);
    Exchange* exchange = std::exchange(exchange_, nullptr);
    std::optional<std::uint64_t> length = body.size();
    if (status == 304) length.reset();
    exchange->SendHead({.status = status,
                        .headers = std::move(headers),
                        .content_length = length});
    exchange->SendBody(std::move(body));
    exchange->SendEnd({});
    Observe(status);
  }

  void Observe(int code) {
    // Methods come from the caller, so only those of the routes are named.
    constexpr std::string_view kMethods[] = {"GET",   "HEAD",   "POST",   "PUT",
                                             "PATCH", "DELETE", "OPTIONS"};
    const bool known = std::find(std::begin(kMethods), std::end(kMethods),
                                 method_) != std::end(kMethods);
    routing_.observer.OnRequest(
        route_label_, known ? std::string_view(method_) : "other", code,
        request_id_,
        std::chrono::duration_cast<std::chrono::microseconds>(
            steady_clock::now() - start_));
  }

  const Routing& routing_;
  Exchange* exchange_;  // null when it has ended
  const steady_clock::time_point start_;
  const std::string method_;
  std::string path_;
  std::string query_;
  std::string content_type_;
  std::string request_id_;
  bool wants_problem_ = false;
  CallHeaders call_;
  std::string route_label_ = "unmatched";
  const HttpRoute* route_ = nullptr;
  std::vector<PathMatch::Binding> bindings_;
  JsonWriterOptions json_;
  std::optional<AnswerForm> form_;  // of GET and HEAD
  bool asked_ = false;              // the service, what the answer is known by
  std::string state_;               // its tag of the answer
  WriteHeaders write_;
  std::unique_ptr<Message> request_;
  std::optional<std::chrono::system_clock::time_point> deadline_;
  std::string body_;
  Share share_;  // what body_ holds, and the reply after it
  bool body_whole_ = false;

  // The call inward.
  std::string caller_;
  Backend* backend_ = nullptr;
  std::string method_path_;
  std::string message_;  // until it is begun
  std::shared_ptr<Gate::Place> place_;
  std::optional<LoopTimer> patience_;

  std::shared_ptr<BackendCall> unary_;
  std::shared_ptr<BackendStream> stream_;
  bool head_sent_ = false;
  bool waiting_to_read_ = false;
  std::optional<std::uint64_t> size_;
  std::uint64_t sent_ = 0;
};

}  // namespace

std::shared_ptr<ExchangeHandler> HandleHttp(const Routing& routing,
                                            Exchange& exchange) {
  auto handler = std::make_shared<HttpHandler>(routing, exchange);
  handler->Start();
  return handler;
}

}  // namespace welfare::gateway
