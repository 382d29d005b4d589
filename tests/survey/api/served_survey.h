// The real module, its one peer a fake, and calls through its stub.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/error.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/survey/survey_module.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"
#include "tests/survey/fake_registry.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::survey {

class ServedSurvey : public ::testing::Test {
 protected:
  using Stub = v1::SurveyService::Stub;

  void SetUp() override { Start(); }

  // Starts the module, or another in its place, with these flags.
  void Start(std::vector<std::string> flags = {}) {
    runner_.reset();
    runner_ = std::make_unique<support::ModuleRunner>(
        std::make_unique<SurveyModule>(), std::move(flags));
    runner_->SetPeer("registry", peer_.address());
    runner_->Identify(
        [this](const platform::MetadataLookup&, const platform::PeerLookup&)
            -> absl::StatusOr<access::Identity> { return who_; });
    ASSERT_OK(runner_->Start());
    stub_ = v1::SurveyService::NewStub(runner_->channel());
  }

  template <typename Request, typename Response>
  using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&,
                                        Response*);

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(Method<Request, Response> method,
                                const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
    Response response;
    const grpc::Status status =
        (stub_.get()->*method)(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<v1::Codebook> Publish(const std::string& codebook) {
    v1::PublishCodebookRequest request;
    request.set_name(codebook);
    return Call(&Stub::PublishCodebook, request);
  }

  // A round with all that it needs; its window is 16 June to 11 July.
  static v1::CreateRoundRequest RoundRequest(const std::string& survey,
                                             const std::string& codebook,
                                             int year = 2025) {
    v1::CreateRoundRequest request;
    request.set_parent("surveys/" + survey);
    request.set_round_id(std::to_string(year));
    v1::Round& round = *request.mutable_round();
    round.set_display_name("現況調査");
    round.set_purpose("purpose");
    round.set_method("method");
    round.set_publisher("publisher");
    SetDay(year, 6, 16, *round.mutable_window_start());
    SetDay(year, 7, 11, *round.mutable_window_end());
    round.set_codebook(request.parent() + "/codebooks/" + codebook);
    round.set_program("programs/jusou");
    return request;
  }

  absl::StatusOr<v1::Round> OpenRound(
      const std::string& name, const std::vector<std::string>& unknown = {}) {
    v1::OpenRoundRequest request;
    request.set_name(name);
    for (const std::string& municipality : unknown) {
      request.add_unknown_municipalities(municipality);
    }
    return Call(&Stub::OpenRound, request);
  }

  absl::StatusOr<v1::Round> CloseRound(const std::string& name) {
    v1::CloseRoundRequest request;
    request.set_name(name);
    return Call(&Stub::CloseRound, request);
  }

  absl::StatusOr<v1::Round> GetRound(const std::string& name) {
    v1::GetRoundRequest request;
    request.set_name(name);
    return Call(&Stub::GetRound, request);
  }

  absl::StatusOr<v1::Submission> GetSubmission(const std::string& name,
                                               std::int64_t data_version = 0) {
    v1::GetSubmissionRequest request;
    request.set_name(name);
    request.set_data_version(data_version);
    return Call(&Stub::GetSubmission, request);
  }

  static void SetDay(int year, int month, int day, google::type::Date& date) {
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
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

  // Who calls; changed between calls.
  access::Identity who_ = access::Identity::Local();
  FakeRegistry registry_;
  support::ServiceRunner peer_{registry_.service()};
  std::unique_ptr<support::ModuleRunner> runner_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace welfare::survey
