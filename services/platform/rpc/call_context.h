#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/base/time/call_limits.h"
#include "services/base/wording/language.h"

namespace welfare::platform {

// Who calls. Without authentication every caller is the operator of this
// machine, who may do everything.
struct Identity {
  std::string subject = "local";
  // "role@survey" or "role@*"; surfaces of the API name the roles.
  std::vector<std::string> grants;
  // Claims of a respondent; empty for everyone else.
  std::string municipality_code;
  std::string respondent_kind;
  // Authentication is off: checks of roles pass.
  bool unrestricted = true;

  // Whether `role` is granted for `survey`, by `role@survey` or `role@*`; of
  // the survey `*`: for every survey.
  bool Has(std::string_view role, std::string_view survey) const;

  // Whether `role` is granted for any survey.
  bool HasAnywhere(std::string_view role) const;

  // Which service of the platform calls on its own account, "indicator" where
  // the subject is `service:indicator`; empty where it is none. Only who knows
  // the name of the process on the other side may make such a subject.
  std::string_view service() const;
};

// What a handler knows of the call beside the request. Lives until the handler
// returns.
struct CallContext {
  // From the metadata `x-request-id`, or made here. Stands in the access log,
  // in the answer's metadata, in INTERNAL errors, and goes to peers.
  std::string request_id;
  Identity identity;
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
using IdentityHook =
    std::function<absl::StatusOr<Identity>(const MetadataLookup& metadata)>;

// A fresh request id: 32 random hex digits.
std::string MakeRequestId();

}  // namespace welfare::platform
