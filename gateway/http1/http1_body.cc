#include "gateway/http1/http1_body.h"

// The only file that includes Boost.Beast, which costs ten seconds to compile.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <limits>
#include <string_view>

namespace welfare::gateway {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t kLongestExtension = 256;
constexpr std::uint32_t kHeaderLimit = 64 * 1024;

// White space before and behind `;` and `=` is good by RFC 9112, 7.1.1, but no
// client sends it, and parsers have taken it for the end of what is there.
bool IsExtension(beast::string_view text) {
  bool quoted = false;
  bool escaped = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F || (c == ' ' && !quoted)) return false;
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = c == '\\' && quoted && !escaped;
  }
  return true;
}

}  // namespace

class Http1Body::Parser final : public http::basic_parser<true> {
 public:
  Parser() {
    // Handlers limit bodies. boost::none, which should mean no limit, makes
    // 1.74 refuse every Content-Length.
    body_limit(std::numeric_limits<std::uint64_t>::max());
    header_limit(kHeaderLimit);
    eager(true);
  }

  const std::function<void(std::string_view)>* sink = nullptr;
  bool failed = false;

 private:
  using Error = beast::error_code;
  using Text = beast::string_view;

  void on_request_impl(http::verb, Text, Text, int, Error& error) override {
    error = {};
  }
  void on_response_impl(int, Text, int, Error& error) override { error = {}; }
  void on_field_impl(http::field, Text, Text, Error& error) override {
    error = {};
  }
  void on_header_impl(Error& error) override { error = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&,
                         Error& error) override {
    error = {};
  }
  std::size_t on_body_impl(Text body, Error& error) override {
    error = {};
    (*sink)(std::string_view(body.data(), body.size()));
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text extensions,
                            Error& error) override {
    error = {};
    if (extensions.size() > kLongestExtension || !IsExtension(extensions)) {
      error = http::error::bad_chunk_extension;
    }
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text body,
                                 Error& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(Error& error) override { error = {}; }
};

Http1Body::Http1Body(std::string_view head)
    : parser_(std::make_unique<Parser>()) {
  beast::error_code error;
  const std::function<void(std::string_view)> none = [](std::string_view) {};
  parser_->sink = &none;
  const std::size_t used =
      parser_->put(boost::asio::buffer(head.data(), head.size()), error);
  parser_->sink = nullptr;
  if (error == http::error::need_more) error = {};
  parser_->failed = error || used != head.size() || !parser_->is_header_done();
}

Http1Body::~Http1Body() = default;

bool Http1Body::head_taken() const { return !parser_->failed; }
bool Http1Body::done() const { return parser_->is_done(); }

Http1Body::Result Http1Body::Feed(
    std::string_view bytes, const std::function<void(std::string_view)>& sink) {
  Result result;
  // Beast takes it for granted that more comes at a time than a byte: shown a
  // last chunk and then one byte of what is behind it, it asserts that there
  // are as many as the shortest end has.
  constexpr std::size_t kShortestEnd = std::string_view("0\r\n\r\n").size();
  if (hungry_ && bytes.size() < kShortestEnd) return result;
  parser_->sink = &sink;
  while (result.consumed < bytes.size() && !parser_->is_done()) {
    beast::error_code error;
    const std::size_t used =
        parser_->put(boost::asio::buffer(bytes.data() + result.consumed,
                                         bytes.size() - result.consumed),
                     error);
    result.consumed += used;
    hungry_ = error == http::error::need_more;
    if (hungry_) break;
    if (error) {
      result.progress = Progress::kMalformed;
      parser_->sink = nullptr;
      return result;
    }
    if (used == 0) break;
  }
  parser_->sink = nullptr;
  if (parser_->is_done()) result.progress = Progress::kDone;
  return result;
}

}  // namespace welfare::gateway
