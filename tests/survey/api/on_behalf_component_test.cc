// Who writes a submission says why where it is not his own, and how its answers
// came is the service's to say. Through the real module, by identities.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/api/pets_survey.h"

namespace welfare::survey {
namespace {

using support::Granted;
using support::RespondentOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kCity[] = "131016-municipality";

std::string NameOf(const std::string& who = kCity,
                   const std::string& round = kRound) {
  return round + "/submissions/" + who;
}

v1::Answer Number(const std::string& item, std::int64_t number,
                  v1::Answer::Provenance sent) {
  v1::Answer answer;
  answer.set_item(item);
  answer.set_integer(number);
  answer.set_provenance(sent);
  return answer;
}

v1::CreateSubmissionRequest Creation(const std::string& reason = "",
                                     const std::string& who = kCity,
                                     const std::string& round = kRound) {
  v1::CreateSubmissionRequest request;
  request.set_parent(round);
  request.set_submission_id(who);
  *request.mutable_submission()->add_answers() =
      Number("cats", 5, v1::Answer::PROVENANCE_UNSPECIFIED);
  request.set_reason(reason);
  return request;
}

v1::UpdateSubmissionRequest Change(const v1::Submission& submission,
                                   const std::string& reason = "") {
  v1::UpdateSubmissionRequest request;
  *request.mutable_submission() = submission;
  request.set_reason(reason);
  return request;
}

using Provenances = std::map<std::string, std::string>;

// `cats: ENTERED` of each answer.
Provenances ProvenancesOf(const v1::Submission& submission) {
  Provenances found;
  for (const v1::Answer& answer : submission.answers()) {
    found[answer.item()] =
        v1::Answer::Provenance_Name(answer.provenance()).substr(11);
  }
  return found;
}

// Four answers of 131016 came by a file and were given back.
class OnBehalf : public PetsSurvey {
 protected:
  void ImportAndReturn() {
    who_ = access::Identity::Local();
    ASSERT_EQ(
        Run(Rows("131016,municipality", "tale", "hope")).counts().created(), 4);
    v1::ReturnSubmissionRequest back;
    back.set_name(NameOf());
    back.set_reason("count again");
    ASSERT_OK(Call(&Stub::ReturnSubmission, back));
  }

  // What the store holds, as anybody who may see all reads it.
  v1::Submission Stored(const std::string& name = NameOf()) {
    const access::Identity before = std::exchange(who_, Granted({"manager@*"}));
    const auto found = GetSubmission(name);
    who_ = before;
    EXPECT_OK(found);
    return found.ok() ? *found : v1::Submission();
  }

  std::int64_t RoundRevision() { return GetRound(kRound)->revision(); }

  // A submission as it is read, with one number changed, sent as `sent`.
  v1::Submission WithCats(std::int64_t number, v1::Answer::Provenance sent) {
    v1::Submission submission = Stored();
    for (v1::Answer& answer : *submission.mutable_answers()) {
      answer.set_provenance(sent);
      if (answer.item() == "cats") answer.set_integer(number);
    }
    return submission;
  }

  // What the log says of the last update of this submission.
  std::string LastAudit() {
    const access::Identity before = std::exchange(who_, Granted({"auditor@*"}));
    type::v1::ListAuditRecordsRequest request;
    request.set_page_size(1000);
    const auto list = Call(&Stub::ListAuditRecords, request);
    who_ = before;
    EXPECT_OK(list);
    std::string detail;
    for (const auto& record : list->records()) {
      if (record.resource() == NameOf() &&
          record.action() == "UpdateSubmission") {
        detail = record.detail();
      }
    }
    return detail;
  }
};

TEST_F(OnBehalf, WithoutAReasonNothingIsWritten) {
  for (const char* grant : {"reviewer@pets", "manager@*"}) {
    who_ = Granted({grant});
    const std::int64_t revision = RoundRevision();
    for (const char* blank : {"", " ", "\u3000"}) {
      for (const bool dry : {true, false}) {
        v1::CreateSubmissionRequest create = Creation(blank);
        create.set_validate_only(dry);
        const auto refused = Call(&Stub::CreateSubmission, create);
        EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument,
                      "REASON_REQUIRED");
        EXPECT_THAT(Violations(refused.status()),
                    ElementsAre("reason: REQUIRED"));
      }
    }
    EXPECT_EQ(RoundRevision(), revision);
    EXPECT_STATUS(GetSubmission(NameOf()), absl::StatusCode::kNotFound,
                  "SUBMISSION_NOT_FOUND");
  }
  ASSERT_NO_FATAL_FAILURE(ImportAndReturn());
  const std::int64_t revision = RoundRevision();
  const std::string before = Stored().SerializeAsString();
  const std::string audited = LastAudit();
  for (const char* grant : {"reviewer@pets", "manager@*"}) {
    who_ = Granted({grant});
    v1::Submission contact;
    contact.set_name(NameOf());
    contact.mutable_header()->set_contact("another");
    for (const v1::Submission& sent :
         {WithCats(7, v1::Answer::PROVENANCE_ENTERED), contact}) {
      v1::UpdateSubmissionRequest update = Change(sent);
      for (const bool dry : {true, false}) {
        update.set_validate_only(dry);
        EXPECT_STATUS(Call(&Stub::UpdateSubmission, update),
                      absl::StatusCode::kInvalidArgument, "REASON_REQUIRED");
      }
    }
  }
  EXPECT_EQ(RoundRevision(), revision);
  EXPECT_EQ(Stored().SerializeAsString(), before);
  EXPECT_EQ(LastAudit(), audited);
}

TEST_F(OnBehalf, AReasonThatIsTooLongIsNamed) {
  who_ = Granted({"reviewer@pets"});
  std::string longest;
  for (int i = 0; i < 2'000; ++i) longest += "理";
  const auto refused = Call(&Stub::CreateSubmission, Creation(longest + "由"));
  EXPECT_STATUS(refused, absl::StatusCode::kInvalidArgument,
                "SUBMISSION_INVALID");
  EXPECT_THAT(Violations(refused.status()),
              ElementsAre("reason: TEXT_TOO_LONG"));
  EXPECT_OK(Call(&Stub::CreateSubmission, Creation(longest)));
}

TEST_F(OnBehalf, ACorrectionSaysWhyAndMarksWhatItChanged) {
  ASSERT_NO_FATAL_FAILURE(ImportAndReturn());
  const int revision = Stored().revision();
  who_ = Granted({"reviewer@pets"});
  const auto corrected =
      Call(&Stub::UpdateSubmission,
           Change(WithCats(7, v1::Answer::PROVENANCE_ENTERED), "電話で確認"));
  ASSERT_OK(corrected);
  for (const v1::Submission& one : {*corrected, Stored()}) {
    EXPECT_EQ(one.revision(), revision + 1);
    EXPECT_EQ(one.reason(), "電話で確認");
    EXPECT_THAT(ProvenancesOf(one),
                UnorderedElementsAre(
                    Pair("cats", "CORRECTED"), Pair("dogs", "IMPORTED"),
                    Pair("story", "IMPORTED"), Pair("wish", "IMPORTED")));
  }
  const std::string audited = LastAudit();
  EXPECT_THAT(audited, HasSubstr("reason_digest"));
  EXPECT_THAT(audited, HasSubstr(base::Sha256Hex("電話で確認")));
  EXPECT_EQ(audited.find("電話で確認"), std::string::npos);

  // Who answers goes on, and is told once more what there is to be mended.
  who_ = RespondentOf("pets", "131016");
  const auto mended =
      Call(&Stub::UpdateSubmission,
           Change(WithCats(8, v1::Answer::PROVENANCE_UNSPECIFIED)));
  ASSERT_OK(mended);
  EXPECT_EQ(mended->reason(), "count again");
  v1::ListSubmissionRevisionsRequest list;
  list.set_name(NameOf());
  const auto history = Call(&Stub::ListSubmissionRevisions, list);
  ASSERT_OK(history);
  std::vector<std::string> reasons;
  for (const auto& one : history->revisions()) reasons.push_back(one.reason());
  EXPECT_THAT(reasons,
              ElementsAre("", "count again", "電話で確認", "count again"));
}

TEST_F(OnBehalf, ADraftIsBegunForARespondentWithAReason) {
  who_ = Granted({"manager@pets"});
  const auto created = Call(&Stub::CreateSubmission, Creation("on paper"));
  ASSERT_OK(created);
  EXPECT_EQ(created->reason(), "on paper");
  EXPECT_EQ(ProvenancesOf(Stored()), (Provenances{{"cats", "CORRECTED"}}));
  who_ = RespondentOf("pets", "131016");
  v1::Submission next = *created;
  *next.add_answers() = Number("dogs", 1, v1::Answer::PROVENANCE_CARRIED);
  const auto updated = Call(&Stub::UpdateSubmission, Change(next));
  ASSERT_OK(updated);
  EXPECT_EQ(updated->reason(), "");
  EXPECT_THAT(
      ProvenancesOf(*updated),
      UnorderedElementsAre(Pair("cats", "CORRECTED"), Pair("dogs", "CARRIED")));
}

TEST_F(OnBehalf, WhoAnswersEntersWhateverItSays) {
  who_ = RespondentOf("pets", "131016");
  v1::CreateSubmissionRequest create = Creation();
  v1::Submission& submission = *create.mutable_submission();
  submission.clear_answers();
  *submission.add_answers() =
      Number("cats", 1, v1::Answer::PROVENANCE_IMPORTED);
  *submission.add_answers() =
      Number("dogs", 2, v1::Answer::PROVENANCE_CORRECTED);
  const auto created = Call(&Stub::CreateSubmission, create);
  ASSERT_OK(created);
  for (const v1::Submission& one : {*created, Stored()}) {
    EXPECT_THAT(
        ProvenancesOf(one),
        UnorderedElementsAre(Pair("cats", "ENTERED"), Pair("dogs", "ENTERED")));
  }
  EXPECT_EQ(created->reason(), "");
  // It may say why, and need not.
  submission.set_name(NameOf());
  submission.mutable_answers(0)->set_integer(3);
  const auto updated =
      Call(&Stub::UpdateSubmission, Change(submission, "miscounted"));
  ASSERT_OK(updated);
  EXPECT_EQ(updated->reason(), "miscounted");
  EXPECT_THAT(
      ProvenancesOf(*updated),
      UnorderedElementsAre(Pair("cats", "ENTERED"), Pair("dogs", "ENTERED")));
}

TEST_F(OnBehalf, WhatIsSentBackAsItWasReadKeepsHowItCame) {
  for (const auto sent :
       {v1::Answer::PROVENANCE_UNSPECIFIED, v1::Answer::PROVENANCE_ENTERED,
        v1::Answer::PROVENANCE_IMPORTED, v1::Answer::PROVENANCE_CARRIED,
        v1::Answer::PROVENANCE_CORRECTED}) {
    who_ = access::Identity::Local();
    SetUp();  // anew
    ASSERT_NO_FATAL_FAILURE(ImportAndReturn());
    who_ = RespondentOf("pets", "131016");
    const auto updated =
        Call(&Stub::UpdateSubmission, Change(WithCats(7, sent)));
    ASSERT_OK(updated);
    const bool carried = sent == v1::Answer::PROVENANCE_CARRIED;
    EXPECT_THAT(ProvenancesOf(Stored()),
                UnorderedElementsAre(
                    Pair("cats", carried ? "CARRIED" : "ENTERED"),
                    Pair("dogs", "IMPORTED"), Pair("story", "IMPORTED"),
                    Pair("wish", "IMPORTED")));
  }
}

TEST_F(OnBehalf, NobodyKnownWritesAsItSays) {
  ASSERT_NO_FATAL_FAILURE(ImportAndReturn());
  for (const auto& [sent, name] :
       {std::pair(v1::Answer::PROVENANCE_CORRECTED, "CORRECTED"),
        std::pair(v1::Answer::PROVENANCE_IMPORTED, "IMPORTED"),
        std::pair(v1::Answer::PROVENANCE_CARRIED, "CARRIED"),
        std::pair(v1::Answer::PROVENANCE_UNSPECIFIED, "ENTERED")}) {
    const auto updated =
        Call(&Stub::UpdateSubmission, Change(WithCats(10 + sent, sent)));
    ASSERT_OK(updated);
    EXPECT_THAT(ProvenancesOf(*updated),
                UnorderedElementsAre(
                    Pair("cats", name), Pair("dogs", "IMPORTED"),
                    Pair("story", "IMPORTED"), Pair("wish", "IMPORTED")));
  }
}

TEST_F(OnBehalf, AReviewerWhoAlsoAnswersIsTheRespondentOfItsOwn) {
  const std::vector<std::string> grants = {"respondent@pets", "reviewer@pets"};
  who_ = *access::Identity::Make({.subject = "somebody",
                                  .grants = grants,
                                  .municipality_code = "131016",
                                  .respondent_kind = "municipality"});
  const auto own = Call(&Stub::CreateSubmission, Creation());
  ASSERT_OK(own);
  EXPECT_EQ(ProvenancesOf(*own), (Provenances{{"cats", "ENTERED"}}));
  for (const char* other : {"131016-council", "131024-municipality"}) {
    EXPECT_STATUS(Call(&Stub::CreateSubmission, Creation("", other)),
                  absl::StatusCode::kInvalidArgument, "REASON_REQUIRED");
    const auto made = Call(&Stub::CreateSubmission, Creation("why", other));
    ASSERT_OK(made);
    EXPECT_EQ(ProvenancesOf(*made), (Provenances{{"cats", "CORRECTED"}}));
  }
}

TEST_F(OnBehalf, ARespondentOfAnotherSurveyIsNoneHere) {
  const std::vector<std::string> grants = {"respondent@elsewhere",
                                           "reviewer@pets"};
  who_ = *access::Identity::Make({.subject = "somebody",
                                  .grants = grants,
                                  .municipality_code = "131016",
                                  .respondent_kind = "municipality"});
  EXPECT_STATUS(Call(&Stub::CreateSubmission, Creation()),
                absl::StatusCode::kInvalidArgument, "REASON_REQUIRED");
}

TEST_F(OnBehalf, ItsOwnIsItsOwnByAnyCode) {
  registry_.ChangeCode("131016", "139998");
  Prepare(kSheet, false, "codes");
  const std::string round = "surveys/codes/rounds/2025";
  who_ = RespondentOf("codes", "139998");
  ASSERT_OK(Call(&Stub::CreateSubmission, Creation("", kCity, round)));
  for (const char* claimed : {"131016", "139998"}) {
    who_ = RespondentOf("codes", claimed);
    for (const char* named : {"131016", "139998"}) {
      v1::Submission next;
      next.set_name(NameOf(std::string(named) + "-municipality", round));
      *next.add_answers() = Number("cats", claimed[2] + 10 * named[2],
                                   v1::Answer::PROVENANCE_CORRECTED);
      const auto updated = Call(&Stub::UpdateSubmission, Change(next));
      ASSERT_OK(updated);
      EXPECT_EQ(ProvenancesOf(*updated), (Provenances{{"cats", "ENTERED"}}));
    }
  }
}

TEST_F(OnBehalf, TheReasonIsAPartOfTheRequest) {
  who_ = Granted({"reviewer@pets"});
  v1::CreateSubmissionRequest create = Creation("one");
  create.set_request_id("create");
  const auto first = Call(&Stub::CreateSubmission, create);
  ASSERT_OK(first);
  const auto again = Call(&Stub::CreateSubmission, create);
  ASSERT_OK(again);
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  create.set_reason("another");
  EXPECT_STATUS(Call(&Stub::CreateSubmission, create),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  v1::UpdateSubmissionRequest update =
      Change(WithCats(7, v1::Answer::PROVENANCE_ENTERED), "one");
  update.set_request_id("update");
  ASSERT_OK(Call(&Stub::UpdateSubmission, update));
  ASSERT_OK(Call(&Stub::UpdateSubmission, update));
  update.set_reason("another");
  EXPECT_STATUS(Call(&Stub::UpdateSubmission, update),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  EXPECT_EQ(Stored().revision(), 2);
}

TEST_F(OnBehalf, WhatIsHandedInKeepsHowItCame) {
  ASSERT_NO_FATAL_FAILURE(ImportAndReturn());
  who_ = Granted({"reviewer@pets"});
  ASSERT_OK(Call(&Stub::UpdateSubmission,
                 Change(WithCats(7, v1::Answer::PROVENANCE_ENTERED), "why")));
  v1::SubmitSubmissionRequest submit;
  submit.set_name(NameOf());
  const auto submitted = Call(&Stub::SubmitSubmission, submit);
  ASSERT_OK(submitted);
  EXPECT_EQ(submitted->reason(), "");
  EXPECT_THAT(ProvenancesOf(*submitted),
              UnorderedElementsAre(
                  Pair("cats", "CORRECTED"), Pair("dogs", "IMPORTED"),
                  Pair("story", "IMPORTED"), Pair("wish", "IMPORTED")));
}

}  // namespace
}  // namespace welfare::survey
