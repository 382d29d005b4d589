#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"

namespace google::protobuf {
class Message;
}

namespace welfare::gateway {

// What reading one JSON text found.
struct JsonReport {
  // Set when the text is no JSON by RFC 8259, and nothing else is set then:
  // what it is instead, a row of kProblemTable.
  std::optional<base::Violation> unreadable;
  // The text holds more than kMaxJsonValues; what was read is of no use.
  bool too_many_values = false;
  // Every violation, in the order of the text, its field by the names of the
  // proto ("submission.answers[3].value"); at most kMaxViolations.
  std::vector<base::Violation> violations;
  // Proto paths of the leaves the text gave, for update masks and for seeing
  // that a path variable is not overridden. Repeated and map fields and
  // well-known types are leaves.
  std::vector<std::string> leaf_paths;

  bool ok() const {
    return !unreadable.has_value() && !too_many_values && violations.empty();
  }
};

// A text nested deeper is refused (RFC 8259, section 9 allows a limit). A list
// or object with nothing inside is not counted as a level.
inline constexpr int kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxViolations = 100;
// Members of objects and elements of lists; each takes a few bytes of the text
// and some hundred in memory. An entry of a map is two of them. So no text of a
// mebibyte takes longer than a tenth of a second (json_cost_test.cc).
inline constexpr std::size_t kMaxJsonValues = 100'000;

// Reads `json` into `message` by the proto3 JSON mapping, strictly: RFC 8259
// and nothing else; unknown fields, duplicate keys, one field in two
// spellings, two members of one oneof, numbers out of range, unknown enum
// names and numbers, strings holding U+0000 and google.protobuf.Any are
// violations. Field names are accepted in lowerCamelCase and as in the proto.
// null means "not given", except in lists, where it is a violation.
//
// `path_prefix` ("submission") is put before every path reported. Costs time
// linear in the text. Any thread.
JsonReport ReadJson(std::string_view json, std::string_view path_prefix,
                    google::protobuf::Message& message);

}  // namespace welfare::gateway
