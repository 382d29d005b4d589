// The server streams of the API, each as a step of
// platform/calls/stream_step.h: what is called makes the next message and keeps
// its position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/names/resource_name.h"
#include "services/platform/calls/stream_step.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/survey/round/round.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/round_changes.h"
#include "services/survey/store/shared_columns.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::survey {

// StreamRoundColumns.
class RoundColumnsStream {
 public:
  // Both outlive the object.
  RoundColumnsStream(SharedColumns& shared,
                     const platform::Incarnation& incarnation)
      : shared_(&shared), incarnation_(&incarnation) {}

  // Errors: as in the proto.
  absl::StatusOr<platform::StreamStep> operator()(
      const platform::CallContext& call,
      const v1::StreamRoundColumnsRequest& request,
      v1::StreamRoundColumnsResponse& message);

 private:
  SharedColumns* shared_;
  const platform::Incarnation* incarnation_;
  RoundColumnsPtr columns_;  // null before the first message
  // The row of a reader who does not see all answers.
  std::optional<std::size_t> self_;
  std::size_t sent_ = 0;  // columns
  std::size_t row_ = 0;   // of the next one: rows that have been sent
};

// StreamRoundChanges.
class RoundChangesStream {
 public:
  // Both outlive the object; `after` is the revision that its reader knows.
  RoundChangesStream(SurveyStore& store,
                     const platform::Incarnation& incarnation,
                     std::int64_t after)
      : store_(&store), incarnation_(&incarnation), sent_(after) {}

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
  const platform::Incarnation* incarnation_;
  std::int64_t sent_;              // the last revision told
  bool first_ = true;              // nothing has been sent yet
  bool complete_ = false;          // nothing followed when it was last read
  std::optional<Round> round_;     // as it was read
  std::vector<RoundChange> read_;  // and not sent yet, from `next_` on
  std::size_t next_ = 0;
};

// Makes the streams of the API. Any thread may call it.
class SurveyStreams {
 public:
  // `store` and `content` outlive the object and every stream, and so does the
  // object; `incarnation` is the store's.
  SurveyStreams(SurveyStore& store, PinnedContent& content,
                platform::Incarnation incarnation)
      : store_(store),
        columns_(store, content),
        incarnation_(std::move(incarnation)) {}

  RoundColumnsStream StreamRoundColumns() { return {columns_, incarnation_}; }
  RoundChangesStream StreamRoundChanges(
      const v1::StreamRoundChangesRequest& request) {
    return {store_, incarnation_, request.after_revision()};
  }

 private:
  SurveyStore& store_;
  SharedColumns columns_;
  const platform::Incarnation incarnation_;
};

}  // namespace welfare::survey
