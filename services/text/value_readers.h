// Readers of values that people write in many ways. What cannot be misread is
// taken; the rest is refused with a sentence that says what to write, in
// English and Japanese. All of them leave out white space at the ends and fold
// full-width letters and digits; none takes a blank, which is no value
// (`IsBlank`).
//
// The faults are INVALID_ARGUMENT with metadata `text`, what was found.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/date.h"
#include "services/base/time/fiscal_year.h"

namespace welfare::text {

// Reads a whole number: `12`, ` １２ `, `-3`, `1,200`, `１，２００`. Commas
// stand between groups of three digits or nowhere, so `1,20` is refused, and so
// are points (`1.200` is 1200 to some and 1.2 to others), units (`12人`) and
// kanji.
//
// Errors:
//   NUMBER_FORMAT: another form.
//   NUMBER_RANGE: more digits than 64 bits hold.
absl::StatusOr<std::int64_t> ReadInteger(std::string_view text);

// Reads a fiscal year: `2025`, `２０２５`, `FY2025`, `2025年度`, `令和7`,
// `令和７年度`, `R7`, `令和7年度(2025年度)`. A calendar year (`令和7年`) is
// refused: its first three months belong to another fiscal year.
//
// Errors:
//   FISCAL_YEAR_FORMAT: another form.
//   FISCAL_YEAR_RANGE: outside base::FiscalYear::kMin to kMax.
//   ERA_YEAR_ZERO, ERA_YEAR_RANGE, ERA_MISMATCH: as in base/era.h.
absl::StatusOr<base::FiscalYear> ReadFiscalYear(std::string_view text);

// Reads a day: `2025-04-01`, `2025/4/1`, `2025.4.1`, `20250401`,
// `2025年4月1日`, `令和7年4月1日`, `R7.4.1`. Years have four digits or an era,
// so that no day is taken for a year.
//
// Errors:
//   DATE_FORMAT: another form; with a time, or a spreadsheet's day number.
//   DATE_INVALID: there is no such day.
//   ERA_YEAR_ZERO, ERA_YEAR_RANGE: as in base/era.h.
absl::StatusOr<base::Date> ReadDate(std::string_view text);

// Reads a municipality code of six digits, or of five where `five_digits`.
//
// Errors: those of base::MunicipalityCode::Parse or ParseFiveDigit, and
// metadata `candidates` where these give it.
absl::StatusOr<base::MunicipalityCode> ReadMunicipalityCode(
    std::string_view text, bool five_digits = false);

// Reads `yes`, `no`, `はい`, `いいえ`, and a spreadsheet's `TRUE` and `FALSE`;
// capital letters count as small ones.
//
// Errors:
//   YES_NO_INVALID: another word.
absl::StatusOr<bool> ReadYesNo(std::string_view text);

// Reads one of `words` and returns it as it stands there: exactly, or with
// capital for small letters where that fits one word alone.
//
// Errors:
//   WORD_UNKNOWN: none of them; the message lists them (the first twenty).
absl::StatusOr<std::string_view> ReadWord(
    std::string_view text, std::span<const std::string_view> words);

// Returns `text` without white space at the ends and with full-width letters
// and digits folded, for comparing it with words or ids.
std::string FoldWord(std::string_view text);

}  // namespace welfare::text
