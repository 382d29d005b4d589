// The outcome of judging a token or a key.
#pragma once

#include <variant>

#include "services/access/identity.h"
#include "services/access/refusal.h"
#include "services/base/time/clock.h"

namespace welfare::access {

// Who calls, and until when that may be believed.
struct Caller {
  Identity identity;
  base::Timestamp expires;  // exclusive

  friend bool operator==(const Caller&, const Caller&) = default;
};

// The caller, or why nobody was let in.
using Admission = std::variant<Caller, Refusal>;

}  // namespace welfare::access
