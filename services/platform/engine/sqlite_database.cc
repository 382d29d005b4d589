#include "services/platform/engine/sqlite_database.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>
#include <vector>

#include "services/platform/engine/guarded.h"
#include "services/platform/engine/sqlite_checkpointer.h"
#include "services/platform/engine/sqlite_session.h"
#include "services/platform/errors.h"
#include "services/platform/storage/backup.h"
#include "services/platform/work/limited_wait.h"

namespace welfare::platform {

struct SqliteDatabase::State {
  std::string path;  // empty: in memory
  std::mutex mutex;
  std::condition_variable released;
  std::unique_ptr<SqliteSession> writer;
  bool writer_busy = false;
  int reads_waiting = 0;
  int writes_waiting = 0;
  std::vector<std::unique_ptr<SqliteSession>> readers;  // empty: in memory
  std::vector<SqliteSession*> idle_readers;
  std::map<FaultPoint, std::deque<absl::Status>> faults;
  // Null: in memory. Last: its thread uses the faults.
  std::unique_ptr<SqliteCheckpointer> checkpointer;

  absl::Status TakeFault(FaultPoint point) {
    const std::lock_guard lock(mutex);
    std::deque<absl::Status>& queue = faults[point];
    if (queue.empty()) return absl::OkStatus();
    absl::Status status = queue.front();
    queue.pop_front();
    return status;
  }
};

SqliteDatabase::SqliteDatabase(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
SqliteDatabase::~SqliteDatabase() = default;

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(
    const Options& options) {
  auto state = std::make_unique<State>();
  state->path = options.path;
  absl::StatusOr<std::unique_ptr<SqliteSession>> writer = SqliteSession::Open(
      options.path, /*read_only=*/false, options.busy_timeout);
  if (!writer.ok()) return writer.status();
  state->writer = *std::move(writer);
  absl::StatusOr<std::unique_ptr<SqliteSession>> saver = SqliteSession::Open(
      options.path, /*read_only=*/false, options.busy_timeout);
  if (!saver.ok()) return saver.status();
  state->checkpointer = std::make_unique<SqliteCheckpointer>(
      *std::move(saver), SqliteCheckpointer::Options{
                             .path = options.path,
                             .pages_at_once = options.log_pages_at_once,
                             .most_pages = options.most_log_pages,
                             .take_fault = [&state = *state] {
                               return state.TakeFault(FaultPoint::kCheckpoint);
                             }});
  for (int i = 0; i < std::max(1, options.readers); ++i) {
    absl::StatusOr<std::unique_ptr<SqliteSession>> reader = SqliteSession::Open(
        options.path, /*read_only=*/true, options.busy_timeout);
    if (!reader.ok()) return reader.status();
    state->idle_readers.push_back(reader->get());
    state->readers.push_back(*std::move(reader));
  }
  return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(state)));
}

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::OpenInMemory() {
  auto state = std::make_unique<State>();
  absl::StatusOr<std::unique_ptr<SqliteSession>> writer = SqliteSession::Open(
      ":memory:", /*read_only=*/false, std::chrono::milliseconds(5000));
  if (!writer.ok()) return writer.status();
  state->writer = *std::move(writer);
  return std::unique_ptr<SqliteDatabase>(new SqliteDatabase(std::move(state)));
}

absl::Status SqliteDatabase::RunRead(const base::CallLimits& limits,
                                     const ReadFunction& read) {
  if (absl::Status fault = state_->TakeFault(FaultPoint::kRead); !fault.ok()) {
    return fault;
  }
  SqliteSession* session = nullptr;
  const bool shared = state_->readers.empty();
  {
    std::unique_lock lock(state_->mutex);
    ++state_->reads_waiting;
    absl::Status status = WaitWithin(
        lock, state_->released, limits, "waiting for the database", [&] {
          return shared ? !state_->writer_busy : !state_->idle_readers.empty();
        });
    --state_->reads_waiting;
    if (!status.ok()) return status;
    if (shared) {
      session = state_->writer.get();
      state_->writer_busy = true;
    } else {
      session = state_->idle_readers.back();
      state_->idle_readers.pop_back();
    }
  }
  absl::Status status = session->BeginRead(limits);
  if (status.ok()) {
    status = Guarded("a read", [&] { return read(*session); });
    if (status.ok()) status = session->failure();
    session->RollBack();
  }
  {
    const std::lock_guard lock(state_->mutex);
    if (shared) {
      state_->writer_busy = false;
    } else {
      state_->idle_readers.push_back(session);
    }
  }
  state_->released.notify_all();
  return status;
}

absl::Status SqliteDatabase::RunWrite(const base::CallLimits& limits,
                                      const WriteFunction& write) {
  if (absl::Status fault = state_->TakeFault(FaultPoint::kWrite); !fault.ok()) {
    return fault;
  }
  SqliteSession& session = *state_->writer;
  {
    std::unique_lock lock(state_->mutex);
    ++state_->writes_waiting;
    absl::Status status =
        WaitWithin(lock, state_->released, limits, "waiting for the database",
                   [&] { return !state_->writer_busy; });
    --state_->writes_waiting;
    if (!status.ok()) return status;
    state_->writer_busy = true;
  }
  if (state_->checkpointer != nullptr) state_->checkpointer->MakeRoom();
  absl::Status status = session.BeginWrite(limits);
  if (status.ok()) {
    status = Guarded("a write", [&] { return write(session); });
    if (status.ok()) status = session.failure();
    if (status.ok() && session.broken()) {
      status = DatabaseUnavailable("the transaction was given up");
    }
    if (status.ok()) status = state_->TakeFault(FaultPoint::kCommit);
    if (status.ok()) status = session.Commit();
    if (!status.ok()) session.RollBack();
    if (status.ok() && state_->checkpointer != nullptr) {
      state_->checkpointer->Written(session.log_pages());
    }
  }
  {
    const std::lock_guard lock(state_->mutex);
    state_->writer_busy = false;
  }
  state_->released.notify_all();
  return status;
}

std::unique_ptr<ChangeWatch> SqliteDatabase::WatchChanges(
    std::function<void()>) {
  return std::make_unique<ChangeWatch>();
}

PoolState SqliteDatabase::pool() const {
  const int connections = 1 + static_cast<int>(state_->readers.size());
  const std::lock_guard lock(state_->mutex);
  return {.open = connections,
          .max = connections,
          .reads_waiting = state_->reads_waiting,
          .writes_waiting = state_->writes_waiting};
}

// The file's number in its file system and the moment it was made: a file that
// is moved keeps both, a copy of it gets others.
absl::StatusOr<std::string> SqliteDatabase::Place() {
  if (state_->path.empty()) return std::string();
  struct statx file = {};
  if (::statx(AT_FDCWD, state_->path.c_str(), 0, STATX_INO | STATX_BTIME,
              &file) != 0) {
    return DatabaseUnavailable(std::generic_category().message(errno));
  }
  std::string place = "file " + std::to_string(file.stx_ino);
  if ((file.stx_mask & STATX_BTIME) != 0) {
    place += " made " + std::to_string(file.stx_btime.tv_sec) + "." +
             std::to_string(file.stx_btime.tv_nsec);
  }
  return place;
}

absl::StatusOr<StorageState> SqliteDatabase::Storage() {
  if (state_->path.empty()) return StorageState{};
  StorageState storage;
  struct stat file = {};
  if (::stat(state_->path.c_str(), &file) == 0) storage.bytes = file.st_size;
  storage.log = LogState{.failures = state_->checkpointer->failures()};
  if (::stat((state_->path + "-wal").c_str(), &file) == 0) {
    storage.bytes += file.st_size;
    storage.log->bytes = file.st_size;
  }
  struct statvfs disk = {};
  if (::statvfs(state_->path.c_str(), &disk) != 0) {
    return DatabaseUnavailable(std::generic_category().message(errno));
  }
  storage.free_bytes = static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize);
  storage.last_backup = LastBackup(state_->path);
  return storage;
}

void SqliteDatabase::FailNext(FaultPoint point, absl::Status status) {
  const std::lock_guard lock(state_->mutex);
  state_->faults[point].push_back(std::move(status));
}

}  // namespace welfare::platform
