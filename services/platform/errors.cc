#include "services/platform/errors.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/error_table.h"

namespace welfare::platform {
namespace {

// A reason that is not in the table does not compile.
consteval const base::ErrorRow& Row(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}
consteval const base::ViolationRow& Fault(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

using base::MakeError;
using base::MakeViolation;

}  // namespace

absl::Status DeadlineExceeded(std::string_view what) {
  return MakeError(Row("DEADLINE_EXCEEDED")).With("what", what);
}

absl::Status Cancelled(std::string_view what) {
  return MakeError(Row("CANCELLED")).With("what", what);
}

absl::Status UniqueViolation(std::string_view query) {
  return MakeError(Row("UNIQUE_VIOLATION")).With("query", query);
}

absl::Status ConstraintViolation(std::string_view query,
                                 std::string_view constraint) {
  return MakeError(Row("CONSTRAINT_VIOLATION"))
      .With("query", query)
      .With("constraint", constraint);
}

absl::Status DatabaseBusy(std::string_view query) {
  return MakeError(Row("DATABASE_BUSY")).With("query", query);
}

absl::Status DatabaseUnavailable(std::string_view cause) {
  return MakeError(Row("DATABASE_UNAVAILABLE"))
      .With("cause", cause)
      .WithRetryDelay(std::chrono::milliseconds(1000));
}

absl::Status StorageFull(std::string_view query) {
  return MakeError(Row("STORAGE_FULL")).With("query", query);
}

absl::Status TextInvalid(std::string_view query) {
  return MakeError(Row("TEXT_INVALID")).With("query", query);
}

absl::Status StatementFailed(std::string_view query, std::string_view cause) {
  return MakeError(Row("DATABASE_STATEMENT"))
      .With("query", query)
      .With("cause", cause);
}

absl::Status ColumnMismatch(std::string_view query, int column,
                            std::string_view expected) {
  return MakeError(Row("COLUMN_MISMATCH"))
      .With("query", query)
      .With("column", column)
      .Show("expected", expected);
}

absl::Status NoRowFound(std::string_view query) {
  return MakeError(Row("NO_ROW")).With("query", query);
}

absl::Status UncaughtException(std::string_view where, std::string_view what) {
  return MakeError(Row("UNCAUGHT_EXCEPTION"))
      .With("where", where)
      .Show("what", what);
}

absl::Status MigrationChanged(int number, std::string_view name) {
  return MakeError(Row("MIGRATION_CHANGED"))
      .With("number", number)
      .With("name", name);
}

absl::Status DatabaseTooNew(std::int64_t found, std::int64_t known) {
  return MakeError(Row("DATABASE_TOO_NEW"))
      .With("found", found)
      .With("known", known);
}

absl::Status MigrationNumbers(int expected, int found) {
  return MakeError(Row("MIGRATION_NUMBERS"))
      .With("expected", expected)
      .With("found", found);
}

absl::Status DatabaseUrlInvalid(std::string_view why) {
  return MakeError(Row("DATABASE_URL_INVALID")).With("why", why);
}

absl::Status DatabaseUnsuitable(std::string_view why) {
  return MakeError(Row("DATABASE_UNSUITABLE")).With("why", why);
}

absl::Status DatabaseInUse(std::string_view path) {
  return MakeError(Row("DATABASE_IN_USE")).With("path", path);
}

absl::Status AuditLogDamaged(std::int64_t sequence) {
  return MakeError(Row("AUDIT_LOG_DAMAGED")).With("sequence", sequence);
}

base::Violation AuditNumberNegative(std::string_view field) {
  return MakeViolation(Fault("AUDIT_NUMBER_NEGATIVE"), field);
}

base::Violation AuditQuestionUnclear() {
  return MakeViolation(Fault("AUDIT_QUESTION_UNCLEAR"), "sequence");
}

base::Violation AuditBeyondHead(std::string_view field, std::int64_t size) {
  return MakeViolation(Fault("AUDIT_BEYOND_HEAD"), field,
                       {{"size", std::to_string(size)}});
}

absl::Status AuditRequestInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("AUDIT_REQUEST_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status AuditHeadNotReached(std::int64_t asked, std::int64_t size) {
  return MakeError(Row("AUDIT_HEAD_NOT_REACHED"))
      .With("asked", asked)
      .With("size", size);
}

absl::Status RequestIdReused(std::string_view request_id) {
  return MakeError(Row("REQUEST_ID_REUSED"))
      .With("request_id", request_id)
      .WithViolation(MakeViolation(Fault("REQUEST_ID_REUSED"), "request_id"));
}

absl::Status StoreRestored(std::string_view resource,
                           std::string_view incarnation, std::int64_t version) {
  return MakeError(Row("STORE_RESTORED"))
      .With("resource", resource)
      .With("incarnation", incarnation)
      .With("version", version);
}

std::string CauseOf(const absl::Status& status) {
  const std::optional<base::ErrorDetails> details =
      base::GetErrorDetails(status);
  if (!details.has_value()) return "";
  const auto cause = details->metadata.find("cause");
  return cause == details->metadata.end() ? "" : cause->second;
}

absl::Status ContractInvalid(std::string_view why) {
  return MakeError(Row("CONTRACT_INVALID")).Show("why", why);
}

absl::Status AccessDenied(const access::Identity& who,
                          std::span<const access::Role> roles,
                          std::string_view survey) {
  std::string needed;
  for (const access::Role role : roles) {
    if (!needed.empty()) needed += ", ";
    needed += ToString(role);
  }
  return MakeError(who.is_anonymous() ? Row("CREDENTIALS_MISSING")
                                      : Row("ACCESS_DENIED"))
      .With("roles", needed)
      .With("survey", survey);
}

absl::Status MessageUnreadable() {
  return MakeError(Row("MESSAGE_UNREADABLE"));
}

absl::Status RequestIdInvalid(std::string_view request_id) {
  return MakeError(Row("REQUEST_ID_INVALID"))
      .With("length", static_cast<long long>(request_id.size()))
      .WithViolation(MakeViolation(Fault("REQUEST_ID_INVALID"), "request_id"));
}

absl::Status ReplyTooLarge(std::size_t bytes) {
  return MakeError(Row("REPLY_TOO_LARGE"))
      .With("bytes", static_cast<long long>(bytes));
}

absl::Status Overloaded() {
  return MakeError(Row("OVERLOADED"))
      .WithRetryDelay(std::chrono::milliseconds(500));
}

absl::Status TooManyWaiting(int limit) {
  return MakeError(Row("TOO_MANY_WAITING"))
      .With("limit", limit)
      .WithRetryDelay(std::chrono::milliseconds(1000));
}

absl::Status TooManyStreams(int limit) {
  return MakeError(Row("TOO_MANY_STREAMS"))
      .With("limit", limit)
      .WithRetryDelay(std::chrono::milliseconds(1000));
}

absl::Status StreamStalled(std::chrono::milliseconds limit) {
  return MakeError(Row("STREAM_STALLED")).With("limit_ms", limit.count());
}

base::Violation TooManyNames(int found, int most) {
  return MakeViolation(
      Fault("TOO_MANY"), "resources",
      {{"found", std::to_string(found)}, {"most", std::to_string(most)}});
}

base::Violation NameTooLong(int index, std::size_t most) {
  return MakeViolation(Fault("TOO_LONG"),
                       "resources[" + std::to_string(index) + "]",
                       {{"most", std::to_string(most)}});
}

absl::Status ResourcesInvalid(std::vector<base::Violation> violations) {
  return MakeError(Row("RESOURCES_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status ShuttingDown() {
  return MakeError(Row("SHUTTING_DOWN"))
      .WithRetryDelay(std::chrono::milliseconds(500));
}

absl::Status SettingInvalid(std::string_view setting, std::string_view why) {
  return MakeError(Row("SETTING_INVALID"))
      .With("setting", setting)
      .Show("why", why);
}

absl::Status AddressUnavailable(std::string_view address,
                                std::string_view why) {
  return MakeError(Row("ADDRESS_UNAVAILABLE"))
      .With("address", address)
      .Show("why", why);
}

absl::Status DataFolderUnusable(std::string_view path, std::string_view why) {
  return MakeError(Row("DATA_FOLDER_UNUSABLE"))
      .With("path", path)
      .Show("why", why);
}

absl::Status DatabaseFailedAtStart(std::string_view module,
                                   std::string_view why) {
  return MakeError(Row("DATABASE_FAILED_AT_START"))
      .With("module", module)
      .Show("why", why);
}

absl::Status BackupRefused(std::string_view why) {
  return MakeError(Row("BACKUP_REFUSED")).Show("why", why);
}

absl::Status BackupFailed(std::string_view file, std::string_view why) {
  return MakeError(Row("BACKUP_FAILED")).With("file", file).Show("why", why);
}

absl::Status AssetNotFound(std::string_view path) {
  return MakeError(Row("ASSET_NOT_FOUND")).With("path", path);
}

absl::Status CacheUrlInvalid(std::string_view why) {
  return MakeError(Row("CACHE_URL_INVALID")).With("why", why);
}

absl::Status TlsSettingMissing(std::string_view setting,
                               std::string_view missing) {
  return MakeError(Row("TLS_SETTING_MISSING"))
      .With("setting", setting)
      .With("missing", missing);
}

absl::Status TlsFileUnreadable(std::string_view setting, std::string_view path,
                               std::string_view why) {
  return MakeError(Row("TLS_FILE_UNREADABLE"))
      .With("setting", setting)
      .With("path", path)
      .With("why", why);
}

absl::Status TlsCertificateInvalid(std::string_view path) {
  return MakeError(Row("TLS_CERTIFICATE_INVALID")).With("path", path);
}

absl::Status TlsCertificateExpired(std::string_view path,
                                   std::string_view subject,
                                   std::string_view time) {
  return MakeError(Row("TLS_CERTIFICATE_EXPIRED"))
      .With("path", path)
      .With("subject", subject)
      .With("time", time);
}

absl::Status TlsCertificateNotYetValid(std::string_view path,
                                       std::string_view subject,
                                       std::string_view time) {
  return MakeError(Row("TLS_CERTIFICATE_NOT_YET_VALID"))
      .With("path", path)
      .With("subject", subject)
      .With("time", time);
}

absl::Status TlsCertificateWeak(std::string_view path,
                                std::string_view subject) {
  return MakeError(Row("TLS_CERTIFICATE_WEAK"))
      .With("path", path)
      .With("subject", subject);
}

absl::Status TlsCertificatePurpose(std::string_view path,
                                   std::string_view subject,
                                   std::string_view usage) {
  return MakeError(Row("TLS_CERTIFICATE_PURPOSE"))
      .With("path", path)
      .With("subject", subject)
      .With("usage", usage);
}

absl::Status TlsCertificateForeign(std::string_view path,
                                   std::string_view subject,
                                   std::string_view authorities) {
  return MakeError(Row("TLS_CERTIFICATE_FOREIGN"))
      .With("path", path)
      .With("subject", subject)
      .With("authorities", authorities);
}

absl::Status TlsProcessName(std::string_view path, std::string_view subject,
                            std::string_view name) {
  return MakeError(Row("TLS_PROCESS_NAME"))
      .With("path", path)
      .With("subject", subject)
      .With("name", name);
}

absl::Status TlsKeyInvalid(std::string_view path) {
  return MakeError(Row("TLS_KEY_INVALID")).With("path", path);
}

absl::Status TlsKeyEncrypted(std::string_view path) {
  return MakeError(Row("TLS_KEY_ENCRYPTED")).With("path", path);
}

absl::Status TlsKeyMismatch(std::string_view path,
                            std::string_view certificate) {
  return MakeError(Row("TLS_KEY_MISMATCH"))
      .With("path", path)
      .With("certificate", certificate);
}

absl::Status TlsKeyExposed(std::string_view path, std::string_view mode) {
  return MakeError(Row("TLS_KEY_EXPOSED"))
      .With("path", path)
      .With("mode", mode);
}

absl::Status TlsCaEmpty(std::string_view path) {
  return MakeError(Row("TLS_CA_EMPTY")).With("path", path);
}

absl::Status TlsCaInvalid(std::string_view path, std::string_view subject) {
  return MakeError(Row("TLS_CA_INVALID"))
      .With("path", path)
      .With("subject", subject);
}

absl::Status TlsCrlInvalid(std::string_view path) {
  return MakeError(Row("TLS_CRL_INVALID")).With("path", path);
}

absl::Status TlsCrlForeign(std::string_view path, std::string_view issuer) {
  return MakeError(Row("TLS_CRL_FOREIGN"))
      .With("path", path)
      .With("issuer", issuer);
}

absl::Status TlsCrlMissing(std::string_view path, std::string_view subject) {
  return MakeError(Row("TLS_CRL_MISSING"))
      .With("path", path)
      .With("subject", subject);
}

absl::Status PeersWithoutTls(std::string_view auth) {
  return MakeError(Row("PEERS_WITHOUT_TLS")).With("auth", auth);
}

}  // namespace welfare::platform
