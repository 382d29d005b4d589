#include "services/text/encoding.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "services/base/coding/utf8.h"
#include "services/base/error.h"
#include "services/text/characters.h"
#include "services/text/visible.h"

namespace welfare::text {
namespace {

using base::MakeError;

constexpr const char* kCp932Name = "windows-31j";
constexpr const char* kEucJpName = "EUC-JP";
// Of a line that two encodings show differently.
constexpr std::size_t kBytesShown = 60;

struct CloseConverter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, CloseConverter>;

// CP932 as Windows has it: with NEC and IBM extensions (髙, ①), and ～ as
// U+FF5E. Converters stop at the first fault instead of replacing it.
Converter OpenConverter(const char* name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name, &error));
  if (U_FAILURE(error)) return nullptr;
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr,
                      nullptr, nullptr, &error);
  ucnv_setFromUCallBack(converter.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr,
                        nullptr, nullptr, &error);
  ucnv_setFallback(converter.get(), false);
  if (U_FAILURE(error)) return nullptr;
  return converter;
}

// A decoded text, or the offset of the first byte that cannot be decoded.
struct Attempt {
  std::optional<std::string> utf8;
  std::size_t offset = 0;
};

Attempt DecodeWith(const char* name, std::string_view bytes) {
  Attempt attempt;
  const Converter converter = OpenConverter(name);
  if (converter == nullptr) return attempt;
  std::string utf8;
  utf8.reserve(bytes.size() * 3 / 2);
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at < end) {
    UErrorCode error = U_ZERO_ERROR;
    const char* const from = at;
    const UChar32 character =
        ucnv_getNextUChar(converter.get(), &at, end, &error);
    // U+FFFD stands in no table of ours: it would be a replacement. Private
    // use (user-defined Gaiji of CP932) has no shared meaning, and no office
    // writes the control characters behind ASCII.
    if (U_FAILURE(error) || character == 0xFFFD ||
        (character >= 0x80 && character <= 0x9F) ||
        (character >= 0xE000 && character <= 0xF8FF)) {
      attempt.offset = static_cast<std::size_t>(from - bytes.data());
      return attempt;
    }
    AppendCharacter(static_cast<char32_t>(character), utf8);
  }
  attempt.utf8 = std::move(utf8);
  return attempt;
}

// The physical line of a place in a file whose line ends are LF bytes, as in
// UTF-8, CP932 and EUC-JP.
std::size_t LineAt(std::string_view bytes, std::size_t offset) {
  return 1 + static_cast<std::size_t>(
                 std::ranges::count(bytes.substr(0, offset), '\n'));
}

constexpr base::ErrorRow kUndecodable = {
    "ENCODING_UNKNOWN", absl::StatusCode::kInvalidArgument,
    "The file should be {encoding}, but the bytes here are not; save it again "
    "as UTF-8.",
    "ファイルは{encoding}のはずですが、ここは違います。UTF-"
    "8で保存し直してください。"};
constexpr base::ErrorRow kEucJp = {
    "ENCODING_UNKNOWN", absl::StatusCode::kInvalidArgument,
    "The file is EUC-JP, which is not read; save it as UTF-8.",
    "EUC-JPのファイルは読めません。UTF-8で保存してください。"};
constexpr base::ErrorRow kNeither = {
    "ENCODING_UNKNOWN", absl::StatusCode::kInvalidArgument,
    "The text is neither UTF-8 (from line {utf8_line} on) nor CP932 (from line "
    "{cp932_line} on); save the file as UTF-8.",
    "UTF-8としてもCP932としても読めません。UTF-8で保存し直してください。"};
constexpr base::ErrorRow kOtherMark = {
    "ENCODING_UNKNOWN", absl::StatusCode::kInvalidArgument,
    "The file begins with the mark of another encoding than the one named; "
    "name that one, or none.",
    "指定した文字コードとファイル先頭のBOMが合いません。指定を直すか外してくだ"
    "さい。"};
constexpr base::ErrorRow kNulBytes = {
    "ENCODING_UNKNOWN", absl::StatusCode::kInvalidArgument,
    "The file holds NUL bytes, as UTF-16 without a mark does; save it as "
    "UTF-8.",
    "NULバイトがあります（BOMなしのUTF-16など）。UTF-8で保存してください。"};
constexpr base::ErrorRow kAmbiguous = {
    "ENCODING_AMBIGUOUS", absl::StatusCode::kInvalidArgument,
    "The file is good {one} and good {other}: {readings}; say which one it is, "
    "or save it as UTF-8 with BOM.",
    "{one}としても{other}としても読めます：{readings}"
    "。文字コードを指定するか、BOM付きUTF-8で保存してください。"};
constexpr base::ErrorRow kAmbiguousLegacy = {
    "ENCODING_AMBIGUOUS", absl::StatusCode::kInvalidArgument,
    "The file is good {one} and good {other}: {readings}; say that it is "
    "CP932, or save it as UTF-8.",
    "{one}としても{other}としても読めます：{readings}。CP932と指定するか、UTF-"
    "8で保存してください。"};
constexpr base::ErrorRow kFormat = {
    "FILE_FORMAT", absl::StatusCode::kInvalidArgument,
    "This is {format}, not a CSV file; save the sheet as CSV UTF-8 (comma "
    "delimited).",
    "CSVではなく{format_ja}です。「CSV "
    "UTF-8（コンマ区切り）」で保存してください。"};
constexpr base::ErrorRow kEncodingName = {
    "ENCODING_NAME", absl::StatusCode::kInvalidArgument,
    "The encoding is auto, utf-8, utf-16 or cp932.",
    "文字コードはauto、utf-8、utf-16、cp932のいずれかです。"};
constexpr base::ErrorRow kOutNotUtf8 = {
    "NOT_UTF8", absl::StatusCode::kInvalidArgument,
    "The text is not valid UTF-8.",
    "UTF-8として正しくない文字列です。UTF-8で送ってください。"};
constexpr base::ErrorRow kNotInCp932 = {
    "NOT_IN_CP932", absl::StatusCode::kInvalidArgument,
    "CP932 does not have this character; use UTF-8.",
    "CP932にない文字です。UTF-8を使ってください。"};

// A fault of a place in a file; whoever knows the file's name says where.
base::ErrorBuilder Fault(const base::ErrorRow& row, std::size_t line,
                         std::size_t offset) {
  return MakeError(row)
      .With("line", static_cast<long long>(line))
      .With("offset", static_cast<long long>(offset));
}

absl::Status Undecodable(std::string_view encoding, std::size_t line,
                         std::size_t offset) {
  return Fault(kUndecodable, line, offset).Show("encoding", encoding);
}

// What a file that is no text begins with.
struct Magic {
  std::string_view bytes;
  std::string_view format;
  std::string_view japanese;
};
constexpr std::array<Magic, 4> kMagics = {{
    {"\xD0\xCF\x11\xE0", "an Excel workbook (.xls)", "Excelブック（.xls）"},
    {"PK\x03\x04", "an Excel workbook (.xlsx) or another archive",
     "Excelブック（.xlsx）などの書庫"},
    {"%PDF-", "a PDF document", "PDF文書"},
    {"\x1F\x8B", "a compressed file", "圧縮ファイル"},
}};

absl::Status CheckFormat(std::string_view bytes) {
  for (const Magic& magic : kMagics) {
    if (!bytes.starts_with(magic.bytes)) continue;
    return MakeError(kFormat)
        .With("format", magic.format)
        .Show("format_ja", magic.japanese);
  }
  return absl::OkStatus();
}

// The line of the place `offset` of `bytes`, of which two encodings fit, as
// each of them shows it.
absl::Status Ambiguous(const base::ErrorRow& row, std::string_view bytes,
                       std::size_t offset, std::string_view one,
                       const std::string& as_one, std::string_view other,
                       const std::string& as_other) {
  const std::string shown =
      ShowInvisible(as_one, kBytesShown) + " (" + std::string(one) + "), " +
      ShowInvisible(as_other, kBytesShown) + " (" + std::string(other) + ")";
  return Fault(row, LineAt(bytes, offset), offset)
      .With("readings", shown)
      .Show("one", one)
      .Show("other", other);
}

std::size_t FirstHighByte(std::string_view bytes) {
  return static_cast<std::size_t>(
      std::ranges::find_if(bytes, [](char c) { return (c & 0x80) != 0; }) -
      bytes.begin());
}

// The bytes from `offset` on that are no ASCII.
std::string_view HighRun(std::string_view bytes, std::size_t offset) {
  const std::string_view rest = bytes.substr(offset);
  std::size_t size = 0;
  while (size < rest.size() && (rest[size] & 0x80) != 0) ++size;
  return rest.substr(0, size);
}

// Whether all that is no ASCII in the UTF-8 text has two bytes: letters of
// Western languages, none of Japanese.
bool IsTwoByteUtf8(std::string_view utf8) {
  return std::ranges::none_of(
      utf8, [](char c) { return static_cast<unsigned char>(c) >= 0xE0; });
}

// Whether all that is no ASCII are bytes that CP932 has for half-width kana.
bool IsHalfWidthKanaAlone(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 || (byte >= 0xA1 && byte <= 0xDF);
  });
}

// Whether some of what is no ASCII stands beside a small Latin letter, as in
// `Müller`; half-width kana do not.
bool StandsInLatinWords(std::string_view bytes) {
  const auto is_high = [](char c) { return (c & 0x80) != 0; };
  const auto is_small = [](char c) { return c >= 'a' && c <= 'z'; };
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    if ((is_high(bytes[i - 1]) && is_small(bytes[i])) ||
        (is_small(bytes[i - 1]) && is_high(bytes[i]))) {
      return true;
    }
  }
  return false;
}

// Whether a text holds half-width kana (U+FF61 to U+FF9F), as EUC-JP looks in
// CP932.
bool HasHalfWidthKana(std::string_view utf8) {
  for (std::size_t at = 0; at < utf8.size();) {
    const auto character = NextCharacter(utf8, at);
    if (character && *character >= 0xFF61 && *character <= 0xFF9F) return true;
  }
  return false;
}

absl::StatusOr<DecodedText> DecodeUtf8(std::string_view bytes) {
  using namespace std::string_view_literals;
  const bool marked = bytes.starts_with("\xEF\xBB\xBF"sv);
  const std::string_view body = bytes.substr(marked ? 3 : 0);
  if (const std::size_t bad = FindInvalidUtf8(body);
      bad != std::string_view::npos) {
    return Undecodable("UTF-8", LineAt(body, bad), bad + (marked ? 3 : 0));
  }
  return DecodedText{std::string(body),
                     marked ? Encoding::kUtf8WithBom : Encoding::kUtf8};
}

absl::StatusOr<DecodedText> DecodeUtf16(std::string_view bytes) {
  using namespace std::string_view_literals;
  const bool big = bytes.starts_with("\xFE\xFF"sv);
  const std::size_t mark = big || bytes.starts_with("\xFF\xFE"sv) ? 2 : 0;
  const std::string_view name = big ? "UTF-16BE" : "UTF-16LE";
  const std::string_view body = bytes.substr(mark);
  Attempt attempt = DecodeWith(big ? "UTF-16BE" : "UTF-16LE", body);
  if (!attempt.utf8) {
    // Lines are counted in what could be decoded.
    const Attempt before = DecodeWith(big ? "UTF-16BE" : "UTF-16LE",
                                      body.substr(0, attempt.offset));
    const std::string text = before.utf8.value_or("");
    return Undecodable(name, LineAt(text, text.size()), attempt.offset + mark);
  }
  return DecodedText{
      *std::move(attempt.utf8),
      big ? Encoding::kUtf16BigEndian : Encoding::kUtf16LittleEndian};
}

absl::StatusOr<DecodedText> DecodeCp932(std::string_view bytes) {
  Attempt attempt = DecodeWith(kCp932Name, bytes);
  if (!attempt.utf8) {
    return Undecodable("CP932", LineAt(bytes, attempt.offset), attempt.offset);
  }
  return DecodedText{*std::move(attempt.utf8), Encoding::kCp932};
}

// Good UTF-8 without a mark, unless it may as well be CP932.
absl::StatusOr<DecodedText> TakeUtf8(std::string_view bytes) {
  const std::size_t high = FirstHighByte(bytes);
  if (high < bytes.size() && IsTwoByteUtf8(bytes) &&
      IsHalfWidthKanaAlone(bytes) && !StandsInLatinWords(bytes)) {
    const std::string_view run = HighRun(bytes, high);
    return Ambiguous(kAmbiguous, bytes, high, "UTF-8", std::string(run),
                     "CP932", DecodeWith(kCp932Name, run).utf8.value_or(""));
  }
  return DecodedText{std::string(bytes), Encoding::kUtf8};
}

// What is no UTF-8 and has no mark.
absl::StatusOr<DecodedText> DecodeLegacy(std::string_view bytes,
                                         std::size_t bad_utf8) {
  Attempt cp932 = DecodeWith(kCp932Name, bytes);
  const Attempt euc = DecodeWith(kEucJpName, bytes);
  const std::size_t high = FirstHighByte(bytes);
  const std::string_view run = HighRun(bytes, high);
  if (cp932.utf8 && euc.utf8 && HasHalfWidthKana(*cp932.utf8)) {
    return Ambiguous(kAmbiguousLegacy, bytes, high, "CP932",
                     DecodeWith(kCp932Name, run).utf8.value_or(""), "EUC-JP",
                     DecodeWith(kEucJpName, run).utf8.value_or(""));
  }
  if (cp932.utf8) {
    return DecodedText{*std::move(cp932.utf8), Encoding::kCp932};
  }
  const std::size_t offset = std::max(bad_utf8, cp932.offset);
  const std::size_t place = euc.utf8 ? high : offset;
  return Fault(euc.utf8 ? kEucJp : kNeither, LineAt(bytes, place), place)
      .Show("utf8_line", std::to_string(LineAt(bytes, bad_utf8)))
      .Show("cp932_line", std::to_string(LineAt(bytes, cp932.offset)))
      .With("utf8_offset", static_cast<long long>(bad_utf8))
      .With("cp932_offset", static_cast<long long>(cp932.offset));
}

}  // namespace

std::string_view ToString(Encoding encoding) {
  switch (encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kUtf8WithBom:
      return "UTF-8 with BOM";
    case Encoding::kUtf16LittleEndian:
      return "UTF-16LE";
    case Encoding::kUtf16BigEndian:
      return "UTF-16BE";
    case Encoding::kCp932:
      return "CP932";
  }
  return "";
}

std::size_t FindInvalidUtf8(std::string_view text) {
  return base::FindInvalidUtf8(text);
}

std::string_view SkipByteOrderMark(std::string_view utf8) {
  if (utf8.starts_with("\xEF\xBB\xBF")) utf8.remove_prefix(3);
  return utf8;
}

absl::StatusOr<EncodingChoice> ParseEncodingChoice(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower == "auto") return EncodingChoice::kAuto;
  if (lower == "utf-8" || lower == "utf8") return EncodingChoice::kUtf8;
  if (lower == "utf-16" || lower == "utf16") return EncodingChoice::kUtf16;
  if (lower == "cp932" || lower == "windows-31j") {
    return EncodingChoice::kCp932;
  }
  return MakeError(kEncodingName).With("text", Shorten(word, kVisibleBytes));
}

absl::StatusOr<DecodedText> DecodeText(std::string_view bytes,
                                       EncodingChoice choice) {
  using namespace std::string_view_literals;
  WELFARE_RETURN_IF_ERROR(CheckFormat(bytes));
  const bool utf8_mark = bytes.starts_with("\xEF\xBB\xBF"sv);
  const bool utf16_mark =
      bytes.starts_with("\xFF\xFE"sv) || bytes.starts_with("\xFE\xFF"sv);
  const EncodingChoice marked = utf8_mark    ? EncodingChoice::kUtf8
                                : utf16_mark ? EncodingChoice::kUtf16
                                             : EncodingChoice::kAuto;
  if (choice == EncodingChoice::kAuto) {
    choice = marked;
  } else if (marked != EncodingChoice::kAuto && marked != choice) {
    return Fault(kOtherMark, 1, 0);
  }
  switch (choice) {
    case EncodingChoice::kUtf8:
      return DecodeUtf8(bytes);
    case EncodingChoice::kUtf16:
      return DecodeUtf16(bytes);
    case EncodingChoice::kCp932:
      return DecodeCp932(bytes);
    case EncodingChoice::kAuto:
      break;
  }
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    return Fault(kNulBytes, LineAt(bytes, nul), nul);
  }
  const std::size_t bad_utf8 = FindInvalidUtf8(bytes);
  return bad_utf8 == std::string_view::npos ? TakeUtf8(bytes)
                                            : DecodeLegacy(bytes, bad_utf8);
}

absl::StatusOr<std::string> EncodeCp932(std::string_view utf8) {
  if (const std::size_t bad = FindInvalidUtf8(utf8);
      bad != std::string_view::npos) {
    return MakeError(kOutNotUtf8).With("offset", static_cast<long long>(bad));
  }
  const Converter converter = OpenConverter(kCp932Name);
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const std::size_t from = at;
    const auto code =
        static_cast<std::uint32_t>(NextCharacter(utf8, at).value_or(0));
    if (code < 0x80) {
      out.push_back(static_cast<char>(code));
      continue;
    }
    std::array<UChar, 2> units{};
    std::int32_t count = 0;
    if (code < 0x10000) {
      units[0] = static_cast<UChar>(code);
      count = 1;
    } else {
      units[0] = static_cast<UChar>(0xD800 + ((code - 0x10000) >> 10));
      units[1] = static_cast<UChar>(0xDC00 + ((code - 0x10000) & 0x3FF));
      count = 2;
    }
    std::array<char, 8> bytes{};
    UErrorCode error = U_ZERO_ERROR;
    std::int32_t written = 0;
    if (converter != nullptr) {
      written = ucnv_fromUChars(converter.get(), bytes.data(),
                                static_cast<std::int32_t>(bytes.size()),
                                units.data(), count, &error);
    }
    // Private use maps to Gaiji rows that only one machine knows.
    if (converter == nullptr || U_FAILURE(error) || written == 0 ||
        (code >= 0xE000 && code <= 0xF8FF)) {
      return MakeError(kNotInCp932)
          .With("character", utf8.substr(from, at - from))
          .With("offset", static_cast<long long>(from));
    }
    out.append(bytes.data(), static_cast<std::size_t>(written));
  }
  return out;
}

}  // namespace welfare::text
