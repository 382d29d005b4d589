#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

namespace welfare::gateway {

// Takes the body of one HTTP/1 request out of the bytes of a connection:
// Content-Length or chunks, read by Boost.Beast. Trailers are dropped; a
// chunk extension may hold 256 bytes, and white space in quotes only. Not
// thread-safe.
class Http1Body {
 public:
  enum class Progress { kMore, kDone, kMalformed };
  struct Result {
    std::size_t consumed = 0;
    Progress progress = Progress::kMore;
  };

  // `head` is the request's whole head, which ParseHttp1Head has taken.
  explicit Http1Body(std::string_view head);
  ~Http1Body();

  // True when Beast took the head too; otherwise the request is malformed.
  bool head_taken() const;
  // True when there is no body at all.
  bool done() const;

  // Reads from `bytes` and hands each part of the body to `sink`. What is not
  // consumed must be given again, with more behind it.
  Result Feed(std::string_view bytes,
              const std::function<void(std::string_view)>& sink);

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
  bool hungry_ = false;  // the parser waits for more than it has been shown
};

}  // namespace welfare::gateway
