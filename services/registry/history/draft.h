// The registry as it would be with the changes planned so far: what a write is
// planned on, so that the records of one file, or the parts of one event, are
// checked against each other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"
#include "services/registry/history/history.h"
#include "services/registry/municipality/lineage.h"
#include "services/registry/municipality/municipality.h"
#include "services/registry/program/status.h"
#include "services/registry/program/status_rules.h"

namespace welfare::registry {

// A history with changes laid over it. Used by one thread; borrows the history.
class Draft {
 public:
  explicit Draft(const History& current);
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  // The version the changes will have.
  std::int64_t version() const { return version_; }
  const std::string& incarnation() const { return view_.incarnation(); }
  std::int64_t next_municipality_id() const { return next_municipality_id_; }
  std::int64_t next_lineage_number() const { return next_lineage_number_; }

  // As in RegistryView, but RecordsOf leaves out what was taken back. The
  // pointers end with the next change.
  const Municipality* FindMunicipality(
      const base::MunicipalityCode& code) const;
  bool IsRetired(const base::MunicipalityCode& code) const;
  std::vector<const Municipality*> Municipalities() const;
  absl::StatusOr<std::vector<const Municipality*>> FindByName(
      std::string_view name, base::FiscalYear fiscal_year) const;
  std::vector<MunicipalityRecordPtr> RecordsOf(
      const Municipality& municipality) const;
  const StatusRecord* FindStatus(std::string_view program,
                                 const base::MunicipalityCode& municipality,
                                 base::FiscalYear fiscal_year) const;
  const StatusRecord* FindReplaced(std::string_view program,
                                   const base::MunicipalityCode& municipality,
                                   base::FiscalYear fiscal_year) const;
  StatusSurroundings Surroundings(std::string_view program,
                                  const base::MunicipalityCode& municipality,
                                  base::FiscalYear fiscal_year) const;

  // Returns the first fiscal year from `from` on for which the municipality has
  // a record in force, in any programme.
  std::optional<base::FiscalYear> FirstStatusYear(
      const base::MunicipalityCode& municipality, base::FiscalYear from) const;
  // Returns the lineage events that were not taken back. The pointers end with
  // the next change.
  std::vector<const LineageEvent*> LineageEvents() const;
  // Whether it takes part in a lineage event.
  bool HasLineage(const base::MunicipalityCode& municipality) const;
  // Returns the municipality that was taken back together with the lineage
  // event that brought it about under `code`; null where there is none.
  const Municipality* FindUnmade(const base::MunicipalityCode& code) const;

  // Adds a record; it gets the draft's version. A second one about the same
  // municipality and year joins the first.
  void Add(MunicipalityRecord record);
  void Add(StatusRecord record);
  void Add(LineageEvent event);

  // The changes so far, in order of their keys, with the draft's version.
  Changes TakeChanges();

 private:
  using StatusKey = std::pair<std::string, base::MunicipalityCode>;

  // The fiscal years in which the programme may have a record.
  const std::set<base::FiscalYear>& YearsOf(std::string_view program) const;

  const RegistryView view_;
  const std::int64_t version_;
  std::int64_t next_municipality_id_;
  std::int64_t next_lineage_number_;
  std::map<std::pair<base::MunicipalityCode, base::FiscalYear>,
           MunicipalityRecord>
      municipalities_;
  std::map<base::MunicipalityCode, Municipality> states_;  // of those changed
  std::map<base::MunicipalityCode, base::MunicipalityCode> codes_;  // added
  std::map<StatusKey, std::map<base::FiscalYear, StatusRecord>> statuses_;
  std::vector<LineageEvent> events_;
  mutable std::map<std::string, std::set<base::FiscalYear>, std::less<>> years_;
};

}  // namespace welfare::registry
