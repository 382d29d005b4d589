#pragma once

#include <map>
#include <span>
#include <string>

#include "gateway/openapi/comments.h"
#include "gateway/openapi/schemas.h"

namespace welfare::gateway {

// Adds the schemas of what a failure looks like, `Error` (AIP-193) and
// `Problem` (RFC 9457), with the details that the platform sends.
void AddErrorSchemas(Schemas& schemas);

// The responses that operations share: `Failure` (whatever the gateway itself
// refuses or cannot do), `Unauthenticated`, and what headers ask for:
// `NotModified`, `PreconditionFailed`, `KeyReused`.
Json SharedResponses();

// What a method of roles answers a caller without them.
ListedError RoleMissing();

// One response for each HTTP status of `errors`, by status: "404". Each says
// under which codes, for which reasons and when.
std::map<std::string, Json> ErrorResponses(std::span<const ListedError> errors);

// A reference to one of SharedResponses.
Json ResponseReference(const std::string& name);

// The headers that stand in every answer.
Json SharedHeaders();

}  // namespace welfare::gateway
