#include "services/text/value_readers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "services/base/error.h"
#include "services/base/numbers/digits.h"
#include "services/base/time/era.h"
#include "services/text/characters.h"
#include "services/text/normalize.h"
#include "services/text/visible.h"

namespace welfare::text {
namespace {

// What may be wrong with a text.
constexpr base::ErrorRow kCommaPlace = {
    "NUMBER_FORMAT", absl::StatusCode::kInvalidArgument,
    "The commas do not stand between groups of three digits; write the whole "
    "number without commas, like 1200.",
    "桁区切りのコンマの位置が違います。1200のようにコンマなしの整数で書いてくだ"
    "さい。"};
constexpr base::ErrorRow kPoint = {
    "NUMBER_FORMAT", absl::StatusCode::kInvalidArgument,
    "The number has a point; write a whole number in digits alone, like 1200.",
    "小数点があります。1200のように数字だけの整数で書いてください。"};
constexpr base::ErrorRow kBesideNumber = {
    "NUMBER_FORMAT", absl::StatusCode::kInvalidArgument,
    "Something else stands beside the number; write the digits alone, like 12, "
    "without unit or remark.",
    "数字のほかに文字があります。単位や補足を付けず、12のように数字だけで書いて"
    "ください。"};
constexpr base::ErrorRow kNoNumber = {
    "NUMBER_FORMAT", absl::StatusCode::kInvalidArgument,
    "The item takes a whole number in digits, like 12.",
    "12のように数字だけの整数で書いてください。"};
constexpr base::ErrorRow kNumberRange = {
    "NUMBER_RANGE", absl::StatusCode::kInvalidArgument,
    "The number has more digits than any count; put it right.",
    "桁が多すぎます。数を確かめてください。"};
constexpr base::ErrorRow kNoFiscalYear = {
    "FISCAL_YEAR_FORMAT", absl::StatusCode::kInvalidArgument,
    "Write the fiscal year like 2025, 令和7年度 or R7.",
    "年度は2025、令和7年度、R7のように書いてください。"};
constexpr base::ErrorRow kCalendarYear = {
    "FISCAL_YEAR_FORMAT", absl::StatusCode::kInvalidArgument,
    "This is a calendar year, and a fiscal year is asked; write it like 2025 "
    "or 令和7年度.",
    "「年」ではなく「年度」が必要です。2025または令和7年度のように書いてくださ"
    "い。"};
constexpr base::ErrorRow kNumberForDate = {
    "DATE_FORMAT", absl::StatusCode::kInvalidArgument,
    "A number is no day; format the cell as a date and write it like "
    "2025-04-01.",
    "数値のままで日付になっていません。セルの書式を日付にして2025-04-"
    "01のように書いてください。"};
constexpr base::ErrorRow kDateWithTime = {
    "DATE_FORMAT", absl::StatusCode::kInvalidArgument,
    "Write the day without a time, like 2025-04-01.",
    "時刻を付けず、2025-04-01のように日付だけを書いてください。"};
constexpr base::ErrorRow kNoDate = {
    "DATE_FORMAT", absl::StatusCode::kInvalidArgument,
    "Write the day like 2025-04-01, 2025/4/1 or 令和7年4月1日.",
    "日付は2025-04-01、2025/4/1、令和7年4月1日のように書いてください。"};
constexpr base::ErrorRow kNoYesNo = {
    "YES_NO_INVALID", absl::StatusCode::kInvalidArgument, "Write yes or no.",
    "yesまたはnoと書いてください。"};
constexpr base::ErrorRow kNoWord = {
    "WORD_UNKNOWN", absl::StatusCode::kInvalidArgument, "Write one of {words}.",
    "次のいずれかを書いてください：{words_ja}。"};

base::ErrorBuilder Unreadable(const base::ErrorRow& row,
                              std::string_view text) {
  return base::MakeError(row).With("text", Shorten(text, kVisibleBytes));
}

// A fault that `base` found in what a text was folded to, of the text as it
// was written.
absl::Status Retold(const absl::Status& cause, std::string_view text) {
  base::ErrorDetails details =
      base::GetErrorDetails(cause).value_or(base::ErrorDetails{});
  details.metadata["text"] = Shorten(text, kVisibleBytes);
  return base::WithErrorDetails(cause, details);
}

bool ConsumePrefix(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool AllDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, base::IsAsciiDigit);
}

// Removes white space inside of a text whose parts it does not tell apart.
std::string WithoutBlanks(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const auto character = NextCharacter(text, at);
    if (character && IsWhiteSpace(*character)) continue;
    out += text.substr(from, at - from);
  }
  return out;
}

// Digits in groups of three, or nothing where commas stand elsewhere.
std::optional<std::string> WithoutCommas(std::string_view digits) {
  const std::size_t first = digits.find(',');
  if (first == std::string_view::npos) return std::string(digits);
  if (first == 0 || first > 3 || digits.front() == '0') return std::nullopt;
  std::string plain(digits.substr(0, first));
  for (std::size_t at = first; at < digits.size(); at += 4) {
    if (digits[at] != ',' || digits.size() < at + 4) return std::nullopt;
    const std::string_view group = digits.substr(at + 1, 3);
    if (!AllDigits(group)) return std::nullopt;
    plain += group;
  }
  return plain;
}

// What a text that is no whole number looks like.
const base::ErrorRow& NumberFault(std::string_view folded) {
  const auto has = [&](std::string_view part) {
    return folded.find(part) != std::string_view::npos;
  };
  if (has(",")) return kCommaPlace;
  if (has(".")) return kPoint;
  if (!folded.empty() && base::IsAsciiDigit(folded.front())) {
    return kBesideNumber;
  }
  return kNoNumber;
}

const base::ErrorRow& DateFault(std::string_view folded) {
  if (AllDigits(folded)) return kNumberForDate;
  return folded.find(':') != std::string_view::npos ? kDateWithTime : kNoDate;
}

// One or two digits at the start of `text`.
std::optional<int> ConsumeSmallNumber(std::string_view& text) {
  std::size_t size = 0;
  int number = 0;
  while (size < text.size() && size < 2 && base::IsAsciiDigit(text[size])) {
    number = number * 10 + (text[size++] - '0');
  }
  if (size == 0) return std::nullopt;
  text.remove_prefix(size);
  return number;
}

// The parts of a day whose separators are these.
struct DateForm {
  std::string_view year;
  std::string_view month;
  std::string_view day;  // behind it; nothing follows
};
constexpr std::array<DateForm, 4> kDateForms = {{
    {"-", "-", ""},
    {"/", "/", ""},
    {".", ".", ""},
    {"年", "月", "日"},
}};

}  // namespace

std::string FoldWord(std::string_view text) {
  return std::string(Trim(FoldWidth(text)));
}

absl::StatusOr<std::int64_t> ReadInteger(std::string_view text) {
  const std::string folded = FoldWord(text);
  std::string_view rest = folded;
  const bool negative =
      ConsumePrefix(rest, "-") || ConsumePrefix(rest, "\u2212");
  if (!negative) ConsumePrefix(rest, "+");
  const std::optional<std::string> plain = WithoutCommas(rest);
  if (!plain || !AllDigits(*plain)) {
    return Unreadable(NumberFault(rest), text);
  }
  const std::string number = (negative ? "-" : "") + *plain;
  std::int64_t value = 0;
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc()) {
    return Unreadable(kNumberRange, text);
  }
  return value;
}

absl::StatusOr<base::FiscalYear> ReadFiscalYear(std::string_view text) {
  const std::string folded = WithoutBlanks(FoldWord(text));
  std::string_view rest = folded;
  if (rest.size() > 2 && LowerAscii(rest.substr(0, 2)) == "fy") {
    rest.remove_prefix(2);
    if (!AllDigits(rest)) rest = {};
  }
  const auto year = base::ParseFiscalYearWords(rest);
  if (year.ok()) return year;
  const std::string reason = base::ReasonOf(year.status());
  if (reason == "ERA_FORMAT") {
    return Unreadable(
        base::ParseYearWords(rest).ok() ? kCalendarYear : kNoFiscalYear, text);
  }
  return Retold(year.status(), text);
}

absl::StatusOr<base::Date> ReadDate(std::string_view text) {
  const std::string folded = WithoutBlanks(FoldWord(text));
  const auto take = [&](int year, int month,
                        int day) -> absl::StatusOr<base::Date> {
    auto date = base::Date::Make(year, month, day);
    if (!date.ok()) return Retold(date.status(), text);
    return date;
  };
  // A blank between digits tells parts apart, so it is not left out: 2025-04-01
  // 09:00 is no day, and neither is 2025-04-0 1.
  const std::string trimmed = FoldWord(text);
  const bool blank_inside = folded.size() != trimmed.size();
  const bool japanese = folded.find("年") != std::string::npos;
  if (blank_inside && !japanese) {
    return Unreadable(DateFault(trimmed), text);
  }
  if (folded.size() == 8 && AllDigits(folded)) {
    const int number = std::stoi(folded);
    if (number >= 19000101) {
      return take(number / 10000, number / 100 % 100, number % 100);
    }
  }
  for (const DateForm& form : kDateForms) {
    const std::size_t end = folded.find(form.year);
    if (end == std::string::npos || end == 0) continue;
    const std::string_view words = std::string_view(folded).substr(0, end);
    std::string_view rest =
        std::string_view(folded).substr(end + form.year.size());
    const auto year = base::ParseYearWords(std::string(words) + "年");
    const auto month = ConsumeSmallNumber(rest);
    if (!month || !ConsumePrefix(rest, form.month)) continue;
    const auto day = ConsumeSmallNumber(rest);
    if (!day || rest != form.day) continue;
    if (!year.ok()) {
      const std::string reason = base::ReasonOf(year.status());
      if (reason == "ERA_FORMAT") break;
      return Retold(year.status(), text);
    }
    return take(*year, *month, *day);
  }
  return Unreadable(DateFault(folded), text);
}

absl::StatusOr<base::MunicipalityCode> ReadMunicipalityCode(
    std::string_view text, bool five_digits) {
  const std::string folded = FoldWord(text);
  auto code = five_digits ? base::MunicipalityCode::ParseFiveDigit(folded)
                          : base::MunicipalityCode::Parse(folded);
  if (code.ok()) return code;
  return Retold(code.status(), text);
}

absl::StatusOr<bool> ReadYesNo(std::string_view text) {
  const std::string word = LowerAscii(FoldWord(text));
  if (word == "yes" || word == "true" || word == "はい") return true;
  if (word == "no" || word == "false" || word == "いいえ") return false;
  return Unreadable(kNoYesNo, text);
}

absl::StatusOr<std::string_view> ReadWord(
    std::string_view text, std::span<const std::string_view> words) {
  const std::string folded = FoldWord(text);
  const auto exact = std::ranges::find(words, folded);
  if (exact != words.end()) return *exact;
  const std::string lower = LowerAscii(folded);
  const auto fits = [&](std::string_view word) {
    return LowerAscii(word) == lower;
  };
  if (std::ranges::count_if(words, fits) == 1) {
    return *std::ranges::find_if(words, fits);
  }
  constexpr std::size_t kMostListed = 20;
  std::string list;
  for (std::size_t i = 0; i < std::min(words.size(), kMostListed); ++i) {
    if (i > 0) list += ", ";
    list += words[i];
  }
  const std::string others =
      std::to_string(words.size() - std::min(words.size(), kMostListed));
  const bool all = words.size() <= kMostListed;
  return Unreadable(kNoWord, text)
      .Show("words", all ? list : list + " and " + others + " others")
      .Show("words_ja", all ? list : list + " ほか" + others + "個");
}

}  // namespace welfare::text
