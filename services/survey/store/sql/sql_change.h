// One change of the database, whichever of its tables it writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/coding/json_text.h"
#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/write_path.h"

namespace welfare::survey {

// One write of the path, which hands out ids and revisions. Used by one thread.
class SqlChange {
 public:
  // REQUIRES: both outlive the object.
  SqlChange(platform::Write& write, const std::string& incarnation)
      : write_(write), incarnation_(incarnation) {}

  platform::Transaction& transaction() { return write_.transaction(); }
  base::Timestamp time() const { return write_.time(); }
  const std::string& actor() const { return write_.request().actor; }
  const std::string& incarnation() const { return incarnation_; }

  absl::Status Execute(const platform::Query& query,
                       const std::vector<platform::Parameter>& parameters);

  // Says in the audit log what was done to `resource`.
  absl::Status Audit(const std::string& resource,
                     const base::JsonObject& detail) {
    return write_.Audit(resource, detail);
  }

  // The same of many, in their order.
  absl::Status AuditAll(std::span<const platform::Write::Audited> all) {
    return write_.AuditAll(all);
  }

  // Returns the next of the surrogate ids: of `codebook`, `round` or
  // `submission`; the first of `count`.
  absl::StatusOr<std::int64_t> NextId(std::string_view counter,
                                      std::int64_t count = 1);

  // Returns the id of a round, deleted or not; nothing where it never was.
  absl::StatusOr<std::optional<std::int64_t>> FindRoundId(
      const base::RoundName& name);

  // Returns the next revision of a round, the first of `count`: from here on
  // writers of the round take turns.
  absl::StatusOr<std::int64_t> NextRevision(std::int64_t round_id,
                                            std::int64_t count = 1);

  // Whether a round has another revision now.
  bool made_revision() const { return made_revision_; }
  // For the first revision of a round, which nobody handed out.
  void SetMadeRevision() { made_revision_ = true; }

 private:
  platform::Write& write_;
  const std::string& incarnation_;
  bool made_revision_ = false;
  std::map<base::RoundName, std::int64_t> round_ids_;
};

}  // namespace welfare::survey
