#include "services/survey/entity_tag.h"

#include <cstddef>

#include "services/survey/errors.h"

namespace welfare::survey {

std::string EntityTag(std::string_view incarnation, std::int64_t revision) {
  constexpr std::size_t kEnough = 16;  // digits that tell stores apart
  return '"' + std::string(incarnation.substr(0, kEnough)) + '-' +
         std::to_string(revision) + '"';
}

absl::Status CheckEntityTag(std::string_view sent, std::string_view name,
                            std::string_view current) {
  if (sent.empty() || sent == current) return absl::OkStatus();
  return EtagMismatch(name, current);
}

}  // namespace welfare::survey
