// Who is behind a cell, in words.
#include <array>
#include <set>
#include <string>
#include <utility>

#include "services/indicator/compute/answer_words.h"
#include "services/indicator/compute/figure_sets.h"
#include "services/indicator/compute/round_indicators.h"
#include "services/indicator/errors.h"

namespace welfare::indicator {

using base::Absence;

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
      if (one.in.Test(row)) return reason + " yes";
      return reason + (one.undecided.Test(row) ? " UNKNOWN" : " no");
    }
    case Measure::kProgress: {
      constexpr std::array<std::string_view, 6> kStates = {
          "no submission", "draft",    "submitted",
          "returned",      "accepted", "final"};
      std::string reason(kStates[static_cast<std::size_t>(frame.state)]);
      if (frame.late) reason += ", late";
      if (frame.received_on.has_value()) {
        reason += ", received " + frame.received_on->ToString();
      }
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
            std::string(
                base::ToString(RowOf(row).registry(fact.fact, fact.offset))));
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
  WELFARE_ASSIGN_OR_RETURN(explained.figures, ToFigures(*bound, sets, history));

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
