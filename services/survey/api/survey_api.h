#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/empty.pb.h"

#include "services/base/clock.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/incarnation.h"
#include "services/platform/work/version_feed.h"
#include "services/survey/api/round_columns.h"
#include "services/survey/api/streams.h"
#include "services/survey/api/survey_metrics.h"
#include "services/survey/peers/registry_client.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/store.h"
#include "welfare/survey/v1/survey_service.pb.h"
#include "welfare/type/v1/csv_import.pb.h"

namespace welfare::survey {

// The methods of the API as plain functions; the proto says what each does and
// which errors it can return. Any thread may call it.
class SurveyApi {
 public:
  struct Dependencies {
    SurveyStore& store;
    PinnedContent& content;
    const RegistryClient& registry;
    platform::VersionFeed& feed;
    SurveyMetrics& metrics;
    const base::Clock& clock;
    platform::Incarnation incarnation;  // the store's
  };
  // Everything in `dependencies` outlives the object.
  explicit SurveyApi(const Dependencies& dependencies)
      : d_(dependencies), columns_(d_.store, d_.content) {}

  using Call = platform::CallContext;

  // Reads the revision of every round, and counts those that have changed since
  // the last time: at the start, and once a second by the feed. One at a time.
  //
  // Errors: those of the store. What cannot be counted is logged.
  absl::StatusOr<platform::VersionFeed::Versions> ReadVersions(
      std::stop_token stop);

  absl::Status ImportCodebook(const Call&, const v1::ImportCodebookRequest&,
                              v1::Codebook&);
  absl::Status PublishCodebook(const Call&, const v1::PublishCodebookRequest&,
                               v1::Codebook&);
  absl::Status GetCodebook(const Call&, const v1::GetCodebookRequest&,
                           v1::Codebook&);
  absl::Status ListCodebooks(const Call&, const v1::ListCodebooksRequest&,
                             v1::ListCodebooksResponse&);

  absl::Status CreateRound(const Call&, const v1::CreateRoundRequest&,
                           v1::Round&);
  absl::Status UpdateRound(const Call&, const v1::UpdateRoundRequest&,
                           v1::Round&);
  absl::Status DeleteRound(const Call&, const v1::DeleteRoundRequest&,
                           google::protobuf::Empty&);
  absl::Status ReopenRound(const Call&, const v1::ReopenRoundRequest&,
                           v1::Round&);
  absl::Status OpenRound(const Call&, const v1::OpenRoundRequest&, v1::Round&);
  absl::Status CloseRound(const Call&, const v1::CloseRoundRequest&,
                          v1::Round&);
  absl::Status GetRound(const Call&, const v1::GetRoundRequest&, v1::Round&);
  absl::Status ListRounds(const Call&, const v1::ListRoundsRequest&,
                          v1::ListRoundsResponse&);
  absl::Status GetRoundProgress(const Call&, const v1::GetRoundProgressRequest&,
                                v1::RoundProgress&);

  absl::Status CreateSubmission(const Call&, const v1::CreateSubmissionRequest&,
                                v1::Submission&);
  absl::Status UpdateSubmission(const Call&, const v1::UpdateSubmissionRequest&,
                                v1::Submission&);
  absl::Status SubmitSubmission(const Call&, const v1::SubmitSubmissionRequest&,
                                v1::Submission&);
  absl::Status AcceptSubmission(const Call&, const v1::AcceptSubmissionRequest&,
                                v1::Submission&);
  absl::Status ReturnSubmission(const Call&, const v1::ReturnSubmissionRequest&,
                                v1::Submission&);
  absl::Status GetSubmission(const Call&, const v1::GetSubmissionRequest&,
                             v1::Submission&);
  absl::Status ListSubmissions(const Call&, const v1::ListSubmissionsRequest&,
                               v1::ListSubmissionsResponse&);
  absl::Status ListSubmissionRevisions(
      const Call&, const v1::ListSubmissionRevisionsRequest&,
      v1::ListSubmissionRevisionsResponse&);
  absl::Status ImportSubmissions(const Call&,
                                 const v1::ImportSubmissionsRequest&,
                                 type::v1::ImportResult&);

  // Streams, as steps of ServerStream and FollowingStream.
  RoundColumnsStream StreamRoundColumns();
  RoundChangesStream StreamRoundChanges(const v1::StreamRoundChangesRequest&);

 private:
  // What a call makes of the submission `name`, the one of its respondent,
  // decided on one state of the store; `now` is read with that state.
  using Decide = std::function<absl::StatusOr<PlannedChange>(
      StoreReader&, const OpenedRound&, const base::SubmissionName& name,
      base::Timestamp now)>;

  // Decides, writes and answers for the calls that change one submission, which
  // they may have `sent` by any code of its municipality.
  absl::Status ChangeSubmission(const Call& call, const ChangeRequest& request,
                                const base::SubmissionName& sent,
                                bool validate_only, const Decide& decide,
                                v1::Submission& response);
  // Finds the round, decides, and answers with the round as it is then, for the
  // calls that change what is there.
  absl::StatusOr<std::string> ChangeRound(
      const Call& call, const ChangeRequest& request,
      const base::RoundName& name,
      const std::function<absl::StatusOr<Round>(StoreWriter&, Round)>& decide);
  // Tells those who wait what a write has made of the round; 0: it is not
  // known, because the reply is a stored one. Never fails and never waits: the
  // feed reads the rest by itself.
  void Announce(const base::RoundName& round, std::int64_t revision);

  // OK where `revision` of the round means here what it means in the store
  // `incarnation`, or none is named.
  absl::Status CheckStore(const base::RoundName& round,
                          const std::string& incarnation,
                          std::int64_t revision) const;

  Dependencies d_;
  SharedColumns columns_;
  platform::VersionFeed::Versions counted_;  // used by ReadVersions
};

}  // namespace welfare::survey
