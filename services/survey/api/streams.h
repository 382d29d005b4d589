// The server streams of the API, each as a step of
// platform/calls/stream_step.h: what is called makes the next message and keeps
// its position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/resource_name.h"
#include "services/platform/calls/stream_step.h"
#include "services/platform/rpc/call_context.h"
#include "services/survey/api/round_columns.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// Says whether the revision of a round means here what it means in the store
// that is named, if any.
using StoreCheck = std::function<absl::Status(const base::RoundName& round,
                                              const std::string& incarnation,
                                              std::int64_t revision)>;

// StreamRoundColumns.
class RoundColumnsStream {
 public:
  // `shared` outlives the object.
  RoundColumnsStream(SharedColumns& shared, StoreCheck check)
      : shared_(&shared), check_(std::move(check)) {}

  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> operator()(
      const platform::CallContext& call,
      const v1::StreamRoundColumnsRequest& request,
      v1::StreamRoundColumnsResponse& message);

 private:
  SharedColumns* shared_;
  StoreCheck check_;
  RoundColumnsPtr columns_;  // null before the first message
  std::size_t sent_ = 0;     // columns
  std::size_t row_ = 0;      // of the next one: rows that have been sent
};

// StreamRoundChanges.
class RoundChangesStream {
 public:
  // `store` outlives the object; `after` is the revision that its reader knows.
  RoundChangesStream(SurveyStore& store, std::int64_t after, StoreCheck check)
      : store_(&store), check_(std::move(check)), sent_(after) {}

  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> operator()(
      const platform::CallContext& call,
      const v1::StreamRoundChangesRequest& request,
      v1::StreamRoundChangesResponse& message);

 private:
  // Reads some of the changes that follow.
  absl::Status Read(const platform::CallContext& call,
                    const base::RoundName& name,
                    const v1::StreamRoundChangesRequest& request);

  SurveyStore* store_;
  StoreCheck check_;
  std::int64_t sent_;              // the last revision told
  bool first_ = true;              // nothing has been sent yet
  bool complete_ = false;          // nothing followed when it was last read
  std::optional<Round> round_;     // as it was read
  std::vector<RoundChange> read_;  // and not sent yet, from `next_` on
  std::size_t next_ = 0;
};

}  // namespace welfare::survey
