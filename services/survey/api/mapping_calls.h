// The calls that import and read mappings, and what imports read by them.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/clock.h"
#include "services/platform/rpc/call_context.h"
#include "services/survey/mapping/answer_mapping.h"
#include "services/survey/store/last_used.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// The proto says what each does and which errors it can return. Any thread may
// call it.
class MappingCalls {
 public:
  struct Dependencies {
    SurveyStore& store;
    PinnedContent& content;
    const base::Clock& clock;
    std::string incarnation;  // the store's, for page tokens
  };
  // Everything in `dependencies` outlives the object.
  explicit MappingCalls(const Dependencies& dependencies) : d_(dependencies) {}

  using Call = platform::CallContext;

  absl::Status ImportMapping(const Call&, const v1::ImportMappingRequest&,
                             v1::Mapping&);
  absl::Status GetMapping(const Call&, const v1::GetMappingRequest&,
                          v1::Mapping&);
  absl::Status ListMappings(const Call&, const v1::ListMappingsRequest&,
                            v1::ListMappingsResponse&);

  // Returns the mapping by which a batch is read; null: by none. `survey`: of
  // the rounds that the batch names; empty: it names none.
  //
  // Errors: MAPPING_NOT_FOUND, MAPPING_INVALID, MAPPING_UNUSABLE, NAME_INVALID.
  absl::StatusOr<std::shared_ptr<const AnswerMapping>> Load(
      const Call& call, const v1::ImportSubmissionsRequest& request,
      const std::string& survey);

 private:
  // Returns the mapping that `content` is, with its codebooks, which never
  // change once they are published.
  absl::StatusOr<std::shared_ptr<const AnswerMapping>> Compile(
      StoreReader& store, const std::string& survey,
      const std::string& content);

  static constexpr std::size_t kMappingsKept = 16;

  Dependencies d_;
  std::mutex mutex_;
  // By survey and digest.
  LastUsed<std::string, AnswerMapping> kept_{kMappingsKept};
};

}  // namespace welfare::survey
