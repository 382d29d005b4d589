#include "services/importing/table_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/importing/errors.h"
#include "tests/support/status_matchers.h"

namespace welfare::importing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<std::string_view, 2> kRequired = {"name", "note"};
constexpr std::array<std::string_view, 1> kOptional = {"operation"};
constexpr std::array<std::string_view, 2> kOneOf = {"code", "code5"};
constexpr TableFormat kFormat = {
    .required = kRequired, .optional = kOptional, .one_of = kOneOf};

// `field REASON` of each violation of a header line.
std::vector<std::string> HeaderFaults(const std::string& csv) {
  const auto table = TableReader::Open({.csv = csv}, "batch", kFormat);
  if (table.ok()) return {};
  EXPECT_STATUS(table, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  std::vector<std::string> faults;
  const auto details = base::GetErrorDetails(table.status());
  EXPECT_EQ(details->metadata.at("violations"),
            std::to_string(details->violations.size()));
  for (const base::Violation& violation : details->violations) {
    EXPECT_FALSE(violation.description_ja.empty()) << violation.reason;
    faults.push_back(violation.field + " " + violation.reason);
  }
  return faults;
}

TEST(TableReader, NamesEveryFaultOfAHeaderLine) {
  EXPECT_THAT(HeaderFaults(""), ElementsAre("batch CSV_HEADER"));
  EXPECT_THAT(HeaderFaults("name,note\n"), ElementsAre("batch SUBJECT_COLUMN"));
  EXPECT_THAT(HeaderFaults("code,code5,name,note\n"),
              ElementsAre("batch SUBJECT_COLUMN"));
  EXPECT_THAT(HeaderFaults("code,name,remark\n"),
              ElementsAre("batch: note COLUMN_MISSING",
                          "batch: remark COLUMN_UNKNOWN"));
  EXPECT_THAT(HeaderFaults("code,\"name,note\n"),
              ElementsAre("batch:1 CSV_UNTERMINATED_QUOTE"));
  EXPECT_THAT(HeaderFaults("code\tname\tnote\n"),
              Contains("batch: header CSV_SEPARATOR"));
}

TEST(TableReader, OfManyFaultsOfAHeaderTheFirstAreToldAndAllAreCounted) {
  std::string header = "code,name,note";
  for (int i = 0; i < 3'000; ++i) header += ",x" + std::to_string(i);
  const auto table = TableReader::Open({.csv = header}, "batch", kFormat);
  const auto details = base::GetErrorDetails(table.status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->violations.size(), CsvFaults::kMost);
  EXPECT_EQ(details->metadata.at("violations_total"), "3000");
}

struct Read {
  int number;
  std::size_t line;
  std::string what;  // the subject, or the reason

  friend bool operator==(const Read&, const Read&) = default;
};

std::vector<Read> ReadAll(const CsvText& text) {
  auto table = TableReader::Open(text, "batch", kFormat);
  EXPECT_OK(table);
  std::vector<Read> all;
  while (true) {
    auto next = table->Next();
    if (next.ok() && !next->has_value()) return all;
    std::string what = base::ReasonOf(next.status());
    if (next.ok()) {
      EXPECT_EQ((*next)->line, table->line());
      const auto fault = table->CheckCells(**next, "CELLS");
      what = fault ? fault->reason : std::string(table->Chosen(**next));
    }
    all.push_back({table->number(), table->line(), what});
  }
}

TEST(TableReader, NumbersRecordsAndNamesTheLinesOfTheFile) {
  const std::string csv =
      "note,code5,name\n"
      "\n"
      "\"two\nlines\",13101,a,,\n"
      ",,\n"
      "n,13102\n"
      "n,13\"103,b\n"
      "n,13104,c\n";
  EXPECT_THAT(ReadAll({.csv = csv}),
              ElementsAre(Read{1, 3, "13101"}, Read{2, 6, "CELLS"},
                          Read{3, 7, "CSV_STRAY_QUOTE"}, Read{4, 8, "13104"}));
  // The first record stood elsewhere in its file.
  EXPECT_THAT(
      ReadAll({.csv = csv, .first_line = 100}),
      ElementsAre(Read{1, 100, "13101"}, Read{2, 103, "CELLS"},
                  Read{3, 104, "CSV_STRAY_QUOTE"}, Read{4, 105, "13104"}));
  EXPECT_THAT(ReadAll({.csv = csv, .first_line = 1}),
              Contains(Read{4, 6, "13104"}));
}

TEST(TableReader, FindsCellsByColumn) {
  auto table = TableReader::Open(
      {.csv = "\uFEFFoperation,note,code,name\nset,n,131016,a\n"}, "batch",
      kFormat);
  ASSERT_OK(table);
  auto record = table->Next();
  ASSERT_OK(record);
  EXPECT_FALSE(table->CheckCells(**record).has_value());
  EXPECT_EQ(table->Required(**record, 0), "a");
  EXPECT_EQ(table->Optional(**record, 0), "set");
  EXPECT_EQ(table->chosen(), 0U);
  EXPECT_EQ(table->Chosen(**record), "131016");
}

TEST(TableReader, ACellWithoutAColumnIsNamedAsOne) {
  auto table = TableReader::Open({.csv = "code,,name,note\n1,x,a,n\n1,,a\n"},
                                 "batch", kFormat);
  ASSERT_OK(table);
  auto record = table->Next();
  const auto fault = table->CheckCells(**record);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->reason, "CSV_CELLS");
  EXPECT_THAT(fault->description, HasSubstr("without name"));
  record = table->Next();
  const auto short_one = table->CheckCells(**record);
  ASSERT_TRUE(short_one);
  EXPECT_EQ(short_one->description, "The record has 3 cells, the header 4.");
}

TEST(TableReader, LinesOfRecordsThatDoNotStandTogetherAreSaid) {
  constexpr std::array<std::int32_t, 3> kLines = {40, 7, 12};
  auto table = TableReader::Open({.csv = "code,name,note\n"
                                         "1,a,\"x\ny\"\n\n2,b,\n3,c,\n4,d,\n",
                                  .lines = kLines},
                                 "batch", kFormat);
  ASSERT_OK(table);
  std::vector<std::size_t> lines;
  while (true) {
    const auto record = table->Next();
    ASSERT_OK(record);
    if (!record->has_value()) break;
    EXPECT_EQ((*record)->line, table->line());
    lines.push_back(table->line());
  }
  // What no line is said of follows the last.
  EXPECT_THAT(lines, ElementsAre(40, 7, 12, 13));
}

}  // namespace
}  // namespace welfare::importing
