#include "gateway/routes/path_template.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

using Segment = PathTemplate::Segment;
using Variable = PathTemplate::Variable;

bool IsIdentStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLiteralChar(char c) {
  if (IsIdentStart(c) || IsAsciiDigit(c)) return true;
  // RFC 3986: the rest of unreserved, sub-delims without `*` and `=`, `@`,
  // and the start of an escape.
  return std::string_view("-.~!$&'()+,;@%").find(c) != std::string_view::npos;
}

// Recursive descent over the template's text. Invariant: position_ is at
// most text_.size().
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::Status Run() {
    if (!Consume('/')) return Fail("a template starts with '/'");
    if (AtEnd()) return absl::OkStatus();
    if (absl::Status s = ParseSegments(/*in_variable=*/false); !s.ok()) {
      return s;
    }
    if (Consume(':')) {
      absl::StatusOr<std::string> verb = ParseLiteral();
      if (!verb.ok()) return verb.status();
      verb_ = *std::move(verb);
    }
    if (!AtEnd()) return Fail("unexpected character");
    return CheckWildcards();
  }

  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  std::string verb_;

 private:
  bool AtEnd() const { return position_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[position_]; }
  bool Consume(char c) {
    if (AtEnd() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  absl::Status Fail(std::string_view what) const {
    return absl::InvalidArgumentError(
        "path template '" + std::string(text_) + "': " + std::string(what) +
        " at offset " + std::to_string(position_));
  }

  absl::Status ParseSegments(bool in_variable) {
    do {
      if (absl::Status s = ParseSegment(in_variable); !s.ok()) return s;
    } while (Consume('/'));
    return absl::OkStatus();
  }

  absl::Status ParseSegment(bool in_variable) {
    if (Consume('*')) {
      const bool twice = Consume('*');
      segments_.push_back(
          {.kind = twice ? Segment::Kind::kDoubleStar : Segment::Kind::kStar,
           .literal = ""});
      return absl::OkStatus();
    }
    if (Peek() == '{') {
      if (in_variable) return Fail("variables do not nest");
      return ParseVariable();
    }
    absl::StatusOr<std::string> literal = ParseLiteral();
    if (!literal.ok()) return literal.status();
    segments_.push_back(
        {.kind = Segment::Kind::kLiteral, .literal = *std::move(literal)});
    return absl::OkStatus();
  }

  absl::Status ParseVariable() {
    Consume('{');
    Variable variable;
    do {
      if (!variable.field_path.empty()) variable.field_path.push_back('.');
      if (!IsIdentStart(Peek())) return Fail("a field name is expected");
      while (IsIdentStart(Peek()) || IsAsciiDigit(Peek())) {
        variable.field_path.push_back(text_[position_++]);
      }
    } while (Consume('.'));
    variable.begin = segments_.size();
    if (Consume('=')) {
      if (absl::Status s = ParseSegments(/*in_variable=*/true); !s.ok()) {
        return s;
      }
    } else {
      segments_.push_back({.kind = Segment::Kind::kStar, .literal = ""});
    }
    if (!Consume('}')) return Fail("'}' is expected");
    variable.end = segments_.size();
    variable.multi_segment =
        variable.end - variable.begin > 1 ||
        segments_[variable.begin].kind == Segment::Kind::kDoubleStar;
    for (const Variable& other : variables_) {
      if (other.field_path == variable.field_path ||
          other.field_path.starts_with(variable.field_path + ".") ||
          variable.field_path.starts_with(other.field_path + ".")) {
        return Fail("field path '" + variable.field_path + "' is bound twice");
      }
    }
    variables_.push_back(std::move(variable));
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> ParseLiteral() {
    const std::size_t start = position_;
    while (!AtEnd() && IsLiteralChar(Peek())) ++position_;
    if (position_ == start) return Fail("a segment or verb is expected");
    std::optional<std::string> literal = PercentDecode(
        text_.substr(start, position_ - start), PercentDecoding::kAll);
    if (!literal.has_value()) return Fail("a malformed escape ends");
    if (*literal == "." || *literal == "..") {
      return Fail("a dot segment ends");
    }
    return *std::move(literal);
  }

  absl::Status CheckWildcards() const {
    bool seen = false;
    for (const Segment& segment : segments_) {
      if (seen && segment.kind != Segment::Kind::kLiteral) {
        return Fail("no wildcard may follow '**'; the template ends");
      }
      seen = seen || segment.kind == Segment::Kind::kDoubleStar;
    }
    return absl::OkStatus();
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text) {
  Parser parser(text);
  if (absl::Status status = parser.Run(); !status.ok()) return status;
  PathTemplate result;
  result.text_ = std::string(text);
  result.segments_ = std::move(parser.segments_);
  result.variables_ = std::move(parser.variables_);
  result.verb_ = std::move(parser.verb_);
  return result;
}

}  // namespace welfare::gateway
