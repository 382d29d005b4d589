// Values as messages of the API.
#pragma once

#include "services/report/store/report_store.h"

namespace welfare::report::v1 {
class Report;
}

namespace welfare::report {

// The report as callers see it.
void ToProto(const StoredReport& report, v1::Report& result);

}  // namespace welfare::report
