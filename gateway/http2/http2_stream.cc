#include "gateway/http2/http2_stream.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace welfare::gateway {

Http2Stream::Http2Stream(Http2Streams& session, std::int32_t id)
    : session_(&session), id_(id) {
  incoming_.head.http_major = 2;
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

void Http2Stream::Consume(std::size_t bytes) {
  if (session_ != nullptr) session_->ConsumeStream(id_, bytes);
}

void Http2Stream::SendHead(ResponseHead head) {
  drop_body_ = incoming_.head.method == "HEAD" || head.status == 204 ||
               head.status == 304;
  if (session_ != nullptr) session_->SubmitResponse(*this, head);
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

ssize_t Http2Stream::Fill(std::uint8_t* buffer, std::size_t size,
                          std::uint32_t* flags) {
  const std::size_t count = std::min(size, pending());
  std::memcpy(buffer, body_.data() + sent_, count);
  sent_ += count;
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
    if (ended_) {
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
