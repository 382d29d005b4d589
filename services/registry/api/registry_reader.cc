#include "services/registry/api/registry_reader.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/page.h"
#include "services/base/page_room.h"
#include "services/base/resource_name.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/errors.h"
#include "services/registry/api/change_stream.h"
#include "services/registry/api/convert.h"
#include "services/registry/api/requests.h"
#include "services/registry/errors.h"
#include "services/registry/files/csv_import.h"
#include "services/registry/history/plans.h"
#include "services/text/normalize.h"

namespace welfare::registry {
namespace {

// Replies never become wrong, only unlikely to be asked for again.
constexpr std::chrono::seconds kReplyLifetime = std::chrono::hours(1);

StoreLimits ToStoreLimits(const platform::CallContext& call) {
  return {.deadline = call.limits.deadline, .stop = call.limits.stop};
}

absl::StatusOr<base::FiscalYear> CheckYear(std::string_view field, int year) {
  auto checked = base::FiscalYear::Make(year);
  if (!checked.ok()) return FiscalYearInvalid(field, year);
  return checked;
}

// The fiscal year asked for, or that of `moment` in Asia/Tokyo.
absl::StatusOr<base::FiscalYear> YearOf(int asked, base::Timestamp moment) {
  if (asked != 0) return CheckYear("fiscal_year", asked);
  auto year = base::FiscalYear::FromDate(base::DateInTokyo(moment));
  if (!year.ok()) return FiscalYearInvalid("fiscal_year", 0);
  return year;
}

// The municipality of a resource name.
absl::StatusOr<const Municipality*> Named(const RegistryView& view,
                                          const std::string& name,
                                          std::string_view field) {
  const auto parsed = base::MunicipalityName::Parse(name);
  if (!parsed.ok()) return NameInvalid(field, name, parsed.status());
  const Municipality* found = view.FindMunicipality(parsed->code);
  if (found == nullptr) {
    return MunicipalityNotFound(parsed->code, view.version());
  }
  return found;
}

// What ListMunicipalities filters by beside facts.
struct StatusFilter {
  std::string program;
  std::optional<Implementing> implementing;
  std::optional<Preparation> preparation;

  bool Matches(const RegistryView& view,
               const base::MunicipalityCode& municipality,
               base::FiscalYear year) const {
    if (program.empty()) return true;
    const StatusRecord* record = view.FindStatus(program, municipality, year);
    const StatusFacts facts = record == nullptr ? StatusFacts() : record->facts;
    return (!implementing.has_value() || facts.implementing == *implementing) &&
           (!preparation.has_value() || facts.preparation == *preparation);
  }
};

absl::StatusOr<StatusFilter> ReadFilter(
    const v1::ListMunicipalitiesRequest& request) {
  if (!request.area().empty() && !IsArea(request.area())) {
    return FilterInvalid("area", request.area());
  }
  if (!v1::Municipality::Type_IsValid(request.type())) {
    return FilterInvalid("type", std::to_string(request.type()));
  }
  if (!CheckPopulationBand(request.population_band()).ok()) {
    return FilterInvalid("population_band", request.population_band());
  }
  StatusFilter filter;
  if (request.implementing() != v1::IMPLEMENTING_UNSPECIFIED) {
    filter.implementing = FilterOf(request.implementing());
    if (!filter.implementing.has_value()) {
      return FilterInvalid("implementing",
                           std::to_string(request.implementing()));
    }
  }
  if (request.preparation() != v1::PREPARATION_UNSPECIFIED) {
    filter.preparation = FilterOf(request.preparation());
    if (!filter.preparation.has_value()) {
      return FilterInvalid("preparation",
                           std::to_string(request.preparation()));
    }
  }
  const bool by_status =
      filter.implementing.has_value() || filter.preparation.has_value();
  if (request.program().empty() && !by_status) return filter;
  const auto program = base::ProgramName::Parse(request.program());
  if (!program.ok()) return FilterInvalid("program", request.program());
  filter.program = program->program;
  return filter;
}

// One thing recorded about a municipality; exactly one pointer is set.
struct HistoryItem {
  std::int64_t version;
  const MunicipalityRecord* facts;
  const StatusRecord* status;
  const LineageEvent* event;
};

}  // namespace

RegistryReader::RegistryReader(LiveHistory& live,
                               const platform::Incarnation& incarnation,
                               const ProgramCatalog& catalog,
                               const base::Clock& clock,
                               platform::Cache& replies)
    : live_(live),
      store_(incarnation),
      catalog_(catalog),
      clock_(clock),
      replies_(replies) {}

bool RegistryReader::Blocks(const google::protobuf::Timestamp& known_at) const {
  return !live_.IsSettled(FromProto(known_at));
}

absl::Status RegistryReader::CheckStore(const std::string& incarnation,
                                        std::int64_t version) const {
  if (incarnation.empty() ||
      store_.Covers(incarnation, kRegistryResource, version)) {
    return absl::OkStatus();
  }
  return platform::StoreRestored(kRegistryResource, incarnation, version);
}

absl::StatusOr<RegistryReader::Pin> RegistryReader::FindVersion(
    const platform::CallContext& call, std::int64_t data_version,
    std::int64_t min_version, const google::protobuf::Timestamp* known_at,
    std::int64_t seen_version) const {
  if (known_at != nullptr && data_version != 0) return KnownAtAndVersion();
  if (data_version < 0) return VersionNegative("data_version", data_version);
  if (min_version < 0) return VersionNegative("min_version", min_version);
  min_version = std::max(min_version, seen_version);
  HistoryPtr head = live_.Head();
  if (head->version() < seen_version) {
    WELFARE_RETURN_IF_ERROR(live_.CatchUp(ToStoreLimits(call)));
    head = live_.Head();
  }
  if (head->version() < min_version) {
    return MinVersionNotReached(min_version, head->version());
  }
  const base::Timestamp now = clock_.Now();
  if (known_at != nullptr) {
    const base::Timestamp moment = FromProto(*known_at);
    if (moment > now) return KnownAtInFuture(moment, now);
    WELFARE_ASSIGN_OR_RETURN(head, live_.Settle(moment, ToStoreLimits(call)));
    const std::int64_t version = head->VersionKnownAt(moment);
    return Pin{
        .history = std::move(head), .version = version, .moment = moment};
  }
  const std::int64_t last = head->version();
  if (data_version > last) {
    return VersionNotReached("data_version", data_version, last);
  }
  if (data_version == 0) {
    return Pin{.history = std::move(head), .version = last, .moment = now};
  }
  const base::Timestamp moment = head->commit(data_version).recorded_time;
  return Pin{
      .history = std::move(head), .version = data_version, .moment = moment};
}

absl::Status RegistryReader::GetMunicipality(
    const platform::CallContext& call,
    const v1::GetMunicipalityRequest& request,
    platform::SharedBytes& reply) const {
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  const bool stated = request.fiscal_year() != 0;
  const std::string key =
      absl::StrCat("registry/municipality/", store_.name(), "/", pin.version,
                   stated ? "/=" : "/", year.value(), "/", request.name());
  reply = replies_.Get(key);
  if (reply != nullptr) return absl::OkStatus();
  const RegistryView view = pin.view();
  WELFARE_ASSIGN_OR_RETURN(const Municipality* municipality,
                           Named(view, request.name(), "name"));
  if (stated && municipality->InYear(year) == nullptr) {
    return MunicipalityNotInYear(*municipality, year);
  }
  reply =
      platform::Share(ToProto(view, *municipality, year).SerializeAsString());
  replies_.Set(key, reply, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status RegistryReader::GetRoster(const platform::CallContext& call,
                                       const v1::GetRosterRequest& request,
                                       platform::SharedBytes& reply) const {
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
  const std::string key =
      absl::StrCat("registry/roster/", store_.name(), "/", pin.version, "/",
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
  WELFARE_RETURN_IF_ERROR(CheckRecorded(view, name->program));
  const Program& program = catalog_.programs().find(name->program)->second;
  v1::Roster roster =
      ToProto(ComputeRoster(view, program, name->fiscal_year, compared));
  roster.set_incarnation(store_.name());
  reply = platform::Share(roster.SerializeAsString());
  replies_.Set(key, reply, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status RegistryReader::CheckRecorded(const RegistryView& view,
                                           std::string_view program) const {
  WELFARE_RETURN_IF_ERROR(catalog_.Check(program));
  if (!view.HasProgram(program)) {
    return ProgramNotFound(program, view.version());
  }
  return absl::OkStatus();
}

absl::Status RegistryReader::BatchGetMunicipalities(
    const platform::CallContext& call,
    const v1::BatchGetMunicipalitiesRequest& request,
    v1::BatchGetMunicipalitiesResponse& response) const {
  constexpr int kMaxNames = 1000;
  if (request.names().empty() || request.names_size() > kMaxNames) {
    return BatchSize(request.names_size(), kMaxNames);
  }
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  const RegistryView view = pin.view();
  base::PageRoom room(kMaxNames);
  for (int i = 0; i < request.names_size(); ++i) {
    WELFARE_ASSIGN_OR_RETURN(
        const Municipality* municipality,
        Named(view, request.names(i), "names[" + std::to_string(i) + "]"));
    if (request.fiscal_year() != 0 && municipality->InYear(year) == nullptr) {
      return MunicipalityNotInYear(*municipality, year);
    }
    v1::Municipality found = ToProto(view, *municipality, year);
    if (!room.Take(found.ByteSizeLong()))
      return BatchSize(request.names_size(), i);
    *response.add_municipalities() = std::move(found);
  }
  response.set_version(pin.version);
  return absl::OkStatus();
}

absl::Status RegistryReader::ListMunicipalities(
    const platform::CallContext& call,
    const v1::ListMunicipalitiesRequest& request,
    v1::ListMunicipalitiesResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(const StatusFilter filter, ReadFilter(request));
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store_.name()));
  // Later pages speak for the version and year of the first.
  using Key =
      std::tuple<std::int64_t, base::FiscalYear, base::MunicipalityCode>;
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  WELFARE_ASSIGN_OR_RETURN(
      Pin pin,
      PinVersion(call, request, after.has_value() ? std::get<0>(*after) : 0));
  if (after.has_value()) pin.version = std::get<0>(*after);
  WELFARE_ASSIGN_OR_RETURN(base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  if (after.has_value()) year = std::get<1>(*after);
  const RegistryView view = pin.view();
  if (!filter.program.empty()) {
    WELFARE_RETURN_IF_ERROR(CheckRecorded(view, filter.program));
  }
  int total = 0;
  base::PageRoom room(page.size());
  std::optional<base::MunicipalityCode> last;
  for (const Municipality* municipality : view.Municipalities()) {
    const MunicipalityFacts* facts = municipality->InYear(year);
    if (facts == nullptr || !Matches(request.type(), facts->type) ||
        (!request.area().empty() && request.area() != facts->area) ||
        (!request.population_band().empty() &&
         request.population_band() != facts->population_band) ||
        !filter.Matches(view, municipality->first_code, year)) {
      continue;
    }
    ++total;
    if (after.has_value() && municipality->first_code <= std::get<2>(*after)) {
      continue;
    }
    if (room.full()) continue;
    v1::Municipality found = ToProto(view, *municipality, year);
    if (!room.Take(found.ByteSizeLong())) continue;
    *response.add_municipalities() = std::move(found);
    last = municipality->first_code;
  }
  if (room.full()) {
    response.set_next_page_token(
        page.TokenAfter(Key(pin.version, year, *last)));
  }
  response.set_version(pin.version);
  response.set_fiscal_year(year.value());
  response.set_total_size(total);
  return absl::OkStatus();
}

absl::Status RegistryReader::ResolveMunicipality(
    const platform::CallContext& call,
    const v1::ResolveMunicipalityRequest& request,
    v1::Municipality& response) const {
  if (absl::Status fault = CheckText(request.text(), kMaxNameBytes);
      !fault.ok() || request.text().empty()) {
    return fault.ok() ? TextInvalid(kMaxNameBytes) : fault;
  }
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  const RegistryView view = pin.view();
  const std::string digits = text::DigitsToAscii(request.text());
  const bool is_code = std::all_of(digits.begin(), digits.end(),
                                   [](char c) { return c >= '0' && c <= '9'; });
  const Municipality* found = nullptr;
  if (is_code || request.five_digit_code()) {
    const auto code =
        request.five_digit_code()
            ? base::MunicipalityCode::ParseFiveDigit(request.text())
            : base::MunicipalityCode::Parse(request.text());
    if (!code.ok()) return NameInvalid("text", request.text(), code.status());
    found = view.FindMunicipality(*code);
    if (found == nullptr) return MunicipalityNotFound(*code, pin.version);
  } else {
    WELFARE_ASSIGN_OR_RETURN(found, ResolveName(view, request.text(), year));
  }
  response = ToProto(view, *found, year);
  return absl::OkStatus();
}

absl::Status RegistryReader::ListHistory(
    const platform::CallContext& call, const v1::ListHistoryRequest& request,
    v1::ListHistoryResponse& response) const {
  const auto name = base::MunicipalityName::Parse(request.parent());
  if (!name.ok()) return NameInvalid("parent", request.parent(), name.status());
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store_.name()));
  // A position is a version and how many of its entries came before: what was
  // recorded never changes, so pages stay true without a pin.
  using Position = std::tuple<std::int64_t, std::int64_t>;
  WELFARE_ASSIGN_OR_RETURN(const auto asked, page.After<Position>());
  const Position after = asked.value_or(Position());
  WELFARE_ASSIGN_OR_RETURN(const Pin pin,
                           PinVersion(call, request, std::get<0>(after)));
  const RegistryView view = pin.view();
  const Municipality* municipality = view.FindEver(name->code);
  if (municipality == nullptr) {
    return MunicipalityNotFound(name->code, pin.version);
  }
  // Everything about it in the order of versions; within one, facts first.
  std::vector<HistoryItem> items;
  for (MunicipalityRecordPtr& record : view.RecordsOf(*municipality)) {
    items.push_back({record->version, record.get(), nullptr, nullptr});
  }
  for (const StatusRecord* record :
       view.StatusRecordsOf(municipality->first_code)) {
    items.push_back({record->version, nullptr, record, nullptr});
  }
  for (const LineageEvent* event : view.LineageRecords()) {
    if (!event->Involves(municipality->first_code)) continue;
    items.push_back({event->version, nullptr, nullptr, event});
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const HistoryItem& a, const HistoryItem& b) {
                     return a.version < b.version;
                   });
  Position here;  // of the entry at hand: the first of a version has 1
  Position last;  // of the last on the page
  base::PageRoom room(page.size());
  for (const HistoryItem& item : items) {
    here = std::get<0>(here) == item.version
               ? Position(item.version, std::get<1>(here) + 1)
               : Position(item.version, 1);
    if (here <= after) continue;
    const Commit& commit = pin.history->commit(item.version);
    v1::HistoryEntry entry =
        item.facts != nullptr    ? ToProto(*item.facts, commit)
        : item.status != nullptr ? ToProto(store_.name(), *item.status, commit)
                                 : ToProto(*item.event, commit);
    if (!room.Take(entry.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(last));
      return absl::OkStatus();
    }
    *response.add_history() = std::move(entry);
    last = here;
  }
  return absl::OkStatus();
}

absl::Status RegistryReader::GetProgram(const platform::CallContext& call,
                                        const v1::GetProgramRequest& request,
                                        v1::Program& response) const {
  const auto name = base::ProgramName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
  WELFARE_RETURN_IF_ERROR(catalog_.Check(name->program));
  response =
      ToProto(catalog_.programs().find(name->program)->second, pin.view());
  return absl::OkStatus();
}

absl::Status RegistryReader::ListPrograms(
    const platform::CallContext& call, const v1::ListProgramsRequest& request,
    v1::ListProgramsResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store_.name()));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::string>>());
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
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

absl::Status RegistryReader::GetProgramTimeline(
    const platform::CallContext& call,
    const v1::GetProgramTimelineRequest& request,
    v1::ProgramTimeline& response) const {
  const auto name = base::ProgramTimelineName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
  const RegistryView view = pin.view();
  WELFARE_RETURN_IF_ERROR(CheckRecorded(view, name->program));
  response = ToProto(
      ComputeTimeline(view, catalog_.programs().find(name->program)->second));
  return absl::OkStatus();
}

absl::Status RegistryReader::ListLineageEvents(
    const platform::CallContext& call,
    const v1::ListLineageEventsRequest& request,
    v1::ListLineageEventsResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store_.name()));
  // Records are only ever added at the end, so pages stay true without a pin.
  using Position = std::tuple<std::int64_t, std::int64_t>;  // version, number
  WELFARE_ASSIGN_OR_RETURN(const auto asked, page.After<Position>());
  const Position after = asked.value_or(Position());
  WELFARE_ASSIGN_OR_RETURN(const Pin pin,
                           PinVersion(call, request, std::get<0>(after)));
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

absl::Status RegistryReader::ListBoundaryMappings(
    const platform::CallContext& call,
    const v1::ListBoundaryMappingsRequest& request,
    v1::ListBoundaryMappingsResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear from,
                           CheckYear("fiscal_year", request.fiscal_year()));
  WELFARE_ASSIGN_OR_RETURN(
      const base::FiscalYear to,
      CheckYear("boundaries_fiscal_year", request.boundaries_fiscal_year()));
  if (to < from) return BoundariesBackward(from, to);
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store_.name()));
  // Later pages speak for the version of the first.
  using Key = std::tuple<std::int64_t, base::MunicipalityCode>;
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  WELFARE_ASSIGN_OR_RETURN(
      Pin pin,
      PinVersion(call, request, after.has_value() ? std::get<0>(*after) : 0));
  if (after.has_value()) pin.version = std::get<0>(*after);
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

absl::Status RegistryReader::GetRegistryState(
    const platform::CallContext& call,
    const v1::GetRegistryStateRequest& request,
    v1::RegistryState& response) const {
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, request));
  response = ToProto(ComputeState(pin.view()));
  response.set_incarnation(store_.name());
  response.set_version(pin.version);
  if (pin.version > 0) {
    *response.mutable_record_time() =
        ToProto(pin.history->commit(pin.version).recorded_time);
  }
  return absl::OkStatus();
}

absl::Status RegistryReader::ListStatusRecords(
    const platform::CallContext& call,
    const v1::ListStatusRecordsRequest& request,
    v1::ListStatusRecordsResponse& response) const {
  const auto program = base::ProgramName::Parse(request.parent());
  if (!program.ok()) {
    return NameInvalid("parent", request.parent(), program.status());
  }
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, store_.name()));
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
  WELFARE_ASSIGN_OR_RETURN(const Pin pin,
                           PinVersion(call, request, after_version));
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
          ToProto(store_.name(), *record, commit->recorded_time);
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
