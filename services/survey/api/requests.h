// What every call of the API does with its request before it decides.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/storage/write_path.h"
#include "services/survey/codebook/conditions.h"
#include "services/survey/errors.h"
#include "services/survey/round/round.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/provenance.h"
#include "services/survey/viewer.h"

namespace welfare::survey {

// Says whether somebody still waits for `what`, for work that may take long.
//
// Errors: CANCELLED where the caller is gone, DEADLINE_EXCEEDED.
//
// REQUIRES: `call` outlives what is returned.
Interruption WhileWanted(const platform::CallContext& call,
                         std::string_view what);

// OK where `revision` of the round means `here` what it means in the store
// `incarnation`, or none is named.
//
// Errors: FAILED_PRECONDITION, STORE_RESTORED.
absl::Status CheckStore(const platform::Incarnation& here,
                        const base::RoundName& round,
                        const std::string& incarnation, std::int64_t revision);

// Names the answer to a read of a round at `revision`, and of what that
// revision holds (its submissions, its population and its codebook, which never
// change after it), and returns whether the caller has it. `more`: what else
// the answer is made of beside the request. After all that refuses the call.
bool CallerHas(const platform::CallContext& call, const Round& round,
               std::int64_t revision, std::string_view more = "");

// What the caller of `call` may see of the survey, by its grants.
Viewer ViewerOf(const platform::CallContext& call, const std::string& survey);

// What a caller is told who may not see answers of others; the same whether or
// not there are any.
//
// PERMISSION_DENIED, ACCESS_DENIED.
absl::Status AnswersDenied(const platform::CallContext& call,
                           const std::string& survey);

// OK where the caller may open the submission `sent`, by whatever code of its
// municipality.
//
// Errors: PERMISSION_DENIED, ACCESS_DENIED; those of SurveyStore::Read.
absl::Status CheckMayOpen(const platform::CallContext& call, SurveyStore& store,
                          PinnedContent& content,
                          const base::SubmissionName& sent);

// As whom the caller writes the submission `name` of the round, the one of its
// respondent. Who holds several roles is the respondent of its own submission.
Author AuthorOf(const platform::CallContext& call, const OpenedRound& opened,
                const base::SubmissionName& name);

// OK where the caller may import submissions of every round.
//
// Errors: PERMISSION_DENIED, ACCESS_DENIED.
absl::Status CheckMayImport(const platform::CallContext& call,
                            const std::set<base::RoundName>& rounds);

// Runs a write in which `make` decides, writes and fills in `response`; `make`
// may be run again after a rollback. Returns whether it is a repeat, whose
// response is the first one.
//
// Errors: those of `make` and of SurveyStore::Change.
template <typename Response>
absl::StatusOr<bool> RunWrite(
    SurveyStore& store, const platform::WriteRequest& request,
    Response& response, const std::function<absl::Status(StoreWriter&)>& make) {
  WELFARE_ASSIGN_OR_RETURN(
      const platform::WritePath::Outcome outcome,
      store.Change(request,
                   [&](StoreWriter& writer) -> absl::StatusOr<std::string> {
                     response.Clear();
                     WELFARE_RETURN_IF_ERROR(make(writer));
                     return response.SerializeAsString();
                   }));
  if (outcome.repeated && !response.ParseFromString(outcome.reply)) {
    return StoredValueInvalid("reply");
  }
  return outcome.repeated;
}

// Reads the resource name that `field` holds.
//
// Errors: INVALID_ARGUMENT, NAME_INVALID, CHECK_DIGIT, CODE_AMBIGUOUS.
template <typename Name>
absl::StatusOr<Name> ParseName(std::string_view field,
                               const std::string& text) {
  auto name = Name::Parse(text);
  if (!name.ok()) return NameInvalid(field, text, name.status());
  return name;
}

}  // namespace welfare::survey
