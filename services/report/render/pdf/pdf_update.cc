#include "services/report/render/pdf/pdf_update.h"

#include <charconv>
#include <cstddef>
#include <utility>

#include "services/report/drawing/text_measure.h"

namespace welfare::report {
namespace {

constexpr std::string_view kEntryEnd = " 00000 n \n";
constexpr std::size_t kOffsetDigits = 10;
constexpr std::size_t kEntrySize = 20;
constexpr std::string_view kFigure = "<< /Type /StructElem\n   /S /Figure\n";
constexpr std::string_view kCatalog = "<< /Type /Catalog\n";

// Takes a number off the front of `text`.
std::optional<std::size_t> TakeNumber(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool TakeWord(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// A text string of a PDF: UTF-16 with its mark, in hexadecimal.
std::string TextString(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "<FEFF";
  const auto unit = [&](unsigned value) {
    for (int shift = 12; shift >= 0; shift -= 4) {
      out += kDigits[(value >> static_cast<unsigned>(shift)) & 0xFU];
    }
  };
  for (const char32_t c : CharactersOf(text)) {
    if (c < 0x10000) {
      unit(c);
    } else {
      unit(0xD800U + ((c - 0x10000U) >> 10U));
      unit(0xDC00U + ((c - 0x10000U) & 0x3FFU));
    }
  }
  return out + ">";
}

std::string Entry(std::size_t offset) {
  std::string digits = std::to_string(offset);
  digits.insert(0, kOffsetDigits - digits.size(), '0');
  return digits + std::string(kEntryEnd);
}

// The last part of a file: where its objects are, and what leads to the rest.
struct CrossReferences {
  std::size_t at = 0;
  std::vector<std::size_t> offsets;  // by number; 0: there is none
  std::string trailer;               // between `<<` and `>>`
};

std::optional<CrossReferences> ReadCrossReferences(std::string_view pdf) {
  CrossReferences read;
  const std::size_t start = pdf.rfind("startxref\n");
  if (start == std::string_view::npos) return std::nullopt;
  std::string_view rest = pdf.substr(start + 10);
  const auto at = TakeNumber(rest);
  if (!at.has_value() || *at >= start) return std::nullopt;
  read.at = *at;
  rest = pdf.substr(read.at, start - read.at);
  if (!TakeWord(rest, "xref\n0 ")) return std::nullopt;
  const auto size = TakeNumber(rest);
  if (!size.has_value() || !TakeWord(rest, "\n") ||
      rest.size() / kEntrySize < *size) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < *size; ++i) {
    std::string_view entry = rest.substr(i * kEntrySize, kEntrySize);
    const bool used = entry.ends_with(kEntryEnd);
    const auto offset = TakeNumber(entry);
    if (!offset.has_value() || *offset >= pdf.size()) return std::nullopt;
    read.offsets.push_back(used ? *offset : 0);
  }
  rest.remove_prefix(*size * kEntrySize);
  const std::size_t end = rest.rfind(">>");
  if (!TakeWord(rest, "trailer\n<<") || end == std::string_view::npos) {
    return std::nullopt;
  }
  read.trailer = rest.substr(0, rest.rfind(">>"));
  return read;
}

// The dictionary of an object that is nothing else; empty: it is.
std::string_view DictionaryAt(std::string_view pdf, std::size_t number,
                              std::size_t offset) {
  std::string_view object = pdf.substr(offset);
  if (!TakeWord(object, std::to_string(number) + " 0 obj\n") ||
      !object.starts_with("<<")) {
    return {};
  }
  return object.substr(0, object.find("endobj\n"));
}

}  // namespace

std::optional<std::string> AddAlternatives(
    std::string pdf, const std::vector<std::string>& alternatives) {
  const auto references = ReadCrossReferences(pdf);
  if (!references.has_value()) return std::nullopt;
  std::string added;
  std::string entries;
  std::size_t figures = 0;
  bool catalog = false;
  // Cairo numbers the elements of the structure as they are begun.
  for (std::size_t number = 1; number < references->offsets.size(); ++number) {
    const std::size_t offset = references->offsets[number];
    if (offset == 0) continue;
    const std::string_view dictionary = DictionaryAt(pdf, number, offset);
    std::string_view begin;
    std::string more;
    if (dictionary.starts_with(kFigure)) {
      if (figures == alternatives.size()) return std::nullopt;
      begin = kFigure;
      more = "   /Alt " + TextString(alternatives[figures++]) + "\n";
    } else if (dictionary.starts_with(kCatalog)) {
      catalog = true;
      begin = kCatalog;
      more =
          "   /Lang (ja-JP)\n"
          "   /ViewerPreferences << /DisplayDocTitle true >>\n";
    } else {
      continue;
    }
    entries += std::to_string(number) + " 1\n" +
               Entry(pdf.size() + added.size());
    added += std::to_string(number) + " 0 obj\n" + std::string(begin) + more +
             std::string(dictionary.substr(begin.size())) + "endobj\n";
  }
  if (!catalog || figures != alternatives.size()) return std::nullopt;
  const std::size_t at = pdf.size() + added.size();
  pdf += added + "xref\n" + entries + "trailer\n<<" + references->trailer +
         "   /Prev " + std::to_string(references->at) + "\n>>\nstartxref\n" +
         std::to_string(at) + "\n%%EOF\n";
  return pdf;
}

}  // namespace welfare::report
