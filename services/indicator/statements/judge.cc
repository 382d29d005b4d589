// How every statement is held against the figures.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/percent.h"
#include "services/indicator/questionnaire/labels.h"
#include "services/indicator/statements/not_computed.h"
#include "services/indicator/statements/published.h"

namespace welfare::indicator {
namespace {

using base::RegistryFact;
using base::Truth;

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
    reading_.claim = figure_.claim;
    reading_.published_count = figure_.numerator;
    reading_.published_base = figure_.denominator;
    reading_.wording = figure_.wording;
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
        Refuse(BecauseOf(figure_.check));
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
    int undecided = 0;  // of a series

    std::string Text() const {
      return value.has_value() ? *value : Share(count, base);
    }
  };

  void Refuse(NotComputed reason) {
    reading_.verdict = StatementVerdict::kNotComputed;
    reading_.not_computed_reason = std::move(reason.english);
    reading_.not_computed_reason_ja = std::move(reason.japanese);
  }

  // Adds a part of what decides; a part that does not hold makes the reading
  // not fit. Only what the row states is ever required.
  void Require(bool holds, const std::string& rule) {
    Join(reading_.rule, rule, "; ");
    if (!holds) reading_.verdict = StatementVerdict::kDoesNotFit;
  }

  static Agreement Compare(std::int64_t computed,
                           const std::optional<std::int64_t>& published) {
    if (!published.has_value()) return Agreement::kNone;
    return computed == *published ? Agreement::kSame : Agreement::kDiffers;
  }

  // Compares the numbers and the words that the row prints with `k` of `n`, and
  // decides by what it states.
  void Decide(std::int64_t k, std::int64_t n, const base::WordingResult* word) {
    Note(k, n);
    switch (figure_.claim) {
      case Claim::kShare:
        RequireBase(n);
        RequireCount(k);
        break;
      case Claim::kPercent:
        RequirePercent(k, n);
        break;
      case Claim::kCount:
      case Claim::kNone:
      case Claim::kValue:
        RequireCount(k);
        break;
      case Claim::kWording:
        break;
    }
    if (word != nullptr) CheckWord(*word, n);
  }

  // Remembers whether the printed count and base are the computed ones.
  void Note(std::int64_t k, std::int64_t n) {
    const auto add = [](Agreement& whole, Agreement part) {
      if (whole != Agreement::kDiffers && part != Agreement::kNone)
        whole = part;
    };
    add(reading_.count_agreement, Compare(k, figure_.numerator));
    add(reading_.base_agreement, Compare(n, figure_.denominator));
  }

  void RequireBase(std::int64_t n) {
    if (!figure_.denominator.has_value()) return;
    Require(n == *figure_.denominator,
            "base " + std::to_string(*figure_.denominator));
  }

  // The printed count, or the bounds of one that is not printed.
  void RequireCount(std::int64_t k) {
    if (figure_.numerator.has_value()) {
      Require(k == *figure_.numerator,
              "count " + std::to_string(*figure_.numerator));
    } else if (figure_.lower_bound.has_value() ||
               figure_.upper_bound.has_value()) {
      Require(
          (!figure_.lower_bound.has_value() || k >= *figure_.lower_bound) &&
              (!figure_.upper_bound.has_value() || k <= *figure_.upper_bound),
          "count " + Range(figure_.lower_bound, figure_.upper_bound));
    }
  }

  // The printed percentage, at as many decimals as it is printed with.
  void RequirePercent(std::int64_t k, std::int64_t n) {
    const std::string& printed = figure_.value_as_published;
    std::optional<std::string> percent = base::FormatPercent(k, n);
    if (printed.find('.') == std::string::npos && n > 0) {
      percent = std::to_string((200 * k + n) / (2 * n));
    }
    Require(percent.has_value() && *percent + "%" == printed,
            "percent " + printed);
  }

  // Returns the source's cells in the round of `year`; says why when it
  // cannot.
  std::optional<std::vector<CellFigure>> Cells(int year) {
    const auto round = inputs_.rounds.find(year);
    if (round == inputs_.rounds.end()) {
      Refuse(NoRound(year, inputs_.planned.contains(year)));
      return std::nullopt;
    }
    const auto figures =
        round->second->Compute(source_.indicator, inputs_.history);
    if (!figures.ok()) {
      Refuse(IndicatorMisfits(source_.indicator,
                              base::MessageOf(figures.status())));
      return std::nullopt;
    }
    // The population as the indicator has it in the round the row is about.
    if (const auto* population =
            round->second->FindPopulation(figures->population)) {
      reading_.population = population;
    }
    if (!figure_.populations.empty() && figure_.denominator.has_value() &&
        figure_.populations.front() != figures->population) {
      Refuse(
          AnotherPopulation(figures->population, figure_.populations.front()));
      return std::nullopt;
    }
    std::vector<CellFigure> cells;
    for (const FigureCell& cell : figures->cells) {
      if (source_.cell.empty() || cell.key == source_.cell) {
        cells.push_back(
            {cell.label, cell.count, cell.base, cell.value, cell.undecided});
        if (cell.value.has_value()) continue;
        if (figures->measure == Measure::kSum ||
            figures->measure == Measure::kRank) {
          Refuse(NoNumber(cell.Has(Flag::kUndefined)));
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
      Refuse(NoCell(source_.cell));
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

  static std::string Range(std::optional<std::int64_t> least,
                           std::optional<std::int64_t> most) {
    if (least.has_value() && most.has_value() && *least == *most) {
      return std::to_string(*least);
    }
    return (least.has_value() ? std::to_string(*least) : std::string()) + ".." +
           (most.has_value() ? std::to_string(*most) : std::string());
  }

  void CheckWord(const base::WordingResult& result, std::int64_t base) {
    reading_.wording_verdict = FromWording(result.verdict);
    if (figure_.claim != Claim::kWording) return;
    std::string rule =
        "profile " + published_.profile.version + ": " + figure_.wording;
    if (result.least.has_value() && result.most.has_value()) {
      rule += " = " + Range(result.least, result.most) + " of " +
              std::to_string(base);
    }
    Join(reading_.rule, rule, "; ");
    reading_.verdict = *reading_.wording_verdict;
  }

  void Computed() {
    const auto cells = Cells(figure_.round_year);
    if (!cells.has_value()) return;
    const CellFigure& cell = cells->front();
    Show(cell);
    reading_.verdict = StatementVerdict::kFits;
    if (cell.value.has_value()) {
      if (figure_.value.empty()) {
        Refuse(NoValueStated());
        return;
      }
      Require(*cell.value == figure_.value, "value " + figure_.value);
      return;
    }
    if (figure_.wording.empty()) {
      Decide(cell.count, cell.base, nullptr);
      return;
    }
    const base::WordingResult word = base::CheckWording(
        published_.profile, figure_.wording, cell.count, cell.base);
    Decide(cell.count, cell.base, &word);
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
    const base::WordingResult word = base::CheckWordingOfTwoRounds(
        published_.profile, figure_.wording, a.count, a.base, b.count, b.base);
    Decide(a.count, a.base, &word);
  }

  void Trend() {
    if (source_.indicator.empty()) {
      Refuse(TrendWithoutFigure());
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
    reading_.wording_verdict = StatementVerdict::kUnchecked;
    reading_.rule = "profile " + published_.profile.version + ": no rule for " +
                    figure_.wording;
  }

  // A registry population in the row's year, by code.
  struct RegistrySet {
    std::set<std::string> members;
    std::size_t unknown = 0;  // of whom the registry does not say
  };
  RegistrySet InRegistry(const PopulationSet& population) const {
    RegistrySet set;
    const auto roster = inputs_.history->rosters.find(figure_.reference_year);
    if (roster == inputs_.history->rosters.end()) return set;
    const auto parsed =
        base::Expression::Parse(population.definition.predicate);
    const auto predicate =
        base::Check(*parsed, current_.table().questionnaire(),
                    base::ExpectedResult::kTruth);
    for (const auto& [code, entry] : roster->second) {
      const RosterRow row(*inputs_.history, code, figure_.reference_year);
      switch (predicate->EvaluateTruth(row)) {
        case Truth::kTrue:
          set.members.insert(code);
          break;
        case Truth::kUnknown:
          ++set.unknown;
          break;
        case Truth::kFalse:
          break;
      }
    }
    return set;
  }

  void Registry() {
    if (inputs_.history == nullptr) {
      Refuse(RegistryNotRead());
      return;
    }
    if (!source_.indicator.empty()) {
      const auto cells = Cells(figure_.round_year);
      if (!cells.has_value()) return;
      std::string counts;
      int undecided = 0;
      for (const CellFigure& cell : *cells) {
        Join(counts, std::to_string(cell.count), ",");
        undecided += cell.undecided;
      }
      if (undecided > 0) {
        Refuse(RecordsMissing(undecided, counts));
        return;
      }
      reading_.computed = counts;
      reading_.verdict = StatementVerdict::kFits;
      Require(counts == figure_.value, "counts " + figure_.value);
      return;
    }
    const PopulationSet* population = reading_.population;
    if (population == nullptr || !population->violations.empty() ||
        population->reads_answers) {
      Refuse(NoRegistrySet(""));
      return;
    }
    const auto roster = inputs_.history->rosters.find(figure_.reference_year);
    if (roster == inputs_.history->rosters.end()) {
      Refuse(NoRoster(figure_.reference_year));
      return;
    }
    const RegistrySet counted = InRegistry(*population);
    const std::set<std::string>& members = counted.members;
    // No record is not a no: a year without any says nothing.
    if (counted.unknown > 0 && counted.unknown == roster->second.size()) {
      Refuse(NoRecord(figure_.reference_year));
      return;
    }
    std::set<std::string> base;
    for (const auto& [code, entry] : roster->second) base.insert(code);
    reading_.verdict = StatementVerdict::kFits;
    if (!source_.within.empty()) {
      const PopulationSet* within = current_.FindPopulation(source_.within);
      if (within == nullptr || within->reads_answers ||
          !within->violations.empty()) {
        Refuse(NoRegistrySet(source_.within));
        return;
      }
      base = InRegistry(*within).members;
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
    if (counted.unknown > 0) {
      reading_.computed +=
          " (not on record: " + std::to_string(counted.unknown) + ")";
    }
    if (!figure_.value.empty()) {
      Note(k, n);
      reading_.count_agreement = std::to_string(k) == figure_.value
                                     ? Agreement::kSame
                                     : Agreement::kDiffers;
      Require(std::to_string(k) == figure_.value, "count " + figure_.value);
      return;
    }
    Decide(k, n, nullptr);
  }

  void Progress() {
    const RoundTable& table = current_.table();
    reading_.verdict = StatementVerdict::kFits;
    if (!figure_.numerator.has_value()) {
      const RoundHeader& header = table.header();
      if (!header.window_start.has_value() || !header.window_end.has_value()) {
        Refuse(NoWindow());
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
        Refuse(NoPopulation(id));
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
      Decide(received, expected, nullptr);
    }
  }

  void OptionList() {
    const Questionnaire& questionnaire = current_.table().questionnaire();
    const auto position = figure_.items.empty()
                              ? std::nullopt
                              : questionnaire.FindItem(figure_.items.front());
    if (!position.has_value()) {
      Refuse(NoItem());
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
          Refuse(NoOption(code));
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
    statement.not_computed_reason_ja =
        statement.readings.front().not_computed_reason_ja;
  }
  return statements;
}

}  // namespace welfare::indicator
