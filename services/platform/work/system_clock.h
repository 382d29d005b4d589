#pragma once

#include "services/base/time/clock.h"

namespace welfare::platform {

// The machine's wall clock. Any thread may call it.
class SystemClock final : public base::Clock {
 public:
  base::Timestamp Now() const override;
};

}  // namespace welfare::platform
