#include "services/report/model/pages/sentences.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "services/base/numbers/percent.h"
#include "services/report/model/figures/change_rule.h"
#include "services/report/model/figures/two_years.h"
#include "services/report/model/pages/registry_pages.h"
#include "services/report/model/words.h"

namespace welfare::report {
namespace {

using base::RespondentKind;

// Why there is no figure, in words that can stand in its place, and as the
// cause of a note.
struct Undefined {
  std::string words;
  std::string cause;
};
using Figured = std::variant<std::string, Undefined>;

Undefined NobodyAsked(const IndicatorValue& value) {
  return {"対象なし", "「" + value.label + "」の対象がないため、"};
}
Undefined NoNumber(const IndicatorValue& value) {
  return {"数値の回答なし", "「" + value.label + "」に数値の回答がないため、"};
}

// What is a lower bound says so before it: 少なくとも841件.
constexpr std::string_view kAtLeast = "少なくとも";

// 「研修」20/30（66.7%）; several options that share the first place stand
// together. 「該当なし」 and 「その他」 name nothing; where one of them was
// chosen as often or more often, the words say that it was passed over.
Figured Top(const IndicatorValue& value) {
  if (value.base == 0) return NobodyAsked(value);
  const auto named = [](const ValueCell& cell) {
    return cell.role == OptionRole::kAnswer;
  };
  int most = 0;
  for (const ValueCell& cell : value.cells) {
    if (named(cell)) most = std::max(most, cell.count);
  }
  std::string passed_over;
  for (const ValueCell& cell : value.cells) {
    if (named(cell) || cell.count == 0 || cell.count < most) continue;
    passed_over += (passed_over.empty() ? "" : "・") + cell.label;
  }
  if (!passed_over.empty()) passed_over = "（" + passed_over + "を除く）";
  if (most == 0) return "選ばれたものなし" + passed_over;
  std::string result;
  const ValueCell* last = nullptr;
  for (const ValueCell& cell : value.cells) {
    if (cell.count != most || !named(cell)) continue;
    result += "「" + cell.label + "」";
    last = &cell;
  }
  return result + Ratio(last->count, last->base) + passed_over;
}

Figured AbsenceWords(const IndicatorValue& value, const Placeholder& part) {
  const base::Absence kind = *base::ParseAbsence(part.cell);
  const int count = value.CountOf(kind);
  // Who stays in the base is a part of it, who does not of the population.
  const int of = base::StaysInBase(kind) ? value.base : value.population_size;
  if (of == 0) return NobodyAsked(value);
  if (part.part == "count") return std::to_string(count);
  if (part.part == "percent") return *base::FormatPercent(count, of);
  return Ratio(count, of);
}

Figured CellWords(const IndicatorValue& value, const ValueCell& cell,
                  const Placeholder& part) {
  if (part.part == "label") return cell.label;
  if (part.part == "base") return std::to_string(cell.base);
  if (value.base == 0) return NobodyAsked(value);
  const bool values = IsValueMeasure(value.measure);
  // The base of a value is who gave a number.
  if (cell.base == 0) return values ? NoNumber(value) : NobodyAsked(value);
  if (Has(cell.flags, CellFlag::kNoValue)) return NoNumber(value);
  const bool lower_bound = Has(cell.flags, CellFlag::kLowerBound);
  const std::string before = lower_bound ? std::string(kAtLeast) : "";
  if (values) {
    if (part.part == "count") return std::to_string(cell.count);
    if (!cell.value.has_value()) return NoNumber(value);
    if (part.part == "value") return before + PrintedNumber(*cell.value);
    return before + PrintedNumber(*cell.value) + value.unit;
  }
  if (part.part == "count") return before + std::to_string(cell.count);
  if (part.part == "percent") {
    return before + *base::FormatPercent(cell.count, cell.base);
  }
  return before + Ratio(cell.count, cell.base);
}

Figured FigureWords(const IndicatorValue& value, const Placeholder& part) {
  if (part.kind == Placeholder::Kind::kAbsence) {
    return AbsenceWords(value, part);
  }
  if (part.kind == Placeholder::Kind::kCell) {
    const ValueCell* cell = value.FindCell(part.cell);
    if (cell != nullptr) return CellWords(value, *cell, part);
    // A rank or a class that no answer made.
    if (value.base == 0) return NobodyAsked(value);
    return NoNumber(value);
  }
  if (part.part == "n") return std::to_string(value.base);
  if (part.part == "population") return value.population_label;
  if (part.part == "label") return value.label;
  if (part.part == "top") return Top(value);
  if (value.base == 0) return NobodyAsked(value);
  return std::to_string(value.answered);
}

Figured RosterWords(const Roster* roster, std::string_view name) {
  const Undefined unknown = {"記録なし", "台帳に記録がないため、"};
  if (roster == nullptr) return unknown;
  const RosterCounts counts = CountRoster(*roster);
  if (counts.all == counts.unrecorded) return unknown;
  const int number = name == "roster.implementing" ? counts.implementing
                     : name == "roster.not_implementing"
                         ? counts.not_implementing
                     : name == "roster.preparing" ? counts.preparing
                                                  : counts.newcomers;
  const bool lower_bound = name == "roster.newcomers"
                               ? NewcomersAreLowerBound(counts)
                               : counts.unrecorded > 0;
  return (lower_bound ? std::string(kAtLeast) : "") + std::to_string(number);
}

// The first of the words that fits the share of the cell, or why none does.
// What is literally true although a higher class fits says too little.
struct Worded {
  std::string text;
  std::string unfit;
};
Worded WordShare(const base::WordingProfile& profile,
                 const std::vector<std::string>& wordings,
                 const ValueCell& cell) {
  std::string tried;
  for (const std::string& wording : wordings) {
    if (base::CheckWording(profile, wording, cell.count, cell.base).verdict ==
        base::WordingVerdict::kFits) {
      return {wording, ""};
    }
    tried += "「" + wording + "」";
  }
  return {"", tried + "は" + Ratio(cell.count, cell.base) + "に合わない。"};
}

// Why a share of last year stands in no sentence: a reader would take it for a
// change from this year's. Empty where it may.
std::string WhyLastYearMisleads(const Snapshot& snapshot,
                                const Placeholder& part) {
  const auto now = snapshot.values.find(part.indicator);
  if (now == snapshot.values.end()) return "";
  const TwoYears years = BothYears(snapshot, now->second);
  if (years.previous == nullptr) return "";
  std::string why;
  if (part.kind == Placeholder::Kind::kCell && part.part != "label" &&
      part.part != "base") {
    why = WhyChangeIsUnknown(years, part.cell);
  } else if (part.kind == Placeholder::Kind::kIndicator &&
             part.part == "top") {
    for (const ValueCell& cell : years.previous->cells) {
      if (why.empty()) why = WhyChangeIsUnknown(years, cell.key);
    }
  }
  return why.empty() ? ""
                     : "「" + now->second.label +
                           "」は両年度を比べられないため（" + why + "）、";
}

}  // namespace

std::string Sentences::ReturnsWords(std::string_view name) const {
  int expected = 0;
  int received = 0;
  for (const ProgressGroup& group : snapshot_.progress) {
    if (name != "returns.all" && (name == "returns.council") !=
                                     (group.kind == RespondentKind::kCouncil)) {
      continue;
    }
    expected += group.expected;
    received += group.received;
  }
  return expected == 0 ? "対象なし" : Ratio(received, expected);
}

Sentence Sentences::Fill(std::string_view text, std::string_view what) const {
  const RoundFacts& round = snapshot_.round;
  const auto context = [&](std::string_view name) -> Figured {
    if (name == "year") return YearWords(round.fiscal_year);
    if (name == "year_western") return YearWordsWestern(round.fiscal_year);
    if (name == "last_year") return YearWords(round.fiscal_year - 1);
    if (name == "next_year") return YearWords(round.fiscal_year + 1);
    if (name == "round.name") return round.display_name;
    if (name == "round.purpose") return round.purpose;
    if (name == "round.method") return round.method;
    if (name == "round.publisher") return round.publisher;
    if (name == "round.window") {
      return WindowWords(round.window_start, round.window_end);
    }
    if (name.starts_with("returns.")) return ReturnsWords(name);
    return RosterWords(snapshot_.FindRoster(round.fiscal_year), name);
  };
  const auto replaced = [&](const std::string& cause,
                            std::optional<Misfit> misfit) {
    return Sentence{Sentence::Kind::kReplaced,
                    cause + std::string(what) + "を省いた。",
                    std::move(misfit)};
  };
  std::string filled;
  std::vector<std::string> unfit;
  for (const Placeholder& part : ParseText(text).parts) {
    if (part.kind == Placeholder::Kind::kText) {
      filled += part.text;
      continue;
    }
    Figured figured;
    if (part.kind == Placeholder::Kind::kContext) {
      figured = context(part.indicator);
    } else {
      if (auto misfit =
              FindMisfit(part, part.previous ? previous_shapes_ : shapes_)) {
        if (part.previous) return {Sentence::Kind::kOmitted, "", std::nullopt};
        const std::string cause = CauseInJapanese(*misfit);
        return replaced(cause, std::move(misfit));
      }
      const auto found =
          (part.previous ? snapshot_.previous_values : snapshot_.values)
              .find(part.indicator);
      if (part.previous) {
        const std::string cause = WhyLastYearMisleads(snapshot_, part);
        if (!cause.empty()) return replaced(cause, std::nullopt);
      }
      figured = FigureWords(found->second, part);
      const ValueCell* const cell = found->second.FindCell(part.cell);
      if (!part.wordings.empty() && cell != nullptr && cell->base > 0 &&
          std::holds_alternative<std::string>(figured)) {
        Worded worded = WordShare(wordings_, part.wordings, *cell);
        if (!worded.unfit.empty()) unfit.push_back(std::move(worded.unfit));
        figured = std::move(worded.text);
      }
    }
    if (const auto* undefined = std::get_if<Undefined>(&figured)) {
      if (!part.StandsAlone()) return replaced(undefined->cause, std::nullopt);
      filled += undefined->words;
    } else {
      filled += std::get<std::string>(figured);
    }
  }
  return {Sentence::Kind::kFilled, std::move(filled), std::nullopt,
          std::move(unfit)};
}

}  // namespace welfare::report
