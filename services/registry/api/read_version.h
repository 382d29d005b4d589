// Of which version and fiscal year a read speaks.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"

#include "services/base/error.h"
#include "services/base/time/clock.h"
#include "services/base/time/fiscal_year.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/registry/history/history.h"
#include "services/registry/store/live_history.h"

namespace welfare::registry {

// How long replies are kept: with their version in the key they never become
// wrong, only unlikely to be asked for again.
inline constexpr std::chrono::seconds kReplyLifetime = std::chrono::hours(1);

// A version of a history that stays alive while it is read.
struct VersionPin {
  HistoryPtr history;
  std::int64_t version = 0;
  // The moment asked about: that of the pinned version, `known_at`, or now.
  base::Timestamp moment;

  RegistryView view() const { return history->At(version); }
};

// Finds the version a read asks for. The database is asked only for what was
// known at a moment so near that a write could still be recorded at it. Any
// thread may call it.
class ReadVersions {
 public:
  // `live` and `clock` must outlive it. `programs` tells one catalogue of
  // programmes from another, of which answers are made too.
  ReadVersions(LiveHistory& live, const platform::Incarnation& incarnation,
               const base::Clock& clock, std::string programs)
      : live_(live),
        store_(incarnation),
        clock_(clock),
        programs_(std::move(programs)) {}

  // The last version seen.
  std::int64_t last() const { return live_.Head()->version(); }
  // Whose versions these are.
  const std::string& incarnation() const { return store_.name(); }

  // Names the answer to a read of `pin` and returns whether the caller has it.
  // Beside the request it is made of the version, the programmes and, where the
  // request leaves the year open, that of the moment.
  bool CallerHas(const platform::CallContext& call,
                 const VersionPin& pin) const;

  // Whether a read that names a moment by `known_at` would block now: for a
  // write under way at it.
  template <typename Request>
  bool Blocks(const Request& request) const {
    return request.has_known_at() && Blocks(request.known_at());
  }

  // Returns the head, pinned to `data_version` (0: to its own) or to what was
  // known at `known_at`. Who has a `min_version` was parked until the head had
  // it. `seen_version`: that of the page before, which may come from a process
  // that was ahead of this one; the store has it.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason KNOWN_AT_AND_VERSION or VERSION_NEGATIVE.
  //   OUT_OF_RANGE, reason VERSION_NOT_REACHED or KNOWN_AT_IN_FUTURE.
  //   DEADLINE_EXCEEDED, reason MIN_VERSION_NOT_REACHED.
  //   Those of platform::StoreRestored: the version of that number may be
  //     another one than that of `data_incarnation`.
  //   Those of LiveHistory.
  template <typename Request>
  absl::StatusOr<VersionPin> Pin(const platform::CallContext& call,
                                 const Request& request,
                                 std::int64_t seen_version = 0) const {
    auto pin = Find(call, request.data_version(), request.min_version(),
                    request.has_known_at() ? &request.known_at() : nullptr,
                    seen_version);
    if (pin.ok()) {
      WELFARE_RETURN_IF_ERROR(
          CheckStore(request.data_incarnation(), pin->version));
    } else if (request.data_version() > 0) {
      // One that lies ahead here was reached in another store.
      WELFARE_RETURN_IF_ERROR(
          CheckStore(request.data_incarnation(), request.data_version()));
    }
    return pin;
  }

 private:
  bool Blocks(const google::protobuf::Timestamp& known_at) const;
  absl::StatusOr<VersionPin> Find(const platform::CallContext& call,
                                  std::int64_t data_version,
                                  std::int64_t min_version,
                                  const google::protobuf::Timestamp* known_at,
                                  std::int64_t seen_version) const;
  absl::Status CheckStore(const std::string& incarnation,
                          std::int64_t version) const;

  LiveHistory& live_;
  const platform::Incarnation store_;
  const base::Clock& clock_;
  const std::string programs_;
};

// Returns the fiscal year `year` that came in the field `field`.
//
// Errors:
//   INVALID_ARGUMENT, reason FISCAL_YEAR_INVALID.
absl::StatusOr<base::FiscalYear> CheckYear(std::string_view field, int year);

// Returns the fiscal year asked for in `fiscal_year`; where it is 0, that of
// `moment` in Asia/Tokyo.
//
// Errors:
//   INVALID_ARGUMENT, reason FISCAL_YEAR_INVALID.
absl::StatusOr<base::FiscalYear> YearOf(int asked, base::Timestamp moment);

}  // namespace welfare::registry
