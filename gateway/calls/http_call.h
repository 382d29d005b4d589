#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/answers/answer_form.h"
#include "gateway/budgets/gate.h"
#include "gateway/calls/backend.h"
#include "gateway/calls/routing.h"
#include "gateway/exchange/exchange.h"
#include "gateway/json/json_writer.h"
#include "gateway/requests/call_headers.h"
#include "gateway/requests/failure.h"
#include "gateway/requests/request_builder.h"
#include "gateway/routes/http_route.h"
#include "gateway/routes/path_matcher.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace welfare::gateway {

// A body or a reply of more bytes is not read or written on the loop: a
// megabyte of JSON takes some ten milliseconds, in which everybody else on the
// loop would wait.
inline constexpr std::size_t kLoopBytes = std::size_t{64} * 1024;
// One of no more is read or written at once; what lies between takes its turn
// (EventLoop::PostLong).
inline constexpr std::size_t kAtOnceBytes = std::size_t{2} * 1024;

// What is charged while one is, as so many times its bytes: itself, what the
// parser makes of it, and the message; or the message and its JSON. That is
// what texts take; of other things there may be more, for as many as there are
// threads beside the loops. What is done on a loop is charged to nobody: it is
// small, and one at a time.
inline constexpr std::size_t kReadingBytes = 4;
inline constexpr std::size_t kWritingBytes = 4;

// A request that is no gRPC call, as far as every answer to one is the same:
// what it asks for, who asks, how it becomes a call, and how it is refused.
// Used on the loop of its exchange, but for what says otherwise.
//
// Invariants: each request is observed once, when it ends; after that the
// exchange is gone and what would be sent is dropped.
class HttpCall {
 public:
  // `routing` outlives it.
  HttpCall(const Routing& routing, Exchange& exchange);
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

  // The steps before a handler takes over, in this order. False when the
  // request has been answered.
  bool ReadHeaders();
  bool FindRoute();
  bool Identify();
  bool Admit();

  const Routing& routing() const { return routing_; }
  const Routing::Options& options() const { return routing_.options; }
  const std::string& method() const { return method_; }
  const std::string& path() const { return path_; }
  const std::string& query() const { return query_; }
  const std::string& request_id() const { return request_id_; }
  base::Language language() const { return headers_.language; }
  // REQUIRES: FindRoute has found one.
  const HttpRoute& route() const { return *route_; }
  const MethodEntry& entry() const { return *entry_; }
  // The first header of that name, as it came; null when there is none.
  const std::string* Find(std::string_view name) const;
  const std::string& content_type() const { return content_type_; }

  // In which form the caller takes the answer of a GET or HEAD, and what it has
  // of it. False when the request has been answered.
  bool ReadForm();
  // Null where none was read.
  const AnswerForm* form() const {
    return form_.has_value() ? &*form_ : nullptr;
  }
  // The service's tag of an answer, of one that was asked for it; empty where
  // it says none that could be one.
  std::string StateIn(const Metadata& metadata) const;
  // True where the service says that the caller has the answer: it was told, or
  // has failed.
  bool IsHeld(const BackendResult& result);
  // What caches are told of an answer, by what stands between the quotes of its
  // tag; empty: it has none.
  void AddCaching(const std::string& tag, std::vector<Header>& headers) const;
  // 304.
  void NotModified(const std::string& tag);

  // Empty messages of the method.
  std::unique_ptr<google::protobuf::Message> NewRequest() const;
  std::unique_ptr<google::protobuf::Message> NewAnswer() const;

  bool ended() const { return exchange_ == nullptr; }
  // REQUIRES: not ended.
  Exchange& exchange() { return *exchange_; }
  EventLoop& loop() { return loop_; }

  // Makes the message of the route from the path, the query and `body`, or says
  // what is wrong. Any thread, one at a time.
  std::optional<Failure> Build(std::string_view body, BodyForm form,
                               google::protobuf::Message& message);
  // The bytes of `message` as they go to the service, with an id where the
  // method takes one and none was given.
  std::string Serialize(const google::protobuf::Message& message) const;
  // What goes inward with a call of `bytes` that has its `place` at the gate.
  // Of several calls for one request all end when the first would have. Nothing
  // where there is no room for it, and the request has been refused.
  std::optional<BackendRequest> Inward(
      std::optional<std::chrono::nanoseconds> timeout, std::size_t bytes,
      std::shared_ptr<Gate::Place> place = nullptr);
  // How long the caller waits for an answer, where it says so.
  std::optional<std::chrono::nanoseconds> timeout() const {
    return headers_.timeout;
  }
  Backend& backend() const { return *entry_->backend; }
  // By whom the call counts.
  const std::string& caller() const { return caller_; }
  // Appends an answer of the method as JSON, spelled as the caller asked for.
  // Any thread.
  void AppendJson(const google::protobuf::Message& answer,
                  std::string& out) const;
  // The answer `bytes` as JSON; nothing where they are no message of the
  // method. Any thread.
  std::optional<std::string> ToJson(const std::string& bytes) const;
  const JsonWriterOptions& json() const { return json_; }

  // Does `work` beside the loop, unless the caller has left before, and then,
  // on the loop and if the exchange still lives, `then`. Until then nothing
  // else touches what `work` does. `owner` keeps both alive.
  void Aside(std::shared_ptr<void> owner, std::function<void()> work,
             std::function<void()> then, std::function<void()> refused);
  // Does `work` on the loop when it is its turn, if the exchange still lives.
  void InTurn(std::shared_ptr<void> owner, std::function<void()> work);

  // Each ends the exchange.
  void Fail(const Failure& failure);
  void Answer(int status, std::vector<Header> headers, std::string body);
  // What has been sent is the whole answer.
  void End(int code);
  // What has been sent is not the whole answer, and the caller can tell: after
  // what is on its way, or at once.
  void BreakOff(int code);
  void Reset(int code);
  // The exchange has ended by itself.
  void Closed(int code);

  // Headers of every answer, appended to those of one.
  void AddCommon(std::vector<Header>& headers) const;
  // Of pages of the gateway's own, for the metrics.
  void set_label(std::string label) { label_ = std::move(label); }

 private:
  void Observe(int code);

  const Routing& routing_;
  Exchange* exchange_;  // null when it has ended
  EventLoop& loop_;
  const std::chrono::steady_clock::time_point start_;
  const std::string method_;
  std::string path_;
  std::string query_;
  std::string content_type_;
  std::string request_id_;
  bool wants_problem_ = false;
  CallHeaders headers_;
  std::string label_ = "unmatched";
  const HttpRoute* route_ = nullptr;
  const MethodEntry* entry_ = nullptr;  // of the route
  std::vector<PathMatch::Binding> bindings_;
  std::string caller_;
  JsonWriterOptions json_;
  std::optional<AnswerForm> form_;
  bool asked_ = false;             // the service, what its answer is known by
  std::atomic<bool> left_{false};  // by its caller, before it was answered
  std::optional<std::chrono::system_clock::time_point> deadline_;
};

}  // namespace welfare::gateway
