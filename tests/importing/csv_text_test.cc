#include "services/importing/csv_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/importing/limits.h"
#include "tests/support/status_matchers.h"

namespace welfare::importing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// `field REASON` of each violation.
std::vector<std::string> FaultsOf(const absl::Status& checked) {
  if (checked.ok()) return {};
  EXPECT_STATUS(checked, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  std::vector<std::string> faults;
  const auto details = base::GetErrorDetails(checked);
  for (const base::Violation& violation : details->violations) {
    EXPECT_FALSE(violation.description.empty());
    EXPECT_FALSE(violation.description_ja.empty());
    faults.push_back(violation.field + " " + violation.reason);
  }
  return faults;
}

std::vector<std::string> Faults(const CsvText& text) {
  return FaultsOf(CheckCsvText("batch", text).status());
}

TEST(CsvText, StandsInOneForm) {
  const auto faults = [](std::string_view csv, std::string_view bytes) {
    return FaultsOf(CheckCsvBytes("batch", csv, bytes));
  };
  EXPECT_THAT(faults("a\n", ""), IsEmpty());
  EXPECT_THAT(faults("", "市\n"), IsEmpty());
  EXPECT_THAT(faults("", ""), IsEmpty());
  EXPECT_THAT(faults("a\n", "a\n"), ElementsAre("batch.csv_bytes CSV_TWICE"));
  EXPECT_THAT(faults("", "a\n\x83\n"),
              ElementsAre("batch.csv_bytes CSV_NOT_UTF8"));
}

TEST(CsvText, LinesCountFromOne) {
  EXPECT_THAT(Faults({.csv = "a\n", .first_line = 0}), IsEmpty());
  EXPECT_THAT(Faults({.csv = "a\n", .first_line = -1}),
              ElementsAre("batch.first_line LINE_NEGATIVE"));
}

TEST(CsvText, AFileHasANameThatALineCanHold) {
  const auto named = [](const std::string& name) {
    return Faults({.csv = "", .source_file = name});
  };
  EXPECT_THAT(named(std::string(kMostFileNameBytes, 'f')), IsEmpty());
  EXPECT_THAT(named("回答 2025/葛\U000E0100飾区 .csv"), IsEmpty());
  EXPECT_THAT(named(std::string(kMostFileNameBytes + 1, 'f')),
              ElementsAre("batch.source_file TEXT_TOO_LONG"));
  EXPECT_THAT(named("a\nb.csv"), ElementsAre("batch.source_file TEXT_INVALID"));
  EXPECT_THAT(named("\xFF.csv"), ElementsAre("batch.source_file TEXT_INVALID"));
}

}  // namespace
}  // namespace welfare::importing
