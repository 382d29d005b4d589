#include "services/registry/municipality.h"

#include <algorithm>

#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

struct TypeWord {
  MunicipalityType type;
  std::string_view word;
};

constexpr TypeWord kTypeWords[] = {
    {MunicipalityType::kSpecialWard, "special_ward"},
    {MunicipalityType::kCity, "city"},
    {MunicipalityType::kTown, "town"},
    {MunicipalityType::kVillage, "village"},
};

}  // namespace

std::string_view ToString(MunicipalityType type) {
  for (const TypeWord& entry : kTypeWords) {
    if (entry.type == type) return entry.word;
  }
  return "unknown";
}

absl::StatusOr<MunicipalityType> ParseMunicipalityType(std::string_view text) {
  for (const TypeWord& entry : kTypeWords) {
    if (entry.word == text) return entry.type;
  }
  return MunicipalityTypeUnknown(text);
}

bool IsArea(std::string_view text) {
  return std::find(kAreas.begin(), kAreas.end(), text) != kAreas.end();
}

std::string DefaultCouncilName(std::string_view municipality) {
  return std::string(municipality) + "社会福祉協議会";
}

}  // namespace welfare::registry
