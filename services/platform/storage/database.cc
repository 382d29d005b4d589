#include "services/platform/storage/database.h"

#include "services/base/coding/utf8.h"
#include "services/platform/errors.h"

namespace welfare::platform {

absl::Status Connection::NoRow(const Query& query) {
  return NoRowFound(query.name);
}

std::vector<std::string_view> SplitColumns(std::string_view columns) {
  std::vector<std::string_view> names;
  while (true) {
    const std::size_t comma = columns.find(',');
    std::string_view name = columns.substr(0, comma);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    names.push_back(name);
    if (comma == std::string_view::npos) return names;
    columns.remove_prefix(comma + 1);
  }
}

absl::Status CheckTexts(std::string_view query,
                        std::span<const Parameter> values) {
  for (const Parameter& value : values) {
    const auto* text = std::get_if<std::string>(&value.value());
    if (text == nullptr) continue;
    if (text->find('\0') != std::string::npos ||
        base::FindInvalidUtf8(*text) != std::string_view::npos) {
      return TextInvalid(query);
    }
  }
  return absl::OkStatus();
}

absl::Status Database::Ping() {
  static constexpr Query kPing{"ping", "SELECT 1"};
  return RunRead(base::CallLimits::After(std::chrono::milliseconds(1000)),
                 [](Connection& connection) {
                   return connection.ForEach(
                       kPing, {}, [](const Row&) { return absl::OkStatus(); });
                 });
}

}  // namespace welfare::platform
