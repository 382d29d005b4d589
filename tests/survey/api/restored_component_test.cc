// A survey and a copy of its database that goes on by itself: equal revisions
// of the two are not the same state, and pins that say whose they mean are told
// so.
#include <filesystem>
#include <memory>
#include <string>

#include "tests/support/temp_dir.h"
#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

using support::StatusIs;

class Restored : public SmallSurvey {
 protected:
  // The survey that answers from now on has its database in `file`.
  void StartOn(const std::string& file) {
    Start({"--database-url", "sqlite:" + file});
  }

  static v1::Submission Saying(const std::string& words) {
    v1::Submission submission = Complete();
    submission.mutable_answers(1)->set_text(words);
    return submission;
  }

  absl::StatusOr<v1::Submission> Get(std::int64_t revision,
                                     const std::string& store) {
    v1::GetSubmissionRequest request;
    request.set_name(NameOf());
    request.set_data_version(revision);
    request.set_data_incarnation(store);
    return Call(&Stub::GetSubmission, request);
  }

  absl::Status List(std::int64_t revision, const std::string& store) {
    v1::ListSubmissionsRequest request;
    request.set_parent(kRound);
    request.set_data_version(revision);
    request.set_data_incarnation(store);
    return Call(&Stub::ListSubmissions, request).status();
  }

  absl::Status Columns(std::int64_t revision, const std::string& store) {
    v1::StreamRoundColumnsRequest request;
    request.set_name(kRound);
    request.set_revision(revision);
    request.set_data_incarnation(store);
    grpc::ClientContext context;
    const auto reader = stub_->StreamRoundColumns(&context, request);
    v1::StreamRoundColumnsResponse part;
    while (reader->Read(&part)) {
    }
    return platform::FromGrpcStatus(reader->Finish());
  }

  absl::Status Changes(std::int64_t after, const std::string& store) {
    v1::StreamRoundChangesRequest request;
    request.set_name(kRound);
    request.set_after_revision(after);
    request.set_data_incarnation(store);
    grpc::ClientContext context;
    const auto reader = stub_->StreamRoundChanges(&context, request);
    v1::StreamRoundChangesResponse part;
    while (reader->Read(&part)) {
    }
    return platform::FromGrpcStatus(reader->Finish());
  }

  support::TempDir folder_;
};

TEST_F(Restored, ACopyAnswersPinsOfTheOriginalOnlyWhereItIsOne) {
  const std::string original = folder_.File("original.db");
  const std::string copy = folder_.File("copy.db");
  StartOn(original);
  PrepareOpen();
  ASSERT_OK(Create(Saying("before")));
  const auto before = GetRound();
  ASSERT_OK(before);
  runner_.reset();  // its last connection takes the log into the file
  std::filesystem::copy_file(original, copy);

  StartOn(original);
  ASSERT_OK(Update(Saying("of the original")));
  const auto there = GetRound();
  ASSERT_OK(there);
  EXPECT_EQ(there->incarnation(), before->incarnation());
  const auto submission = SmallSurvey::Get();
  ASSERT_OK(submission);

  StartOn(copy);
  ASSERT_OK(Update(Saying("of the copy")));
  const auto here = GetRound();
  ASSERT_OK(here);
  ASSERT_EQ(here->revision(), there->revision());
  EXPECT_NE(here->incarnation(), there->incarnation());
  EXPECT_NE(here->etag(), there->etag());
  EXPECT_NE(SmallSurvey::Get()->etag(), submission->etag());

  const std::int64_t revision = here->revision();
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, "STORE_RESTORED");
  EXPECT_THAT(Get(revision, there->incarnation()), refused);
  EXPECT_THAT(Get(0, there->incarnation()), refused);
  EXPECT_THAT(List(revision, there->incarnation()), refused);
  EXPECT_THAT(Columns(revision, there->incarnation()), refused);
  EXPECT_THAT(Changes(revision, there->incarnation()), refused);
  // What was copied is the same; what is its own is, too.
  for (const auto* round : {&*before, &*here}) {
    const std::string& store = round->incarnation();
    EXPECT_OK(Get(round->revision(), store));
    EXPECT_OK(List(round->revision(), store));
    EXPECT_OK(Columns(round->revision(), store));
    EXPECT_OK(Changes(round->revision(), store));
  }
  // Plain numbers go on as ever.
  EXPECT_OK(Get(revision, ""));
  // Nobody's editor overwrites what he has not seen.
  v1::Submission edited = Saying("edited");
  edited.set_etag(submission->etag());
  EXPECT_STATUS(Update(edited), absl::StatusCode::kAborted, "ETAG_MISMATCH");
}

TEST_F(Restored, ARoundRemembersWithWhichRegistryItWasOpened) {
  PublishCodebook();
  ASSERT_OK(CreateRound());
  EXPECT_EQ(GetRound()->registry_incarnation(), "");
  ASSERT_OK(OpenRound());
  EXPECT_EQ(GetRound()->registry_incarnation(), "registry-a");
  ASSERT_OK(CloseRound());
  EXPECT_EQ(GetRound()->registry_incarnation(), "registry-a");
}

// The rosters of one opening are of one registry.
TEST_F(Restored, OpeningNeverMixesTwoRegistries) {
  PublishCodebook();
  ASSERT_OK(CreateRound());
  registry_.RestoreAfter(1);
  // The first attempt is refused, and the client tries again.
  ASSERT_OK(OpenRound());
  EXPECT_EQ(GetRound()->registry_incarnation(), "registry-b");
}

}  // namespace
}  // namespace welfare::survey
