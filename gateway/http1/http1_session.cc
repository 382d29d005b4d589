#include "gateway/http1/http1_session.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "gateway/budgets/budget.h"
#include "gateway/budgets/rate_floor.h"
#include "gateway/error_table.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/exchange/http_date.h"
#include "gateway/exchange/reason_phrase.h"
#include "gateway/http1/http1_body.h"
#include "gateway/http1/http1_head.h"
#include "gateway/requests/failure.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;

// What is read ahead of a handler that does not consume, and the most that a
// chunk header may hold the body up.
constexpr std::size_t kReadAhead = 64 * 1024;

class Http1Session final : public Session, public Exchange {
 public:
  Http1Session(EventLoop& loop, std::unique_ptr<Connection> connection,
               std::unique_ptr<Seat> seat, Dispatcher& dispatcher,
               const SessionLimits& limits, std::function<void()> closed)
      : loop_(loop),
        connection_(std::move(connection)),
        seat_(std::move(seat)),
        share_(*seat_),
        dispatcher_(dispatcher),
        limits_(limits),
        closed_(std::move(closed)),
        timer_(loop),
        watch_timer_(loop) {}

  // Session:
  void Start(std::string first_bytes) override {
    input_ = std::move(first_bytes);
    WatchHead();
    Advance();
  }

  void Drain() override {
    draining_ = true;
    if (const auto handler = handler_) handler->OnDrain();
    if (state_ == State::kHead && input_.empty() && !writing_) Close();
  }

  void Abort() override { Close(); }

  // Exchange:
  EventLoop& loop() override { return loop_; }
  const RequestHead& request() const override { return head_.request; }
  const Connection& connection() const override { return *connection_; }
  const Seat& seat() const override { return *seat_; }

  void Consume(std::size_t bytes) override {
    unconsumed_ -= std::min(bytes, unconsumed_);
    if (!advancing_) Later();
  }

  void SendHead(ResponseHead response) override {
    response_head_sent_ = true;
    const bool no_body = response.status == 204 || response.status == 304;
    // An answer before the body has come whole: the rest is not read, so the
    // connection cannot be used again.
    if (!body_done_) close_after_ = true;
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " " +
                      std::string(ReasonPhrase(response.status)) + "\r\n";
    for (const Header& header : response.headers) {
      out += header.name + ": " + header.value + "\r\n";
    }
    out += "date: " + HttpDate() + "\r\n";
    if (response.content_length.has_value()) {
      if (!no_body) {
        out += "content-length: " + std::to_string(*response.content_length) +
               "\r\n";
      }
    } else if (!no_body) {
      if (head_.minor == 1) {
        chunked_out_ = true;
        out += "transfer-encoding: chunked\r\n";
      } else {
        close_after_ = true;
      }
    }
    keep_alive_out_ = head_.keep_alive && !close_after_ && !draining_;
    if (!keep_alive_out_) {
      close_after_ = true;
      out += "connection: close\r\n";
    } else if (head_.minor == 0) {
      out += "connection: keep-alive\r\n";
    }
    out += "\r\n";
    drop_body_ = no_body || head_.request.method == "HEAD";
    Put(std::move(out));
  }

  void SendBody(std::string bytes) override {
    if (drop_body_ || bytes.empty()) return;
    if (!chunked_out_) return Put(std::move(bytes));
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string size;
    for (std::size_t n = bytes.size(); n != 0; n >>= 4) {
      size.insert(size.begin(), kHex[n & 15]);
    }
    Put(size + "\r\n" + std::move(bytes) + "\r\n");
  }

  void SendEnd(std::vector<Header> /*trailers*/) override {
    if (chunked_out_ && !drop_body_) Put("0\r\n\r\n");
    handler_ = nullptr;
    state_ = State::kResponded;
    ++answered_;
    seat_->Progress();
    Later();
  }

  void Reset() override {
    handler_ = nullptr;
    Close();
  }

  void BreakOff() override {  // without the last chunk
    chunked_out_ = false;
    close_after_ = true;
    SendEnd({});
  }

  std::size_t pending() const override {
    return output_.size() + (writing_ ? writing_size_ : 0);
  }

 private:
  enum class State {
    kHead,       // waiting for a head
    kExchange,   // a handler is at work
    kResponded,  // the response has been queued whole
    kLingering,  // the last bytes are out; reads until the caller closes
    kClosed,
  };

  std::shared_ptr<Http1Session> Self() {
    return std::static_pointer_cast<Http1Session>(shared_from_this());
  }

  // Moves on from the loop, never inside a handler's call.
  void Later() {
    if (later_) return;
    later_ = true;
    loop_.Post([self = Self()] {
      self->later_ = false;
      self->Advance();
    });
  }

  void Advance() {
    if (advancing_ || state_ == State::kClosed) return;
    const auto self = Self();
    advancing_ = true;
    bool more = true;
    while (more && state_ != State::kClosed) {
      switch (state_) {
        case State::kHead:
          more = TakeHead();
          break;
        case State::kExchange:
          more = TakeBody();
          break;
        case State::kResponded:
          more = FinishResponse();
          break;
        case State::kLingering:
          input_.clear();
          more = false;
          break;
        case State::kClosed:
          more = false;
          break;
      }
    }
    advancing_ = false;
    if (state_ == State::kClosed) return;
    if (!Charge()) return Close();
    Flush();
    MaybeRead();
  }

  // What the connection holds now. False: there is no room for it.
  bool Charge() {
    const std::size_t bytes =
        input_.size() + output_.size() + (writing_ ? writing_size_ : 0);
    return share_.Hold(InSteps(bytes)) == Room::kGiven;
  }

  // True when a head was taken and an exchange began.
  bool TakeHead() {
    // An empty line before a request is tolerated (RFC 9112, 2.2), once.
    if (!seen_empty_line_ && input_.starts_with("\r\n")) {
      input_.erase(0, 2);
      seen_empty_line_ = true;
    }
    const std::size_t end = input_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (input_.size() > limits_.header_list) return Refuse(431);
      // A bare LF would otherwise wait for the timeout.
      if (input_.find("\n\n") != std::string::npos) return Refuse(400);
      if (input_.empty() && draining_ && !writing_) Close();
      return false;
    }
    const std::size_t size = end + 4;
    if (size > limits_.header_list) return Refuse(431);
    const std::string_view text = std::string_view(input_).substr(0, size);
    const int status = ParseHttp1Head(text, limits_.header_lines, head_);
    if (status == kNoHttp1 && answered_ == 0) {
      Linger();
      return false;
    }
    if (status != 0) return Refuse(status == kNoHttp1 ? 400 : status);
    if (head_.https && !connection_->encrypted()) return Refuse(421);
    body_ = std::make_unique<Http1Body>(text);
    if (!body_->head_taken()) return Refuse(400);
    input_.erase(0, size);
    seen_empty_line_ = false;
    body_done_ = body_->done();
    body_end_told_ = false;
    continue_sent_ = false;
    unconsumed_ = 0;
    response_head_sent_ = false;
    chunked_out_ = false;
    drop_body_ = false;
    received_ = 0;
    begun_ = false;
    body_floor_.Reset(0);
    state_ = State::kExchange;
    timer_.Cancel();
    Watch();
    if (!dispatcher_.IsUrgent(head_.request)) {
      BeginSoon();
      return false;
    }
    Begin();
    return true;
  }

  // Begins the request after the network has been asked once more: the read
  // that is under way ends before what is posted twice.
  void BeginSoon() {
    loop_.Post([self = Self()] {
      self->loop_.Post([self] {
        if (self->state_ != State::kExchange) return;
        self->Begin();
        self->Advance();
      });
    });
  }

  void Begin() {
    begun_ = true;
    begun_at_ = std::chrono::steady_clock::now();
    std::shared_ptr<ExchangeHandler> handler = dispatcher_.Dispatch(*this);
    // A dispatcher may have answered at once.
    if (state_ == State::kExchange) handler_ = std::move(handler);
  }

  // Hands what has come of the body to the handler. True when to go on.
  bool TakeBody() {
    const std::shared_ptr<ExchangeHandler> handler = handler_;
    if (handler == nullptr) return false;
    if (!body_done_ && !input_.empty() && unconsumed_ < kReadAhead) {
      std::vector<std::string> parts;
      const Http1Body::Result result = body_->Feed(
          input_,
          [&parts](std::string_view bytes) { parts.emplace_back(bytes); });
      input_.erase(0, result.consumed);
      if (result.progress == Http1Body::Progress::kMalformed ||
          (result.progress == Http1Body::Progress::kMore &&
           input_.size() > limits_.header_list)) {
        handler_ = nullptr;
        handler->OnClosed();
        if (response_head_sent_) {
          Close();
          return false;
        }
        return Refuse(400);
      }
      body_done_ = result.progress == Http1Body::Progress::kDone;
      for (const std::string& part : parts) {
        unconsumed_ += part.size();
        received_ += part.size();
        if (handler_ == nullptr) return true;
        handler->OnBody(part);
      }
    }
    if (handler_ == nullptr) return true;
    if (body_done_ && !body_end_told_) {
      body_end_told_ = true;
      handler->OnBodyEnd();
      return state_ != State::kExchange;
    }
    if (!body_done_ && head_.expect_continue && !continue_sent_ &&
        !response_head_sent_) {
      continue_sent_ = true;
      Put("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return state_ != State::kExchange;
  }

  bool FinishResponse() {
    if (!body_done_) close_after_ = true;
    if (!output_.empty() || writing_) return false;
    if (close_after_) {
      Linger();
      return false;
    }
    state_ = State::kHead;
    if (draining_) {
      Close();
      return false;
    }
    WatchIdle();
    return !input_.empty();
  }

  // Answers `status` in the gateway's own form and closes.
  bool Refuse(int status) {
    Failure failure =
        status == 431 || status == 414 ? MessageTooLarge(limits_.header_list)
        : status == 408                ? RequestTimeout()
                        : MalformedFrame(ProblemRow("HTTP1_RULES"));
    failure.http_status = status;
    const std::string body = ErrorJson(failure);
    input_.clear();
    handler_ = nullptr;
    close_after_ = true;
    body_done_ = true;
    Put("HTTP/1.1 " + std::to_string(status) + " " +
        std::string(ReasonPhrase(status)) +
        "\r\ncontent-type: application/json\r\ndate: " + HttpDate() +
        "\r\ncontent-length: " + std::to_string(body.size()) +
        "\r\nconnection: close\r\n\r\n" + body);
    state_ = State::kResponded;
    return true;
  }

  // Closing with unread bytes would reset the connection and could destroy
  // the answer on its way: says goodbye and reads on for a moment.
  void Linger() {
    state_ = State::kLingering;
    input_.clear();
    connection_->ShutdownWrite();
    timer_.Start(milliseconds(1000), [this] { Close(); });
  }

  void Put(std::string bytes) {
    if (state_ == State::kClosed) return;
    output_ += bytes;
    // When this turn of the loop is over: a head and its body go out in one
    // write, which behind TLS is one record.
    if (!advancing_) Later();
  }

  void Flush() {
    if (writing_ || output_.empty() || state_ == State::kClosed) return;
    writing_ = true;
    writing_size_ = output_.size();
    Watch();
    const bool was_full = pending() >= kHighWater;
    connection_->Write(
        std::exchange(output_, std::string()),
        [self = Self(), was_full](bool ok) { self->OnWritten(ok, was_full); });
  }

  void OnWritten(bool ok, bool was_full) {
    writing_ = false;
    if (state_ == State::kClosed) return;
    if (!ok) return Close(true);
    if (was_full && pending() < kHighWater && handler_ != nullptr) {
      const std::shared_ptr<ExchangeHandler> handler = handler_;
      handler->OnWritable();
    }
    Advance();
  }

  void MaybeRead() {
    if (reading_ || state_ == State::kClosed) return;
    // While a response is on its way the next request waits in the socket,
    // but a caller who leaves is noticed.
    if (state_ == State::kExchange && !body_done_ &&
        unconsumed_ >= kReadAhead) {
      return;
    }
    if (input_.size() > kReadAhead) return;
    reading_ = true;
    connection_->Read(
        [self = Self()](std::string_view bytes) { self->OnRead(bytes); });
  }

  void OnRead(std::string_view bytes) {
    reading_ = false;
    if (state_ == State::kClosed) return;
    if (bytes.empty()) {
      // A caller that closes its half while it waits for an answer cannot be
      // told from one that has gone, and of the two only the latter is common:
      // work for it stops. An answer that is already made still goes out.
      if (state_ != State::kResponded) return Close(true);
      close_after_ = true;
      reading_ = true;  // nothing more will come
      return;
    }
    if (state_ == State::kHead && input_.empty()) WatchHead();
    input_.append(bytes);
    Advance();
  }

  void WatchHead() {
    timer_.Start(milliseconds(limits_.header_timeout_ms), [this] {
      if (state_ != State::kHead) return;
      if (input_.empty()) return Close();
      Refuse(408);
      Advance();
    });
  }
  void WatchIdle() {
    if (!input_.empty()) return WatchHead();
    timer_.Start(milliseconds(limits_.idle_timeout_ms), [this] { Close(); });
  }
  // Looks whether the caller sends what is waited for and takes what there is
  // for him, as long as there is a request or an answer; a backend that thinks
  // has its own deadline.
  void Watch() {
    if (watching_) return;
    watching_ = true;
    watch_timer_.Start(limits_.look_every, [this] {
      watching_ = false;
      if (state_ != State::kExchange && !writing_) return;
      Look();
      if (state_ != State::kClosed) Watch();
    });
  }

  void Look() {
    const auto self = Self();
    if (!writing_) {
      answer_floor_.Reset(connection_->taken());
    } else if (!answer_floor_.Wait(limits_.answer, limits_.look_every,
                                   connection_->taken())) {
      return Close();
    }
    const std::shared_ptr<ExchangeHandler> handler = handler_;
    if (body_done_ || handler == nullptr || !handler->WaitsForBody()) {
      return body_floor_.Reset(received_);
    }
    if (body_floor_.Wait(limits_.body, limits_.look_every, received_)) return;
    handler->OnTooSlow();
    if (handler_ == handler) Close();
  }

  void Close(bool left_by_caller = false) {
    if (state_ == State::kClosed) return;
    const auto self = Self();
    if (left_by_caller) CountLoss();
    state_ = State::kClosed;
    timer_.Cancel();
    watch_timer_.Cancel();
    connection_->Close();
    if (handler_ != nullptr) {
      std::exchange(handler_, nullptr)->OnClosed();
    }
    share_.Hold(0);
    seat_.reset();
    if (closed_) std::exchange(closed_, nullptr)();
  }

  // The caller has left a request unanswered, or without having asked anything.
  void CountLoss() {
    const bool hasty =
        begun_ && std::chrono::steady_clock::now() - begun_at_ < kHasty;
    if (state_ == State::kExchange && hasty && !response_head_sent_) {
      seat_->Waste(kWastedCall);
    } else if (answered_ == 0) {
      seat_->Waste(kWastedConnection);
    }
  }

  EventLoop& loop_;
  const std::unique_ptr<Connection> connection_;
  std::unique_ptr<Seat> seat_;  // until it is closed
  Share share_;                 // what it holds beside the seat's own
  Dispatcher& dispatcher_;
  const SessionLimits limits_;
  std::function<void()> closed_;
  LoopTimer timer_;
  LoopTimer watch_timer_;
  bool watching_ = false;
  std::size_t answered_ = 0;

  State state_ = State::kHead;
  std::string input_;
  bool seen_empty_line_ = false;
  bool draining_ = false;
  bool advancing_ = false;
  bool later_ = false;
  bool reading_ = false;

  // The request under way.
  Http1Head head_;
  std::unique_ptr<Http1Body> body_;
  bool body_done_ = true;
  bool body_end_told_ = false;
  bool continue_sent_ = false;
  std::size_t unconsumed_ = 0;
  std::uint64_t received_ = 0;
  bool begun_ = false;
  std::chrono::steady_clock::time_point begun_at_;
  RateFloor body_floor_;
  std::shared_ptr<ExchangeHandler> handler_;

  // The response under way.
  std::string output_;
  bool writing_ = false;
  std::size_t writing_size_ = 0;
  RateFloor answer_floor_;
  bool response_head_sent_ = false;
  bool chunked_out_ = false;
  bool drop_body_ = false;
  bool keep_alive_out_ = true;
  bool close_after_ = false;
};

}  // namespace

std::shared_ptr<Session> MakeHttp1Session(
    EventLoop& loop, std::unique_ptr<Connection> connection,
    std::unique_ptr<Seat> seat, Dispatcher& dispatcher,
    const SessionLimits& limits, std::function<void()> closed) {
  return std::make_shared<Http1Session>(loop, std::move(connection),
                                        std::move(seat), dispatcher, limits,
                                        std::move(closed));
}

}  // namespace welfare::gateway
