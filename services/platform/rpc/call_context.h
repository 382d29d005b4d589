#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/access/identity.h"
#include "services/base/time/call_limits.h"
#include "services/base/wording/language.h"

namespace welfare::platform {

// What a handler knows of the call beside the request. Lives until the handler
// returns.
struct CallContext {
  // From the metadata `x-request-id`, or made here. Stands in the access log,
  // in the answer's metadata, in INTERNAL errors, and goes to peers.
  std::string request_id;
  // Where nobody is asked, the operator of this machine.
  access::Identity identity = access::Identity::Local();
  // The method as the contract calls it, "CreateSubmission"; its table's.
  std::string_view method = {};
  // In which descriptions of faults are read.
  base::Language language = base::Language::kEnglish;
  // Deadline and cancellation; hand them to Database, Cache and peers.
  base::CallLimits limits;

  bool cancelled() const { return limits.cancelled(); }
};

// Reads one metadata value of a call; nullopt when it was not sent.
using MetadataLookup =
    std::function<std::optional<std::string_view>(std::string_view key)>;

// Finds out who calls; an error refuses the call before the handler runs.
// `peer` is the name that the process at the other end has proved,
// `gateway.welfare.internal`; empty where it has proved none.
using IdentityHook = std::function<absl::StatusOr<access::Identity>(
    const MetadataLookup& metadata, std::string_view peer)>;

// A fresh request id: 32 random hex digits.
std::string MakeRequestId();

}  // namespace welfare::platform
