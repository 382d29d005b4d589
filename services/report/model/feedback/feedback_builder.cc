#include "services/report/model/feedback/feedback_builder.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "services/base/numbers/percent.h"
#include "services/report/model/feedback/feedback_texts.h"
#include "services/report/model/figures/comparability.h"
#include "services/report/model/layout.h"
#include "services/report/model/pages/label_years.h"
#include "services/report/model/printed_texts.h"
#include "services/report/model/words.h"
#include "services/report/snapshot/named_answers.h"

namespace welfare::report {
namespace {

// What identifies a question across rounds.
std::string ConceptOf(const AskedItem& item) {
  return (item.concept_id.empty() ? item.id : item.concept_id) + "/" + item.row;
}

bool IsText(const AskedItem& item) {
  return item.type == AnswerType::kText || item.type == AnswerType::kTable;
}

// Whether it was asked of the respondent.
bool WasAsked(const GivenAnswer& answer) {
  return answer.absence != base::Absence::kNotApplicable &&
         answer.absence != base::Absence::kUnitNonresponse &&
         answer.absence != base::Absence::kNotAsked;
}

void FillYears(RoundAnswers& round, int fiscal_year) {
  // The labels of questions are filled as those of figures are.
  IndicatorValues labels;
  for (std::size_t i = 0; i < round.items.size(); ++i) {
    IndicatorValue& one = labels[std::to_string(i)];
    one.label = round.items[i].label;
    one.fiscal_year = fiscal_year;
    one.reference_year = round.items[i].reference_year;
    for (const AnswerOption& option : round.items[i].options) {
      one.cells.emplace_back().label = option.label;
    }
  }
  report::FillYears(labels);
  for (std::size_t i = 0; i < round.items.size(); ++i) {
    IndicatorValue& one = labels[std::to_string(i)];
    round.items[i].label = std::move(one.label);
    for (std::size_t k = 0; k < one.cells.size(); ++k) {
      round.items[i].options[k].label = std::move(one.cells[k].label);
    }
  }
}

bool MakePrintable(RoundAnswers& round, const HasGlyph& has_glyph) {
  bool changed = false;
  for (RespondentAnswers& one : round.respondents) {
    for (GivenAnswer& answer : one.answers) {
      answer.text = PrintableText(answer.text, has_glyph, changed);
      answer.other_text = PrintableText(answer.other_text, has_glyph, changed);
    }
  }
  return changed;
}

// The id of the indicator that counts the answers of one kind: every question
// has one of its own id, of those who are asked first, and one of each kind that
// is asked as well.
std::string IndicatorOf(const AskedItem& item, base::RespondentKind kind) {
  return item.respondents.empty() || item.respondents.front() == kind
             ? item.id
             : item.id + "_" + std::string(base::ToString(kind));
}

std::string SectionOf(const AskedItem& item) {
  const std::string& section = item.section;
  return section.substr(0, section.find(" / "));
}

std::string SubsectionOf(const AskedItem& item) {
  const std::size_t at = item.section.find(" / ");
  return at == std::string::npos ? "" : item.section.substr(at + 3);
}

}  // namespace

FeedbackBuilder::FeedbackBuilder(FeedbackContent content,
                                 Comparabilities declared, HasGlyph has_glyph)
    : content_(std::move(content)), declared_(std::move(declared)) {
  report::FillYears(content_.figures.values);
  report::FillYears(content_.figures.previous_values);
  const int year = content_.figures.round.fiscal_year;
  FillYears(content_.now, year);
  replaced_ = MakePrintable(content_.now, has_glyph);
  if (content_.before.has_value()) {
    FillYears(*content_.before, year - 1);
    replaced_ = MakePrintable(*content_.before, has_glyph) || replaced_;
  }
  facts_ = PairedFacts(content_.now);
}

std::vector<FeedbackBuilder::Pair> FeedbackBuilder::Pairs() const {
  std::vector<Pair> pairs;
  if (facts_.empty()) return pairs;
  const auto& all = content_.now.respondents;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].respondent.kind != base::RespondentKind::kMunicipality) continue;
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (all[j].respondent.kind == base::RespondentKind::kCouncil &&
          all[j].respondent.municipality == all[i].respondent.municipality) {
        pairs.push_back({i, j});
      }
    }
  }
  return pairs;
}

bool FeedbackBuilder::PairsShownToRespondents() const {
  const auto shown = [&](const PairedFact::Question& question) {
    return ShowsOthers(content_.now.items[question.item].level);
  };
  return std::ranges::all_of(facts_, [&](const PairedFact& fact) {
    return std::ranges::all_of(fact.municipality, shown) &&
           std::ranges::all_of(fact.council, shown);
  });
}

const AskedItem* FeedbackBuilder::FindBefore(const AskedItem& item,
                                             std::size_t& at) const {
  if (!content_.before.has_value()) return nullptr;
  const std::vector<AskedItem>& items = content_.before->items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (ConceptOf(items[i]) != ConceptOf(item) || items[i].type != item.type) {
      continue;
    }
    at = i;
    return &items[i];
  }
  return nullptr;
}

const RespondentAnswers* FeedbackBuilder::FindBefore(
    const RespondentAnswers& one) const {
  if (!content_.before.has_value()) return nullptr;
  const auto is_same = [&](const RespondentAnswers& other) {
    if (other.respondent.kind != one.respondent.kind) return false;
    if (other.respondent == one.respondent) return true;
    const std::string code = other.respondent.municipality.ToString();
    return std::ranges::find(one.other_codes, code) != one.other_codes.end();
  };
  const auto& all = content_.before->respondents;
  const auto found = std::ranges::find_if(all, is_same);
  return found == all.end() || !found->counted ? nullptr : &*found;
}

const IndicatorValue* FeedbackBuilder::FindValue(
    const AskedItem& item, base::RespondentKind kind) const {
  // Of a question that is internal nobody is told what all answered.
  if (item.level == PublishLevel::kInternal) return nullptr;
  if (std::ranges::find(item.respondents, kind) == item.respondents.end()) {
    return nullptr;
  }
  const IndicatorValues& values = content_.figures.values;
  const auto found = values.find(IndicatorOf(item, kind));
  return found == values.end() ? nullptr : &found->second;
}

std::string FeedbackBuilder::WhyNoLastYear(const AskedItem& item,
                                           base::RespondentKind kind,
                                           const TwoYears* years) const {
  if (!content_.before.has_value()) return "";
  const int year = content_.figures.round.fiscal_year;
  const std::string id = IndicatorOf(item, kind);
  // What somebody wrote about it says more than that there is none.
  if (std::string note = BrokenNote(declared_, id, year); !note.empty()) {
    return note;
  }
  const std::string round = YearWords(year - 1) + "の調査";
  std::size_t at = 0;
  if (FindBefore(item, at) == nullptr) {
    return round + "に同じ設問がないため、並べて示さない。";
  }
  const std::string why = years == nullptr
                              ? WhyNotDeclared(declared_, id, year)
                              : WhyNotCompared(declared_, *years);
  if (!why.empty()) {
    return round + "の回答と集計は並べて示さない（" + why + "）。";
  }
  if (years != nullptr && years->previous == nullptr) {
    return round + "の集計がないため、並べて示さない。";
  }
  return "";
}

std::string FeedbackBuilder::TitleOf(const AskedItem& item) const {
  return item.label;
}

OwnQuestion FeedbackBuilder::QuestionOf(std::size_t item,
                                        const RespondentAnswers& now,
                                        const RespondentAnswers* before) const {
  OwnQuestion question;
  question.item = &content_.now.items[item];
  question.now = &now.answers[item];
  question.year = content_.figures.round.fiscal_year;
  if (const IndicatorValue* value =
          FindValue(*question.item, now.respondent.kind)) {
    question.years.emplace(BothYears(content_.figures, *value));
  }
  question.no_last_year = WhyNoLastYear(
      *question.item, now.respondent.kind,
      question.years.has_value() ? &*question.years : nullptr);
  if (!question.no_last_year.empty()) {
    if (question.years.has_value()) {
      question.years->previous = nullptr;
      question.years->remeasured = false;  // the note says so
    }
    return question;
  }
  std::size_t at = 0;
  const AskedItem* asked = FindBefore(*question.item, at);
  if (asked == nullptr || before == nullptr ||
      before->answers[at].absence == base::Absence::kNotAsked) {
    return question;
  }
  question.before_item = asked;
  question.before = &before->answers[at];
  return question;
}

ReportModel FeedbackBuilder::Begin(std::string whose, std::string restriction,
                                   std::string id) const {
  const Snapshot& figures = content_.figures;
  ReportModel model;
  model.id = std::move(id);
  model.title = "回答確認票";
  model.subtitle = std::move(whose);
  model.publisher = figures.round.publisher;
  model.year = YearWordsWestern(figures.round.fiscal_year);
  model.fiscal_year = figures.round.fiscal_year;
  model.synthetic = figures.round.synthetic;
  model.previous_synthetic =
      figures.previous_round.has_value() && figures.previous_round->synthetic;
  model.edition = figures.edition;
  model.restriction = std::move(restriction);
  model.date = figures.round.window_end.ToString();
  return model;
}

Page FeedbackBuilder::Cover(const ReportModel& model,
                            std::string_view addressee,
                            std::string_view digest) const {
  const RoundFacts& round = content_.figures.round;
  Page page;
  page.id = "cover";
  page.topic = model.title;
  page.headline = model.subtitle + "　" + model.title + "　" + model.year;
  page.cover = true;
  DefinitionList list;
  const auto add = [&](std::string term, std::string words) {
    list.items.push_back({std::move(term), {{Run{std::move(words)}}}});
  };
  add("宛先", std::string(addressee));
  add("調査", round.display_name + "　" + model.year);
  add("調査時期", WindowWords(round.window_start, round.window_end));
  if (!round.publisher.empty() && !round.synthetic) {
    add("発行", round.publisher);
  }
  add("集計の対象", content_.figures.basis == Basis::kFinal
                        ? "確定した回答"
                        : "提出・受理・確定した回答");
  add("確認番号", std::string(digest));
  page.blocks.emplace_back(std::move(list));
  return page;
}

Page FeedbackBuilder::Request(const RespondentAnswers& now) const {
  std::map<PublishLevel, int> questions;
  std::vector<std::string> named;
  const AskedItem* last = nullptr;
  for (std::size_t i = 0; i < now.answers.size(); ++i) {
    const AskedItem& item = content_.now.items[i];
    if (!WasAsked(now.answers[i]) ||
        (last != nullptr && last->id == item.id)) {
      continue;
    }
    last = &item;
    ++questions[item.level];
    if (ShowsOthers(item.level)) named.push_back(TitleOf(item));
  }
  return RequestPage({.council = now.respondent.kind ==
                                 base::RespondentKind::kCouncil,
                      .implementing = now.implementing,
                      .counted = now.counted,
                      .year = content_.figures.round.fiscal_year,
                      .edition = content_.figures.edition,
                      .questions = questions,
                      .named = named});
}

Page FeedbackBuilder::Guide(const ReportModel& model) const {
  std::map<Symbol, std::string> symbols;
  for (const Page& page : model.pages) {
    symbols.insert(page.symbols.begin(), page.symbols.end());
  }
  return GuidePage(symbols, content_.before.has_value(), replaced_);
}

void FeedbackBuilder::AddChanges(const RespondentAnswers& now,
                                 const RespondentAnswers* before,
                                 ReportModel& model) const {
  const int year = content_.figures.round.fiscal_year;
  Page page;
  page.id = "changes";
  page.topic = YearWords(year - 1) + "から変わった回答";
  page.headline = page.topic;
  Figure figure;
  figure.id = "changes";
  figure.has_previous = true;
  figure.table.row_key = "item";
  figure.table.row_label = "設問";
  figure.table.columns = {
      {"previous_own", YearWords(year - 1) + "の調査", Column::Kind::kText},
      {"own", YearWords(year) + "の調査", Column::Kind::kText}};
  int compared = 0;
  int others = 0;
  for (std::size_t i = 0; i < now.answers.size(); ++i) {
    const AskedItem& item = content_.now.items[i];
    if (IsText(item) || !WasAsked(now.answers[i])) continue;
    const OwnQuestion question = QuestionOf(i, now, before);
    if (!question.no_last_year.empty()) ++others;
    if (question.before == nullptr || !WasAsked(*question.before)) continue;
    ++compared;
    if (SameAnswer(item, *question.now, *question.before_item,
                   *question.before)) {
      continue;
    }
    figure.table.rows.push_back(
        {item.id,
         TitleOf(item),
         {TextCell(AnswerWords(*question.before_item, *question.before)),
          TextCell(AnswerWords(item, *question.now))},
         false});
  }
  const std::string both = "両年度とも回答した" + std::to_string(compared) + "問";
  const std::string left_out =
      "ほかに" + std::to_string(others) + "問（自由記述を除く）は" +
      YearWords(year - 1) +
      "の調査と並べて示さない。理由はそれぞれの設問の注にある。";
  if (before == nullptr) {
    page.blocks.emplace_back(Paragraph{
        {{YearWords(year - 1) + "の回答がないため、並べて示す回答はありません。"}}});
  } else if (figure.table.rows.empty()) {
    page.blocks.emplace_back(Paragraph{
        {{both + "（自由記述を除く）のうち、変わった回答はありません。"}}});
    if (others > 0) page.blocks.emplace_back(Paragraph{{{left_out}}});
  } else {
    figure.title = page.topic;
    figure.base = both + "のうち" + std::to_string(figure.table.rows.size()) +
                  "問（自由記述を除く）";
    if (others > 0) figure.notes.push_back(left_out);
    page.blocks.emplace_back(std::move(figure));
  }
  model.pages.push_back(std::move(page));
}

void FeedbackBuilder::AddSections(const RespondentAnswers& now,
                                  const RespondentAnswers* before,
                                  ReportModel& model) const {
  std::string section;
  std::string subsection;
  int number = 0;
  for (std::size_t i = 0; i < now.answers.size();) {
    const AskedItem& item = content_.now.items[i];
    // Rows of a table are one figure.
    std::size_t end = i + 1;
    while (end < now.answers.size() && IsText(item) &&
           content_.now.items[end].id == item.id) {
      ++end;
    }
    const std::size_t first = std::exchange(i, end);
    if (!WasAsked(now.answers[first])) continue;
    if (number == 0 || SectionOf(item) != section) {
      section = SectionOf(item);
      subsection.clear();
      Page page;
      page.id = "s" + TwoDigits(++number);
      page.topic = section.empty() ? "回答と集計" : section;
      page.headline = page.topic;
      model.pages.push_back(std::move(page));
    }
    Page& page = model.pages.back();
    if (SubsectionOf(item) != subsection) {
      subsection = SubsectionOf(item);
      if (!subsection.empty()) page.blocks.emplace_back(Heading{subsection});
    }
    Figure figure;
    if (IsText(item)) {
      std::vector<OwnQuestion> rows;
      for (std::size_t k = first; k < end; ++k) {
        rows.push_back(QuestionOf(k, now, before));
      }
      figure = OwnTexts(rows);
    } else {
      figure = OwnFigure(QuestionOf(first, now, before));
    }
    figure.id = item.id;
    figure.title = TitleOf(item);
    figure.base += "　" + std::string(LevelWords(item.level));
    page.blocks.emplace_back(std::move(figure));
  }
}

void FeedbackBuilder::AddNotAsked(const RespondentAnswers& now,
                                  ReportModel& model) const {
  BulletList list;
  std::string last;
  for (std::size_t i = 0; i < now.answers.size(); ++i) {
    const AskedItem& item = content_.now.items[i];
    if (now.answers[i].absence != base::Absence::kNotApplicable ||
        item.id == last) {
      continue;
    }
    last = item.id;
    list.items.push_back({{TitleOf(item)}});
  }
  if (list.items.empty()) return;
  Page page;
  page.id = "not-asked";
  page.topic = "貴団体が対象とならなかった設問";
  page.headline = page.topic;
  page.blocks.emplace_back(Paragraph{
      {{"実施状況や、ほかの設問への回答により、次の" +
        std::to_string(list.items.size()) +
        "問は貴団体の回答の対象となっていません（母数にも含みません）。"}}});
  page.blocks.emplace_back(std::move(list));
  model.pages.push_back(std::move(page));
}

ReportModel FeedbackBuilder::OwnSheet(std::size_t respondent,
                                      std::string_view digest) const {
  const RespondentAnswers& now = content_.now.respondents[respondent];
  const RespondentAnswers* before = FindBefore(now);
  ReportModel model = Begin(now.name, "確認用・当該団体限り",
                            "feedback-" + now.respondent.ToString());
  if (now.counted) {
    AddChanges(now, before, model);
    AddSections(now, before, model);
    AddNotAsked(now, model);
  }
  Finish(model);
  Page guide = Guide(model);
  model.pages.insert(model.pages.begin(), std::move(guide));
  model.pages.insert(model.pages.begin(), Request(now));
  model.pages.insert(model.pages.begin(),
                     Cover(model, now.name + "　御中", digest));
  for (std::size_t i = 0; i < model.pages.size(); ++i) {
    model.pages[i].label = std::to_string(i + 1);
  }
  return model;
}

Figure FeedbackBuilder::FactFigure(const PairedFact& fact,
                                   const Pair& pair) const {
  const int year = content_.figures.round.fiscal_year;
  const auto& all = content_.now.respondents;
  Figure figure;
  figure.id = "pair-" + fact.fact;
  figure.table.row_key = "item";
  figure.table.row_label = "設問";
  figure.table.columns = {
      {"answer", YearWords(year) + "の調査", Column::Kind::kText}};
  std::vector<TableCell> previous;
  const auto add = [&](const RespondentAnswers& one, std::string_view side,
                       const std::vector<PairedFact::Question>& questions) {
    const RespondentAnswers* before = FindBefore(one);
    for (const PairedFact::Question& asked : questions) {
      const OwnQuestion question = QuestionOf(asked.item, one, before);
      const AskedItem& item = *question.item;
      std::string options;
      for (const AnswerOption& option : item.options) {
        if (std::ranges::find(asked.codes, option.code) == asked.codes.end()) {
          continue;
        }
        options += (options.empty() ? "" : "、") + option.label;
      }
      const std::string asked_of = std::string(side) + "「" + TitleOf(item) +
                                   "」";
      if (!figure.title.empty()) figure.title += "　／　";
      figure.title += asked_of + "の「" + options + "」";
      figure.table.rows.push_back(
          {item.id,
           std::string(side) + "：" + TitleOf(item),
           {TextCell(AnswerWords(item, *question.now))},
           false});
      previous.push_back(question.before == nullptr
                             ? SymbolCell(Symbol::kNotApplicable)
                             : TextCell(AnswerWords(*question.before_item,
                                                    *question.before)));
      figure.has_previous = figure.has_previous || question.before != nullptr;
      if (!question.no_last_year.empty()) {
        figure.notes.push_back(asked_of + "：" + question.no_last_year);
      }
    }
  };
  add(all[pair.municipality], "区市町村", fact.municipality);
  add(all[pair.council], "社協", fact.council);
  if (figure.has_previous) {
    figure.table.columns.push_back({"previous_answer",
                                    YearWords(year - 1) + "の調査",
                                    Column::Kind::kText});
    for (std::size_t i = 0; i < previous.size(); ++i) {
      figure.table.rows[i].cells.push_back(std::move(previous[i]));
    }
  }
  figure.base = FactWords(
      StatedBy(content_.now, all[pair.municipality], fact.municipality),
      StatedBy(content_.now, all[pair.council], fact.council));
  return figure;
}

ReportModel FeedbackBuilder::PairSheet(const Pair& pair,
                                       std::string_view digest) const {
  const RespondentAnswers& municipality =
      content_.now.respondents[pair.municipality];
  const RespondentAnswers& council = content_.now.respondents[pair.council];
  const bool shown = PairsShownToRespondents();
  ReportModel model =
      Begin(municipality.name + "・" + council.name,
            shown ? "確認用・両団体限り" : "確認用・事務局限り",
            "feedback-" + municipality.respondent.municipality.ToString() +
                "-pair");
  Page page;
  page.id = "pair";
  page.topic = "両者がともに答える事実";
  page.headline = page.topic;
  if (municipality.counted && council.counted) {
    for (const PairedFact& fact : facts_) {
      page.blocks.emplace_back(FactFigure(fact, pair));
    }
  } else {
    page.blocks.emplace_back(Paragraph{
        {{(municipality.counted ? council : municipality).name +
          "の回答が集計に含まれていないため、対照できません。"}}});
  }
  model.pages.push_back(std::move(page));
  Finish(model);
  model.pages.insert(model.pages.begin(), PairRequestPage(shown));
  model.pages.insert(
      model.pages.begin(),
      Cover(model,
            shown ? municipality.name + "　御中、" + council.name + "　御中"
                  : std::string("調査の担当者"),
            digest));
  for (std::size_t i = 0; i < model.pages.size(); ++i) {
    model.pages[i].label = std::to_string(i + 1);
  }
  return model;
}

void FeedbackBuilder::Finish(ReportModel& model) {
  for (Page& page : model.pages) {
    ReplaceRawPlaceholders(page);
    for (Block& block : page.blocks) {
      auto* figure = std::get_if<Figure>(&block);
      if (figure == nullptr) continue;
      figure->synthetic = model.synthetic;
      figure->previous_synthetic =
          figure->has_previous && model.previous_synthetic;
      figure->edition = model.edition;
      figure->restriction = model.restriction;
      CollectSymbols(figure->table, page);
    }
  }
}

}  // namespace welfare::report
