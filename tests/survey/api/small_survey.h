// The real module with a small survey of its own, its one peer a fake.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/survey/survey_module.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/fake_registry.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::survey {

// Three questions to municipalities: a choice, a number that is asked where the
// answer is yes, and a text.
class SmallSurvey : public ::testing::Test {
 protected:
  using Stub = v1::SurveyService::Stub;
  static constexpr char kRound[] = "surveys/small/rounds/2025";
  static constexpr char kWho[] = "131016-municipality";

  void SetUp() override {
    runner_ = std::make_unique<support::ModuleRunner>(
        std::make_unique<SurveyModule>());
    runner_->SetPeer("registry", peer_.address());
    ASSERT_OK(runner_->Start());
    stub_ = v1::SurveyService::NewStub(runner_->channel());
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(20));
    Response response;
    const grpc::Status status =
        (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

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
    v1::PublishCodebookRequest publish;
    publish.set_name("surveys/small/codebooks/1");
    ASSERT_OK(Call(&Stub::PublishCodebook, publish));
  }

  absl::StatusOr<v1::Round> CreateRound() {
    v1::CreateRoundRequest request;
    request.set_parent("surveys/small");
    request.set_round_id("2025");
    v1::Round& round = *request.mutable_round();
    round.set_display_name("Small");
    round.set_purpose("purpose");
    SetDay(6, 16, *round.mutable_window_start());
    SetDay(7, 11, *round.mutable_window_end());
    round.set_codebook("surveys/small/codebooks/1");
    round.set_program("programs/jusou");
    return Call(&Stub::CreateRound, request);
  }

  absl::StatusOr<v1::Round> OpenRound(
      const std::vector<std::string>& unknown = {}) {
    v1::OpenRoundRequest request;
    request.set_name(kRound);
    for (const std::string& name : unknown) {
      request.add_unknown_municipalities(name);
    }
    return Call(&Stub::OpenRound, request);
  }

  absl::StatusOr<v1::Round> CloseRound() {
    v1::CloseRoundRequest request;
    request.set_name(kRound);
    return Call(&Stub::CloseRound, request);
  }

  absl::StatusOr<v1::Round> GetRound() {
    v1::GetRoundRequest request;
    request.set_name(kRound);
    return Call(&Stub::GetRound, request);
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

  absl::StatusOr<v1::Submission> Get() {
    v1::GetSubmissionRequest request;
    request.set_name(NameOf());
    return Call(&Stub::GetSubmission, request);
  }

  static void SetDay(int month, int day, google::type::Date& date) {
    date.set_year(2025);
    date.set_month(month);
    date.set_day(day);
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

  // `field: REASON` of each violation.
  static std::vector<std::string> Violations(const absl::Status& status) {
    std::vector<std::string> found;
    if (const auto details = base::GetErrorDetails(status)) {
      for (const base::Violation& violation : details->violations) {
        found.push_back(violation.field + ": " + violation.reason);
      }
    }
    return found;
  }

  FakeRegistry registry_;
  support::ServiceRunner peer_{registry_.service()};
  std::unique_ptr<support::ModuleRunner> runner_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::survey
