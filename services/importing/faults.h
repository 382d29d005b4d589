// Faults that no service words itself.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "services/base/error.h"

namespace welfare::importing {

// What `status` says, in both languages, as a fault of `column`.
base::Violation FaultOf(std::string_view column, const absl::Status& status);

// QUOTE_OVER_RECORDS at `place`: a quote opened there takes records into a
// cell.
base::Violation QuoteOverRecords(std::string_view place);

}  // namespace welfare::importing
