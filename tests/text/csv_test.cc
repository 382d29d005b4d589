#include "services/text/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"

namespace welfare::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(CsvReader, ReadsQuotesNewlinesAndBothLineEnds) {
  const auto records =
      ReadCsv("code,name\r\n131016,\"千代田区\"\n\"a\"\"b\",\"x\r\ny\"\n,0\n");
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_THAT(*records, SizeIs(4));
  EXPECT_THAT((*records)[0].cells, ElementsAre("code", "name"));
  EXPECT_THAT((*records)[1].cells, ElementsAre("131016", "千代田区"));
  EXPECT_THAT((*records)[2].cells, ElementsAre("a\"b", "x\r\ny"));
  EXPECT_THAT((*records)[3].cells, ElementsAre("", "0"));
  EXPECT_EQ((*records)[1].raw, "131016,\"千代田区\"");
  EXPECT_EQ((*records)[2].raw, "\"a\"\"b\",\"x\r\ny\"");
  EXPECT_EQ((*records)[2].line, 3U);
  EXPECT_EQ((*records)[3].line, 5U);
}

TEST(CsvReader, SkipsBlankLinesAndNeedsNoLastLineEnd) {
  const auto records = ReadCsv("\n\r\na\n\n\nb");
  ASSERT_TRUE(records.ok());
  ASSERT_THAT(*records, SizeIs(2));
  EXPECT_EQ((*records)[0].line, 3U);
  EXPECT_EQ((*records)[1].line, 6U);
  EXPECT_THAT(*ReadCsv(""), IsEmpty());
  EXPECT_THAT(*ReadCsv("\n"), IsEmpty());
}

TEST(CsvReader, SkipsRecordsOfBlankCells) {
  const auto records = ReadCsv("a,b\n,\n ,\u3000\n\"\",\u200B\n\"\n\",\nc,\n");
  ASSERT_TRUE(records.ok());
  ASSERT_THAT(*records, SizeIs(2));
  EXPECT_THAT((*records)[1].cells, ElementsAre("c", ""));
  EXPECT_EQ((*records)[1].line, 7U);
}

TEST(CsvReader, CountsPhysicalLinesFromTheGivenOne) {
  CsvReader reader("a\n\"b\nc\"\nd\n", 101);
  EXPECT_EQ((*reader.Next())->line, 101U);
  EXPECT_EQ((*reader.Next())->line, 102U);
  EXPECT_EQ((*reader.Next())->line, 104U);
  EXPECT_FALSE((*reader.Next()).has_value());
}

TEST(CsvReader, SaysOnWhichLineEachCellBegins) {
  CsvReader reader("a,\"b\nc\",d,\"e\n\nf\",g\n", 5);
  const auto record = reader.Next();
  ASSERT_TRUE(record.ok() && record->has_value());
  EXPECT_EQ((*record)->line, 5U);
  EXPECT_THAT((*record)->cell_lines, ElementsAre(5U, 5U, 6U, 6U, 8U));
}

TEST(CsvReader, ReadsPlainLinesOfOneBeginning) {
  CsvReader reader("k,a,1\nk,b,2\r\nk,c\nk,\"d\",3\nk,e,4\r5\n\nk,f,6");
  std::string raws;
  CsvRecord record;
  for (bool more = true; more;) {
    if (reader.NextPlain("k,", 1)) {
      raws += std::to_string(reader.last_line()) + " " +
              std::string(reader.last_raw()) + "|";
      continue;
    }
    const auto found = reader.Next(record);
    raws += found.ok() && *found ? "-|" : "";
    more = !found.ok() || *found;
  }
  EXPECT_EQ(raws, "1 k,a,1|2 k,b,2|-|-|-|");
  EXPECT_FALSE(CsvReader("").NextPlain("k,", 1));
  EXPECT_FALSE(CsvReader("k,").NextPlain("k,", 0));
  EXPECT_TRUE(CsvReader("k,\n").NextPlain("k,", 0));
}

TEST(SwallowedRecord, IsFoundInTheCellWhoseQuoteTookIt) {
  const auto records = ReadCsv(
      "s,2025,a,\"text\n"
      "\"\"s\"\",2025,b,text\"\n"
      "s,2025,c,\"two\nlines, with commas\"\n");
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_THAT(*records, SizeIs(2));
  const auto is_record = [](std::string_view line) {
    const auto cells = SplitLine(line);
    return cells.size() > 1 && cells[0] == "s" && cells[1] == "2025";
  };
  EXPECT_EQ(FindSwallowedRecord((*records)[0], is_record), 3U);
  EXPECT_EQ(FindSwallowedRecord((*records)[1], is_record), std::nullopt);
}

struct FaultCase {
  std::string_view text;
  std::string_view reason;
  std::string_view line;
};

TEST(CsvReader, RefusesWhatItWouldHaveToGuess) {
  for (const FaultCase& row : {
           FaultCase{"a\nb,\"c\nd\n", "CSV_UNTERMINATED_QUOTE", "2"},
           {"a\nb\"c\n", "CSV_STRAY_QUOTE", "2"},
           {"\"a\"b\n", "CSV_STRAY_QUOTE", "1"},
           {"\"a\nb\" \n", "CSV_STRAY_QUOTE", "2"},
           {std::string_view("a\0b\n", 4), "CSV_NUL", "1"},
           {"a\rb\n", "CSV_STRAY_CR", "1"},
       }) {
    const auto records = ReadCsv(row.text);
    ASSERT_FALSE(records.ok()) << row.text;
    EXPECT_EQ(base::ReasonOf(records.status()), row.reason) << row.text;
    EXPECT_EQ(base::GetErrorDetails(records.status())->metadata["line"],
              row.line)
        << row.text;
  }
}

TEST(CsvReader, GoesOnAfterAFault) {
  CsvReader reader("a\nb\"c\nd\n\"e\nf\n");
  EXPECT_THAT((*reader.Next())->cells, ElementsAre("a"));
  EXPECT_FALSE(reader.Next().ok());
  EXPECT_EQ(reader.last_raw(), "b\"c");
  EXPECT_EQ(reader.last_line(), 2U);
  EXPECT_EQ((*reader.Next())->line, 3U);
  EXPECT_FALSE(reader.Next().ok());
  EXPECT_EQ(reader.last_raw(), "\"e");
  const auto last = reader.Next();
  EXPECT_THAT((*last)->cells, ElementsAre("f"));
  EXPECT_EQ((*last)->line, 5U);
}

constexpr std::array<std::string_view, 2> kRequired = {"code", "name"};
constexpr std::array<std::string_view, 1> kOptional = {"kana"};

TEST(CsvHeader, FindsColumnsInAnyOrder) {
  const auto records = ReadCsv("name,kana,code\nx,y,z\n");
  const auto header = CsvHeader::Make((*records)[0], kRequired, kOptional);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->size(), 3U);
  EXPECT_EQ(header->required((*records)[1], 0), "z");
  EXPECT_EQ(header->required((*records)[1], 1), "x");
  EXPECT_EQ(header->optional((*records)[1], 0), "y");
}

TEST(CsvHeader, KnowsWhenAnOptionalColumnIsAbsent) {
  const auto records = ReadCsv("code,name\n1,2\n");
  const auto header = CsvHeader::Make((*records)[0], kRequired, kOptional);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->optional((*records)[1], 0), std::nullopt);
}

TEST(CsvHeader, ReportsAllWrongColumnsAtOnce) {
  const auto records = ReadCsv("code,code,colour\n");
  const auto header = CsvHeader::Make((*records)[0], kRequired, kOptional);
  ASSERT_FALSE(header.ok());
  std::vector<std::pair<std::string, std::string>> given;
  const auto details = base::GetErrorDetails(header.status());
  for (const auto& violation : details->violations) {
    given.emplace_back(violation.field, violation.reason);
  }
  EXPECT_THAT(given, ElementsAre(std::pair("name", "COLUMN_MISSING"),
                                 std::pair("code", "COLUMN_REPEATED"),
                                 std::pair("colour", "COLUMN_UNKNOWN")));
  EXPECT_TRUE(
      CsvHeader::Make(*&(*ReadCsv("name,code,colour"))[0], kRequired, {}, true)
          .ok());
}

// The violations of a header line, as `field reason`.
std::vector<std::string> FaultsOf(std::string_view line) {
  const auto records = ReadCsv(line);
  const auto header = CsvHeader::Make((*records)[0], kRequired, kOptional);
  std::vector<std::string> faults;
  if (header.ok()) return faults;
  const auto details = base::GetErrorDetails(header.status());
  for (const auto& one : details->violations) {
    faults.push_back(one.field + " " + one.reason);
  }
  return faults;
}

TEST(CsvHeader, FindsColumnsWhateverTheWidthAndTheBlanksAround) {
  const auto records = ReadCsv("\uFEFF code ,ｎａｍｅ\n");
  const auto header = CsvHeader::Make((*records)[0], kRequired, kOptional);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->index(1), 1U);
}

TEST(CsvHeader, SaysOnceThatCapitalLettersAreWrong) {
  EXPECT_THAT(FaultsOf("Code,name\n"), ElementsAre("Code COLUMN_UNKNOWN"));
}

TEST(CsvHeader, ShowsWhatCannotBeSeenInAName) {
  EXPECT_THAT(FaultsOf("code,name,co\u200Blour\n"),
              ElementsAre("co<U+200B>lour COLUMN_UNKNOWN"));
}

TEST(CsvHeader, SaysOnceThatTheSeparatorIsAnother) {
  EXPECT_THAT(FaultsOf("code\tname\tkana\n"),
              ElementsAre("header CSV_SEPARATOR"));
  EXPECT_THAT(FaultsOf("code;name\n"), ElementsAre("header CSV_SEPARATOR"));
}

TEST(CsvHeader, TakesBlankCellsForNoColumns) {
  EXPECT_THAT(FaultsOf("code,name,,, \n"), IsEmpty());
  EXPECT_THAT(FaultsOf("code,,name\n"), IsEmpty());
}

TEST(CsvHeader, FitsRecordsThatEndInBlankCells) {
  const auto records = ReadCsv("code,name,,\na,b,,\na,b\na,b,,x\na\n");
  const auto header = CsvHeader::Make((*records)[0], kRequired);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->size(), 2U);
  std::vector<bool> fits;
  for (std::size_t i = 1; i < records->size(); ++i) {
    CsvRecord record = (*records)[i];
    fits.push_back(header->Fit(record));
  }
  EXPECT_THAT(fits, ElementsAre(true, true, false, false));
}

TEST(CsvHeader, FindsACellThatStandsUnderNoName) {
  const auto records = ReadCsv("code,,name\na,,b\na,x,b\n");
  const auto header = CsvHeader::Make((*records)[0], kRequired);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->FindUnnamed((*records)[1]), std::nullopt);
  EXPECT_EQ(header->FindUnnamed((*records)[2]), 1U);
}

std::string Written(std::vector<std::string> cells,
                    const CsvWriteOptions& options = {}) {
  std::string out;
  AppendCsvRecord(out, std::span<const std::string>(cells), options);
  return out;
}

TEST(CsvWriter, QuotesWhatNeedsIt) {
  EXPECT_EQ(Written({"a", "b c", ""}), "a,b c,\r\n");
  EXPECT_EQ(Written({"a,b", "c\"d", "e\nf", " g"}),
            "\"a,b\",\"c\"\"d\",\"e\nf\",\" g\"\r\n");
  EXPECT_EQ(Written({""}), "\"\"\r\n");
  EXPECT_EQ(Written({"a"}, {.line_end = "\n"}), "a\n");
}

TEST(CsvWriter, NeutralizesFormulasOnlyWhenAsked) {
  const std::vector<std::string> cells = {"=1+1",  "+81-3", "@x", "-5",
                                          "+3.25", "-",     "\tx"};
  EXPECT_EQ(Written(cells), "=1+1,+81-3,@x,-5,+3.25,-,\tx\r\n");
  EXPECT_EQ(Written(cells, {.neutralize_formulas = true}),
            "'=1+1,'+81-3,'@x,-5,+3.25,-,'\tx\r\n");
  // Full-width signs, and line ends and blanks before any sign.
  const std::vector<std::string> hidden = {
      "\uFF1D1+1", "\uFF0B1", "\uFF0D1",       "\uFF20x", "\n=1",
      "\r\n=1",    " =1",     "\u3000\uFF1D1", " -5",     "a=1"};
  EXPECT_EQ(Written(hidden, {.neutralize_formulas = true}),
            "'\uFF1D1+1,'\uFF0B1,'\uFF0D1,'\uFF20x,\"'\n=1\",\"'\r\n=1\","
            "\"' =1\",'\u3000\uFF1D1,\" -5\",a=1\r\n");
}

// Whoever reads such a file gets back what was written, whatever it was.
TEST(CsvWriter, WhatItGuardsIsRecovered) {
  const std::vector<std::string> cells = {
      "=1+1", "'=1+1", "''=1+1", "'", "''", "'a", "-5", "'-5", "-", "'-",
      "-要検討", "+", "@x", "\tx", " =1", "\uFF1D1", "", "a", "'\tx"};
  const auto read =
      ReadCsv(Written(cells, {.neutralize_formulas = true}));
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->front().cells.size(), cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& written = read->front().cells[i];
    EXPECT_EQ(WithoutGuard(written), cells[i]) << written;
    EXPECT_FALSE(written.starts_with("=") || written.starts_with("+") ||
                 written.starts_with("@"))
        << written;
  }
}

}  // namespace
}  // namespace welfare::text
