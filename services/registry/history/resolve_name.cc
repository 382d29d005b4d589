#include "services/registry/history/resolve_name.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/registry/errors.h"
#include "services/text/edit_distance.h"
#include "services/text/normalize.h"

namespace welfare::registry {
namespace {

std::vector<std::string_view> Characters(std::string_view utf8) {
  std::vector<std::string_view> characters;
  for (std::size_t at = 0; at < utf8.size();) {
    std::size_t size = 1;
    while (at + size < utf8.size() &&
           (static_cast<unsigned char>(utf8[at + size]) & 0xC0U) == 0x80U) {
      ++size;
    }
    characters.push_back(utf8.substr(at, size));
    at += size;
  }
  return characters;
}

// Up to three names within one change for every three characters.
std::vector<std::string> SimilarNames(
    std::span<const Municipality* const> municipalities, std::string_view name,
    base::FiscalYear year) {
  const auto key = text::NameKey(name);
  if (!key.ok()) return {};
  const std::vector<std::string_view> wanted = Characters(*key);
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const Municipality* municipality : municipalities) {
    const MunicipalityFacts* facts = municipality->InYear(year);
    if (facts == nullptr) continue;
    for (const std::string* known : {&facts->name, &facts->council_name}) {
      const auto known_key = text::NameKey(*known);
      if (!known_key.ok()) continue;
      const std::size_t distance =
          text::EditDistance(wanted, Characters(*known_key));
      if (distance <= limit) ranked.emplace_back(distance, *known);
    }
  }
  std::stable_sort(
      ranked.begin(), ranked.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (auto& [distance, known] : ranked) {
    if (names.size() == 3) break;
    names.push_back(std::move(known));
  }
  return names;
}

absl::StatusOr<const Municipality*> TheOne(
    const std::vector<const Municipality*>& found, std::string_view name,
    const std::vector<const Municipality*>& all, base::FiscalYear year) {
  if (found.size() == 1) return found.front();
  if (found.empty()) return NameUnknown(name, SimilarNames(all, name, year));
  std::vector<std::string> candidates;
  candidates.reserve(found.size());
  for (const Municipality* municipality : found) {
    candidates.push_back(municipality->first_code.ToString());
  }
  return NameAmbiguous(name, candidates);
}

}  // namespace

absl::StatusOr<const Municipality*> ResolveName(const Draft& draft,
                                                std::string_view name,
                                                base::FiscalYear fiscal_year) {
  WELFARE_ASSIGN_OR_RETURN(const std::vector<const Municipality*> found,
                           draft.FindByName(name, fiscal_year));
  return TheOne(found, name, draft.Municipalities(), fiscal_year);
}

absl::StatusOr<const Municipality*> ResolveName(const RegistryView& view,
                                                std::string_view name,
                                                base::FiscalYear fiscal_year) {
  WELFARE_ASSIGN_OR_RETURN(const std::vector<const Municipality*> found,
                           view.FindByName(name, fiscal_year));
  return TheOne(found, name, view.Municipalities(), fiscal_year);
}

}  // namespace welfare::registry
