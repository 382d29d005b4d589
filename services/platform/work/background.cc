#include "services/platform/work/background.h"

#include <sys/resource.h>

namespace welfare::platform {
namespace {

// Of -20 to 19; others of the process have 0. It gets a tenth of what one of
// them gets where both have work, and all that they leave.
constexpr int kNiceness = 10;

thread_local bool in_background = false;

}  // namespace

void EnterBackground() {
  in_background = true;
  // 0: this thread, on Linux. One that is slower already stays so.
  if (::getpriority(PRIO_PROCESS, 0) >= kNiceness) return;
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNiceness));
}

bool InBackground() { return in_background; }

}  // namespace welfare::platform
