#include "gateway/calls/http_call.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>

#include "gateway/answers/freshness.h"
#include "gateway/calls/admission.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/requests/request_identity.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::gateway {

using google::protobuf::Message;
using std::chrono::steady_clock;

namespace {

const std::string* FindMetadata(const Metadata& metadata,
                                std::string_view name) {
  for (const auto& [key, value] : metadata) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace

HttpCall::HttpCall(const Routing& routing, Exchange& exchange)
    : routing_(routing),
      exchange_(&exchange),
      loop_(exchange.loop()),
      start_(steady_clock::now()),
      method_(exchange.request().method) {
  const std::string& target = exchange.request().target;
  const std::size_t question = std::min(target.find('?'), target.size());
  path_ = target.substr(0, question);
  query_ = target.substr(std::min(question + 1, target.size()));
  const std::string* accept = Find("accept");
  wants_problem_ =
      accept != nullptr &&
      accept->find("application/problem+json") != std::string::npos;
}

const std::string* HttpCall::Find(std::string_view name) const {
  return FindHeader(exchange_->request().headers, name);
}

bool HttpCall::ReadHeaders() {
  auto headers =
      ReadCallHeaders(exchange_->request().headers, routing_.make_request_id());
  if (const auto* failure = std::get_if<Failure>(&headers)) {
    request_id_ = routing_.make_request_id();
    Fail(*failure);
    return false;
  }
  headers_ = std::get<CallHeaders>(std::move(headers));
  request_id_ = headers_.request_id;
  const std::string* content_type = Find("content-type");
  if (content_type != nullptr) content_type_ = *content_type;
  if (content_type_.starts_with("application/grpc")) {
    // gRPC needs HTTP/2 and its own content type to the letter.
    Fail(UnsupportedMediaType(content_type_));
    return false;
  }
  if (method_ == "OPTIONS" && path_ == "*") {
    Answer(204, {{"allow", "GET, HEAD, OPTIONS, POST"}}, "");
    return false;
  }
  return true;
}

bool HttpCall::FindRoute() {
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
  entry_ = routing_.methods_of_routes[match.route];
  label_ = route_->path.text();
  bindings_ = std::move(match.bindings);
  return true;
}

bool HttpCall::Identify() {
  const auto refused = AddIdentity(routing_, *entry_, *exchange_, headers_);
  if (refused) Fail(*refused);
  return !refused.has_value();
}

std::optional<Failure> HttpCall::Build(std::string_view body, BodyForm form,
                                       Message& message) {
  return BuildRequest(*route_,
                      {.bindings = bindings_,
                       .query = query_,
                       .content_type = content_type_,
                       .body = body,
                       .form = form,
                       .language = headers_.language},
                      message, json_);
}

std::string HttpCall::Serialize(const Message& message) const {
  std::string bytes = message.SerializeAsString();
  GiveRequestId(entry_->request_id_field, routing_.make_request_id, bytes);
  return bytes;
}

bool HttpCall::ReadForm() {
  auto form = AnswerForm::Read(exchange_->request().headers, route_->shape,
                               exchange_->request().target);
  if (const auto* malformed = std::get_if<std::string_view>(&form)) {
    Fail(MalformedHeader(*malformed));
    return false;
  }
  form_ = std::get<AnswerForm>(std::move(form));
  if (form_->codings().none() && route_->kind == HttpRoute::Kind::kUnary) {
    Fail(EncodingNotAcceptable());
    return false;
  }
  // Of a foreign service nothing of the kind is asked or believed.
  asked_ = !entry_->foreign;
  if (asked_) {
    headers_.metadata.emplace_back(platform::kHeldTagsMetadata,
                                   form_->HeldStates());
  }
  return true;
}

std::string HttpCall::StateIn(const Metadata& metadata) const {
  if (!asked_) return "";
  const std::string* state =
      FindMetadata(metadata, platform::kAnswerTagMetadata);
  return state != nullptr && IsShortDigest(*state) ? *state : "";
}

bool HttpCall::IsHeld(const BackendResult& result) {
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

void HttpCall::AddCaching(const std::string& tag,
                          std::vector<Header>& headers) const {
  if (!tag.empty()) headers.push_back({"etag", '"' + tag + '"'});
  headers.push_back(
      {"cache-control",
       std::string(tag.empty() ? "no-store"
                               : CacheControlOf(*route_->method))});
  headers.push_back({"vary", "accept-encoding, accept-language"});
}

void HttpCall::NotModified(const std::string& tag) {
  std::vector<Header> headers;
  AddCaching(tag, headers);
  Answer(304, std::move(headers), "");
}

std::unique_ptr<Message> HttpCall::NewRequest() const {
  return std::unique_ptr<Message>(route_->request->New());
}

std::unique_ptr<Message> HttpCall::NewAnswer() const {
  return std::unique_ptr<Message>(route_->response->New());
}

bool HttpCall::Admit() {
  caller_ = CallerOf(*exchange_, headers_);
  const auto refused =
      RefuseCall(routing_, backend(), {caller_, &exchange_->seat()});
  if (refused) Fail(*refused);
  return !refused.has_value();
}

std::optional<BackendRequest> HttpCall::Inward(
    std::optional<std::chrono::nanoseconds> timeout, std::size_t bytes,
    std::shared_ptr<Gate::Place> place) {
  if (timeout.has_value() && !deadline_.has_value()) {
    deadline_ = std::chrono::system_clock::now() +
                std::chrono::duration_cast<std::chrono::system_clock::duration>(
                    *timeout);
  }
  Room room = Room::kGiven;
  BackendRequest request{
      .method = entry_->path,
      .metadata = headers_.metadata,
      .deadline = deadline_,
      .held = HoldCall(*exchange_, bytes, std::move(place), room)};
  if (room != Room::kGiven) {
    Fail(NoRoom(routing_, room));
    return std::nullopt;
  }
  return request;
}

void HttpCall::AppendJson(const Message& answer, std::string& out) const {
  if (route_->response_body != nullptr) {
    WriteJsonField(answer, *route_->response_body, json_, out);
  } else {
    WriteJson(answer, json_, out);
  }
}

std::optional<std::string> HttpCall::ToJson(const std::string& bytes) const {
  const std::unique_ptr<Message> answer = NewAnswer();
  if (!answer->ParseFromString(bytes)) return std::nullopt;
  std::string out;
  AppendJson(*answer, out);
  return out;
}

void HttpCall::Aside(std::shared_ptr<void> owner, std::function<void()> work,
                     std::function<void()> then,
                     std::function<void()> refused) {
  // The owner is let go on the loop, where its timers live.
  const absl::Status queued = routing_.transcoding->Submit(
      {}, [this, owner, work = std::move(work), then = std::move(then),
           refused](const absl::Status& start) mutable {
        if (start.ok() && !left_) work();
        loop_.Post([this, owner = std::move(owner), then = std::move(then),
                    refused = std::move(refused), ok = start.ok()] {
          if (exchange_ == nullptr) return;
          if (ok) {
            then();
          } else {
            refused();
          }
        });
      });
  if (!queued.ok()) refused();
}

void HttpCall::InTurn(std::shared_ptr<void> owner, std::function<void()> work) {
  loop_.PostLong([this, owner = std::move(owner), work = std::move(work)] {
    if (exchange_ != nullptr) work();
  });
}

void HttpCall::Fail(const Failure& failure) {
  std::vector<Header> headers = {
      {"content-type",
       wants_problem_ ? "application/problem+json" : "application/json"},
      {"content-language",
       std::string(base::ToTag(LanguageOf(failure, headers_.language)))},
      {"vary", "accept, accept-language"},
      {"cache-control", "no-store"}};
  for (const auto& [name, value] : failure.headers) {
    headers.push_back({.name = name, .value = value});
  }
  Answer(failure.http_status, std::move(headers),
         wants_problem_ ? ProblemJson(failure, path_, headers_.language)
                        : ErrorJson(failure));
}

void HttpCall::AddCommon(std::vector<Header>& headers) const {
  headers.push_back({"x-content-type-options", "nosniff"});
  headers.push_back({"x-request-id", request_id_});
}

void HttpCall::Answer(int status, std::vector<Header> headers,
                      std::string body) {
  if (exchange_ == nullptr) return;
  AddCommon(headers);
  Exchange* exchange = std::exchange(exchange_, nullptr);
  // Of an answer that is not modified the length is that of another body.
  std::optional<std::uint64_t> length;
  if (status != 304) length = body.size();
  exchange->SendHead({.status = status,
                      .headers = std::move(headers),
                      .content_length = length});
  exchange->SendBody(std::move(body));
  exchange->SendEnd({});
  Observe(status);
}

void HttpCall::End(int code) {
  if (exchange_ == nullptr) return;
  std::exchange(exchange_, nullptr)->SendEnd({});
  Observe(code);
}

void HttpCall::BreakOff(int code) {
  if (exchange_ == nullptr) return;
  std::exchange(exchange_, nullptr)->BreakOff();
  Observe(code);
}

void HttpCall::Reset(int code) {
  if (exchange_ == nullptr) return;
  std::exchange(exchange_, nullptr)->Reset();
  Observe(code);
}

void HttpCall::Closed(int code) {
  if (exchange_ == nullptr) return;
  left_ = true;
  exchange_ = nullptr;
  Observe(code);
}

void HttpCall::Observe(int code) {
  // Methods come from the caller, so only those of the routes are named.
  constexpr std::string_view kMethods[] = {"GET",   "HEAD",   "POST",   "PUT",
                                           "PATCH", "DELETE", "OPTIONS"};
  const bool known = std::find(std::begin(kMethods), std::end(kMethods),
                               method_) != std::end(kMethods);
  routing_.observer.OnRequest(
      {.route = label_,
       .method = known ? std::string_view(method_) : "other",
       .code = code,
       .request_id = request_id_,
       .principal = headers_.principal.text(),
       .trace_id = headers_.trace_id,
       .took = std::chrono::duration_cast<std::chrono::microseconds>(
           steady_clock::now() - start_)});
}

}  // namespace welfare::gateway
