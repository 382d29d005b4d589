#include "services/registry/api/municipality_reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/numbers/digits.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/registry/api/convert.h"
#include "services/registry/api/requests.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/history/resolve_name.h"
#include "services/registry/history/roster.h"
#include "services/registry/municipality/text_rules.h"
#include "services/text/characters.h"
#include "services/text/value_readers.h"

namespace welfare::registry {
namespace {

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

// What ListMunicipalities filters by; empty is everything.
struct ListFilter {
  v1::Municipality::Type type = v1::Municipality::TYPE_UNSPECIFIED;
  std::string area;
  std::string population_band;
  std::string program;
  std::optional<Implementing> implementing;
  std::optional<Preparation> preparation;

  bool Matches(const RegistryView& view,
               const base::MunicipalityCode& municipality,
               const MunicipalityFacts& facts_in_year,
               base::FiscalYear year) const {
    if (!registry::Matches(type, facts_in_year.type) ||
        (!area.empty() && area != facts_in_year.area) ||
        (!population_band.empty() &&
         population_band != facts_in_year.population_band)) {
      return false;
    }
    if (program.empty()) return true;
    const StatusRecord* record = view.FindStatus(program, municipality, year);
    const StatusFacts facts = record == nullptr ? StatusFacts() : record->facts;
    return (!implementing.has_value() || facts.implementing == *implementing) &&
           (!preparation.has_value() || facts.preparation == *preparation);
  }
};

absl::StatusOr<ListFilter> ReadFilter(
    const v1::ListMunicipalitiesRequest& request) {
  ListFilter filter;
  filter.type = request.type();
  if (!v1::Municipality::Type_IsValid(request.type())) {
    return FilterInvalid("type", std::to_string(request.type()));
  }
  if (!text::IsBlank(request.area())) {
    const auto area = ReadArea(request.area());
    if (!area.ok()) return FilterInvalid("area", request.area());
    filter.area = *area;
  }
  const auto band = ReadPopulationBand(request.population_band());
  if (!band.ok()) {
    return FilterInvalid("population_band", request.population_band());
  }
  filter.population_band = *band;
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

absl::Status MunicipalityReader::GetMunicipality(
    const platform::CallContext& call,
    const v1::GetMunicipalityRequest& request,
    platform::SharedBytes& reply) const {
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  // Only named: the bytes are most often at hand, and what refuses is below.
  versions_.CallerHas(call, pin);
  const bool stated = request.fiscal_year() != 0;
  const std::string key = absl::StrCat(
      "registry/municipality/", versions_.incarnation(), "/", pin.version,
      stated ? "/=" : "/", year.value(), "/", request.name());
  reply = replies_.Get(key);
  if (reply != nullptr) return absl::OkStatus();
  const RegistryView view = pin.view();
  WELFARE_ASSIGN_OR_RETURN(const Municipality* municipality,
                           Named(view, request.name(), "name"));
  if (stated) {
    WELFARE_RETURN_IF_ERROR(FactsInYear(*municipality, year).status());
  }
  reply =
      platform::Share(ToProto(view, *municipality, year).SerializeAsString());
  replies_.Set(key, reply, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status MunicipalityReader::BatchGetMunicipalities(
    const platform::CallContext& call,
    const v1::BatchGetMunicipalitiesRequest& request,
    v1::BatchGetMunicipalitiesResponse& response) const {
  constexpr int kMaxNames = 1000;
  if (request.names().empty() || request.names_size() > kMaxNames) {
    return BatchSize(request.names_size(), kMaxNames);
  }
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  const RegistryView view = pin.view();
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  base::PageRoom room(kMaxNames);
  for (int i = 0; i < request.names_size(); ++i) {
    WELFARE_ASSIGN_OR_RETURN(
        const Municipality* municipality,
        Named(view, request.names(i), "names[" + std::to_string(i) + "]"));
    if (request.fiscal_year() != 0) {
      WELFARE_RETURN_IF_ERROR(FactsInYear(*municipality, year).status());
    }
    v1::Municipality found = ToProto(view, *municipality, year);
    if (!room.Take(found.ByteSizeLong()))
      return BatchSize(request.names_size(), i);
    *response.add_municipalities() = std::move(found);
  }
  response.set_version(pin.version);
  return absl::OkStatus();
}

absl::Status MunicipalityReader::ListMunicipalities(
    const platform::CallContext& call,
    const v1::ListMunicipalitiesRequest& request,
    v1::ListMunicipalitiesResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(const ListFilter filter, ReadFilter(request));
  WELFARE_ASSIGN_OR_RETURN(
      const base::Page page,
      platform::ReadPage(request, versions_.incarnation()));
  // Later pages speak for the version and year of the first.
  using Key =
      std::tuple<std::int64_t, base::FiscalYear, base::MunicipalityCode>;
  WELFARE_ASSIGN_OR_RETURN(const auto after, page.After<Key>());
  WELFARE_ASSIGN_OR_RETURN(
      VersionPin pin,
      versions_.Pin(call, request,
                    after.has_value() ? std::get<0>(*after) : 0));
  if (after.has_value()) pin.version = std::get<0>(*after);
  WELFARE_ASSIGN_OR_RETURN(base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  if (after.has_value()) year = std::get<1>(*after);
  const RegistryView view = pin.view();
  if (!filter.program.empty()) {
    WELFARE_RETURN_IF_ERROR(CheckRecorded(catalog_, view, filter.program));
  }
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  int total = 0;
  base::PageRoom room(page.size());
  std::optional<base::MunicipalityCode> last;
  for (const Municipality* municipality : view.Municipalities()) {
    const MunicipalityFacts* facts = municipality->InYear(year);
    if (facts == nullptr ||
        !filter.Matches(view, municipality->first_code, *facts, year)) {
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

absl::Status MunicipalityReader::ResolveMunicipality(
    const platform::CallContext& call,
    const v1::ResolveMunicipalityRequest& request,
    v1::Municipality& response) const {
  const auto text = ReadName(request.text());
  if (!text.ok()) return AtField("text", text.status());
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin, versions_.Pin(call, request));
  WELFARE_ASSIGN_OR_RETURN(const base::FiscalYear year,
                           YearOf(request.fiscal_year(), pin.moment));
  const RegistryView view = pin.view();
  const bool is_code =
      std::ranges::all_of(text::FoldWord(*text), base::IsAsciiDigit);
  const Municipality* found = nullptr;
  if (is_code || request.five_digit_code()) {
    const auto code =
        text::ReadMunicipalityCode(*text, request.five_digit_code());
    if (!code.ok()) return NameInvalid("text", request.text(), code.status());
    found = view.FindMunicipality(*code);
    if (found == nullptr) return MunicipalityNotFound(*code, pin.version);
  } else {
    WELFARE_ASSIGN_OR_RETURN(found, ResolveName(view, *text, year));
  }
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
  response = ToProto(view, *found, year);
  return absl::OkStatus();
}

absl::Status MunicipalityReader::ListHistory(
    const platform::CallContext& call, const v1::ListHistoryRequest& request,
    v1::ListHistoryResponse& response) const {
  const auto name = base::MunicipalityName::Parse(request.parent());
  if (!name.ok()) return NameInvalid("parent", request.parent(), name.status());
  WELFARE_ASSIGN_OR_RETURN(
      const base::Page page,
      platform::ReadPage(request, versions_.incarnation()));
  // A position is a version and how many of its entries came before: what was
  // recorded never changes, so pages stay true without a pin.
  using Position = std::tuple<std::int64_t, std::int64_t>;
  WELFARE_ASSIGN_OR_RETURN(const auto asked, page.After<Position>());
  const Position after = asked.value_or(Position());
  WELFARE_ASSIGN_OR_RETURN(const VersionPin pin,
                           versions_.Pin(call, request, std::get<0>(after)));
  const RegistryView view = pin.view();
  const Municipality* municipality = view.FindEver(name->code);
  if (municipality == nullptr) {
    return MunicipalityNotFound(name->code, pin.version);
  }
  if (versions_.CallerHas(call, pin)) return absl::OkStatus();
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
        item.facts != nullptr ? ToProto(*item.facts, commit)
        : item.status != nullptr
            ? ToProto(versions_.incarnation(), *item.status, commit)
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

}  // namespace welfare::registry
