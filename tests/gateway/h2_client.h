// A caller of the gateway that speaks HTTP/2, by libnghttp2.
#pragma once

#include <nghttp2/nghttp2.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/gateway/raw_connection.h"

namespace welfare::gateway {

// One connection, with any number of streams on it; nothing moves but within
// Run. What has been read of a stream gives window back, unless `reads` is
// false.
class H2Client {
 public:
  struct Stream {
    std::map<std::string, std::string> headers;
    std::string body;
    bool closed = false;
    std::uint32_t error = 0;  // of its RST_STREAM; 0: it ended as it should
    std::string to_send;
    bool body_ended = true;

    int status() const {
      const auto found = headers.find(":status");
      return found == headers.end() ? 0 : std::stoi(found->second);
    }
  };

  explicit H2Client(const RunningGateway& gateway, bool reads = true)
      : raw_(gateway) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame,
                      const std::uint8_t* name, std::size_t name_size,
                      const std::uint8_t* value, std::size_t value_size,
                      std::uint8_t, void* user) {
          static_cast<H2Client*>(user)
              ->streams_[frame->hd.stream_id]
              .headers[Text(name, name_size)] = Text(value, value_size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id,
                      const std::uint8_t* bytes, std::size_t size, void* user) {
          static_cast<H2Client*>(user)->streams_[id].body += Text(bytes, size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(
        callbacks,
        [](nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
          Stream& stream = static_cast<H2Client*>(user)->streams_[id];
          stream.closed = true;
          stream.error = error;
          return 0;
        });
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    if (!reads) nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_session_client_new2(&session_, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~H2Client() { nghttp2_session_del(session_); }
  H2Client(const H2Client&) = delete;
  H2Client& operator=(const H2Client&) = delete;

  using Headers = std::vector<std::pair<std::string, std::string>>;

  // Begins a request; with `has_body` it goes on until EndBody.
  std::int32_t Request(const std::string& method, const std::string& path,
                       const Headers& headers = {}, bool has_body = false) {
    std::vector<std::pair<std::string, std::string>> all = {{":method", method},
                                                            {":scheme", "http"},
                                                            {":authority", "a"},
                                                            {":path", path}};
    all.insert(all.end(), headers.begin(), headers.end());
    std::vector<nghttp2_nv> fields;
    for (auto& [name, value] : all) {
      fields.push_back({Bytes(name), Bytes(value), name.size(), value.size(),
                        NGHTTP2_NV_FLAG_NONE});
    }
    nghttp2_data_provider provider{};
    provider.read_callback = [](nghttp2_session*, std::int32_t id,
                                std::uint8_t* buffer, std::size_t size,
                                std::uint32_t* flags, nghttp2_data_source*,
                                void* user) -> ssize_t {
      Stream& stream = static_cast<H2Client*>(user)->streams_[id];
      const std::size_t count = std::min(size, stream.to_send.size());
      std::memcpy(buffer, stream.to_send.data(), count);
      stream.to_send.erase(0, count);
      if (stream.to_send.empty() && stream.body_ended) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
      } else if (count == 0) {
        return NGHTTP2_ERR_DEFERRED;
      }
      return static_cast<ssize_t>(count);
    };
    const std::int32_t id =
        nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(),
                               has_body ? &provider : nullptr, nullptr);
    streams_[id].body_ended = !has_body;
    return id;
  }

  void SendBody(std::int32_t id, std::string_view bytes) {
    streams_[id].to_send += bytes;
    nghttp2_session_resume_data(session_, id);
  }
  void EndBody(std::int32_t id) {
    streams_[id].body_ended = true;
    nghttp2_session_resume_data(session_, id);
  }
  void Cancel(std::int32_t id) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  }

  // Moves bytes until `enough` says so. False when the connection ended or time
  // was up before.
  bool Run(const std::function<bool()>& enough,
           std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!enough()) {
      if (!Flush()) return false;
      if (enough()) return true;
      if (std::chrono::steady_clock::now() > end) return false;
      const std::string got = raw_.ReadSome(std::chrono::milliseconds(20));
      if (raw_.closed()) return enough();
      if (!got.empty() &&
          nghttp2_session_mem_recv(
              session_, reinterpret_cast<const std::uint8_t*>(got.data()),
              got.size()) < 0) {
        return false;
      }
    }
    return Flush();
  }
  bool RunToEnd(std::int32_t id) {
    return Run([this, id] { return streams_[id].closed; });
  }

  Stream& at(std::int32_t id) { return streams_[id]; }

  // A whole request and its answer.
  Stream Fetch(const std::string& method, const std::string& path,
               const Headers& headers = {}, const std::string& body = "") {
    const std::int32_t id = Request(method, path, headers, !body.empty());
    if (!body.empty()) {
      SendBody(id, body);
      EndBody(id);
    }
    EXPECT_TRUE(RunToEnd(id)) << method << " " << path;
    return streams_[id];
  }

 private:
  static std::string Text(const std::uint8_t* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
  }
  static std::uint8_t* Bytes(std::string& text) {
    return reinterpret_cast<std::uint8_t*>(text.data());
  }

  // All in one: what follows a small write waits for its acknowledgement.
  bool Flush() {
    std::string out;
    while (true) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size < 0) return false;
      if (size == 0) return out.empty() || raw_.Send(out);
      out += Text(bytes, static_cast<std::size_t>(size));
    }
  }

  Raw raw_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Stream> streams_;
};

}  // namespace welfare::gateway
