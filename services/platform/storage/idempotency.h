#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"

namespace welfare::platform {

// Part of every service's migration 1: the table `request_replies`. Stored in
// databases and checksummed; do not change.
extern const std::string_view kRequestRepliesSql;

// Replies are kept this long; after that a repeated id is a new request.
inline constexpr std::chrono::hours kReplyLifetime{30 * 24};

// One write as its caller identified it.
struct RequestKey {
  std::string request_id;  // empty: not repeatable, always runs
  std::string method;      // "CreateSubmission"; part of the hash
  std::string body;        // the request, serialised deterministically
};

// What is kept of one: made before the transaction, since everybody waits for
// that, and a batch of a file has a megabyte.
struct RequestDigest {
  std::string request_id;
  std::string hash;  // empty where the id is
};

RequestDigest DigestOf(const RequestKey& key);

// Runs `make_reply` once per request_id and returns its reply: the stored one
// when this id was answered before with the same method and body. The reply is
// stored in `transaction`, so a crash keeps both the change and it, or neither.
// Failures are not stored: a repeat tries again.
//
// Errors:
//   INVALID_ARGUMENT, reason REQUEST_ID_REUSED: the id was used with another
//     method or body.
//   Those of `make_reply` and of Transaction.
absl::StatusOr<std::string> RunOnce(
    Transaction& transaction, const RequestDigest& request, base::Timestamp now,
    const std::function<absl::StatusOr<std::string>()>& make_reply);

// Returns the stored reply, or nullopt. For a look before expensive work.
//
// Errors: INVALID_ARGUMENT, reason REQUEST_ID_REUSED.
absl::StatusOr<std::optional<std::string>> FindReply(Connection& connection,
                                                     const RequestKey& key,
                                                     base::Timestamp now);

}  // namespace welfare::platform
