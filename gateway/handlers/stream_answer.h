#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gateway/answers/content_coding.h"
#include "gateway/budgets/budget.h"
#include "gateway/calls/backend.h"
#include "gateway/calls/http_call.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/requests/failure.h"

namespace welfare::gateway {

// The answer of a streaming method over HTTP: one line of NDJSON for each
// message, `{"result":...}`, then `{"end":{"count":n}}`; events where the
// caller asks for text/event-stream. Only what ends with `end` is whole.
//
// The status waits for the first message or failure. A failure before it is an
// ordinary answer; one after it is the last line, `{"error":...}`, and the
// transfer is broken off, so that those who look at no line can tell as well.
// At most one message is held beyond what flow control lets out. Where the
// caller takes gzip, all that there is of a message goes out with it.
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
  // A line made beside the loop, and what it was compressed with.
  struct Made {
    std::optional<std::string> line;
    std::unique_ptr<GzipWriter> packer;
  };

  // Decides once whether what is sent is compressed: before the first of it.
  // False when there is no room for it, and all has been said.
  bool ChooseCoding();
  // As it is sent; `text` itself where nothing is compressed. The `last` is the
  // end of all.
  std::string Pack(std::string text, bool last = false);
  void MakeAside(std::string bytes);
  void TakeMade(Made& made);
  // Holds what is held now, and `more`.
  Room Charge(std::size_t more = 0);
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
  const TakenCodings codings_;
  std::optional<bool> gzip_;  // once it is decided
  // Null until there is something to compress, and while it is lent to those
  // who make a line beside the loop.
  std::unique_ptr<GzipWriter> packer_;
  bool lent_ = false;
  std::optional<Failure> failed_;  // meanwhile; to be said behind that line
  Share share_;                    // what all these hold
  bool waiting_to_read_ = false;
  bool said_something_ = false;  // since the last beat
  LoopTimer beat_;
};

}  // namespace welfare::gateway
