// Signatures of published files and what reports were rendered from, in a SQL
// database: part of SqlReportStore.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/signature/signature_text.h"
#include "services/base/signature/signing_key.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"
#include "services/report/store/report_store.h"

namespace welfare::report {

// A migration. Stored in databases and checksummed; do not change.
extern const std::string_view kSignaturesSql;

// Stores the bytes of a digest, where they are not there yet.
absl::Status StoreContent(platform::Transaction& transaction,
                          const std::string& digest, const std::string& bytes);

// Stores what `report` was rendered from; nothing where that is empty.
absl::Status StoreSnapshot(platform::Transaction& transaction,
                           const StoredReport& report,
                           const std::string& snapshot);

// As ReportStore::FindSnapshot and FindSignature.
absl::StatusOr<std::optional<StoredSnapshot>> FindSnapshot(
    platform::Connection& connection, const std::string& name);
absl::StatusOr<std::optional<std::string>> FindSignature(
    platform::Connection& connection, const std::string& name,
    const std::string& format);

// Returns the text of a signature by `key`, which `file` is told to be by.
//
// Errors: FAILED_PRECONDITION, SIGNING_KEY_UNUSABLE.
absl::StatusOr<std::string> MakeSignature(const base::SigningKey& key,
                                          base::SignedFile file);

// Signs every file of `report`, which was just published, and says in them by
// which key.
absl::Status SignFiles(platform::Write& write, const base::SigningKey& key,
                       StoredReport& report);

}  // namespace welfare::report
