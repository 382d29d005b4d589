#include "tests/report/sample_answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/text/csv.h"
#include "tests/report/sample_snapshot.h"

namespace welfare::report {
namespace {

using base::Absence;
using base::RespondentKind;

// Codes with check digits: every row of a round has one.
base::Respondent Of(std::string_view code, RespondentKind kind) {
  return {*base::MunicipalityCode::Parse(code), kind};
}

GivenAnswer Chosen(std::uint64_t codes) {
  GivenAnswer answer;
  answer.codes = codes;
  return answer;
}

GivenAnswer Missing(Absence absence) {
  GivenAnswer answer;
  answer.absence = absence;
  return answer;
}

GivenAnswer Number(std::int64_t number) {
  GivenAnswer answer;
  answer.number = number;
  return answer;
}

GivenAnswer Text(std::string text) {
  GivenAnswer answer;
  answer.text = std::move(text);
  return answer;
}

AskedItem Item(std::string id, std::string label, AnswerType type, int year) {
  AskedItem item;
  item.id = std::move(id);
  item.section = "計画 / 実施計画";
  item.label = std::move(label);
  item.reference_year = year;
  item.type = type;
  item.level = PublishLevel::kAggregate;
  item.respondents = {RespondentKind::kMunicipality};
  return item;
}

RoundAnswers SmallRound(int year) {
  RoundAnswers round;
  AskedItem plan =
      Item("plan", "計画の策定状況", AnswerType::kSingle, year);
  plan.options = {{"formulated", "策定済み"},
                  {"in_progress", "策定中"},
                  {"none", "予定なし"}};
  plan.pair_concept = "has_plan(formulated|in_progress)";
  AskedItem partners = Item("partners", "連携先", AnswerType::kMultiple, year);
  partners.options = {{"work", "ハローワーク"},
                      {"home", "=不動産業者<大家>"}};
  AskedItem supports =
      Item("supports", "支援の件数", AnswerType::kInteger, year - 1);
  supports.unit = "件";
  AskedItem ideas = Item("ideas", "新しい取組み", AnswerType::kText, year);
  ideas.level = PublishLevel::kStakeholders;
  ideas.section = "取組み";
  AskedItem inner = Item("inner", "内部の設問", AnswerType::kSingle, year);
  inner.level = PublishLevel::kInternal;
  inner.options = {{"yes", "はい"}, {"no", "いいえ"}};
  inner.section = "取組み";
  AskedItem council =
      Item("council_plan", "計画に加わったか", AnswerType::kSingle, year);
  council.options = {{"yes", "加わった"}, {"no", "加わっていない"}};
  council.pair_concept = "has_plan(yes)";
  council.respondents = {RespondentKind::kCouncil};
  round.items = {plan, partners, supports, ideas, inner, council};
  const std::vector<std::pair<std::string, std::string>> places = {
      {"131016", "見本区"},
      {"131024", "例示区"},
      {"131032", "試験市"},
      {"131041", "仮想町"},
      {"131059", "架空村"}};
  for (std::size_t i = 0; i < places.size(); ++i) {
    RespondentAnswers own{
        .respondent = Of(places[i].first, RespondentKind::kMunicipality),
        .name = places[i].second};
    own.implementing = i < 4;
    own.counted = i < 4;
    const bool last_year = year == 2024;
    own.answers = {
        Chosen(last_year && i == 0 ? 2 : 1),
        Chosen(3),
        i == 1 ? Missing(Absence::kNotApplicable)
               : (i == 2 ? Missing(Absence::kNotCounted) : Number(9)),
        Text("子ども食堂と\n連携した😀。"),
        Chosen(2),
        Missing(Absence::kNotAsked)};
    if (!own.counted) {
      own.answers.assign(6, Missing(Absence::kUnitNonresponse));
    }
    RespondentAnswers other{
        .respondent = Of(places[i].first, RespondentKind::kCouncil),
        .name = places[i].second + "社会福祉協議会"};
    other.implementing = own.implementing;
    other.counted = own.counted;
    other.answers.assign(6, Missing(own.counted ? Absence::kNotAsked
                                                : Absence::kUnitNonresponse));
    if (own.counted) other.answers[5] = Chosen(i == 0 ? 2 : 1);
    round.respondents.push_back(std::move(own));
    round.respondents.push_back(std::move(other));
  }
  return round;
}

// A number from a text, the same on every machine (FNV-1a).
unsigned Mix(std::string_view text) {
  unsigned hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return hash;
}

AnswerType TypeOf(std::string_view type) {
  if (type.starts_with("select_one")) return AnswerType::kSingle;
  if (type.starts_with("select_multiple")) return AnswerType::kMultiple;
  if (type.starts_with("integer")) return AnswerType::kInteger;
  return type.starts_with("table") ? AnswerType::kTable : AnswerType::kText;
}

PublishLevel LevelOf(std::string_view word) {
  if (word == "stakeholders") return PublishLevel::kStakeholders;
  if (word == "public") return PublishLevel::kPublic;
  return word == "aggregate" ? PublishLevel::kAggregate
                             : PublishLevel::kInternal;
}

// The questionnaire in the order of its file, and whom each is asked of.
struct Questionnaire {
  std::vector<AskedItem> items;
  std::vector<std::string> respondents;  // words of the column
};

Questionnaire ReadQuestionnaire(int year) {
  Questionnaire result;
  const auto survey =
      text::ReadCsv(ReadSource("services/survey/data/jusou/survey.csv"));
  const auto choices =
      text::ReadCsv(ReadSource("services/survey/data/jusou/choices.csv"));
  if (!survey.ok() || !choices.ok()) {
    ADD_FAILURE() << "The questionnaire cannot be read.";
    return result;
  }
  const std::vector<std::string>& header = survey->front().cells;
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(header, name) -
                                    header.begin());
  };
  std::vector<std::string> sections;
  for (std::size_t i = 1; i < survey->size(); ++i) {
    const std::vector<std::string>& cells = (*survey)[i].cells;
    const std::string& type = cells[0];
    if (type.starts_with("begin")) {
      sections.push_back(cells[2]);
      continue;
    }
    if (type.starts_with("end")) {
      sections.pop_back();
      continue;
    }
    AskedItem item;
    item.id = cells[1];
    item.label = cells[2];
    for (const std::string& section : sections) {
      item.section += (item.section.empty() ? "" : " / ") + section;
    }
    item.type = TypeOf(type);
    item.reference_year =
        year + (cells[column("reference_year_offset")] == "-1" ? -1 : 0);
    item.unit = cells[column("unit")];
    item.concept_id = cells[column("concept")];
    item.pair_concept = cells[column("pair_concept")];
    item.level = LevelOf(cells[column("publish_level")]);
    const std::string list =
        type.find(' ') == std::string::npos ? "" : type.substr(type.find(' ') + 1);
    std::vector<AnswerOption> options;
    for (const text::CsvRecord& choice : *choices) {
      if (!list.empty() && choice.cells[0] == list) {
        options.push_back({choice.cells[1], choice.cells[2]});
      }
    }
    const std::string& respondents = cells[column("respondent")];
    for (const RespondentKind kind :
         {RespondentKind::kMunicipality, RespondentKind::kCouncil}) {
      if (respondents.find(base::ToString(kind)) != std::string::npos) {
        item.respondents.push_back(kind);
      }
    }
    if (item.type != AnswerType::kTable) {
      item.options = std::move(options);
      result.items.push_back(std::move(item));
      result.respondents.push_back(respondents);
      continue;
    }
    for (AnswerOption& option : options) {
      AskedItem row = item;
      row.row = option.code;
      row.row_label = option.label;
      result.items.push_back(std::move(row));
      result.respondents.push_back(respondents);
    }
  }
  return result;
}

GivenAnswer MakeAnswer(const AskedItem& item, unsigned number) {
  if (number % 13 == 0) return Missing(Absence::kNoAnswer);
  switch (item.type) {
    case AnswerType::kSingle:
      return Chosen(std::uint64_t{1} << (number % item.options.size()));
    case AnswerType::kMultiple: {
      const std::uint64_t all = (std::uint64_t{1} << item.options.size()) - 1;
      return Chosen(std::max<std::uint64_t>(number & all, 1));
    }
    case AnswerType::kInteger:
      return Number(item.unit == "年度" ? 2021 + number % 9 : number % 40);
    case AnswerType::kText:
    case AnswerType::kTable:
      break;
  }
  return Text("見本の記述として、地域の支援機関と定期的に情報を交換し、相談を受け"
              "た世帯に継続して関わる体制を整えた。");
}

RoundAnswers WholeRound(int year) {
  RoundAnswers round;
  Questionnaire questionnaire = ReadQuestionnaire(year);
  round.items = std::move(questionnaire.items);
  const auto places = text::ReadCsv(
      ReadSource("services/registry/data/municipalities.csv"));
  if (!places.ok()) {
    ADD_FAILURE() << "The municipalities cannot be read.";
    return round;
  }
  for (std::size_t i = 1; i < places->size(); ++i) {
    const std::vector<std::string>& cells = (*places)[i].cells;
    const bool implementing = i % 2 == 1;
    for (const RespondentKind kind :
         {RespondentKind::kMunicipality, RespondentKind::kCouncil}) {
      RespondentAnswers one{
          .respondent = Of(cells[0], kind),
          .name = kind == RespondentKind::kCouncil ? cells[1] + "社会福祉協議会"
                                                   : cells[1]};
      one.implementing = implementing;
      one.counted = true;
      for (std::size_t k = 0; k < round.items.size(); ++k) {
        const AskedItem& item = round.items[k];
        const bool asked = questionnaire.respondents[k].find(
                               base::ToString(kind)) != std::string::npos;
        const unsigned number =
            Mix(item.id + item.row + cells[0] + std::to_string(year / 2));
        if (!asked) {
          one.answers.push_back(Missing(Absence::kNotAsked));
        } else if (!implementing && kind == RespondentKind::kMunicipality &&
                   k > 12) {
          one.answers.push_back(Missing(Absence::kNotApplicable));
        } else {
          one.answers.push_back(MakeAnswer(item, number));
        }
      }
      round.respondents.push_back(std::move(one));
    }
  }
  return round;
}

FeedbackContent Over(const Snapshot& snapshot, RoundAnswers now,
                     RoundAnswers before) {
  FeedbackContent content;
  content.figures.basis = snapshot.basis;
  content.figures.edition = snapshot.edition;
  content.figures.round = snapshot.round;
  content.figures.previous_round = snapshot.previous_round;
  content.figures.values = snapshot.values;
  content.figures.previous_values = snapshot.previous_values;
  content.now = std::move(now);
  content.before = std::move(before);
  return content;
}

}  // namespace

FeedbackContent SmallFeedback() {
  return Over(SmallSnapshot(), SmallRound(2025), SmallRound(2024));
}

Comparabilities SmallComparability() {
  Comparabilities declared;
  for (const AskedItem& item : SmallRound(2025).items) {
    declared[item.id].since = 2024;
  }
  return declared;
}

FeedbackContent QuestionnaireFeedback() {
  return Over(QuestionnaireSnapshot(), WholeRound(2025), WholeRound(2024));
}

}  // namespace welfare::report
