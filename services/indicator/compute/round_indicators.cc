#include "services/indicator/compute/round_indicators.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "services/base/percent.h"
#include "services/base/rational.h"
#include "services/base/sha256.h"
#include "services/indicator/errors.h"
#include "services/indicator/questionnaire/labels.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::CheckedExpression;
using base::Rational;
using base::RegistryFact;
using base::Truth;
using base::Violation;

// Parses and checks `expression`; violations of the language become ours,
// under `where`.
std::optional<CheckedExpression> BindTruth(const std::string& expression,
                                           const Questionnaire& questionnaire,
                                           const std::string& where,
                                           std::vector<Violation>& violations) {
  const auto parsed = base::Expression::Parse(expression);
  absl::Status status = parsed.status();
  if (parsed.ok()) {
    auto checked =
        base::Check(*parsed, questionnaire, base::ExpectedResult::kTruth);
    if (checked.ok()) return *std::move(checked);
    status = checked.status();
  }
  const auto details = base::GetErrorDetails(status);
  if (!details.has_value() || details->violations.empty()) {
    violations.push_back(
        {where, "EXPRESSION", std::string(base::MessageOf(status))});
    return std::nullopt;
  }
  for (const Violation& violation : details->violations) {
    violations.push_back({where, violation.reason,
                          violation.description + " (" + violation.field +
                              " of `" + expression + "`)"});
  }
  return std::nullopt;
}

// The rows of members where a number was answered, with the number.
std::vector<std::pair<std::int64_t, std::size_t>> Numbers(
    const Column& column, const Bitmap& members) {
  std::vector<std::pair<std::int64_t, std::size_t>> numbers;
  for (std::size_t row = 0; row < members.size(); ++row) {
    if (members.Test(row) && column.answered.Test(row)) {
      numbers.emplace_back(column.integers[row], row);
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

// A number in print: an integer, else with one decimal, half up.
std::string Print(const Rational& number) {
  return number.is_integer() ? number.ToString() : number.ToDecimal(1);
}

constexpr std::string_view kAnswered = "answered";
constexpr std::string_view kAnsweredLabel = "記載あり";

}  // namespace

// Which rows are where: the value and its explanation come from the same sets.
struct RoundIndicators::Sets {
  struct Cell {
    std::string key;
    std::string label;
    Bitmap in;
    Bitmap base;
    bool with_percent = true;
    std::optional<Rational> value;
    bool quotient = false;
    bool lower_bound = false;
    bool tied = false;
    bool undefined = false;
    // A registry year of a REGISTRY_SERIES.
    std::optional<int> year;
  };

  explicit Sets(std::size_t rows) : base(rows), answered(rows) {
    absent.fill(Bitmap(rows));
  }

  Bitmap base;
  Bitmap answered;
  std::array<Bitmap, 7> absent;
  std::vector<Cell> cells;
  // The cells divide the answers among them.
  bool partition = false;
};

RoundIndicators::RoundIndicators(std::shared_ptr<const RoundTable> table,
                                 const DefinitionSet& definitions)
    : table_(std::move(table)),
      definitions_(definitions.ForQuestionnaire(table_->questionnaire())) {
  for (const PopulationDefinition& population : definitions.populations) {
    BindPopulation(population);
  }
  for (std::size_t i = 0; i < definitions_.size(); ++i) BindDefinition(i);
}

void RoundIndicators::BindPopulation(const PopulationDefinition& definition) {
  PopulationSet set;
  set.definition = definition;
  set.label = FillYears(definition.label, table_->header().fiscal_year, 0);
  set.members = Bitmap(table_->rows().size());
  set.undecided = set.members;
  const std::optional<CheckedExpression> predicate =
      BindTruth(definition.predicate, table_->questionnaire(),
                "populations." + definition.id, set.violations);
  if (predicate.has_value()) {
    set.reads_answers = !predicate->items().empty();
    for (std::size_t row = 0; row < table_->rows().size(); ++row) {
      if (table_->rows()[row].respondent.kind != definition.respondent) {
        continue;
      }
      switch (predicate->EvaluateTruth(TableRow(*table_, row))) {
        case Truth::kTrue:
          set.members.Set(row);
          break;
        case Truth::kUnknown:
          set.undecided.Set(row);
          break;
        case Truth::kFalse:
          break;
      }
    }
  }
  all_.insert(all_.end(), set.violations.begin(), set.violations.end());
  populations_.emplace(definition.id, std::move(set));
}

void RoundIndicators::BindDefinition(std::size_t index) {
  const Definition& definition = definitions_[index];
  const Questionnaire& questionnaire = table_->questionnaire();
  const std::string where = "indicators." + definition.id;
  Bound bound;
  bound.definition = index;
  const auto add = [&bound, &where](std::string_view reason,
                                    std::string description) {
    bound.violations.push_back(
        {where, std::string(reason), std::move(description)});
  };
  const auto population = populations_.find(definition.population);
  if (population == populations_.end()) {
    add("POPULATION",
        "There is no population `" + definition.population + "`.");
  } else {
    bound.population = &population->second;
    bound.digest = base::Sha256Hex(
        CanonicalText(definition, population->second.definition));
    if (!population->second.violations.empty()) {
      add("POPULATION", "The population `" + definition.population +
                            "` cannot be evaluated over this codebook.");
    }
  }
  if (!definition.item.empty()) {
    bound.item = questionnaire.FindItem(definition.item);
    if (!bound.item.has_value()) {
      add("ITEM_UNKNOWN",
          "The codebook has no item `" + definition.item + "`.");
    } else {
      const Item& item = questionnaire.items()[*bound.item];
      const bool number = item.type == Item::Type::kInteger;
      if ((definition.measure == Measure::kDistribution) == number) {
        add("ITEM_TYPE",
            "The measure " + std::string(ToString(definition.measure)) +
                " does not go with the type of `" + definition.item + "`.");
      }
      if (bound.population != nullptr &&
          !item.Asks(bound.population->definition.respondent)) {
        add("RESPONDENT", "The item `" + definition.item +
                              "` is not asked of the population's kind.");
      }
    }
  }
  for (const CellDefinition& cell : definition.cells) {
    BoundCell one;
    const std::string place = where + "." + cell.key;
    if (!cell.condition.empty()) {
      one.condition =
          BindTruth(cell.condition, questionnaire, place, bound.violations);
      if (one.condition.has_value()) one.items = one.condition->items();
    }
    for (const std::string& name : cell.items) {
      const auto position = questionnaire.FindItem(name);
      if (!position.has_value()) {
        add("ITEM_UNKNOWN", "The codebook has no item `" + name + "`.");
      } else if (questionnaire.items()[*position].type == Item::Type::kTable) {
        add("ITEM_TYPE", "A table has no absence of its own: `" + name + "`.");
      } else {
        one.items.push_back(*position);
      }
    }
    if (!cell.within.empty()) {
      one.within =
          BindTruth(cell.within, questionnaire, place, bound.violations);
    }
    bound.cells.push_back(std::move(one));
  }
  all_.insert(all_.end(), bound.violations.begin(), bound.violations.end());
  bound_.emplace(definition.id, std::move(bound));
}

const RoundIndicators::Bound* RoundIndicators::FindBound(
    std::string_view id) const {
  const auto found = bound_.find(id);
  return found == bound_.end() ? nullptr : &found->second;
}

const Definition* RoundIndicators::FindDefinition(std::string_view id) const {
  const Bound* bound = FindBound(id);
  return bound == nullptr ? nullptr : &definitions_[bound->definition];
}

const PopulationSet* RoundIndicators::FindPopulation(
    std::string_view id) const {
  const auto found = populations_.find(id);
  return found == populations_.end() ? nullptr : &found->second;
}

bool RoundIndicators::IsComputable(std::string_view id) const {
  const Bound* bound = FindBound(id);
  return bound != nullptr && bound->violations.empty();
}

void RoundIndicators::ResolveItem(const Bound& bound, Sets& sets) const {
  const Definition& definition = definitions_[bound.definition];
  const Item& item = table_->questionnaire().items()[*bound.item];
  const std::vector<Column>& columns = table_->columns(*bound.item);
  const Bitmap& members = bound.population->members;

  // A table is answered when any of its rows is; otherwise the absence of its
  // first row speaks for it (routing is the same for all rows).
  for (const Column& column : columns) sets.answered |= column.answered;
  sets.answered &= members;
  for (const Absence kind : base::kAllAbsences) {
    const auto k = static_cast<std::size_t>(kind);
    sets.absent[k] = (columns.front().Absent(kind) & members) - sets.answered;
  }
  sets.base = sets.answered;
  for (const Absence kind : base::kAllAbsences) {
    if (base::StaysInBase(kind)) {
      sets.base |= sets.absent[static_cast<std::size_t>(kind)];
    }
  }

  const auto add = [&sets](std::string key, std::string label, Bitmap in) {
    Sets::Cell cell;
    cell.key = std::move(key);
    cell.label = std::move(label);
    cell.in = std::move(in);
    cell.base = sets.base;
    sets.cells.push_back(std::move(cell));
    return &sets.cells.back();
  };
  const Column& column = columns.front();

  switch (definition.measure) {
    case Measure::kDistribution:
      if (item.type == Item::Type::kText) {
        add(std::string(kAnswered), std::string(kAnsweredLabel), sets.answered);
        return;
      }
      for (std::size_t i = 0; i < item.options.size(); ++i) {
        const Bitmap& chosen = item.type == Item::Type::kTable
                                   ? columns[i].answered
                                   : column.planes[i];
        add(item.options[i].code, item.options[i].label, chosen & members);
      }
      sets.partition = item.type == Item::Type::kSingle;
      return;
    case Measure::kSum: {
      const auto numbers = Numbers(column, members);
      const bool missing = sets.base.Count() != sets.answered.Count();
      std::optional<Rational> total = Rational(0);
      for (const auto& [number, row] : numbers) {
        if (total.has_value()) total = Rational::Add(*total, Rational(number));
      }
      const auto size = static_cast<std::int64_t>(numbers.size());
      const auto put = [&](std::string_view key, std::string_view label,
                           std::optional<Rational> value, bool quotient) {
        Sets::Cell* cell =
            add(std::string(key), std::string(label), sets.answered);
        cell->with_percent = false;
        cell->undefined = size == 0;
        if (size > 0) cell->value = value;
        cell->quotient = quotient;
        return cell;
      };
      put("total", "合計", total, false)->lower_bound = missing && size > 0;
      std::optional<Rational> mean;
      std::optional<Rational> median;
      if (size > 0) {
        if (total.has_value()) mean = Rational::Divide(*total, Rational(size));
        const auto half = static_cast<std::size_t>(size / 2);
        const Rational upper(numbers[half].first);
        if (size % 2 == 1) {
          median = upper;
        } else {
          const auto both =
              Rational::Add(Rational(numbers[half - 1].first), upper);
          if (both.has_value()) median = Rational::Divide(*both, Rational(2));
        }
      }
      put("mean", "平均", mean, true);
      put("median", "中央値", median, true);
      Sets::Cell* largest =
          put("max", "最大",
              size > 0 ? std::optional<Rational>(numbers.back().first)
                       : std::nullopt,
              false);
      largest->lower_bound = missing && size > 0;
      largest->in = Bitmap(members.size());
      for (const auto& [number, row] : numbers) {
        if (number == numbers.back().first) largest->in.Set(row);
      }
      return;
    }
    case Measure::kRank: {
      auto numbers = Numbers(column, members);
      for (int rank = 1; rank <= definition.ranks; ++rank) {
        Bitmap holders(members.size());
        std::optional<Rational> value;
        if (!numbers.empty()) {
          const std::int64_t highest = numbers.back().first;
          value = Rational(highest);
          while (!numbers.empty() && numbers.back().first == highest) {
            holders.Set(numbers.back().second);
            numbers.pop_back();
          }
        }
        Sets::Cell* cell = add("rank_" + std::to_string(rank),
                               std::to_string(rank) + "番目", holders);
        cell->with_percent = false;
        cell->value = value;
        cell->undefined = !value.has_value();
        cell->tied = holders.Count() > 1;
      }
      return;
    }
    case Measure::kHistogram: {
      const auto numbers = Numbers(column, members);
      std::vector<HistogramClass> classes = definition.classes;
      if (classes.empty()) {
        for (const auto& [number, row] : numbers) {
          if (classes.empty() || classes.back().from != number) {
            classes.push_back({number, number});
          }
        }
      }
      for (const HistogramClass& one : classes) {
        Bitmap in(members.size());
        for (const auto& [number, row] : numbers) {
          if (number >= one.from &&
              (!one.to.has_value() || number <= *one.to)) {
            in.Set(row);
          }
        }
        add(one.Key(), one.Label(), in);
      }
      sets.partition = true;
      return;
    }
    case Measure::kCount:
    case Measure::kRegistrySeries:
    case Measure::kProgress:
      return;
  }
}

void RoundIndicators::ResolveCount(const Bound& bound, Sets& sets) const {
  const Definition& definition = definitions_[bound.definition];
  const Bitmap& members = bound.population->members;
  for (const CellDefinition& cell : definition.cells) {
    Sets::Cell one;
    one.key = cell.key;
    one.label = FillYears(cell.label, table_->header().fiscal_year,
                          definition.reference_year_offset);
    one.in = Bitmap(members.size());
    one.base = one.in;
    sets.cells.push_back(std::move(one));
  }
  std::vector<Truth> within(definition.cells.size(), Truth::kTrue);
  for (std::size_t row = 0; row < members.size(); ++row) {
    if (!members.Test(row)) continue;
    const TableRow values(*table_, row);
    // The first absence among the items a cell reads, in codebook order,
    // explains why the cell is undecided.
    std::optional<Absence> absence;
    bool reads_answers = false;
    bool in_any = false;
    bool decided = true;
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      const BoundCell& cell = bound.cells[i];
      within[i] = cell.within.has_value() ? cell.within->EvaluateTruth(values)
                                          : Truth::kTrue;
      if (within[i] != Truth::kTrue) continue;
      const std::optional<Absence>& wanted = definition.cells[i].absence;
      Truth truth = Truth::kFalse;
      bool asked = false;
      for (const std::size_t item : cell.items) {
        reads_answers = true;
        if (table_->questionnaire().items()[item].type == Item::Type::kTable) {
          continue;
        }
        const auto kind = table_->column(item).AbsenceOf(row);
        if (wanted.has_value()) {
          if (kind == wanted) truth = Truth::kTrue;
          asked = asked || !kind.has_value() || base::StaysInBase(*kind);
        }
        if (!absence.has_value()) absence = kind;
      }
      if (wanted.has_value()) {
        if (!asked) truth = Truth::kUnknown;
      } else {
        truth = cell.condition->EvaluateTruth(values);
      }
      if (truth == Truth::kTrue) {
        in_any = true;
        sets.cells[i].in.Set(row);
      }
      decided = decided && truth != Truth::kUnknown;
    }
    // Without a submission nothing is known, whatever the conditions say of
    // absences.
    if (reads_answers && !table_->counted().Test(row)) {
      absence = Absence::kUnitNonresponse;
      in_any = false;
      decided = false;
      for (Sets::Cell& cell : sets.cells) {
        Bitmap only(members.size());
        only.Set(row);
        cell.in -= only;
      }
    }
    if (decided || in_any) {
      sets.answered.Set(row);
      sets.base.Set(row);
    } else {
      const Absence kind = absence.value_or(Absence::kUnknown);
      sets.absent[static_cast<std::size_t>(kind)].Set(row);
      if (!base::StaysInBase(kind)) continue;
      sets.base.Set(row);
    }
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      if (within[i] == Truth::kTrue) sets.cells[i].base.Set(row);
    }
  }
}

absl::Status RoundIndicators::ResolveSeries(const Bound& bound,
                                            const RegistryHistory* history,
                                            Sets& sets) const {
  const Definition& definition = definitions_[bound.definition];
  const Bitmap& members = bound.population->members;
  if (history == nullptr) {
    return FiguresInconsistent(definition.id, "computed without the registry");
  }
  sets.base = members;
  const int last = table_->header().fiscal_year.value();
  for (int year = definition.from_year; year <= last; ++year) {
    Sets::Cell cell;
    cell.key = std::to_string(year);
    cell.label = YearLabel(base::FiscalYear::FromChecked(year));
    cell.in = Bitmap(members.size());
    cell.base = members;
    cell.year = year;
    Bitmap unknown(members.size());
    for (std::size_t row = 0; row < members.size(); ++row) {
      if (!members.Test(row)) continue;
      const std::string& code =
          table_->rows()[row].respondent.municipality.ToString();
      const RegistryFact fact = definition.fact == SeriesFact::kPreparation
                                    ? RegistryFact::kPreparation
                                    : RegistryFact::kImplementing;
      Truth truth = history->Fact(code, year, fact);
      if (truth == Truth::kTrue && definition.fact == SeriesFact::kNewcomer) {
        truth = base::ToTruth(history->IsNewcomer(code, year));
      }
      if (truth == Truth::kTrue) cell.in.Set(row);
      if (truth == Truth::kUnknown) unknown.Set(row);
    }
    cell.lower_bound = unknown.Count() > 0;
    // The value's own absences are those of the round's year.
    if (year == last) {
      sets.absent[static_cast<std::size_t>(Absence::kUnknown)] = unknown;
      sets.answered = members - unknown;
    }
    sets.cells.push_back(std::move(cell));
  }
  if (sets.cells.empty()) sets.answered = members;
  return absl::OkStatus();
}

void RoundIndicators::ResolveProgress(const Bound& bound, Sets& sets) const {
  const Bitmap& members = bound.population->members;
  const std::vector<FrameRow>& rows = table_->rows();
  sets.base = members;
  sets.answered = members & table_->counted();
  Bitmap late(rows.size());
  Bitmap accepted(rows.size());
  Bitmap implementing(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].late) late.Set(row);
    if (rows[row].state == SubmissionState::kAccepted ||
        rows[row].state == SubmissionState::kFinal) {
      accepted.Set(row);
    }
    if (TableRow(*table_, row).registry(RegistryFact::kImplementing, 0) ==
        Truth::kTrue) {
      implementing.Set(row);
    }
  }
  const auto add = [&sets](std::string_view key, std::string_view label,
                           Bitmap in, Bitmap base) {
    Sets::Cell cell;
    cell.key = std::string(key);
    cell.label = std::string(label);
    cell.in = std::move(in);
    cell.base = std::move(base);
    sets.cells.push_back(std::move(cell));
  };
  add("received", "提出", sets.answered, members);
  add("on_time", "期間内の提出", sets.answered - late, members);
  add("late", "期間後の提出", sets.answered & late, members);
  add("accepted", "受理", sets.answered & accepted, members);
  add("received_implementing", "提出(実施)", sets.answered & implementing,
      members & implementing);
  add("received_not_implementing", "提出(未実施)", sets.answered - implementing,
      members - implementing);
}

absl::StatusOr<RoundIndicators::Sets> RoundIndicators::Resolve(
    const Bound& bound, const RegistryHistory* history) const {
  const Definition& definition = definitions_[bound.definition];
  if (!bound.violations.empty()) {
    return ItemNotInRound(definition.id, bound.violations);
  }
  Sets sets(table_->rows().size());
  switch (definition.measure) {
    case Measure::kCount:
      ResolveCount(bound, sets);
      break;
    case Measure::kDistribution:
    case Measure::kSum:
    case Measure::kRank:
    case Measure::kHistogram:
      ResolveItem(bound, sets);
      break;
    case Measure::kRegistrySeries:
      WELFARE_RETURN_IF_ERROR(ResolveSeries(bound, history, sets));
      break;
    case Measure::kProgress:
      ResolveProgress(bound, sets);
      break;
  }
  return sets;
}

absl::StatusOr<Figures> RoundIndicators::ToFigures(const Bound& bound,
                                                   const Sets& sets) const {
  const Definition& definition = definitions_[bound.definition];
  const RoundHeader& header = table_->header();
  const PopulationSet& population = *bound.population;
  Figures figures;
  figures.indicator = definition.id;
  figures.measure = definition.measure;
  figures.fiscal_year = header.fiscal_year.value();
  figures.reference_year =
      figures.fiscal_year + definition.reference_year_offset;
  figures.label = FillYears(definition.label, header.fiscal_year,
                            definition.reference_year_offset);
  figures.population = population.definition.id;
  figures.population_label = population.label;
  figures.predicate = population.definition.predicate;
  figures.size = population.members.Count();
  figures.undecided = population.undecided.Count();
  figures.base = sets.base.Count();
  figures.answered = sets.answered.Count();
  for (const Absence kind : base::kAllAbsences) {
    const auto k = static_cast<std::size_t>(kind);
    figures.absences[k] = sets.absent[k].Count();
  }
  figures.multiple_answer = definition.multiple_answer;
  figures.unit = definition.unit;
  figures.definition_version = definition.version;
  figures.definition_digest = bound.digest;
  figures.registry_version = header.registry_version;
  figures.round_revision = header.revision;
  figures.codebook = table_->questionnaire().version();
  figures.basis = table_->basis();
  figures.synthetic = header.synthetic;
  if (figures.base == 0) {
    figures.flags.push_back(Flag::kUndefined);
  } else if (figures.base < kSmallBaseLimit) {
    figures.flags.push_back(Flag::kSmallBase);
  }
  for (const Sets::Cell& cell : sets.cells) {
    if (!cell.in.IsSubsetOf(cell.base) || !cell.base.IsSubsetOf(sets.base) ||
        !sets.base.IsSubsetOf(population.members)) {
      return FiguresInconsistent(definition.id,
                                 "cell, base and population are not nested");
    }
    FigureCell one;
    one.key = cell.key;
    one.label = cell.label;
    one.count = cell.in.Count();
    one.base = cell.base.Count();
    if (cell.with_percent)
      one.percent = base::FormatPercent(one.count, one.base);
    if (cell.value.has_value()) {
      one.value = Print(*cell.value);
      if (cell.quotient) {
        one.numerator = cell.value->numerator();
        one.denominator = cell.value->denominator();
      }
    }
    if (cell.undefined || one.base == 0) one.flags.push_back(Flag::kUndefined);
    if (cell.lower_bound) {
      one.flags.push_back(Flag::kLowerBound);
      if (std::ranges::find(figures.flags, Flag::kLowerBound) ==
          figures.flags.end()) {
        figures.flags.push_back(Flag::kLowerBound);
      }
    }
    if (one.base > 0 && one.base < kSmallBaseLimit) {
      one.flags.push_back(Flag::kSmallBase);
    }
    if (cell.tied) one.flags.push_back(Flag::kTied);
    figures.cells.push_back(std::move(one));
  }
  std::ranges::sort(figures.flags);
  WELFARE_RETURN_IF_ERROR(VerifyFigures(figures, sets.partition));
  return figures;
}

absl::StatusOr<Figures> RoundIndicators::Compute(
    std::string_view id, const RegistryHistory* history) const {
  const Bound* bound = FindBound(id);
  if (bound == nullptr) return IndicatorNotFound(id);
  WELFARE_ASSIGN_OR_RETURN(const Sets sets, Resolve(*bound, history));
  return ToFigures(*bound, sets);
}

std::string RoundIndicators::AnswerInWords(std::size_t item,
                                           std::size_t row) const {
  const Item& question = table_->questionnaire().items()[item];
  const std::vector<Column>& columns = table_->columns(item);
  const auto absence_words = [](Absence kind) {
    return std::string(base::ToString(kind)) + " (" +
           std::string(base::ToJapanese(kind)) + ")";
  };
  if (question.type == Item::Type::kTable) {
    std::string words;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!columns[i].answered.Test(row)) continue;
      if (!words.empty()) words += "、";
      words +=
          question.options[i].label + " (" + question.options[i].code + ")";
    }
    if (!words.empty()) return words;
  }
  const Column& column = columns.front();
  if (const auto absence = column.AbsenceOf(row)) {
    return absence_words(*absence);
  }
  if (question.type == Item::Type::kInteger) {
    return std::to_string(column.integers[row]) + " " + question.unit;
  }
  if (!question.coded()) return std::string(kAnsweredLabel);
  std::string words;
  for (std::size_t i = 0; i < column.planes.size(); ++i) {
    if (!column.planes[i].Test(row)) continue;
    if (!words.empty()) words += "、";
    words += question.options[i].label + " (" + question.options[i].code + ")";
  }
  return words;
}

std::string RoundIndicators::ReasonFor(const Bound& bound, const Sets& sets,
                                       std::size_t row,
                                       std::optional<std::size_t> cell) const {
  const Definition& definition = definitions_[bound.definition];
  const std::string predicate = bound.population->definition.predicate;
  if (!bound.population->members.Test(row)) {
    return "population UNKNOWN: " + predicate;
  }
  const FrameRow& frame = table_->rows()[row];
  switch (definition.measure) {
    case Measure::kRegistrySeries: {
      if (!cell.has_value()) return "registry UNKNOWN";
      const Sets::Cell& one = sets.cells[*cell];
      std::string reason = "registry " + one.key + ": ";
      reason += ToString(definition.fact);
      return reason + (one.in.Test(row) ? " yes" : " no or unknown");
    }
    case Measure::kProgress: {
      constexpr std::array<std::string_view, 6> kStates = {
          "no submission", "draft",    "submitted",
          "returned",      "accepted", "final"};
      std::string reason(kStates[static_cast<std::size_t>(frame.state)]);
      if (frame.late) reason += ", late";
      return reason;
    }
    case Measure::kCount: {
      std::set<std::size_t> items;
      std::set<base::RegistryReference> facts;
      for (std::size_t i = 0; i < bound.cells.size(); ++i) {
        if (cell.has_value() && i != *cell) continue;
        const BoundCell& one = bound.cells[i];
        items.insert(one.items.begin(), one.items.end());
        for (const auto* expression : {&one.condition, &one.within}) {
          if (!expression->has_value()) continue;
          facts.insert((*expression)->registry().begin(),
                       (*expression)->registry().end());
        }
      }
      std::string reason;
      const auto add = [&reason](const std::string& part) {
        if (!reason.empty()) reason += "; ";
        reason += part;
      };
      for (const std::size_t item : items) {
        add(table_->questionnaire().items()[item].id + ": " +
            AnswerInWords(item, row));
      }
      for (const base::RegistryReference& fact : facts) {
        add("registry " + std::string(base::ToString(fact.fact)) + " FY" +
            std::to_string(table_->header().fiscal_year.value() + fact.offset) +
            ": " +
            std::string(base::ToString(
                TableRow(*table_, row).registry(fact.fact, fact.offset))));
      }
      return reason;
    }
    case Measure::kDistribution:
    case Measure::kSum:
    case Measure::kRank:
    case Measure::kHistogram:
      return AnswerInWords(*bound.item, row);
  }
  return {};
}

absl::StatusOr<ExplainedCell> RoundIndicators::Explain(
    std::string_view id, std::string_view cell,
    const RegistryHistory* history) const {
  const Bound* bound = FindBound(id);
  if (bound == nullptr) return IndicatorNotFound(id);
  WELFARE_ASSIGN_OR_RETURN(const Sets sets, Resolve(*bound, history));
  ExplainedCell explained;
  WELFARE_ASSIGN_OR_RETURN(explained.figures, ToFigures(*bound, sets));

  const Bitmap* in = nullptr;
  const Bitmap* base = &sets.base;
  std::optional<std::size_t> position;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < sets.cells.size(); ++i) {
    keys.push_back(sets.cells[i].key);
    if (sets.cells[i].key != cell) continue;
    position = i;
    in = &sets.cells[i].in;
    base = &sets.cells[i].base;
  }
  for (const Absence kind : base::kAllAbsences) {
    keys.emplace_back(base::ToString(kind));
    if (cell == base::ToString(kind)) {
      in = &sets.absent[static_cast<std::size_t>(kind)];
    }
  }
  if (in == nullptr) return CellUnknown(id, cell, keys);

  const Bitmap& members = bound->population->members;
  const Bitmap& undecided = bound->population->undecided;
  for (std::size_t row = 0; row < table_->rows().size(); ++row) {
    if (!members.Test(row) && !undecided.Test(row)) continue;
    CellExplanation explanation;
    explanation.row = row;
    explanation.in = in->Test(row);
    explanation.in_base = base->Test(row);
    explanation.reason = ReasonFor(*bound, sets, row, position);
    explained.explanations.push_back(std::move(explanation));
  }
  return explained;
}

}  // namespace welfare::indicator
