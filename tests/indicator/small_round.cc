#include "tests/indicator/small_round.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "services/base/error.h"

namespace welfare::indicator::testing {
namespace {

using base::Absence;
using base::RespondentKind;

Item MakeItem(std::string id, Item::Type type, std::vector<std::string> options,
              RespondentKind respondent, std::string population,
              std::string unit = "", int offset = 0) {
  Item item;
  item.id = std::move(id);
  item.label = "{ref_fy_ja}年度 " + item.id;
  item.type = type;
  for (std::string& option : options) {
    std::string label = "選択肢 " + option;
    item.options.push_back({std::move(option), std::move(label), false, false});
  }
  item.respondents = {respondent};
  item.population = std::move(population);
  item.unit = std::move(unit);
  item.reference_year_offset = offset;
  item.pages = {4};
  return item;
}

base::Truth ToTruth(const std::map<int, std::optional<bool>>& facts, int year) {
  const auto found = facts.find(year);
  if (found == facts.end() || !found->second.has_value()) {
    return base::Truth::kUnknown;
  }
  return base::ToTruth(*found->second);
}

CellDefinition Cell(std::string key, std::string condition,
                    std::string within = "") {
  CellDefinition cell;
  cell.key = std::move(key);
  cell.label = "cell";
  cell.condition = std::move(condition);
  cell.within = std::move(within);
  return cell;
}

Definition Over(std::string id, Measure measure, std::string population,
                std::string item) {
  Definition definition;
  definition.id = std::move(id);
  definition.label = definition.id;
  definition.measure = measure;
  definition.population = std::move(population);
  definition.item = std::move(item);
  return definition;
}

Definition Count(std::string id, std::string population,
                 std::vector<CellDefinition> cells) {
  Definition definition =
      Over(std::move(id), Measure::kCount, std::move(population), "");
  definition.cells = std::move(cells);
  return definition;
}

base::Date Day(int month, int day) {
  return base::Date::Make(kYear, month, day).value();
}

}  // namespace

TestAnswer Codes(std::set<std::string> codes) {
  TestAnswer answer;
  answer.codes = std::move(codes);
  return answer;
}
TestAnswer Number(std::int64_t number) {
  TestAnswer answer;
  answer.number = number;
  return answer;
}
TestAnswer Text(std::string text) {
  TestAnswer answer;
  answer.text = std::move(text);
  return answer;
}
TestAnswer Absent(base::Absence kind) {
  TestAnswer answer;
  answer.absence = kind;
  return answer;
}

std::optional<bool> TestRow::Implements(int year) const {
  const auto found = implementing.find(year);
  return found == implementing.end() ? std::nullopt : found->second;
}

std::shared_ptr<const Questionnaire> TestQuestionnaire() {
  using Type = Item::Type;
  constexpr auto kMunicipality = RespondentKind::kMunicipality;
  constexpr auto kCouncil = RespondentKind::kCouncil;
  std::vector<Item> items;
  items.push_back(MakeItem("plan", Type::kSingle,
                           {"formulated", "in_progress", "none"}, kMunicipality,
                           "implementing"));
  items.push_back(MakeItem("position", Type::kSingle,
                           {"current", "next", "none"}, kMunicipality,
                           "implementing"));
  items.push_back(MakeItem("window", Type::kSingle,
                           {"installed", "not_installed"}, kMunicipality,
                           "implementing"));
  items.push_back(MakeItem("operation", Type::kMultiple,
                           {"direct", "outsourced"}, kMunicipality,
                           "implementing"));
  items.push_back(MakeItem("contractor", Type::kMultiple, {"council", "npo"},
                           kMunicipality, "outreach_outsourced"));
  items.push_back(MakeItem("contacts", Type::kInteger, {}, kMunicipality,
                           "implementing", "回"));
  items.push_back(MakeItem("supports", Type::kInteger, {}, kMunicipality,
                           "implementing_previous_year", "件", -1));
  items.push_back(
      MakeItem("note", Type::kText, {}, kMunicipality, "implementing"));
  items.push_back(MakeItem("phases", Type::kTable, {"discovery", "continuous"},
                           kCouncil, "all_councils"));
  items.push_back(MakeItem("opening", Type::kMultiple, {"daily", "regular"},
                           kCouncil, "all_councils"));
  items.push_back(MakeItem("start_fy", Type::kInteger, {}, kMunicipality,
                           "implementing", "年度"));
  return std::make_shared<Questionnaire>("2025-1", std::move(items));
}

DefinitionSet TestDefinitions() {
  constexpr auto kMunicipality = RespondentKind::kMunicipality;
  constexpr auto kCouncil = RespondentKind::kCouncil;
  DefinitionSet set;
  set.survey = "jusou";
  set.populations = {
      {"all_municipalities", 1, kMunicipality, "true()", "全区市町村"},
      {"all_councils", 1, kCouncil, "true()", "全社協"},
      {"implementing", 1, kMunicipality, "registry('implementing', 0)",
       "{fy_ja}年度 実施自治体"},
      {"not_implementing", 1, kMunicipality, "not(registry('implementing', 0))",
       "{fy_ja}年度 未実施自治体"},
      {"implementing_previous_year", 1, kMunicipality,
       "registry('implementing', -1)", "{previous_fy_ja}年度 実施自治体"},
      {"newcomers", 1, kMunicipality,
       "registry('implementing', 0) and not(registry('implementing', -1))",
       "新規実施"},
      {"plan_made", 1, kMunicipality, "${plan} = 'formulated'", "策定済み"},
      {"outreach_outsourced", 1, kMunicipality,
       "selected(${operation}, 'outsourced')", "委託"},
      {"outreach_direct", 1, kMunicipality, "selected(${operation}, 'direct')",
       "直営"},
      {"transition", 1, kMunicipality, "registry('preparation', 0)",
       "移行準備"},
  };
  set.definitions.push_back(Over("position_plan_made", Measure::kDistribution,
                                 "plan_made", "position"));
  set.definitions.push_back(Over("window_previous_year", Measure::kDistribution,
                                 "implementing_previous_year", "window"));
  set.definitions.push_back(
      Count("position_current_or_next", "implementing",
            {Cell("current_or_next",
                  "${position} = 'current' or ${position} = 'next'")}));
  set.definitions.push_back(
      Count("operation_split", "implementing",
            {Cell("direct_only",
                  "selected(${operation}, 'direct') and "
                  "not(selected(${operation}, 'outsourced'))"),
             Cell("both",
                  "selected(${operation}, 'direct') and "
                  "selected(${operation}, 'outsourced')"),
             Cell("outsourced_only",
                  "selected(${operation}, 'outsourced') and "
                  "not(selected(${operation}, 'direct'))")}));
  set.definitions.push_back(
      Count("contractor_council_implementing", "implementing",
            {Cell("council",
                  "selected(${operation}, 'outsourced') and "
                  "selected(${contractor}, 'council')")}));
  CellDefinition not_counted;
  not_counted.key = "not_counted";
  not_counted.label = "cell";
  not_counted.absence = Absence::kNotCounted;
  not_counted.items = {"contacts", "supports"};
  set.definitions.push_back(
      Count("any_not_counted", "implementing", {not_counted}));
  set.definitions.push_back(
      Count("window_by_cohort", "implementing",
            {Cell("year_1", "${window} = 'installed'",
                  "registry('implementing', 0) and "
                  "not(registry('implementing', -1))"),
             Cell("year_2_or_more", "${window} = 'installed'",
                  "registry('implementing', -1)")}));
  set.definitions.push_back(
      Over("contacts_ranked", Measure::kRank, "implementing", "contacts"));
  Definition histogram = Over("contacts_histogram", Measure::kHistogram,
                              "implementing", "contacts");
  histogram.classes = {{0, 0}, {1, 5}, {6, 20}, {21, std::nullopt}};
  set.definitions.push_back(histogram);
  Definition series = Over("implementing_by_year", Measure::kRegistrySeries,
                           "all_municipalities", "");
  series.from_year = 2023;
  set.definitions.push_back(series);
  series.id = "newcomers_by_year";
  series.fact = SeriesFact::kNewcomer;
  set.definitions.push_back(series);
  set.definitions.push_back(Over("response_municipalities", Measure::kProgress,
                                 "all_municipalities", ""));
  return set;
}

std::vector<std::string> TestCodes(int count) {
  std::vector<std::string> codes;
  for (int i = 0; codes.size() < static_cast<std::size_t>(count); ++i) {
    std::string five = "13" + std::to_string(100 + i);
    five += base::MunicipalityCode::CheckDigit(five);
    codes.push_back(std::move(five));
  }
  return codes;
}

RoundTable MakeTable(const std::vector<TestRow>& rows, Basis basis) {
  const auto questionnaire = TestQuestionnaire();
  std::vector<FrameRow> frame;
  for (const TestRow& row : rows) {
    FrameRow one{{base::MunicipalityCode::Parse(row.code).value(), row.kind},
                 "自治体" + row.code,
                 "23区",
                 {},
                 row.state,
                 row.late,
                 row.state.has_value() ? 1 : 0};
    if (row.state.has_value()) {
      one.received_on = row.early  ? Day(6, 15)
                        : row.late ? Day(7, 12)
                                   : Day(6, 16);
    }
    for (int year = 2015; year <= kYear; ++year) {
      one.facts[year] = {ToTruth(row.implementing, year),
                         ToTruth(row.preparation, year)};
    }
    frame.push_back(std::move(one));
  }
  std::vector<RawColumn> columns;
  for (const Item& item : questionnaire->items()) {
    const bool table = item.type == Item::Type::kTable;
    const std::size_t parts = table ? item.options.size() : 1;
    for (std::size_t part = 0; part < parts; ++part) {
      RawColumn column;
      column.item = item.id;
      if (table) column.row = item.options[part].code;
      for (const TestRow& row : rows) {
        const std::string key = table ? item.id + "/" + column.row : item.id;
        const auto found = row.answers.find(key);
        TestAnswer answer = Absent(item.Asks(row.kind) ? Absence::kNotApplicable
                                                       : Absence::kNotAsked);
        if (found != row.answers.end()) answer = found->second;
        column.absences.push_back(
            answer.answered() ? std::uint8_t{0}
                              : static_cast<std::uint8_t>(*answer.absence));
        std::uint64_t codes = 0;
        for (std::size_t i = 0; item.coded() && i < item.options.size(); ++i) {
          if (answer.Has(item.options[i].code)) codes |= std::uint64_t{1} << i;
        }
        if (item.coded()) column.codes.push_back(codes);
        if (item.type == Item::Type::kInteger) {
          column.integers.push_back(answer.answered() ? answer.number : 0);
        }
        if (item.type == Item::Type::kText || table) {
          column.texts.push_back(answer.answered() ? answer.text : "");
        }
      }
      columns.push_back(std::move(column));
    }
  }
  RoundHeader header;
  header.survey = "jusou";
  header.fiscal_year = base::FiscalYear::FromChecked(kYear);
  header.program = "jusou";
  header.synthetic = true;
  header.registry_version = 12;
  header.revision = 124;
  header.window_start = Day(6, 16);
  header.window_end = Day(7, 11);
  auto made = RoundTable::Make(std::move(header), questionnaire,
                               std::move(frame), std::move(columns), basis);
  if (!made.ok()) {
    std::fputs(
        EncodeErrorDetails(*base::GetErrorDetails(made.status())).c_str(),
        stderr);
    std::abort();
  }
  return *std::move(made);
}

RegistryHistory MakeHistory(const std::vector<TestRow>& rows, int from_year) {
  RegistryHistory history;
  history.version = 12;
  for (int year = from_year; year <= kYear; ++year) {
    for (const TestRow& row : rows) {
      if (row.kind != RespondentKind::kMunicipality) continue;
      RosterEntry entry;
      entry.display_name = "自治体" + row.code;
      entry.council_display_name = entry.display_name + "社会福祉協議会";
      entry.facts = {ToTruth(row.implementing, year),
                     ToTruth(row.preparation, year)};
      history.rosters[year][row.code] = entry;
    }
  }
  return history;
}

std::vector<TestRow> RandomRows(std::mt19937_64& random, int municipalities) {
  const auto pick = [&random](int n) {
    return static_cast<int>(random() % static_cast<std::uint64_t>(n));
  };
  const auto single = [&](std::vector<std::string> options) {
    const int at = pick(static_cast<int>(options.size()) + 2);
    if (at == static_cast<int>(options.size())) {
      return Absent(Absence::kNoAnswer);
    }
    if (at > static_cast<int>(options.size())) return Absent(Absence::kUnknown);
    return Codes({options[static_cast<std::size_t>(at)]});
  };
  const auto multiple = [&](const std::vector<std::string>& options) {
    TestAnswer answer;
    for (const std::string& option : options) {
      if (pick(2) == 1) answer.codes.insert(option);
    }
    if (answer.codes.empty()) answer.absence = Absence::kNoAnswer;
    return answer;
  };
  const auto number = [&](int below) {
    const int at = pick(6);
    if (at == 0) return Absent(Absence::kNotCounted);
    if (at == 1) return Absent(Absence::kNoAnswer);
    return Number(pick(below));
  };
  std::vector<TestRow> rows;
  for (const std::string& code : TestCodes(municipalities)) {
    TestRow row;
    row.code = code;
    for (int year = 2022; year <= kYear; ++year) {
      const int fact = pick(7);
      row.implementing[year] =
          fact == 0 ? std::nullopt : std::optional<bool>(fact < 5);
      row.preparation[year] =
          pick(3) == 0 ? std::nullopt : std::optional<bool>(pick(2) == 0);
    }
    for (const RespondentKind kind :
         {RespondentKind::kMunicipality, RespondentKind::kCouncil}) {
      constexpr std::array<std::optional<SubmissionState>, 8> kStates = {
          std::nullopt,
          SubmissionState::kDraft,
          SubmissionState::kReturned,
          SubmissionState::kSubmitted,
          SubmissionState::kSubmitted,
          SubmissionState::kAccepted,
          SubmissionState::kFinal,
          SubmissionState::kFinal};
      TestRow one = row;
      one.kind = kind;
      one.state = kStates[static_cast<std::size_t>(pick(8))];
      one.late = one.state.has_value() && pick(5) == 0;
      one.early = one.state.has_value() && !one.late && pick(5) == 0;
      if (kind == RespondentKind::kCouncil) {
        one.answers["opening"] = multiple({"daily", "regular"});
        one.answers["phases/discovery"] =
            pick(2) == 0 ? Text("訪問") : Absent(Absence::kNoAnswer);
        one.answers["phases/continuous"] =
            pick(2) == 0 ? Text("見守り") : Absent(Absence::kNoAnswer);
      } else {
        if (row.Implements(kYear) == true) {
          one.answers["plan"] = single({"formulated", "in_progress", "none"});
          one.answers["position"] = single({"current", "next", "none"});
          one.answers["window"] = single({"installed", "not_installed"});
          one.answers["operation"] = multiple({"direct", "outsourced"});
          if (one.answers["operation"].Has("outsourced")) {
            one.answers["contractor"] = multiple({"council", "npo"});
          }
          one.answers["contacts"] = number(12);
          one.answers["start_fy"] = Number(2020 + pick(4));
          one.answers["note"] =
              pick(2) == 0 ? Text("例") : Absent(Absence::kNoAnswer);
        }
        if (row.Implements(kYear - 1) == true) {
          one.answers["supports"] = number(1000);
        }
      }
      rows.push_back(std::move(one));
    }
  }
  return rows;
}

}  // namespace welfare::indicator::testing
