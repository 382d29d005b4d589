// Rows of a file laid over what a submission holds. Pure.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/importing/strategy.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/submission.h"
#include "services/survey/submission/violation.h"

namespace welfare::survey {

// What one row says of its place, an item or a row of a table.
struct LaidRow {
  enum class Says { kValue, kBlank, kClear };
  // The place, and with kValue what stands there.
  SentAnswer sent;
  Says says = Says::kValue;
};

// What becomes of the place of one row.
enum class RowOutcome { kCreated, kUpdated, kUnchanged, kDeleted };

// An answer that will be another one, or none.
struct OverlayChange {
  std::optional<std::size_t> row;  // none: no row names it
  std::string place;               // `item` or `item/row`
  std::string before;              // as a file has it; empty: none
  std::string after;
};

// What the submission will hold, or everything that is wrong with it.
struct Overlay {
  std::vector<Answer> answers;  // in codebook order
  std::vector<RowOutcome> outcomes;
  std::vector<OverlayChange> changes;
  // Values that no row names and that are taken back.
  int omitted = 0;
  // Places that no row names and that become blank or nothing.
  std::vector<std::string> blanks;
  // `index` is that of a row; without one, something is wrong with what the
  // submission holds beside the rows. With any, the rest is empty.
  std::vector<AnswerViolation> violations;
};

// Lays `rows` over `stored` as the table of ImportSubmissionsRequest says. What
// is taken back is NO_ANSWER where the item is asked. A question that is asked
// and that neither the submission nor a row has said anything of is
// ANSWER_MISSING, unless it is a text: that one is left blank.
//
// Violations beside those of ValidateAnswers: ANSWER_DIFFERS, a row of kDelete
// whose value is not the stored one.
//
// Of the changes, the first `most_changes` are kept.
//
// REQUIRES: `strategy` is not kOwn.
inline constexpr std::size_t kAllChanges =
    std::numeric_limits<std::size_t>::max();
Overlay LayOver(const Codebook& codebook, const FrameRow& frame,
                int fiscal_year, std::span<const Answer> stored,
                std::span<const LaidRow> rows, importing::Strategy strategy,
                std::size_t most_changes = kAllChanges);

// The value of an answer as a file has it; an absence by its name.
std::string ContentText(const Answer& answer);

}  // namespace welfare::survey
