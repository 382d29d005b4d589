// One answer in words.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "services/report/snapshot/answers.h"

namespace welfare::report {

// Whether the print font has a character.
using HasGlyph = std::function<bool(char32_t)>;

// Returns what somebody wrote in one line: line ends and tabs are spaces, and a
// character that cannot be printed is 〔U+1F600〕. `changed`: whether it is
// another text now; set, never cleared.
std::string PrintableText(std::string_view text, const HasGlyph& has_glyph,
                          bool& changed);

// Returns a text in pieces that a sheet of paper has room for, broken behind a
// sentence where there is one. At least one piece.
std::vector<std::string> InPieces(const std::string& text);

// Returns a coded answer or a number: `策定済み`, `高齢、障害`, `12件`, 無回答.
// Texts of "other" are left to the caller.
std::string AnswerWords(const AskedItem& item, const GivenAnswer& answer);

// Whether two answers to one question say the same. Options are told apart by
// their codes, which a codebook may order otherwise than the one before.
bool SameAnswer(const AskedItem& item, const GivenAnswer& answer,
                const AskedItem& other_item, const GivenAnswer& other);

}  // namespace welfare::report
