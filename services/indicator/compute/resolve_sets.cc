// How each measure finds the rows of its base, absences and cells.
#include <algorithm>
#include <string_view>
#include <utility>

#include "services/base/rational.h"
#include "services/indicator/compute/answer_words.h"
#include "services/indicator/compute/figure_sets.h"
#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/errors.h"
#include "services/indicator/questionnaire/labels.h"

namespace welfare::indicator {
namespace {

using base::Absence;
using base::Rational;
using base::RegistryFact;
using base::Truth;

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

// Whether a series of `fact` counts `code` in `year`.
Truth IsIn(const RegistryHistory& history, SeriesFact fact,
           const std::string& code, int year) {
  switch (fact) {
    case SeriesFact::kImplementing:
      return history.Fact(code, year, RegistryFact::kImplementing);
    case SeriesFact::kPreparation:
      return history.Fact(code, year, RegistryFact::kPreparation);
    case SeriesFact::kNewcomer:
      break;
  }
  return history.IsNewcomer(code, year);
}

OptionRole RoleOf(const Option& option) {
  if (option.takes_text || option.code == "other") return OptionRole::kOther;
  return option.exclusive ? OptionRole::kNone : OptionRole::kAnswer;
}

}  // namespace

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
        Sets::Cell* cell =
            add(item.options[i].code, item.options[i].label, chosen & members);
        if (item.type != Item::Type::kTable)
          cell->role = RoleOf(item.options[i]);
      }
      sets.partition = item.type == Item::Type::kSingle;
      return;
    case Measure::kSum: {
      const auto numbers = Numbers(column, members);
      std::optional<Rational> total = Rational(0);
      for (const auto& [number, row] : numbers) {
        if (total.has_value()) total = Rational::Add(*total, Rational(number));
      }
      const auto size = static_cast<std::int64_t>(numbers.size());
      const auto put = [&](std::string_view key, std::string_view label,
                           std::optional<Rational> value, bool quotient) {
        Sets::Cell* cell =
            add(std::string(key), std::string(label), sets.answered);
        cell->base = sets.answered;
        cell->number = true;
        if (size > 0) cell->value = value;
        cell->quotient = quotient;
        return cell;
      };
      put("total", "合計", total, false);
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
        cell->base = sets.answered;
        cell->number = true;
        cell->value = value;
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
    const TableRow values = RowOf(row);
    // The first absence among the items a cell reads, in codebook order,
    // explains why the cell is undecided.
    std::optional<Absence> absence;
    bool reads_answers = false;
    bool in_any = false;
    bool decided = true;
    // Whoever belongs in no part (no record says in which) has answered all the
    // same, or not: then every cell is asked, and none counts the answer.
    bool placed = false;
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      const BoundCell& cell = bound.cells[i];
      within[i] = cell.within.has_value() ? cell.within->EvaluateTruth(values)
                                          : Truth::kTrue;
      placed = placed || within[i] == Truth::kTrue;
    }
    for (std::size_t i = 0; i < bound.cells.size(); ++i) {
      const BoundCell& cell = bound.cells[i];
      if (placed && within[i] != Truth::kTrue) continue;
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
        if (within[i] == Truth::kTrue) sets.cells[i].in.Set(row);
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
    cell.undecided = Bitmap(members.size());
    for (std::size_t row = 0; row < members.size(); ++row) {
      if (!members.Test(row)) continue;
      const std::string code =
          table_->rows()[row].respondent.municipality.ToString();
      switch (IsIn(*history, definition.fact, code, year)) {
        case Truth::kTrue:
          cell.in.Set(row);
          break;
        case Truth::kUnknown:
          cell.undecided.Set(row);
          break;
        case Truth::kFalse:
          break;
      }
    }
    // The value's own absences are those of the round's year.
    if (year == last) {
      sets.absent[static_cast<std::size_t>(Absence::kUnknown)] = cell.undecided;
      sets.answered = members - cell.undecided;
    }
    sets.cells.push_back(std::move(cell));
  }
  if (sets.cells.empty()) sets.answered = members;
  return absl::OkStatus();
}

void RoundIndicators::ResolveProgress(const Bound& bound, Sets& sets) const {
  const Bitmap& members = bound.population->members;
  const std::vector<FrameRow>& rows = table_->rows();
  const std::optional<base::Date>& first_day = table_->header().window_start;
  // Where a return stands is known of everybody: nobody is absent.
  sets.base = members;
  sets.answered = members;
  const Bitmap received = members & table_->counted();
  Bitmap late(rows.size());
  Bitmap early(rows.size());
  Bitmap accepted(rows.size());
  Bitmap implementing(rows.size());
  Bitmap not_implementing(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].late) late.Set(row);
    if (first_day.has_value() && rows[row].received_on.has_value() &&
        *rows[row].received_on < *first_day) {
      early.Set(row);
    }
    if (rows[row].state == SubmissionState::kAccepted ||
        rows[row].state == SubmissionState::kFinal) {
      accepted.Set(row);
    }
    switch (RowOf(row).registry(RegistryFact::kImplementing, 0)) {
      case Truth::kTrue:
        implementing.Set(row);
        break;
      case Truth::kFalse:
        not_implementing.Set(row);
        break;
      case Truth::kUnknown:
        break;
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
  add("received", "提出", received, members);
  add("on_time", "期間内の提出", received - late - early, members);
  add("late", "期間後の提出", received & late, members);
  add("accepted", "受理", received & accepted, members);
  add("received_implementing", "提出(実施)", received & implementing,
      members & implementing);
  add("received_not_implementing", "提出(未実施)", received & not_implementing,
      members & not_implementing);
  // Cells of their own only where somebody is in them: nobody need be received
  // before the window, and a registry usually knows everybody.
  const Bitmap before = received & early;
  if (before.Count() > 0) {
    add("early", "期間前の提出", before, members);
  }
  const Bitmap unrecorded = members - implementing - not_implementing;
  if (unrecorded.Count() > 0) {
    add("received_status_unknown", "提出(実施状況の記録なし)",
        received & unrecorded, unrecorded);
  }
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

}  // namespace welfare::indicator
