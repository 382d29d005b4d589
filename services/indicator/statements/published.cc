#include "services/indicator/statements/published.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "services/base/percent.h"
#include "services/indicator/questionnaire/labels.h"

namespace welfare::indicator {
namespace {

using base::RegistryFact;
using base::Truth;
using base::Violation;

constexpr std::array<std::pair<std::string_view, Check>, 9> kChecks = {
    {{"computed", Check::kComputed},
     {"registry", Check::kRegistry},
     {"progress", Check::kProgress},
     {"option_list", Check::kOptionList},
     {"editorial", Check::kEditorial},
     {"legal", Check::kLegal},
     {"trend", Check::kTrend},
     {"lost", Check::kLost},
     {"partly_known", Check::kPartlyKnown}}};

// The order in which a verdict is better than another.
int Rank(StatementVerdict verdict) {
  switch (verdict) {
    case StatementVerdict::kFits:
      return 0;
    case StatementVerdict::kHigherClassFits:
      return 1;
    case StatementVerdict::kUnchecked:
      return 2;
    case StatementVerdict::kDoesNotFit:
      return 3;
    case StatementVerdict::kImpossible:
      return 4;
    case StatementVerdict::kNotComputed:
      return 5;
  }
  return 6;
}

StatementVerdict FromWording(base::WordingVerdict verdict) {
  switch (verdict) {
    case base::WordingVerdict::kFits:
      return StatementVerdict::kFits;
    case base::WordingVerdict::kHigherClassFits:
      return StatementVerdict::kHigherClassFits;
    case base::WordingVerdict::kDoesNotFit:
      return StatementVerdict::kDoesNotFit;
    case base::WordingVerdict::kImpossible:
      return StatementVerdict::kImpossible;
    case base::WordingVerdict::kUnchecked:
      break;
  }
  return StatementVerdict::kUnchecked;
}

std::string NotComputedReason(Check check) {
  switch (check) {
    case Check::kEditorial:
      return "editorial: written by the author or counted in free text";
    case Check::kLegal:
      return "legal: a statement about the law";
    case Check::kLost:
      return "lost: the numbers of the published chart are lost";
    case Check::kPartlyKnown:
      return "partly known: the numbers of the published chart are lost; what "
             "its page states in words is checked by statements of their own";
    case Check::kComputed:
    case Check::kRegistry:
    case Check::kProgress:
    case Check::kOptionList:
    case Check::kTrend:
      break;
  }
  return {};
}

// `23/30 (76.7%)`.
std::string Share(std::int64_t k, std::int64_t n) {
  std::string text = std::to_string(k) + "/" + std::to_string(n);
  if (const auto percent = base::FormatPercent(k, n)) {
    text += " (" + *percent + "%)";
  }
  return text;
}

void Join(std::string& text, std::string_view part, std::string_view by) {
  if (!text.empty()) text += by;
  text += part;
}

// One municipality (or its council) as the registry's rosters know it.
class RosterRow final : public base::ExpressionRow {
 public:
  RosterRow(const RegistryHistory& history, std::string code, int year)
      : history_(history), code_(std::move(code)), year_(year) {}

  const base::Value& item(std::size_t) const override { return missing_; }
  Truth registry(RegistryFact fact, int offset) const override {
    return history_.Fact(code_, year_ + offset, fact);
  }
  int fiscal_year() const override { return year_; }

 private:
  const RegistryHistory& history_;
  std::string code_;
  int year_;
  base::Value missing_;
};

// Judges one row.
class Judge {
 public:
  Judge(const PublishedRound& published, const StatementInputs& inputs,
        const PublishedFigure& figure)
      : published_(published),
        inputs_(inputs),
        figure_(figure),
        current_(*inputs.rounds.at(published.fiscal_year)) {
    const auto found = published.sources.find(figure.figure_id);
    if (found != published.sources.end()) source_ = found->second;
    reading_.reading = figure.reading;
    if (!figure.populations.empty()) {
      reading_.population = current_.FindPopulation(figure.populations.front());
    }
    reading_.indicator = source_.indicator;
    reading_.cell = source_.cell;
  }

  StatementReading Run() {
    switch (figure_.check) {
      case Check::kComputed:
        source_.two_rounds ? TwoRounds() : Computed();
        break;
      case Check::kTrend:
        Trend();
        break;
      case Check::kRegistry:
        Registry();
        break;
      case Check::kProgress:
        Progress();
        break;
      case Check::kOptionList:
        OptionList();
        break;
      case Check::kEditorial:
      case Check::kLegal:
      case Check::kLost:
      case Check::kPartlyKnown:
        NotComputed(NotComputedReason(figure_.check));
        break;
    }
    return std::move(reading_);
  }

 private:
  // One cell of one round: a share or a value.
  struct CellFigure {
    std::string label;
    std::int64_t count = 0;
    std::int64_t base = 0;
    std::optional<std::string> value;

    std::string Text() const {
      return value.has_value() ? *value : Share(count, base);
    }
  };

  void NotComputed(std::string reason) {
    reading_.verdict = StatementVerdict::kNotComputed;
    reading_.not_computed_reason = std::move(reason);
  }

  // Adds a part of the rule; a part that does not hold decides.
  void Require(bool holds, const std::string& rule) {
    Join(reading_.rule, rule, "; ");
    if (!holds) reading_.verdict = StatementVerdict::kDoesNotFit;
  }

  // Returns the source's cells in the round of `year`; says why when it
  // cannot.
  std::optional<std::vector<CellFigure>> Cells(int year) {
    const auto round = inputs_.rounds.find(year);
    if (round == inputs_.rounds.end()) {
      NotComputed("there is no round of FY" + std::to_string(year));
      return std::nullopt;
    }
    const auto figures =
        round->second->Compute(source_.indicator, inputs_.history);
    if (!figures.ok()) {
      NotComputed(std::string(base::MessageOf(figures.status())));
      return std::nullopt;
    }
    // The population as the indicator has it in the round the row is about.
    if (const auto* population =
            round->second->FindPopulation(figures->population)) {
      reading_.population = population;
    }
    if (!figure_.populations.empty() && figure_.denominator.has_value() &&
        figure_.populations.front() != figures->population) {
      NotComputed("the indicator is over " + figures->population +
                  ", the statement over " + figure_.populations.front());
      return std::nullopt;
    }
    std::vector<CellFigure> cells;
    for (const FigureCell& cell : figures->cells) {
      if (source_.cell.empty() || cell.key == source_.cell) {
        cells.push_back({cell.label, cell.count, cell.base, cell.value});
        if (cell.value.has_value()) continue;
        if (std::ranges::find(cell.flags, Flag::kUndefined) !=
                cell.flags.end() &&
            (figures->measure == Measure::kSum ||
             figures->measure == Measure::kRank)) {
          NotComputed("nobody gave a number");
          return std::nullopt;
        }
      }
    }
    for (const base::Absence kind : base::kAllAbsences) {
      if (source_.cell == base::ToString(kind)) {
        cells.push_back({std::string(base::ToJapanese(kind)),
                         figures->Absent(kind), figures->base, std::nullopt});
      }
    }
    if (cells.empty()) {
      NotComputed("the indicator has no cell `" + source_.cell + "`");
      return std::nullopt;
    }
    return cells;
  }

  void Show(const CellFigure& cell) {
    reading_.computed = cell.Text();
    if (cell.value.has_value()) return;
    reading_.count = static_cast<int>(cell.count);
    reading_.base = static_cast<int>(cell.base);
  }

  void CheckNumber(std::int64_t number) {
    if (figure_.numerator.has_value()) {
      Require(number == *figure_.numerator,
              "count " + std::to_string(*figure_.numerator));
    }
    if (!figure_.wording.empty()) return;
    if (figure_.lower_bound.has_value() || figure_.upper_bound.has_value()) {
      Require((!figure_.lower_bound.has_value() ||
               number >= *figure_.lower_bound) &&
                  (!figure_.upper_bound.has_value() ||
                   number <= *figure_.upper_bound),
              Range(figure_.lower_bound, figure_.upper_bound));
    }
  }

  static std::string Range(std::optional<std::int64_t> least,
                           std::optional<std::int64_t> most) {
    if (least.has_value() && most.has_value() && *least == *most) {
      return "= " + std::to_string(*least);
    }
    return (least.has_value() ? std::to_string(*least) : std::string()) + ".." +
           (most.has_value() ? std::to_string(*most) : std::string());
  }

  void CheckWord(const base::WordingResult& result, std::int64_t base) {
    std::string rule =
        "profile " + published_.profile.version + ": " + figure_.wording;
    if (result.least.has_value() && result.most.has_value()) {
      rule += " = " + Range(result.least, result.most) + " of " +
              std::to_string(base);
    }
    Join(reading_.rule, rule, "; ");
    const StatementVerdict verdict = FromWording(result.verdict);
    if (Rank(verdict) > Rank(reading_.verdict)) reading_.verdict = verdict;
  }

  void Computed() {
    const auto cells = Cells(figure_.round_year);
    if (!cells.has_value()) return;
    const CellFigure& cell = cells->front();
    Show(cell);
    reading_.verdict = StatementVerdict::kFits;
    if (cell.value.has_value()) {
      if (!figure_.value.empty()) {
        Require(*cell.value == figure_.value, "value " + figure_.value);
      }
      return;
    }
    if (figure_.denominator.has_value()) {
      Require(cell.base == *figure_.denominator,
              "base " + std::to_string(*figure_.denominator));
    }
    CheckNumber(cell.count);
    if (!figure_.wording.empty()) {
      CheckWord(base::CheckWording(published_.profile, figure_.wording,
                                   cell.count, cell.base),
                cell.base);
    }
  }

  // The two years a comparison is about, the earlier first.
  std::pair<int, int> Years() const {
    const int now = published_.fiscal_year;
    return {figure_.round_year < now ? figure_.round_year : now - 1, now};
  }

  void TwoRounds() {
    const auto [before, now] = Years();
    const auto second = Cells(now);
    if (!second.has_value()) return;
    const auto first = Cells(before);
    if (!first.has_value()) return;
    const CellFigure& a = first->front();
    const CellFigure& b = second->front();
    reading_.computed = "FY" + std::to_string(before) + " " + a.Text() +
                        " → FY" + std::to_string(now) + " " + b.Text();
    reading_.count = static_cast<int>(a.count);
    reading_.base = static_cast<int>(a.base);
    reading_.verdict = StatementVerdict::kFits;
    if (figure_.denominator.has_value()) {
      Require(a.base == *figure_.denominator,
              "base " + std::to_string(*figure_.denominator));
    }
    CheckNumber(a.count);
    CheckWord(base::CheckWordingOfTwoRounds(published_.profile, figure_.wording,
                                            a.count, a.base, b.count, b.base),
              a.base);
  }

  void Trend() {
    if (source_.indicator.empty()) {
      NotComputed("trend: change over time without a figure");
      return;
    }
    const auto [before, now] = Years();
    const auto current = Cells(now);
    if (!current.has_value()) return;
    const auto previous = [&]() -> std::optional<std::vector<CellFigure>> {
      if (!source_.two_rounds) return std::nullopt;
      return Cells(before);
    }();
    if (source_.two_rounds && !previous.has_value()) return;
    if (source_.two_rounds) {
      reading_.computed = "FY" + std::to_string(before) + " " +
                          previous->front().Text() + " → FY" +
                          std::to_string(now) + " " + current->front().Text();
    } else {
      for (const CellFigure& cell : *current) {
        Join(reading_.computed, cell.label + " " + cell.Text(), ", ");
      }
    }
    reading_.verdict = StatementVerdict::kUnchecked;
    reading_.rule = "profile " + published_.profile.version + ": no rule for " +
                    figure_.wording;
  }

  // The set of a registry population in the row's year, by code.
  std::set<std::string> InRegistry(const PopulationSet& population) const {
    std::set<std::string> members;
    const auto roster = inputs_.history->rosters.find(figure_.reference_year);
    if (roster == inputs_.history->rosters.end()) return members;
    const auto parsed =
        base::Expression::Parse(population.definition.predicate);
    const auto predicate =
        base::Check(*parsed, current_.table().questionnaire(),
                    base::ExpectedResult::kTruth);
    for (const auto& [code, entry] : roster->second) {
      const RosterRow row(*inputs_.history, code, figure_.reference_year);
      if (predicate->EvaluateTruth(row) == Truth::kTrue) members.insert(code);
    }
    return members;
  }

  void Registry() {
    if (inputs_.history == nullptr) {
      NotComputed("the registry was not read");
      return;
    }
    if (!source_.indicator.empty()) {
      const auto cells = Cells(figure_.round_year);
      if (!cells.has_value()) return;
      std::string counts;
      for (const CellFigure& cell : *cells) {
        Join(counts, std::to_string(cell.count), ",");
      }
      reading_.computed = counts;
      reading_.verdict = StatementVerdict::kFits;
      Require(counts == figure_.value, "counts " + figure_.value);
      return;
    }
    const PopulationSet* population = reading_.population;
    if (population == nullptr || !population->violations.empty() ||
        population->reads_answers) {
      NotComputed("the population is no set of the registry");
      return;
    }
    const auto roster = inputs_.history->rosters.find(figure_.reference_year);
    if (roster == inputs_.history->rosters.end()) {
      NotComputed("the registry has no roster of FY" +
                  std::to_string(figure_.reference_year));
      return;
    }
    const std::set<std::string> members = InRegistry(*population);
    std::set<std::string> base;
    for (const auto& [code, entry] : roster->second) base.insert(code);
    reading_.verdict = StatementVerdict::kFits;
    if (!source_.within.empty()) {
      const PopulationSet* within = current_.FindPopulation(source_.within);
      if (within == nullptr || within->reads_answers ||
          !within->violations.empty()) {
        NotComputed("`" + source_.within + "` is no set of the registry");
        return;
      }
      base = InRegistry(*within);
      Require(std::ranges::includes(base, members), "inside " + source_.within);
    }
    if (const auto year = base::FiscalYear::Make(figure_.reference_year);
        year.ok()) {
      reading_.population_label =
          FillYears(population->definition.label, *year, 0);
      reading_.population_size = static_cast<int>(members.size());
    }
    const auto k = static_cast<std::int64_t>(members.size());
    const auto n = static_cast<std::int64_t>(base.size());
    reading_.count = static_cast<int>(k);
    reading_.base = static_cast<int>(n);
    reading_.computed = std::to_string(k) + "/" + std::to_string(n) + ": ";
    std::string names;
    const bool councils =
        population->definition.respondent == base::RespondentKind::kCouncil;
    for (const std::string& code : members) {
      const RosterEntry& entry = roster->second.at(code);
      Join(names, councils ? entry.council_display_name : entry.display_name,
           "、");
    }
    reading_.computed += names;
    if (figure_.denominator.has_value()) {
      Require(n == *figure_.denominator,
              "base " + std::to_string(*figure_.denominator));
    }
    if (!figure_.value.empty()) {
      Require(std::to_string(k) == figure_.value, "count " + figure_.value);
    }
    CheckNumber(k);
  }

  void Progress() {
    const RoundTable& table = current_.table();
    reading_.verdict = StatementVerdict::kFits;
    if (!figure_.numerator.has_value()) {
      const RoundHeader& header = table.header();
      if (!header.window_start.has_value() || !header.window_end.has_value()) {
        NotComputed("the round has no window");
        return;
      }
      reading_.computed =
          header.window_start->ToString() + "/" + header.window_end->ToString();
      Require(reading_.computed == figure_.value, "dates " + figure_.value);
      return;
    }
    for (const std::string& id : figure_.populations) {
      const PopulationSet* population = current_.FindPopulation(id);
      if (population == nullptr) {
        NotComputed("there is no population `" + id + "`");
        return;
      }
      const int received =
          Bitmap::CountBoth(population->members, table.counted());
      const int expected = population->members.Count();
      Join(reading_.computed, Share(received, expected), ", ");
      if (figure_.populations.size() == 1) {
        reading_.count = received;
        reading_.base = expected;
      }
      if (figure_.denominator.has_value()) {
        Require(expected == *figure_.denominator,
                id + " base " + std::to_string(*figure_.denominator));
      }
      CheckNumber(received);
    }
  }

  void OptionList() {
    const Questionnaire& questionnaire = current_.table().questionnaire();
    const auto position = figure_.items.empty()
                              ? std::nullopt
                              : questionnaire.FindItem(figure_.items.front());
    if (!position.has_value()) {
      NotComputed("the codebook has no such item");
      return;
    }
    const Item& item = questionnaire.items()[*position];
    // The published lists leave out "other" and "none of these".
    std::vector<std::string> listed;
    for (const Option& option : item.options) {
      if (!option.exclusive && !option.takes_text && option.code != "other") {
        listed.push_back(option.code);
      }
    }
    std::vector<std::string> named = source_.options;
    if (named.empty()) named = figure_.cells;
    if (!named.empty()) {
      for (const std::string& code : named) {
        if (std::ranges::find(listed, code) == listed.end()) {
          NotComputed("the codebook does not offer `" + code + "`");
          return;
        }
      }
      listed = named;
    }
    reading_.verdict = StatementVerdict::kFits;
    reading_.computed = std::to_string(listed.size()) + ":";
    for (const Option& option : item.options) {
      if (std::ranges::find(listed, option.code) == listed.end()) continue;
      reading_.computed += (reading_.computed.ends_with(':') ? " " : "、");
      reading_.computed += option.label;
    }
    Require(std::to_string(listed.size()) == figure_.value,
            "list of " + figure_.value);
  }

  const PublishedRound& published_;
  const StatementInputs& inputs_;
  const PublishedFigure& figure_;
  const RoundIndicators& current_;
  FigureSource source_;
  StatementReading reading_;
};

}  // namespace

std::string_view ToString(Check check) {
  for (const auto& [name, value] : kChecks) {
    if (value == check) return name;
  }
  return {};
}

std::optional<Check> FindCheck(std::string_view text) {
  for (const auto& [name, value] : kChecks) {
    if (name == text) return value;
  }
  return std::nullopt;
}

std::vector<Violation> PublishedRound::Validate() const {
  std::vector<Violation> violations;
  std::map<std::string, const PublishedFigure*> by_id;
  std::map<std::string, const PublishedFigure*> by_statement;
  for (const PublishedFigure& figure : figures) {
    const std::string where = "published." + figure.figure_id;
    if (!by_id.emplace(figure.figure_id, &figure).second) {
      violations.push_back({where, "ID_REPEATED", "The figure stands twice."});
    }
    const auto [first, fresh] =
        by_statement.emplace(figure.statement_id, &figure);
    if (!fresh && (first->second->page != figure.page ||
                   first->second->check != figure.check)) {
      violations.push_back({where, "READINGS_DIFFER",
                            "Readings of one statement share page and check."});
    }
    const auto source = sources.find(figure.figure_id);
    if (figure.check == Check::kComputed &&
        (source == sources.end() || source->second.indicator.empty())) {
      violations.push_back(
          {where, "SOURCE_MISSING", "A computed row names its indicator."});
    }
  }
  for (const auto& [id, source] : sources) {
    if (!by_id.contains(id)) {
      violations.push_back({"sources." + id, "FIGURE_UNKNOWN",
                            "There is no such published figure."});
    }
    if (source.indicator.empty() && source.within.empty() &&
        source.options.empty()) {
      violations.push_back({"sources." + id, "SOURCE_EMPTY",
                            "A source names an indicator, a base or options."});
    }
  }
  if (const absl::Status status = base::ValidateWordingProfile(profile);
      !status.ok()) {
    if (const auto details = base::GetErrorDetails(status)) {
      violations.insert(violations.end(), details->violations.begin(),
                        details->violations.end());
    }
  }
  return violations;
}

std::vector<Statement> JudgeStatements(const PublishedRound& published,
                                       const StatementInputs& inputs) {
  std::vector<Statement> statements;
  for (const PublishedFigure& figure : published.figures) {
    StatementReading reading = Judge(published, inputs, figure).Run();
    const auto same =
        std::ranges::find(statements, figure.statement_id, &Statement::id);
    Statement* statement = same == statements.end() ? nullptr : &*same;
    if (statement == nullptr) {
      Statement fresh;
      fresh.id = figure.statement_id;
      fresh.page = figure.page;
      fresh.label = figure.label;
      fresh.published = figure.value_as_published.empty()
                            ? figure.value
                            : figure.value_as_published;
      fresh.check = figure.check;
      fresh.round_year = figure.round_year;
      const auto round = inputs.rounds.find(figure.round_year);
      fresh.synthetic =
          (figure.check == Check::kComputed || figure.check == Check::kTrend ||
           figure.check == Check::kProgress) &&
          round != inputs.rounds.end() &&
          round->second->table().header().synthetic &&
          reading.verdict != StatementVerdict::kNotComputed;
      statements.push_back(std::move(fresh));
      statement = &statements.back();
    }
    if (Rank(reading.verdict) < Rank(statement->verdict)) {
      statement->verdict = reading.verdict;
    }
    if (reading.verdict == StatementVerdict::kFits) {
      statement->agreeing_readings.push_back(reading.reading);
    }
    statement->readings.push_back(std::move(reading));
  }
  for (Statement& statement : statements) {
    if (statement.verdict != StatementVerdict::kNotComputed) continue;
    statement.not_computed_reason =
        statement.readings.front().not_computed_reason;
  }
  return statements;
}

}  // namespace welfare::indicator
