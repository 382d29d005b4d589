// What became of reports, in a SQL database: part of SqlReportStore.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/report/store/report_store.h"

namespace welfare::report {

// A migration. Stored in databases and checksummed; do not change.
extern const std::string_view kPublicationsSql;

// Fills `report.publication`.
absl::Status ReadPublication(platform::Connection& connection,
                             StoredReport& report);

// As ReportStore::Publish and Withdraw; `report` is read and brought up to date.
absl::Status Publish(platform::Write& write, PublishLevel level,
                     StoredReport& report);
absl::Status Withdraw(platform::Write& write, const std::string& reason,
                      StoredReport& report);

// What is kept of the answer to a change: what of a report may be another later.
std::string ReplyOf(const StoredReport& report);
// Returns the name of the report in a reply.
std::string NameInReply(std::string_view reply);
// Brings `report`, as it is now, back to what it was when it was answered.
void TakeBackTo(std::string_view reply, StoredReport& report);

}  // namespace welfare::report
