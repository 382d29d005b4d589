// What changed from one report to another, and why.
#pragma once

#include <vector>

#include "services/report/model/errata/facts.h"
#include "services/report/snapshot/change.h"

namespace welfare::report {

// The table of a correction itself, which is not compared.
inline constexpr std::string_view kErrataFigure = "annex3_errata";

// Returns every cell that is another, was added or is gone, and no other: what
// turned this year against last year first, then the rest, each in the order of
// `after`; what is gone last. A cause is named where it can be one of that very
// cell: its answers by the year of its column, its definition by its figure,
// and rendering where nothing else can.
std::vector<Change> Compare(const std::vector<PrintedCell>& before,
                            const ReportFacts& facts_before,
                            const std::vector<PrintedCell>& after,
                            const ReportFacts& facts_after);

}  // namespace welfare::report
