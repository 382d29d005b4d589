#include "gateway/http2/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <utility>

#include "gateway/budgets/budget.h"
#include "gateway/budgets/rate_floor.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/http2/http2_stream.h"
#include "gateway/http2/http2_wire.h"
#include "gateway/http2/skipped_streams.h"
#include "gateway/requests/failure.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;

// One write to the socket gathers at most about this many bytes.
constexpr std::size_t kWriteSize = 64 * 1024;
// So many requests of a connection are begun before others on the loop have
// their turn: who sends a hundred at once waits for himself.
constexpr int kBegunAtATime = 16;
// What a connection of a peer that is to calm down may waste before it takes
// no more requests, and before it is closed.
constexpr double kWasteToRefuse = 1.0;
constexpr double kWasteToClose = 3.0;
// Time for requests on their way to arrive between the two GOAWAYs.
constexpr milliseconds kGoawayGrace{200};

class Http2Session final : public Session,
                           public Http2Streams,
                           public Http2Frames {
 public:
  Http2Session(EventLoop& loop, std::unique_ptr<Connection> connection,
               std::unique_ptr<Seat> seat, Dispatcher& dispatcher,
               const SessionLimits& limits, std::function<void()> closed)
      : loop_(loop),
        connection_(std::move(connection)),
        seat_(std::move(seat)),
        share_(*seat_),
        dispatcher_(dispatcher),
        limits_(limits),
        closed_(std::move(closed)),
        idle_timer_(loop),
        drain_timer_(loop) {}

  ~Http2Session() override { nghttp2_session_del(session_); }

  void Start(std::string first_bytes) override {
    session_ = NewHttp2Server(*this, limits_);
    if (session_ == nullptr) return Close();
    WatchIdle();
    Receive(first_bytes);
  }

  void Drain() override {
    if (draining_ || is_closed_) return;
    draining_ = true;
    nghttp2_submit_shutdown_notice(session_);
    const auto streams = streams_;  // a handler may end its own
    for (const auto& [id, stream] : streams) {
      if (const auto handler = stream->handler()) handler->OnDrain();
    }
    Flush();
    drain_timer_.Start(kGoawayGrace, [this] {
      nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                            nghttp2_session_get_last_proc_stream_id(session_),
                            NGHTTP2_NO_ERROR, nullptr, 0);
      goaway_sent_ = true;
      Flush();
    });
  }

  void Abort() override { Close(); }

  EventLoop& loop() override { return loop_; }
  const Connection& connection() const override { return *connection_; }
  const Seat& seat() const override { return *seat_; }

  void ConsumeStream(std::int32_t id, std::size_t bytes) override {
    if (is_closed_) return;
    nghttp2_session_consume_stream(session_, id, bytes);
    Flush();
  }

  void SubmitResponse(Http2Stream& stream, const ResponseHead& head) override {
    if (is_closed_) return;
    SubmitHttp2Response(session_, stream, head);
    if (stream.stage() == Http2Stream::Stage::kBegun) {
      --unanswered_;
      ++answered_;
      BeginSoon();
    }
    FlushSoon();
  }

  void Resume(Http2Stream& stream) override {
    if (is_closed_) return;
    nghttp2_session_resume_data(session_, stream.id());
    FlushSoon();
  }

  void SubmitTrailers(std::int32_t id,
                      const std::vector<Header>& trailers) override {
    SubmitHttp2Trailers(session_, id, trailers);
  }

  void SubmitReset(std::int32_t id, std::uint32_t code) override {
    if (is_closed_) return;
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, code);
    FlushSoon();
  }

  void WritableDue(Http2Stream& stream) override {
    writable_.push_back(stream.id());
  }

 private:
  std::shared_ptr<Http2Session> Self() {
    return std::static_pointer_cast<Http2Session>(shared_from_this());
  }

  std::shared_ptr<Http2Stream> Find(std::int32_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second;
  }

  int OnBeginFrame(const nghttp2_frame_hd& head) override {
    if (head.type == NGHTTP2_HEADERS &&
        !skipped_.MayHaveHeaders(head.stream_id)) {
      nghttp2_session_terminate_session(session_, NGHTTP2_PROTOCOL_ERROR);
    }
    return 0;
  }

  int OnBeginHeaders(const nghttp2_frame& frame) override {
    if (frame.hd.type != NGHTTP2_HEADERS ||
        frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
      return 0;
    }
    const std::int32_t id = frame.hd.stream_id;
    if (goaway_sent_) {
      nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id,
                                NGHTTP2_REFUSED_STREAM);
      return 0;
    }
    streams_[id] = std::make_shared<Http2Stream>(*this, id);
    Watch();
    return 0;
  }

  int OnHeader(const nghttp2_frame& frame, std::string_view name,
               std::string_view value) override {
    const auto stream = Find(frame.hd.stream_id);
    if (stream == nullptr) return 0;
    // Else it is a trailer.
    if (!stream->incoming().headers_whole) {
      stream->TakeHeader(name, value, limits_.header_list);
    }
    return 0;
  }

  int OnFrame(const nghttp2_frame& frame) override {
    if (frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) {
      return 0;
    }
    const auto stream = Find(frame.hd.stream_id);
    if (stream == nullptr) return 0;
    Http2Stream::Incoming& incoming = stream->incoming();
    if (frame.hd.type == NGHTTP2_HEADERS &&
        frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
      incoming.headers_whole = true;
      stream->Arrive();
      idle_timer_.Cancel();
      if (incoming.headers_too_large) {
        incoming.ended = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        RefuseHeaders(*stream);
        return 0;
      }
      if (!dispatcher_.IsUrgent(incoming.head)) {
        arrived_.push_back(stream->id());
      } else {
        BeginStream(*stream);
      }
    }
    if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      incoming.ended = true;
      TellEnd(*stream);
    }
    return 0;
  }

  static void TellEnd(Http2Stream& stream) {
    Http2Stream::Incoming& incoming = stream.incoming();
    if (stream.stage() < Http2Stream::Stage::kBegun || !incoming.ended ||
        incoming.end_told) {
      return;
    }
    incoming.end_told = true;
    if (const auto handler = stream.handler()) handler->OnBodyEnd();
  }

  // Begins what has arrived, after the network has been asked once more: the
  // read that is under way ends before what is posted twice.
  void BeginSoon() {
    if (begin_due_ || arrived_.empty() || is_closed_) return;
    begin_due_ = true;
    loop_.Post([self = Self()] {
      self->loop_.Post([self] {
        self->begin_due_ = false;
        self->BeginArrived();
      });
    });
  }

  // Whether one more may be begun than is not answered yet. One that is still
  // there after a while is waited for, and no reason to hold up others.
  bool MayBegin() const {
    return !calm_ || unanswered_ <= answered_ ||
           std::chrono::steady_clock::now() - last_begun_ >= kHasty;
  }

  void BeginArrived() {
    if (is_closed_ || arrived_.empty()) return;
    calm_ = seat_->calm();
    for (int begun = 0; !is_closed_ && !arrived_.empty() && MayBegin();
         ++begun) {
      if (begun == kBegunAtATime) return BeginSoon();
      const auto stream = Find(arrived_.front());
      arrived_.pop_front();
      if (stream != nullptr) BeginStream(*stream);
    }
  }

  void BeginStream(Http2Stream& stream) {
    last_begun_ = std::chrono::steady_clock::now();
    stream.Begin(last_begun_);
    ++unanswered_;
    stream.SetHandler(dispatcher_.Dispatch(stream));
    const std::string early = std::exchange(stream.incoming().early, "");
    if (!early.empty()) Deliver(stream, early);
    TellEnd(stream);
  }

  void Deliver(Http2Stream& stream, std::string_view bytes) {
    const std::shared_ptr<ExchangeHandler> handler = stream.handler();
    if (handler != nullptr) {
      handler->OnBody(bytes);
    } else if (!stream.parting()) {
      nghttp2_session_consume_stream(session_, stream.id(), bytes.size());
      FlushSoon();
    }
  }

  // The stream is gone, for `left_by_caller` or because we end it.
  void CountLoss(const Http2Stream& stream, bool left_by_caller) {
    using Stage = Http2Stream::Stage;
    double waste = 0;
    if (stream.stage() == Stage::kBegun) {
      --unanswered_;
      const bool hasty =
          std::chrono::steady_clock::now() - stream.begun() < kHasty;
      waste = hasty && stream.handler() != nullptr ? kWastedCall : 0;
    } else if (stream.stage() < Stage::kBegun) {
      waste = kWastedHead;
    }
    if (waste == 0 || !left_by_caller) return;
    wasted_ += waste;
    seat_->Waste(waste);
    if (is_closed_ || wasted_ < kWasteToRefuse || !seat_->calm()) return;
    if (wasted_ >= kWasteToClose) {
      nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM);
      broken_ = true;
    } else if (!goaway_sent_) {
      nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                            nghttp2_session_get_last_proc_stream_id(session_),
                            NGHTTP2_ENHANCE_YOUR_CALM, nullptr, 0);
      goaway_sent_ = true;
    }
    FlushSoon();
  }

  void RefuseHeaders(Http2Stream& stream) {
    Failure failure = MessageTooLarge(limits_.header_list);
    failure.http_status = 431;
    const std::string body = ErrorJson(failure);
    stream.SendHead({.status = 431,
                     .headers = {{"content-type", "application/json"}},
                     .content_length = body.size()});
    stream.SendBody(body);
    stream.SendEnd({});
  }

  int OnData(std::int32_t id, std::string_view bytes) override {
    // The connection's window is given back at once, so that one exchange
    // that does not read cannot hold up the others; the stream's window is
    // what holds its caller back.
    nghttp2_session_consume_connection(session_, bytes.size());
    const auto stream = Find(id);
    if (stream == nullptr) {
      nghttp2_session_consume_stream(session_, id, bytes.size());
      return 0;
    }
    stream->Received(bytes.size());
    if (stream->stage() < Http2Stream::Stage::kBegun) {
      // The stream's window bounds it.
      stream->incoming().early.append(bytes);
    } else {
      Deliver(*stream, bytes);
    }
    return 0;
  }

  int OnStreamClose(std::int32_t id) override {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return 0;
    const std::shared_ptr<Http2Stream> stream = found->second;
    streams_.erase(found);
    ended_ = std::min<std::size_t>(ended_ + 1, limits_.concurrent_streams);
    // Its handler is there no more when the answer was whole or we reset it.
    CountLoss(*stream, true);
    if (stream->stage() == Http2Stream::Stage::kAnswered) seat_->Progress();
    stream->Detach();
    BeginSoon();
    if (streams_.empty()) WatchIdle();
    return 0;
  }

  // A response that ended before its request: the caller is told to stop
  // sending (RFC 9113, 8.1).
  int OnFrameSent(const nghttp2_frame& frame) override {
    if ((frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) ||
        (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) {
      return 0;
    }
    const auto stream = Find(frame.hd.stream_id);
    if (stream != nullptr && !stream->incoming().ended) {
      stream->PartFromRequest();
    }
    return 0;
  }

  void Receive(std::string_view bytes) {
    if (is_closed_) return;
    const auto self = Self();
    receiving_ = true;
    const ssize_t used = nghttp2_session_mem_recv(
        session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
        bytes.size());
    receiving_ = false;
    if (used < 0) {
      // nghttp2 has queued a GOAWAY where one is due.
      broken_ = true;
    }
    Flush();
    MaybeRead();
    BeginSoon();
  }

  void MaybeRead() {
    if (is_closed_ || reading_ || broken_ ||
        nghttp2_session_want_read(session_) == 0) {
      return;
    }
    reading_ = true;
    connection_->Read([self = Self()](std::string_view read) {
      self->reading_ = false;
      if (self->is_closed_) return;
      if (read.empty()) return self->Close(true);
      self->Receive(read);
    });
  }

  // When this turn of the loop is over: a head, its body and its trailers go
  // out in one write, which behind TLS is one record, and with them the
  // answers to other calls. From within nghttp2's callbacks nothing may be
  // sent; whoever called it flushes.
  void FlushSoon() {
    if (receiving_ || sending_ || flush_due_) return;
    flush_due_ = true;
    loop_.Post([self = Self()] {
      self->flush_due_ = false;
      self->Flush();
    });
  }

  void Flush() {
    if (is_closed_ || writing_ || receiving_ || sending_) return;
    const auto self = Self();
    std::string out;
    sending_ = true;
    while (out.size() < kWriteSize) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size < 0) {
        broken_ = true;
        break;
      }
      if (size == 0) break;
      out.append(reinterpret_cast<const char*>(bytes),
                 static_cast<std::size_t>(size));
    }
    sending_ = false;
    if (!Charge(out.size())) return Close();
    if (!out.empty()) {
      writing_ = true;
      // A caller that takes nothing for so long is gone or hostile.
      write_timer_.Start(milliseconds(limits_.stall_timeout_ms),
                         [this] { Close(); });
      connection_->Write(std::move(out), [self](bool ok) {
        self->writing_ = false;
        self->write_timer_.Cancel();
        if (!ok) return self->Close(true);
        self->Flush();
        self->MaybeRead();
      });
    }
    TellWritable();
    if (!writing_ && !is_closed_ &&
        (broken_ ||
         (nghttp2_session_want_read(session_) == 0 &&
          nghttp2_session_want_write(session_) == 0) ||
         (goaway_sent_ && streams_.empty()))) {
      // Who breaks the protocol leaves what was begun for him.
      Close(!draining_ && !streams_.empty());
    }
  }

  void TellWritable() {
    for (const std::int32_t id :
         std::exchange(writable_, std::vector<std::int32_t>())) {
      const auto stream = Find(id);
      if (stream == nullptr) continue;
      stream->WritableTold();
      if (const auto handler = stream->handler()) {
        // Later: a handler that sends at once would come back in here.
        loop_.Post([self = Self(), stream, handler] {
          if (stream->handler() == handler) handler->OnWritable();
        });
      }
    }
  }

  // What the connection holds now, and `more`. False: there is no room for it.
  bool Charge(std::size_t more) {
    std::size_t bytes = more + ended_ * kEndedStreamBytes;
    for (const auto& [id, stream] : streams_) bytes += stream->held();
    return share_.Hold(InSteps(bytes)) == Room::kGiven;
  }

  // Looks at those who must send or take something, as long as there are any.
  void Watch() {
    if (watching_) return;
    watching_ = true;
    watch_timer_.Start(limits_.look_every, [this] {
      watching_ = false;
      if (is_closed_ || streams_.empty()) return;
      Look();
      if (!is_closed_) Watch();
    });
  }

  void Look() {
    const auto self = Self();
    BeginSoon();
    const auto streams = streams_;  // a handler may end its own
    const bool window_shut =
        nghttp2_session_get_remote_window_size(session_) <= 0;
    for (const auto& [id, stream] : streams) {
      if (is_closed_) return;
      if (stream->stage() == Http2Stream::Stage::kArriving) {
        // nghttp2 reads nothing else of the connection meanwhile.
        if (stream->HeadComes(limits_.header_timeout_ms, limits_.look_every)) {
          continue;
        }
        return Close();
      }
      if (!stream->BodyComes(limits_.body, limits_.look_every)) {
        const auto handler = stream->handler();
        handler->OnTooSlow();
        if (stream->handler() == handler) stream->Cancel();
      }
      const bool shut =
          window_shut ||
          nghttp2_session_get_stream_remote_window_size(session_, id) <= 0;
      if (!stream->AnswerIsTaken(limits_.answer,
                                 shut ? limits_.look_every : milliseconds(0))) {
        stream->Cancel();
      }
    }
    if (writing_ && !write_floor_.Wait(limits_.answer, limits_.look_every,
                                       connection_->taken())) {
      return Close();
    }
    if (!writing_) write_floor_.Reset(connection_->taken());
    Flush();
  }

  void WatchIdle() {
    idle_timer_.Start(milliseconds(streams_seen_ ? limits_.idle_timeout_ms * 4
                                                 : limits_.header_timeout_ms),
                      [this] {
                        if (!streams_.empty() || is_closed_) return;
                        nghttp2_session_terminate_session(session_,
                                                          NGHTTP2_NO_ERROR);
                        broken_ = true;
                        Flush();
                      });
    streams_seen_ = true;
  }

  void Close(bool left_by_caller = false) {
    if (is_closed_) return;
    const auto self = Self();
    is_closed_ = true;
    watch_timer_.Cancel();
    idle_timer_.Cancel();
    drain_timer_.Cancel();
    write_timer_.Cancel();
    connection_->Close();
    for (const auto& [id, stream] : std::exchange(
             streams_,
             std::map<std::int32_t, std::shared_ptr<Http2Stream>>())) {
      CountLoss(*stream, left_by_caller);
      stream->Detach();
    }
    if (left_by_caller && answered_ == 0) seat_->Waste(kWastedConnection);
    share_.Hold(0);
    seat_.reset();
    if (closed_) std::exchange(closed_, nullptr)();
  }

  EventLoop& loop_;
  const std::unique_ptr<Connection> connection_;
  std::unique_ptr<Seat> seat_;  // until it is closed
  Share share_;                 // what it holds beside the seat's own
  Dispatcher& dispatcher_;
  const SessionLimits limits_;
  std::function<void()> closed_;
  LoopTimer idle_timer_;
  LoopTimer drain_timer_;
  LoopTimer write_timer_{loop_};
  LoopTimer watch_timer_{loop_};
  RateFloor write_floor_;

  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, std::shared_ptr<Http2Stream>> streams_;
  SkippedStreams skipped_;
  std::size_t ended_ = 0;  // streams that nghttp2 remembers
  std::vector<std::int32_t> writable_;
  // Whose heads are whole and whose handlers have not begun, in order.
  std::deque<std::int32_t> arrived_;
  bool begin_due_ = false;
  bool watching_ = false;
  // Requests begun and not answered, and those that were answered.
  std::size_t unanswered_ = 0;
  std::size_t answered_ = 0;
  double wasted_ = 0;
  std::chrono::steady_clock::time_point last_begun_;
  bool calm_ = false;  // as it was when requests were last begun
  bool streams_seen_ = false;
  bool receiving_ = false;
  bool sending_ = false;
  bool flush_due_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool draining_ = false;
  bool goaway_sent_ = false;
  bool broken_ = false;
  bool is_closed_ = false;
};

}  // namespace

std::shared_ptr<Session> MakeHttp2Session(
    EventLoop& loop, std::unique_ptr<Connection> connection,
    std::unique_ptr<Seat> seat, Dispatcher& dispatcher,
    const SessionLimits& limits, std::function<void()> closed) {
  return std::make_shared<Http2Session>(loop, std::move(connection),
                                        std::move(seat), dispatcher, limits,
                                        std::move(closed));
}

}  // namespace welfare::gateway
