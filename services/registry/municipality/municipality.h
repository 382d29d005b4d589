// Municipalities and their councils of social welfare, as values.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"

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

// Returns the one of kAreas that `text` is, spaces at its ends left out.
//
// Errors:
//   INVALID_ARGUMENT, reason AREA_UNKNOWN.
absl::StatusOr<std::string> ReadArea(std::string_view text);

// Returns the usual name of a municipality's council: `千代田区` has
// `千代田区社会福祉協議会`. Two in Tokyo are called otherwise, so a name made
// here counts as unchecked.
std::string DefaultCouncilName(std::string_view municipality);

// What is true of one municipality and its council, one to one, in a fiscal
// year.
struct MunicipalityFacts {
  base::MunicipalityCode code;  // the code it holds
  std::string name;             // 千代田区
  std::string kana;             // チヨダク
  std::string name_en;          // Chiyoda-ku
  MunicipalityType type = MunicipalityType::kCity;
  std::string area;             // one of kAreas
  std::string population_band;  // id, `under_50k`; empty: none recorded
  std::string council_name;
  // True where the council's name was compared with a source.
  bool council_name_checked = false;

  friend bool operator==(const MunicipalityFacts&,
                         const MunicipalityFacts&) = default;
};

// What one record says; what it leaves out stays as it was.
struct MunicipalityStatement {
  std::optional<base::MunicipalityCode> code = std::nullopt;
  std::optional<std::string> name = std::nullopt;
  std::optional<std::string> kana = std::nullopt;
  std::optional<std::string> name_en = std::nullopt;
  std::optional<MunicipalityType> type = std::nullopt;
  std::optional<std::string> area = std::nullopt;
  std::optional<std::string> population_band = std::nullopt;
  // Empty: the usual name (DefaultCouncilName), whatever the municipality is
  // called.
  std::optional<std::string> council_name = std::nullopt;
  std::optional<bool> council_name_checked = std::nullopt;
  std::optional<bool> exists = std::nullopt;

  bool empty() const { return *this == MunicipalityStatement(); }
  // Takes over what `newer` says.
  void Add(const MunicipalityStatement& newer);
  friend bool operator==(const MunicipalityStatement&,
                         const MunicipalityStatement&) = default;
};

// Since before the registry's records: the first fiscal year of facts that
// always held. Stored in the database; do not change.
inline const base::FiscalYear kAlways =
    base::FiscalYear::FromChecked(base::FiscalYear::kMin);

// One record about one municipality. Immutable: a correction is another record
// with a higher version.
//
// What holds in a fiscal year at a version is, for each fact by itself, what
// the record with the latest `valid_from` up to that year says, among records
// up to that version; of records with equal `valid_from` the newest. So a name
// corrected for all years leaves a population band that began in 2025 alone.
// Records that were taken back count as if they had never been made.
struct MunicipalityRecord {
  // Surrogate id, from 1; never leaves the service and never means another
  // municipality.
  std::int64_t id = 0;
  // The first code it held: its resource id, never reused.
  base::MunicipalityCode first_code;
  // First fiscal year for which it holds.
  base::FiscalYear valid_from = kAlways;
  MunicipalityStatement says = {};
  std::string note = {};    // where the facts come from
  std::string reason = {};  // why they were recorded
  // Takes back what the record of this version says from the same year on; 0:
  // nothing. Such a record says nothing itself.
  std::int64_t retracts = 0;
  // True in a tombstone: the municipality was created by mistake and is no
  // longer known, in any year. It takes back every record before it; with a
  // record after it the municipality is known again.
  bool deleted = false;
  // Registry version that made the record; 0 while only proposed.
  std::int64_t version = 0;

  friend bool operator==(const MunicipalityRecord&,
                         const MunicipalityRecord&) = default;
};

using MunicipalityRecordPtr = std::shared_ptr<const MunicipalityRecord>;

// Facts that hold from `first` to `last`, both inclusive.
struct MunicipalityPeriod {
  base::FiscalYear first;
  base::FiscalYear last;
  MunicipalityFacts facts;

  friend bool operator==(const MunicipalityPeriod&,
                         const MunicipalityPeriod&) = default;
};

// A municipality as known at one version: every year in which it exists, with
// its facts. Immutable.
//
// Invariants: periods in order, not overlapping, neighbours with other facts or
//   a gap between them; at least one unless `deleted`.
struct Municipality {
  std::int64_t id = 0;
  base::MunicipalityCode first_code;
  std::vector<MunicipalityPeriod> periods;
  bool deleted = false;
  std::int64_t created_version = 0;  // of the first record not taken back
  std::int64_t version = 0;          // of the last record

  // Returns the facts of `year`, or null: it does not exist in it.
  const MunicipalityFacts* InYear(base::FiscalYear year) const;
  // Returns the period that holds `year`, or the nearest before it, or the
  // first. REQUIRES: not deleted.
  const MunicipalityPeriod& Nearest(base::FiscalYear year) const;
  // The last period. REQUIRES: not deleted.
  const MunicipalityPeriod& Last() const { return periods.back(); }
};

using MunicipalityPtr = std::shared_ptr<const Municipality>;

// Returns the facts of `year`. REQUIRES: not deleted.
//
// Errors:
//   NOT_FOUND, reason MUNICIPALITY_NOT_IN_YEAR: it does not exist in it.
absl::StatusOr<const MunicipalityFacts*> FactsInYear(
    const Municipality& municipality, base::FiscalYear year);

// Returns the records that were not taken back, in the same order; those that
// take others back are among them.
std::vector<MunicipalityRecordPtr> InForce(
    std::span<const MunicipalityRecordPtr> records);

// Returns what `records` say together.
// REQUIRES: all of one municipality, at least one, in order of valid_from and
//   version; those not taken back say code, name, kana, English name, type and
//   area of every year for which they say that it exists.
Municipality Assemble(std::span<const MunicipalityRecordPtr> records);

// Returns everything `facts` say, and that the municipality exists.
MunicipalityStatement StateAll(const MunicipalityFacts& facts);

}  // namespace welfare::registry
