#include "services/registry/history/boundaries.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace welfare::registry {

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
