// The renderers, from a small model to bytes: structure, escaping, formulas,
// determinism and golden files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/report/files/template_reader.h"
#include "services/report/model/pages/model_builder.h"
#include "services/report/render/csv/csv_renderer.h"
#include "services/report/render/csv/zip_archive.h"
#include "services/report/render/html/html_renderer.h"
#include "services/report/render/json/json_stat_renderer.h"
#include "services/report/snapshot/canonical.h"
#include "services/text/encoding.h"
#include "tests/report/archive_files.h"
#include "tests/report/render/equal_bytes.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using testing::Unzip;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

ReportModel Model(const Snapshot& snapshot) {
  const auto read = ReadTemplate("sample", SmallTemplateYaml());
  EXPECT_OK(read);
  return BuildReport(*read, snapshot, "0123456789abcdef");
}

std::string Html(const Snapshot& snapshot) {
  return *HtmlRenderer().Render(Model(snapshot));
}

// A table or the dictionary in UTF-8, no twin and no script.
bool IsTable(const std::string& name) {
  return name.ends_with(".csv") && name.find('/') == std::string::npos;
}

// Compares with the file in tests/report/golden, or writes it when
// WELFARE_UPDATE_GOLDEN is set.
void ExpectGolden(const std::string& name, const std::string& bytes) {
  const std::string path = "tests/report/golden/" + name;
  if (std::getenv("WELFARE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(std::string(std::getenv("WELFARE_SOURCE_DIR")) + "/" + path,
                  std::ios::binary)
        << bytes;
    return;
  }
  EXPECT_TRUE(ReadSource(path) == bytes)
      << path << " differs; look at the difference and refresh it with "
      << "WELFARE_UPDATE_GOLDEN=1.";
}

// Who reads it sees quotations, who computes with it a table.
TEST(Renderers, QuoteWhatWasWritten) {
  std::string yaml = SmallTemplateYaml();
  const std::string block = "      - texts: [ideas]\n";
  yaml.insert(yaml.find(block) + block.size(),
              "      - excerpts: [quote-1, quote-2]\n");
  const auto read = ReadTemplate("sample", yaml);
  ASSERT_OK(read);
  Snapshot snapshot = SmallSnapshot();
  snapshot.excerpts = {{.id = "quote-1",
                        .item = "ideas",
                        .category = "居場所",
                        .text = "地域<で>集まる",
                        .respondent = "区部の自治体"},
                       {.id = "quote-2",
                        .item = "ideas",
                        .category = "",
                        .text = "電話で話す",
                        .respondent = "社協"}};
  const ReportModel model = BuildReport(*read, snapshot, "0123456789abcdef");
  const std::string html = *HtmlRenderer().Render(model);
  EXPECT_THAT(html, HasSubstr("<h3>居場所</h3>\n<ul>\n<li><blockquote><p>地域&lt;"
                              "で&gt;集まる</p></blockquote>"
                              "<cite>区部の自治体</cite></li>\n</ul>"));
  EXPECT_THAT(html, HasSubstr("</ul>\n<ul>\n<li><blockquote><p>電話で話す"));
  EXPECT_THAT(html, Not(HasSubstr("自由記述からの表")));
  const auto files = Unzip(*CsvRenderer().Render(model));
  EXPECT_THAT(files.at("synthetic-p03_excerpts.csv"),
              HasSubstr("quote-1,居場所,地域<で>集まる,区部の自治体"));
}

TEST(ZipArchive, WhatTheLibraryRefusesIsNamed) {
  EXPECT_EQ(
      base::ReasonOf(MakeZipArchive({{"a.csv", "1"}, {"a.csv", "2"}}).status()),
      "RENDER_FAILED");
}

TEST(Golden, Html) { ExpectGolden("sample.html", Html(SmallSnapshot())); }

TEST(Golden, CsvFiles) {
  const auto files = Unzip(*CsvRenderer().Render(Model(SmallSnapshot())));
  std::string all;
  for (const auto& [name, text] : files) {
    if (IsTable(name)) all += "== " + name + "\n" + text;
  }
  ExpectGolden("sample-csv.txt", all);
}

TEST(HtmlRenderer, IsSelfContainedAndMarksSyntheticDataOnEveryPage) {
  const std::string html = Html(SmallSnapshot());
  EXPECT_THAT(html, StartsWith("<!DOCTYPE html>\n<html lang=\"ja\">"));
  for (const char* outside : {"<script", "<link", "<img", "src=", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(outside)));
  }
  const auto count = [&](std::string_view what) {
    int times = 0;
    for (std::size_t at = html.find(what); at != std::string::npos;
         at = html.find(what, at + 1)) {
      ++times;
    }
    return times;
  };
  EXPECT_EQ(count("<section class=\"page"),
            count("<span class=\"synthetic\">架空データ</span>"));
  // Every table and every sheet of paper as well.
  EXPECT_EQ(count("<table>"),
            count("<span class=\"made-up\">架空データ</span>"));
  EXPECT_EQ(count("<table>"), count("<caption>【架空データ】"));
  EXPECT_EQ(count("<svg "), count("\">【架空データ】"));
  EXPECT_THAT(html, HasSubstr("@top-right{content:\"架空データ\""));
  Snapshot real = SmallSnapshot();
  real.round.synthetic = false;
  real.previous_round->synthetic = false;
  EXPECT_THAT(Html(real), Not(HasSubstr("架空データ")));
  EXPECT_THAT(Html(real), Not(HasSubstr("@top-right")));
}

TEST(HtmlRenderer, MarksWhereOnlyLastYearIsSynthetic) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.round.synthetic = false;
  const std::string html = Html(snapshot);
  EXPECT_THAT(html, HasSubstr("<title>【前回は架空データ】"));
  EXPECT_THAT(html, HasSubstr("@top-right{content:\"前回は架空データ\""));
  EXPECT_THAT(html,
              HasSubstr("<span class=\"made-up\">前回は架空データ</span>"));
  EXPECT_THAT(html, HasSubstr(">令和6年度（架空）</th>"));
}

TEST(HtmlRenderer, UnderlinesNewcomersWithALegend) {
  const std::string html = Html(SmallSnapshot());
  EXPECT_THAT(html,
              HasSubstr("見本区、<u class=\"newcomer\">例示区</u>、試験市"));
  EXPECT_THAT(html, HasSubstr("その年度に新しく実施した自治体"));
}

TEST(HtmlRenderer, EscapesHostileText) {
  Snapshot snapshot = SmallSnapshot();
  const std::string hostile =
      "</title><script>alert('x')</script>\" onload=\"x\x01\xff";
  snapshot.round.purpose = hostile;
  snapshot.round.publisher = hostile;
  snapshot.values.at("plan").label = hostile;
  snapshot.values.at("plan").cells[0].label = hostile;
  snapshot.values.at("plan").population_label = hostile;
  snapshot.statements[0].label = hostile;
  snapshot.rosters[2].entries[0].name = hostile;
  const std::string html = Html(snapshot);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\" onload")));
  EXPECT_THAT(html, Not(HasSubstr("\x01")));
  EXPECT_THAT(html, Not(HasSubstr("\xff")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
}

TEST(CsvRenderer, WritesNumbersPlainAndNamesSymbols) {
  const auto files = Unzip(*CsvRenderer().Render(Model(SmallSnapshot())));
  ASSERT_TRUE(files.contains("synthetic-p03_plan.csv"));
  EXPECT_THAT(files.at("synthetic-p03_plan.csv"),
              HasSubstr("\r\np03_plan,1,FINAL,1,none,予定なし,0,0.0,0,0.0,\r\n"));
  EXPECT_THAT(
      files.at("synthetic-p03_supports.csv"),
      HasSubstr("\r\np03_supports,1,FINAL,1,NOT_COUNTED,カウントしていない,,1,,1,"
                "value=NOT_APPLICABLE previous_value=NOT_APPLICABLE"));
}

TEST(CsvRenderer, NamesALowerBoundBesideItsNumber) {
  const auto files = Unzip(*CsvRenderer().Render(Model(SmallSnapshot())));
  EXPECT_THAT(files.at("synthetic-p03_supports.csv"),
              HasSubstr("\r\np03_supports,1,FINAL,1,total,合計,14,2,14,1,"
                        "value=LOWER_BOUND previous_value=LOWER_BOUND\r\n"));
}

TEST(CsvRenderer, KeepsItsColumnsWhereNobodyGaveANumber) {
  Snapshot snapshot = SmallSnapshot();
  IndicatorValue& supports = snapshot.values.at("supports");
  snapshot.previous_values.erase("supports");
  supports.base = supports.answered = 0;
  supports.absences.clear();
  for (ValueCell& cell : supports.cells) {
    cell.base = cell.count = 0;
    cell.value.reset();
    cell.flags = {CellFlag::kUndefined};
  }
  const auto files = Unzip(*CsvRenderer().Render(Model(snapshot)));
  EXPECT_THAT(
      files.at("synthetic-p03_supports.csv"),
      StartsWith("figure,synthetic,edition,measure,measure_label,value,count,"
                 "symbols\r\n"
                 "p03_supports,1,FINAL,total,合計,,0,value=NOT_APPLICABLE\r\n"
                 "p03_supports,1,FINAL,max,最大,,0,value=NOT_APPLICABLE\r\n"));
}

TEST(CsvRenderer, SaysForEachYearWhetherItIsSynthetic) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.round.synthetic = false;
  const auto files = Unzip(*CsvRenderer().Render(Model(snapshot)));
  EXPECT_THAT(files.at("synthetic-p03_plan.csv"),
              HasSubstr("\r\np03_plan,0,FINAL,1,none,"));
  EXPECT_THAT(files.at("synthetic-p03_nobody.csv"),
              HasSubstr("\r\np03_nobody,0,FINAL,yes,"));
  EXPECT_THAT(files.at("synthetic-dictionary.csv"),
              HasSubstr(",notes,synthetic,previous_synthetic,numerator,"));
  snapshot.previous_round->synthetic = false;
  EXPECT_TRUE(
      Unzip(*CsvRenderer().Render(Model(snapshot))).contains("p03_plan.csv"));
}

TEST(CsvRenderer, NeutralisesFormulas) {
  const auto files = Unzip(*CsvRenderer().Render(Model(SmallSnapshot())));
  EXPECT_THAT(files.at("synthetic-p03_partners.csv"),
              HasSubstr(",'=不動産業者<大家>,"));
}

TEST(CsvRenderer, EveryTableHasATwinInCp932ThatDecodesToTheSameText) {
  const auto files = Unzip(*CsvRenderer().Render(Model(SmallSnapshot())));
  for (const auto& [name, text] : files) {
    if (!IsTable(name)) continue;
    ASSERT_TRUE(files.contains("cp932/" + name)) << name;
    const auto decoded = text::DecodeText(files.at("cp932/" + name),
                                          text::EncodingChoice::kCp932);
    ASSERT_OK(decoded);
    EXPECT_EQ(decoded->utf8, text) << name;
  }
}

TEST(CsvRenderer, WhatCp932DoesNotHaveLeavesTheTwinOut) {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.at("plan").cells[0].label = "𠮟る";
  const auto files = Unzip(*CsvRenderer().Render(Model(snapshot)));
  EXPECT_TRUE(files.contains("synthetic-p03_plan.csv"));
  EXPECT_FALSE(files.contains("cp932/synthetic-p03_plan.csv"));
  EXPECT_TRUE(files.contains("cp932/synthetic-p03_partners.csv"));
  EXPECT_THAT(files.at("synthetic-dictionary.csv"),
              HasSubstr(",count,,n,0\r\n"));
}

TEST(CsvRenderer, SaysOfWhatSharesAre) {
  const std::string dictionary =
      Unzip(*CsvRenderer().Render(Model(SmallSnapshot())))
          .at("synthetic-dictionary.csv");
  EXPECT_THAT(dictionary, HasSubstr(",previous_count,,n,1\r\n"));
  EXPECT_THAT(dictionary, HasSubstr(",received,expected,,1\r\n"));
  EXPECT_THAT(dictionary, HasSubstr(",implementing,municipalities,,1\r\n"));
}

TEST(CsvRenderer, DescribesEveryColumnOfEveryFile) {
  const auto files = Unzip(*CsvRenderer().Render(Model(SmallSnapshot())));
  const std::string& dictionary = files.at("synthetic-dictionary.csv");
  for (const auto& [name, text] : files) {
    if (name == "synthetic-dictionary.csv" || !IsTable(name)) continue;
    std::string header = text.substr(0, text.find("\r\n")) + ",";
    while (!header.empty()) {
      const std::string column = header.substr(0, header.find(','));
      EXPECT_THAT(dictionary, HasSubstr("\r\n" + name + ",")) << name;
      EXPECT_THAT(dictionary, HasSubstr("," + column + ",")) << column;
      header.erase(0, column.size() + 1);
    }
  }
}

TEST(Renderers, GiveEqualBytesOnEveryThreadAndInEveryTimeZone) {
  const auto make = [] { return Model(SmallSnapshot()); };
  testing::ExpectEqualBytes(HtmlRenderer(), make);
  testing::ExpectEqualBytes(CsvRenderer(), make);
  testing::ExpectEqualBytes(JsonStatRenderer(), make);
}

TEST(Renderers, GiveEqualBytesInAnyOrder) {
  const Snapshot a = SmallSnapshot();
  Snapshot b = SmallSnapshot();
  std::reverse(b.rosters.begin(), b.rosters.end());
  std::reverse(b.statements.begin(), b.statements.end());
  std::reverse(b.progress.begin(), b.progress.end());
  for (Roster& roster : b.rosters) {
    std::reverse(roster.entries.begin(), roster.entries.end());
  }
  for (auto& [id, value] : b.values) {
    std::reverse(value.absences.begin(), value.absences.end());
  }
  b.provenance = {99, 98, 97};
  SortSnapshot(b);
  EXPECT_EQ(Html(a), Html(b));
}

}  // namespace
}  // namespace welfare::report
