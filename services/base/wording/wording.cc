#include "services/base/wording/wording.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <set>

#include "services/base/error.h"
#include "services/base/error_table.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {
namespace {

constexpr std::string_view kTenths = "{tenths}";
constexpr std::string_view kFraction = "{fraction}";

struct Digit {
  int value;
  std::size_t size;  // bytes
};

// The digit 1 to 9 at the start of `text`: ASCII, full-width or kanji.
std::optional<Digit> DigitAt(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text[0] >= '1' && text[0] <= '9') return Digit{text[0] - '0', 1};
  if (const auto digit = FullWidthDigitAt(text)) {
    if (*digit > 0) return Digit{*digit, 3};
  }
  static constexpr std::array<std::string_view, 9> kKanji = {
      "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  for (std::size_t i = 0; i < kKanji.size(); ++i) {
    if (text.starts_with(kKanji[i])) {
      return Digit{static_cast<int>(i) + 1, kKanji[i].size()};
    }
  }
  return std::nullopt;
}

// The fraction that is the whole of `text`: a/b (also ／) or b分のa with
// 0 < a <= b, all single digits.
std::optional<Rational> WholeFraction(std::string_view text) {
  const auto first = DigitAt(text);
  if (!first) return std::nullopt;
  text.remove_prefix(first->size);
  bool denominator_first = false;
  if (text.starts_with("/")) {
    text.remove_prefix(1);
  } else if (text.starts_with("／")) {
    text.remove_prefix(std::string_view("／").size());
  } else if (text.starts_with("分の")) {
    text.remove_prefix(std::string_view("分の").size());
    denominator_first = true;
  } else {
    return std::nullopt;
  }
  const auto second = DigitAt(text);
  if (!second || second->size != text.size()) return std::nullopt;
  const int numerator = denominator_first ? second->value : first->value;
  const int denominator = denominator_first ? first->value : second->value;
  if (numerator > denominator) return std::nullopt;
  return *Rational::Make(numerator, denominator);
}

// Whether `wording` follows the rule's pattern; sets `value` to what it names
// (0 when it names none).
bool Matches(const WordingRule& rule, std::string_view wording,
             Rational& value) {
  const std::string_view pattern = rule.pattern;
  std::size_t at = pattern.find(kTenths);
  const bool tenths = at != std::string_view::npos;
  if (!tenths) at = pattern.find(kFraction);
  if (at == std::string_view::npos) {
    value = rule.value.value_or(Rational(0));
    return wording == pattern;
  }
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after =
      pattern.substr(at + (tenths ? kTenths : kFraction).size());
  if (wording.size() < before.size() + after.size() ||
      !wording.starts_with(before) || !wording.ends_with(after)) {
    return false;
  }
  const std::string_view middle = wording.substr(
      before.size(), wording.size() - before.size() - after.size());
  if (tenths) {
    const auto digit = DigitAt(middle);
    if (!digit || digit->size != middle.size()) return false;
    value = *Rational::Make(digit->value, 10);
    return true;
  }
  const auto fraction = WholeFraction(middle);
  if (!fraction) return false;
  value = *fraction;
  return true;
}

struct Found {
  std::size_t rule;
  Rational value;
};

std::optional<Found> FindRule(const WordingProfile& profile,
                              std::string_view wording, bool two_rounds) {
  for (std::size_t i = 0; i < profile.rules.size(); ++i) {
    Rational value;
    if ((profile.rules[i].kind == WordingKind::kSameTenth) == two_rounds &&
        Matches(profile.rules[i], wording, value)) {
      return Found{i, value};
    }
  }
  return std::nullopt;
}

// v + offset; profile values are small, so the sum always fits.
Rational Shift(const Rational& value, const Rational& offset) {
  return *Rational::Add(value, offset);
}

bool Satisfies(const WordingRule& rule, const Rational& value, std::int64_t k,
               std::int64_t n) {
  switch (rule.kind) {
    case WordingKind::kRange: {
      const Rational share = *Rational::Make(k, n);
      if (rule.lower) {
        const Rational bound = Shift(value, rule.lower->offset);
        if (share < bound || (share == bound && !rule.lower->inclusive)) {
          return false;
        }
      }
      if (rule.upper) {
        const Rational bound = Shift(value, rule.upper->offset);
        if (share > bound || (share == bound && !rule.upper->inclusive)) {
          return false;
        }
      }
      return true;
    }
    case WordingKind::kNearestInteger: {
      // |k - v n| <= 1/2, that is |2 (k d - a n)| <= d for v = a / d.
      const std::int64_t distance =
          2 * (k * value.denominator() - value.numerator() * n);
      return -value.denominator() <= distance &&
             distance <= value.denominator();
    }
    case WordingKind::kExists:
      return k >= 1;
    case WordingKind::kAll:
      return k == n;
    case WordingKind::kSameTenth:
      return false;
  }
  return false;
}

bool AboveCap(const WordingRule& rule, const Rational& value, std::int64_t k,
              std::int64_t n) {
  return rule.kind == WordingKind::kRange && rule.cap &&
         *Rational::Make(k, n) >= Shift(value, *rule.cap);
}

// The tenth nearest to k / n, half up: [X - 0.5, X + 0.5).
std::int64_t NearestTenth(std::int64_t k, std::int64_t n) {
  return (20 * k + n) / (2 * n);
}

// The least k of 0 to n from which `holds` stays true; n + 1 for none. What
// `holds` tests must be false and then true as k grows.
template <typename Predicate>
std::int64_t FirstTrue(std::int64_t n, Predicate holds) {
  std::int64_t low = 0;
  std::int64_t high = n + 1;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    if (holds(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

// Whether k lies above everything that can satisfy the rule.
bool Beyond(const WordingRule& rule, const Rational& value, std::int64_t k,
            std::int64_t n) {
  switch (rule.kind) {
    case WordingKind::kRange: {
      if (!rule.upper) return false;
      const Rational share = *Rational::Make(k, n);
      const Rational bound = Shift(value, rule.upper->offset);
      return share > bound || (share == bound && !rule.upper->inclusive);
    }
    case WordingKind::kNearestInteger:
      return 2 * (k * value.denominator() - value.numerator() * n) >
             value.denominator();
    default:
      return false;
  }
}

}  // namespace

std::string_view ToString(WordingVerdict verdict) {
  switch (verdict) {
    case WordingVerdict::kFits:
      return "FITS";
    case WordingVerdict::kHigherClassFits:
      return "HIGHER_CLASS_FITS";
    case WordingVerdict::kDoesNotFit:
      return "DOES_NOT_FIT";
    case WordingVerdict::kImpossible:
      return "IMPOSSIBLE";
    case WordingVerdict::kUnchecked:
      return "UNCHECKED";
  }
  return "";
}

absl::Status ValidateWordingProfile(const WordingProfile& profile) {
  std::vector<Violation> violations;
  if (profile.version.empty()) {
    violations.push_back(
        {"version", "REQUIRED", "A profile must have a version."});
  }
  std::set<std::pair<std::string_view, bool>> seen;
  for (std::size_t i = 0; i < profile.rules.size(); ++i) {
    const WordingRule& rule = profile.rules[i];
    const std::string field = "rules[" + std::to_string(i) + "]";
    const auto report = [&](std::string_view part, std::string_view reason,
                            std::string_view description) {
      violations.push_back({field + "." + std::string(part),
                            std::string(reason), std::string(description)});
    };
    const std::string_view pattern = rule.pattern;
    const bool tenths = pattern.find(kTenths) != std::string_view::npos;
    const bool fraction = pattern.find(kFraction) != std::string_view::npos;
    const auto braces = std::ranges::count(pattern, '{');
    if (pattern.empty()) {
      report("pattern", "REQUIRED", "A rule must have a pattern.");
    } else if (braces > 1 || braces != (tenths || fraction ? 1 : 0)) {
      report("pattern", "PLACEHOLDER",
             "A pattern has at most one placeholder, {tenths} or {fraction}.");
    }
    if (!seen.emplace(pattern, rule.kind == WordingKind::kSameTenth).second) {
      report("pattern", "REPEATED", "The pattern stands in an earlier rule.");
    }
    const bool range = rule.kind == WordingKind::kRange;
    const bool needs_value = range || rule.kind == WordingKind::kNearestInteger;
    if (needs_value && !tenths && !fraction && !rule.value) {
      report("value", "REQUIRED",
             "A pattern without placeholder needs a value here.");
    }
    if (rule.value && (!needs_value || tenths || fraction)) {
      report("value", "NOT_ALLOWED",
             "A value has no meaning beside a placeholder or for this kind.");
    }
    if (rule.value && (*rule.value < Rational(0) || *rule.value > Rational(1) ||
                       rule.value->denominator() > 1000)) {
      report("value", "RANGE", "A share lies between 0 and 1, in thousandths.");
    }
    for (const auto& [part, bound] :
         {std::pair("lower", rule.lower), std::pair("upper", rule.upper)}) {
      if (!bound) continue;
      if (!range) report(part, "NOT_ALLOWED", "Only ranges have bounds.");
      if (bound->offset < Rational(-1) || bound->offset > Rational(1) ||
          bound->offset.denominator() > 1000) {
        report(part, "RANGE", "An offset lies between -1 and 1.");
      }
    }
    if (range && !rule.lower && !rule.upper) {
      report("lower", "REQUIRED", "A range has a bound.");
    }
    if (rule.cap &&
        (!range || !rule.lower || rule.upper ||
         *rule.cap <= rule.lower->offset || rule.cap->denominator() > 1000)) {
      report("cap", "NOT_ALLOWED",
             "A cap lies above the lower bound of a range without upper "
             "bound.");
    }
  }
  if (violations.empty()) return absl::OkStatus();
  return MakeError(BaseRow("WORDING_PROFILE"))
      .With("version", profile.version)
      .WithViolations(std::move(violations));
}

WordingResult CheckWording(const WordingProfile& profile,
                           std::string_view wording, std::int64_t k,
                           std::int64_t n) {
  assert(0 <= k && k <= n && n <= 1'000'000'000);
  WordingResult result;
  const auto found = FindRule(profile, wording, false);
  if (!found) return result;
  result.rule = found->rule;
  const WordingRule& rule = profile.rules[found->rule];
  const Rational& value = found->value;
  if (n == 0) {
    result.verdict = WordingVerdict::kImpossible;
    return result;
  }
  const auto literal = [&](std::int64_t count) {
    return Satisfies(rule, value, count, n);
  };
  // Counts that satisfy a rule are consecutive: from the first one to the last
  // before the range ends or the class cap begins.
  const std::int64_t least = FirstTrue(n, [&](std::int64_t count) {
    return literal(count) || Beyond(rule, value, count, n);
  });
  const std::int64_t end = FirstTrue(n, [&](std::int64_t count) {
    return Beyond(rule, value, count, n) || AboveCap(rule, value, count, n);
  });
  if (least < end) {
    result.least = least;
    result.most = end - 1;
  }
  if (literal(k)) {
    result.verdict = AboveCap(rule, value, k, n)
                         ? WordingVerdict::kHigherClassFits
                         : WordingVerdict::kFits;
  } else if (least > n || Beyond(rule, value, least, n)) {
    result.verdict = WordingVerdict::kImpossible;
  } else {
    result.verdict = WordingVerdict::kDoesNotFit;
  }
  return result;
}

WordingResult CheckWordingOfTwoRounds(const WordingProfile& profile,
                                      std::string_view wording, std::int64_t k1,
                                      std::int64_t n1, std::int64_t k2,
                                      std::int64_t n2) {
  assert(0 <= k1 && k1 <= n1 && n1 <= 1'000'000'000);
  assert(0 <= k2 && k2 <= n2 && n2 <= 1'000'000'000);
  WordingResult result;
  const auto found = FindRule(profile, wording, true);
  if (!found) return result;
  result.rule = found->rule;
  if (n1 == 0 || n2 == 0) {
    result.verdict = WordingVerdict::kImpossible;
  } else {
    result.verdict = NearestTenth(k1, n1) == NearestTenth(k2, n2)
                         ? WordingVerdict::kFits
                         : WordingVerdict::kDoesNotFit;
  }
  return result;
}

WordingVerdict CheckRanks(std::span<const Rational> stated,
                          std::span<const Rational> values) {
  for (std::size_t i = 1; i < stated.size(); ++i) {
    if (stated[i] >= stated[i - 1]) return WordingVerdict::kImpossible;
  }
  if (stated.empty()) return WordingVerdict::kImpossible;
  const std::set<Rational> distinct(values.begin(), values.end());
  auto highest = distinct.rbegin();
  for (const Rational& rank : stated) {
    if (highest == distinct.rend() || *highest != rank) {
      return WordingVerdict::kDoesNotFit;
    }
    ++highest;
  }
  return WordingVerdict::kFits;
}

}  // namespace welfare::base
