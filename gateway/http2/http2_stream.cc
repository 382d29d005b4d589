#include "gateway/http2/http2_stream.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <utility>

namespace welfare::gateway {
namespace {

// Between the last bytes and the reset: clients (curl 7.88) forget what they
// have not looked at when a reset comes with it. A short request, refused
// early, ends within that time and needs no reset at all.
constexpr std::chrono::milliseconds kParting{250};

}  // namespace

Http2Stream::Http2Stream(Http2Streams& session, std::int32_t id)
    : session_(&session), id_(id) {
  incoming_.head.http_major = 2;
}

void Http2Stream::TakeHeader(std::string_view name, std::string_view value,
                             std::size_t most_bytes) {
  // The size by RFC 9113, 10.5.1: 32 bytes of overhead per field.
  incoming_.header_size += name.size() + value.size() + 32;
  if (incoming_.header_size > most_bytes) {
    incoming_.headers_too_large = true;
    return;
  }
  RequestHead& request = incoming_.head;
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
}

void Http2Stream::Begin(std::chrono::steady_clock::time_point now) {
  if (stage_ == Stage::kArrived) stage_ = Stage::kBegun;
  begun_ = now;
}

bool Http2Stream::HeadComes(std::int64_t timeout_ms,
                            std::chrono::milliseconds passed) {
  head_takes_ += passed;
  return head_takes_.count() <= timeout_ms;
}

bool Http2Stream::BodyComes(const RateFloor::Options& floor,
                            std::chrono::milliseconds passed) {
  if (incoming_.ended || handler_ == nullptr || !handler_->WaitsForBody()) {
    body_floor_.Reset(received_);
    return true;
  }
  return body_floor_.Wait(floor, passed, received_);
}

bool Http2Stream::AnswerIsTaken(const RateFloor::Options& floor,
                                std::chrono::milliseconds passed) {
  if (stage_ != Stage::kAnswered || (pending() == 0 && !ended_)) {
    answer_floor_.Reset(sent_in_all_);
    return true;
  }
  return answer_floor_.Wait(floor, passed, sent_in_all_);
}

void Http2Stream::SetHandler(std::shared_ptr<ExchangeHandler> handler) {
  if (!ended_ && session_ != nullptr) handler_ = std::move(handler);
}

void Http2Stream::Detach() {
  session_ = nullptr;
  if (handler_ == nullptr) return;
  std::exchange(handler_, nullptr)->OnClosed();
}

EventLoop& Http2Stream::loop() { return session_->loop(); }

const Connection& Http2Stream::connection() const {
  return session_->connection();
}

const Seat& Http2Stream::seat() const { return session_->seat(); }

void Http2Stream::Consume(std::size_t bytes) {
  if (session_ != nullptr) session_->ConsumeStream(id_, bytes);
}

void Http2Stream::SendHead(ResponseHead head) {
  drop_body_ = incoming_.head.method == "HEAD" || head.status == 204 ||
               head.status == 304;
  if (session_ == nullptr) return;
  session_->SubmitResponse(*this, head);
  stage_ = Stage::kAnswered;
}

void Http2Stream::SendBody(std::string bytes) {
  if (session_ == nullptr || drop_body_ || bytes.empty()) return;
  if (sent_ == body_.size()) {
    body_ = std::move(bytes);
    sent_ = 0;
  } else {
    body_.append(bytes);
  }
  was_full_ = was_full_ || pending() >= kHighWater;
  session_->Resume(*this);
}

void Http2Stream::SendEnd(std::vector<Header> trailers) {
  ended_ = true;
  handler_ = nullptr;
  if (session_ == nullptr) return;
  trailers_ = std::move(trailers);
  session_->Resume(*this);
}

void Http2Stream::Reset() {
  ended_ = true;
  handler_ = nullptr;
  if (session_ != nullptr) {
    session_->SubmitReset(id_, NGHTTP2_INTERNAL_ERROR);
  }
}

void Http2Stream::Cancel() {
  const std::shared_ptr<ExchangeHandler> handler = handler_;
  Reset();
  if (handler != nullptr) handler->OnClosed();
}

void Http2Stream::PartFromRequest() {
  parting_.emplace(session_->loop());
  parting_->Start(kParting, [this] {
    if (session_ != nullptr) session_->SubmitReset(id_, NGHTTP2_NO_ERROR);
  });
}

void Http2Stream::BreakOff() {
  ended_ = true;
  broken_off_ = true;
  handler_ = nullptr;
  if (session_ != nullptr) session_->Resume(*this);
}

ssize_t Http2Stream::Part() {
  // nghttp2 makes it RST_STREAM with INTERNAL_ERROR.
  if (parted_) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (!parting_.has_value()) {
    parting_.emplace(session_->loop());
    parting_->Start(kParting, [this] {
      parted_ = true;
      if (session_ != nullptr) session_->Resume(*this);
    });
  }
  return NGHTTP2_ERR_DEFERRED;
}

ssize_t Http2Stream::Fill(std::uint8_t* buffer, std::size_t size,
                          std::uint32_t* flags) {
  const std::size_t count = std::min(size, pending());
  if (count == 0 && broken_off_) return Part();
  std::memcpy(buffer, body_.data() + sent_, count);
  sent_ += count;
  sent_in_all_ += count;
  if (was_full_ && pending() < kHighWater) {
    was_full_ = false;
    if (!writable_due_) {
      writable_due_ = true;
      session_->WritableDue(*this);
    }
  }
  if (sent_ == body_.size()) {
    body_.clear();
    sent_ = 0;
    if (ended_ && !broken_off_) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!trailers_.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        session_->SubmitTrailers(id_, trailers_);
      }
    } else if (count == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
  }
  return static_cast<ssize_t>(count);
}

}  // namespace welfare::gateway
