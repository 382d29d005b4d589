// Mappings of old questionnaires as YAML.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/survey/mapping/mapping_draft.h"

namespace welfare::survey {

// Longest text of a mapping. One of 2,000 items with 20 words each is shorter.
inline constexpr std::size_t kMostMappingBytes = std::size_t{1} << 20;

// Reads a mapping:
//
//   survey: jusou
//   codebook: 2025-1           # whose items and codes it gives
//   from_codebook: 2021-1      # which it reads; left out: not known here
//   concepts: true             # items not listed are those of equal concept
//   items:
//     - from: 問3              # as the files have it: item or item/row
//       to: plan_state         # item or item/row of the codebook
//       values: {策定済: formulated, 未策定: not_formulated}
//       absences: {不明: UNKNOWN}
//       separator: "、"        # of several words; left out: a blank
//     - {from: 問4, to: budget, unit: 千円, scale: 1000, round: half_up}
//     - {from: 問9, drop: is not asked any more}
//
// Appends what is wrong with its form to `faults`, each with `line 3, column
// 7`; what could be read is returned even so.
MappingDraft ReadMapping(std::string_view text,
                         std::vector<base::Violation>& faults);

}  // namespace welfare::survey
