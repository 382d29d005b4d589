#include "services/registry/municipality/lineage.h"

#include <algorithm>
#include <set>

#include "services/base/error.h"
#include "services/registry/faults.h"

namespace welfare::registry {
namespace {

bool Contains(const std::vector<base::MunicipalityCode>& list,
              const base::MunicipalityCode& code) {
  return std::find(list.begin(), list.end(), code) != list.end();
}

bool HasRepeats(const std::vector<base::MunicipalityCode>& list) {
  return std::set<base::MunicipalityCode>(list.begin(), list.end()).size() !=
         list.size();
}

}  // namespace

std::string_view ToString(LineageKind kind) {
  switch (kind) {
    case LineageKind::kMerger:
      return "merger";
    case LineageKind::kSplit:
      return "split";
    case LineageKind::kRename:
      break;
  }
  return "rename";
}

absl::StatusOr<base::FiscalYear> FirstYearAfter(const base::Date& date) {
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           base::FiscalYear::FromDate(date));
  if (year.first_day() == date) return year;
  return base::FiscalYear::Make(year.value() + 1);
}

bool LineageEvent::Involves(const base::MunicipalityCode& municipality) const {
  return Contains(predecessors, municipality) ||
         Contains(successors, municipality);
}

absl::Status CheckShape(const LineageEvent& event) {
  const std::size_t before = event.predecessors.size();
  const std::size_t after = event.successors.size();
  bool fits = !HasRepeats(event.predecessors) && !HasRepeats(event.successors);
  switch (event.kind) {
    case LineageKind::kMerger:
      fits = fits && before >= 2 && after == 1;
      break;
    case LineageKind::kSplit:
      fits = fits && before == 1 && after >= 2;
      break;
    case LineageKind::kRename:
      fits = fits && before == 1 && event.successors == event.predecessors;
      break;
  }
  return fits ? absl::OkStatus() : LineageShape(ToString(event.kind));
}

}  // namespace welfare::registry
