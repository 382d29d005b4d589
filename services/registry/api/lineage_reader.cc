#include "services/registry/api/lineage_reader.h"

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/registry/api/convert.h"
#include "services/registry/errors.h"
#include "services/registry/history/boundaries.h"

namespace welfare::registry {

absl::Status LineageReader::ListLineageEvents(
    const platform::CallContext& call,
    const v1::ListLineageEventsRequest& request,
    v1::ListLineageEventsResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(
      const base::Page page,
      platform::ReadPage(request, versions_.incarnation()));
  // Records are only ever added at the end, so pages stay true without a pin.
  using Position = std::tuple<std::int64_t, std::int64_t>;  // version, number
  WELFARE_ASSIGN_OR_RETURN(const auto asked, page.After<Position>());
  const Position after = asked.value_or(Position());
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin,
                           versions_.Pin(call, request, std::get<0>(after)));
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  Position last;
  base::PageRoom room(page.size());
  for (const LineageEvent* event : pin.view().LineageRecords()) {
    const Position here(event->version, event->number);
    if (here <= after) continue;
    v1::LineageEvent found =
        ToProto(*event, pin.history->commit(event->version).recorded_time);
    if (!room.Take(found.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(last));
      break;
    }
    *response.add_lineage_events() = std::move(found);
    last = here;
  }
  return absl::OkStatus();
}

absl::Status LineageReader::ListBoundaryMappings(
    const platform::CallContext& call,
    const v1::ListBoundaryMappingsRequest& request,
    v1::ListBoundaryMappingsResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear from,
                           CheckYear("fiscal_year", request.fiscal_year()));
  WELFARE_ASSIGN_OR_RETURN(
      const base::FiscalYear to,
      CheckYear("boundaries_fiscal_year", request.boundaries_fiscal_year()));
  if (to < from) return BoundariesBackward(from, to);
  WELFARE_ASSIGN_OR_RETURN(
      const base::Page page,
      platform::ReadPage(request, versions_.incarnation()));
  // Later pages speak for the version of the first.
  using Key = std::tuple<std::int64_t, base::MunicipalityCode>;
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  WELFARE_ASSIGN_OR_RETURN(
      VersionPin pin,
      versions_.Pin(call, request,
                    after.has_value() ? std::get<0>(*after) : 0));
  if (after.has_value()) pin.version = std::get<0>(*after);
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  const RegistryView view = pin.view();
  std::optional<base::MunicipalityCode> last;
  base::PageRoom room(page.size());
  for (const BoundaryMapping& mapping : MapBoundaries(view, from, to)) {
    if (after.has_value() && mapping.municipality <= std::get<1>(*after)) {
      continue;
    }
    v1::BoundaryMapping found = ToProto(mapping, view, from, to);
    if (!room.Take(found.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(Key(pin.version, *last)));
      break;
    }
    *response.add_boundary_mappings() = std::move(found);
    last = mapping.municipality;
  }
  response.set_version(pin.version);
  return absl::OkStatus();
}

}  // namespace welfare::registry
