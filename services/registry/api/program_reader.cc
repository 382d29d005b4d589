#include "services/registry/api/program_reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/registry/api/convert.h"
#include "services/registry/errors.h"

namespace welfare::registry {

absl::Status ProgramReader::GetProgram(const platform::CallContext& call,
                                       const v1::GetProgramRequest& request,
                                       v1::Program& response) const {
  const auto name = base::ProgramName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  WELFARE_RETURN_IF_ERROR(catalog_.Check(name->program));
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  response =
      ToProto(catalog_.programs().find(name->program)->second, pin.view());
  return absl::OkStatus();
}

absl::Status ProgramReader::ListPrograms(
    const platform::CallContext& call, const v1::ListProgramsRequest& request,
    v1::ListProgramsResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(
      const base::Page page,
      platform::ReadPage(request, versions_.incarnation()));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  const RegistryView view = pin.view();
  const auto& programs = catalog_.programs();
  std::string last = after.has_value() ? std::get<0>(*after) : "";
  for (auto program = programs.upper_bound(last); program != programs.end();
       ++program) {
    if (response.programs_size() == page.size()) {
      response.set_next_page_token(page.TokenAfter(std::tuple(last)));
      break;
    }
    *response.add_programs() = ToProto(program->second, view);
    last = program->first;
  }
  return absl::OkStatus();
}

absl::Status ProgramReader::ListStatusRecords(
    const platform::CallContext& call,
    const v1::ListStatusRecordsRequest& request,
    v1::ListStatusRecordsResponse& response) const {
  const auto program = base::ProgramName::Parse(request.parent());
  if (!program.ok()) {
    return NameInvalid("parent", request.parent(), program.status());
  }
  WELFARE_ASSIGN_OR_RETURN(
      const base::Page page,
      platform::ReadPage(request, versions_.incarnation()));
  // Records are only ever added at the end, so pages stay true without a pin.
  using Position =
      std::tuple<std::int64_t, base::MunicipalityCode, base::FiscalYear>;
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Position>());
  const std::int64_t after_version =
      after.has_value() ? std::get<0>(*after) : 0;
  std::optional<base::FiscalYear> year;
  if (request.fiscal_year() != 0) {
    const auto asked = base::FiscalYear::Make(request.fiscal_year());
    if (!asked.ok()) {
      return FilterInvalid("fiscal_year",
                           std::to_string(request.fiscal_year()));
    }
    year = *asked;
  }
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin,
                           versions_.Pin(call, request, after_version));
  const RegistryView view = pin.view();
  std::optional<base::MunicipalityCode> municipality;
  if (!request.municipality().empty()) {
    const auto name = base::MunicipalityName::Parse(request.municipality());
    if (!name.ok()) {
      return NameInvalid("municipality", request.municipality(), name.status());
    }
    const Municipality* found = view.FindEver(name->code);
    municipality = found == nullptr ? name->code : found->first_code;
  }
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  std::optional<Position> last;
  base::PageRoom room(page.size());
  for (const CommitPtr& commit : pin.history->CommitsAfter(
           std::max<std::int64_t>(0, after_version - 1))) {
    if (commit->version > pin.version) break;
    for (const StatusPtr& record : commit->statuses) {
      if (record->program != program->program ||
          (municipality.has_value() && record->municipality != *municipality) ||
          (year.has_value() && record->fiscal_year != *year)) {
        continue;
      }
      const Position here(record->version, record->municipality,
                          record->fiscal_year);
      if (after.has_value() && here <= *after) continue;
      if (request.in_force() &&
          view.FindStatus(record->program, record->municipality,
                          record->fiscal_year) != record.get()) {
        continue;
      }
      v1::StatusRecord found =
          ToProto(versions_.incarnation(), *record, commit->recorded_time);
      if (!room.Take(found.ByteSizeLong())) {
        response.set_next_page_token(page.TokenAfter(*last));
        return absl::OkStatus();
      }
      *response.add_status_records() = std::move(found);
      last = here;
    }
  }
  return absl::OkStatus();
}

}  // namespace welfare::registry
