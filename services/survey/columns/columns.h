// A whole round as columns: one entry per respondent and item.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "services/base/absence.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// One item's answers (or those of one row of a table), in the order of the
// frame. Of `codes`, `integers` and `texts` only the one of the item's type is
// filled.
struct Column {
  std::size_t item = 0;            // index in the codebook
  std::optional<std::size_t> row;  // index of the table's row
  // The number of the absence; 0 where there is a value.
  std::vector<std::uint8_t> absences;
  std::vector<std::uint64_t> codes;  // bit k is option k
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
  std::vector<std::string> other_texts;  // empty when nobody gave one
};

// Returns the columns of a round in codebook order. `submissions[r]` is what
// row r of the frame handed in, or null. Computed absences are filled in: an
// item that is not for this kind of respondent is NOT_ASKED; who handed in
// nothing (a draft and a returned submission count nowhere) has
// UNIT_NONRESPONSE; what the routing skipped is NOT_APPLICABLE.
// REQUIRES: submissions.size() == frame.size().
std::vector<Column> ComputeColumns(
    const Codebook& codebook, const Frame& frame, int fiscal_year,
    std::span<const Submission* const> submissions);

// Returns the answers that the routing makes NOT_APPLICABLE, in codebook order.
std::vector<Answer> ComputedAbsences(const Codebook& codebook,
                                     const FrameRow& frame, int fiscal_year,
                                     std::span<const Answer> answers);

}  // namespace welfare::survey
