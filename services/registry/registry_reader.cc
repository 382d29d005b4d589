#include "services/registry/registry_reader.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/page_token.h"
#include "services/base/resource_name.h"
#include "services/registry/convert.h"
#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

// Replies never become wrong, only unlikely to be asked for again.
constexpr std::chrono::seconds kReplyLifetime = std::chrono::hours(1);

StoreLimits ToStoreLimits(const platform::CallContext& call) {
  return {.deadline = call.limits.deadline, .stop = call.limits.stop};
}

absl::StatusOr<int> PageSizeOf(int requested) {
  const absl::StatusOr<int> size = base::CoercePageSize(requested);
  if (!size.ok()) return PageSizeInvalid(requested);
  return size;
}

// Splits `131016/2025` at the first slash and reads numbers; page keys are
// made here, so anything else is a forged token.
std::optional<std::int64_t> TakeNumber(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty() && text.front() == '/') text.remove_prefix(1);
  return number;
}

std::optional<base::MunicipalityCode> TakeCode(std::string_view& text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto code = base::MunicipalityCode::Parse(text.substr(0, slash));
  text.remove_prefix(std::min(text.size(), slash + 1));
  if (!code.ok()) return std::nullopt;
  return *code;
}

}  // namespace

RegistryReader::RegistryReader(const LiveHistory& live,
                               const base::Clock& clock,
                               platform::Cache& replies)
    : live_(live), clock_(clock), replies_(replies) {}

bool RegistryReader::MustWait(const v1::GetMunicipalityRequest& request) const {
  return request.min_version() > 0 &&
         request.min_version() > live_.Head()->version();
}

bool RegistryReader::MustWait(const v1::GetRosterRequest& request) const {
  return (request.min_version() > 0 &&
          request.min_version() > live_.Head()->version()) ||
         (request.has_known_at() &&
          !live_.IsSettled(FromProto(request.known_at())));
}

absl::StatusOr<RegistryReader::Pin> RegistryReader::PinVersion(
    const platform::CallContext& call, std::int64_t data_version,
    std::int64_t min_version) const {
  if (data_version < 0) return VersionNegative("data_version", data_version);
  if (min_version < 0) return VersionNegative("min_version", min_version);
  HistoryPtr head = live_.Head();
  if (head->version() < min_version) {
    WELFARE_ASSIGN_OR_RETURN(head,
                             live_.WaitFor(min_version, ToStoreLimits(call)));
  }
  const std::int64_t last = head->version();
  if (data_version > last) {
    return VersionNotReached("data_version", data_version, last);
  }
  return Pin{.history = std::move(head),
             .version = data_version == 0 ? last : data_version};
}

absl::Status RegistryReader::GetMunicipality(
    const platform::CallContext& call,
    const v1::GetMunicipalityRequest& request, std::string& reply) const {
  WELFARE_ASSIGN_OR_RETURN(
      const Pin pin,
      PinVersion(call, request.data_version(), request.min_version()));
  const std::string key = "registry/municipality/" +
                          std::to_string(pin.version) + "/" + request.name();
  if (std::optional<std::string> kept = replies_.Get(key)) {
    reply = *std::move(kept);
    return absl::OkStatus();
  }
  const auto name = base::MunicipalityName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  const RegistryView view = pin.view();
  const MunicipalityRecord* record = view.FindMunicipality(name->code);
  if (record == nullptr) return MunicipalityNotFound(name->code, pin.version);
  reply = ToProto(view, *record).SerializeAsString();
  replies_.Set(key, reply, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status RegistryReader::GetRoster(const platform::CallContext& call,
                                       const v1::GetRosterRequest& request,
                                       std::string& reply) const {
  if (request.has_known_at() && request.data_version() != 0) {
    return KnownAtAndVersion();
  }
  WELFARE_ASSIGN_OR_RETURN(
      Pin pin, PinVersion(call, request.data_version(), request.min_version()));
  if (request.has_known_at()) {
    const base::Timestamp known_at = FromProto(request.known_at());
    const base::Timestamp now = clock_.Now();
    if (known_at > now) return KnownAtInFuture(known_at, now);
    WELFARE_ASSIGN_OR_RETURN(
        pin.history, live_.WaitUntilSettled(known_at, ToStoreLimits(call)));
    pin.version = pin.history->VersionKnownAt(known_at);
  }
  const std::string key =
      "registry/roster/" + std::to_string(pin.version) + "/" + request.name();
  if (std::optional<std::string> kept = replies_.Get(key)) {
    reply = *std::move(kept);
    return absl::OkStatus();
  }
  const auto name = base::RosterName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  const RegistryView view = pin.view();
  if (!view.HasProgram(name->program)) {
    return ProgramNotFound(name->program, pin.version);
  }
  reply = ToProto(ComputeRoster(view, name->program, name->fiscal_year))
              .SerializeAsString();
  replies_.Set(key, reply, kReplyLifetime);
  return absl::OkStatus();
}

absl::Status RegistryReader::ListMunicipalities(
    const platform::CallContext& call,
    const v1::ListMunicipalitiesRequest& request,
    v1::ListMunicipalitiesResponse& response) const {
  WELFARE_ASSIGN_OR_RETURN(const int page_size,
                           PageSizeOf(request.page_size()));
  if (!request.area().empty() && !IsArea(request.area())) {
    return FilterInvalid("area", request.area());
  }
  if (!v1::Municipality::Type_IsValid(request.type())) {
    return FilterInvalid("type", std::to_string(request.type()));
  }
  const std::string parameters = std::to_string(request.type()) + "/" +
                                 request.area() + "/" +
                                 std::to_string(request.data_version());
  const auto key = base::DecodePageToken(request.page_token(), parameters);
  if (!key.ok()) return PageTokenInvalid();
  // Later pages speak for the version of the first.
  std::int64_t version = request.data_version();
  std::optional<base::MunicipalityCode> last;
  if (!key->empty()) {
    std::string_view rest = *key;
    const auto pinned = TakeNumber(rest);
    last = TakeCode(rest);
    if (!pinned.has_value() || *pinned < 0 || !last.has_value()) {
      return PageTokenInvalid();
    }
    version = *pinned;
  }
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, version, 0));
  const RegistryView view = pin.view();
  int total = 0;
  bool more = false;
  for (const MunicipalityRecord* record : view.Municipalities()) {
    const MunicipalityFacts& facts = record->facts;
    if (!Matches(request.type(), facts.type) ||
        (!request.area().empty() && request.area() != facts.area)) {
      continue;
    }
    ++total;
    if (last.has_value() && record->first_code <= *last) continue;
    if (response.municipalities_size() == page_size) {
      more = true;
      continue;
    }
    *response.add_municipalities() = ToProto(view, *record);
  }
  if (more) {
    const v1::Municipality& end =
        response.municipalities(response.municipalities_size() - 1);
    response.set_next_page_token(base::EncodePageToken(
        std::to_string(pin.version) + "/" +
            end.name().substr(std::string_view("municipalities/").size()),
        parameters));
  }
  response.set_version(pin.version);
  response.set_total_size(total);
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
  WELFARE_ASSIGN_OR_RETURN(const int page_size,
                           PageSizeOf(request.page_size()));
  std::optional<base::FiscalYear> year;
  if (request.fiscal_year() != 0) {
    const auto asked = base::FiscalYear::Make(request.fiscal_year());
    if (!asked.ok()) {
      return FilterInvalid("fiscal_year",
                           std::to_string(request.fiscal_year()));
    }
    year = *asked;
  }
  WELFARE_ASSIGN_OR_RETURN(const Pin pin, PinVersion(call, 0, 0));
  std::optional<base::MunicipalityCode> municipality;
  if (!request.municipality().empty()) {
    const auto name = base::MunicipalityName::Parse(request.municipality());
    if (!name.ok()) {
      return NameInvalid("municipality", request.municipality(), name.status());
    }
    const MunicipalityRecord* record = pin.view().FindMunicipality(name->code);
    municipality = record == nullptr ? name->code : record->first_code;
  }
  const std::string parameters = request.parent() + "/" +
                                 request.municipality() + "/" +
                                 std::to_string(request.fiscal_year());
  const auto key = base::DecodePageToken(request.page_token(), parameters);
  if (!key.ok()) return PageTokenInvalid();
  using Position =
      std::tuple<std::int64_t, base::MunicipalityCode, std::int64_t>;
  std::optional<Position> last;
  std::int64_t after_version = 0;
  if (!key->empty()) {
    std::string_view rest = *key;
    const auto version = TakeNumber(rest);
    const auto code = TakeCode(rest);
    const auto last_year = TakeNumber(rest);
    if (!version.has_value() || *version < 1 || *version > pin.version ||
        !code.has_value() || !last_year.has_value()) {
      return PageTokenInvalid();
    }
    last = Position(*version, *code, *last_year);
    after_version = *version - 1;
  }
  // Records are only ever added at the end, so pages stay true without a pin.
  std::string last_key;
  for (const CommitPtr& commit : pin.history->CommitsAfter(after_version)) {
    for (const StatusPtr& record : commit->statuses) {
      if (record->program != program->program ||
          (municipality.has_value() && record->municipality != *municipality) ||
          (year.has_value() && record->fiscal_year != *year)) {
        continue;
      }
      const Position here(record->version, record->municipality,
                          record->fiscal_year.value());
      if (last.has_value() && here <= *last) continue;
      if (response.status_records_size() == page_size) {
        response.set_next_page_token(
            base::EncodePageToken(last_key, parameters));
        return absl::OkStatus();
      }
      *response.add_status_records() = ToProto(*record, commit->recorded_time);
      last_key = std::to_string(record->version) + "/" +
                 record->municipality.ToString() + "/" +
                 record->fiscal_year.ToString();
    }
  }
  return absl::OkStatus();
}

}  // namespace welfare::registry
