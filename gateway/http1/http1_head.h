#pragma once

#include <string_view>

#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// The head of an HTTP/1 request with what frames its body.
struct Http1Head {
  RequestHead request;
  int minor = 1;  // HTTP/1.0 or HTTP/1.1
  bool keep_alive = true;
  bool chunked = false;
  bool expect_continue = false;
};

// Reads a whole head, up to and with the empty line, by RFC 9112 in its
// strict reading: whatever two parsers could take for two different things is
// refused. Returns 0 and fills `head`, or the status to answer with before
// closing:
//   400 malformed, obs-fold, bare CR or LF, `_` or white space in a name,
//       Host missing, repeated or other than the target's authority,
//       Content-Length that is not digits or is repeated, Transfer-Encoding
//       with HTTP/1.0 or with Content-Length
//   414 target longer than 8 KiB      417 Expect other than 100-continue
//   431 too many lines                 501 Transfer-Encoding but `chunked`
//   505 a version other than 1.0 and 1.1
int ParseHttp1Head(std::string_view text, std::size_t max_lines,
                   Http1Head& head);

}  // namespace welfare::gateway
