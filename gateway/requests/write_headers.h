#pragma once

#include <string>
#include <variant>
#include <vector>

#include "gateway/exchange/exchange.h"
#include "gateway/requests/failure.h"
#include "gateway/routes/http_route.h"
#include "services/base/wording/language.h"

namespace google::protobuf {
class Message;
}

namespace welfare::gateway {

// What the headers of a request that may change something ask of it, which its
// message says in fields of its own.
struct WriteHeaders {
  // `if-match` was sent.
  bool compares = false;
  // What it names, as `etag` fields say it, each once; empty for `*`, which
  // holds for whatever can be changed at all.
  std::vector<std::string> etags;
  // `idempotency-key`, a UUID; empty: none was sent.
  std::string request_id;
};

// More etags in one `if-match` are refused: each may take a call.
inline constexpr std::size_t kMaxWantedEtags = 16;

// Whether the method compares an etag, so that `if-match` may be sent.
bool ComparesEtag(const HttpRoute& route);

// Reads them. Tags of this gateway's answers stand for the etag of the resource
// within; others for themselves. One that is weak, or of an answer that was no
// resource, is equal to none.
//
// Fails with MALFORMED_HEADER; PRECONDITION_UNSUPPORTED where the method
// compares no etag, so that nobody takes for checked what is not, and for
// If-None-Match; IDEMPOTENCY_KEY_UNSUPPORTED where it has no request_id.
std::variant<WriteHeaders, Failure> ReadWriteHeaders(
    const std::vector<Header>& headers, const HttpRoute& route);

// Puts them into `request`, the first etag of several. Fails where the request
// says otherwise itself.
std::optional<Failure> ApplyWriteHeaders(const WriteHeaders& headers,
                                         const HttpRoute& route,
                                         base::Language language,
                                         google::protobuf::Message& request);

// Whether a write that failed may be tried with another etag of `headers`: puts
// the one that is current, by the failure, into `request`, else the next, and
// takes it from the list. The service has compared and changed nothing.
bool TakeNextEtag(const Failure& failure, const HttpRoute& route,
                  WriteHeaders& headers, google::protobuf::Message& request);

// The failure as it is answered over HTTP: 412 where it is that of `if-match`,
// 422 where the key of `idempotency-key` was another request's.
void SetStatusOfHeaders(const WriteHeaders& headers, Failure& failure);

}  // namespace welfare::gateway
