// JSON of tokens and key files, read so that no two readers can understand it
// differently.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace welfare::access {

struct JsonMember;

// One value of a text.
struct JsonValue {
  // kNumber: one that is no integer of 64 bits.
  enum class Kind { kNull, kBoolean, kInteger, kNumber, kText, kList, kObject };

  Kind kind = Kind::kNull;
  std::int64_t integer = 0;
  std::string text;
  std::vector<JsonValue> elements;
  std::vector<JsonMember> members;

  // The member of this name; null where there is none, or this is no object.
  const JsonValue* Find(std::string_view name) const;
  // The text, or null where this is another kind.
  const std::string* Text() const {
    return kind == Kind::kText ? &text : nullptr;
  }
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// Levels of lists and objects, values of one text: far more than a token of an
// identity provider has.
inline constexpr std::size_t kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxJsonValues = 100'000;

// Reads one JSON text by RFC 8259 and nothing else: no byte order mark, no
// text behind it, strict UTF-8, no lone surrogates, at most kMaxJsonDepth
// levels. An object that names a member twice, however it is escaped, is
// refused: readers differ in which one counts. Any thread.
//
// Errors, both INVALID_ARGUMENT:
//   JSON_SYNTAX: it is no such text.
//   JSON_MEMBER_REPEATED.
absl::StatusOr<JsonValue> ReadStrictJson(std::string_view text);

}  // namespace welfare::access
