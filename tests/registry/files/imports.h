// Files of a few records, and what is made of them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "services/importing/outcome.h"
#include "services/importing/reject_list.h"
#include "services/registry/files/import_plan.h"
#include "services/registry/files/municipality_file.h"
#include "services/registry/files/status_file.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {

inline constexpr char kMunicipalityHeader[] =
    "code,name,kana,name_en,type,area,council_name\n";
inline constexpr char kStatusHeader[] =
    "program,municipality_code,fiscal_year,implementing,preparation,note\n";
inline constexpr char kChiyodaRow[] =
    "131016,千代田区,チヨダク,Chiyoda-ku,special_ward,区部,\n";
inline constexpr char kChuoRow[] =
    "131024,中央区,チュウオウク,Chuo-ku,special_ward,区部,\n";

// The records of one batch, as read.
inline absl::StatusOr<ParsedBatch<MunicipalityRow>> ReadMunicipalities(
    const std::string& csv, SeenRecords& seen, int first_line = 2) {
  ParsedBatch<MunicipalityRow> batch;
  WELFARE_RETURN_IF_ERROR(
      ParseMunicipalities({.csv = csv, .first_line = first_line}, seen,
                          importing::Strategy::kOwn, batch));
  return batch;
}

inline absl::StatusOr<ParsedBatch<StatusRow>> ReadStatuses(
    const std::string& csv, SeenRecords& seen,
    const importing::RejectList::Position& after = {}) {
  ParsedBatch<StatusRow> batch;
  batch.rejects = importing::RejectList(after);
  WELFARE_RETURN_IF_ERROR(ParseStatusRecords({.csv = csv}, Programs(), seen,
                                             importing::Strategy::kOwn, batch));
  return batch;
}

inline ImportPlan ImportMunicipalities(
    const History& history, const std::string& records,
    std::string header = kMunicipalityHeader) {
  SeenRecords seen;
  const auto parsed = ReadMunicipalities(header + records, seen);
  EXPECT_OK(parsed);
  return PlanMunicipalities(history, *parsed, {});
}

inline ImportPlan ImportStatuses(const History& history,
                                 const std::string& records,
                                 std::string_view reason = "") {
  SeenRecords seen;
  const auto parsed = ReadStatuses(kStatusHeader + records, seen);
  EXPECT_OK(parsed);
  return PlanStatusRecords(history, *parsed, {.reason = std::string(reason)});
}

inline HistoryPtr TwoWards() {
  return Extend(History(), ImportMunicipalities(
                               History(), std::string(kChiyodaRow) + kChuoRow)
                               .changes);
}

inline void ExpectAddsUp(const ImportPlan& plan) {
  EXPECT_OK(importing::CheckAddsUp(plan));
}

// The first faults of what a plan leaves out, in order of the file.
inline std::vector<importing::Reject> Rejects(const ImportPlan& plan) {
  return plan.rejects.Show().rejects;
}

inline std::vector<std::string> Reasons(const ImportPlan& plan) {
  std::vector<std::string> reasons;
  for (const importing::Reject& reject : Rejects(plan)) {
    reasons.push_back(reject.reason);
  }
  return reasons;
}

}  // namespace welfare::registry
