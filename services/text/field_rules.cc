#include "services/text/field_rules.h"

#include <unicode/uchar.h>

#include <optional>
#include <utility>

#include "services/base/coding/utf8.h"
#include "services/base/error.h"
#include "services/text/characters.h"
#include "services/text/normalize.h"
#include "services/text/visible.h"

namespace welfare::text {
namespace {

// What may be wrong with a character.
constexpr base::ErrorRow kBlankAtEnd = {
    "TEXT_INVALID", absl::StatusCode::kInvalidArgument,
    "Character {position} is {character}, a blank at an end of the text; "
    "remove it.",
    "{position}文字目の {character} は前後の空白です。削除してください。"};
constexpr base::ErrorRow kLineEnd = {
    "TEXT_INVALID", absl::StatusCode::kInvalidArgument,
    "Character {position} is {character}, a line end or tab; write the text in "
    "one line.",
    "{position}文字目の {character} "
    "は改行またはタブです。1行で書いてください。"};
constexpr base::ErrorRow kControl = {
    "TEXT_INVALID", absl::StatusCode::kInvalidArgument,
    "Character {position} is {character}, a control character; remove it.",
    "{position}文字目の {character} は制御文字です。削除してください。"};
constexpr base::ErrorRow kNoCharacter = {
    "TEXT_INVALID", absl::StatusCode::kInvalidArgument,
    "Character {position} is {character}, which is no character; remove it.",
    "{position}文字目の {character} は文字ではありません。削除してください。"};
constexpr base::ErrorRow kTurnsDirection = {
    "TEXT_INVALID", absl::StatusCode::kInvalidArgument,
    "Character {position} is {character}, which turns the direction of what "
    "follows; remove it.",
    "{position}文字目の {character} "
    "は後の文字の向きを変える制御文字です。削除してください。"};
constexpr base::ErrorRow kUnseen = {
    "TEXT_INVALID", absl::StatusCode::kInvalidArgument,
    "Character {position} is {character}, which cannot be seen; remove it.",
    "{position}文字目の {character} "
    "は目に見えない文字です。削除してください。"};
// And with the whole.
constexpr base::ErrorRow kNotUtf8 = {
    "TEXT_INVALID", absl::StatusCode::kInvalidArgument,
    "The text is not UTF-8 from byte {byte} on; send it as UTF-8.",
    "{byte}バイト目からUTF-8ではありません。UTF-8で送ってください。"};
constexpr base::ErrorRow kTooManyBytes = {
    "TEXT_TOO_LONG", absl::StatusCode::kInvalidArgument,
    "The text has more than {longest} bytes; shorten it (a Japanese character "
    "has three).",
    "{longest}"
    "バイトを超えています（日本語は1文字3バイト）。短くしてください。"};
constexpr base::ErrorRow kTooManyCharacters = {
    "TEXT_TOO_LONG", absl::StatusCode::kInvalidArgument,
    "The text has more than {longest} characters; shorten it.",
    "{longest}文字を超えています。短くしてください。"};
constexpr base::ErrorRow kNoKana = {
    "KANA_INVALID", absl::StatusCode::kInvalidArgument,
    "The reading is written in full-width katakana alone.",
    "よみは全角カタカナだけで書いてください。"};
constexpr base::ErrorRow kOtherKana = {
    "KANA_INVALID", absl::StatusCode::kInvalidArgument,
    "Write the reading in full-width katakana: {proposal}.",
    "よみは全角カタカナで「{proposal}」と書いてください。"};

// A fault of the character at a place, counted from 1.
absl::Status CharacterFault(const base::ErrorRow& row, char32_t character,
                            std::size_t position) {
  return base::MakeError(row)
      .With("character", ShowCharacter(character))
      .With("position", static_cast<long long>(position));
}

absl::Status NotUtf8(std::size_t offset) {
  return base::MakeError(kNotUtf8)
      .With("offset", static_cast<long long>(offset))
      .Show("byte", std::to_string(offset + 1));
}

absl::Status TooLong(const FieldRule& rule) {
  return base::MakeError(rule.unit == FieldRule::Unit::kBytes
                             ? kTooManyBytes
                             : kTooManyCharacters)
      .With("longest", static_cast<long long>(rule.longest));
}

// Katakana, its long vowel mark and middle dot.
bool IsKatakana(std::string_view utf8) {
  for (std::size_t at = 0; at < utf8.size();) {
    const auto character = NextCharacter(utf8, at);
    if (!character || *character < 0x30A1 || *character > 0x30FC) return false;
  }
  return true;
}

// Hiragana as katakana.
std::string ToKatakana(std::string_view utf8) {
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t from = at;
    const auto character = NextCharacter(utf8, at);
    if (character && *character >= 0x3041 && *character <= 0x3096) {
      AppendCharacter(*character + 0x60, out);
    } else {
      out += utf8.substr(from, at - from);
    }
  }
  return out;
}

// The reading `kana` most likely is, or nothing.
std::optional<std::string> ProposeKana(std::string_view kana) {
  std::string proposal;
  const std::string wide = ToKatakana(FoldWidth(kana));
  for (std::size_t at = 0; at < wide.size();) {
    const auto character = NextCharacter(wide, at);
    if (!character) return std::nullopt;
    if (IsWhiteSpace(*character) || IsInvisible(*character)) continue;
    // A hyphen in a reading is its long vowel mark.
    AppendCharacter(*character == '-' ? U'\u30FC' : *character, proposal);
  }
  if (proposal.empty() || !IsKatakana(proposal)) return std::nullopt;
  return proposal;
}

absl::Status KanaFault(std::string_view kana) {
  const auto proposal = ProposeKana(kana);
  if (!proposal) return base::MakeError(kNoKana);
  return base::MakeError(kOtherKana).With("proposal", *proposal);
}

// Whether `text` takes what stands at its ends. REQUIRES: not blank, UTF-8.
absl::Status CheckEnds(const FieldRule& rule, std::string_view text) {
  if (rule.ends != FieldRule::Ends::kRefuse) return absl::OkStatus();
  const std::string_view inner = Trim(text);
  if (inner.size() == text.size()) return absl::OkStatus();
  const bool leads = inner.data() != text.data();
  std::size_t at =
      leads
          ? 0
          : static_cast<std::size_t>(inner.data() - text.data()) + inner.size();
  const std::size_t position = base::CountCodePoints(text.substr(0, at)) + 1;
  const auto character = NextCharacter(text, at);
  return CharacterFault(kBlankAtEnd, character.value_or(' '), position);
}

// Whether the character at `position` may stand there. `ending`: nothing but
// white space stands on one side of it.
absl::Status CheckCharacter(const FieldRule& rule, char32_t character,
                            std::optional<char32_t> before, bool ending,
                            std::size_t position) {
  if (IsLineEnd(character) || character == '\t') {
    // A line of text ends with LF, CR or both, or with U+2028; form feeds and
    // the mainframe's U+0085 come out of other formats.
    const bool plain = character == '\n' || character == '\r' ||
                       character == '\t' || character == 0x2028 ||
                       character == 0x2029;
    if (rule.takes_lines && plain) return absl::OkStatus();
    return CharacterFault(kLineEnd, character, position);
  }
  if (IsControl(character)) {
    return CharacterFault(kControl, character, position);
  }
  const auto point = static_cast<UChar32>(character);
  if (u_charType(point) == U_UNASSIGNED &&
      u_hasBinaryProperty(point, UCHAR_NONCHARACTER_CODE_POINT) != 0) {
    return CharacterFault(kNoCharacter, character, position);
  }
  if (!IsInvisible(character)) return absl::OkStatus();
  if (IsVariationSelector(character) && before && !IsWhiteSpace(*before) &&
      !IsInvisible(*before) && !rule.folds_width) {
    return absl::OkStatus();
  }
  // An override shows the text behind it in another order than it has.
  const bool overrides = IsDirectionMark(character) && character != 0x200E &&
                         character != 0x200F && character != 0x061C;
  if (overrides) {
    return CharacterFault(kTurnsDirection, character, position);
  }
  const bool refused =
      rule.invisible == FieldRule::Invisible::kRefuse ||
      (rule.invisible == FieldRule::Invisible::kRefuseAtEnds && ending);
  if (!refused) return absl::OkStatus();
  return CharacterFault(kUnseen, character, position);
}

// REQUIRES: not blank, UTF-8.
absl::Status CheckCharacters(const FieldRule& rule, std::string_view text) {
  // Where the first character that is seen begins, and behind the last one.
  std::size_t first = text.size();
  std::size_t last = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const auto character = NextCharacter(text, at);
    if (IsWhiteSpace(*character)) continue;
    // A selector belongs to the character before it.
    const bool selects = IsVariationSelector(*character) && last == from;
    if (IsInvisible(*character) && !selects) continue;
    if (first == text.size()) first = from;
    last = at;
  }
  std::optional<char32_t> before;
  std::size_t position = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const auto character = NextCharacter(text, at);
    ++position;
    if (absl::Status fault = CheckCharacter(
            rule, *character, before, from < first || from >= last, position);
        !fault.ok()) {
      return fault;
    }
    before = character;
  }
  return absl::OkStatus();
}

// The fault of a text of `count` plain characters (CountPlain), which can but
// be too long.
absl::Status CheckPlain(const FieldRule& rule, std::string_view text,
                        std::size_t count) {
  const std::size_t length =
      rule.unit == FieldRule::Unit::kBytes ? text.size() : count;
  return rule.longest > 0 && length > rule.longest ? TooLong(rule)
                                                   : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> Keep(const FieldRule& rule, std::string_view utf8) {
  if (const auto count = CountPlain(utf8); count && !rule.is_kana) {
    WELFARE_RETURN_IF_ERROR(CheckPlain(rule, utf8, *count));
    return std::string(utf8);
  }
  if (const std::size_t bad = base::FindInvalidUtf8(utf8);
      bad != std::string_view::npos) {
    return NotUtf8(bad);
  }
  if (IsBlank(utf8)) return std::string();
  std::string kept = rule.folds_width ? FoldWidth(utf8) : ComposeKana(utf8);
  if (rule.ends == FieldRule::Ends::kTrim) kept = std::string(Trim(kept));
  WELFARE_RETURN_IF_ERROR(CheckCharacters(rule, kept));
  WELFARE_RETURN_IF_ERROR(CheckEnds(rule, kept));
  const std::size_t length = rule.unit == FieldRule::Unit::kBytes
                                 ? kept.size()
                                 : base::CountCodePoints(kept);
  if (rule.longest > 0 && length > rule.longest) return TooLong(rule);
  if (rule.is_kana && !IsKatakana(kept)) return KanaFault(kept);
  return kept;
}

absl::Status Check(const FieldRule& rule, std::string_view utf8) {
  if (const auto count = CountPlain(utf8); count && !rule.is_kana) {
    return CheckPlain(rule, utf8, *count);
  }
  return Keep(rule, utf8).status();
}

}  // namespace welfare::text
