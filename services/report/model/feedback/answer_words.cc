#include "services/report/model/feedback/answer_words.h"

#include <cstddef>
#include <set>

#include "services/report/model/words.h"
#include "services/text/characters.h"

namespace welfare::report {
namespace {

// Characters of a piece: some forty lines of the narrower column.
constexpr std::size_t kPiece = 600;

std::string NameOf(char32_t c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string name = "〔U+";
  for (int shift = c > 0xFFFFF ? 20 : c > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4) {
    name += kDigits[(c >> static_cast<unsigned>(shift)) & 0xFU];
  }
  return name + "〕";
}

std::set<std::string> CodesOf(const AskedItem& item,
                              const GivenAnswer& answer) {
  std::set<std::string> codes;
  for (std::size_t i = 0; i < item.options.size(); ++i) {
    if (answer.Chose(i)) codes.insert(item.options[i].code);
  }
  return codes;
}

}  // namespace

std::string PrintableText(std::string_view text, const HasGlyph& has_glyph,
                          bool& changed) {
  std::string out;
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = text::NextCharacter(text, at).value_or(0xFFFD);
    if (text::IsLineEnd(c) || c == '\t') {
      // However many stand together.
      if (!space && !out.empty()) out += "　";
      space = true;
      continue;
    }
    space = false;
    if (c < 0x20 || c == 0xFFFD || !has_glyph(c)) {
      changed = true;
      out += NameOf(c);
    } else {
      text::AppendCharacter(c, out);
    }
  }
  return out;
}

std::vector<std::string> InPieces(const std::string& text) {
  std::vector<std::string> pieces;
  std::string piece;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = text::NextCharacter(text, at).value_or(0xFFFD);
    text::AppendCharacter(c, piece);
    ++characters;
    const bool sentence = c == U'。' || c == U'　';
    if (characters >= kPiece || (sentence && characters >= kPiece * 3 / 4)) {
      pieces.push_back(std::move(piece));
      piece.clear();
      characters = 0;
    }
  }
  if (!piece.empty() || pieces.empty()) pieces.push_back(std::move(piece));
  return pieces;
}

std::string AnswerWords(const AskedItem& item, const GivenAnswer& answer) {
  if (answer.absence.has_value()) {
    return std::string(base::ToJapanese(*answer.absence));
  }
  switch (item.type) {
    case AnswerType::kSingle:
    case AnswerType::kMultiple: {
      std::string words;
      for (std::size_t i = 0; i < item.options.size(); ++i) {
        if (!answer.Chose(i)) continue;
        words += (words.empty() ? "" : "、") + item.options[i].label;
      }
      return words;
    }
    case AnswerType::kInteger:
      // Years have no comma.
      return (item.unit == "年度" ? std::to_string(answer.number)
                                  : PrintedNumber(
                                        std::to_string(answer.number))) +
             item.unit;
    case AnswerType::kText:
    case AnswerType::kTable:
      break;
  }
  return answer.text;
}

bool SameAnswer(const AskedItem& item, const GivenAnswer& answer,
                const AskedItem& other_item, const GivenAnswer& other) {
  return answer.absence == other.absence && answer.number == other.number &&
         answer.text == other.text &&
         CodesOf(item, answer) == CodesOf(other_item, other);
}

}  // namespace welfare::report
