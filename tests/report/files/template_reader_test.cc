#include "services/report/files/template_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/report/sample_snapshot.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::report {
namespace {

using ::testing::Contains;
using ::testing::IsSupersetOf;

std::vector<std::string> ReasonsOf(const absl::Status& status) {
  std::vector<std::string> reasons;
  const auto details = base::GetErrorDetails(status);
  if (details.has_value()) {
    for (const base::Violation& violation : details->violations) {
      // Whoever writes a template reads either.
      EXPECT_FALSE(violation.description.empty()) << violation.reason;
      EXPECT_FALSE(violation.description_ja.empty()) << violation.reason;
      reasons.push_back(violation.reason);
    }
  }
  return reasons;
}

TEST(TemplateReader, ReadsPagesAndBlocks) {
  const auto read = ReadTemplate("sample", SmallTemplateYaml());
  ASSERT_OK(read);
  EXPECT_EQ(read->id, "sample");
  ASSERT_EQ(read->pages.size(), 3U);
  EXPECT_EQ(read->pages[2].blocks[2].indicators.size(), 6U);
  EXPECT_TRUE(read->pages[2].blocks[2].published_chart_lost);
  EXPECT_EQ(read->digest.size(), 64U);
}

TEST(TemplateReader, ReportsEveryFaultAtOnce) {
  const auto read = ReadTemplate("bad", R"yaml(template: bad
survey: jusou
program: jusou
first_roster_year: soon
title: 見本
colour: red
pages:
  - page: 1
    topic: 集計
    headline: "{plan.formulated.share}"
    blocks:
      - figure: plan
      - figure: plan
      - text: "{year} {nonsense} {other.yes}"
      - chart: pie
        list: []
  - page: 3
    headline: ""
    blocks: []
)yaml");
  EXPECT_STATUS(read, absl::StatusCode::kInvalidArgument, "TEMPLATE_INVALID");
  EXPECT_THAT(ReasonsOf(read.status()),
              IsSupersetOf({"FIELD_UNKNOWN", "FIELD_TYPE", "FIELD_TYPE",
                            "INDICATOR_REPEATED", "PLACEHOLDER_UNKNOWN",
                            "PLACEHOLDER_UNKNOWN", "PLACEHOLDER_WITHOUT_TABLE",
                            "LIST_EMPTY", "PAGE_NUMBER", "FIELD_MISSING",
                            "TEXT_EMPTY", "PAGE_EMPTY"}));
}

TEST(TemplateReader, RefusesAFigureInASentenceWithoutItsTable) {
  std::string yaml = SmallTemplateYaml();
  const std::string text = "      - preparing:\n";
  yaml.replace(yaml.find(text), text.size(), "      - text: \"{plan.n}\"\n");
  EXPECT_THAT(ReasonsOf(ReadTemplate("bad", yaml).status()),
              Contains("PLACEHOLDER_WITHOUT_TABLE"));
}

TEST(TemplateReader, ABlockIsOfOneKind) {
  std::string yaml = SmallTemplateYaml();
  const std::string text = "      - preparing:\n";
  yaml.replace(yaml.find(text), text.size(), "      - {text: x, areas: }\n");
  EXPECT_THAT(ReasonsOf(ReadTemplate("bad", yaml).status()),
              ::testing::ElementsAre("BLOCK_KIND"));
}

TEST(TemplateReader, RefusesAPageThatCannotBeLaidOut) {
  EXPECT_THAT(ReasonsOf(ReadTemplate("bad", R"yaml(template: bad
survey: jusou
program: jusou
first_roster_year: 2021
final_response_percent: 101
title: 見本
pages:
  - page: 1
    topic: 集計
    headline: 見出し
    key: {figure: plan, label: 策定済み}
    blocks:
      - {figure: [plan, position], place: left-top}
      - {figure: partners, place: left}
      - {texts: []}
      - {excerpts: []}
      - {excerpts: [a, a, Ａ]}
      - {excerpts: [b, c, d, e, f, g, h, i, j, k, l, m, n]}
)yaml")
                            .status()),
              ::testing::UnorderedElementsAre(
                  "RESPONSE_PERCENT", "KEY_UNKNOWN", "PLACE_OF_SEVERAL",
                  "PLACE_TAKEN", "INDICATOR_MISSING", "EXCERPTS_NUMBER",
                  "EXCERPT_REPEATED", "EXCERPT_ID", "EXCERPTS_NUMBER"));
}

TEST(TemplateReader, RefusesRulesForWordsThatContradictThemselves) {
  const std::string rules = SmallTemplateYaml() +
                            "wordings:\n  version: 1\n"
                            "  valid_from: 2025-04-01\n  rules:\n";
  EXPECT_OK(ReadTemplate("good", rules + "    - {pattern: すべて, kind: all}\n"));
  EXPECT_THAT(
      ReasonsOf(ReadTemplate("bad", rules +
                                        "    - {pattern: すべて, kind: all}\n"
                                        "    - {pattern: すべて, kind: all}\n")
                    .status()),
      ::testing::ElementsAre("WORDINGS"));
  EXPECT_THAT(ReasonsOf(ReadTemplate(
                            "bad", rules + "    - {pattern: 多い, kind: much}\n")
                            .status()),
              Contains("FIELD_TYPE"));
}

TEST(TemplateReader, RefusesADeclarationOfComparabilityThatSaysTooLittle) {
  const auto reasons = [](const std::string& declared) {
    return ReasonsOf(ReadTemplate("bad", SmallTemplateYaml() +
                                             "comparability:\n  - " + declared)
                         .status());
  };
  EXPECT_THAT(reasons("{indicators: plan}\n"),
              ::testing::ElementsAre("COMPARABILITY"));
  EXPECT_THAT(reasons("{since: 2024, broken: classes, note: 変わった, "
                      "indicators: plan}\n"),
              ::testing::ElementsAre("COMPARABILITY"));
  EXPECT_THAT(reasons("{broken: classes, indicators: plan}\n"),
              ::testing::ElementsAre("COMPARABILITY_NOTE"));
  EXPECT_THAT(reasons("{since: 2024, indicators: [plan, plan]}\n"),
              ::testing::ElementsAre("COMPARABILITY_TWICE"));
  EXPECT_THAT(reasons("{since: 2024}\n"),
              ::testing::ElementsAre("FIELD_MISSING"));
}

TEST(TemplateReader, RefusesWordsWithoutARule) {
  std::string yaml = SmallTemplateYaml();
  const std::string text = "策定済みは{plan.formulated}";
  yaml.replace(yaml.find(text), text.size(),
               "策定は{plan.formulated~多い}");
  EXPECT_THAT(ReasonsOf(ReadTemplate("bad", yaml).status()),
              ::testing::ElementsAre("WORDING_UNKNOWN"));
  EXPECT_THAT(ReasonsOf(ReadTemplate("bad", SmallTemplateYaml() +
                                                "wordings:\n  version: 1\n"
                                                "  valid_from: x\n")
                            .status()),
              Contains("FIELD_TYPE"));
}

TEST(TemplateReader, PlacesTilesOnceAndWithinReach) {
  EXPECT_OK(ReadTemplate(
      "good", SmallTemplateYaml() + "tiles:\n  \"900000\": [1, 2]\n"));
  EXPECT_THAT(
      ReasonsOf(ReadTemplate("bad", SmallTemplateYaml() +
                                        "tiles:\n  \"900000\": [1, 2]\n"
                                        "  \"900001\": [1, 2]\n"
                                        "  \"900002\": [0, 2]\n")
                    .status()),
      ::testing::UnorderedElementsAre("TILE_TAKEN", "FIELD_TYPE"));
}

TEST(TemplateReader, SignsOfSymbolsAreToldApart) {
  const auto own = ReadTemplate(
      "own", SmallTemplateYaml() + "symbols:\n  not_applicable: ・\n");
  ASSERT_OK(own);
  EXPECT_EQ(own->symbols.SignOf(Symbol::kNotApplicable), "・");
  EXPECT_EQ(own->symbols.SignOf(Symbol::kZero), "0");
  const auto named =
      ReadTemplate("named", SmallTemplateYaml() + "symbols: statistics\n");
  ASSERT_OK(named);
  EXPECT_EQ(named->symbols.SignOf(Symbol::kZero), "-");
  EXPECT_EQ(named->symbols.SignOf(Symbol::kNoAnswer), "無回答");
  const auto reasons = [](const std::string& symbols) {
    return ReasonsOf(
        ReadTemplate("bad", SmallTemplateYaml() + symbols).status());
  };
  EXPECT_THAT(reasons("symbols: mine\n"), ::testing::ElementsAre("FIELD_TYPE"));
  EXPECT_THAT(reasons("symbols:\n  zero: \"-\"\n"),
              ::testing::ElementsAre("SYMBOL_TAKEN"));
  EXPECT_THAT(reasons("symbols:\n  lost: \"9\"\n  suppressed: あいうえお\n"
                      "  zeros: \"0\"\n"),
              ::testing::UnorderedElementsAre("SYMBOL_NUMBER", "SYMBOL_LENGTH",
                                              "FIELD_UNKNOWN"));
}

TEST(TemplateReader, AMatrixHasALabelForEachIndicatorOrNone) {
  const auto with = [](const std::string& block, const std::string& labels) {
    std::string yaml = SmallTemplateYaml();
    const std::size_t at = yaml.find(block) + block.size();
    return yaml.insert(at, "\n        labels: " + labels);
  };
  const auto read = ReadTemplate("good", with("phases: [phases]", "[個別]"));
  ASSERT_OK(read);
  bool found = false;
  for (const TemplateBlock& block : read->pages[2].blocks) {
    if (block.kind != TemplateBlock::Kind::kPhases) continue;
    found = true;
    EXPECT_THAT(block.labels, ::testing::ElementsAre("個別"));
  }
  EXPECT_TRUE(found);
  EXPECT_THAT(
      ReasonsOf(
          ReadTemplate("bad", with("phases: [phases]", "[個別, 地域]")).status()),
      ::testing::ElementsAre("LABELS_NUMBER"));
  EXPECT_THAT(
      ReasonsOf(ReadTemplate("bad", with("phases: [phases]", "['']")).status()),
      ::testing::ElementsAre("TEXT_EMPTY"));
}

TEST(TemplateReader, LinesOfTheTitleAreTheTitle) {
  const auto good = ReadTemplate(
      "good", SmallTemplateYaml() + "title_lines: [見本の, 報告書]\n");
  ASSERT_OK(good);
  EXPECT_THAT(good->title_lines, ::testing::ElementsAre("見本の", "報告書"));
  EXPECT_THAT(ReasonsOf(ReadTemplate("bad", SmallTemplateYaml() +
                                                "title_lines: [見本]\n")
                            .status()),
              ::testing::ElementsAre("TITLE_LINES"));
}

TEST(TemplateReader, RefusesTextThatIsNoYaml) {
  EXPECT_STATUS(ReadTemplate("bad", "a: [b"),
                absl::StatusCode::kInvalidArgument, "TEMPLATE_INVALID");
}

TEST(TemplateReader, RefusesAFolderWithoutTemplates) {
  const support::TempDir folder;
  EXPECT_STATUS(LoadTemplates(folder.path().string()),
                absl::StatusCode::kInvalidArgument, "TEMPLATE_INVALID");
}

}  // namespace
}  // namespace welfare::report
