// The identity of a store. Versions and revisions count within one store: a
// database that was restored, or another platform's, may have come to the same
// number by another way. So whatever outlives a call and speaks of a version
// (keys of caches, etags, page tokens, pins) names the incarnation as well.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// Versions by what has them (`registry`, `surveys/jusou/rounds/2025`).
using VersionsByResource = std::map<std::string, std::int64_t, std::less<>>;

// Whose the versions of a store are: its own name, and the stores that it is a
// copy of, each as far as it was copied. A value; any thread may read it.
class Incarnation {
 public:
  Incarnation() = default;
  // `before`: the last versions of each store that this one is a copy of.
  explicit Incarnation(
      std::string name,
      std::map<std::string, VersionsByResource, std::less<>> before = {})
      : name_(std::move(name)), before_(std::move(before)) {}

  // 32 hexadecimal digits, random.
  const std::string& name() const { return name_; }

  // Whether `version` of `resource` as the store `incarnation` counts is the
  // same here: the store is this one, or one copied at that version or later.
  bool Covers(std::string_view incarnation, std::string_view resource,
              std::int64_t version) const;

 private:
  std::string name_;
  std::map<std::string, VersionsByResource, std::less<>> before_;
};

// The tables, for two migrations of every service.
extern const std::string_view kIncarnationSql;
extern const std::string_view kPlaceSql;

// Returns the incarnation of `database`, whose name is made when it is asked
// for first. It is another one where the row was deleted, and where the
// database is kept in another place than the last time: it is a copy then.
// `versions` selects every resource and its current version; they say how far
// the store before was copied.
//
// Errors: those of Database.
absl::StatusOr<Incarnation> OpenIncarnation(Database& database,
                                            const Query& versions);

// Gives `database` a new name and returns it. For a copy that will go its own
// way: whatever was cached or handed out for the original is no longer taken
// for the copy's. Nobody serves the database meanwhile.
//
// Errors: those of Database.
absl::StatusOr<std::string> RenewIncarnation(Database& database);

// Makes the next OpenIncarnation of `database`, wherever it is kept, one of a
// copy: two that are restored from one backup are two stores.
//
// Errors: those of Database.
absl::Status ForgetPlace(Database& database);

}  // namespace welfare::platform
