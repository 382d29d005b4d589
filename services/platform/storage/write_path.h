// The one way in which a service changes what it keeps.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/audit/audit_record.h"
#include "services/base/coding/json_text.h"
#include "services/base/time/call_limits.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/database.h"
#include "services/platform/storage/idempotency.h"

namespace welfare::platform {

// One write as its caller asked for it; rpc/write_request.h makes it of a call
// and its request.
struct WriteRequest {
  RequestKey key;
  std::string actor;                // who is written down as having done it
  std::string authentication = {};  // and how it was verified; may be empty
  base::CallLimits limits;
};

// A write inside its transaction. Used by one thread, only inside the function
// it is handed to.
class Write {
 public:
  Write(Transaction& transaction, const WriteRequest& request,
        base::Timestamp time)
      : transaction_(transaction), request_(request), time_(time) {}

  Transaction& transaction() const { return transaction_; }
  const WriteRequest& request() const { return request_; }
  // When it is made: read inside the transaction, so that times follow the
  // order of writes.
  base::Timestamp time() const { return time_; }

  // Appends to the audit log what was done to `resource`. Never personal data:
  // names, states, counts and digests. `time`: where it is recorded as later
  // than it was made.
  absl::Status Audit(std::string_view resource, const base::JsonObject& detail);
  absl::Status Audit(std::string_view resource, const base::JsonObject& detail,
                     base::Timestamp time);
  // The same for many resources, in their order, at once.
  struct Audited {
    std::string resource;
    base::JsonObject detail;
  };
  absl::Status AuditAll(std::span<const Audited> all);

  // Whether the log could not be appended to.
  bool audit_failed() const { return audit_failed_; }

 private:
  base::AuditEntry EntryOf(std::string_view resource,
                           const base::JsonObject& detail,
                           base::Timestamp time) const;

  Transaction& transaction_;
  const WriteRequest& request_;
  const base::Timestamp time_;
  bool audit_failed_ = false;
};

// Runs writes. Any thread may call it.
class WritePath {
 public:
  struct Options {
    Database& database;
    const base::Clock& clock;
    // Called when what a change did was taken back after it had succeeded,
    // because its commit failed, by the thread that ran it and before its
    // caller is told. Others of its group may have read it.
    std::function<void()> undone = [] {};
  };

  explicit WritePath(Options options) : options_(std::move(options)) {}

  struct Outcome {
    std::string reply;
    // The reply of an earlier request of this id; nothing was done now.
    bool repeated = false;
  };

  // Runs `change` in one transaction and returns its reply, which is stored
  // with it under the request id, once for each id: a repeat returns the first
  // reply. `change` may be run again after a rollback, on any thread, and
  // changes nothing but the database. A failure leaves nothing behind.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason REQUEST_ID_REUSED: the id was used with another
  //     method or body.
  //   Those of `change` and of Database::Write.
  absl::StatusOr<Outcome> Run(
      const WriteRequest& request,
      const std::function<absl::StatusOr<std::string>(Write&)>& change) const;

 private:
  Options options_;
};

}  // namespace welfare::platform
