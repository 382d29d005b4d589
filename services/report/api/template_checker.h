// Templates against a codebook, before it is published.
#pragma once

#include "absl/status/status.h"

#include "services/platform/rpc/call_context.h"
#include "services/report/peers/peer_definitions.h"
#include "services/report/shelf/template_shelf.h"

namespace welfare::report::v1 {
class CheckTemplatesRequest;
class CheckTemplatesResponse;
}  // namespace welfare::report::v1

namespace welfare::report {

// Any thread may call it.
class TemplateChecker {
 public:
  // Both must outlive the checker.
  TemplateChecker(TemplateShelf& templates, PeerDefinitions& definitions)
      : templates_(templates), definitions_(definitions) {}

  // Lists what of the survey's templates a report of a round with the codebook
  // would leave out; by the same rule (FindMisfits) as the report.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason NAME_INVALID.
  //   Those of PeerDefinitions::FiguresOf and TemplateShelf::ListOf.
  absl::Status Check(const platform::CallContext& call,
                     const v1::CheckTemplatesRequest& request,
                     v1::CheckTemplatesResponse& response);

 private:
  TemplateShelf& templates_;
  PeerDefinitions& definitions_;
};

}  // namespace welfare::report
