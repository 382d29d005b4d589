#include "gateway/http2/http2_wire.h"

#include <string>

#include "gateway/exchange/http_date.h"
#include "gateway/http2/http2_stream.h"
#include "gateway/wire/nghttp2_field.h"

namespace welfare::gateway {
namespace {

// Resets by the caller: a burst, then so many a second. Rapid reset
// (CVE-2023-44487) runs into it.
constexpr std::uint64_t kResetBurst = 1000;
constexpr std::uint64_t kResetRate = 33;
// Queued answers to PING and SETTINGS before the connection is given up.
constexpr std::size_t kMaxOutboundAck = 1000;
constexpr std::size_t kMaxSettings = 32;

std::string_view ToView(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

Http2Frames& FramesOf(void* user) { return *static_cast<Http2Frames*>(user); }

void SetCallbacks(nghttp2_session_callbacks* callbacks) {
  nghttp2_session_callbacks_set_on_begin_frame_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame_hd* head,
                    void* user) { return FramesOf(user).OnBeginFrame(*head); });
  nghttp2_session_callbacks_set_on_begin_headers_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return FramesOf(user).OnBeginHeaders(*frame);
      });
  nghttp2_session_callbacks_set_on_header_callback(
      callbacks,
      [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
         std::size_t name_size, const std::uint8_t* value,
         std::size_t value_size, std::uint8_t, void* user) {
        return FramesOf(user).OnHeader(*frame, ToView(name, name_size),
                                       ToView(value, value_size));
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return FramesOf(user).OnFrame(*frame);
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id,
                    const std::uint8_t* bytes, std::size_t size, void* user) {
        return FramesOf(user).OnData(id, ToView(bytes, size));
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, std::int32_t id, std::uint32_t,
                    void* user) { return FramesOf(user).OnStreamClose(id); });
  nghttp2_session_callbacks_set_on_frame_send_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
        return FramesOf(user).OnFrameSent(*frame);
      });
}

}  // namespace

nghttp2_session* NewHttp2Server(Http2Frames& frames,
                                const SessionLimits& limits) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  SetCallbacks(callbacks);
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_stream_reset_rate_limit(option, kResetBurst, kResetRate);
  nghttp2_option_set_max_outbound_ack(option, kMaxOutboundAck);
  nghttp2_option_set_max_settings(option, kMaxSettings);
  nghttp2_session* session = nullptr;
  const int made =
      nghttp2_session_server_new2(&session, callbacks, &frames, option);
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  if (made != 0) return nullptr;
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.concurrent_streams},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
       static_cast<std::uint32_t>(limits.header_list)}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings,
                          std::size(settings));
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                        limits.connection_window);
  return session;
}

void SubmitHttp2Response(nghttp2_session* session, Http2Stream& stream,
                         const ResponseHead& head) {
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
  provider.read_callback =
      [](nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
         std::uint32_t* flags, nghttp2_data_source* source, void*) -> ssize_t {
    return static_cast<Http2Stream*>(source->ptr)->Fill(buffer, size, flags);
  };
  nghttp2_submit_response(session, stream.id(), fields.data(), fields.size(),
                          &provider);
}

void SubmitHttp2Trailers(nghttp2_session* session, std::int32_t id,
                         const std::vector<Header>& trailers) {
  std::vector<nghttp2_nv> fields;
  for (const Header& header : trailers) {
    fields.push_back(ToNv(header.name, header.value));
  }
  nghttp2_submit_trailer(session, id, fields.data(), fields.size());
}

}  // namespace welfare::gateway
