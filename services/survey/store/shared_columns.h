// A round as columns, computed once for all who read it at the same time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/time/call_limits.h"
#include "services/base/time/date.h"
#include "services/survey/codebook/stored_codebook.h"
#include "services/survey/columns/columns.h"
#include "services/survey/round/opened_round.h"
#include "services/survey/round/round.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// What a respondent has sent, but for its answers.
struct RespondentState {
  SubmissionState state = SubmissionState::kDraft;
  std::optional<base::Date> received_on = {};
  int revision = 0;
};

// Everything that a round says at one revision. Never changes.
struct RoundColumns {
  OpenedRound opened;       // as it was at the revision
  StoredCodebook codebook;  // without its sheets
  // In the order of the frame; nothing for who has sent nothing.
  std::vector<std::optional<RespondentState>> respondents;
  std::vector<Column> columns;
};
using RoundColumnsPtr = std::shared_ptr<const RoundColumns>;

// Computes columns, and keeps none: what somebody still reads is handed to the
// next who asks for it. So the memory of a hundred slow readers of a revision
// is that of one. Any thread may call it.
class SharedColumns {
 public:
  // Both outlive the object.
  SharedColumns(SurveyStore& store, PinnedContent& content)
      : store_(store), content_(content) {}

  // Says whether a revision may be read.
  using Check = std::function<absl::Status(std::int64_t revision)>;

  // Returns the round at `revision`; 0: at the current one. Who asks while it
  // is computed waits for that.
  //
  // Errors:
  //   NOT_FOUND, ROUND_NOT_FOUND.
  //   OUT_OF_RANGE, VERSION_NOT_REACHED: `revision` lies ahead.
  //   FAILED_PRECONDITION, ROUND_STATE: the round was never opened.
  //   Those of the store, of the limits, and of `check`.
  absl::StatusOr<RoundColumnsPtr> Load(const base::CallLimits& limits,
                                       const base::RoundName& name,
                                       std::int64_t revision,
                                       const Check& check = {});

 private:
  // A revision is one state of a round for ever.
  using Key = std::pair<base::RoundName, std::int64_t>;
  struct Slot {
    bool computing = false;
    std::weak_ptr<const RoundColumns> made;
  };

  absl::StatusOr<Round> FindRound(const base::CallLimits& limits,
                                  const base::RoundName& name,
                                  std::int64_t revision, const Check& check);
  absl::StatusOr<RoundColumnsPtr> Compute(const base::CallLimits& limits,
                                          const Round& round);
  // Ends the computing of `key` with what was made of it, or null.
  void Put(const Key& key, const RoundColumnsPtr& made);

  SurveyStore& store_;
  PinnedContent& content_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, Slot> slots_;  // guarded by mutex_
};

}  // namespace welfare::survey
