#include "services/registry/api/roster_reader.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/registry/api/convert.h"
#include "services/registry/errors.h"
#include "services/registry/history/roster.h"
#include "services/registry/history/timeline.h"

namespace welfare::registry {

absl::Status RosterReader::GetRoster(const platform::CallContext& call,
                                     const v1::GetRosterRequest& request,
                                     platform::SharedBytes& reply) const {
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  // Only named: the bytes are most often at hand, and what refuses is below.
  versions_.CallerHas(call, pin);
  const std::string key = absl::StrCat(
      "registry/roster/", versions_.incarnation(), "/", pin.version, "/",
      request.compared_fiscal_year(), "/", request.name());
  reply = replies_.Get(key);
  if (reply != nullptr) return absl::OkStatus();
  const auto name = base::RosterName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  std::optional<base::FiscalYear> compared;
  if (request.compared_fiscal_year() != 0) {
    WELFARE_ASSIGN_OR_RETURN(
        compared,
        CheckYear("compared_fiscal_year", request.compared_fiscal_year()));
  }
  const RegistryView view = pin.view();
  WELFARE_RETURN_IF_ERROR(CheckRecorded(catalog_, view, name->program));
  const Program& program = catalog_.programs().find(name->program)->second;
  v1::Roster roster =
      ToProto(ComputeRoster(view, program, name->fiscal_year, compared));
  roster.set_incarnation(versions_.incarnation());
  reply = platform::Share(roster.SerializeAsString());
  replies_.Set(key, reply, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status RosterReader::GetProgramTimeline(
    const platform::CallContext& call,
    const v1::GetProgramTimelineRequest& request,
    v1::ProgramTimeline& response) const {
  const auto name = base::ProgramTimelineName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  const RegistryView view = pin.view();
  WELFARE_RETURN_IF_ERROR(CheckRecorded(catalog_, view, name->program));
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  response = ToProto(
      ComputeTimeline(view, catalog_.programs().find(name->program)->second));
  return absl::OkStatus();
}

}  // namespace welfare::registry
