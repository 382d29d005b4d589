#include "services/report/model/errata/compare.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace welfare::report {
namespace {

constexpr std::string_view kPrevious = "previous_";
// Sums of answers have few digits; one decimal is printed.
constexpr std::size_t kMostDigits = 15;

using Place = std::tuple<std::string, std::string, int, std::string>;

Place PlaceOf(const PrintedCell& cell) {
  return {cell.figure, cell.row, cell.occurrence, cell.column};
}

using Cells = std::map<Place, const PrintedCell*>;

Cells ByPlace(const std::vector<PrintedCell>& cells) {
  Cells found;
  for (const PrintedCell& cell : cells) {
    if (cell.figure != kErrataFigure) found.emplace(PlaceOf(cell), &cell);
  }
  return found;
}

std::string TextOf(const PrintedCell& cell) {
  if (cell.symbol.empty()) return cell.datum;
  return cell.datum.empty() ? cell.symbol : cell.datum + " " + cell.symbol;
}

// A decimal in tenths of thousandths; nothing where it is none.
std::optional<std::int64_t> NumberOf(std::string_view text) {
  constexpr std::size_t kDecimals = 4;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  std::string decimals(
      point < text.size() ? text.substr(point + 1) : std::string_view());
  if (digits.empty() || decimals.size() > kDecimals ||
      digits.size() + kDecimals > kMostDigits) {
    return std::nullopt;
  }
  decimals.resize(kDecimals, '0');
  digits += decimals;
  std::int64_t number = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + (digit - '0');
  }
  return negative ? -number : number;
}

// How this year's number in the row of `place` stands to last year's: -1, 0, 1;
// nothing where one of both is missing.
std::optional<int> TrendOf(const Cells& cells, Place place) {
  std::string& column = std::get<3>(place);
  if (column.starts_with(kPrevious)) column.erase(0, kPrevious.size());
  const auto now = cells.find(place);
  column.insert(0, kPrevious);
  const auto then = cells.find(place);
  if (now == cells.end() || then == cells.end()) return std::nullopt;
  const auto one = NumberOf(now->second->datum);
  const auto other = NumberOf(then->second->datum);
  if (!one.has_value() || !other.has_value()) return std::nullopt;
  return *one < *other ? -1 : *one > *other ? 1 : 0;
}

// What is another in what both were made of.
class Causes {
 public:
  Causes(const ReportFacts& before, const ReportFacts& after)
      : before_(before),
        after_(after),
        now_(Answers("now/")),
        then_(Answers("before/")),
        known_(!before.empty() && !after.empty()) {}

  std::vector<ChangeCause> Of(const PrintedCell& cell) const {
    std::vector<ChangeCause> causes;
    if (!known_) return causes;
    std::vector<std::string> indicators = IndicatorsOf(cell.figure);
    // Registry tables show no answers; what came back is counted.
    const bool of_answers =
        !indicators.empty() || cell.figure.ends_with("_returns");
    const bool of_statements = cell.figure.starts_with("annex");
    if (of_answers || of_statements) {
      const bool previous = cell.column.starts_with(kPrevious);
      causes = previous ? then_ : now_;
      if (of_statements) {
        for (const ChangeCause cause : then_) causes.push_back(cause);
      }
    }
    if (Differs("registry")) causes.push_back(ChangeCause::kRegistry);
    const bool defined_otherwise =
        std::ranges::any_of(indicators, [this](const std::string& id) {
          return Differs("definition/" + id);
        });
    if (defined_otherwise || (of_statements && StatementsDiffer())) {
      causes.push_back(ChangeCause::kDefinition);
    }
    if (causes.empty() && RendersOtherwise(cell.figure)) {
      causes.push_back(ChangeCause::kRendering);
    }
    std::ranges::sort(causes);
    const auto [first, last] = std::ranges::unique(causes);
    causes.erase(first, last);
    return causes;
  }

 private:
  static std::string_view Find(const ReportFacts& facts, std::string_view key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::string_view() : found->second;
  }
  bool Differs(std::string_view key) const {
    return Find(before_, key) != Find(after_, key);
  }

  // How the answers under `prefix` changed.
  std::vector<ChangeCause> Answers(std::string_view prefix) const {
    bool late = false;
    bool corrected = false;
    bool returned = false;
    for (auto it = after_.lower_bound(prefix);
         it != after_.end() && it->first.starts_with(prefix); ++it) {
      const auto was = before_.find(it->first);
      late = late || was == before_.end();
      corrected = corrected ||
                  (was != before_.end() && was->second != it->second);
    }
    for (auto it = before_.lower_bound(prefix);
         it != before_.end() && it->first.starts_with(prefix); ++it) {
      returned = returned || !after_.contains(it->first);
    }
    std::vector<ChangeCause> causes;
    if (late) causes.push_back(ChangeCause::kLateSubmission);
    if (corrected) causes.push_back(ChangeCause::kCorrection);
    if (returned) causes.push_back(ChangeCause::kReturned);
    return causes;
  }

  std::vector<std::string> IndicatorsOf(const std::string& figure) const {
    std::vector<std::string> ids;
    for (const ReportFacts* facts : {&before_, &after_}) {
      std::string_view rest = Find(*facts, "figure/" + figure);
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        ids.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(rest.size(), end + 1));
      }
    }
    return ids;
  }

  // Whether a published statement, or how any is computed, is another.
  bool StatementsDiffer() const {
    if (Differs("statements")) return true;
    constexpr std::string_view kDefinition = "definition/";
    return std::ranges::any_of(after_, [&](const auto& fact) {
      return fact.first.starts_with(kDefinition) && Differs(fact.first);
    });
  }

  bool RendersOtherwise(const std::string& figure) const {
    return Differs("program") || Differs("template") || Differs("codebook") ||
           Differs("figure/" + figure);
  }

  const ReportFacts& before_;
  const ReportFacts& after_;
  const std::vector<ChangeCause> now_;
  const std::vector<ChangeCause> then_;
  const bool known_;
};

}  // namespace

std::vector<Change> Compare(const std::vector<PrintedCell>& before,
                            const ReportFacts& facts_before,
                            const std::vector<PrintedCell>& after,
                            const ReportFacts& facts_after) {
  const Cells was = ByPlace(before);
  const Cells is = ByPlace(after);
  const Causes causes(facts_before, facts_after);
  std::vector<Change> changes;
  const auto add = [&](const PrintedCell& place, const PrintedCell* old_cell,
                       const PrintedCell* new_cell) {
    Change change;
    change.place = place;
    change.was_there = old_cell != nullptr;
    change.is_there = new_cell != nullptr;
    if (old_cell != nullptr) change.before = TextOf(*old_cell);
    if (new_cell != nullptr) change.after = TextOf(*new_cell);
    const auto trend_was = TrendOf(was, PlaceOf(place));
    const auto trend_is = TrendOf(is, PlaceOf(place));
    change.sign_changed = trend_was.has_value() && trend_is.has_value() &&
                          *trend_was != *trend_is;
    change.causes = causes.Of(place);
    changes.push_back(std::move(change));
  };
  for (const PrintedCell& cell : after) {
    if (cell.figure == kErrataFigure) continue;
    const auto old_cell = was.find(PlaceOf(cell));
    if (old_cell == was.end()) {
      add(cell, nullptr, &cell);
    } else if (TextOf(*old_cell->second) != TextOf(cell)) {
      add(cell, old_cell->second, &cell);
    }
  }
  for (const PrintedCell& cell : before) {
    if (cell.figure == kErrataFigure || is.contains(PlaceOf(cell))) continue;
    add(cell, &cell, nullptr);
  }
  std::ranges::stable_partition(
      changes, [](const Change& change) { return change.sign_changed; });
  return changes;
}

}  // namespace welfare::report
