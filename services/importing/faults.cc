#include "services/importing/faults.h"

#include <string>
#include <utility>

#include "services/importing/error_table.h"

namespace welfare::importing {

base::Violation FaultOf(std::string_view column, const absl::Status& status) {
  base::Violation fault{.field = std::string(column),
                        .reason = {},
                        .description = std::string(base::MessageOf(status))};
  if (auto details = base::GetErrorDetails(status)) {
    fault.reason = std::move(details->reason);
    fault.description_ja = std::move(details->message_ja);
  }
  return fault;
}

base::Violation QuoteOverRecords(std::string_view place) {
  return base::MakeViolation(Fault("QUOTE_OVER_RECORDS"), place);
}

}  // namespace welfare::importing
