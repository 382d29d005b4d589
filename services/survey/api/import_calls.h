// The call that imports submissions from files.
#pragma once

#include <memory>
#include <set>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/platform/rpc/call_context.h"
#include "services/survey/api/mapping_calls.h"
#include "services/survey/files/import_plan.h"
#include "services/survey/observe/round_versions.h"
#include "services/survey/observe/survey_metrics.h"
#include "services/survey/peers/registry_client.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::survey {

// The proto says what it does and which errors it can return. Any thread may
// call it.
class ImportCalls {
 public:
  struct Dependencies {
    SurveyStore& store;
    PinnedContent& content;
    const RegistryClient& registry;
    MappingCalls& mappings;
    RoundVersions& versions;
    SurveyMetrics& metrics;
    const base::Clock& clock;
  };
  // Everything in `dependencies` outlives the object.
  explicit ImportCalls(const Dependencies& dependencies) : d_(dependencies) {}

  using Call = platform::CallContext;

  // One batch, alone or as a message of a stream.
  absl::Status ImportSubmissions(const Call&,
                                 const v1::ImportSubmissionsRequest&,
                                 type::v1::ImportResult&);

 private:
  // How a batch of these rounds is read; null: as it stands.
  absl::StatusOr<std::shared_ptr<const AnswerMapping>> LoadMapping(
      const Call& call, const v1::ImportSubmissionsRequest& request,
      const std::set<base::RoundName>& rounds);
  // Adds the rounds that a dry run takes for opened to those that are there.
  absl::Status TakeForOpened(const Call& call,
                             const v1::ImportSubmissionsRequest& request,
                             NamedRounds& rounds);

  Dependencies d_;
};

}  // namespace welfare::survey
