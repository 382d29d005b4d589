#include "tools/welfarectl/files/csv_batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/text/csv.h"
#include "services/text/encoding.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

const std::vector<KeyColumn> kKey = {{.name = "code"}, {.name = "kind"}};

// A key as batches carry it.
std::string Key(const std::string& code, const std::string& kind) {
  return code + "\x1f" + kind + "\x1f";
}

CsvFile FileOf(const std::string& text) {
  return {.name = "a.csv", .text = text, .header = {"code", "kind", "value"}};
}

std::vector<CsvBatch> Cut(const std::string& text,
                          const std::vector<KeyColumn>& key, int max) {
  auto batches = CutIntoBatches(FileOf(text), key, max);
  EXPECT_OK(batches);
  return batches.ok() ? *std::move(batches) : std::vector<CsvBatch>();
}

// A record and the physical line of the file it stands on.
struct Placed {
  std::size_t line;
  std::vector<std::string> cells;
  bool operator==(const Placed&) const = default;
};

std::vector<Placed> RecordsOf(const std::string& csv, std::size_t first_line) {
  std::vector<Placed> records;
  text::CsvReader reader(csv);
  EXPECT_OK(reader.Next());  // the header, on line 1 of a batch
  while (true) {
    const auto record = reader.Next();
    if (!record.ok() || !record->has_value()) break;
    records.push_back({(*record)->line - 2 + first_line, (*record)->cells});
  }
  return records;
}

TEST(CutIntoBatches, RepeatsTheHeaderAndCutsAtTheLimit) {
  const auto batches = Cut("code,kind,value\n1,m,a\n2,m,b\n3,m,c\n", {}, 2);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].csv, "code,kind,value\n1,m,a\n2,m,b\n");
  EXPECT_EQ(batches[0].first_line, 2);
  EXPECT_EQ(batches[0].records, 2);
  EXPECT_EQ(batches[1].csv, "code,kind,value\n3,m,c\n");
  EXPECT_EQ(batches[1].first_line, 4);
  EXPECT_EQ(batches[1].source_file, "a.csv");
}

TEST(CutIntoBatches, NeverCutsInsideAQuotedCell) {
  const auto batches =
      Cut("code,kind,value\n1,m,\"two\nlines\"\n2,m,b\n", {}, 1);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].csv, "code,kind,value\n1,m,\"two\nlines\"\n");
  EXPECT_EQ(batches[1].first_line, 4);
}

TEST(CutIntoBatches, KeepsRecordsOfOneKeyTogetherBeyondTheLimit) {
  const auto batches =
      Cut("code,kind,value\n1,m,a\n1,m,b\n1,m,c\n1,c,d\n1,c,e\n2,m,f\n2,m,g\n",
          kKey, 2);
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_EQ(batches[0].records, 3);
  EXPECT_THAT(batches[0].keys, ElementsAre(Key("1", "m")));
  EXPECT_THAT(batches[1].keys, ElementsAre(Key("1", "c")));
  EXPECT_THAT(batches[2].keys, ElementsAre(Key("2", "m")));
}

TEST(CutIntoBatches, CountsSpellingsOfOneKeyAsOne) {
  const auto batches =
      Cut("code,kind,value\n1,m,a\n１,m,b\n1, M ,c\n2,m,d\n2,m,e\n", kKey, 1);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].records, 3);
}

TEST(CutIntoBatches, KeepsRecordsTogetherThatDifferInWhatIsNotSignificant) {
  const auto batches =
      Cut("code,kind,value\n12,m,a\n13,m,b\n22,m,c\n22,m,d\n",
          {{.name = "code", .significant = 1}, {.name = "kind"}}, 1);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].records, 2);
}

TEST(CutIntoBatches, LeavesALoneRecordWithWhatStandsOnBothSides) {
  // The middle one may be a misspelt part of either.
  const auto batches =
      Cut("code,kind,value\n1,m,a\n1,m,b\n7,m,c\n2,m,d\n2,m,e\n3,m,f\n3,m,g\n",
          kKey, 3);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].records, 5);
}

TEST(CutIntoBatches, CutsLoneRecordsApartWhereTheyAreMany) {
  std::string text = "code,kind,value\n";
  for (int i = 0; i < 10; ++i) text += std::to_string(i) + ",m,a\n";
  const auto batches = Cut(text, kKey, 2);
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_EQ(batches[0].records, 4);
}

TEST(CutIntoBatches, KeepsSectionsApart) {
  const auto batches = CutIntoBatches(
      FileOf("code,kind,value\n1,m,a\n1,m,b\n2,m,c\n2,m,d\n3,m,e\n3,m,f\n"),
      kKey, 100, [](const std::string& key) { return key < "2" ? 0 : 1; });
  ASSERT_OK(batches);
  ASSERT_THAT(*batches, SizeIs(2));
  EXPECT_EQ(batches->front().records, 2);
}

TEST(CutIntoBatches, KeepsAKeyThatComesBackWithWhatLiesBetween) {
  const auto batches = Cut(
      "code,kind,value\n1,m,a\n2,m,b\n2,m,b\n1,m,c\n3,m,d\n3,m,e\n", kKey, 1);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].records, 4);
}

TEST(CutIntoBatches, RefusesAKeyThatComesBackTooFarBehind) {
  std::string text = "code,kind,value\n1,m,a\n";
  for (int i = 2; i < 6000; ++i) {
    text += std::to_string(i) + ",m," + std::string(1000, 'x') + "\n";
  }
  const auto batches = CutIntoBatches(FileOf(text + "1,m,c\n"), kKey, 100);
  EXPECT_STATUS(batches, absl::StatusCode::kInvalidArgument,
                "ROWS_NOT_TOGETHER");
  EXPECT_THAT(batches.status().message(), testing::HasSubstr("line 6001"));
}

TEST(CutIntoBatches, KeepsPhysicalLinesAcrossGaps) {
  // Blank lines between records, between keys and inside a key; CRLF; a
  // quoted line break.
  const std::string text =
      "code,kind,value\r\n\r\n1,m,a\r\n\n\n1,m,\"b\nb\"\r\n1,m,c\r\n\r\n"
      "2,m,d\r\n3,m,e\r\n";
  const auto expected = RecordsOf(text, 2);
  for (const auto& key : {std::vector<KeyColumn>(), kKey}) {
    for (const int max : {1, 2, 3, 100}) {
      std::vector<Placed> found;
      for (const CsvBatch& batch : Cut(text, key, max)) {
        const auto records =
            RecordsOf(batch.csv, static_cast<std::size_t>(batch.first_line));
        EXPECT_THAT(records, SizeIs(batch.records));
        found.insert(found.end(), records.begin(), records.end());
      }
      EXPECT_TRUE(found == expected) << "limit " << max;
    }
  }
}

TEST(CutIntoBatches, PassesAMalformedRecordOnWithItsNeighbours) {
  const auto batches =
      Cut("code,kind,value\n1,m,a\n1,m,b\"ad\n2,m,c\n2,m,d\n3,m,e\n3,m,f\n",
          kKey, 3);
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].csv,
            "code,kind,value\n1,m,a\n1,m,b\"ad\n2,m,c\n2,m,d\n");
  EXPECT_THAT(batches[1].keys, ElementsAre(Key("3", "m")));
}

TEST(CutIntoBatches, LeavesAMissingKeyColumnToTheService) {
  const CsvFile file{
      .name = "a.csv", .text = "colour\nred\nblue\n", .header = {"colour"}};
  const auto batches = CutIntoBatches(file, kKey, 100);
  ASSERT_OK(batches);
  ASSERT_THAT(*batches, SizeIs(1));
  EXPECT_EQ(batches->front().records, 2);
}

TEST(CutIntoBatches, OfAFileWithoutRecordsIsItsHeaderLine) {
  const auto batches = Cut("code,kind,value\n", kKey, 100);
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_EQ(batches[0].csv, "code,kind,value\n");
  EXPECT_EQ(batches[0].first_line, 2);
  EXPECT_EQ(batches[0].records, 0);
}

TEST(CutIntoBatches, StaysBelowTheMessageLimit) {
  std::string text = "code,kind,value\n";
  for (int i = 0; i < 6000; ++i) {
    text += std::to_string(i) + ",m," + std::string(1000, 'x') + "\n";
  }
  for (const CsvBatch& batch : Cut(text, kKey, 1000000)) {
    EXPECT_LT(batch.csv.size(), std::size_t{3} << 20);
  }
}

TEST(SelectRecords, TakesTheWantedKeysAndKeepsTheirLines) {
  const std::string text =
      "code,kind,value\n1,m,a\n1,C,\"b\nb\"\n\n2,m,c\n3,m,d\n";
  const CsvBatch batch =
      SelectRecords(FileOf(text), kKey, [](const std::string& key) {
        return key == Key("1", "c") || key == Key("3", "m");
      });
  EXPECT_EQ(batch.records, 2);
  EXPECT_EQ(batch.first_line, 3);
  const auto records =
      RecordsOf(batch.csv, static_cast<std::size_t>(batch.first_line));
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[0].line, 3U);
  EXPECT_EQ(records[1].line, 7U);
  EXPECT_THAT(records[1].cells, ElementsAre("3", "m", "d"));
}

TEST(SelectRecords, OfNoKeyIsEmpty) {
  const CsvBatch batch =
      SelectRecords(FileOf("code,kind,value\n1,m,a\n"), kKey,
                    [](const std::string&) { return false; });
  EXPECT_EQ(batch.records, 0);
  EXPECT_EQ(batch.csv, "");
}

TEST(ReadKeys, NamesFileAndLineOfARecordThatCannotBeRead) {
  const auto keys =
      ReadKeys(FileOf("code,kind,value\n1,m,a\n2,m,b\"ad\n"), kKey);
  EXPECT_STATUS(keys, absl::StatusCode::kInvalidArgument, "CSV_STRAY_QUOTE");
  EXPECT_THAT(keys.status().message(), testing::HasSubstr("a.csv line 3"));
}

TEST(RenameColumn, ChangesTheHeaderLineAndNothingElse) {
  CsvFile file{.name = "a.csv",
               .text = "\n\"code\",name\r\n13101,code\r\n",
               .header = {"code", "name"}};
  ASSERT_OK(RenameColumn(file, "code", "code5"));
  EXPECT_EQ(file.text, "\ncode5,name\r\n13101,code\r\n");
  EXPECT_THAT(file.header, ElementsAre("code5", "name"));
}

TEST(RenameColumn, LeavesAMissingColumnToTheService) {
  CsvFile file = FileOf("code,kind,value\n1,m,a\n");
  ASSERT_OK(RenameColumn(file, "colour", "colour5"));
  EXPECT_EQ(file.text, "code,kind,value\n1,m,a\n");
}

class ReadCsvFile : public testing::Test {
 protected:
  std::string Write(const std::string& bytes) {
    const std::string path = folder_.File("a.csv");
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  support::TempDir folder_;
};

TEST_F(ReadCsvFile, DecodesCp932AndUtf8WithAndWithoutMark) {
  const std::string text = "code,name\r\n131091,品川区〜①\r\n";
  const auto cp932 = text::EncodeCp932("code,name\r\n131091,品川区①\r\n");
  ASSERT_OK(cp932);
  const auto from_cp932 = ctl::ReadCsvFile(Write(*cp932));
  ASSERT_OK(from_cp932);
  EXPECT_EQ(from_cp932->text, "code,name\r\n131091,品川区①\r\n");
  for (const std::string& bytes : {text, "\xEF\xBB\xBF" + text}) {
    const auto file = ctl::ReadCsvFile(Write(bytes));
    ASSERT_OK(file);
    EXPECT_EQ(file->text, text);
    EXPECT_THAT(file->header, ElementsAre("code", "name"));
  }
}

TEST_F(ReadCsvFile, SaysWhatIsWrong) {
  EXPECT_STATUS(ctl::ReadCsvFile(folder_.File("none.csv")),
                absl::StatusCode::kNotFound, "FILE_UNREADABLE");
  EXPECT_STATUS(ctl::ReadCsvFile(folder_.path().string()),
                absl::StatusCode::kNotFound, "FILE_UNREADABLE");
  EXPECT_STATUS(ctl::ReadCsvFile(Write("")), absl::StatusCode::kInvalidArgument,
                "CSV_EMPTY");
  EXPECT_STATUS(ctl::ReadCsvFile(Write("code\n\xFF\xFF\n")),
                absl::StatusCode::kInvalidArgument, "ENCODING_UNKNOWN");
  EXPECT_STATUS(ctl::ReadCsvFile(Write("code\tname\n")),
                absl::StatusCode::kInvalidArgument, "CSV_SEPARATOR");
  EXPECT_STATUS(ctl::ReadCsvFile(Write("code,name\rx,y\r")),
                absl::StatusCode::kInvalidArgument, "CSV_STRAY_CR");
  EXPECT_STATUS(ctl::ReadCsvFile(Write("PK\x03\x04")),
                absl::StatusCode::kInvalidArgument, "FILE_FORMAT");
}

TEST_F(ReadCsvFile, NamesTheFileAndTheLineOfAFault) {
  const std::string path = Write("code\na\n\xFF\xFF\n");
  const absl::Status fault = ctl::ReadCsvFile(path).status();
  EXPECT_TRUE(base::MessageOf(fault).starts_with(path + " line 3: ")) << fault;
  EXPECT_TRUE(
      base::GetErrorDetails(fault)->message_ja.starts_with(path + " 3行目："));
}

TEST_F(ReadCsvFile, TakesTheEncodingThatIsNamed) {
  const std::string path = Write("code\n\xC5\xBC\n");
  EXPECT_STATUS(ctl::ReadCsvFile(path), absl::StatusCode::kInvalidArgument,
                "ENCODING_AMBIGUOUS");
  const auto file = ctl::ReadCsvFile(path, text::EncodingChoice::kCp932);
  ASSERT_OK(file);
  EXPECT_EQ(file->text, "code\nﾅｼ\n");
  EXPECT_EQ(file->encoding, text::Encoding::kCp932);
}

TEST_F(ReadCsvFile, KnowsColumnsWhateverTheirWidthAndTheBlanksAround) {
  const auto file = ctl::ReadCsvFile(Write("ｃｏｄｅ, name ,,\n"));
  ASSERT_OK(file);
  EXPECT_THAT(file->header, ElementsAre("code", "name"));
}

TEST(CutIntoBatches, KnowsAYearHoweverItIsWritten) {
  const std::vector<KeyColumn> key = {{.name = "code", .is_year = true}};
  const auto batches =
      Cut("code,kind,value\n2025,m,a\n令和7年度,m,b\n２０２５,m,c\n", key, 1);
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_THAT(batches[0].keys, ElementsAre("2025\x1f"));
}

}  // namespace
}  // namespace welfare::ctl
