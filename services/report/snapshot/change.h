// What changed from one report to another, cell by cell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/vocabulary/word.h"

namespace welfare::report {

// One cell of a table, with all that names it. Two cells are of the same place
// where figure, row, occurrence and column are the same.
struct PrintedCell {
  std::string figure;       // id of the table
  std::string row;          // key
  int occurrence = 1;       // of the key in the table, from 1
  std::string column;       // key
  std::string page;         // label, `4` or `附表1`
  std::string title;        // of the table
  std::string row_label;
  std::string column_label;
  std::string datum;   // as in CSV; empty where `symbol` says why there is none
  std::string symbol;  // LOWER_BOUND; empty: none
};

// Why a cell is another. Stored in snapshots, part of the API; do not renumber.
enum class ChangeCause {
  kLateSubmission = 1,  // somebody counts who did not
  kCorrection = 2,      // somebody who counts answered otherwise
  kReturned = 3,        // somebody counts no longer
  kRegistry = 4,        // who implements, or who is asked
  kDefinition = 5,      // how it is computed
  kRendering = 6,       // template, questionnaire or program
};

inline constexpr vocabulary::Word<ChangeCause> kChangeCauses[] = {
    {ChangeCause::kLateSubmission, "LATE_SUBMISSION"},
    {ChangeCause::kCorrection, "CORRECTION"},
    {ChangeCause::kReturned, "RETURNED"},
    {ChangeCause::kRegistry, "REGISTRY"},
    {ChangeCause::kDefinition, "DEFINITION"},
    {ChangeCause::kRendering, "RENDERING"},
};

constexpr std::string_view ToString(ChangeCause value) {
  return vocabulary::NameIn(kChangeCauses, value);
}

// One cell that is another, is new (`before` is empty) or is gone.
struct Change {
  PrintedCell place;  // as it is now; of what is gone, as it was
  bool was_there = false;
  bool is_there = false;
  std::string before;         // 23, `841 LOWER_BOUND`, or a symbol alone
  std::string after;
  bool sign_changed = false;  // this year against last year is another way round
  std::vector<ChangeCause> causes;  // all that can be; empty: not known
};

}  // namespace welfare::report
