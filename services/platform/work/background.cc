#include "services/platform/work/background.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace welfare::platform {
namespace {

// Of -20 to 19; others of the process have 0. It gets a tenth of what one of
// them gets where both have work, and all that they leave.
constexpr int kNiceness = 10;

// For how long a thread would have a processor at a time, in nanoseconds. The
// system's own is a few milliseconds, and who wakes takes the processor at once
// only from one that asked for more (Linux 6.12; elsewhere it means nothing).
constexpr std::uint64_t kLongSlice = 50'000'000;
// Of one that works for moments only, and that others wait for.
constexpr std::uint64_t kShortSlice = 300'000;

thread_local bool in_background = false;

// The first version of Linux's sched_attr; its header cannot stand beside
// sched.h.
struct SchedulingWish {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime;
  std::uint64_t deadline;
  std::uint64_t period;
};
static_assert(sizeof(SchedulingWish) == 48);

// Sets what the system knows of the calling thread; returns whether it could.
bool SetScheduling(std::uint32_t policy, int niceness, std::uint64_t slice) {
  const SchedulingWish wish = {.size = sizeof(SchedulingWish),
                               .policy = policy,
                               .flags = 0,
                               .nice = niceness,
                               .priority = 0,
                               .runtime = slice,
                               .deadline = 0,
                               .period = 0};
  return ::syscall(SYS_sched_setattr, 0, &wish, 0) == 0;
}

// Whether nobody has decided otherwise for the calling thread.
bool IsOrdinary() { return ::sched_getscheduler(0) == SCHED_OTHER; }

}  // namespace

void EnterBackground() {
  in_background = true;
  // 0: this thread, on Linux. One that is slower stays so.
  const int niceness = std::max(::getpriority(PRIO_PROCESS, 0), kNiceness);
  if (IsOrdinary() && SetScheduling(SCHED_BATCH, niceness, kLongSlice)) return;
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, niceness));
}

bool InBackground() { return in_background; }

void GiveWayToWakers() {
  if (!IsOrdinary()) return;
  static_cast<void>(
      SetScheduling(SCHED_OTHER, ::getpriority(PRIO_PROCESS, 0), kLongSlice));
}

void WorkForMoments() {
  if (!IsOrdinary()) return;
  static_cast<void>(
      SetScheduling(SCHED_OTHER, ::getpriority(PRIO_PROCESS, 0), kShortSlice));
}

}  // namespace welfare::platform
