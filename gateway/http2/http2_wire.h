#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

class Http2Stream;

// What nghttp2 keeps of a stream that has ended, in bytes. It does so for as
// many as may be open at a time.
inline constexpr std::size_t kEndedStreamBytes = 320;

// What nghttp2 tells of a connection, by its callbacks' meaning. Nothing may be
// sent from within.
class Http2Frames {
 public:
  virtual int OnBeginFrame(const nghttp2_frame_hd& head) = 0;
  virtual int OnBeginHeaders(const nghttp2_frame& frame) = 0;
  virtual int OnHeader(const nghttp2_frame& frame, std::string_view name,
                       std::string_view value) = 0;
  virtual int OnFrame(const nghttp2_frame& frame) = 0;
  virtual int OnData(std::int32_t id, std::string_view bytes) = 0;
  virtual int OnStreamClose(std::int32_t id) = 0;
  virtual int OnFrameSent(const nghttp2_frame& frame) = 0;

 protected:
  ~Http2Frames() = default;
};

// nghttp2's side of a connection, its SETTINGS queued; null: there is no
// memory. `frames` outlives it.
nghttp2_session* NewHttp2Server(Http2Frames& frames,
                                const SessionLimits& limits);

// Queues the head of an answer; its body comes from the stream's Fill.
void SubmitHttp2Response(nghttp2_session* session, Http2Stream& stream,
                         const ResponseHead& head);
void SubmitHttp2Trailers(nghttp2_session* session, std::int32_t id,
                         const std::vector<Header>& trailers);

}  // namespace welfare::gateway
