// Those who wait for changes and versions, alone and in crowds.
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "services/platform/engine/open_database.h"
#include "tests/support/crowd.h"
#include "tests/support/wait_for.h"
#include "tests/survey/api/jusou_survey.h"

namespace welfare::survey {
namespace {

using support::StatusIs;
using ::testing::Each;
using ::testing::SizeIs;

using Streams = JusouSurvey;

TEST_F(Streams, StreamsEveryChangeOnce) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  v1::StreamRoundChangesRequest request;
  request.set_name(kRound);
  grpc::ClientContext context;
  auto reader = stub_->StreamRoundChanges(&context, request);
  v1::StreamRoundChangesResponse response;
  std::vector<std::int64_t> revisions;
  while (reader->Read(&response)) {
    for (const auto& change : response.changes()) {
      revisions.push_back(change.round_revision());
      // Personal data stays out of feeds.
      EXPECT_EQ(change.submission().header().contact(), "");
    }
  }
  EXPECT_TRUE(reader->Finish().ok());
  ASSERT_THAT(revisions, SizeIs(126));
  EXPECT_EQ(revisions.front(), 1);
  EXPECT_EQ(revisions.back(), 126);
}

TEST_F(Streams, FollowersSeeChangesAsTheyCome) {
  PrepareOpen();
  v1::StreamRoundChangesRequest request;
  request.set_name(kRound);
  request.set_after_revision(2);
  request.set_follow(true);
  grpc::ClientContext changes_context;
  auto changes = stub_->StreamRoundChanges(&changes_context, request);
  grpc::ClientContext versions_context;
  auto versions = stub_->WatchVersions(&versions_context, {});
  v1::StreamRoundChangesResponse change;
  ASSERT_TRUE(changes->Read(&change));  // nothing yet
  EXPECT_EQ(change.round_revision(), 2);
  type::v1::WatchVersionsResponse version;
  ASSERT_TRUE(versions->Read(&version));
  ASSERT_EQ(version.entries_size(), 1);
  EXPECT_EQ(version.entries(0).resource(), kRound);
  EXPECT_EQ(version.entries(0).version(), 2);
  ASSERT_OK(Create("131024-municipality", {}));
  ASSERT_TRUE(changes->Read(&change));
  EXPECT_EQ(change.round_revision(), 3);
  EXPECT_EQ(change.changes(0).submission().state(),
            v1::Submission::STATE_DRAFT);
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries(0).version(), 3);
  changes_context.TryCancel();
  versions_context.TryCancel();
}

TEST_F(Streams, ACrowdOfWatchersDisturbsNoBystander) {
  PrepareOpen();
  support::Crowd crowd;
  constexpr int kMany = 500;
  for (int i = 0; i < kMany; ++i) crowd.Watch(*stub_);
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == kMany; }));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<
      std::unique_ptr<grpc::ClientReader<v1::StreamRoundChangesResponse>>>
      followers;
  v1::StreamRoundChangesRequest follow;
  follow.set_name(kRound);
  follow.set_follow(true);
  for (int i = 0; i < 100; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    followers.push_back(
        stub_->StreamRoundChanges(contexts.back().get(), follow));
    v1::StreamRoundChangesResponse message;
    ASSERT_TRUE(followers.back()->Read(&message));
  }
  EXPECT_OK(ReadColumns());
  EXPECT_OK(Create("131024-municipality", {}));
  for (const auto& follower : followers) {
    v1::StreamRoundChangesResponse message;
    ASSERT_TRUE(follower->Read(&message));
    EXPECT_EQ(message.round_revision(), 3);
  }
  runner_->module().Drain();
  crowd.WaitUntilAllEnded();
  EXPECT_THAT(crowd.ended(),
              Each(StatusIs(absl::StatusCode::kUnavailable, "SHUTTING_DOWN")));
  for (const auto& follower : followers) {
    v1::StreamRoundChangesResponse message;
    EXPECT_FALSE(follower->Read(&message));
    EXPECT_STATUS(platform::FromGrpcStatus(follower->Finish()),
                  absl::StatusCode::kUnavailable, "SHUTTING_DOWN");
  }
}

TEST_F(Streams, ACrowdThatReadsNothingDisturbsNoReader) {
  PrepareOpen();
  ASSERT_OK(Import(DemoBatch()));
  const auto narrow =
      v1::SurveyService::NewStub(support::NarrowChannel(runner_->address()));
  using Async = v1::SurveyService::StubInterface::async_interface;
  support::Crowd crowd;
  constexpr int kMany = 500;
  v1::StreamRoundColumnsRequest columns;
  columns.set_name(kRound);
  v1::StreamRoundChangesRequest changes;
  changes.set_name(kRound);
  for (int i = 0; i < kMany; ++i) {
    if (i % 2 == 0) {
      crowd.Ignore(*narrow, &Async::StreamRoundColumns, columns);
    } else {
      changes.set_follow(i % 4 == 1);
      crowd.Ignore(*narrow, &Async::StreamRoundChanges, changes);
    }
  }
  ASSERT_TRUE(support::WaitFor([&] { return crowd.told() == kMany; }));
  const auto read = ReadColumns();
  ASSERT_OK(read);
  EXPECT_EQ(read->header.columns(), static_cast<int>(read->columns.size()));
  grpc::ClientContext context;
  changes.set_follow(false);
  auto reader = stub_->StreamRoundChanges(&context, changes);
  v1::StreamRoundChangesResponse response;
  int count = 0;
  while (reader->Read(&response)) count += response.changes_size();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(count, 126);
  EXPECT_THAT(crowd.ended(), ::testing::IsEmpty());
}

// A revision whose announcement was lost: only the database knows it.
TEST_F(Streams, ARevisionThatNobodyAnnouncedIsToldAllTheSame) {
  PrepareOpen();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  auto versions = stub_->WatchVersions(&context, {});
  type::v1::WatchVersionsResponse version;
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries(0).version(), 2);
  EXPECT_THAT(version.entries(0).incarnation(), SizeIs(32));
  EXPECT_EQ(version.entries(0).incarnation(), GetRound()->incarnation());
  auto database =
      platform::OpenDatabase("sqlite:" + runner_->folder().File("module.db"));
  ASSERT_OK(database);
  ASSERT_OK((*database)->Write([](platform::Transaction& transaction) {
    return transaction
        .Execute({"raise", "UPDATE rounds SET revision = revision + 1"}, {})
        .status();
  }));
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries(0).version(), 3);
}

}  // namespace
}  // namespace welfare::survey
