// audit verify.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/welfarectl/session/session.h"
#include "welfare/type/v1/audit.pb.h"

namespace welfare::ctl {

// Reads what `audit head --out` wrote.
//
// Errors: NOT_FOUND, reason FILE_UNREADABLE; INVALID_ARGUMENT, reason
//   AUDIT_HEADS_FORMAT: it is something else.
absl::StatusOr<type::v1::AuditHeads> ReadHeads(const std::string& path);

// Reads the log of every service, computes each hash anew, and holds it against
// the heads of the file `path` (empty: none) and of the services; says in a
// sentence for each what is right or which record is wrong. Returns kFailure
// where one is.
int VerifyAudit(Session& session, const std::string& path);

}  // namespace welfare::ctl
