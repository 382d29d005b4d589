#include "services/platform/engine/sqlite_checkpointer.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/work/background.h"

namespace welfare::platform {

SqliteCheckpointer::SqliteCheckpointer(std::unique_ptr<SqliteSession> session,
                                       Options options)
    : options_(std::move(options)),
      session_(std::move(session)),
      anew_at_(options_.most_pages),
      thread_([this] { Run(); }) {}

SqliteCheckpointer::~SqliteCheckpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SqliteCheckpointer::Written(int pages) {
  if (pages == 0) return;
  {
    const std::lock_guard lock(mutex_);
    // Not above what it was: the log was begun anew. Above it, it may have been
    // all the same; then less is counted than there is, and never nothing.
    if (pages <= written_) anew_at_ = options_.most_pages;
    fresh_ += pages > written_ ? pages - written_ : pages;
    written_ = pages;
    if (fresh_ < options_.pages_at_once) return;
  }
  changed_.notify_all();
}

void SqliteCheckpointer::MakeRoom() {
  {
    const std::lock_guard lock(mutex_);
    if (written_ < anew_at_) return;
  }
  if (Save(/*sync_file=*/false)) return;
  // A reader keeps it from that, or the disk: not each write tries again.
  const std::lock_guard lock(mutex_);
  anew_at_ = written_ + options_.pages_at_once;
}

void SqliteCheckpointer::Run() {
  // Nobody waits for it.
  EnterBackground();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(
        lock, [this] { return stopping_ || fresh_ >= options_.pages_at_once; });
    if (stopping_) return;
    // What a reader keeps it from is done the next time.
    fresh_ = 0;
    // SQLite leaves this to whoever finds nobody writing, who would wait for
    // all of it.
    const bool sync_file = written_ >= options_.most_pages / 2;
    lock.unlock();
    Save(sync_file);
    lock.lock();
  }
}

bool SqliteCheckpointer::Save(bool sync_file) {
  const std::lock_guard lock(saving_);
  const auto save = [&]() -> absl::StatusOr<bool> {
    WELFARE_RETURN_IF_ERROR(options_.take_fault());
    WELFARE_ASSIGN_OR_RETURN(const bool all, session_->Checkpoint());
    if (sync_file) WELFARE_RETURN_IF_ERROR(session_->SyncFile());
    return all;
  };
  const absl::StatusOr<bool> saved = save();
  if (saved.ok()) return *saved;
  ++failures_;
  const std::string reason = base::ReasonOf(saved.status());
  const std::string cause = CauseOf(saved.status());
  LogError("the log of a database could not be brought into its file",
           {{"file", options_.path},
            {"reason", reason},
            {"error", base::MessageOf(saved.status())},
            {"cause", cause}});
  return false;
}

}  // namespace welfare::platform
