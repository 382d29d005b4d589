#include "gateway/http2/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <utility>

#include "gateway/calls/failure.h"
#include "gateway/exchange/event_loop.h"
#include "gateway/exchange/http_date.h"
#include "gateway/http2/http2_stream.h"

namespace welfare::gateway {
namespace {

using std::chrono::milliseconds;

// One write to the socket gathers at most about this many bytes.
constexpr std::size_t kWriteSize = 64 * 1024;
// Resets by the caller: a burst, then so many a second. Rapid reset
// (CVE-2023-44487) runs into it.
constexpr std::uint64_t kResetBurst = 1000;
constexpr std::uint64_t kResetRate = 33;
// Queued answers to PING and SETTINGS before the connection is given up.
constexpr std::size_t kMaxOutboundAck = 1000;
constexpr std::size_t kMaxSettings = 32;
// Time for requests on their way to arrive between the two GOAWAYs.
constexpr milliseconds kGoawayGrace{200};

nghttp2_nv ToNv(std::string_view name, std::string_view value) {
  // nghttp2 copies both; its interface is not const.
  return {.name = const_cast<std::uint8_t*>(
              reinterpret_cast<const std::uint8_t*>(name.data())),
          .value = const_cast<std::uint8_t*>(
              reinterpret_cast<const std::uint8_t*>(value.data())),
          .namelen = name.size(),
          .valuelen = value.size(),
          .flags = NGHTTP2_NV_FLAG_NONE};
}

std::string_view ToView(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

class Http2Session final : public Session, public Http2Streams {
 public:
  Http2Session(EventLoop& loop, std::unique_ptr<Connection> connection,
               Dispatcher& dispatcher, const SessionLimits& limits,
               std::function<void()> closed)
      : loop_(loop),
        connection_(std::move(connection)),
        dispatcher_(dispatcher),
        limits_(limits),
        closed_(std::move(closed)),
        idle_timer_(loop),
        drain_timer_(loop) {}

  ~Http2Session() override { nghttp2_session_del(session_); }

  void Start(std::string first_bytes) override {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    SetCallbacks(callbacks);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_stream_reset_rate_limit(option, kResetBurst, kResetRate);
    nghttp2_option_set_max_outbound_ack(option, kMaxOutboundAck);
    nghttp2_option_set_max_settings(option, kMaxSettings);
    nghttp2_option_set_no_closed_streams(option, 1);
    const int made =
        nghttp2_session_server_new2(&session_, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    if (made != 0) return Close();
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits_.concurrent_streams},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits_.stream_window},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
         static_cast<std::uint32_t>(limits_.header_list)}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings,
                            std::size(settings));
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                          limits_.connection_window);
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

  void ConsumeStream(std::int32_t id, std::size_t bytes) override {
    if (is_closed_) return;
    nghttp2_session_consume_stream(session_, id, bytes);
    Flush();
  }

  void SubmitResponse(Http2Stream& stream, const ResponseHead& head) override {
    if (is_closed_) return;
    const std::string status = std::to_string(head.status);
    const std::string length = head.content_length.has_value()
                                   ? std::to_string(*head.content_length)
                                   : std::string();
    const std::string date = HttpDate();
    std::vector<nghttp2_nv> fields;
    fields.push_back(ToNv(":status", status));
    for (const Header& header : head.headers) {
      fields.push_back(ToNv(header.name, header.value));
    }
    fields.push_back(ToNv("date", date));
    if (!length.empty() && head.status != 204) {
      fields.push_back(ToNv("content-length", length));
    }
    nghttp2_data_provider provider;
    provider.source.ptr = &stream;
    provider.read_callback = [](nghttp2_session*, std::int32_t,
                                std::uint8_t* buffer, std::size_t size,
                                std::uint32_t* flags,
                                nghttp2_data_source* source, void*) -> ssize_t {
      return static_cast<Http2Stream*>(source->ptr)->Fill(buffer, size, flags);
    };
    nghttp2_submit_response(session_, stream.id(), fields.data(), fields.size(),
                            &provider);
    FlushSoon();
  }

  void Resume(Http2Stream& stream) override {
    if (is_closed_) return;
    nghttp2_session_resume_data(session_, stream.id());
    FlushSoon();
  }

  void SubmitTrailers(std::int32_t id,
                      const std::vector<Header>& trailers) override {
    std::vector<nghttp2_nv> fields;
    for (const Header& header : trailers) {
      fields.push_back(ToNv(header.name, header.value));
    }
    nghttp2_submit_trailer(session_, id, fields.data(), fields.size());
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

  void SetCallbacks(nghttp2_session_callbacks* callbacks) {
    nghttp2_session_callbacks_set_on_begin_headers_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          return static_cast<Http2Session*>(user)->OnBeginHeaders(*frame);
        });
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame,
                      const std::uint8_t* name, std::size_t name_size,
                      const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
          return static_cast<Http2Session*>(user)->OnHeader(
              *frame, ToView(name, name_size), ToView(value, value_size));
        });
    nghttp2_session_callbacks_set_on_frame_recv_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          return static_cast<Http2Session*>(user)->OnFrame(*frame);
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id,
                      const std::uint8_t* bytes, std::size_t size, void* user) {
          return static_cast<Http2Session*>(user)->OnData(id,
                                                          ToView(bytes, size));
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks,
        [](nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
          return static_cast<Http2Session*>(user)->OnStreamClose(id);
        });
    nghttp2_session_callbacks_set_on_frame_send_callback(
        callbacks,
        [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
          return static_cast<Http2Session*>(user)->OnFrameSent(*frame);
        });
  }

  std::shared_ptr<Http2Stream> Find(std::int32_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second;
  }

  int OnBeginHeaders(const nghttp2_frame& frame) {
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
    return 0;
  }

  int OnHeader(const nghttp2_frame& frame, std::string_view name,
               std::string_view value) {
    const auto stream = Find(frame.hd.stream_id);
    if (stream == nullptr) return 0;
    Http2Stream::Incoming& incoming = stream->incoming();
    if (incoming.dispatched) return 0;  // a trailer
    // The size by RFC 9113, 10.5.1: 32 bytes of overhead per field.
    incoming.header_size += name.size() + value.size() + 32;
    if (incoming.header_size > limits_.header_list) {
      incoming.headers_too_large = true;
      return 0;
    }
    RequestHead& request = incoming.head;
    if (name == ":method") {
      request.method = std::string(value);
    } else if (name == ":path") {
      request.target = std::string(value);
    } else if (name == ":authority") {
      request.authority = std::string(value);
    } else if (name == "host") {
      if (request.authority.empty()) request.authority = std::string(value);
    } else if (name == "content-length") {
      std::uint64_t length = 0;
      std::from_chars(value.data(), value.data() + value.size(), length);
      request.content_length = length;
    } else if (!name.starts_with(':')) {
      request.headers.push_back(
          {.name = std::string(name), .value = std::string(value)});
    }
    return 0;
  }

  int OnFrame(const nghttp2_frame& frame) {
    if (frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) {
      return 0;
    }
    const auto stream = Find(frame.hd.stream_id);
    if (stream == nullptr) return 0;
    Http2Stream::Incoming& incoming = stream->incoming();
    if (frame.hd.type == NGHTTP2_HEADERS &&
        frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
      incoming.dispatched = true;
      idle_timer_.Cancel();
      if (incoming.headers_too_large) {
        incoming.ended = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        RefuseHeaders(*stream);
        return 0;
      }
      stream->SetHandler(dispatcher_.Dispatch(*stream));
    }
    if ((frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      incoming.ended = true;
      if (!incoming.end_told) {
        incoming.end_told = true;
        if (const auto handler = stream->handler()) handler->OnBodyEnd();
      }
    }
    return 0;
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

  int OnData(std::int32_t id, std::string_view bytes) {
    // The connection's window is given back at once, so that one exchange
    // that does not read cannot hold up the others; the stream's window is
    // what holds its caller back.
    nghttp2_session_consume_connection(session_, bytes.size());
    const auto stream = Find(id);
    if (stream == nullptr || stream->handler() == nullptr) {
      nghttp2_session_consume_stream(session_, id, bytes.size());
      return 0;
    }
    const std::shared_ptr<ExchangeHandler> handler = stream->handler();
    handler->OnBody(bytes);
    return 0;
  }

  int OnStreamClose(std::int32_t id) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return 0;
    const std::shared_ptr<Http2Stream> stream = found->second;
    streams_.erase(found);
    stream->Detach();
    if (streams_.empty()) WatchIdle();
    return 0;
  }

  // A response that ended before its request: the caller is told to stop
  // sending (RFC 9113, 8.1).
  int OnFrameSent(const nghttp2_frame& frame) {
    if ((frame.hd.type != NGHTTP2_HEADERS && frame.hd.type != NGHTTP2_DATA) ||
        (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) {
      return 0;
    }
    const auto stream = Find(frame.hd.stream_id);
    if (stream != nullptr && !stream->incoming().ended) {
      nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, frame.hd.stream_id,
                                NGHTTP2_NO_ERROR);
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
      if (read.empty()) return self->Close();
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
      out.append(ToView(bytes, static_cast<std::size_t>(size)));
    }
    sending_ = false;
    if (!out.empty()) {
      writing_ = true;
      // A caller that takes nothing for so long is gone or hostile.
      write_timer_.Start(milliseconds(limits_.stall_timeout_ms),
                         [this] { Close(); });
      connection_->Write(std::move(out), [self](bool ok) {
        self->writing_ = false;
        self->write_timer_.Cancel();
        if (!ok) return self->Close();
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
      Close();
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

  void Close() {
    if (is_closed_) return;
    const auto self = Self();
    is_closed_ = true;
    idle_timer_.Cancel();
    drain_timer_.Cancel();
    write_timer_.Cancel();
    connection_->Close();
    for (const auto& [id, stream] : std::exchange(
             streams_,
             std::map<std::int32_t, std::shared_ptr<Http2Stream>>())) {
      stream->Detach();
    }
    if (closed_) std::exchange(closed_, nullptr)();
  }

  EventLoop& loop_;
  const std::unique_ptr<Connection> connection_;
  Dispatcher& dispatcher_;
  const SessionLimits limits_;
  std::function<void()> closed_;
  LoopTimer idle_timer_;
  LoopTimer drain_timer_;
  LoopTimer write_timer_{loop_};

  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, std::shared_ptr<Http2Stream>> streams_;
  std::vector<std::int32_t> writable_;
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
    Dispatcher& dispatcher, const SessionLimits& limits,
    std::function<void()> closed) {
  return std::make_shared<Http2Session>(loop, std::move(connection), dispatcher,
                                        limits, std::move(closed));
}

}  // namespace welfare::gateway
