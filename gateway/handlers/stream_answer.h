#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/budgets/budget.h"
#include "gateway/calls/backend.h"
#include "gateway/calls/failure.h"
#include "gateway/calls/http_call.h"
#include "gateway/exchange/event_loop.h"

namespace welfare::gateway {

// The answer of a streaming method over HTTP: one line of NDJSON for each
// message, `{"result":...}`, then `{"end":{"count":n}}`; events where the
// caller asks for text/event-stream. Only what ends with `end` is whole.
//
// The status waits for the first message or failure. A failure before it is an
// ordinary answer; one after it is the last line, `{"error":...}`, and the
// transfer is broken off, so that those who look at no line can tell as well.
// At most one message is held beyond what flow control lets out.
//
// Where the method answers with one message, that is the answer, as of a unary
// call.
//
// Used on the loop of the call; part of its owner, which it keeps alive while
// the service may call back.
class StreamAnswer final : public BackendObserver {
 public:
  // `written` is told what OnWritten says.
  StreamAnswer(HttpCall& call, std::function<void(bool ok)> written);

  // Opens the call to the service, whose first message has so many bytes, and
  // begins to read.
  void Open(const std::shared_ptr<void>& owner, std::size_t bytes);
  // Null before Open, and when the call has ended.
  BackendStream* stream() { return stream_.get(); }

  // A stream that ends when the gateway stops.
  void SetEndless() { endless_ = true; }
  // Keeps answers until Release: a caller of HTTP/1.1 reads them when it has
  // sent its body.
  void Hold() { hold_ = true; }
  void Release();

  // Says what is wrong and ends all.
  void Fail(const Failure& failure);

  // What the exchange says:
  void OnWritable();
  void OnDrain();
  void OnClosed();

  // BackendObserver:
  void OnInitialMetadata(const Metadata& metadata) override;
  void OnMessage(std::string bytes) override;
  void OnWritten(bool ok) override { written_(ok); }
  void OnDone(const BackendResult& result) override;

 private:
  // Nothing where the bytes are no message of the method.
  std::optional<std::string> ToLine(const std::string& bytes) const;
  // `json` as a line, or as an event of that type.
  std::string Frame(const std::string& json, const char* type) const;
  void Emit(std::optional<std::string> line);
  void Put(std::string text);
  // False when there was nothing more to send than the head.
  bool SendHead();
  void MaybeRead();
  void Beat();
  void FinishOne();
  void Stop();

  HttpCall& call_;
  const std::function<void(bool)> written_;
  const bool one_;     // the method answers with one message
  const bool events_;  // and not lines
  std::weak_ptr<void> owner_;
  std::shared_ptr<BackendStream> stream_;
  Metadata metadata_;
  std::optional<std::string> single_;
  std::int64_t count_ = 0;

  bool endless_ = false;
  bool head_sent_ = false;
  bool hold_ = false;
  std::string held_;
  Share share_;  // what held_ holds
  bool waiting_to_read_ = false;
  bool said_something_ = false;  // since the last beat
  LoopTimer beat_;
};

}  // namespace welfare::gateway
