#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/access/identity.h"
#include "services/base/error.h"

namespace welfare::platform {

// Every failure the platform itself can name; reasons and sentences are rows of
// error_table.h.

// --- data layer ---
// DEADLINE_EXCEEDED, DEADLINE_EXCEEDED: `what` did not end in time.
absl::Status DeadlineExceeded(std::string_view what);
// CANCELLED, CANCELLED: the caller went away.
absl::Status Cancelled(std::string_view what);
// ALREADY_EXISTS, UNIQUE_VIOLATION.
absl::Status UniqueViolation(std::string_view query);
// FAILED_PRECONDITION, CONSTRAINT_VIOLATION.
absl::Status ConstraintViolation(std::string_view query,
                                 std::string_view constraint);
// ABORTED, DATABASE_BUSY.
absl::Status DatabaseBusy(std::string_view query);
// UNAVAILABLE, DATABASE_UNAVAILABLE.
absl::Status DatabaseUnavailable(std::string_view cause);
// RESOURCE_EXHAUSTED, STORAGE_FULL.
absl::Status StorageFull(std::string_view query);
// INVALID_ARGUMENT, TEXT_INVALID: a text that no database can keep.
absl::Status TextInvalid(std::string_view query);
// INTERNAL, DATABASE_STATEMENT.
absl::Status StatementFailed(std::string_view query, std::string_view cause);
// INTERNAL, COLUMN_MISMATCH.
absl::Status ColumnMismatch(std::string_view query, int column,
                            std::string_view expected);
// INTERNAL, NO_ROW.
absl::Status NoRowFound(std::string_view query);
// INTERNAL, UNCAUGHT_EXCEPTION.
absl::Status UncaughtException(std::string_view where, std::string_view what);
// FAILED_PRECONDITION, MIGRATION_CHANGED.
absl::Status MigrationChanged(int number, std::string_view name);
// FAILED_PRECONDITION, DATABASE_TOO_NEW.
absl::Status DatabaseTooNew(std::int64_t found, std::int64_t known);
// INTERNAL, MIGRATION_NUMBERS.
absl::Status MigrationNumbers(int expected, int found);
// INVALID_ARGUMENT, DATABASE_URL_INVALID.
absl::Status DatabaseUrlInvalid(std::string_view why);
// FAILED_PRECONDITION, DATABASE_UNSUITABLE: reachable, but not made for us.
absl::Status DatabaseUnsuitable(std::string_view why);
// FAILED_PRECONDITION, DATABASE_IN_USE: by another process.
absl::Status DatabaseInUse(std::string_view path);
// DATA_LOSS, AUDIT_LOG_DAMAGED. Unlike others of its code, callers read it.
absl::Status AuditLogDamaged(std::int64_t sequence);
// AUDIT_NUMBER_NEGATIVE, AUDIT_QUESTION_UNCLEAR and AUDIT_BEYOND_HEAD, of a
// request for the audit log.
base::Violation AuditNumberNegative(std::string_view field);
base::Violation AuditQuestionUnclear();
base::Violation AuditBeyondHead(std::string_view field, std::int64_t size);
// INVALID_ARGUMENT, AUDIT_REQUEST_INVALID.
absl::Status AuditRequestInvalid(std::vector<base::Violation> violations);
// OUT_OF_RANGE, AUDIT_HEAD_NOT_REACHED: the log has `size` records, not yet
// `asked`.
absl::Status AuditHeadNotReached(std::int64_t asked, std::int64_t size);
// INVALID_ARGUMENT, REQUEST_ID_REUSED.
absl::Status RequestIdReused(std::string_view request_id);
// FAILED_PRECONDITION, STORE_RESTORED: what the store `incarnation` calls
// `version` of `resource` is not what this one calls so, or it cannot tell.
absl::Status StoreRestored(std::string_view resource,
                           std::string_view incarnation, std::int64_t version);

// What lies behind a sentence that is the same for many causes (`cause` in the
// details); empty when nothing does.
std::string CauseOf(const absl::Status& status);

// --- server ---
// FAILED_PRECONDITION, CONTRACT_INVALID: `why` a method of the contract cannot
// be served; a fault of the program, met at its start.
absl::Status ContractInvalid(std::string_view why);
// The call needs one of `roles` for `survey` (empty: for the registry, or for
// any survey), and `who` has none of them.
//
// PERMISSION_DENIED, ACCESS_DENIED; UNAUTHENTICATED, CREDENTIALS_MISSING: of
// somebody who has not said who he is.
absl::Status AccessDenied(const access::Identity& who,
                          std::span<const access::Role> roles,
                          std::string_view survey);
// INVALID_ARGUMENT, MESSAGE_UNREADABLE: a caller's bytes are no message of the
// method.
absl::Status MessageUnreadable();
// INVALID_ARGUMENT, REQUEST_ID_INVALID: it is not shown, it may be anything.
absl::Status RequestIdInvalid(std::string_view request_id);
// RESOURCE_EXHAUSTED, REPLY_TOO_LARGE: a reply has `bytes`, more than its
// caller can receive.
absl::Status ReplyTooLarge(std::size_t bytes);
// RESOURCE_EXHAUSTED, OVERLOADED: the module's queue is full; retry later.
absl::Status Overloaded();
// RESOURCE_EXHAUSTED, TOO_MANY_WAITING: `limit` calls wait for a version.
absl::Status TooManyWaiting(int limit);
// RESOURCE_EXHAUSTED, TOO_MANY_STREAMS: `limit` streams are open.
absl::Status TooManyStreams(int limit);
// ABORTED, STREAM_STALLED: nothing of a stream was read for `limit`. Its reader
// gets the code and the sentence alone, without details.
absl::Status StreamStalled(std::chrono::milliseconds limit);
// TOO_MANY and TOO_LONG, of a list of `resources`.
base::Violation TooManyNames(int found, int most);
base::Violation NameTooLong(int index, std::size_t most);
// INVALID_ARGUMENT, RESOURCES_INVALID: a caller watches too many or too long
// names.
absl::Status ResourcesInvalid(std::vector<base::Violation> violations);
// UNAVAILABLE, SHUTTING_DOWN: the process drains.
absl::Status ShuttingDown();

// --- life-cycle: sentences for the person who starts the process ---
// INVALID_ARGUMENT, SETTING_INVALID.
absl::Status SettingInvalid(std::string_view setting, std::string_view why);
// FAILED_PRECONDITION, ADDRESS_UNAVAILABLE.
absl::Status AddressUnavailable(std::string_view address, std::string_view why);
// FAILED_PRECONDITION, DATA_FOLDER_UNUSABLE: it cannot be made or written.
absl::Status DataFolderUnusable(std::string_view path, std::string_view why);
// FAILED_PRECONDITION, DATABASE_FAILED_AT_START: `why` stopped the start of
// `module`.
absl::Status DatabaseFailedAtStart(std::string_view module,
                                   std::string_view why);
// FAILED_PRECONDITION, BACKUP_REFUSED: nothing was written.
absl::Status BackupRefused(std::string_view why);
// UNAVAILABLE, BACKUP_FAILED: what was written is gone again.
absl::Status BackupFailed(std::string_view file, std::string_view why);
// NOT_FOUND, ASSET_NOT_FOUND.
absl::Status AssetNotFound(std::string_view path);
// INVALID_ARGUMENT, CACHE_URL_INVALID.
absl::Status CacheUrlInvalid(std::string_view why);

// --- TLS files; FAILED_PRECONDITION, and the reason as the name ---
// `setting` and `missing` are set together or not at all.
absl::Status TlsSettingMissing(std::string_view setting,
                               std::string_view missing);
absl::Status TlsFileUnreadable(std::string_view setting, std::string_view path,
                               std::string_view why);
absl::Status TlsCertificateInvalid(std::string_view path);
// `time` is when it expired, or when it becomes valid.
absl::Status TlsCertificateExpired(std::string_view path,
                                   std::string_view subject,
                                   std::string_view time);
absl::Status TlsCertificateNotYetValid(std::string_view path,
                                       std::string_view subject,
                                       std::string_view time);
absl::Status TlsCertificateWeak(std::string_view path,
                                std::string_view subject);
// It is not for `usage`: "serverAuth".
absl::Status TlsCertificatePurpose(std::string_view path,
                                   std::string_view subject,
                                   std::string_view usage);
absl::Status TlsCertificateForeign(std::string_view path,
                                   std::string_view subject,
                                   std::string_view authorities);
absl::Status TlsProcessName(std::string_view path, std::string_view subject,
                            std::string_view name);
absl::Status TlsKeyInvalid(std::string_view path);
absl::Status TlsKeyEncrypted(std::string_view path);
absl::Status TlsKeyMismatch(std::string_view path,
                            std::string_view certificate);
// `mode` is in octal: "644".
absl::Status TlsKeyExposed(std::string_view path, std::string_view mode);
absl::Status TlsCaEmpty(std::string_view path);
absl::Status TlsCaInvalid(std::string_view path, std::string_view subject);
absl::Status TlsCrlInvalid(std::string_view path);
absl::Status TlsCrlForeign(std::string_view path, std::string_view issuer);
absl::Status TlsCrlMissing(std::string_view path, std::string_view subject);
// INVALID_ARGUMENT; `auth` is the value of --auth.
absl::Status PeersWithoutTls(std::string_view auth);

}  // namespace welfare::platform
