// Rows of one respondent's answers to the sample, mostly right.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/survey/codebook/codebook.h"
#include "services/survey/submission/plain_answers.h"

namespace welfare::survey::sample {

// As a file has them; the views of Cells() are into it.
struct RandomRows {
  struct Row {
    std::string item = {};
    std::string value = {};
    std::string other_text = {};
    std::string absence = {};
  };
  std::vector<Row> rows;

  std::vector<RowCells> Cells() const {
    std::vector<RowCells> cells;
    for (const Row& row : rows) {
      cells.push_back({.item = row.item,
                       .value = row.value,
                       .other_text = row.other_text,
                       .absence = row.absence});
    }
    return cells;
  }
};

inline RandomRows MakeRandomRows(const Codebook& codebook,
                                 base::RespondentKind kind,
                                 std::mt19937& random) {
  using Words = std::span<const std::string_view>;
  const auto chance = [&](std::uint_fast32_t of) { return random() % of == 0; };
  static constexpr std::array<std::string_view, 5> kTexts = {
      "架空の回答", "text", "二行\nの文", "a, \"b\"", " 前と 後 "};
  static constexpr std::array<std::string_view, 7> kOddTexts = {
      "か\u3099く", "１２", "#CLEAR", "＃ＣＬＥＡＲ",
      "\u200B",     "𠮷野", "\u202E"};
  static constexpr std::array<std::string_view, 4> kNumbers = {"0", "7", "007",
                                                               "2025"};
  static constexpr std::array<std::string_view, 5> kOddNumbers = {
      "1,200", "１２", "-3", "x", "9999999999999"};
  static constexpr std::array<std::string_view, 2> kAbsences = {"NO_ANSWER",
                                                                "UNKNOWN"};
  static constexpr std::array<std::string_view, 4> kOddAbsences = {
      "NOT_COUNTED", "NOT_ASKED", "no_answer", " UNKNOWN"};
  static constexpr std::array<std::string_view, 2> kOthers = {"そのほか",
                                                              "a b"};
  static constexpr std::array<std::string_view, 3> kOddOthers = {
      " ", "か\u3099", "#"};
  // Of the usual ones, or now and then of the odd ones.
  const auto any = [&](Words usual, Words odd) {
    const Words words = chance(12) ? odd : usual;
    return std::string(words[random() % words.size()]);
  };
  RandomRows result;
  for (std::size_t place = 0; place < codebook.places(); ++place) {
    const Item& item = codebook.item(codebook.place(place).item);
    if (!item.AskedOf(kind) && !chance(60)) continue;
    if (chance(item.relevant.empty() ? 8 : 2)) continue;
    RandomRows::Row row{.item = codebook.place(place).name};
    if (chance(80)) row.item = " " + row.item;
    if (chance(80)) row.item += "/x";
    if (chance(6)) {
      row.absence = any(kAbsences, kOddAbsences);
    } else if (item.type == AnswerType::kInteger) {
      row.value = any(kNumbers, kOddNumbers);
    } else if (item.options.empty()) {
      row.value = any(kTexts, kOddTexts);
    } else {
      for (const Option& option : item.options) {
        if (!chance(2)) continue;
        if (!row.value.empty()) row.value += chance(9) ? "  " : " ";
        row.value += option.code;
        if (option.takes_text) row.other_text = any(kOthers, kOddOthers);
        if (item.type == AnswerType::kSingle && !chance(20)) break;
      }
    }
    if (chance(60)) row.other_text = any(kOthers, kOddOthers);
    if (chance(60)) row.value.clear();
    result.rows.push_back(row);
    if (chance(80)) result.rows.push_back(row);
  }
  if (chance(3)) std::shuffle(result.rows.begin(), result.rows.end(), random);
  return result;
}

}  // namespace welfare::survey::sample
