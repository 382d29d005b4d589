// Municipalities and their councils of social welfare, as values.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/municipality_code.h"

namespace welfare::registry {

// Stored in the database; do not renumber.
enum class MunicipalityType {
  kSpecialWard = 1,  // 特別区
  kCity = 2,         // 市
  kTown = 3,         // 町
  kVillage = 4,      // 村
};

// Returns `special_ward`, `city`, `town` or `village`.
std::string_view ToString(MunicipalityType type);

// Parses one of the four words.
//
// Errors:
//   INVALID_ARGUMENT, reason MUNICIPALITY_TYPE: another word.
absl::StatusOr<MunicipalityType> ParseMunicipalityType(std::string_view text);

// The area groups of Tokyo: 23 wards, 26 cities, 4 in West Tama, 9 on islands.
inline constexpr std::array<std::string_view, 4> kAreas = {"区部", "市部",
                                                           "町村部", "島しょ"};

// Returns whether `text` is one of kAreas.
bool IsArea(std::string_view text);

// Returns the usual name of a municipality's council: `千代田区` has
// `千代田区社会福祉協議会`. Two in Tokyo are called otherwise, so a name made
// here counts as unchecked.
std::string DefaultCouncilName(std::string_view municipality);

// What is recorded of one municipality and its council, one to one.
struct MunicipalityFacts {
  base::MunicipalityCode code;  // the code it holds now
  std::string name;             // 千代田区
  std::string kana;             // チヨダク
  std::string name_en;          // Chiyoda-ku
  MunicipalityType type = MunicipalityType::kCity;
  std::string area;  // one of kAreas
  std::string council_name;
  // True where the council's name was compared with a source.
  bool council_name_checked = false;

  friend bool operator==(const MunicipalityFacts&,
                         const MunicipalityFacts&) = default;
};

// One version of one municipality. Immutable once recorded; a later change is
// another record with a higher version.
struct MunicipalityRecord {
  // Surrogate id, from 1; never leaves the service and never means another
  // municipality.
  std::int64_t id = 0;
  // The first code it held: its resource id, never reused.
  base::MunicipalityCode first_code;
  MunicipalityFacts facts;
  // True in a tombstone: the municipality no longer exists from here on, and
  // `facts` are its last.
  bool deleted = false;
  // Registry version that made the record; 0 while only proposed.
  std::int64_t version = 0;

  friend bool operator==(const MunicipalityRecord&,
                         const MunicipalityRecord&) = default;
};

using MunicipalityPtr = std::shared_ptr<const MunicipalityRecord>;

}  // namespace welfare::registry
