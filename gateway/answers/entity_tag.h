#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/exchange/exchange.h"

// Entity tags (RFC 9110, 8.8.3): lists of them as callers send them, and what
// stands in those that the gateway makes. Pure; any thread.
namespace welfare::gateway {

struct EntityTag {
  bool weak = false;
  std::string opaque;  // what stands between the quotes

  // As it is written: `W/"x"`.
  std::string text() const { return (weak ? "W/\"" : "\"") + opaque + '"'; }
};

struct EntityTags {
  bool any = false;  // `*`
  std::vector<EntityTag> tags;
};

// More in one list are refused, and so are more empty elements than
// a careless join of headers makes (RFC 9110, 5.6.1.2).
inline constexpr std::size_t kMaxEntityTags = 256;
inline constexpr std::size_t kMaxEmptyElements = 16;

// Reads the lists of all headers `name` as one. Empty where there is no such
// header; nothing where what is there is no list: `*` beside tags, too many, a
// tag without quotes, no tag at all. Linear in the text.
std::optional<EntityTags> ReadEntityTags(const std::vector<Header>& headers,
                                         std::string_view name);

// What the gateway's own tag of an answer says: `STATE.iFORM` or
// `STATE.gFORM`, and, where the answer is a resource with an etag of its own,
// that one behind it.
struct AnswerName {
  // What the answer says: the service's tag of it, or a digest of its bytes.
  // Twenty characters of base64, as the next one.
  std::string state;
  // How it is written down: the build's form of the answer and the request.
  std::string form;
  bool gzip = false;
  // The field `etag` of the answer; empty: it has none.
  std::string resource;

  std::string Opaque() const;
  // Nothing where `opaque` is none of ours.
  static std::optional<AnswerName> Parse(std::string_view opaque);
};

// A short name of `bytes`: 120 bits of their SHA-256 as 20 characters of
// base64.
std::string ShortDigest(std::string_view bytes);
bool IsShortDigest(std::string_view text);

}  // namespace welfare::gateway
