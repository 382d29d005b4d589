#include "tests/report/sample_snapshot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "services/base/numbers/percent.h"
#include "services/report/snapshot/canonical.h"
#include "services/text/csv.h"
#include "services/yaml/node.h"

namespace welfare::report {
namespace {

using base::Absence;
using base::RespondentKind;

ValueCell CountCell(std::string key, std::string label, int count, int base) {
  ValueCell cell;
  cell.key = std::move(key);
  cell.label = std::move(label);
  cell.count = count;
  cell.base = base;
  cell.percent = base::FormatPercent(count, base);
  if (base < 30) cell.flags.push_back(CellFlag::kSmallBase);
  return cell;
}

ValueCell PlainCell(std::string key, std::string label, std::string value,
                    int count, int base) {
  ValueCell cell;
  cell.key = std::move(key);
  cell.label = std::move(label);
  cell.count = count;
  cell.base = base;
  cell.value = std::move(value);
  return cell;
}

IndicatorValue Value(std::string id, int year, std::string label,
                     Measure measure, int size, int base, int answered) {
  IndicatorValue value;
  value.id = std::move(id);
  value.fiscal_year = year;
  value.reference_year = year;
  value.label = std::move(label);
  value.measure = measure;
  value.population_id = "implementing";
  value.population_label =
      "令和" + std::to_string(year - 2018) + "年度 実施自治体";
  value.population_size = size;
  value.base = base;
  value.answered = answered;
  value.definition_digest = "digest-of-" + value.id;
  return value;
}

RoundFacts Round(int year) {
  RoundFacts round;
  round.survey = "jusou";
  round.fiscal_year = year;
  round.display_name = "見本調査";
  round.purpose = "報告書の見本を作る。";
  round.method = "電子メールで送り、電子メールで受け取る。";
  round.publisher = "見本の発行者";
  round.window_start = *base::Date::Make(year, 6, 16);
  round.window_end = *base::Date::Make(year, 7, 11);
  round.codebook = "2025-1";
  round.synthetic = true;
  return round;
}

Roster MakeRoster(int year, std::vector<int> implementing,
                  std::vector<int> newcomers, std::vector<int> preparing) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"見本区", "区部"},
      {"例示区", "区部"},
      {"試験市", "市部"},
      {"仮想町", "町村部"},
      {"架空村", "島しょ"}};
  const auto has = [](const std::vector<int>& list, int i) {
    return std::find(list.begin(), list.end(), i) != list.end();
  };
  Roster roster;
  roster.fiscal_year = year;
  for (int i = 0; i < 5; ++i) {
    RosterEntry entry;
    entry.municipality = "municipalities/90000" + std::to_string(i);
    entry.name = names[static_cast<std::size_t>(i)].first;
    entry.area = names[static_cast<std::size_t>(i)].second;
    entry.implementing =
        has(implementing, i) ? Implementing::kYes : Implementing::kNo;
    entry.preparation =
        has(preparing, i) ? Preparation::kYes : Preparation::kNo;
    entry.newcomer = has(newcomers, i);
    roster.entries.push_back(std::move(entry));
  }
  return roster;
}

// All that came back is accepted.
std::vector<ProgressGroup> Progress(int implementing, int rest) {
  return {{RespondentKind::kMunicipality, true, implementing, implementing,
           implementing, implementing},
          {RespondentKind::kMunicipality, false, rest, rest, rest, rest},
          {RespondentKind::kCouncil, true, implementing, implementing,
           implementing - 1, implementing},
          {RespondentKind::kCouncil, false, rest, rest - 1, rest - 1,
           rest - 1}};
}

void AddSmallValues(IndicatorValues& values, int year, int n) {
  IndicatorValue plan = Value("plan", year, "計画の策定状況",
                              Measure::kDistribution, n, n, n - 1);
  plan.cells = {CountCell("formulated", "策定済み", n - 2, n),
                CountCell("in_progress", "策定中", 1, n),
                CountCell("none", "予定なし", 0, n)};
  plan.absences = {{Absence::kNoAnswer, 1, base::FormatPercent(1, n)}};
  values.emplace(plan.id, plan);

  IndicatorValue partners =
      Value("partners", year, "連携先", Measure::kDistribution, n, n, n);
  partners.multiple_answer = true;
  partners.cells = {CountCell("work", "ハローワーク", n, n),
                    CountCell("home", "=不動産業者<大家>", n - 1, n)};
  values.emplace(partners.id, partners);

  IndicatorValue supports =
      Value("supports", year, "支援の件数", Measure::kSum, n, n - 1, n - 2);
  supports.reference_year = year - 1;
  supports.unit = "件";
  supports.cells = {PlainCell("total", "合計", "14", n - 2, n - 1),
                    PlainCell("max", "最大", "9", 1, n - 1)};
  supports.cells[0].flags.push_back(CellFlag::kLowerBound);
  supports.absences = {{Absence::kNotCounted, 1, base::FormatPercent(1, n - 1)},
                       {Absence::kNotApplicable, 1, std::nullopt}};
  values.emplace(supports.id, supports);

  IndicatorValue contacts =
      Value("contacts", year, "最多の回数", Measure::kRank, n, n, n);
  contacts.unit = "回";
  contacts.cells = {PlainCell("rank_1", "1位", "40", 1, n),
                    PlainCell("rank_2", "2位", "14", 2, n)};
  contacts.cells[1].flags.push_back(CellFlag::kTied);
  values.emplace(contacts.id, contacts);

  IndicatorValue meetings =
      Value("meetings", year, "開催回数の分布", Measure::kHistogram, n, n, n);
  meetings.cells = {CountCell("0", "0", 0, n),
                    CountCell("1_to_5", "1～5", n - 1, n),
                    CountCell("6_or_more", "6以上", 1, n)};
  values.emplace(meetings.id, meetings);

  IndicatorValue ideas =
      Value("ideas", year, "新しい取組み", Measure::kDistribution, n, n, 2);
  ideas.cells = {CountCell("answered", "記載あり", 2, n)};
  values.emplace(ideas.id, ideas);

  IndicatorValue phases =
      Value("phases", year, "段階の活動", Measure::kDistribution, n, n, 2);
  phases.cells = {CountCell("discovery", "① 発見", 2, n),
                  CountCell("continuous", "④ 継続支援", 1, n)};
  values.emplace(phases.id, phases);

  IndicatorValue empty =
      Value("nobody", year, "対象のない設問", Measure::kDistribution, 0, 0, 0);
  empty.cells = {CountCell("yes", "有", 0, 0)};
  values.emplace(empty.id, empty);
}

// A number from a name, the same on every machine (FNV-1a).
unsigned Hash(std::string_view text) {
  unsigned hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return hash;
}

// Returns what `field` of a mapping holds, or null.
const yaml::Node* FindIn(const yaml::Node& node, std::string_view field) {
  const auto found = std::ranges::find(node.fields, field, &yaml::Field::key);
  return found == node.fields.end() ? nullptr : &found->value;
}

std::string TextOf(const yaml::Node& node, std::string_view field,
                   std::string fallback = "") {
  const yaml::Node* const found = FindIn(node, field);
  return found == nullptr ? fallback : found->scalar;
}

// One value for every further definition of the indicator service.
void AddFurtherValues(Snapshot& snapshot) {
  const std::string folder = "services/indicator/data/jusou/indicators";
  const char* root = std::getenv("WELFARE_SOURCE_DIR");
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(root) + "/" + folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::vector<base::Violation> faults;
    const auto node = yaml::ReadYaml(
        "", ReadSource(folder + "/" + entry.path().filename().string()),
        faults);
    if (!node.has_value()) continue;
    const std::string id = TextOf(*node, "id");
    const std::string measure = TextOf(*node, "measure");
    for (const int year : {2024, 2025}) {
      const int n = year == 2025 ? 23 : 12;
      IndicatorValue value =
          Value(id, year, TextOf(*node, "label", id), Measure::kCount, n, n, n);
      if (measure == "DISTRIBUTION") {
        const auto& values =
            year == 2025 ? snapshot.values : snapshot.previous_values;
        const IndicatorValue& of = values.at(TextOf(*node, "item"));
        value.measure = of.measure;
        value.label = of.label;
        for (const ValueCell& cell : of.cells) {
          value.cells.push_back(CountCell(cell.key, cell.label, 1, n));
        }
      } else if (measure == "COUNT") {
        for (const yaml::Node& cell : FindIn(*node, "cells")->elements) {
          const int base = FindIn(cell, "within") != nullptr ? 5 : n;
          value.cells.push_back(
              CountCell(TextOf(cell, "key"), TextOf(cell, "label"), 2, base));
        }
      } else if (measure == "HISTOGRAM") {
        value.measure = Measure::kHistogram;
        for (const yaml::Node& range : FindIn(*node, "classes")->elements) {
          const std::string from = TextOf(range, "from");
          const std::string to = TextOf(range, "to");
          value.cells.push_back(
              CountCell(from, to.empty() ? from + "以上" : from + "～" + to,
                        static_cast<int>(Hash(id + from) % 9U), n));
        }
      } else if (measure == "RANK") {
        value.measure = Measure::kRank;
        value.unit = "回";
        value.cells = {PlainCell("rank_1", "1位", "40", 1, n),
                       PlainCell("rank_2", "2位", "14", 1, n),
                       PlainCell("rank_3", "3位", "12", 2, n)};
      } else {
        continue;  // the report draws the registry and the returns itself
      }
      (year == 2025 ? snapshot.values : snapshot.previous_values)
          .insert_or_assign(id, std::move(value));
    }
  }
}

}  // namespace

std::string ReadSource(const std::string& path) {
  const char* root = std::getenv("WELFARE_SOURCE_DIR");
  if (root == nullptr) {
    ADD_FAILURE() << "WELFARE_SOURCE_DIR is not set";
    return "";
  }
  std::ifstream stream(std::string(root) + "/" + path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

Snapshot SmallSnapshot() {
  Snapshot snapshot;
  snapshot.round = Round(2025);
  snapshot.edition = Edition::kFinal;
  snapshot.previous_round = Round(2024);
  snapshot.progress = Progress(4, 1);
  snapshot.previous_progress = Progress(3, 2);
  AddSmallValues(snapshot.values, 2025, 4);
  AddSmallValues(snapshot.previous_values, 2024, 3);
  snapshot.previous_values.erase("nobody");
  snapshot.rosters = {MakeRoster(2023, {0, 2}, {0, 2}, {}),
                      MakeRoster(2024, {0, 1, 2}, {1}, {}),
                      MakeRoster(2025, {0, 1, 2, 3}, {3}, {4})};
  Statement fits;
  fits.id = "p04_plan";
  fits.page = 4;
  fits.label = "計画を策定した自治体";
  fits.published = "半数";
  fits.check = Check::kComputed;
  fits.verdict = Verdict::kFits;
  fits.agreeing_readings = "A";
  fits.readings = {
      {"A", "実施自治体", "2/4（50.0%）", Verdict::kFits, "最も近い整数",
       Agreement::kSame, Agreement::kDiffers, Verdict::kFits},
      {"B", "計画のある自治体", "2/2（100.0%）", Verdict::kDoesNotFit,
       "最も近い整数"}};
  Statement legal;
  legal.id = "p04_law";
  legal.page = 4;
  legal.label = "計画の策定は努力義務";
  legal.published = "法令";
  legal.check = Check::kLegal;
  legal.verdict = Verdict::kNotComputed;
  legal.not_computed_reason = "法令に関する記述";
  snapshot.statements = {fits, legal};
  snapshot.wording_profile = "1";
  snapshot.template_digest = "digest-of-template";
  snapshot.provenance = {7, 124, 60};
  SortSnapshot(snapshot);
  return snapshot;
}

std::string SmallTemplateYaml() {
  return R"yaml(template: sample
survey: jusou
program: jusou
first_roster_year: 2023
final_response_percent: 90
title: 見本の報告書
subtitle: 結果の概要
pages:
  - page: 1
    topic: 表紙
    headline: 見本
    blocks:
      - cover:
  - page: 2
    topic: 登録
    headline: "{year}の実施自治体は{roster.implementing}"
    blocks:
      - outline:
      - returns:
      - rosters:
      - preparing:
      - areas:
  - page: 3
    topic: 集計
    headline: "策定済みは{plan.formulated}"
    blocks:
      - heading: "見出し"
      - list:
          - "最も多いのは{partners.top}。"
          - "前回は{prev.plan.formulated}。"
          - "数えていないのは{supports.@NOT_COUNTED}。"
      - figure: [plan, partners, supports, contacts, meetings, nobody]
        published_chart_lost: true
      - texts: [ideas]
      - phases: [phases]
        title: 段階別の記述
)yaml";
}

Snapshot QuestionnaireSnapshot() {
  Snapshot snapshot = SmallSnapshot();
  snapshot.values.clear();
  snapshot.previous_values.clear();
  const std::string survey_text =
      ReadSource("services/survey/data/jusou/survey.csv");
  const std::string choices_text =
      ReadSource("services/survey/data/jusou/choices.csv");
  const auto survey = text::ReadCsv(survey_text);
  const auto choices = text::ReadCsv(choices_text);
  if (!survey.ok() || !choices.ok()) {
    ADD_FAILURE() << "The questionnaire cannot be read.";
    return snapshot;
  }
  const auto column = [&](std::string_view name) {
    const std::vector<std::string>& header = survey->front().cells;
    return static_cast<std::size_t>(
        std::find(header.begin(), header.end(), name) - header.begin());
  };
  const std::size_t respondent = column("respondent");
  const std::size_t unit = column("unit");
  const std::size_t offset = column("reference_year_offset");
  for (std::size_t i = 1; i < survey->size(); ++i) {
    const std::vector<std::string>& cells = (*survey)[i].cells;
    const std::string& type = cells[0];
    if (type.starts_with("begin") || type.starts_with("end")) continue;
    const std::size_t space = type.find(' ');
    const std::string list =
        space == std::string::npos ? "" : type.substr(space + 1);
    const bool both =
        cells[respondent].find("council") != std::string::npos &&
        cells[respondent].find("municipality") != std::string::npos;
    for (int kind = 0; kind < (both ? 2 : 1); ++kind) {
      for (const int year : {2024, 2025}) {
        const std::string id = cells[1] + (kind == 1 ? "_council" : "");
        const int shift = cells[offset] == "-1" ? -1 : 0;
        const int n = (year == 2025 ? 30 : 23) + shift * 7;
        IndicatorValue value = Value(id, year, cells[2], Measure::kDistribution,
                                     year == 2025 ? 30 : 23, n, n);
        value.reference_year = year + shift;
        value.unit = cells[unit];
        const auto label_year = value.label.find("{ref_fy_ja}");
        if (label_year != std::string::npos) {
          value.label.replace(label_year, 11,
                              "令和" + std::to_string(year + shift - 2018));
        }
        const unsigned hash = Hash(id + std::to_string(year));
        value.multiple_answer = type.starts_with("select_multiple");
        if (!list.empty()) {
          int left = n;
          for (const text::CsvRecord& choice : *choices) {
            if (choice.cells[0] != list) continue;
            const unsigned mine = Hash(id + choice.cells[1]);
            const int count =
                value.multiple_answer || type.starts_with("table")
                    ? static_cast<int>(mine % static_cast<unsigned>(n + 1))
                    : static_cast<int>(mine % static_cast<unsigned>(left + 1));
            left -= value.multiple_answer ? 0 : count;
            value.cells.push_back(CountCell(
                choice.cells[1], choice.cells[2],
                type.starts_with("table") ? std::min(count, n) : count, n));
          }
          if (!value.multiple_answer && !type.starts_with("table") &&
              left > 0) {
            value.absences.push_back(
                {Absence::kNoAnswer, left, base::FormatPercent(left, n)});
            value.answered = n - left;
          }
        } else if (id == "outreach_max_contacts") {
          value.measure = Measure::kRank;
          value.cells = {PlainCell("rank_1", "1位", "40", 1, n),
                         PlainCell("rank_2", "2位", "14", 1, n),
                         PlainCell("rank_3", "3位", "12", 2, n)};
          value.absences.push_back(
              {Absence::kNotCounted, 10, base::FormatPercent(10, n)});
        } else if (type == "integer" && value.unit == "年度") {
          value.measure = Measure::kHistogram;
          for (int of = 2023; of < 2026; ++of) {
            value.cells.push_back(CountCell(
                std::to_string(of), "令和" + std::to_string(of - 2018) + "年度",
                static_cast<int>((hash + static_cast<unsigned>(of)) % 8U), n));
          }
        } else if (type == "integer") {
          value.measure = Measure::kSum;
          value.cells = {
              PlainCell("total", "合計", std::to_string(hash % 2000U), n, n),
              PlainCell("mean", "平均", "12.5", n, n),
              PlainCell("median", "中央値", "9", n, n),
              PlainCell("max", "最大", std::to_string(hash % 90U), 1, n)};
        } else {
          value.answered = static_cast<int>(hash % 20U);
          value.cells = {CountCell("answered", "記載あり", value.answered, n)};
        }
        (year == 2025 ? snapshot.values : snapshot.previous_values)
            .emplace(id, value);
      }
    }
  }
  AddFurtherValues(snapshot);
  return snapshot;
}

}  // namespace welfare::report
