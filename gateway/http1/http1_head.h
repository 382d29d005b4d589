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
  // The target is of the form `https://...`, which only an encrypted connection
  // may bring (RFC 9110, 7.4).
  bool https = false;
};

// The first line is none of HTTP/1.
inline constexpr int kNoHttp1 = 1;

// Reads a whole head, up to and with the empty line, by RFC 9112 in its
// strict reading: whatever two parsers could take for two different things is
// refused. Returns 0 and fills `head`, or the status to answer with before
// closing:
// A target in absolute form is as good as any; its authority stands in the
// place of Host (RFC 9112, 3.2.2).
//   400 malformed, obs-fold, bare CR or LF, `_` or white space in a name,
//       Host missing or repeated,
//       Content-Length that is not digits or is repeated, Transfer-Encoding
//       with HTTP/1.0 or with Content-Length
//   414 target longer than 8 KiB      417 Expect other than 100-continue
//   431 too many lines                 501 Transfer-Encoding but `chunked`
//   505 a version other than 1.0 and 1.1
// or kNoHttp1, where who speaks would take no answer of HTTP/1 for one: a line
// of three words whose last names no version of HTTP, or a preface of HTTP/2
// that is not whole (RFC 9113, 3.4).
int ParseHttp1Head(std::string_view text, std::size_t max_lines,
                   Http1Head& head);

}  // namespace welfare::gateway
