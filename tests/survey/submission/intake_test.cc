#include "services/survey/submission/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/survey/entity_tag.h"
#include "services/survey/submission/validation.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using sample::Day;
using sample::Fields;
using sample::SentCodes;
using sample::SentNumber;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kStore[] = "0123456789abcdef-and-more";

base::Timestamp At(const std::string& time) {
  return base::Timestamp::ParseRfc3339(time).value();
}

// What the plans make of 131016-municipality in an open round, whose window is
// 16 June to 11 July.
class Intake : public ::testing::Test {
 protected:
  Intake() {
    Round& round = opened_.round;
    round.state = RoundState::kOpen;
    round.window_start = Day(6, 16);
    round.window_end = Day(7, 11);
    round.registry_version = 7;
    round.incarnation = kStore;
    opened_.codebook = sample::MakeCodebook();
    opened_.frame = std::make_shared<const Frame>(sample::MakeFrame());
  }

  static base::SubmissionName Name(
      const std::string& who = "131016-municipality") {
    return {.survey = "jusou",
            .fiscal_year = base::FiscalYear::FromChecked(2025),
            .respondent = sample::Who(who)};
  }

  // The answers as they are when they were found right.
  std::vector<Answer> Checked(const std::vector<SentAnswer>& sent) const {
    const auto row = opened_.frame->Find(Name().respondent);
    return ValidateAnswers(*opened_.codebook, opened_.frame->row(*row), 2025,
                           sent, Completeness::kPartial)
        .answers;
  }

  // A complete submission in its third revision.
  Standing Stored(SubmissionState state) const {
    Submission submission{.name = Name()};
    submission.answers = Checked(sample::Complete());
    submission.digest = AnswersDigest(submission.answers);
    submission.state = state;
    submission.revision = 3;
    submission.registry_version = 7;
    submission.received_on = Day(6, 20);
    const std::string why =
        state == SubmissionState::kReturned ? "count again" : "";
    submission.reason = why;
    return {.submission = std::move(submission),
            .return_reason = why,
            .contact = {.department = "福祉課", .contact = "内線 1"}};
  }

  // As a local operator writes, unless a test says who else.
  static absl::StatusOr<PlannedChange> Create(const Standing& standing,
                                              const OpenedRound& opened,
                                              const base::SubmissionName& name,
                                              const SubmissionInput& input,
                                              const Authorship& by = {}) {
    return PlanCreate(standing, opened, name, input, by);
  }
  static absl::StatusOr<PlannedChange> Update(const Standing& standing,
                                              const OpenedRound& opened,
                                              const base::SubmissionName& name,
                                              std::string_view etag,
                                              const SubmissionInput& input,
                                              const Authorship& by = {}) {
    return PlanUpdate(standing, opened, name, etag, input, by);
  }

  static std::string Tag(int revision) { return EntityTag(kStore, revision); }

  OpenedRound opened_{.round = {.name = Name().parent()}};
};

// --- a draft is created ---

TEST_F(Intake, ADraftIsNewsOfItsRound) {
  const auto plan = Create({}, opened_, Name(), {});
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->submission.state, SubmissionState::kDraft);
  EXPECT_EQ(plan->submission.registry_version, 7);
  EXPECT_EQ(plan->submission.digest, AnswersDigest({}));
  EXPECT_FALSE(plan->contact);
}

TEST_F(Intake, ADraftKeepsWrongAnswersAndTheyAreNamed) {
  const auto plan =
      Create({}, opened_, Name(),
             {.answers = std::vector{SentCodes("plan", {"perhaps"})}});
  ASSERT_OK(plan);
  EXPECT_THAT(plan->submission.answers, SizeIs(1));
  const auto violations = FindViolations(opened_, plan->submission);
  ASSERT_THAT(violations, SizeIs(1));
  EXPECT_EQ(violations[0].reason, reason::kOptionNotOffered);
}

TEST_F(Intake, ADraftRefusesWhatHasNoPlace) {
  const auto plan = Create({}, opened_, Name(),
                           {.answers = std::vector{SentNumber("nothing", 1)}});
  EXPECT_STATUS(plan, absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
  EXPECT_THAT(Fields(plan.status()),
              ElementsAre("answers.nothing: UNKNOWN_ITEM"));
}

TEST_F(Intake, ARespondentOutsideThePopulationHasNoDraft) {
  const auto plan = Create({}, opened_, Name("139998-municipality"), {});
  EXPECT_THAT(Fields(plan.status()),
              ElementsAre("submission_id: UNKNOWN_MUNICIPALITY"));
}

TEST_F(Intake, ASecondSubmissionOfARespondentIsRefused) {
  EXPECT_STATUS(Create(Stored(SubmissionState::kDraft), opened_, Name(), {}),
                absl::StatusCode::kAlreadyExists, "SUBMISSION_EXISTS");
}

TEST_F(Intake, OnlyAnOpenRoundTakesDrafts) {
  for (const RoundState state :
       {RoundState::kPlanned, RoundState::kClosed, RoundState::kFinal}) {
    opened_.round.state = state;
    EXPECT_STATUS(Create({}, opened_, Name(), {}),
                  absl::StatusCode::kFailedPrecondition, "ROUND_NOT_OPEN")
        << ToString(state);
  }
}

TEST_F(Intake, ADraftThatCameAfterTheWindowIsLate) {
  const auto on_time = Create({}, opened_, Name(), {.received_on = Day(7, 11)});
  const auto late = Create({}, opened_, Name(), {.received_on = Day(7, 12)});
  ASSERT_OK(on_time);
  ASSERT_OK(late);
  EXPECT_FALSE(on_time->submission.late);
  EXPECT_TRUE(late->submission.late);
}

TEST_F(Intake, AContactThatIsTooLongIsNamedWithoutItsText) {
  const auto plan =
      Create({}, opened_, Name(), {.contact = std::string(501, 'x')});
  EXPECT_THAT(Fields(plan.status()),
              ElementsAre("header.contact: TEXT_TOO_LONG"));
  EXPECT_EQ(plan.status().ToString().find("xxx"), std::string::npos);
}

TEST_F(Intake, ABlankContactIsNone) {
  const auto plan = Create({}, opened_, Name(),
                           {.department = "\u3000", .contact = "\u200B"});
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->contact.has_value());
}

TEST_F(Intake, ADepartmentStandsInOneLine) {
  EXPECT_THAT(
      Fields(Create({}, opened_, Name(), {.department = "福祉課\n地域係"})
                 .status()),
      ElementsAre("header.department: TEXT_INVALID"));
  EXPECT_OK(Create({}, opened_, Name(), {.contact = "03-0000-0000\n内線 1"}));
}

// --- and updated ---

TEST_F(Intake, WhatIsNotThereIsNotUpdated) {
  EXPECT_STATUS(Update({}, opened_, Name(), "", {}),
                absl::StatusCode::kNotFound, "SUBMISSION_NOT_FOUND");
}

TEST_F(Intake, EqualAnswersAreNoNews) {
  const auto plan = Update(Stored(SubmissionState::kDraft), opened_, Name(), "",
                           {.answers = sample::Complete()});
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->changed);
}

TEST_F(Intake, OtherAnswersReplaceAllThatWereThere) {
  const auto plan = Update(Stored(SubmissionState::kDraft), opened_, Name(), "",
                           {.answers = std::vector{SentNumber("count", 5)}});
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_THAT(plan->submission.answers, SizeIs(1));
  EXPECT_EQ(plan->submission.received_on, Day(6, 20));  // not sent, so it stays
}

TEST_F(Intake, TheDayOfReceiptIsTakenBackOnlyWhereThereIsOne) {
  Standing standing = Stored(SubmissionState::kDraft);
  const auto taken =
      Update(standing, opened_, Name(), "", {.clear_received_on = true});
  ASSERT_OK(taken);
  EXPECT_TRUE(taken->changed);
  EXPECT_FALSE(taken->submission.received_on);
  standing.submission->received_on = std::nullopt;
  const auto again =
      Update(standing, opened_, Name(), "", {.clear_received_on = true});
  ASSERT_OK(again);
  EXPECT_FALSE(again->changed);
}

TEST_F(Intake, WhoAnswersDoesNotSayWhenThatWasReceived) {
  const auto created = Create({}, opened_, Name(),
                              {.contact = std::string(501, 'x'),
                               .received_on = Day(6, 20),
                               .keeps_received_on = true});
  EXPECT_THAT(Fields(created.status()),
              ElementsAre("header.contact: TEXT_TOO_LONG",
                          "header.received_on: RECEIVED_ON_RESERVED"));
  const Standing standing = Stored(SubmissionState::kReturned);
  const auto moved =
      Update(standing, opened_, Name(), "",
             {.received_on = Day(6, 19), .keeps_received_on = true});
  EXPECT_THAT(Fields(moved.status()),
              ElementsAre("header.received_on: RECEIVED_ON_RESERVED"));
  // As it was read, and a mask of the whole header without it.
  for (const SubmissionInput& input :
       {SubmissionInput{.received_on = Day(6, 20), .keeps_received_on = true},
        SubmissionInput{.clear_received_on = true,
        .keeps_received_on = true}}) {
    const auto plan = Update(standing, opened_, Name(), "", input);
    ASSERT_OK(plan);
    EXPECT_FALSE(plan->changed);
    EXPECT_EQ(plan->submission.received_on, Day(6, 20));
  }
}

TEST_F(Intake, AnotherContactAloneIsNews) {
  const auto plan = Update(Stored(SubmissionState::kDraft), opened_, Name(), "",
                           {.contact = "内線 2"});
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  // The department was not sent.
  EXPECT_EQ(plan->contact,
            (Contact{.department = "福祉課", .contact = "内線 2"}));
}

TEST_F(Intake, AnEqualContactIsNoNews) {
  const auto plan = Update(Stored(SubmissionState::kDraft), opened_, Name(), "",
                           {.department = "福祉課", .contact = "内線 1"});
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->changed);
  EXPECT_FALSE(plan->contact);
}

TEST_F(Intake, AnEntityTagIsOfThisRevisionAndThisStore) {
  const Standing standing = Stored(SubmissionState::kDraft);
  EXPECT_OK(Update(standing, opened_, Name(), Tag(3), {}));
  EXPECT_STATUS(Update(standing, opened_, Name(), Tag(2), {}),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_STATUS(Update(standing, opened_, Name(), EntityTag("another", 3), {}),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
}

TEST_F(Intake, WhatIsHandedInIsNotUpdated) {
  for (const SubmissionState state :
       {SubmissionState::kSubmitted, SubmissionState::kAccepted,
        SubmissionState::kFinal}) {
    EXPECT_STATUS(Update(Stored(state), opened_, Name(), "", {}),
                  absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE")
        << ToString(state);
  }
}

TEST_F(Intake, AfterTheRoundHasClosedOnlyAReturnedOneIsMended) {
  opened_.round.state = RoundState::kClosed;
  EXPECT_OK(
      Update(Stored(SubmissionState::kReturned), opened_, Name(), "", {}));
  EXPECT_STATUS(
      Update(Stored(SubmissionState::kDraft), opened_, Name(), "", {}),
      absl::StatusCode::kFailedPrecondition, "ROUND_NOT_OPEN");
}

TEST_F(Intake, TheReasonOfAReturnStandsWhileItIsMended) {
  const auto plan =
      Update(Stored(SubmissionState::kReturned), opened_, Name(), "",
             {.answers = std::vector{SentNumber("count", 5)}});
  ASSERT_OK(plan);
  EXPECT_EQ(plan->submission.state, SubmissionState::kReturned);
  EXPECT_EQ(plan->submission.reason, "count again");
}

// --- by whom, and why ---

TEST_F(Intake, WhoWritesOnARespondentsBehalfSaysWhy) {
  const Standing standing = Stored(SubmissionState::kDraft);
  for (const char* blank : {"", " ", "\t\n", "\u3000", "\u200B"}) {
    const Authorship by{.author = Author::kOnBehalf, .reason = blank};
    for (const auto& plan :
         {Create({}, opened_, Name(), {}, by),
          Update(standing, opened_, Name(), "", {}, by),
          Update(standing, opened_, Name(), "", {.contact = "c"}, by)}) {
      EXPECT_STATUS(plan, absl::StatusCode::kInvalidArgument,
                    "REASON_REQUIRED");
      EXPECT_THAT(Fields(plan.status()), ElementsAre("reason: REQUIRED"));
    }
    for (const Author free : {Author::kRespondent, Author::kAnybody}) {
      const Authorship without{.author = free, .reason = blank};
      const auto plan = Create({}, opened_, Name(), {}, without);
      ASSERT_OK(plan);
      EXPECT_EQ(plan->submission.reason, "");
    }
  }
}

TEST_F(Intake, AReasonIsATextOfItsLength) {
  for (const Author author :
       {Author::kRespondent, Author::kOnBehalf, Author::kAnybody}) {
    const auto with = [&](const std::string& reason) {
      return Create({}, opened_, Name(), {.contact = std::string(501, 'x')},
                    {.author = author, .reason = reason});
    };
    EXPECT_THAT(
        Fields(with(std::string(2'001, 'x')).status()),
        ElementsAre("header.contact: TEXT_TOO_LONG", "reason: TEXT_TOO_LONG"));
    EXPECT_THAT(
        Fields(with("a\x01").status()),
        ElementsAre("header.contact: TEXT_TOO_LONG", "reason: TEXT_INVALID"));
    EXPECT_OK(Create({}, opened_, Name(), {},
                     {.author = author, .reason = std::string(2'000, 'x')}));
  }
}

TEST_F(Intake, ARevisionHasTheReasonOfItsWriterAndNoOthers) {
  const auto created =
      Create({}, opened_, Name(), {},
             {.author = Author::kOnBehalf, .reason = "電話で確認"});
  ASSERT_OK(created);
  EXPECT_EQ(created->submission.reason, "電話で確認");
  const Standing standing{.submission = created->submission};
  const SubmissionInput five{.answers = std::vector{SentNumber("count", 5)}};
  const auto by_respondent = Update(standing, opened_, Name(), "", five,
                                    {.author = Author::kRespondent});
  ASSERT_OK(by_respondent);
  EXPECT_EQ(by_respondent->submission.reason, "");
  const auto header = PlanHeader(standing, opened_, {.received_on = Day(6, 3)});
  ASSERT_OK(header);
  EXPECT_EQ(header->submission.reason, "");
  // No news, no revision: the one that is there keeps its own.
  const auto none = Update(standing, opened_, Name(), "", {},
                           {.author = Author::kOnBehalf, .reason = "again"});
  ASSERT_OK(none);
  EXPECT_FALSE(none->changed);
  EXPECT_EQ(none->submission.reason, "電話で確認");
}

TEST_F(Intake, TheReasonOfAReturnStandsAgainAfterACorrection) {
  Standing standing = Stored(SubmissionState::kReturned);
  const auto corrected =
      Update(standing, opened_, Name(), "",
             {.answers = std::vector{SentNumber("count", 5)}},
             {.author = Author::kOnBehalf, .reason = "by telephone"});
  ASSERT_OK(corrected);
  EXPECT_EQ(corrected->submission.reason, "by telephone");
  standing.submission = corrected->submission;
  const auto mended = Update(standing, opened_, Name(), "",
                             {.answers = std::vector{SentNumber("count", 6)}},
                             {.author = Author::kRespondent});
  ASSERT_OK(mended);
  EXPECT_EQ(mended->submission.reason, "count again");
}

TEST_F(Intake, WhatIsChangedOnBehalfIsCorrectedAndTheRestIsNot) {
  Standing standing = Stored(SubmissionState::kReturned);
  for (Answer& answer : standing.submission->answers) {
    answer.provenance = Provenance::kImported;
  }
  std::vector<SentAnswer> sent = sample::Complete();
  for (SentAnswer& answer : sent) {
    answer.provenance = Provenance::kCarried;
    if (answer.item == "end") answer.value = std::int64_t{2030};
  }
  const auto plan =
      Update(standing, opened_, Name(), "", {.answers = sent},
             {.author = Author::kOnBehalf, .reason = "by telephone"});
  ASSERT_OK(plan);
  for (const Answer& answer : plan->submission.answers) {
    EXPECT_EQ(answer.provenance, answer.item == "end" ? Provenance::kCorrected
                                                      : Provenance::kImported)
        << answer.item;
  }
}

// --- handed in ---

TEST_F(Intake, WhatDoesNotSayWhenItCameCameTodayInTokyo) {
  Standing standing = Stored(SubmissionState::kDraft);
  standing.submission->received_on = std::nullopt;
  const auto plan =
      PlanSubmit(standing, opened_, Name(), "", At("2025-07-11T15:00:00Z"));
  ASSERT_OK(plan);
  EXPECT_EQ(plan->submission.state, SubmissionState::kSubmitted);
  EXPECT_EQ(plan->submission.received_on, Day(7, 12));
  EXPECT_TRUE(plan->submission.late);
}

TEST_F(Intake, WhatSaysWhenItCameKeepsItsDay) {
  const auto plan = PlanSubmit(Stored(SubmissionState::kDraft), opened_, Name(),
                               "", At("2025-12-01T00:00:00Z"));
  ASSERT_OK(plan);
  EXPECT_EQ(plan->submission.received_on, Day(6, 20));
  EXPECT_FALSE(plan->submission.late);
}

TEST_F(Intake, EveryAnswerThatIsMissingIsNamed) {
  Standing standing = Stored(SubmissionState::kDraft);
  standing.submission->answers = Checked({SentCodes("plan", {"none"})});
  const auto plan = PlanSubmit(standing, opened_, Name(), "", {});
  EXPECT_STATUS(plan, absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
  EXPECT_THAT(Fields(plan.status()),
              ElementsAre("answers.methods: ANSWER_MISSING",
                          "answers.count: ANSWER_MISSING",
                          "answers.phases/find: ANSWER_MISSING",
                          "answers.phases/keep: ANSWER_MISSING",
                          "answers.shared: ANSWER_MISSING"));
}

TEST_F(Intake, HandingInAgainEndsTheReasonOfTheReturn) {
  const auto plan = PlanSubmit(Stored(SubmissionState::kReturned), opened_,
                               Name(), Tag(3), {});
  ASSERT_OK(plan);
  EXPECT_EQ(plan->submission.reason, "");
}

TEST_F(Intake, NothingIsHandedInTwice) {
  EXPECT_STATUS(
      PlanSubmit(Stored(SubmissionState::kSubmitted), opened_, Name(), "", {}),
      absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");
}

// --- judged ---

TEST_F(Intake, WhatIsHandedInIsAccepted) {
  const auto plan =
      PlanAccept(Stored(SubmissionState::kSubmitted), opened_, Name(), "");
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->submission.state, SubmissionState::kAccepted);
}

TEST_F(Intake, AcceptingTwiceIsNoNews) {
  const auto plan =
      PlanAccept(Stored(SubmissionState::kAccepted), opened_, Name(), "");
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->changed);
}

TEST_F(Intake, NobodyJudgesADraft) {
  const Standing draft = Stored(SubmissionState::kDraft);
  EXPECT_STATUS(PlanAccept(draft, opened_, Name(), ""),
                absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");
  EXPECT_STATUS(PlanReturn(draft, opened_, Name(), "", "why"),
                absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");
}

TEST_F(Intake, AFinalRoundIsNotJudgedAnyMore) {
  opened_.round.state = RoundState::kFinal;
  const Standing standing = Stored(SubmissionState::kSubmitted);
  EXPECT_STATUS(PlanAccept(standing, opened_, Name(), ""),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
  EXPECT_STATUS(PlanReturn(standing, opened_, Name(), "", "why"),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST_F(Intake, WhatWasAcceptedCanBeReturned) {
  const auto plan = PlanReturn(Stored(SubmissionState::kAccepted), opened_,
                               Name(), "", "数が合いません");
  ASSERT_OK(plan);
  EXPECT_EQ(plan->submission.state, SubmissionState::kReturned);
  EXPECT_EQ(plan->submission.reason, "数が合いません");
}

TEST_F(Intake, AReturnSaysWhy) {
  const Standing standing = Stored(SubmissionState::kSubmitted);
  for (const char* blank : {"", " ", "\t\n"}) {
    EXPECT_STATUS(PlanReturn(standing, opened_, Name(), "", blank),
                  absl::StatusCode::kInvalidArgument, "REASON_REQUIRED");
  }
  EXPECT_STATUS(
      PlanReturn(standing, opened_, Name(), "", std::string(2'001, 'x')),
      absl::StatusCode::kInvalidArgument, "SUBMISSION_INVALID");
}

// --- from files ---

TEST_F(Intake, AFileHandsIn) {
  const auto plan = PlanImport({}, opened_, Name(), Checked(sample::Complete()),
                               {}, At("2025-07-01T00:00:00Z"));
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->submission.state, SubmissionState::kSubmitted);
  EXPECT_EQ(plan->submission.received_on, Day(7, 1));
  for (const Answer& answer : plan->submission.answers) {
    EXPECT_EQ(answer.provenance, Provenance::kImported) << answer.item;
  }
}

TEST_F(Intake, ADraftWithEqualAnswersIsHandedInByAFile) {
  const auto plan = PlanImport(Stored(SubmissionState::kDraft), opened_, Name(),
                               Checked(sample::Complete()), {}, {});
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->submission.state, SubmissionState::kSubmitted);
  EXPECT_EQ(plan->submission.received_on, Day(6, 20));
}

TEST_F(Intake, EqualAnswersOfAFileAreNoNews) {
  for (const SubmissionState state :
       {SubmissionState::kSubmitted, SubmissionState::kAccepted}) {
    const auto plan = PlanImport(Stored(state), opened_, Name(),
                                 Checked(sample::Complete()), {}, {});
    ASSERT_OK(plan);
    EXPECT_FALSE(plan->changed);
    EXPECT_EQ(plan->submission.state, state);
  }
}

TEST_F(Intake, EqualAnswersUnderAnotherContactAreNews) {
  const auto plan =
      PlanImport(Stored(SubmissionState::kAccepted), opened_, Name(),
                 Checked(sample::Complete()),
                 {.department = "福祉課", .contact = "内線 2"}, {});
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->submission.state, SubmissionState::kAccepted);
  EXPECT_EQ(plan->contact->contact, "内線 2");
}

TEST_F(Intake, AFileDoesNotOverwriteWhatWasAccepted) {
  EXPECT_STATUS(PlanImport(Stored(SubmissionState::kAccepted), opened_, Name(),
                           Checked({SentNumber("count", 5)}), {}, {}),
                absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");
  EXPECT_STATUS(
      PlanImport(Stored(SubmissionState::kAccepted), opened_, Name(),
                 Checked(sample::Complete()), {.received_on = Day(7, 1)}, {}),
      absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");
}

TEST_F(Intake, AHeaderAloneChangesNeitherAnswersNorState) {
  const Standing standing = Stored(SubmissionState::kDraft);
  const auto plan = PlanHeader(standing, opened_, {.received_on = Day(7, 12)});
  ASSERT_OK(plan);
  EXPECT_TRUE(plan->changed);
  EXPECT_EQ(plan->submission.state, SubmissionState::kDraft);
  EXPECT_EQ(plan->submission.digest, standing.submission->digest);
  EXPECT_TRUE(plan->submission.late);
}

TEST_F(Intake, AnEqualHeaderIsNoNews) {
  const auto plan = PlanHeader(
      Stored(SubmissionState::kSubmitted), opened_,
      {.department = "福祉課", .contact = "内線 1", .received_on = Day(6, 20)});
  ASSERT_OK(plan);
  EXPECT_FALSE(plan->changed);
}

TEST_F(Intake, OfAnAcceptedOneAHeaderChangesTheContactOnly) {
  const Standing standing = Stored(SubmissionState::kAccepted);
  EXPECT_OK(PlanHeader(standing, opened_, {.contact = "内線 2"}));
  EXPECT_STATUS(PlanHeader(standing, opened_, {.received_on = Day(7, 1)}),
                absl::StatusCode::kFailedPrecondition, "SUBMISSION_STATE");
}

TEST_F(Intake, NothingIsWrongWithWhatIsHandedIn) {
  Standing standing = Stored(SubmissionState::kSubmitted);
  standing.submission->answers[0].content = Codes{"perhaps"};
  EXPECT_THAT(FindViolations(opened_, *standing.submission), IsEmpty());
  standing.submission->state = SubmissionState::kReturned;
  EXPECT_THAT(FindViolations(opened_, *standing.submission),
              Contains(::testing::Field(&AnswerViolation::reason,
                                        reason::kOptionNotOffered)));
}

}  // namespace
}  // namespace welfare::survey
