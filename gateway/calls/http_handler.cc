#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/calls/call_headers.h"
#include "gateway/calls/failure.h"
#include "gateway/calls/request_builder.h"
#include "gateway/calls/request_identity.h"
#include "gateway/calls/router.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/json/json_writer.h"
#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using std::chrono::steady_clock;

// A body or a reply of more bytes is not read or written on the loop: a
// megabyte of JSON takes some ten milliseconds, in which everybody else on the
// loop would wait.
constexpr std::size_t kLoopBytes = std::size_t{64} * 1024;

std::unique_ptr<Message> NewMessage(
    const google::protobuf::Descriptor& descriptor) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(&descriptor)
          ->New());
}

std::string TextOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, field);
}

std::int64_t NumberOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_INT64) {
    return 0;
  }
  return message.GetReflection()->GetInt64(message, field);
}

// The media type a backend names, or the one of unknown bytes.
std::string SafeContentType(const std::string& text) {
  const bool good = !text.empty() && text.size() <= 128 &&
                    text.find('/') != text.npos &&
                    std::all_of(text.begin(), text.end(),
                                [](char c) { return c >= 0x20 && c <= 0x7E; });
  return good ? text : "application/octet-stream";
}

// RFC 6266: an ASCII name for everybody, and the real one.
std::string ContentDisposition(const std::string& filename) {
  std::string ascii;
  std::string encoded;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : filename) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                       c == '_';
    if (plain) {
      ascii.push_back(c);
      encoded.push_back(c);
    } else {
      if ((byte & 0xC0) != 0x80) ascii.push_back('_');
      encoded.push_back('%');
      encoded.push_back(kHex[byte >> 4]);
      encoded.push_back(kHex[byte & 15]);
    }
  }
  if (ascii.empty()) return "attachment";
  std::string out = "attachment; filename=\"" + ascii + "\"";
  if (ascii != filename) out += "; filename*=UTF-8''" + encoded;
  return out;
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
        share_(*routing.budget),
        stall_(exchange.loop()) {
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
    if (const auto refused = AddIdentity(routing_, *exchange_, call_)) {
      return Fail(*refused);
    }
    if (request.content_length.value_or(0) > routing_.options.message_limit) {
      return Fail(MessageTooLarge(routing_.options.message_limit));
    }
    WatchBody();
  }

  // ExchangeHandler:
  void OnBody(std::string_view bytes) override {
    if (exchange_ == nullptr) return;
    if (body_.size() + bytes.size() > routing_.options.message_limit) {
      return Fail(MessageTooLarge(routing_.options.message_limit));
    }
    if (!share_.Hold(body_.size() + bytes.size())) {
      return Fail(GatewayOverloaded());
    }
    body_.append(bytes);
    WatchBody();
    exchange_->Consume(bytes.size());
  }
  void OnBodyEnd() override {
    stall_.Cancel();
    if (exchange_ != nullptr) Call();
  }
  void OnWritable() override { MaybeRead(); }
  void OnClosed() override {
    exchange_ = nullptr;
    stall_.Cancel();
    if (unary_ != nullptr) std::exchange(unary_, nullptr)->Cancel();
    if (stream_ != nullptr) std::exchange(stream_, nullptr)->Cancel();
    // A client may go as soon as it has every byte of a file, before the
    // service has said that there are no more.
    const bool whole = head_sent_ && size_.has_value() && *size_ == sent_;
    Observe(whole ? 200 : 499);
  }

  // BackendObserver, for downloads:
  void OnInitialMetadata(const Metadata&) override {}
  void OnMessage(std::string bytes) override {
    if (exchange_ == nullptr) return;
    const std::unique_ptr<Message> part =
        NewMessage(*route_->method->output_type());
    if (!part->ParseFromString(bytes)) {
      std::exchange(stream_, nullptr)->Cancel();
      return BreakOff(InvalidBackendResponse());
    }
    if (!head_sent_) SendFileHead(*part);
    std::string data = TextOf(*part, "data");
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
    // A stream without a message has no type and no name; one of another size
    // than it said has lost something.
    if (!head_sent_ || (size_.has_value() && *size_ != sent_)) {
      return BreakOff(InvalidBackendResponse());
    }
    std::exchange(exchange_, nullptr)->SendEnd({});
    Observe(200);
  }

 private:
  // Streams of HTTP/2 have no watch of their own: without this one, a body that
  // stops coming would be waited for as long as its connection lasts.
  void WatchBody() {
    stall_.Start(routing_.options.body_stall_timeout,
                 [weak = weak_from_this()] {
                   const auto self = weak.lock();
                   if (self != nullptr && self->exchange_ != nullptr) {
                     self->Fail(RequestTimeout());
                   }
                 });
  }

  // True when the path is one of the gateway's own and has been answered.
  bool ServePage() {
    const bool health = path_ == "/healthz";
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
    if (body_.size() <= kLoopBytes) return Send(Build());
    const auto built = std::make_shared<Built>();
    Aside([this, built] { *built = Build(); },
          [this, built] { Send(std::move(*built)); });
  }

  Built Build() {
    Built built{.message = NewMessage(*route_->method->input_type()),
                .failure = std::nullopt};
    built.failure = BuildRequest(*route_,
                                 {.bindings = bindings_,
                                  .query = query_,
                                  .content_type = content_type_,
                                  .body = body_,
                                  .language = call_.language},
                                 *built.message, json_);
    return built;
  }

  void Send(const Built& built) {
    std::string().swap(body_);
    share_.Hold(0);
    if (built.failure) return Fail(*built.failure);
    const auto* service = route_->method->service();
    const bool download = route_->kind == HttpRoute::Kind::kDownload;
    const auto now = std::chrono::system_clock::now();
    const auto timeout =
        call_.timeout.value_or(download ? routing_.options.download_timeout
                                        : routing_.options.default_timeout);
    const BackendRequest backend_request{
        .method = "/" + service->full_name() + "/" + route_->method->name(),
        .metadata = std::move(call_.metadata),
        .deadline =
            now +
            std::chrono::duration_cast<std::chrono::system_clock::duration>(
                timeout)};
    Backend* backend = routing_.backends.find(service->full_name())->second;
    std::string bytes = built.message->SerializeAsString();
    GiveRequestId(RequestIdField(*route_->method->input_type()),
                  routing_.make_request_id, bytes);
    if (download) {
      stream_ = backend->OpenStream(exchange_->loop(), backend_request,
                                    shared_from_this());
      stream_->Write(bytes);
      stream_->Read();
      return;
    }
    unary_ = backend->CallUnary(
        exchange_->loop(), backend_request, bytes,
        [self = shared_from_this()](const BackendResult& result,
                                    const std::string& message) {
          self->OnUnary(result, message);
        });
  }

  void OnUnary(const BackendResult& result, const std::string& bytes) {
    unary_ = nullptr;
    if (exchange_ == nullptr) return;
    if (result.status.code() != 0) return Fail(FromStatus(result.status));
    std::vector<Header> headers = {{"content-type", "application/json"},
                                   {"cache-control", "no-store"},
                                   {"vary", "accept-language"}};
    AppendResponseMetadata(result.trailing_metadata, headers);
    if (bytes.size() <= kLoopBytes) {
      return AnswerJson(std::move(headers), ToJson(bytes));
    }
    const auto json = std::make_shared<std::optional<std::string>>();
    Aside([this, json, bytes] { *json = ToJson(bytes); },
          [this, json, headers = std::move(headers)] {
            AnswerJson(headers, std::move(*json));
          });
  }

  void AnswerJson(std::vector<Header> headers,
                  std::optional<std::string> json) {
    if (!json.has_value()) return Fail(InvalidBackendResponse());
    Answer(200, std::move(headers), *std::move(json));
  }

  // Nothing where the bytes are no message of the method.
  std::optional<std::string> ToJson(const std::string& bytes) const {
    const std::unique_ptr<Message> response =
        NewMessage(*route_->method->output_type());
    if (!response->ParseFromString(bytes)) return std::nullopt;
    std::string out;
    if (route_->response_body != nullptr) {
      WriteJsonField(*response, *route_->response_body, json_, out);
    } else {
      WriteJson(*response, json_, out);
    }
    return out;
  }

  void SendFileHead(const Message& first) {
    head_sent_ = true;
    const std::int64_t size = NumberOf(first, "size");
    if (size > 0) size_ = static_cast<std::uint64_t>(size);
    ResponseHead head;
    head.headers = {
        {"content-type", SafeContentType(TextOf(first, "content_type"))},
        {"content-disposition", ContentDisposition(TextOf(first, "filename"))},
        {"cache-control", "no-store"},
        {"x-content-type-options", "nosniff"},
        {"x-request-id", request_id_}};
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
    stall_.Cancel();
    Exchange* exchange = std::exchange(exchange_, nullptr);
    exchange->SendHead({.status = status,
                        .headers = std::move(headers),
                        .content_length = body.size()});
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
  std::string body_;
  BodyBudget::Share share_;
  LoopTimer stall_;

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
