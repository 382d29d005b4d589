// What every call of the API does with its request before it decides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/survey/codebook/conditions.h"
#include "services/survey/errors.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// Says whether somebody still waits for `what`, for work that may take long.
//
// Errors: CANCELLED where the caller is gone, DEADLINE_EXCEEDED.
//
// REQUIRES: `call` outlives what is returned.
Interruption WhileWanted(const platform::CallContext& call,
                         std::string_view what);

// An id is kept for a month and shown in the audit log, so it is short and
// plain.
//
// Errors: INVALID_ARGUMENT, REQUEST_ID_INVALID.
absl::Status CheckRequestId(std::string_view id);

// OK where `revision` of the round means `here` what it means in the store
// `incarnation`, or none is named.
//
// Errors: FAILED_PRECONDITION, STORE_RESTORED.
absl::Status CheckStore(const platform::Incarnation& here,
                        const base::RoundName& round,
                        const std::string& incarnation, std::int64_t revision);

template <typename Request>
ChangeRequest MakeChange(const platform::CallContext& call,
                         std::string_view method, const Request& request) {
  return {.method = std::string(method),
          .request_id = request.request_id(),
          .body = request.SerializeAsString(),
          .actor = call.identity.subject};
}

// Reads the resource name that `field` holds.
//
// Errors: INVALID_ARGUMENT, NAME_INVALID, CHECK_DIGIT, CODE_AMBIGUOUS.
template <typename Name>
absl::StatusOr<Name> ParseName(std::string_view field,
                               const std::string& text) {
  auto name = Name::Parse(text);
  if (!name.ok()) return NameInvalid(field, text, name.status());
  return name;
}

}  // namespace welfare::survey
