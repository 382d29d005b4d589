// Snapshots: pinned, of one store, of peers that answer.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/base/error.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using support::StatusIs;
using ::testing::HasSubstr;

class PeerSnapshotSourceTest : public testing::ReportModuleTest {};

TEST_F(PeerSnapshotSourceTest, TakesAPlannedPreviousRoundForNone) {
  world_.has_previous = false;
  const auto without = Create(Request());
  ASSERT_OK(without);
  world_.has_previous = true;
  world_.previous_planned = true;
  const auto planned = Create(Request());
  ASSERT_OK(planned);
  EXPECT_EQ(planned->snapshot(), without->snapshot());
}

TEST_F(PeerSnapshotSourceTest, RefusesARoundThatWasNeverOpened) {
  world_.planned = true;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "ROUND_STATE");
}

TEST_F(PeerSnapshotSourceTest, PinsLastYearsRoundThroughTheWholeSnapshot) {
  // Last year's round moves on while the snapshot is taken.
  world_.previous_moves = true;
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_GT(world_.previous_revision, 60);
  const std::string html = Download(report->name(), "html").bytes;
  EXPECT_THAT(html, HasSubstr(">revision 60</td>"));
}

TEST_F(PeerSnapshotSourceTest, LeavesOutALastYearsRoundThatOpensMeanwhile) {
  world_.has_previous = false;
  const auto without = Create(Request());
  ASSERT_OK(without);
  world_.has_previous = true;
  world_.previous_planned = true;
  indicator_.OpenPreviousBeforeStatements();
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_FALSE(world_.previous_planned);
  EXPECT_EQ(report->previous_data_version(), 0);
  EXPECT_EQ(report->snapshot(), without->snapshot());
}

TEST_F(PeerSnapshotSourceTest, SeesStatementsThatCompareWithAnotherRevision) {
  world_.previous_planned = true;
  indicator_.OpenPreviousBeforeStatements();
  indicator_.TakeNoneForCurrent();
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kAborted, "ROUND_MOVED");
}

// A report that had no round to compare with, made again when there is one.
TEST_F(PeerSnapshotSourceTest, TakesNoneOfLastYearWhereNoneIsAskedFor) {
  world_.has_previous = false;
  const auto then = Create(Request());
  ASSERT_OK(then);
  ASSERT_TRUE(then->has_previous_data_version());
  EXPECT_EQ(then->previous_data_version(), 0);
  world_.has_previous = true;
  const auto now = Create(Request());
  ASSERT_OK(now);
  EXPECT_NE(now->snapshot(), then->snapshot());
  v1::CreateReportRequest request = Request("5c36e6dd-3bb7-4c6d-9c26-c1f3f4b6a6a4");
  request.mutable_report()->set_previous_data_version(
      then->previous_data_version());
  const auto again = Create(request);
  ASSERT_OK(again);
  EXPECT_EQ(again->snapshot(), then->snapshot());
  ASSERT_EQ(again->files_size(), then->files_size());
  for (int i = 0; i < again->files_size(); ++i) {
    EXPECT_EQ(again->files(i).digest(), then->files(i).digest());
  }
  // What is left out is another request.
  request.mutable_report()->clear_previous_data_version();
  EXPECT_STATUS(Create(request), absl::StatusCode::kInvalidArgument,
                "REQUEST_ID_REUSED");
}

TEST_F(PeerSnapshotSourceTest, SaysWhichPeerDidNotAnswer) {
  const grpc::Status away(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy");
  world_.registry = away;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kUnavailable,
                "REGISTRY_UNAVAILABLE");
  world_.indicator = away;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kUnavailable,
                "INDICATOR_UNAVAILABLE");
  world_.survey = away;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kUnavailable,
                "SURVEY_UNAVAILABLE");
  world_.survey = {grpc::StatusCode::FAILED_PRECONDITION, "secret"};
  // INTERNAL tells the caller nothing of the peer's words.
  const absl::Status status = Create(Request()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(base::MessageOf(status).find("secret"), std::string_view::npos);
}

TEST_F(PeerSnapshotSourceTest, NeverMixesTwoRevisions) {
  world_.tells_other_progress = true;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kAborted, "ROUND_MOVED");
  world_.tells_other_progress = false;
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_data_version(200);
  EXPECT_STATUS(Create(request), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
}

TEST_F(PeerSnapshotSourceTest, TakesARevisionOfBeforeAsItWasThen) {
  const auto then = Create(Request());
  ASSERT_OK(then);
  EXPECT_EQ(then->previous_data_version(), 60);
  {
    const std::lock_guard lock(world_.mutex);
    world_.progress_at[world_.revision] = world_.snapshot.progress;
    world_.progress_at[60] = world_.snapshot.progress;
    world_.revision = 200;
    world_.previous_revision = 61;
    ++world_.snapshot.progress.front().expected;
  }
  const auto now = Create(Request());
  ASSERT_OK(now);
  EXPECT_NE(now->snapshot(), then->snapshot());
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_data_version(124);
  request.mutable_report()->set_previous_data_version(60);
  const auto again = Create(request);
  ASSERT_OK(again);
  EXPECT_EQ(again->data_version(), 124);
  EXPECT_EQ(again->previous_data_version(), 60);
  EXPECT_EQ(again->snapshot(), then->snapshot());
  request.mutable_report()->set_previous_data_version(62);
  EXPECT_STATUS(Create(request), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  request.mutable_report()->set_previous_data_version(-1);
  EXPECT_STATUS(Create(request), absl::StatusCode::kInvalidArgument,
                "REPORT_INVALID");
}

// Which stores a report came from stands beside it and never in it.
TEST_F(PeerSnapshotSourceTest, SaysWhichStoresItCameFrom) {
  const auto before = Create(Request());
  ASSERT_OK(before);
  world_.survey_store = "survey-b";
  world_.registry_store = "registry-b";
  world_.pinned_registry = "registry-b";
  const auto after = Create(Request());
  ASSERT_OK(after);
  EXPECT_EQ(before->versions().round_incarnation(), "survey-a");
  EXPECT_EQ(before->versions().registry_incarnation(), "registry-a");
  EXPECT_EQ(after->versions().round_incarnation(), "survey-b");
  EXPECT_EQ(after->versions().registry_incarnation(), "registry-b");
  EXPECT_EQ(after->data_incarnation(), "survey-b");
  EXPECT_EQ(after->snapshot(), before->snapshot());
  EXPECT_EQ(Download(after->name(), "html").bytes,
            Download(before->name(), "html").bytes);
  const auto stored = Get(after->name());
  ASSERT_OK(stored);
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(*stored, *after));
}

// A survey that becomes another store between two reads of a snapshot.
TEST_F(PeerSnapshotSourceTest, NeverMixesTwoStores) {
  world_.restores = 1;
  const auto report = Create(Request());
  ASSERT_OK(report);
  EXPECT_EQ(report->versions().round_incarnation(), "survey-a+");
  world_.restores = 1000;
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "STORE_RESTORED");
}

TEST_F(PeerSnapshotSourceTest, RefusesAPinOfAnotherStore) {
  v1::CreateReportRequest request = Request();
  request.mutable_report()->set_data_incarnation("survey-b");
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, "STORE_RESTORED");
  EXPECT_THAT(Create(request), refused);
  request.mutable_report()->set_data_version(200);
  EXPECT_THAT(Create(request), refused);
  request = Request();
  request.mutable_report()->set_data_incarnation("survey-a");
  EXPECT_OK(Create(request));
}

// The round was opened with another registry than the one that answers now.
TEST_F(PeerSnapshotSourceTest, RefusesAnotherRegistry) {
  world_.registry_store = "registry-b";
  EXPECT_STATUS(Create(Request()), absl::StatusCode::kFailedPrecondition,
                "STORE_RESTORED");
}

TEST_F(PeerSnapshotSourceTest, RefusesValuesThatCannotBe) {
  world_.snapshot.values.at("plan").cells[0].count = 5;  // of 4
  EXPECT_EQ(Create(Request()).status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace welfare::report
