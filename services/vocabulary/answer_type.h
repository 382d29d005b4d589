#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// What an answer to a question looks like.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class AnswerType {
  kSingle = 1,    // 単一回答: exactly one option
  kMultiple = 2,  // 複数回答: one or more options
  kInteger = 3,   // a whole number
  kText = 4,      // free text
  kTable = 5,     // one free text a row
};

inline constexpr Word<AnswerType> kAnswerTypes[] = {
    {AnswerType::kSingle, "SINGLE"},   {AnswerType::kMultiple, "MULTIPLE"},
    {AnswerType::kInteger, "INTEGER"}, {AnswerType::kText, "TEXT"},
    {AnswerType::kTable, "TABLE"},
};

constexpr std::string_view ToString(AnswerType value) {
  return NameIn(kAnswerTypes, value);
}

}  // namespace welfare::vocabulary
