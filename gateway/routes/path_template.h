#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace welfare::gateway {

// A path template of google.api.http, parsed. A value; immutable.
//
//   Template  = "/" [ Segments [ ":" Literal ] ]
//   Segments  = Segment { "/" Segment }
//   Segment   = "*" | "**" | Literal | Variable
//   Variable  = "{" FieldPath [ "=" Segments ] "}"
//   FieldPath = Ident { "." Ident }
//
// `**` stands for zero or more segments and may be followed by literals, not
// by another wildcard. Variables do not nest. A literal is one or more of
// RFC 3986's pchar without `:`, `*`, `=`; it is kept percent-decoded.
//
// Example: "/v1/{name=surveys/*/rounds/*}:close" has the segments
// v1, surveys, *, rounds, *, the variable `name` over [1, 5) and the verb
// `close`.
class PathTemplate {
 public:
  struct Segment {
    enum class Kind { kLiteral, kStar, kDoubleStar };
    Kind kind = Kind::kLiteral;
    std::string literal;  // decoded; empty unless kLiteral
  };
  struct Variable {
    std::string field_path;  // "submission.name"
    std::size_t begin = 0;   // first segment of the template
    std::size_t end = 0;     // one past the last
    // True when more than one segment of a path can bind: then %2F stays.
    bool multi_segment = false;
  };

  // Errors:
  //   INVALID_ARGUMENT: `text` is not in the grammar above; the message says
  //   what is wrong and where (byte offset).
  static absl::StatusOr<PathTemplate> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  const std::vector<Segment>& segments() const { return segments_; }
  const std::vector<Variable>& variables() const { return variables_; }
  const std::string& verb() const { return verb_; }

 private:
  std::string text_;
  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

}  // namespace welfare::gateway
