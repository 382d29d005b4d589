#include "services/platform/audit/audit_writer.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/errors.h"
#include "services/platform/observe/log.h"
#include "services/platform/storage/audit_log.h"

namespace welfare::platform {
namespace {

// A write that takes longer fails, and the reads that wait for it.
constexpr std::chrono::seconds kLongestWrite{10};

struct WaitingRead {
  base::AuditEntry entry;
  AuditWriter::Done done;
};

}  // namespace

struct AuditWriter::State {
  explicit State(const Options& options_in)
      : options(options_in), refusals(options_in.most_refused) {}

  const Options options;
  std::mutex mutex;
  std::condition_variable turns;
  std::deque<WaitingRead> waiting;
  Refusals refusals;
  std::int64_t unknown = 0;
  bool stopped = false;
  std::thread thread;

  void Run() {
    auto next_refusals =
        std::chrono::steady_clock::now() + options.refusal_interval;
    std::unique_lock lock(mutex);
    while (true) {
      turns.wait_until(lock, next_refusals,
                       [this] { return stopped || !waiting.empty(); });
      const bool last = stopped && waiting.size() <= options.most_at_once;
      std::vector<WaitingRead> reads;
      while (!waiting.empty() && reads.size() < options.most_at_once) {
        reads.push_back(std::move(waiting.front()));
        waiting.pop_front();
      }
      const auto now = std::chrono::steady_clock::now();
      const bool counts = last || now >= next_refusals;
      if (counts) next_refusals = now + options.refusal_interval;
      Refusals refused = counts ? refusals.TakeAll() : Refusals(0);
      const std::int64_t strangers = counts ? std::exchange(unknown, 0) : 0;
      lock.unlock();
      WriteReads(reads);
      if (strangers > 0) {
        LogWarning("calls without credentials were refused",
                   {{"count", strangers}});
      }
      const bool written = refused.empty() || WriteRefused(refused);
      lock.lock();
      if (!written) refusals.Add(refused);
      if (last) return;
    }
  }

  // Called without the mutex.
  void WriteReads(std::vector<WaitingRead>& reads) {
    if (reads.empty()) return;
    std::vector<base::AuditEntry> entries;
    entries.reserve(reads.size());
    for (WaitingRead& read : reads) entries.push_back(std::move(read.entry));
    const absl::Status kept = Append(entries);
    if (!kept.ok()) options.database.OnAuditFailure(AuditKind::kRead);
    for (const WaitingRead& read : reads) read.done(kept);
  }

  // Called without the mutex.
  bool WriteRefused(const Refusals& refused) {
    std::vector<base::AuditEntry> records =
        refused.Records(options.clock.Now());
    const absl::Status kept = Append(records);
    if (!kept.ok()) {
      options.database.OnAuditFailure(AuditKind::kRefusal);
      LogStatus(LogLevel::kWarning, "refused calls were not written down yet",
                kept);
    }
    return kept.ok();
  }

  // All get the time of the transaction, so that times follow the order of the
  // records.
  absl::Status Append(std::vector<base::AuditEntry>& entries) {
    return options.database.Write(
        base::CallLimits::After(kLongestWrite), [&](Transaction& transaction) {
          const base::Timestamp now = options.clock.Now();
          for (base::AuditEntry& entry : entries) entry.recorded_time = now;
          return AppendAudits(transaction, entries);
        });
  }
};

AuditWriter::AuditWriter(const Options& options)
    : state_(std::make_unique<State>(options)) {
  state_->thread = std::thread([state = state_.get()] { state->Run(); });
}

AuditWriter::~AuditWriter() { Stop(); }

absl::Status AuditWriter::Keep(base::AuditEntry read, Done done) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return ShuttingDown();
    if (state_->waiting.size() >= state_->options.most_waiting) {
      return Overloaded();
    }
    state_->waiting.push_back({std::move(read), std::move(done)});
  }
  state_->turns.notify_one();
  return absl::OkStatus();
}

void AuditWriter::CountRefused(const RefusedCaller& caller,
                               std::string_view method) {
  const base::Timestamp now = state_->options.clock.Now();
  const std::lock_guard lock(state_->mutex);
  state_->refusals.Count(caller, method, now);
}

void AuditWriter::CountUnknown() {
  const std::lock_guard lock(state_->mutex);
  ++state_->unknown;
}

void AuditWriter::Stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
  }
  state_->turns.notify_one();
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace welfare::platform
