#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/budgets/rate_floor.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

class Http2Stream;

// What a stream asks of the session it is in. Used on the loop only.
class Http2Streams {
 public:
  virtual EventLoop& loop() = 0;
  virtual const Connection& connection() const = 0;
  virtual const Seat& seat() const = 0;
  virtual void ConsumeStream(std::int32_t id, std::size_t bytes) = 0;
  virtual void SubmitResponse(Http2Stream& stream,
                              const ResponseHead& head) = 0;
  // The stream has more to send.
  virtual void Resume(Http2Stream& stream) = 0;
  virtual void SubmitTrailers(std::int32_t id,
                              const std::vector<Header>& trailers) = 0;
  virtual void SubmitReset(std::int32_t id, std::uint32_t code) = 0;
  // The stream's handler is to be told OnWritable.
  virtual void WritableDue(Http2Stream& stream) = 0;

 protected:
  ~Http2Streams() = default;
};

// One exchange of an HTTP/2 connection. Lives while the session knows its
// stream or its handler runs. Used on the loop only.
class Http2Stream final : public Exchange {
 public:
  // The request as it comes in; the session fills it.
  struct Incoming {
    RequestHead head;
    std::size_t header_size = 0;
    bool headers_too_large = false;
    bool headers_whole = false;
    bool ended = false;
    bool end_told = false;
    // Of the body, before there is a handler.
    std::string early;
  };
  // How far it has come.
  enum class Stage {
    kArriving,  // its head is not whole
    kArrived,   // nothing has been done for it
    kBegun,     // a handler is at work
    kAnswered,  // its answer has begun
  };

  Http2Stream(Http2Streams& session, std::int32_t id);

  std::int32_t id() const { return id_; }
  Incoming& incoming() { return incoming_; }
  // One field of the head, as it comes.
  void TakeHeader(std::string_view name, std::string_view value,
                  std::size_t most_bytes);

  Stage stage() const { return stage_; }
  // Its head is whole.
  void Arrive() { stage_ = Stage::kArrived; }
  void Begin(std::chrono::steady_clock::time_point now);
  std::chrono::steady_clock::time_point begun() const { return begun_; }
  // Counts `bytes` of the body that have come.
  void Received(std::size_t bytes) { received_ += bytes; }
  // Note that `passed` is over. False: its caller does not do its part.
  bool HeadComes(std::int64_t timeout_ms, std::chrono::milliseconds passed);
  bool BodyComes(const RateFloor::Options& floor,
                 std::chrono::milliseconds passed);
  bool AnswerIsTaken(const RateFloor::Options& floor,
                     std::chrono::milliseconds passed);
  // The answer has gone out whole before the request has come whole, and the
  // rest is not wanted: ends the stream in a moment, unless that comes to an
  // end by itself. Until then its window holds the caller back.
  void PartFromRequest();
  bool parting() const { return parting_.has_value(); }
  // As Reset, and the handler is told OnClosed.
  void Cancel();
  // What it holds now, in bytes.
  std::size_t held() const {
    return kOwnBytes + incoming_.header_size + incoming_.early.size() +
           body_.size();
  }

  // Null before there is one, and after it has ended the exchange.
  const std::shared_ptr<ExchangeHandler>& handler() const { return handler_; }
  // Keeps the handler, unless it has ended the exchange at once.
  void SetHandler(std::shared_ptr<ExchangeHandler> handler);
  // The session has forgotten the stream: tells the handler OnClosed.
  void Detach();
  // The handler is told OnWritable; it may be due again.
  void WritableTold() { writable_due_ = false; }

  // Fills nghttp2's buffer with the body, as its read callback asks.
  ssize_t Fill(std::uint8_t* buffer, std::size_t size, std::uint32_t* flags);

  EventLoop& loop() override;
  const RequestHead& request() const override { return incoming_.head; }
  const Connection& connection() const override;
  const Seat& seat() const override;
  void Consume(std::size_t bytes) override;
  void SendHead(ResponseHead head) override;
  void SendBody(std::string bytes) override;
  void SendEnd(std::vector<Header> trailers) override;
  void Reset() override;
  void BreakOff() override;
  std::size_t pending() const override { return body_.size() - sent_; }

 private:
  // nghttp2's part, the handler and what hangs on them.
  static constexpr std::size_t kOwnBytes = 4096;
  // The end of a body that is broken off.
  ssize_t Part();

  Http2Streams* session_;  // null once detached
  const std::int32_t id_;
  Incoming incoming_;
  Stage stage_ = Stage::kArriving;
  std::chrono::steady_clock::time_point begun_;
  std::shared_ptr<ExchangeHandler> handler_;

  bool drop_body_ = false;
  bool ended_ = false;
  bool broken_off_ = false;
  std::optional<LoopTimer> parting_;
  bool parted_ = false;
  bool was_full_ = false;
  bool writable_due_ = false;
  std::string body_;
  std::size_t sent_ = 0;
  std::vector<Header> trailers_;

  std::uint64_t received_ = 0;
  std::uint64_t sent_in_all_ = 0;
  std::chrono::milliseconds head_takes_{0};
  RateFloor body_floor_;
  RateFloor answer_floor_;
};

}  // namespace welfare::gateway
