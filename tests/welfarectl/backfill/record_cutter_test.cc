// Files of more than one piece are cut as if they were read as a whole.
#include "tools/welfarectl/backfill/record_cutter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kHeader[] =
    "survey,fiscal_year,municipality_code,respondent_kind,item_id,value\n";

class Cutting : public ::testing::Test {
 protected:
  std::string Write(const std::string& bytes) {
    const std::string path = (folder_.path() / "a.csv").string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  // All batches, or the reason why not.
  std::vector<RecordBatch> Cut(
      const std::string& bytes, int max,
      text::EncodingChoice choice = text::EncodingChoice::kAuto) {
    reason_.clear();
    std::vector<RecordBatch> batches;
    auto source = TextSource::Open(Write(bytes), choice);
    EXPECT_OK(source);
    auto cutter = RecordCutter::Open(*source, max, 6);
    if (!cutter.ok()) reason_ = base::ReasonOf(cutter.status());
    while (cutter.ok()) {
      auto batch = cutter->Next();
      if (!batch.ok()) reason_ = base::ReasonOf(batch.status());
      if (!batch.ok() || !batch->has_value()) break;
      batches.push_back(**std::move(batch));
    }
    return batches;
  }

  static std::string Row(const std::string& year, const std::string& code,
                         const std::string& value = "1") {
    return "jusou," + year + "," + code + ",municipality,visits," + value +
           "\n";
  }

  support::TempDir folder_;
  std::string reason_;
};

TEST_F(Cutting, RecordsOverTheEndsOfPiecesAreWholeAndOnTheirLines) {
  std::string text = kHeader;
  std::vector<std::int64_t> lines;
  std::int64_t line = 2;
  for (int i = 0; text.size() < 2 * TextSource::kPiece + 1'000; ++i) {
    std::string code = std::to_string(i);
    code.insert(0, 6 - code.size(), '0');
    if (i % 7 == 0) {
      text += "\n";
      ++line;
    }
    lines.push_back(line);
    text += Row("2025", code, "\"" + std::string(200, 'x') + "\r\n二行目\"");
    line += 2;
  }
  std::vector<std::int64_t> found;
  std::int64_t number = 0;
  for (const RecordBatch& batch : Cut(text, 1'000)) {
    EXPECT_EQ(batch.number, number++);
    EXPECT_LE(batch.csv.size(), RecordCutter::kMostBytes);
    EXPECT_THAT(batch.broken, IsEmpty());
    for (const RecordBatch::Record& record : batch.records) {
      found.push_back(record.line);
      EXPECT_TRUE(batch.raw(record).ends_with("二行目\""));
    }
  }
  EXPECT_EQ(found, lines);
  EXPECT_EQ(reason_, "");
}

// Records of one key are read by how they begin; what is odd about one shows
// all the same, and with a quote in front they are read cell by cell.
TEST_F(Cutting, RecordsOfOneKeyAreReadAsAnyOthers) {
  const std::string key = "jusou,2025,131016,municipality,";
  const std::string text =
      key + "a,1\n" + key + "b,2\r\n\n\r\n" + key + "\"c\",\"3\n4\"\n" + key +
      "d,5\"x\n" + key + "e,6\n" + key + "f,7\rx\n" + key + "g,8\n,,,,,\n" +
      "jusou,2025,131024,municipality,a,1\n" + "jusou,2025,131032,mu\n" +
      "jusou,2025,131041,municipality,z,9";
  using Line = std::tuple<std::int64_t, std::string, std::string>;
  const auto all = [&](const std::string& rows, std::size_t quotes) {
    std::vector<Line> lines;
    for (const RecordBatch& batch : Cut(kHeader + rows, 100)) {
      for (const RecordBatch::Record& record : batch.records) {
        lines.emplace_back(record.line,
                           std::string(batch.raw(record)).substr(0, 200),
                           batch.round);
      }
      for (const BrokenRecord& broken : batch.broken) {
        lines.emplace_back(broken.line, broken.reason, broken.raw);
      }
    }
    for (auto& [line, raw, round] : lines) {
      for (std::string* cell : {&raw, &round}) {
        for (std::size_t at = 0; quotes > 0 && at != std::string::npos;) {
          at = cell->find("\"jusou\"");
          if (at != std::string::npos) cell->replace(at, 7, "jusou");
        }
      }
    }
    return lines;
  };
  std::string quoted = text;
  for (std::size_t at = 0; (at = quoted.find("jusou", at)) != std::string::npos;
       at += 7) {
    quoted.replace(at, 5, "\"jusou\"");
  }
  const std::vector<Line> lines = all(text, 0);
  EXPECT_THAT(lines, SizeIs(10));
  EXPECT_EQ(lines, all(quoted, 1));
}

TEST_F(Cutting, ABatchIsOfOneRoundAndOfWholeRespondents) {
  const auto batches =
      Cut(kHeader + Row("2024", "131016") + Row("令和6", "１３１０１７") +
              Row("2024", "131024") + Row("2025", "131016"),
          1);
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_THAT(batches[0].records, SizeIs(2));
  EXPECT_EQ(batches[0].round, "surveys/jusou/rounds/2024");
  EXPECT_EQ(batches[2].round, "surveys/jusou/rounds/2025");
  EXPECT_TRUE(batches[2].last);
  EXPECT_TRUE(batches[0].stands_together());
}

TEST_F(Cutting, AQuoteThatIsNeverClosedBreaksItsLineAlone) {
  std::string text = kHeader + Row("2025", "131016", "\"1");
  for (int i = 0; text.size() < 2 * TextSource::kPiece; ++i) {
    text += Row("2025", std::to_string(100'000 + 10 * i));
  }
  const auto batches = Cut(text, 200'000);
  ASSERT_FALSE(batches.empty());
  ASSERT_THAT(batches[0].broken, SizeIs(1));
  EXPECT_EQ(batches[0].broken[0].line, 2);
  EXPECT_EQ(batches[0].broken[0].reason, "CSV_UNTERMINATED_QUOTE");
  EXPECT_EQ(batches[0].records.at(0).line, 3);
}

TEST_F(Cutting, BytesThatAreNoTextBreakTheirRecordWhereTheEncodingIsSaid) {
  const std::string text =
      kHeader + Row("2025", "131016", "\xFF") + Row("2025", "131024", "二");
  const auto batches = Cut(text, 10, text::EncodingChoice::kUtf8);
  ASSERT_THAT(batches, SizeIs(1));
  ASSERT_THAT(batches[0].broken, SizeIs(1));
  EXPECT_EQ(batches[0].broken[0].reason, "BYTES_ILLEGAL");
  EXPECT_THAT(batches[0].records, SizeIs(1));
}

TEST_F(Cutting, Cp932IsReadPieceByPiece) {
  std::string text = kHeader;
  std::size_t written = 0;
  for (; text.size() < TextSource::kPiece + 1'000; ++written) {
    // 二次, and a letter whose second byte is a backslash.
    std::string value;
    for (int i = 0; i < 20; ++i) value += "\x93\xF1\x8E\x9F\x95\x5C";
    text += Row("2025", std::to_string(100'000 + written * 10), value);
  }
  std::size_t records = 0;
  for (const RecordBatch& batch : Cut(text, 10'000)) {
    records += batch.records.size();
    EXPECT_NE(batch.csv.find("二次表"), std::string::npos);
  }
  EXPECT_EQ(records, written);
  EXPECT_EQ(reason_, "");
}

TEST_F(Cutting, ARespondentWhoComesBackInALaterBatchIsRefused) {
  Cut(kHeader + Row("2025", "131016") + Row("2025", "131024") +
          Row("2025", "131016"),
      1);
  EXPECT_EQ(reason_, "RESPONDENT_APART");
}

TEST_F(Cutting, SortedRecordsStandTogetherOnTheLinesOfTheirFile) {
  auto source = TextSource::Open(
      Write(kHeader + Row("2025", "131024") + Row("2024", "131016") + "\"x\n" +
            Row("2025", "131016", "2") + Row("2024", "131016", "3")),
      text::EncodingChoice::kAuto);
  ASSERT_OK(source);
  auto cutter = RecordCutter::Open(*source, 10, 6);
  ASSERT_OK(cutter);
  ASSERT_OK(cutter->Sort());
  const auto first = cutter->Next();
  ASSERT_OK(first);
  ASSERT_TRUE(first->has_value());
  ASSERT_THAT((*first)->broken, SizeIs(1));
  EXPECT_EQ((*first)->broken[0].line, 4);
  ASSERT_THAT((*first)->records, SizeIs(2));
  EXPECT_EQ((*first)->records[0].line, 3);
  EXPECT_EQ((*first)->records[1].line, 6);
  EXPECT_FALSE((*first)->stands_together());
  const auto second = cutter->Next();
  ASSERT_OK(second);
  ASSERT_THAT((*second)->records, SizeIs(2));
  EXPECT_EQ((*second)->records[0].line, 5);
  EXPECT_EQ((*second)->records[1].line, 2);
}

constexpr char kMembers[] =
    R"({"survey":"jusou","fiscal_year":2025,"municipality_code":"131016",)"
    R"("respondent_kind":"municipality","item_id":"visits","value":)";

TEST_F(Cutting, ObjectsOnLinesAreRecordsOnTheirLines) {
  const auto batches = Cut(
      std::string("\xEF\xBB\xBF\n") + kMembers + "12345678901234567890}\r\n" +
          kMembers + "1.50}\n" + kMembers + "null}\n\n" + kMembers +
          R"(["b","a",3]})" + "\n" + kMembers + R"("二行\n\"目\""})" + "\n" +
          R"({"value":"","survey":"jusou","fiscal_year":"令和7",)"
          R"("municipality_code":"131016","item_id":"visits",)"
          R"("respondent_kind":"municipality"})",
      100);
  EXPECT_EQ(reason_, "");
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_THAT(batches[0].broken, IsEmpty());
  EXPECT_EQ(batches[0].round, "surveys/jusou/rounds/2025");
  EXPECT_TRUE(batches[0].csv.starts_with(kHeader));
  const std::string key = "jusou,2025,131016,municipality,visits,";
  std::vector<std::pair<std::int64_t, std::string>> found;
  for (const RecordBatch::Record& record : batches[0].records) {
    found.emplace_back(record.line, batches[0].raw(record));
  }
  using Found = std::pair<std::int64_t, std::string>;
  EXPECT_THAT(found,
              ElementsAre(Found(2, key + "12345678901234567890"),
                          Found(3, key + "1.50"), Found(4, key),
                          Found(6, key + "b a 3"),
                          Found(7, key + "\"二行\n\"\"目\"\"\""),
                          Found(8, "jusou,令和7,131016,municipality,visits,")));
}

TEST_F(Cutting, WhatNoCellCanSayIsRefusedAlone) {
  std::string text = std::string(kMembers) + "1}\n";
  for (const char* value :
       {"true}", R"({"a":1}})", R"([["a"]]})", R"(["a b"]})", R"([""]})",
        R"([null]})", R"("a\u0000b"})", "1,\"value\":2}", "1,\"more\":2}", "1",
        "1} {}", "\"\xFF\"}"}) {
    text += std::string(kMembers) + value + "\n";
  }
  text += "[1]\n7\n{}\n" + std::string(kMembers) + "2}\n";
  const auto batches = Cut(text, 100, text::EncodingChoice::kUtf8);
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_THAT(batches[0].records, SizeIs(2));
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < batches[0].broken.size(); ++i) {
    reasons.push_back(batches[0].broken[i].reason);
    EXPECT_EQ(batches[0].broken[i].line, static_cast<std::int64_t>(i) + 2);
  }
  EXPECT_THAT(
      reasons,
      ElementsAre("JSON_VALUE", "JSON_VALUE", "JSON_VALUE", "JSON_VALUE",
                  "JSON_VALUE", "JSON_VALUE", "JSON_VALUE", "JSON_RECORD",
                  "JSON_MEMBERS", "JSON_RECORD", "JSON_RECORD", "BYTES_ILLEGAL",
                  "JSON_RECORD", "JSON_RECORD", "JSON_MEMBERS"));
}

TEST_F(Cutting, AFileWhoseFirstObjectIsNoneIsNotRead) {
  EXPECT_THAT(Cut("{\"item_id\":\n1}\n", 1), IsEmpty());
  EXPECT_EQ(reason_, "JSON_RECORD");
  EXPECT_THAT(Cut("{\"a\":1}\n", 1), IsEmpty());
  EXPECT_EQ(reason_, "BACKFILL_KIND");
  std::string many = "{";
  for (int i = 0; i < 201; ++i) many += "\"item" + std::to_string(i) + "\":1,";
  many.back() = '}';
  EXPECT_THAT(Cut(many, 1), IsEmpty());
  EXPECT_EQ(reason_, "JSON_RECORD");
}

TEST_F(Cutting, AFileWithoutLineEndsIsNotHeldInMemory) {
  EXPECT_THAT(Cut(kHeader + std::string(21 << 20, 'x'), 1), IsEmpty());
  EXPECT_EQ(reason_, "LINE_TOO_LONG");
}

TEST(RecordSorter, OrdersMoreThanItHoldsAtOnce) {
  RecordSorter sorter(1'000);
  for (int i = 0; i < 500; ++i) {
    ASSERT_OK(
        sorter.Add({.round = std::to_string(i % 3),
                    .respondent = std::to_string(i * 7 % 11),
                    .line = 1'000 - i,
                    .raw = std::string(static_cast<std::size_t>(i), 'x')}));
  }
  ASSERT_OK(sorter.Finish());
  int count = 0;
  std::optional<KeyedRow> before;
  while (true) {
    auto row = sorter.Next();
    ASSERT_OK(row);
    if (!row->has_value()) break;
    if (before) {
      EXPECT_LT(std::tie(before->round, before->respondent, before->line),
                std::tie((*row)->round, (*row)->respondent, (*row)->line));
    }
    EXPECT_EQ((*row)->raw.size(),
              static_cast<std::size_t>(1'000 - (*row)->line));
    before = **std::move(row);
    ++count;
  }
  EXPECT_EQ(count, 500);
}

TEST_F(Cutting, Utf16IsReadAsAWholeUpToASize) {
  std::string text = "\xFF\xFE";
  for (const char c : kHeader + Row("2025", "131016")) {
    text += c;
    text += '\0';
  }
  ASSERT_THAT(Cut(text, 10), SizeIs(1));
  const std::string path = Write("\xFF\xFE");
  // Sparse: it takes no room.
  std::filesystem::resize_file(path, TextSource::kMostUtf16 + 2);
  auto source = TextSource::Open(path, text::EncodingChoice::kAuto);
  ASSERT_OK(source);
  EXPECT_EQ(base::ReasonOf(RecordCutter::Open(*source, 1, 6).status()),
            "UTF16_TOO_LARGE");
}

TEST_F(Cutting, WhatCannotBeReadIsSaid) {
  Cut("", 1);
  EXPECT_EQ(reason_, "CSV_EMPTY");
  Cut("a,b\n", 1);
  EXPECT_EQ(reason_, "BACKFILL_KIND");
  EXPECT_EQ(base::ReasonOf(TextSource::Open((folder_.path() / "none").string(),
                                            text::EncodingChoice::kAuto)
                               .status()),
            "FILE_UNREADABLE");
  const auto batches = Cut(kHeader, 1);
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_TRUE(batches[0].last);
}

}  // namespace
}  // namespace welfare::ctl
