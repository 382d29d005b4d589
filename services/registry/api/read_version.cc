#include "services/registry/api/read_version.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/time/date.h"
#include "services/platform/errors.h"
#include "services/registry/api/change_stream.h"
#include "services/registry/api/convert.h"
#include "services/registry/errors.h"

namespace welfare::registry {

bool ReadVersions::CallerHas(const platform::CallContext& call,
                             const VersionPin& pin) const {
  if (call.answer == nullptr) return false;
  const auto year = YearOf(0, pin.moment);
  return call.CallerHas(
      absl::StrCat("registry/1/", incarnation(), "/", pin.version, "/",
                   year.ok() ? year->value() : 0, "/", programs_));
}

bool ReadVersions::Blocks(const google::protobuf::Timestamp& known_at) const {
  return !live_.IsSettled(FromProto(known_at));
}

absl::Status ReadVersions::CheckStore(const std::string& incarnation,
                                      std::int64_t version) const {
  if (incarnation.empty() ||
      store_.Covers(incarnation, kRegistryResource, version)) {
    return absl::OkStatus();
  }
  return platform::StoreRestored(kRegistryResource, incarnation, version);
}

absl::StatusOr<VersionPin> ReadVersions::Find(
    const platform::CallContext& call, std::int64_t data_version,
    std::int64_t min_version, const google::protobuf::Timestamp* known_at,
    std::int64_t seen_version) const {
  if (known_at != nullptr && data_version != 0) return KnownAtAndVersion();
  if (data_version < 0) return VersionNegative("data_version", data_version);
  if (min_version < 0) return VersionNegative("min_version", min_version);
  min_version = std::max(min_version, seen_version);
  HistoryPtr head = live_.Head();
  if (head->version() < seen_version) {
    WELFARE_RETURN_IF_ERROR(live_.CatchUp(call.limits));
    head = live_.Head();
  }
  if (head->version() < min_version) {
    return MinVersionNotReached(min_version, head->version());
  }
  const base::Timestamp now = clock_.Now();
  if (known_at != nullptr) {
    const base::Timestamp moment = FromProto(*known_at);
    if (moment > now) return KnownAtInFuture(moment, now);
    WELFARE_ASSIGN_OR_RETURN(head, live_.Settle(moment, call.limits));
    const std::int64_t version = head->VersionKnownAt(moment);
    return VersionPin{
        .history = std::move(head), .version = version, .moment = moment};
  }
  const std::int64_t last = head->version();
  if (data_version > last) {
    return VersionNotReached("data_version", data_version, last);
  }
  if (data_version == 0) {
    return VersionPin{
        .history = std::move(head), .version = last, .moment = now};
  }
  const base::Timestamp moment = head->commit(data_version).recorded_time;
  return VersionPin{
      .history = std::move(head), .version = data_version, .moment = moment};
}

absl::StatusOr<base::FiscalYear> CheckYear(std::string_view field, int year) {
  auto checked = base::FiscalYear::Make(year);
  if (!checked.ok()) return FiscalYearInvalid(field, year);
  return checked;
}

absl::StatusOr<base::FiscalYear> YearOf(int asked, base::Timestamp moment) {
  if (asked != 0) return CheckYear("fiscal_year", asked);
  auto year = base::FiscalYear::FromDate(base::DateInTokyo(moment));
  if (!year.ok()) return FiscalYearInvalid("fiscal_year", 0);
  return year;
}

}  // namespace welfare::registry
