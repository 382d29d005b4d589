#include "services/platform/engine/sqlite_checkpointer.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/work/background.h"

namespace welfare::platform {

SqliteCheckpointer::SqliteCheckpointer(std::unique_ptr<SqliteSession> session,
                                       Options options)
    : options_(std::move(options)),
      session_(std::move(session)),
      anew_at_(options_.most_pages / 2),
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
    if (pages <= written_) anew_at_ = options_.most_pages / 2;
    fresh_ += pages > written_ ? pages - written_ : pages;
    written_ = pages;
    if (!HasWork()) return;
  }
  changed_.notify_all();
}

void SqliteCheckpointer::MakeRoom() {
  {
    const std::lock_guard lock(mutex_);
    if (written_ < anew_at_) return;
    // Who waits now would wait for more than who comes a little later.
    if ((saving_beside_ || !IsNearTheEnd()) &&
        written_ < anew_at_ + options_.most_pages / 2) {
      return;
    }
  }
  Save(/*sync_file=*/false);
  // A reader may keep the log from being begun anew, or the disk: not each
  // write tries again.
  const std::lock_guard lock(mutex_);
  anew_at_ = written_ + options_.pages_at_once;
}

bool SqliteCheckpointer::IsNearTheEnd() const {
  return fresh_ <= options_.pages_at_once / 8;
}

bool SqliteCheckpointer::HasWork() const {
  return fresh_ >= options_.pages_at_once ||
         (written_ >= anew_at_ && !IsNearTheEnd());
}

void SqliteCheckpointer::Run() {
  // Nobody waits for it.
  EnterBackground();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || HasWork(); });
    if (stopping_) return;
    // What a reader keeps it from is done the next time.
    fresh_ = 0;
    saving_beside_ = true;
    lock.unlock();
    // SQLite leaves the disk to whoever finds nobody writing, who would wait
    // for all of it.
    Save(/*sync_file=*/true);
    lock.lock();
    saving_beside_ = false;
  }
}

void SqliteCheckpointer::Save(bool sync_file) {
  const std::lock_guard lock(saving_);
  const auto save = [&]() -> absl::Status {
    WELFARE_RETURN_IF_ERROR(options_.take_fault());
    WELFARE_RETURN_IF_ERROR(session_->Checkpoint());
    return sync_file ? session_->SyncFile() : absl::OkStatus();
  };
  const absl::Status saved = save();
  if (saved.ok()) return;
  ++failures_;
  const std::string reason = base::ReasonOf(saved);
  const std::string cause = CauseOf(saved);
  LogError("the log of a database could not be brought into its file",
           {{"file", options_.path},
            {"reason", reason},
            {"error", base::MessageOf(saved)},
            {"cause", cause}});
}

}  // namespace welfare::platform
