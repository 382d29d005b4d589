#include "services/survey/codebook/conditions.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/base/time/fiscal_year.h"
#include "services/survey/codebook/codebook.h"

namespace welfare::survey {
namespace {

using base::Truth;
using base::Value;

// Evaluations between two looks at whether somebody still wants the answer.
constexpr std::size_t kLookEvery = 4096;

// Of the years that a round may have; those after it are tried next.
constexpr int kYearTriedFirst = 2000;
constexpr std::size_t kOtherYears =
    base::FiscalYear::kMax - base::FiscalYear::kMin;

// The whole numbers on both sides of `number`, and itself where it is one.
std::array<std::int64_t, 3> Around(const base::Rational& number) {
  std::int64_t floor = number.numerator() / number.denominator();
  if (number.numerator() % number.denominator() < 0) --floor;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return {floor == -kMost - 1 ? floor : floor - 1, floor,
          floor == kMost ? floor : floor + 1};
}

// Numbers or texts of an item, where conditions compare them with `constants`
// alone: these, one between and beyond any two, and of texts one that others
// have and one that nobody else has.
void AddValues(std::size_t index, AnswerType type,
               std::span<const Value> constants, std::vector<Value>& values) {
  if (type == AnswerType::kText) {
    values.push_back(Value::OfText("\u2026"));
    values.push_back(Value::OfText("\u2026" + std::to_string(index)));
    for (const Value& constant : constants) {
      if (constant.text() != nullptr) values.push_back(constant);
    }
    return;
  }
  std::set<std::int64_t> numbers = {0};
  for (const Value& constant : constants) {
    if (constant.number() == nullptr) continue;
    for (const std::int64_t near : Around(*constant.number())) {
      numbers.insert(near);
    }
  }
  for (const std::int64_t number : numbers) {
    values.push_back(Value::Of(base::Rational(number)));
  }
}

// Every option worth trying when asking whether a condition can be true; empty
// when there are too many kinds of value to try.
std::vector<Value> ProbeValues(const Item& item, bool reachable) {
  std::vector<Value> values = {Value::Missing()};
  if (!reachable) return values;
  const std::size_t n = item.options.size();
  if (item.type == AnswerType::kSingle && n <= Codebook::kMaxCodes) {
    for (std::size_t i = 0; i < n; ++i) values.push_back(Value::OfOption(i));
    return values;
  }
  if (item.type == AnswerType::kMultiple && n <= 12) {
    for (std::uint64_t bits = 1; bits < (std::uint64_t{1} << n); ++bits) {
      values.push_back(Value::OfOptions(base::OptionSet(bits)));
    }
    return values;
  }
  return {};
}

// A row made up to probe a condition.
class ProbeRow final : public base::ExpressionRow {
 public:
  const Value& item(std::size_t index) const override {
    const auto it = items.find(index);
    return it == items.end() ? missing_ : it->second;
  }
  Truth registry(base::RegistryFact fact, int offset) const override {
    const auto it = facts.find({fact, offset});
    return it == facts.end() ? Truth::kUnknown : it->second;
  }
  int fiscal_year() const override {
    reads_year_ = true;
    return year;
  }
  // Whether the condition has asked for the year.
  bool reads_year() const { return reads_year_; }

  std::map<std::size_t, Value> items;
  std::map<std::pair<base::RegistryFact, int>, Truth> facts;
  int year = kYearTriedFirst;

 private:
  Value missing_;
  mutable bool reads_year_ = false;
};

}  // namespace

std::vector<bool> FindCycles(
    const std::vector<std::vector<std::size_t>>& edges) {
  // Tarjan's strongly connected components with a stack of its own. A node is
  // on a cycle when its component has other members or an edge to itself.
  constexpr std::size_t kUnseen = static_cast<std::size_t>(-1);
  const std::size_t n = edges.size();
  std::vector<bool> in_cycle(n, false);
  std::vector<bool> open(n, false);
  std::vector<std::size_t> order(n, kUnseen);
  std::vector<std::size_t> low(n, 0);
  std::vector<std::size_t> component;
  std::vector<std::pair<std::size_t, std::size_t>> path;  // node, next edge
  std::size_t next_order = 0;
  const auto enter = [&](std::size_t node) {
    order[node] = low[node] = next_order++;
    open[node] = true;
    component.push_back(node);
    path.emplace_back(node, 0);
  };
  for (std::size_t start = 0; start < n; ++start) {
    if (order[start] != kUnseen) continue;
    enter(start);
    while (!path.empty()) {
      const std::size_t node = path.back().first;
      if (path.back().second < edges[node].size()) {
        const std::size_t to = edges[node][path.back().second++];
        if (to == node) {
          in_cycle[node] = true;
        } else if (order[to] == kUnseen) {
          enter(to);
        } else if (open[to]) {
          low[node] = std::min(low[node], order[to]);
        }
        continue;
      }
      path.pop_back();
      if (!path.empty()) {
        const std::size_t parent = path.back().first;
        low[parent] = std::min(low[parent], low[node]);
      }
      if (low[node] != order[node]) continue;
      const bool alone = component.back() == node;
      std::size_t member = n;
      do {
        member = component.back();
        component.pop_back();
        open[member] = false;
        if (!alone) in_cycle[member] = true;
      } while (member != node);
    }
  }
  return in_cycle;
}

ConditionProbe::ConditionProbe(std::span<const Item> items,
                               const Interruption& interruption,
                               Answers answers)
    : items_(items),
      interruption_(interruption),
      answers_(answers),
      reachable_(items.size(), true) {}

absl::StatusOr<bool> ConditionProbe::CanBeTrue(
    const base::CheckedExpression& condition,
    std::optional<std::size_t> answered) {
  const auto constants =
      answers_ == Answers::kAll ? condition.compared_values() : std::nullopt;
  std::vector<std::pair<std::size_t, std::vector<Value>>> gates;
  std::size_t combinations = 1;
  for (const std::size_t gate : condition.items()) {
    const AnswerType type = items_[gate].type;
    const bool written =
        type == AnswerType::kInteger || type == AnswerType::kText;
    std::vector<Value> values;
    if (written && constants && reachable_[gate]) {
      values.push_back(Value::Missing());
      AddValues(gate, type, *constants, values);
    } else {
      values = ProbeValues(items_[gate], reachable_[gate]);
    }
    if (values.empty()) return true;
    // The first is the missing one.
    if (gate == answered) values.erase(values.begin());
    if (values.empty()) return true;
    combinations *= values.size();
    if (combinations > kMaxCombinations) return true;
    gates.emplace_back(gate, std::move(values));
  }
  const auto& facts = condition.registry();
  for (std::size_t i = 0; i < facts.size(); ++i) {
    combinations *= 2;
    if (combinations > kMaxCombinations) return true;
  }
  if (evaluations_ + combinations > kMaxEvaluations) return true;
  ProbeRow row;
  const auto can_be_true_in = [&](int year) -> absl::StatusOr<bool> {
    row.year = year;
    for (std::size_t probe = 0; probe < combinations; ++probe) {
      if (evaluations_++ % kLookEvery == 0 && interruption_) {
        WELFARE_RETURN_IF_ERROR(interruption_());
      }
      std::size_t rest = probe;
      for (const auto& [gate, values] : gates) {
        row.items[gate] = values[rest % values.size()];
        rest /= values.size();
      }
      for (const base::RegistryReference& term : facts) {
        row.facts[{term.fact, term.offset}] = base::ToTruth(rest % 2 == 1);
        rest /= 2;
      }
      if (condition.EvaluateTruth(row) == Truth::kTrue) return true;
    }
    return false;
  };
  WELFARE_ASSIGN_OR_RETURN(const bool at_first,
                           can_be_true_in(kYearTriedFirst));
  if (at_first || !row.reads_year()) return at_first;
  const std::size_t others = combinations * kOtherYears;
  if (others > kMaxCombinations || evaluations_ + others > kMaxEvaluations) {
    return true;
  }
  constexpr int kYears = static_cast<int>(kOtherYears) + 1;
  for (int later = 1; later < kYears; ++later) {
    const int year =
        base::FiscalYear::kMin +
        (kYearTriedFirst - base::FiscalYear::kMin + later) % kYears;
    WELFARE_ASSIGN_OR_RETURN(const bool holds, can_be_true_in(year));
    if (holds) return true;
  }
  return false;
}

}  // namespace welfare::survey
