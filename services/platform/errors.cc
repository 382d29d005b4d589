#include "services/platform/errors.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "services/base/error.h"

namespace welfare::platform {
namespace {

using absl::StatusCode;
using base::MakeError;

std::string Text(std::string_view text) { return std::string(text); }

}  // namespace

absl::Status DeadlineExceeded(std::string_view what) {
  return MakeError(StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                   "The deadline passed (" + Text(what) +
                       "); repeat the call with more time.")
      .With("what", what);
}

absl::Status Cancelled(std::string_view what) {
  return MakeError(StatusCode::kCancelled, "CANCELLED",
                   "The call was cancelled (" + Text(what) + ").")
      .With("what", what);
}

absl::Status UniqueViolation(std::string_view query) {
  return MakeError(StatusCode::kAlreadyExists, "UNIQUE_VIOLATION",
                   "Something with this key exists already.")
      .With("query", query);
}

absl::Status ConstraintViolation(std::string_view query,
                                 std::string_view constraint) {
  return MakeError(StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION",
                   "The change contradicts a rule of the database.")
      .With("query", query)
      .With("constraint", constraint);
}

absl::Status DatabaseBusy(std::string_view query) {
  return MakeError(StatusCode::kAborted, "DATABASE_BUSY",
                   "Another writer was in the way; repeat the call.")
      .With("query", query);
}

absl::Status DatabaseUnavailable(std::string_view cause) {
  return MakeError(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE",
                   "The database cannot be reached; repeat the call later.")
      .With("cause", cause)
      .WithRetryDelay(std::chrono::milliseconds(1000));
}

absl::Status StorageFull(std::string_view query) {
  return MakeError(StatusCode::kResourceExhausted, "STORAGE_FULL",
                   "The disk of the database is full; nothing was stored. "
                   "Repeat the call when its operator has made room.")
      .With("query", query);
}

absl::Status TextInvalid(std::string_view query) {
  return MakeError(StatusCode::kInvalidArgument, "TEXT_INVALID",
                   "A text holds a NUL character or is not UTF-8; send it "
                   "without.")
      .With("query", query);
}

absl::Status StatementFailed(std::string_view query, std::string_view cause) {
  return MakeError(StatusCode::kInternal, "DATABASE_STATEMENT",
                   "The statement " + Text(query) + " failed: " + Text(cause))
      .With("query", query)
      .With("cause", cause);
}

absl::Status ColumnMismatch(std::string_view query, int column,
                            std::string_view expected) {
  return MakeError(StatusCode::kInternal, "COLUMN_MISMATCH",
                   "Column " + std::to_string(column) + " of " + Text(query) +
                       " is not " + Text(expected) + ".")
      .With("query", query)
      .With("column", column);
}

absl::Status NoRowFound(std::string_view query) {
  return MakeError(StatusCode::kInternal, "NO_ROW",
                   "The statement " + Text(query) + " answered no row.")
      .With("query", query);
}

absl::Status UncaughtException(std::string_view where, std::string_view what) {
  return MakeError(StatusCode::kInternal, "UNCAUGHT_EXCEPTION",
                   "An exception left " + Text(where) + ": " + Text(what))
      .With("where", where);
}

absl::Status MigrationChanged(int number, std::string_view name) {
  return MakeError(StatusCode::kFailedPrecondition, "MIGRATION_CHANGED",
                   "Migration " + std::to_string(number) + " (" + Text(name) +
                       ") differs from the one this database was made with; "
                       "run the program that made it.")
      .With("number", number)
      .With("name", name);
}

absl::Status DatabaseTooNew(std::int64_t found, std::int64_t known) {
  return MakeError(StatusCode::kFailedPrecondition, "DATABASE_TOO_NEW",
                   "The database is at migration " + std::to_string(found) +
                       ", this program knows " + std::to_string(known) +
                       "; run a newer program.")
      .With("found", found)
      .With("known", known);
}

absl::Status MigrationNumbers(int expected, int found) {
  return MakeError(StatusCode::kInternal, "MIGRATION_NUMBERS",
                   "Migration " + std::to_string(expected) +
                       " is missing: found " + std::to_string(found) + ".")
      .With("expected", expected)
      .With("found", found);
}

absl::Status DatabaseUrlInvalid(std::string_view why) {
  return MakeError(StatusCode::kInvalidArgument, "DATABASE_URL_INVALID",
                   "The database URL cannot be used: " + Text(why) + ".")
      .With("why", why);
}

absl::Status DatabaseUnsuitable(std::string_view why) {
  return MakeError(StatusCode::kFailedPrecondition, "DATABASE_UNSUITABLE",
                   "The database cannot be used: " + Text(why) + ".")
      .With("why", why);
}

absl::Status DatabaseInUse(std::string_view path) {
  return MakeError(StatusCode::kFailedPrecondition, "DATABASE_IN_USE",
                   "Another process uses the database " + Text(path) +
                       "; stop it, or set another --data-dir.")
      .With("path", path);
}

absl::Status AuditLogDamaged(std::int64_t sequence) {
  return MakeError(StatusCode::kDataLoss, "AUDIT_LOG_DAMAGED",
                   "The audit log is damaged at record " +
                       std::to_string(sequence) + ".")
      .With("sequence", sequence);
}

absl::Status RequestIdReused(std::string_view request_id) {
  return MakeError(StatusCode::kInvalidArgument, "REQUEST_ID_REUSED",
                   "The request_id was used for another request; make a new "
                   "one.")
      .With("request_id", request_id)
      .WithViolation({.field = "request_id",
                      .reason = "REQUEST_ID_REUSED",
                      .description = "Used for another request before."});
}

std::string CauseOf(const absl::Status& status) {
  const std::optional<base::ErrorDetails> details =
      base::GetErrorDetails(status);
  if (!details.has_value()) return "";
  const auto cause = details->metadata.find("cause");
  return cause == details->metadata.end() ? "" : cause->second;
}

absl::Status MessageUnreadable() {
  return MakeError(StatusCode::kInvalidArgument, "MESSAGE_UNREADABLE",
                   "The request is no message of the expected type.");
}

absl::Status ReplyTooLarge(std::size_t bytes) {
  return MakeError(StatusCode::kResourceExhausted, "REPLY_TOO_LARGE",
                   "The answer has more than 4 MiB; ask for less.")
      .With("bytes", static_cast<long long>(bytes));
}

absl::Status RequestIdInvalid(std::string_view request_id) {
  return MakeError(StatusCode::kInvalidArgument, "REQUEST_ID_INVALID",
                   "request_id is a UUID, at most 64 letters, digits and -.")
      .With("length", static_cast<long long>(request_id.size()))
      .WithViolation({"request_id", "REQUEST_ID_INVALID", "Use a UUID."});
}

absl::Status ContractInvalid(std::string_view why) {
  return MakeError(StatusCode::kFailedPrecondition, "CONTRACT_INVALID",
                   Text(why));
}

absl::Status AccessDenied(const std::vector<std::string>& roles,
                          std::string_view survey) {
  std::string needed;
  for (const std::string& role : roles) {
    needed += (needed.empty() ? "" : ", ") + role;
  }
  return MakeError(StatusCode::kPermissionDenied, "ACCESS_DENIED",
                   "You may not make this call; ask whoever gives out grants "
                   "for one of those in the details.")
      .With("roles", needed)
      .With("survey", survey)
      .WithJapanese(
          "この操作をする権限がありません。必要な権限を管理者に申請してください"
          "。");
}

absl::Status Overloaded() {
  return MakeError(StatusCode::kResourceExhausted, "OVERLOADED",
                   "The service has more work than it can do; repeat the call "
                   "later.")
      .WithRetryDelay(std::chrono::milliseconds(500));
}

absl::Status StoreRestored(std::string_view resource,
                           std::string_view incarnation, std::int64_t version) {
  return MakeError(StatusCode::kFailedPrecondition, "STORE_RESTORED",
                   "Version " + std::to_string(version) + " of " +
                       std::string(resource) +
                       " is one of another store: this one was restored or "
                       "replaced, and its versions of that number may say "
                       "something else. Read the current version, or leave the "
                       "incarnation out.")
      .With("resource", resource)
      .With("incarnation", incarnation)
      .With("version", version);
}

absl::Status TooManyWaiting(int limit) {
  return MakeError(StatusCode::kResourceExhausted, "TOO_MANY_WAITING",
                   "Too many calls wait for a version; repeat the call later, "
                   "or read without min_version.")
      .With("limit", limit)
      .WithRetryDelay(std::chrono::milliseconds(1000));
}

absl::Status TooManyStreams(int limit) {
  return MakeError(StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                   "Too many streams are open; repeat the call later.")
      .With("limit", limit)
      .WithRetryDelay(std::chrono::milliseconds(1000));
}

absl::Status StreamStalled(std::chrono::milliseconds limit) {
  return MakeError(StatusCode::kAborted, "STREAM_STALLED",
                   "Nothing of the stream was read for " +
                       std::to_string(limit.count()) +
                       " milliseconds, so it was ended (STREAM_STALLED); begin "
                       "it again and read what comes.")
      .With("limit_ms", limit.count());
}

absl::Status ResourcesInvalid(std::vector<base::Violation> violations) {
  return MakeError(StatusCode::kInvalidArgument, "RESOURCES_INVALID",
                   "The resources to watch are wrong; each problem is listed.")
      .WithViolations(std::move(violations));
}

absl::Status ShuttingDown() {
  return MakeError(StatusCode::kUnavailable, "SHUTTING_DOWN",
                   "The service is stopping; repeat the call.")
      .WithRetryDelay(std::chrono::milliseconds(500));
}

absl::Status SettingInvalid(std::string_view setting, std::string_view why) {
  return MakeError(StatusCode::kInvalidArgument, "SETTING_INVALID",
                   Text(setting) + ": " + Text(why))
      .With("setting", setting);
}

absl::Status AddressUnavailable(std::string_view address,
                                std::string_view why) {
  return MakeError(StatusCode::kFailedPrecondition, "ADDRESS_UNAVAILABLE",
                   "Cannot listen on " + Text(address) + ": " + Text(why) + ".")
      .With("address", address);
}

absl::Status DataFolderUnusable(std::string_view path, std::string_view why) {
  return MakeError(StatusCode::kFailedPrecondition, "DATA_FOLDER_UNUSABLE",
                   "The data folder " + Text(path) +
                       " cannot be used: " + Text(why) +
                       ". Let the user of this process write it, or set "
                       "--data-dir to a folder that it may write.")
      .With("path", path);
}

absl::Status DatabaseFailedAtStart(std::string_view module,
                                   std::string_view why) {
  return MakeError(StatusCode::kFailedPrecondition, "DATABASE_FAILED_AT_START",
                   "The database of " + Text(module) +
                       " cannot be used: " + Text(why) +
                       ". See that its disk has room and its files can be "
                       "written, then start again.")
      .With("module", module);
}

absl::Status BackupRefused(std::string_view why) {
  return MakeError(StatusCode::kFailedPrecondition, "BACKUP_REFUSED",
                   "No backup was made: " + Text(why) + ".");
}

absl::Status BackupFailed(std::string_view file, std::string_view why) {
  return MakeError(StatusCode::kUnavailable, "BACKUP_FAILED",
                   "The backup failed at " + Text(file) + ": " + Text(why) +
                       ". Nothing of it was kept.")
      .With("file", file);
}

absl::Status AssetNotFound(std::string_view path) {
  return MakeError(StatusCode::kNotFound, "ASSET_NOT_FOUND",
                   "The data file " + Text(path) +
                       " is missing; set --assets-dir to the folder that has "
                       "it.")
      .With("path", path);
}

absl::Status CacheUrlInvalid(std::string_view why) {
  return MakeError(StatusCode::kInvalidArgument, "CACHE_URL_INVALID",
                   "The Redis URL cannot be used: " + Text(why) + ".")
      .With("why", why);
}

}  // namespace welfare::platform
