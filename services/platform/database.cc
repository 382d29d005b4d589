#include "services/platform/database.h"

#include "services/platform/errors.h"

namespace welfare::platform {

absl::Status Connection::NoRow(const Query& query) {
  return NoRowFound(query.name);
}

absl::Status Database::Ping() {
  static constexpr Query kPing{"ping", "SELECT 1"};
  return RunRead(CallLimits::After(std::chrono::milliseconds(1000)),
                 [](Connection& connection) {
                   return connection.ForEach(
                       kPing, {}, [](const Row&) { return absl::OkStatus(); });
                 });
}

}  // namespace welfare::platform
