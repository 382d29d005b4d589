// Refused calls, counted by who called what, until they are written down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "services/base/audit/audit_record.h"
#include "services/base/time/clock.h"

namespace welfare::platform {

// Who was refused, as the caller was known.
struct RefusedCaller {
  std::string_view subject = {};
  // How it was verified; empty: not known.
  std::string_view authentication = {};
};

// Not thread-safe. A caller who is refused a million times costs one entry, a
// million callers cost `most` of them: those beyond are counted together, as
// one caller for each method.
class Refusals {
 public:
  explicit Refusals(std::size_t most) : most_(most) {}

  // Counts one refused call of `method`.
  void Count(const RefusedCaller& caller, std::string_view method,
             base::Timestamp now);

  // What was counted, as records of the time `now`; does not forget it.
  std::vector<base::AuditEntry> Records(base::Timestamp now) const;

  // Takes everything out, so that it is counted anew.
  Refusals TakeAll();

  // Counts what `other` has counted as well: it was not written down.
  void Add(const Refusals& other);

  bool empty() const { return counts_.empty(); }

 private:
  // Subject, authentication, method; of those beyond `most_` the first two are
  // empty, as no subject is.
  using Key = std::tuple<std::string, std::string, std::string>;
  struct Counted {
    std::int64_t times = 0;
    base::Timestamp since;  // the first of them
  };

  void Add(Key key, const Counted& counted);

  std::size_t most_;
  std::map<Key, Counted> counts_;
};

}  // namespace welfare::platform
