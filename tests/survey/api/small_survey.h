// The real module with a small survey of its own, its one peer a fake.
#pragma once

#include <string>
#include <vector>

#include "tests/survey/api/served_survey.h"

namespace welfare::survey {

// Three questions to municipalities: a choice, a number that is asked where the
// answer is yes, and a text.
class SmallSurvey : public ServedSurvey {
 protected:
  static constexpr char kRound[] = "surveys/small/rounds/2025";
  static constexpr char kWho[] = "131016-municipality";

  static v1::ImportCodebookRequest SmallCodebook() {
    v1::ImportCodebookRequest request;
    request.set_parent("surveys/small");
    request.set_codebook_id("1");
    request.set_survey_csv(
        "type,name,label,relevant,constraint,respondent\n"
        "begin_group,g,{ref_fy_ja}G,,,\n"
        "select_one yn,has,Has,,,municipality\n"
        "integer,many,Many,${has} = 'yes',. > 0,municipality\n"
        "text,words,Words,,,municipality\n"
        "end_group,,,,,\n");
    request.set_choices_csv(
        "list_name,name,label\nyn,yes,{ref_fy_ja}Y\nyn,no,N\n");
    request.set_settings_csv("form_title,form_id,version\nS,small,1\n");
    return request;
  }

  void PublishCodebook() {
    ASSERT_OK(Call(&Stub::ImportCodebook, SmallCodebook()));
    ASSERT_OK(Publish("surveys/small/codebooks/1"));
  }

  // A round without method and publisher, which is nobody's fault.
  absl::StatusOr<v1::Round> CreateRound() {
    v1::CreateRoundRequest request = RoundRequest("small", "1");
    request.mutable_round()->set_display_name("Small");
    request.mutable_round()->clear_method();
    request.mutable_round()->clear_publisher();
    return Call(&Stub::CreateRound, request);
  }

  absl::StatusOr<v1::Round> OpenRound(
      const std::vector<std::string>& unknown = {}) {
    return ServedSurvey::OpenRound(kRound, unknown);
  }

  absl::StatusOr<v1::Round> CloseRound() {
    return ServedSurvey::CloseRound(kRound);
  }

  absl::StatusOr<v1::Round> GetRound() {
    return ServedSurvey::GetRound(kRound);
  }

  void PrepareOpen() {
    PublishCodebook();
    ASSERT_OK(CreateRound());
    ASSERT_OK(OpenRound());
  }

  static std::string NameOf(const std::string& respondent = kWho) {
    return std::string(kRound) + "/submissions/" + respondent;
  }

  absl::StatusOr<v1::Submission> Create(const v1::Submission& submission,
                                        const std::string& respondent = kWho) {
    v1::CreateSubmissionRequest request;
    request.set_parent(kRound);
    request.set_submission_id(respondent);
    *request.mutable_submission() = submission;
    return Call(&Stub::CreateSubmission, request);
  }

  absl::StatusOr<v1::Submission> Update(
      v1::Submission submission, const std::vector<std::string>& paths = {}) {
    v1::UpdateSubmissionRequest request;
    submission.set_name(NameOf());
    *request.mutable_submission() = submission;
    for (const std::string& path : paths) {
      request.mutable_update_mask()->add_paths(path);
    }
    return Call(&Stub::UpdateSubmission, request);
  }

  absl::StatusOr<v1::Submission> Submit(const std::string& respondent = kWho) {
    v1::SubmitSubmissionRequest request;
    request.set_name(NameOf(respondent));
    return Call(&Stub::SubmitSubmission, request);
  }

  absl::StatusOr<v1::Submission> Return(const std::string& reason) {
    v1::ReturnSubmissionRequest request;
    request.set_name(NameOf());
    request.set_reason(reason);
    return Call(&Stub::ReturnSubmission, request);
  }

  absl::StatusOr<v1::Submission> Get() { return GetSubmission(NameOf()); }

  static void SetDay(int month, int day, google::type::Date& date) {
    ServedSurvey::SetDay(2025, month, day, date);
  }

  static v1::Answer& AddAnswer(v1::Submission& submission,
                               const std::string& item) {
    v1::Answer& answer = *submission.add_answers();
    answer.set_item(item);
    return answer;
  }

  // All that is asked, and right.
  static v1::Submission Complete() {
    v1::Submission submission;
    AddAnswer(submission, "has").mutable_codes()->add_codes("no");
    AddAnswer(submission, "words").set_text("words");
    return submission;
  }
};

}  // namespace welfare::survey
