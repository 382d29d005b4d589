// What the requests of this API share: names, and where a page begins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/statusor.h"

#include "services/base/pages/page.h"
#include "services/indicator/errors.h"

namespace welfare::indicator {

// Reads the name in the request field `field`.
//
// Errors:
//   INVALID_ARGUMENT, reason NAME_INVALID.
template <typename Name>
absl::StatusOr<Name> ParseName(std::string_view field, std::string_view text) {
  auto name = Name::Parse(text);
  if (!name.ok())
    return NameInvalid(field, text, Name::kPattern, name.status());
  return name;
}

// Returns the last part of a page's key: the id of the element before the page.
template <typename Key>
std::optional<std::string> LastId(const std::optional<Key>& key) {
  if (!key.has_value()) return std::nullopt;
  return std::get<std::string>(*key);
}

// Returns the position after the element whose id is `last_id`.
//
// Errors: those of PageTokenInvalid: there is no such element.
template <typename Range, typename Id>
absl::StatusOr<std::size_t> PositionAfter(
    const Range& all, Id id, const std::optional<std::string>& last_id) {
  if (!last_id.has_value()) return std::size_t{0};
  const auto found = std::ranges::find(all, *last_id, id);
  if (found == all.end()) return base::PageTokenInvalid();
  return static_cast<std::size_t>(found - all.begin()) + 1;
}

}  // namespace welfare::indicator
