#include "services/base/time/era.h"

#include <array>
#include <cstddef>
#include <optional>

#include "services/base/error.h"
#include "services/base/error_table.h"
#include "services/base/numbers/digits.h"

namespace welfare::base {
namespace {

struct Era {
  std::string_view name;
  char letter;
  int first;  // the Western year of 元年
  int last;   // its last year number; 0: it goes on
};

// Heisei: 1989-01-08 to 2019-04-30. Reiwa: from 2019-05-01.
constexpr std::array<Era, 2> kEras = {{
    {"令和", 'R', 2019, 0},
    {"平成", 'H', 1989, 31},
}};

enum class YearKind { kFiscal, kCalendar };

// `examples` and `examples_ja` are what to write.
absl::Status Misspelt(std::string_view text, std::string_view what,
                      std::string_view what_ja, std::string_view examples,
                      std::string_view examples_ja) {
  return MakeError(BaseRow("ERA_FORMAT"))
      .With("text", text)
      .Show("what", what)
      .Show("what_ja", what_ja)
      .Show("examples", examples)
      .Show("examples_ja", examples_ja);
}

bool Consume(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// The value of one kanji numeral at the start of `text`: 〇 to 九, 10 for 十.
std::optional<int> ConsumeKanji(std::string_view& text) {
  static constexpr std::array<std::string_view, 11> kNumerals = {
      "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
  for (std::size_t i = 0; i < kNumerals.size(); ++i) {
    if (Consume(text, kNumerals[i])) return static_cast<int>(i);
  }
  return std::nullopt;
}

// Kanji numbers below 100, as spoken (二十五, 十, 三十一), or digit by digit
// with at least four of them (二〇二五).
std::optional<int> ConsumeKanjiNumber(std::string_view& text) {
  std::string_view rest = text;
  std::array<int, 4> numerals{};
  std::size_t count = 0;
  while (count < numerals.size()) {
    const auto numeral = ConsumeKanji(rest);
    if (!numeral) break;
    numerals[count++] = *numeral;
  }
  if (count == 0) return std::nullopt;
  int number = 0;
  bool tens = false;
  for (std::size_t i = 0; i < count; ++i) tens = tens || numerals[i] == 10;
  if (!tens) {
    // 二五 is no spelling of 25 in use, and 〇 alone is the year zero.
    if (count != 1 && count != 4) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i) number = number * 10 + numerals[i];
  } else {
    // [2-9]十[1-9]
    std::size_t at = 0;
    if (numerals[at] != 10) {
      if (numerals[at] < 2) return std::nullopt;
      number = numerals[at++];
    } else {
      number = 1;
    }
    if (at >= count || numerals[at++] != 10) return std::nullopt;
    number *= 10;
    if (at < count) {
      if (numerals[at] < 1 || numerals[at] > 9) return std::nullopt;
      number += numerals[at++];
    }
    if (at != count) return std::nullopt;
  }
  text = rest;
  return number;
}

// One to four digits of one width, or kanji numerals. No leading zeros, apart
// from the year zero itself, which the caller refuses with a reason of its own.
std::optional<int> ConsumeNumber(std::string_view& text) {
  std::string_view rest = text;
  const bool full_width = FullWidthDigitAt(rest).has_value();
  std::array<int, 4> digits{};
  std::size_t count = 0;
  for (;;) {
    std::optional<int> digit;
    if (full_width) {
      digit = FullWidthDigitAt(rest);
    } else if (!rest.empty() && IsAsciiDigit(rest[0])) {
      digit = rest[0] - '0';
    }
    if (!digit) break;
    if (count == digits.size()) return std::nullopt;
    digits[count++] = *digit;
    rest.remove_prefix(full_width ? 3 : 1);
  }
  if (count == 0) return ConsumeKanjiNumber(text);
  if (count > 1 && digits[0] == 0) return std::nullopt;
  int number = 0;
  for (std::size_t i = 0; i < count; ++i) number = number * 10 + digits[i];
  text = rest;
  return number;
}

// Era letters are ASCII or full-width, R and H in either case.
bool ConsumeLetter(std::string_view& text, char letter) {
  if (text.empty()) return false;
  const char lower = static_cast<char>(letter - 'A' + 'a');
  if (text[0] == letter || text[0] == lower) {
    text.remove_prefix(1);
    return true;
  }
  // U+FF21 is EF BC A1, U+FF41 is EF BD 81.
  const std::array<std::string, 2> wide = {
      std::string("\xEF\xBC") + static_cast<char>(0xA1 + (letter - 'A')),
      std::string("\xEF\xBD") + static_cast<char>(0x81 + (letter - 'A'))};
  return Consume(text, wide[0]) || Consume(text, wide[1]);
}

// How the unit after the number was written.
enum class Unit { kNone, kYear, kFiscalYear };

Unit ConsumeUnit(std::string_view& text) {
  if (Consume(text, "年度")) return Unit::kFiscalYear;
  if (Consume(text, "年")) return Unit::kYear;
  return Unit::kNone;
}

struct Reading {
  int year;
  Unit unit;
};

// Reads one year: an era and its number, or a Western year of four digits.
absl::StatusOr<Reading> ConsumeYear(std::string_view& text,
                                    std::string_view whole) {
  const auto malformed = [&] {
    return Misspelt(whole, "year", "年", "令和7年度, R7 or 2025",
                    "令和7年度、R7、2025");
  };
  const Era* era = nullptr;
  for (const Era& candidate : kEras) {
    if (Consume(text, candidate.name) ||
        ConsumeLetter(text, candidate.letter)) {
      era = &candidate;
      break;
    }
  }
  if (era == nullptr) {
    const auto year = ConsumeNumber(text);
    if (!year) return malformed();
    // Four digits, so that 7年度 is not the year 7.
    if (*year < 1000) return malformed();
    return Reading{*year, ConsumeUnit(text)};
  }
  int number = 1;
  if (!Consume(text, "元")) {
    const auto given = ConsumeNumber(text);
    if (!given) return malformed();
    number = *given;
  } else if (text.empty() || !text.starts_with("年")) {
    // 令和元 alone is no year.
    return malformed();
  }
  if (number == 0) {
    return MakeError(BaseRow("ERA_YEAR_ZERO")).With("text", whole);
  }
  if (number > 999 || (era->last != 0 && number > era->last)) {
    return MakeError(BaseRow("ERA_YEAR_RANGE")).With("text", whole);
  }
  return Reading{era->first + number - 1, ConsumeUnit(text)};
}

bool Allowed(Unit unit, YearKind kind) {
  return unit == Unit::kNone ||
         unit == (kind == YearKind::kFiscal ? Unit::kFiscalYear : Unit::kYear);
}

// The year of `text` as a Western number.
absl::StatusOr<int> ParseWords(std::string_view text, YearKind kind) {
  const auto malformed = [&] {
    return kind == YearKind::kFiscal
               ? Misspelt(text, "fiscal year", "年度",
                          "令和7年度, R7年度 or 2025",
                          "令和7年度、R7年度、2025")
               : Misspelt(text, "year", "年", "令和7年, R7年 or 2025",
                          "令和7年、R7年、2025");
  };
  std::string_view rest = text;
  WELFARE_ASSIGN_OR_RETURN(const Reading first, ConsumeYear(rest, text));
  if (!Allowed(first.unit, kind)) return malformed();
  if (rest.empty()) return first.year;
  // The same year once more in parentheses, in the other calendar.
  std::string_view close = ")";
  if (Consume(rest, "（")) {
    close = "）";
  } else if (!Consume(rest, "(")) {
    return malformed();
  }
  WELFARE_ASSIGN_OR_RETURN(const Reading second, ConsumeYear(rest, text));
  if (!Allowed(second.unit, kind) || rest != close) return malformed();
  if (first.year != second.year) {
    return MakeError(BaseRow("ERA_MISMATCH"))
        .With("text", text)
        .With("first", first.year)
        .With("second", second.year);
  }
  return first.year;
}

std::string Format(int year, EraStyle style, std::string_view unit) {
  const Era* era = nullptr;
  for (const Era& candidate : kEras) {
    if (year >= candidate.first) {
      era = &candidate;
      break;
    }
  }
  const std::string western = std::to_string(year) + std::string(unit);
  if (era == nullptr) return western;
  const int number = year - era->first + 1;
  if (style == EraStyle::kShort) {
    return std::string(1, era->letter) + std::to_string(number);
  }
  std::string out(era->name);
  out += number == 1 ? "元" : std::to_string(number);
  out += unit;
  if (style == EraStyle::kLongWithWestern) out += "(" + western + ")";
  return out;
}

}  // namespace

absl::StatusOr<FiscalYear> ParseFiscalYearWords(std::string_view text) {
  WELFARE_ASSIGN_OR_RETURN(const int year, ParseWords(text, YearKind::kFiscal));
  return FiscalYear::Make(year);
}

absl::StatusOr<int> ParseYearWords(std::string_view text) {
  return ParseWords(text, YearKind::kCalendar);
}

std::string FormatFiscalYear(FiscalYear year, EraStyle style) {
  return Format(year.value(), style, "年度");
}

std::string FormatYear(int year, EraStyle style) {
  return Format(year, style, "年");
}

}  // namespace welfare::base
