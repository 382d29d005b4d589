#include "services/access/strict_json.h"

#include <simdjson.h>

#include <unordered_set>

#include "services/access/error_table.h"
#include "services/base/coding/utf8.h"
#include "services/base/error.h"

namespace welfare::access {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// Bytes of a text whose buffers are kept for the next one.
constexpr std::size_t kKeptCapacity = std::size_t{64} << 10;

absl::Status JsonSyntax(std::string_view why) {
  return base::MakeError(AccessRow("JSON_SYNTAX")).With("why", why);
}

class Copier {
 public:
  absl::Status Copy(element from, JsonValue& to) {
    if (++values_ > kMaxJsonValues) return JsonSyntax("too many values");
    switch (from.type()) {
      case element_type::NULL_VALUE:
        to.kind = JsonValue::Kind::kNull;
        break;
      case element_type::BOOL:
        to.kind = JsonValue::Kind::kBoolean;
        to.integer = bool(from) ? 1 : 0;
        break;
      case element_type::INT64:
        to.kind = JsonValue::Kind::kInteger;
        to.integer = std::int64_t(from);
        break;
      case element_type::UINT64:  // too large for the other kind
      case element_type::DOUBLE:
        to.kind = JsonValue::Kind::kNumber;
        break;
      case element_type::STRING:
        to.kind = JsonValue::Kind::kText;
        WELFARE_RETURN_IF_ERROR(CopyText(std::string_view(from), to.text));
        break;
      case element_type::ARRAY:
        to.kind = JsonValue::Kind::kList;
        for (const element child : simdjson::dom::array(from)) {
          WELFARE_RETURN_IF_ERROR(Copy(child, to.elements.emplace_back()));
        }
        break;
      case element_type::OBJECT: {
        to.kind = JsonValue::Kind::kObject;
        std::unordered_set<std::string_view> names;
        for (const auto [name, child] : simdjson::dom::object(from)) {
          if (!names.insert(name).second) {
            return base::MakeError(AccessRow("JSON_MEMBER_REPEATED"));
          }
          auto& member = to.members.emplace_back();
          WELFARE_RETURN_IF_ERROR(CopyText(name, member.name));
          WELFARE_RETURN_IF_ERROR(Copy(child, member.value));
        }
        break;
      }
    }
    return absl::OkStatus();
  }

 private:
  // The library takes the second half of a surrogate pair alone.
  static absl::Status CopyText(std::string_view from, std::string& to) {
    if (base::FindInvalidUtf8(from) != from.npos) {
      return JsonSyntax("half a surrogate pair");
    }
    to = from;
    return absl::OkStatus();
  }

  std::size_t values_ = 0;
};

absl::StatusOr<JsonValue> ReadWith(simdjson::dom::parser& parser,
                                   std::string_view text) {
  // Later versions of the library pass over it.
  if (text.starts_with("\xEF\xBB\xBF")) return JsonSyntax("a byte order mark");
  // The library counts the scalar inside the innermost list as a level too.
  if ((parser.capacity() < text.size() ||
       parser.max_depth() != kMaxJsonDepth + 1) &&
      parser.allocate(text.size() + 1, kMaxJsonDepth + 1) !=
          simdjson::SUCCESS) {
    return JsonSyntax("too large");
  }
  element root;
  const simdjson::error_code error =
      parser.parse(text.data(), text.size()).get(root);
  if (error != simdjson::SUCCESS) {
    return JsonSyntax(simdjson::error_message(error));
  }
  JsonValue value;
  WELFARE_RETURN_IF_ERROR(Copier().Copy(root, value));
  return value;
}

}  // namespace

const JsonValue* JsonValue::Find(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

absl::StatusOr<JsonValue> ReadStrictJson(std::string_view text) {
  // One parser per thread keeps its buffers between texts.
  thread_local simdjson::dom::parser parser;
  auto value = ReadWith(parser, text);
  if (parser.capacity() > kKeptCapacity) parser = simdjson::dom::parser();
  return value;
}

}  // namespace welfare::access
