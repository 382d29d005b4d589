#include "services/text/encoding.h"

#include <unicode/ucnv.h>
#include <unicode/utf16.h>

#include <array>
#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>

#include "services/base/error.h"
#include "services/base/utf8.h"

namespace welfare::text {
namespace {

using base::MakeError;

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

void AppendUtf8(std::string& out, UChar32 character) {
  const auto code = static_cast<std::uint32_t>(character);
  const auto put = [&](std::uint32_t byte) {
    out.push_back(static_cast<char>(byte));
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
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
    // use (user-defined Gaiji of CP932) has no shared meaning.
    if (U_FAILURE(error) || character == 0xFFFD ||
        (character >= 0xE000 && character <= 0xF8FF)) {
      attempt.offset = static_cast<std::size_t>(from - bytes.data());
      return attempt;
    }
    AppendUtf8(utf8, character);
  }
  attempt.utf8 = std::move(utf8);
  return attempt;
}

absl::Status Undecodable(std::string_view encoding, std::size_t offset) {
  return MakeError(absl::StatusCode::kInvalidArgument, "ENCODING_UNKNOWN",
                   "The byte order mark says " + std::string(encoding) +
                       ", but the bytes after it are not; save the file "
                       "again as UTF-8.")
      .With("offset", static_cast<long long>(offset));
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

absl::StatusOr<DecodedText> DecodeText(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) {
    const std::string_view body = bytes.substr(3);
    if (const std::size_t bad = FindInvalidUtf8(body);
        bad != std::string_view::npos) {
      return Undecodable("UTF-8", bad + 3);
    }
    return DecodedText{std::string(body), Encoding::kUtf8WithBom};
  }
  for (const auto& [mark, name, encoding] :
       {std::tuple("\xFF\xFE"sv, "UTF-16LE", Encoding::kUtf16LittleEndian),
        std::tuple("\xFE\xFF"sv, "UTF-16BE", Encoding::kUtf16BigEndian)}) {
    if (!bytes.starts_with(mark)) continue;
    Attempt attempt = DecodeWith(name, bytes.substr(mark.size()));
    if (!attempt.utf8) {
      return Undecodable(name, attempt.offset + mark.size());
    }
    return DecodedText{*std::move(attempt.utf8), encoding};
  }
  const std::size_t bad_utf8 = FindInvalidUtf8(bytes);
  if (bad_utf8 == std::string_view::npos) {
    return DecodedText{std::string(bytes), Encoding::kUtf8};
  }
  Attempt attempt = DecodeWith("windows-31j", bytes);
  if (!attempt.utf8) {
    return MakeError(absl::StatusCode::kInvalidArgument, "ENCODING_UNKNOWN",
                     "The text is neither UTF-8 nor CP932; save the file as "
                     "UTF-8.")
        .With("utf8_offset", static_cast<long long>(bad_utf8))
        .With("cp932_offset", static_cast<long long>(attempt.offset));
  }
  return DecodedText{*std::move(attempt.utf8), Encoding::kCp932};
}

absl::StatusOr<std::string> EncodeCp932(std::string_view utf8) {
  if (const std::size_t bad = FindInvalidUtf8(utf8);
      bad != std::string_view::npos) {
    return MakeError(absl::StatusCode::kInvalidArgument, "NOT_UTF8",
                     "The text is not valid UTF-8.")
        .With("offset", static_cast<long long>(bad));
  }
  const Converter converter = OpenConverter("windows-31j");
  std::string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    if (lead < 0x80) {
      out.push_back(utf8[at++]);
      continue;
    }
    const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
      code = code << 6 | (static_cast<unsigned char>(utf8[at + i]) & 0x3F);
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
      return MakeError(absl::StatusCode::kInvalidArgument, "NOT_IN_CP932",
                       "CP932 does not have this character; use UTF-8.")
          .With("character", utf8.substr(at, size))
          .With("offset", static_cast<long long>(at));
    }
    out.append(bytes.data(), static_cast<std::size_t>(written));
    at += size;
  }
  return out;
}

}  // namespace welfare::text
