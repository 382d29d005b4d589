#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
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

// What a read asks of the answer it gets (RFC 9110, 13.1): If-None-Match and
// If-Match, of whatever is known by one opaque tag.
struct ReadConditions {
  EntityTags none_of;
  EntityTags one_of;

  // Where a header is malformed, its name.
  static std::variant<ReadConditions, std::string_view> Read(
      const std::vector<Header>& headers);

  // The caller has it, or wants none that there is. Compared weakly: somebody
  // between may have weakened the tag.
  bool Holds(std::string_view opaque) const;
  // The caller wants another one. Compared strongly.
  bool IsOther(std::string_view opaque) const;
};

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
