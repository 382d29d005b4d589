// The calls that import, publish and read codebooks.
#pragma once

#include <string>

#include "absl/status/status.h"

#include "services/base/time/clock.h"
#include "services/platform/rpc/call_context.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// The proto says what each does and which errors it can return. Any thread may
// call it.
class CodebookCalls {
 public:
  struct Dependencies {
    SurveyStore& store;
    PinnedContent& content;
    const base::Clock& clock;
    std::string incarnation;  // the store's, for page tokens
  };
  // Everything in `dependencies` outlives the object.
  explicit CodebookCalls(const Dependencies& dependencies) : d_(dependencies) {}

  using Call = platform::CallContext;

  absl::Status ImportCodebook(const Call&, const v1::ImportCodebookRequest&,
                              v1::Codebook&);
  absl::Status PublishCodebook(const Call&, const v1::PublishCodebookRequest&,
                               v1::Codebook&);
  absl::Status GetCodebook(const Call&, const v1::GetCodebookRequest&,
                           v1::Codebook&);
  absl::Status ListCodebooks(const Call&, const v1::ListCodebooksRequest&,
                             v1::ListCodebooksResponse&);

 private:
  Dependencies d_;
};

}  // namespace welfare::survey
