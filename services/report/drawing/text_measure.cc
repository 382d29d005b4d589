#include "services/report/drawing/text_measure.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "services/report/drawing/font_widths.h"
#include "services/text/characters.h"

namespace welfare::report {
namespace {

constexpr int kUnitsPerEm = 2048;

bool IsContinuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// Decodes the character at `at` and moves on.
char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80U) return lead;
  const int more = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : 1;
  char32_t character = lead & (0x3FU >> static_cast<unsigned>(more));
  if (lead < 0xC2U || lead > 0xF4U) return 0xFFFD;
  for (int i = 0; i < more; ++i) {
    if (at >= text.size() ||
        !IsContinuation(static_cast<unsigned char>(text[at]))) {
      return 0xFFFD;
    }
    character =
        (character << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  }
  return character;
}

bool IsOneOf(char32_t character, std::u32string_view set) {
  return set.find(character) != std::u32string_view::npos;
}

// What no line begins with.
bool IsClosing(char32_t c) {
  return IsOneOf(c,
                 U"、。，．・：；！？）」』】〕〉》”’％%),.:;!?]}ー～〜"
                 U"ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々…‥"
                 U"　 ");
}
// What no line ends with.
bool IsOpening(char32_t c) { return IsOneOf(c, U"（「『【〔〈《“‘([{"); }
bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }
// Parts of numbers, Latin words and names of files.
bool IsLatin(char32_t c) {
  return c > 0x20 && c < 0x7F && !IsOneOf(c, U"()[]{}");
}
// Units that stay with their number; two of them may follow each other, as in
// 3自治体 and 令和7年度.
constexpr std::u32string_view kUnits[] = {
    U"自治体", U"社協", U"年度", U"ポイント", U"地区",    U"項目",
    U"か所",   U"年",   U"月",   U"日",       U"回",      U"件",
    U"人",     U"頁",   U"％",   U"位",       U"区市町村"};

// The end of the piece that begins at `begin`: what stays together.
std::size_t PieceEnd(std::span<const char32_t> text, std::size_t begin) {
  std::size_t at = begin;
  while (at < text.size() && IsOpening(text[at])) ++at;
  if (at >= text.size()) return at;
  if (IsLatin(text[at])) {
    bool digit = false;
    while (at < text.size() && IsLatin(text[at])) digit = IsDigit(text[at++]);
    if (digit) {
      for (const std::u32string_view unit : kUnits) {
        if (text.size() - at >= unit.size() &&
            std::equal(unit.begin(), unit.end(),
                       text.begin() + static_cast<std::ptrdiff_t>(at))) {
          at += unit.size();
          break;
        }
      }
    }
  } else {
    ++at;
  }
  while (at < text.size() &&
         (IsClosing(text[at]) || text::ContinuesCluster(text[at]))) {
    ++at;
  }
  return at;
}

void AppendUtf8(std::string& out, char32_t c) {
  const auto byte = [&](char32_t value) {
    out += static_cast<char>(static_cast<unsigned char>(value));
  };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0U | (c >> 6U));
    byte(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    byte(0xE0U | (c >> 12U));
    byte(0x80U | ((c >> 6U) & 0x3FU));
    byte(0x80U | (c & 0x3FU));
  } else {
    byte(0xF0U | (c >> 18U));
    byte(0x80U | ((c >> 12U) & 0x3FU));
    byte(0x80U | ((c >> 6U) & 0x3FU));
    byte(0x80U | (c & 0x3FU));
  }
}

bool IsSpace(char32_t c) { return c == U' ' || c == U'　'; }

std::string Utf8(std::span<const char32_t> text) {
  std::string out;
  for (const char32_t c : text) AppendUtf8(out, c);
  return out;
}

long long Advance(std::span<const char32_t> text) {
  long long sum = 0;
  for (const char32_t c : text) sum += CharacterAdvance(c);
  return sum;
}

int Scaled(long long advance, int size) {
  return static_cast<int>((advance * size + kUnitsPerEm - 1) / kUnitsPerEm);
}

// Lines of fewer characters are those of labels.
constexpr int kShortLine = 16;

// Where a piece may be parted that no line can hold, best first.
enum class Parting { kSlash, kHyphen, kKinsoku, kCluster };

bool MayPart(Parting parting, char32_t before, char32_t after) {
  if (text::ContinuesCluster(after)) return false;
  switch (parting) {
    case Parting::kSlash:
      return before == U'/' || before == U'\\';
    case Parting::kHyphen:
      // A comma or a full stop between digits belongs to a number.
      return IsOneOf(before, U"-_:;&=?") ||
             (IsOneOf(before, U",.") && !IsDigit(after));
    case Parting::kKinsoku:
      return !IsClosing(after) && !IsOpening(before);
    case Parting::kCluster:
      break;
  }
  return true;
}

// Where the piece [begin, end) is parted so that its beginning fits; `end`
// where it is a single character with its marks.
std::size_t PartPiece(std::span<const char32_t> text, std::size_t begin,
                      std::size_t end, int size, int width) {
  for (const Parting parting : {Parting::kSlash, Parting::kHyphen,
                                Parting::kKinsoku, Parting::kCluster}) {
    long long advance = 0;
    std::size_t best = begin;
    for (std::size_t at = begin; at + 1 < end; ++at) {
      advance += CharacterAdvance(text[at]);
      if (Scaled(advance, size) > width) break;
      if (MayPart(parting, text[at], text[at + 1])) best = at + 1;
    }
    if (best > begin) return best;
  }
  // Not even one has room: it stands alone and is too wide.
  std::size_t at = begin + 1;
  while (at < end && text::ContinuesCluster(text[at])) ++at;
  return at;
}

}  // namespace

std::vector<char32_t> CharactersOf(std::string_view text) {
  std::vector<char32_t> characters;
  for (std::size_t at = 0; at < text.size();) {
    characters.push_back(NextCharacter(text, at));
  }
  return characters;
}

int CharacterAdvance(char32_t character) {
  if (character >= 0x20 && character <= 0x7E) {
    return font_widths::kAscii[character - 0x20];
  }
  const auto found = std::ranges::lower_bound(font_widths::kRanges, character,
                                              {}, &font_widths::Range::last);
  if (found != font_widths::kRanges.end() && found->first <= character)
    return found->advance;
  return kUnitsPerEm;
}

int TextWidth(std::string_view text, int size) {
  return Scaled(Advance(CharactersOf(text)), size);
}

namespace {

// --- where people pause ---

enum class Script { kKanji, kHiragana, kKatakana, kLatin, kOther };

Script ScriptOf(char32_t c) {
  if (c >= 0x3041 && c <= 0x309F) return Script::kHiragana;
  if ((c >= 0x30A1 && c <= 0x30FF && c != U'・') || c == 0xFF70) {
    return Script::kKatakana;
  }
  if ((c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
      (c >= 0x20000 && c <= 0x3FFFF) || c == U'々') {
    return Script::kKanji;
  }
  if (IsLatin(c)) return Script::kLatin;
  return Script::kOther;
}

// How much a break between two characters disturbs a reader; 0: not at all.
int Disturbance(char32_t before, char32_t after) {
  // A share belongs to its count: 10/30（33.3%）, 23自治体（76.7%）.
  if (after == U'（') return IsDigit(before) ? 5 : 3;
  const Script left = ScriptOf(before);
  const Script right = ScriptOf(after);
  // Punctuation, brackets, blanks.
  if (left == Script::kOther || right == Script::kOther) return 0;
  if (left == Script::kHiragana && right != Script::kHiragana) return 1;
  if (left != right && right != Script::kHiragana) return 2;
  if (left == Script::kKatakana && right == Script::kHiragana) return 3;
  if (left == Script::kKanji && right == Script::kKanji) return 4;
  return left == Script::kKatakana ? 6 : 5;
}

std::vector<std::string> Break(std::string_view text, int size, int width,
                               LongPieces long_pieces, bool at_pauses) {
  const std::vector<char32_t> characters = CharactersOf(text);
  const std::span<const char32_t> all(characters);
  std::vector<std::string> lines;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::size_t> ends;  // of the pieces of the line
  const auto finish = [&](std::size_t to) {
    // Blanks at either end of a line are no part of it.
    std::size_t last = to;
    while (last > begin && IsSpace(all[last - 1])) --last;
    lines.push_back(Utf8(all.subspan(begin, last - begin)));
    begin = to;
    while (begin < all.size() && IsSpace(all[begin])) ++begin;
    end = begin;
    ends.clear();
  };
  // The end of the line that disturbs least; at least two fifths are filled, of
  // a short line, as labels have, three tenths: words are not cut for that.
  const int filled =
      width < kShortLine * size ? width / 10 * 3 : width / 5 * 2;
  const auto pause = [&] {
    // What stands in brackets stays together where it can.
    const auto disturbance = [&](std::size_t at) {
      int open = 0;
      for (std::size_t i = begin; i < at; ++i) {
        if (all[i] == U'（') ++open;
        if (all[i] == U'）') --open;
      }
      return Disturbance(all[at - 1], all[at]) + (open > 0 ? 1 : 0);
    };
    std::size_t best = end;
    int least = disturbance(end);
    for (std::size_t i = ends.size(); i-- > 0;) {
      const std::size_t at = ends[i];
      if (Scaled(Advance(all.subspan(begin, at - begin)), size) < filled) {
        break;
      }
      if (const int one = disturbance(at); one < least) {
        least = one;
        best = at;
      }
    }
    return best;
  };
  while (end < all.size()) {
    if (all[end] == U'\n') {
      finish(end);
      begin = ++end;
      continue;
    }
    const std::size_t next = PieceEnd(all, end);
    std::size_t seen = next;
    while (seen > begin && IsSpace(all[seen - 1])) --seen;
    if (Scaled(Advance(all.subspan(begin, seen - begin)), size) > width) {
      if (end > begin) {
        finish(at_pauses ? pause() : end);
        continue;
      }
      if (long_pieces == LongPieces::kBreak) {
        finish(PartPiece(all, begin, seen, size, width));
        continue;
      }
    }
    end = next;
    ends.push_back(end);
  }
  if (begin < all.size() || lines.empty()) finish(all.size());
  return lines;
}

}  // namespace

std::vector<std::string> BreakLines(std::string_view text, int size, int width,
                                    LongPieces long_pieces) {
  return Break(text, size, width, long_pieces, false);
}

std::vector<std::string> BreakPhrases(std::string_view text, int size,
                                      int width, LongPieces long_pieces) {
  std::vector<std::string> plain = BreakLines(text, size, width, long_pieces);
  if (plain.size() == 1) return plain;
  std::vector<std::string> pausing =
      Break(text, size, width, long_pieces, true);
  return pausing.size() > plain.size() ? plain : pausing;
}

int WidestPiece(std::string_view text, int size, bool parted) {
  const std::vector<char32_t> characters = CharactersOf(text);
  const std::span<const char32_t> all(characters);
  long long widest = 0;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = PieceEnd(all, begin);
    long long part = 0;
    for (std::size_t at = begin; at < end; ++at) {
      part += CharacterAdvance(all[at]);
      widest = std::max(widest, part);
      if (parted && at + 1 < end &&
          MayPart(Parting::kSlash, all[at], all[at + 1])) {
        part = 0;
      }
    }
    begin = end;
  }
  return Scaled(widest, size);
}

}  // namespace welfare::report
