// What a service writes down beside its changes: who read personal data, before
// it is shown, and who was refused.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "services/base/audit/audit_record.h"
#include "services/base/time/clock.h"
#include "services/platform/audit/refusals.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// Appends to the audit log of one store, by one thread of its own. Any thread
// may call it.
//
// Reads: a database has one writer and a commit costs a disk synchronisation,
// so all reads that wait are written by one commit, and those that come
// meanwhile by the next. Nobody who waits holds a thread. Refusals: they are
// counted, and the counts written once in a while, so that a flood of refused
// calls costs the database nothing more than one of them.
//
// Invariants:
//   Every `done` of an accepted record is called once, with OK only when the
//     record is on disk.
//   What was counted is written at the latest when the writer stops; a process
//     that is killed loses the counts of one interval.
class AuditWriter {
 public:
  struct Options {
    // Both outlive the writer.
    Database& database;
    const base::Clock& clock;
    // Reads that may wait; more are refused.
    std::size_t most_waiting = 4096;
    // Records of one commit: bounds how long a change waits behind reads.
    std::size_t most_at_once = 256;
    // How often refusals are written, and how many callers and methods are told
    // apart meanwhile: at most so many records in each interval.
    std::chrono::milliseconds refusal_interval{10000};
    std::size_t most_refused = 128;
  };

  using Done = std::function<void(const absl::Status& kept)>;

  explicit AuditWriter(const Options& options);
  // Stops as Stop does.
  ~AuditWriter();
  AuditWriter(const AuditWriter&) = delete;
  AuditWriter& operator=(const AuditWriter&) = delete;

  // Appends `read`, as of the time of its commit, and then calls `done` on the
  // writer's thread, which does little more than answer: with OK, or with the
  // error of Database::Write, and nothing may be shown. When it returns an
  // error, `done` will not be called.
  //
  // Errors:
  //   RESOURCE_EXHAUSTED, reason OVERLOADED: too many reads wait.
  //   UNAVAILABLE, reason SHUTTING_DOWN: the writer has stopped.
  absl::Status Keep(base::AuditEntry read, Done done);

  // Counts a call of `method` that a known caller was refused.
  void CountRefused(const RefusedCaller& caller, std::string_view method);

  // Counts a call of somebody who did not say who he is. Only logged, at most
  // once in each interval: anybody can make such calls, and none of them may
  // cost the database anything.
  void CountUnknown();

  // Writes what waits and what was counted, and ends the thread.
  void Stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace welfare::platform
