// Rounds that are opened with gaps, mended, opened again and deleted.
#include <string>
#include <vector>

#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Rounds : public SmallSurvey {
 protected:
  absl::StatusOr<v1::Round> UpdateRound(v1::Round round,
                                        const std::string& reason = "a slip",
                                        const std::string& path = "") {
    v1::UpdateRoundRequest request;
    round.set_name(kRound);
    *request.mutable_round() = round;
    request.set_reason(reason);
    if (!path.empty()) request.mutable_update_mask()->add_paths(path);
    return Call(&Stub::UpdateRound, request);
  }

  absl::StatusOr<google::protobuf::Empty> DeleteRound(
      const std::string& etag = "", const std::string& request_id = "") {
    v1::DeleteRoundRequest request;
    request.set_name(kRound);
    request.set_etag(etag);
    request.set_reason("by mistake");
    request.set_request_id(request_id);
    return Call(&Stub::DeleteRound, request);
  }

  absl::StatusOr<v1::Round> ReopenRound(const std::string& reason) {
    v1::ReopenRoundRequest request;
    request.set_name(kRound);
    request.set_reason(reason);
    return Call(&Stub::ReopenRound, request);
  }

  // Everything after `revision`, as `revision state` or `revision deleted`.
  std::vector<std::string> Changes(std::int64_t revision) {
    v1::StreamRoundChangesRequest request;
    request.set_name(kRound);
    request.set_after_revision(revision);
    grpc::ClientContext context;
    auto reader = stub_->StreamRoundChanges(&context, request);
    std::vector<std::string> changes;
    v1::StreamRoundChangesResponse part;
    while (reader->Read(&part)) {
      for (const auto& change : part.changes()) {
        changes.push_back(std::to_string(change.round_revision()) + ' ' +
                          (change.has_round()
                               ? v1::Round::State_Name(change.round().state())
                               : "deleted " + change.deleted()));
      }
    }
    reader->Finish();
    return changes;
  }
};

TEST_F(Rounds, OpenOnlyWithEveryStatusKnownOrNamed) {
  registry_.Forget("131016", 2025);
  registry_.Forget("131024", 2025);
  PublishCodebook();
  ASSERT_OK(CreateRound());
  const absl::Status refused = OpenRound().status();
  EXPECT_STATUS(refused, absl::StatusCode::kFailedPrecondition,
                "STATUS_UNKNOWN");
  const auto missing = [](const absl::Status& status) {
    std::vector<std::string> names;
    const auto details = base::GetErrorDetails(status);
    if (!details) return names;
    for (const auto& one : details->preconditions) {
      names.push_back(one.subject);
    }
    return names;
  };
  EXPECT_THAT(missing(refused),
              ElementsAre("municipalities/131016", "municipalities/131024"));
  EXPECT_THAT(missing(OpenRound({"municipalities/131016"}).status()),
              ElementsAre("municipalities/131024"));
  EXPECT_THAT(
      Violations(OpenRound({"municipalities/131016", "municipalities/131024",
                            "municipalities/131032"})
                     .status()),
      ElementsAre("unknown_municipalities: STATUS_KNOWN"));
  EXPECT_STATUS(OpenRound({"131016"}), absl::StatusCode::kInvalidArgument,
                "NAME_INVALID");
  EXPECT_EQ(GetRound()->state(), v1::Round::STATE_PLANNED);
  const auto opened =
      OpenRound({"municipalities/131024", "municipalities/131016"});
  ASSERT_OK(opened);
  EXPECT_EQ(opened->state(), v1::Round::STATE_OPEN);
}

TEST_F(Rounds, ChangeTextsAndWindowWithAReason) {
  PrepareOpen();
  const auto before = GetRound();
  v1::Round edit;
  edit.set_display_name("Mended");
  EXPECT_STATUS(UpdateRound(edit, " "), absl::StatusCode::kInvalidArgument,
                "REASON_REQUIRED");
  const auto after = UpdateRound(edit);
  ASSERT_OK(after);
  EXPECT_EQ(after->display_name(), "Mended");
  EXPECT_EQ(after->purpose(), "purpose");
  EXPECT_EQ(after->reason(), "a slip");
  EXPECT_EQ(after->state(), v1::Round::STATE_OPEN);
  EXPECT_EQ(after->revision(), before->revision() + 1);
  EXPECT_EQ(UpdateRound(edit)->revision(), after->revision());

  edit.set_etag(before->etag());
  edit.set_display_name("Twice");
  EXPECT_STATUS(UpdateRound(edit), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  v1::Round wrong;
  SetDay(7, 12, *wrong.mutable_window_start());
  EXPECT_THAT(Violations(UpdateRound(wrong).status()),
              ElementsAre("round.window_end: WINDOW_ORDER"));
  EXPECT_THAT(Violations(UpdateRound({}, "why", "synthetic").status()),
              ElementsAre("update_mask: PATH_UNKNOWN"));
  EXPECT_THAT(Violations(UpdateRound({}, "why", "display_name").status()),
              ElementsAre("round.display_name: REQUIRED"));
  EXPECT_THAT(
      Violations(UpdateRound(wrong, std::string(2001, 'x')).status()),
      ElementsAre("reason: TEXT_TOO_LONG", "round.window_end: WINDOW_ORDER"));
}

TEST_F(Rounds, OnTimeIsInsideTheWindowFirstAndLastDayIncluded) {
  PrepareOpen();
  const std::vector<std::pair<int, int>> days = {
      {6, 15}, {6, 16}, {7, 11}, {7, 12}};
  const std::vector<std::string> who = {
      "131016-municipality", "131024-municipality", "131032-municipality",
      "131041-municipality"};
  for (std::size_t i = 0; i < days.size(); ++i) {
    v1::Submission sent = Complete();
    SetDay(days[i].first, days[i].second,
           *sent.mutable_header()->mutable_received_on());
    ASSERT_OK(Create(sent, who[i]));
    const auto submitted = Submit(who[i]);
    ASSERT_OK(submitted);
    EXPECT_EQ(submitted->late(), i == 3) << who[i];
  }
  const auto on_time = [&] {
    v1::GetRoundProgressRequest request;
    request.set_name(kRound);
    int received = 0;
    int in_window = 0;
    const auto progress = Call(&Stub::GetRoundProgress, request);
    for (const auto& group : progress->groups()) {
      received += group.received();
      in_window += group.on_time();
    }
    EXPECT_EQ(received, 4);
    return in_window;
  };
  EXPECT_EQ(on_time(), 2);
  // Moving the window moves who was late, and who was not.
  v1::Round edit;
  SetDay(6, 15, *edit.mutable_window_start());
  SetDay(7, 10, *edit.mutable_window_end());
  ASSERT_OK(UpdateRound(edit));
  EXPECT_EQ(on_time(), 2);
  v1::GetSubmissionRequest get;
  get.set_name(NameOf(who[2]));
  EXPECT_TRUE(Call(&Stub::GetSubmission, get)->late());
}

TEST_F(Rounds, AreReadAsTheyWereAtARevision) {
  PrepareOpen();
  v1::GetRoundRequest get;
  get.set_name(kRound);
  const auto opened = Call(&Stub::GetRound, get);
  ASSERT_OK(opened);
  ASSERT_OK(Create(Complete()));
  ASSERT_OK(Submit());
  const auto received = [&](std::int64_t revision) {
    v1::GetRoundProgressRequest request;
    request.set_name(kRound);
    request.set_data_version(revision);
    const auto progress = Call(&Stub::GetRoundProgress, request);
    if (!progress.ok()) return -1;
    EXPECT_TRUE(revision == 0 || progress->revision() == revision);
    return progress->received();
  };
  EXPECT_EQ(received(0), 1);
  EXPECT_EQ(received(opened->revision()), 0);
  EXPECT_EQ(received(opened->revision() + 1), 0);  // a draft
  EXPECT_EQ(received(opened->revision() + 2), 1);
  v1::Round edit;
  edit.set_display_name("Another name");
  ASSERT_OK(UpdateRound(edit));
  get.set_data_version(opened->revision());
  const auto then = Call(&Stub::GetRound, get);
  ASSERT_OK(then);
  EXPECT_EQ(then->revision(), opened->revision());
  EXPECT_EQ(then->display_name(), opened->display_name());
  get.set_data_version(opened->revision() + 100);
  EXPECT_STATUS(Call(&Stub::GetRound, get), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  get.set_data_version(-1);
  EXPECT_STATUS(Call(&Stub::GetRound, get), absl::StatusCode::kInvalidArgument,
                "VERSION_NEGATIVE");
  get.set_data_version(1);
  get.set_data_incarnation("another");
  EXPECT_STATUS(Call(&Stub::GetRound, get),
                absl::StatusCode::kFailedPrecondition, "STORE_RESTORED");
  v1::GetRoundProgressRequest planned;
  planned.set_name(kRound);
  planned.set_data_version(1);
  EXPECT_STATUS(Call(&Stub::GetRoundProgress, planned),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST_F(Rounds, ShowLabelsOfChoicesAndSectionsWithTheYear) {
  PrepareOpen();
  v1::StreamRoundColumnsRequest request;
  request.set_name(kRound);
  grpc::ClientContext context;
  auto reader = stub_->StreamRoundColumns(&context, request);
  v1::StreamRoundColumnsResponse part;
  ASSERT_TRUE(reader->Read(&part));
  const v1::Item& item = part.header().codebook().items(0);
  EXPECT_EQ(item.section(), "令和7G");
  EXPECT_EQ(item.options(0).label(), "令和7Y");
  EXPECT_EQ(item.options(1).label(), "N");
  while (reader->Read(&part)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(Rounds, OpenAgainAfterTheirEndWithAReason) {
  PrepareOpen();
  const auto open = GetRound();
  EXPECT_EQ(ReopenRound("why")->revision(), open->revision());
  ASSERT_OK(CloseRound());
  EXPECT_STATUS(ReopenRound(""), absl::StatusCode::kInvalidArgument,
                "REASON_REQUIRED");
  const auto reopened = ReopenRound("One was ill.");
  ASSERT_OK(reopened);
  EXPECT_EQ(reopened->state(), v1::Round::STATE_OPEN);
  EXPECT_EQ(reopened->reason(), "One was ill.");
  EXPECT_EQ(reopened->registry_version(), open->registry_version());
  EXPECT_OK(Create(Complete()));
  EXPECT_EQ(CloseRound()->reason(), "");
}

TEST_F(Rounds, APlannedRoundIsNotOpenedAgain) {
  PublishCodebook();
  ASSERT_OK(CreateRound());
  EXPECT_STATUS(ReopenRound("why"), absl::StatusCode::kFailedPrecondition,
                "ROUND_STATE");
}

TEST_F(Rounds, AreDeletedWhileNobodyHasAnswered) {
  PrepareOpen();
  const auto before = GetRound();
  EXPECT_STATUS(DeleteRound("\"0\""), absl::StatusCode::kAborted,
                "ETAG_MISMATCH");
  ASSERT_OK(DeleteRound(before->etag(), "one"));
  EXPECT_STATUS(GetRound(), absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  v1::ListRoundsRequest list;
  list.set_parent("surveys/small");
  EXPECT_THAT(Call(&Stub::ListRounds, list)->rounds(), IsEmpty());
  // A repeat is answered as the first call, another call is told.
  EXPECT_OK(DeleteRound(before->etag(), "one"));
  EXPECT_STATUS(DeleteRound(), absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  // Who followed it learns of it.
  EXPECT_THAT(Changes(2), ElementsAre("3 deleted surveys/small/rounds/2025"));

  // The year may begin anew; revisions go on.
  const auto again = CreateRound();
  ASSERT_OK(again);
  EXPECT_EQ(again->revision(), 4);
  EXPECT_EQ(again->state(), v1::Round::STATE_PLANNED);
  EXPECT_EQ(again->registry_version(), 0);
  EXPECT_THAT(Changes(2), ElementsAre("3 deleted surveys/small/rounds/2025",
                                      "4 STATE_PLANNED"));
  ASSERT_OK(OpenRound());
  ASSERT_OK(Create(Complete()));
  EXPECT_STATUS(DeleteRound(), absl::StatusCode::kFailedPrecondition,
                "ROUND_HAS_SUBMISSIONS");
}

}  // namespace
}  // namespace welfare::survey
