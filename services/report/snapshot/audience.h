// Whom the content of a report is for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/vocabulary/word.h"

namespace welfare::report {

// Stored in databases and snapshots, part of the API; do not renumber.
enum class Audience {
  kEverybody = 1,     // counts alone
  kStakeholders = 2,  // 関係者限り: names who answered what
};

inline constexpr vocabulary::Word<Audience> kAudiences[] = {
    {Audience::kEverybody, "EVERYBODY"},
    {Audience::kStakeholders, "STAKEHOLDERS"},
};

constexpr std::string_view ToString(Audience value) {
  return vocabulary::NameIn(kAudiences, value);
}

// What is known by name of one question, of one kind of respondent.
struct NamedQuestion {
  // Those who chose an option, wrote in a row of a table, or left it blank.
  struct Choice {
    std::string key;
    std::string label;
    bool absence = false;
    std::vector<std::string> names = {};  // in code order
  };
  // What one wrote, or the number it gave. A text that is longer than a sheet of
  // paper is several, one after the other.
  struct Written {
    std::string respondent;  // 131016-municipality
    std::string name;
    std::string row;      // label of the row of a table; else empty
    std::string text;     // as it was written
    std::string printed;  // as it can be printed, where that is another
  };
  std::string id;  // of its figures; unique
  std::string label;
  int reference_year = 0;
  bool council = false;  // of councils
  bool multiple_answer = false;
  int base = 0;  // how many were asked and count
  std::vector<Choice> choices = {};
  std::vector<Written> written = {};
};

}  // namespace welfare::report
