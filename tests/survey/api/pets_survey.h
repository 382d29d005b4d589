// A survey of four questions through the real module, for tests of imports and
// lists: its one peer is a fake.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "services/platform/rpc/status_mapping.h"
#include "services/survey/survey_module.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/fake_registry.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::survey {

inline constexpr char kRound[] = "surveys/pets/rounds/2025";
inline constexpr char kColumns[] =
    "survey,fiscal_year,municipality_code,respondent_kind,item_id,value,"
    "other_text,absence";
inline constexpr char kHeaders[] =
    "survey,fiscal_year,municipality_code,respondent_kind,department,contact,"
    "received_on\n";
inline constexpr char kSheet[] =
    "type,name,label,respondent,absences\n"
    "integer,cats,cats,municipality council,NO_ANSWER\n"
    "integer,dogs,dogs,municipality council,NO_ANSWER\n"
    "text,story,story,municipality council,NO_ANSWER UNKNOWN\n"
    "text,wish,wish,municipality council,NO_ANSWER\n";

inline std::string Row(const std::string& respondent, const std::string& item,
                       const std::string& value, const std::string& more = "",
                       const std::string& year = "2025") {
  return "pets," + year + "," + respondent + "," + item + "," + value + ",," +
         more + "\n";
}

// The two numbers, and texts where they are given.
inline std::string Rows(const std::string& respondent,
                        const std::string& story = "",
                        const std::string& wish = "") {
  std::string rows =
      Row(respondent, "cats", "1") + Row(respondent, "dogs", "2");
  if (!story.empty()) rows += Row(respondent, "story", story);
  if (!wish.empty()) rows += Row(respondent, "wish", wish);
  return rows;
}

class PetsSurvey : public ::testing::Test {
 protected:
  using Stub = v1::SurveyService::Stub;

  void SetUp() override {
    runner_ = std::make_unique<support::ModuleRunner>(
        std::make_unique<SurveyModule>());
    runner_->SetPeer("registry", peer_.address());
    ASSERT_OK(runner_->Start());
    stub_ = v1::SurveyService::NewStub(runner_->channel());
    Prepare(kSheet, false);
  }

  void Prepare(const std::string& sheet, bool synthetic,
               const std::string& survey = "pets") {
    v1::ImportCodebookRequest codebook;
    codebook.set_parent("surveys/" + survey);
    codebook.set_codebook_id("1");
    codebook.set_survey_csv(sheet);
    codebook.set_choices_csv("list_name,name,label\n");
    codebook.set_settings_csv("form_title,form_id,version\nPets," + survey +
                              ",1\n");
    ASSERT_OK(Call(&Stub::ImportCodebook, codebook));
    v1::PublishCodebookRequest publish;
    publish.set_name("surveys/" + survey + "/codebooks/1");
    ASSERT_OK(Call(&Stub::PublishCodebook, publish));
    v1::CreateRoundRequest create;
    create.set_parent("surveys/" + survey);
    create.set_round_id("2025");
    v1::Round& round = *create.mutable_round();
    round.set_display_name("Pets");
    round.set_purpose("purpose");
    round.set_method("method");
    round.set_publisher("publisher");
    round.mutable_window_start()->set_year(2025);
    round.mutable_window_start()->set_month(6);
    round.mutable_window_start()->set_day(1);
    round.mutable_window_end()->set_year(2025);
    round.mutable_window_end()->set_month(7);
    round.mutable_window_end()->set_day(31);
    round.set_codebook(publish.name());
    round.set_program("programs/jusou");
    round.set_synthetic(synthetic);
    ASSERT_OK(Call(&Stub::CreateRound, create));
    v1::OpenRoundRequest open;
    open.set_name("surveys/" + survey + "/rounds/2025");
    ASSERT_OK(Call(&Stub::OpenRound, open));
  }

  template <typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&,
                                        Response*);

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(Method<Request, Response> method,
                                const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(60));
    Response response;
    const grpc::Status status =
        (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  static v1::ImportSubmissionsRequest Batch(const std::string& rows,
                                            const std::string& headers = "") {
    v1::ImportSubmissionsRequest request;
    if (!rows.empty()) {
      request.mutable_batch()->set_csv(std::string(kColumns) + "\n" + rows);
      request.mutable_batch()->set_source_file("a.csv");
    }
    if (!headers.empty()) {
      request.mutable_headers()->set_csv(kHeaders + headers);
      request.mutable_headers()->set_source_file("h.csv");
    }
    return request;
  }

  absl::StatusOr<type::v1::ImportResult> Send(
      const v1::ImportSubmissionsRequest& request) {
    return Call(&Stub::BatchImportSubmissions, request);
  }

  // Sends a batch after its dry run, which must decide the same.
  type::v1::ImportResult Run(v1::ImportSubmissionsRequest request) {
    request.set_validate_only(true);
    const auto dry = Send(request);
    EXPECT_OK(dry);
    request.set_validate_only(false);
    const auto run = Send(request);
    EXPECT_OK(run);
    if (!dry.ok() || !run.ok()) return {};
    EXPECT_EQ(dry->counts().ShortDebugString(),
              run->counts().ShortDebugString());
    EXPECT_EQ(Lines(*dry), Lines(*run));
    const type::v1::ImportCounts& counts = run->counts();
    EXPECT_EQ(counts.rows(), counts.created() + counts.updated() +
                                 counts.unchanged() + counts.deleted() +
                                 counts.rejected());
    return *run;
  }
  type::v1::ImportResult Run(const std::string& rows,
                             const std::string& headers = "") {
    return Run(Batch(rows, headers));
  }

  // `line REASON` of each reject.
  static std::vector<std::string> Lines(const type::v1::ImportResult& result) {
    std::vector<std::string> lines;
    for (const type::v1::ImportReject& reject : result.rejects()) {
      lines.push_back(std::to_string(reject.source_line()) + " " +
                      reject.reason_code());
    }
    return lines;
  }

  absl::StatusOr<v1::Submission> Get(const std::string& respondent) {
    v1::GetSubmissionRequest request;
    request.set_name(std::string(kRound) + "/submissions/" + respondent);
    return Call(&Stub::GetSubmission, request);
  }

  // The text of the item, or the name of its absence.
  std::string TextOf(const std::string& respondent, const std::string& item) {
    const auto submission = Get(respondent);
    if (!submission.ok()) return "no submission";
    for (const v1::Answer& answer : submission->answers()) {
      if (answer.item() != item) continue;
      return answer.content_case() == v1::Answer::kText
                 ? answer.text()
                 : type::v1::Absence::Kind_Name(answer.absence());
    }
    return "no answer";
  }

  FakeRegistry registry_;
  support::ServiceRunner peer_{registry_.service()};
  std::unique_ptr<support::ModuleRunner> runner_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::survey
