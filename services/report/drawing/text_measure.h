// How wide text is, and where a line may break. The widths are those of IPAex
// Gothic, so that what is placed here fits where it is printed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/drawing/drawing.h"

namespace welfare::report {

// Returns the width of one line of `text`, in micrometres, rounded up.
int TextWidth(std::string_view text, int size);

// Returns the advance of one character in 2048ths of the size.
int CharacterAdvance(char32_t character);

// What becomes of a piece that is wider than its line.
enum class LongPieces {
  // Its line is wider too: callers look at it. Labels and sentences.
  kKeep,
  // It is broken behind `/`, else behind `-` and the like, else between any two
  // characters, so that only a character can be wider. Tables and the annex,
  // where nothing can be worded shorter: dates, names of files, digests.
  kBreak,
};

// Breaks `text` into lines not wider than `width`, at least one. No line begins
// with closing punctuation or a small kana, none ends with an opening bracket,
// and no number is parted from its unit, no Latin word in two, but for
// `long_pieces`.
std::vector<std::string> BreakLines(std::string_view text, int size, int width,
                                    LongPieces long_pieces = LongPieces::kKeep);

// The same, and where it costs no further line, lines end where people pause:
// behind a particle or a comma rather than within a word.
std::vector<std::string> BreakPhrases(
    std::string_view text, int size, int width,
    LongPieces long_pieces = LongPieces::kKeep);

// Returns the width of the widest piece that stays whole where there is room:
// what a line breaks around; with `parted`, what stands between two `/` of it.
int WidestPiece(std::string_view text, int size, bool parted = true);

// Returns the characters of `text`; invalid UTF-8 is U+FFFD.
std::vector<char32_t> CharactersOf(std::string_view text);

}  // namespace welfare::report
