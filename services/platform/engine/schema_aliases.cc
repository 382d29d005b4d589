#include "services/platform/engine/schema_aliases.h"

#include <optional>
#include <vector>

#include "absl/strings/str_split.h"

namespace welfare::platform {
namespace {

// The words for what stands between two braces; nothing when it is no alias.
std::optional<std::string> Expand(std::string_view alias,
                                  SchemaAliasWords& words) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(alias.data(), alias.size()),
                     absl::ByAnyChar(" ."), absl::SkipEmpty());
  if (parts.empty()) return std::nullopt;
  if (parts[0] == "bytes" && parts.size() == 1) return words.Bytes();
  if (parts[0] == "append_only" && parts.size() == 2) {
    return words.AppendOnly(parts[1]);
  }
  if (parts[0] == "check_once" && parts.size() == 5) {
    return words.CheckOnce({.table = parts[1],
                            .column = parts[2],
                            .parent = parts[3],
                            .key = parts[4]});
  }
  return std::nullopt;
}

}  // namespace

std::string ExpandAliases(std::string_view sql, SchemaAliasWords& words) {
  std::string expanded;
  while (true) {
    const std::size_t begin = sql.find('{');
    const std::size_t end = sql.find('}', begin);
    expanded += sql.substr(0, begin);
    if (end == std::string_view::npos) {
      if (begin != std::string_view::npos) expanded += sql.substr(begin);
      return expanded;
    }
    const std::optional<std::string> found =
        Expand(sql.substr(begin + 1, end - begin - 1), words);
    expanded += found.has_value() ? *found : sql.substr(begin, end - begin + 1);
    sql.remove_prefix(end + 1);
  }
}

}  // namespace welfare::platform
