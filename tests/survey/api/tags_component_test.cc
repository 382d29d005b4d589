// What answers are known by, so that who has one is not sent it again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/answer_tags.h"
#include "tests/support/audit_contract.h"
#include "tests/survey/api/small_survey.h"

namespace welfare::survey {
namespace {

using support::AskForTag;
using support::Told;

class SurveyTags : public SmallSurvey {
 protected:
  template <typename Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
  template <typename Request>
  static Request Under(const std::string& parent) {
    Request request;
    request.set_parent(parent);
    return request;
  }

  // A new revision of the round, which is all its answers depend on.
  void ChangeRound() {
    v1::UpdateRoundRequest edit;
    edit.mutable_round()->set_name(kRound);
    edit.mutable_round()->set_display_name("Other " +
                                           std::to_string(++changes_));
    edit.set_reason("a slip");
    ASSERT_OK(Call(&Stub::UpdateRound, edit));
  }

  void StoreContact(const std::string& contact) {
    v1::ImportSubmissionsRequest request;
    request.mutable_headers()->set_csv(
        "survey,fiscal_year,municipality_code,respondent_kind,department,"
        "contact,received_on\nsmall,2025,131016,municipality,Office," +
        contact + ",\n");
    const auto imported = Call(&Stub::BatchImportSubmissions, request);
    ASSERT_OK(imported);
    ASSERT_EQ(imported->rejects_size(), 0) << imported->ShortDebugString();
  }

  template <typename Method, typename Request>
  void ExpectOfTheRound(Method method, const Request& request) {
    support::ExpectKnownByState(*stub_, method, request,
                                [this] { ChangeRound(); });
  }

  int changes_ = 0;
};

TEST_F(SurveyTags, ReadsOfARoundAreKnownByItsRevision) {
  PrepareOpen();
  ASSERT_OK(Create(Complete()));
  ExpectOfTheRound(&Stub::GetRound, Named<v1::GetRoundRequest>(kRound));
  ExpectOfTheRound(&Stub::ListRounds,
                   Under<v1::ListRoundsRequest>("surveys/small"));
  ExpectOfTheRound(&Stub::GetRoundProgress,
                   Named<v1::GetRoundProgressRequest>(kRound));
  ExpectOfTheRound(&Stub::GetSubmission,
                   Named<v1::GetSubmissionRequest>(NameOf()));
  ExpectOfTheRound(&Stub::ListSubmissions,
                   Under<v1::ListSubmissionsRequest>(kRound));
  ExpectOfTheRound(&Stub::ListSubmissionRevisions,
                   Named<v1::ListSubmissionRevisionsRequest>(NameOf()));
}

TEST_F(SurveyTags, AnAnswerChangesWithWhatTheRoundHolds) {
  PrepareOpen();
  ASSERT_OK(Create(Complete()));
  const auto progress = Named<v1::GetRoundProgressRequest>(kRound);
  const Told before = AskForTag(*stub_, &Stub::GetRoundProgress, progress, "-");
  EXPECT_TRUE(
      AskForTag(*stub_, &Stub::GetRoundProgress, progress, before.tag).held);
  ASSERT_OK(Submit());
  const Told after =
      AskForTag(*stub_, &Stub::GetRoundProgress, progress, before.tag);
  EXPECT_FALSE(after.held);
  EXPECT_NE(after.bytes, before.bytes);
}

TEST_F(SurveyTags, ACodebookIsKnownByWhatIsStored) {
  ASSERT_OK(Call(&Stub::ImportCodebook, SmallCodebook()));
  const auto get = Named<v1::GetCodebookRequest>("surveys/small/codebooks/1");
  support::ExpectKnownByState(*stub_, &Stub::GetCodebook, get, [this] {
    v1::ImportCodebookRequest other = SmallCodebook();
    other.set_choices_csv("list_name,name,label\nyn,yes,Y\nyn,no,Nein\n");
    ASSERT_OK(Call(&Stub::ImportCodebook, other));
  });
  support::ExpectKnownByState(*stub_, &Stub::GetCodebook, get, [this] {
    ASSERT_OK(Publish("surveys/small/codebooks/1"));
  });
}

TEST_F(SurveyTags, APinnedListIsKnownForEver) {
  PrepareOpen();
  const auto made = Create(Complete());
  ASSERT_OK(made);
  auto pinned = Under<v1::ListSubmissionsRequest>(kRound);
  pinned.set_data_version(made->round_revision());
  const Told first = AskForTag(*stub_, &Stub::ListSubmissions, pinned, "-");
  ChangeRound();
  ASSERT_OK(Submit());
  EXPECT_TRUE(
      AskForTag(*stub_, &Stub::ListSubmissions, pinned, first.tag).held);
}

// What shows a contact shows that of now, also of an earlier revision.
TEST_F(SurveyTags, AnotherContactIsAnotherAnswer) {
  PrepareOpen();
  const auto made = Create(Complete());
  ASSERT_OK(made);
  StoreContact("One");
  auto get = Named<v1::GetSubmissionRequest>(NameOf());
  auto list = Under<v1::ListSubmissionsRequest>(kRound);
  list.set_full(true);
  for (const std::int64_t revision :
       {std::int64_t{0}, made->round_revision()}) {
    get.set_data_version(revision);
    list.set_data_version(revision);
    StoreContact("One");
    const Told one = AskForTag(*stub_, &Stub::GetSubmission, get, "-");
    const Told all = AskForTag(*stub_, &Stub::ListSubmissions, list, "-");
    EXPECT_TRUE(AskForTag(*stub_, &Stub::GetSubmission, get, one.tag).held);
    EXPECT_TRUE(AskForTag(*stub_, &Stub::ListSubmissions, list, all.tag).held);
    StoreContact("Two");
    const Told two = AskForTag(*stub_, &Stub::GetSubmission, get, one.tag);
    EXPECT_FALSE(two.held);
    EXPECT_NE(two.bytes, one.bytes);
    const Told others =
        AskForTag(*stub_, &Stub::ListSubmissions, list, all.tag);
    EXPECT_FALSE(others.held);
    EXPECT_NE(others.bytes, all.bytes);
  }
}

TEST_F(SurveyTags, AListIsOfWhoSeesIt) {
  PrepareOpen();
  ASSERT_OK(Create(Complete()));
  const auto list = Under<v1::ListSubmissionsRequest>(kRound);
  const Told all = AskForTag(*stub_, &Stub::ListSubmissions, list, "-");
  const std::vector<std::string> grants = {"respondent@small"};
  who_ = access::Identity::Make({.subject = "office",
                                 .grants = grants,
                                 .municipality_code = "131024",
                                 .respondent_kind = "municipality"})
             .value();
  const Told own = AskForTag(*stub_, &Stub::ListSubmissions, list, all.tag);
  ASSERT_OK(own.status);
  EXPECT_FALSE(own.held);
  EXPECT_NE(own.tag, all.tag);
}

TEST_F(SurveyTags, WhatFailsIsHeldByNobody) {
  PrepareOpen();
  ASSERT_OK(Create(Complete()));
  const Told good = AskForTag(*stub_, &Stub::GetSubmission,
                              Named<v1::GetSubmissionRequest>(NameOf()), "-");
  who_ = access::Identity::Make(
             {.subject = "office",
              .grants = std::vector<std::string>{"respondent@small"},
              .municipality_code = "131024",
              .respondent_kind = "municipality"})
             .value();
  const Told told =
      AskForTag(*stub_, &Stub::GetSubmission,
                Named<v1::GetSubmissionRequest>(NameOf()), good.tag);
  EXPECT_STATUS(told.status, absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
  EXPECT_FALSE(told.held);
  EXPECT_EQ(told.tag, "");
}

// That nothing has changed says what the answer holds, to who has it.
TEST_F(SurveyTags, AReadOfWhatTheCallerHasIsWrittenDownAsARead) {
  PrepareOpen();
  ASSERT_OK(Create(Complete()));
  const auto reads = [this] {
    int found = 0;
    for (const base::AuditRecord& record :
         support::AuditStub<Stub>(*stub_).ReadAll()) {
      found += record.entry.action == "GetSubmission" ? 1 : 0;
    }
    return found;
  };
  const auto get = Named<v1::GetSubmissionRequest>(NameOf());
  const Told first = AskForTag(*stub_, &Stub::GetSubmission, get, "-");
  EXPECT_EQ(reads(), 1);
  EXPECT_TRUE(AskForTag(*stub_, &Stub::GetSubmission, get, first.tag).held);
  EXPECT_EQ(reads(), 2);
}

TEST_F(SurveyTags, ATagIsOfOneStore) {
  PrepareOpen();
  const auto get = Named<v1::GetRoundRequest>(kRound);
  const Told first = AskForTag(*stub_, &Stub::GetRound, get, "-");
  Start();
  PrepareOpen();
  const Told again = AskForTag(*stub_, &Stub::GetRound, get, first.tag);
  ASSERT_OK(again.status);
  EXPECT_FALSE(again.held);
  EXPECT_NE(again.tag, first.tag);
}

}  // namespace
}  // namespace welfare::survey
