#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/base/error.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

// Values of fields written as text, the way proto3 JSON writes them, set and
// read through reflection. Pure; any thread.
namespace welfare::gateway {

// What is wrong with a value, the field not yet named; nothing where all is
// well.
using Fault = std::optional<base::Violation>;

// What a value is or should be, in both languages.
struct ValueWord {
  std::string english;
  std::string japanese;
};

// What a caller wrote, shown between quotation marks and cut where it is long.
ValueWord Quoted(std::string_view text);

// FIELD_TYPE: it should be `wanted`, and is `found`.
base::Violation WrongType(const ValueWord& wanted, const ValueWord& found);

// Where a text stands. In a URL everything is text; in JSON only what the
// proto3 mapping writes between quotes.
enum class TextOrigin { kUrl, kJson };

// True for messages that one text stands for: Timestamp, Duration, FieldMask
// and the wrappers of scalars (of which JSON quotes some and not others).
bool IsTextMessage(const google::protobuf::Descriptor& descriptor);

// Sets `field` of `message` to what `text` says, or appends it when the field
// is repeated. Returns what is wrong with the text; `message` is then
// unchanged. Integers are decimal without leading zeros or
// a plus sign; enums are names (in a URL also known numbers); bytes are
// base64 in either alphabet; Timestamp is RFC 3339 with a colon in the offset
// and Duration is seconds with an `s`.
//
// REQUIRES: `field` is a scalar, an enum or IsTextMessage; `text` is UTF-8.
Fault AssignText(google::protobuf::Message& message,
                 const google::protobuf::FieldDescriptor& field,
                 std::string_view text, TextOrigin origin);

// Fills a message for which IsTextMessage holds. As AssignText otherwise.
Fault AssignTextMessage(google::protobuf::Message& message,
                        std::string_view text, TextOrigin origin);

// Sets an enum field by number; refuses numbers the enum does not know.
Fault AssignEnumNumber(google::protobuf::Message& message,
                       const google::protobuf::FieldDescriptor& field,
                       std::int64_t number);

// "displayName" to "display_name"; text that is no lowerCamelCase unchanged.
std::string CamelToSnake(std::string_view text);

}  // namespace welfare::gateway
