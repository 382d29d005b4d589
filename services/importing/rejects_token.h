// How the rest of the faults of a batch is asked for: by a token, in dry runs
// of the same batch.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/importing/reject_list.h"

namespace welfare::importing {

// Returns a short text that is equal for equal batches, made of all that their
// faults depend on.
std::string DigestOf(std::span<const std::string_view> parts);

// Returns the token for the faults of a batch that follow `last`.
std::string RejectsToken(const RejectList::Position& last,
                         std::string_view digest);

// Returns the position behind which the faults are to be listed; for an empty
// token, before all.
//
// Errors: INVALID_ARGUMENT, reason REJECTS_TOKEN_INVALID: no token of the
// batch with this digest, or the call is no dry run.
absl::StatusOr<RejectList::Position> ReadRejectsToken(std::string_view token,
                                                      bool validate_only,
                                                      std::string_view digest);

}  // namespace welfare::importing
