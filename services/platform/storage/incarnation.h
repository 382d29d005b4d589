// The identity of a store. Versions and revisions count within one store: a
// database that was restored, or another platform's, may have come to the same
// number by another way. So whatever outlives a call and speaks of a version
// (keys of caches, etags, page tokens, pins) names the incarnation as well.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// The table, for a migration of every service.
extern const std::string_view kIncarnationSql;

// Returns the incarnation of `database`: 32 hexadecimal digits, random, made
// when it is asked for first. A database whose row was deleted gets another.
//
// Errors: those of Database.
absl::StatusOr<std::string> OpenIncarnation(Database& database);

// Gives `database` a new incarnation and returns it. For a copy that will go
// its own way: whatever was cached or handed out for the original is no longer
// taken for the copy's. Nobody serves the database meanwhile.
//
// Errors: those of Database.
absl::StatusOr<std::string> RenewIncarnation(Database& database);

}  // namespace welfare::platform
