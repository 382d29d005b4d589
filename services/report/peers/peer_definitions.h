// What figures a codebook would give, asked of the indicator service.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/report/template/fit.h"

namespace grpc {
class Channel;
}

namespace welfare::report {

// What a round with a codebook would have.
struct CodebookFigures {
  struct Cause {
    std::string message;
    std::string message_ja;
  };
  IndicatorShapes shapes;
  // Why an indicator would have no values, by its id.
  std::map<std::string, Cause, std::less<>> causes;
};

// Any thread may call it.
class PeerDefinitions {
 public:
  explicit PeerDefinitions(const std::shared_ptr<grpc::Channel>& indicator);
  ~PeerDefinitions();

  // Errors:
  //   NOT_FOUND, reason CODEBOOK_NOT_FOUND.
  //   UNAVAILABLE, reason INDICATOR_UNAVAILABLE.
  absl::StatusOr<CodebookFigures> FiguresOf(const platform::CallContext& call,
                                            const base::CodebookName& codebook);

 private:
  struct Stub;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::report
