// Files of a few records, and what is made of them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

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

inline ImportPlan ImportMunicipalities(
    const History& history, const std::string& records,
    std::string header = kMunicipalityHeader) {
  SeenRecords seen;
  const auto parsed = ParseMunicipalities(header + records, 2, seen);
  EXPECT_OK(parsed);
  return PlanMunicipalities(history, *parsed, {});
}

inline ImportPlan ImportStatuses(const History& history,
                                 const std::string& records,
                                 std::string_view reason = "") {
  SeenRecords seen;
  const auto parsed =
      ParseStatusRecords(kStatusHeader + records, 2, Programs(), seen);
  EXPECT_OK(parsed);
  return PlanStatusRecords(history, *parsed, {.reason = std::string(reason)});
}

inline HistoryPtr TwoWards() {
  return Extend(History(), ImportMunicipalities(
                               History(), std::string(kChiyodaRow) + kChuoRow)
                               .changes);
}

inline void ExpectAddsUp(const ImportPlan& plan) {
  const ImportCounts& counts = plan.counts;
  EXPECT_EQ(counts.rows, counts.created + counts.updated + counts.unchanged +
                             counts.deleted + counts.rejected);
}

// The reasons of the records that a plan leaves out, in order of the file.
inline std::vector<std::string> Reasons(const ImportPlan& plan) {
  std::vector<std::string> reasons;
  for (const Reject& reject : plan.rejects) reasons.push_back(reject.reason);
  return reasons;
}

}  // namespace welfare::registry
