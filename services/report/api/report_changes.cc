#include "services/report/api/report_changes.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <tuple>
#include <utility>

#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/rpc/page_request.h"
#include "services/report/api/report_access.h"
#include "services/report/errors.h"
#include "services/report/model/errata/compare.h"
#include "services/report/render/csv/csv_archive_reader.h"

namespace welfare::report {
namespace {

constexpr std::string_view kTables = "csv";
// Begins what a list of changes is known by; raised with any change of how two
// reports are compared, or of the list's shape.
constexpr std::string_view kListFormat = "report/changes/1/";
constexpr std::chrono::seconds kListLifetime = std::chrono::hours(1);

const ReportFile* TablesOf(const StoredReport& report) {
  const auto found =
      std::ranges::find(report.files, kTables, &ReportFile::format);
  return found == report.files.end() ? nullptr : &*found;
}

void ToProto(const Change& change, v1::ReportChange& result) {
  const PrintedCell& place = change.place;
  result.set_page(place.page);
  result.set_figure(place.figure);
  result.set_title(place.title);
  result.set_row(place.row);
  result.set_row_label(place.row_label);
  result.set_column(place.column);
  result.set_column_label(place.column_label);
  result.set_kind(!change.was_there  ? v1::ReportChange::KIND_ADDED
                  : !change.is_there ? v1::ReportChange::KIND_REMOVED
                                     : v1::ReportChange::KIND_CHANGED);
  result.set_before(change.before);
  result.set_after(change.after);
  result.set_sign_changed(change.sign_changed);
  for (const ChangeCause cause : change.causes) {
    result.add_causes(static_cast<v1::ReportChange::Cause>(cause));
  }
}

// Fills `all` with every change.
absl::Status CompareAll(const platform::CallContext& call, ReportStore& store,
                        const StoredReport& now, const StoredReport& then,
                        v1::ListReportChangesResponse& all) {
  WELFARE_ASSIGN_OR_RETURN(const ComparedReport is,
                           ReadCompared(call, store, now));
  WELFARE_ASSIGN_OR_RETURN(const ComparedReport was,
                           ReadCompared(call, store, then));
  const std::vector<Change> changes =
      Compare(was.cells, was.facts, is.cells, is.facts);
  for (const Change& change : changes) ToProto(change, *all.add_changes());
  all.set_total_size(all.changes_size());
  all.set_sign_changes(static_cast<std::int32_t>(
      std::ranges::count_if(changes, &Change::sign_changed)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ComparedReport> ReadCompared(const platform::CallContext& call,
                                            ReportStore& store,
                                            const StoredReport& report) {
  const ReportFile* tables = TablesOf(report);
  if (tables == nullptr) return ReportNotFound(report.Name());
  WELFARE_ASSIGN_OR_RETURN(
      const std::string bytes,
      store.ReadBytes(tables->digest, 0, tables->size, call.limits));
  ComparedReport result;
  WELFARE_ASSIGN_OR_RETURN(result.cells, ReadCsvArchive(bytes));
  WELFARE_ASSIGN_OR_RETURN(const std::string facts,
                           store.ReadFacts(report.Name(), call.limits));
  result.facts = ReadFacts(facts).value_or(ReportFacts());
  return result;
}

absl::Status ListChanges(const platform::CallContext& call, ReportStore& store,
                         platform::Cache& cache, const std::string& incarnation,
                         const v1::ListReportChangesRequest& request,
                         v1::ListReportChangesResponse& response) {
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           platform::ReadPage(request, incarnation));
  WELFARE_ASSIGN_OR_RETURN(const auto after,
                           page.After<std::tuple<std::int64_t>>());
  WELFARE_ASSIGN_OR_RETURN(const StoredReport now,
                           FindWithFiles(call, store, request.parent()));
  WELFARE_ASSIGN_OR_RETURN(const StoredReport then,
                           FindWithFiles(call, store, request.base()));
  // Reports never change, and neither does what is between two.
  const std::string what = std::string(kListFormat) + incarnation + "/" +
                           now.Name() + "/" + now.snapshot_id + "/" +
                           then.Name() + "/" + then.snapshot_id + "/" +
                           std::to_string(now.create_time.micros()) + "/" +
                           std::to_string(then.create_time.micros());
  if (call.CallerHas(what)) return absl::OkStatus();
  v1::ListReportChangesResponse all;
  const platform::SharedBytes kept = cache.Get(what);
  if (kept == nullptr || !all.ParseFromString(*kept)) {
    WELFARE_RETURN_IF_ERROR(CompareAll(call, store, now, then, all));
    cache.Set(what, platform::Share(all.SerializeAsString()), kListLifetime);
  }
  response.set_total_size(all.total_size());
  response.set_sign_changes(all.sign_changes());
  std::int64_t at = after.has_value() ? std::get<0>(*after) : 0;
  if (at < 0 || at > all.changes_size()) return base::PageTokenInvalid();
  base::PageRoom room(page.size());
  for (; at < all.changes_size(); ++at) {
    v1::ReportChange& one = *all.mutable_changes(static_cast<int>(at));
    if (!room.Take(one.ByteSizeLong())) {
      response.set_next_page_token(page.TokenAfter(std::tuple(at)));
      return absl::OkStatus();
    }
    *response.add_changes() = std::move(one);
  }
  return absl::OkStatus();
}

}  // namespace welfare::report
