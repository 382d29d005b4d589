#include "services/registry/municipality/lineage.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "services/base/error.h"
#include "services/registry/errors.h"
#include "services/registry/history/history.h"

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
  return fits ? absl::OkStatus() : LineageShape(event.kind);
}

std::vector<BoundaryMapping> MapBoundaries(const RegistryView& view,
                                           base::FiscalYear from,
                                           base::FiscalYear to) {
  std::vector<const LineageEvent*> events;
  for (const LineageEvent* event : view.LineageEvents()) {
    if (event->fiscal_year > from && event->fiscal_year <= to &&
        event->kind != LineageKind::kRename) {
      events.push_back(event);
    }
  }
  // As they happened, not as they were recorded.
  std::sort(events.begin(), events.end(), [](const auto* a, const auto* b) {
    return std::tie(a->effective_date, a->number) <
           std::tie(b->effective_date, b->number);
  });
  std::vector<BoundaryMapping> result;
  for (const Municipality* municipality : view.Municipalities()) {
    if (municipality->InYear(from) == nullptr) continue;
    BoundaryMapping mapping{.municipality = municipality->first_code,
                            .successors = {},
                            .events = {}};
    std::set<base::MunicipalityCode> now = {municipality->first_code};
    for (const LineageEvent* event : events) {
      bool touched = false;
      for (const base::MunicipalityCode& old : event->predecessors) {
        touched = now.erase(old) > 0 || touched;
      }
      if (!touched) continue;
      now.insert(event->successors.begin(), event->successors.end());
      mapping.events.push_back(event->number);
      mapping.ambiguous =
          mapping.ambiguous || event->kind == LineageKind::kSplit;
    }
    mapping.successors.assign(now.begin(), now.end());
    result.push_back(std::move(mapping));
  }
  return result;
}

}  // namespace welfare::registry
