// The real module through real stubs; survey and registry are fakes that serve
// the demonstration rounds (架空).
#pragma once

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/support/wait_for.h"
#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "services/indicator/indicator_module.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/indicator/demo_rounds.h"
#include "tests/indicator/fake_peers.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"

namespace welfare::indicator::testing {

// Loaded once for all tests of the program.
inline const DemoRounds& Demo() {
  static const DemoRounds& demo = *new DemoRounds(LoadDemoRounds());
  return demo;
}

class IndicatorServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    runner_.SetPeer("survey", survey_runner_.address());
    runner_.SetPeer("registry", registry_runner_.address());
    ASSERT_OK(runner_.Start());
    stub_ = v1::IndicatorService::NewStub(runner_.channel());
  }

  // Calls one method; its failure comes back with its reason.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(
      grpc::Status (v1::IndicatorService::Stub::*method)(grpc::ClientContext*,
                                                         const Request&,
                                                         Response*),
      const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
    Response response;
    const grpc::Status status =
        ((*stub_).*method)(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<v1::IndicatorValue> Value(const std::string& indicator,
                                           std::int64_t data_version = 0,
                                           std::int64_t min_version = 0,
                                           int year = 2025) {
    v1::GetIndicatorValueRequest request;
    request.set_name("surveys/jusou/indicators/" + indicator + "/values/" +
                     std::to_string(year));
    request.set_data_version(data_version);
    request.set_min_version(min_version);
    return Call(&v1::IndicatorService::Stub::GetIndicatorValue, request);
  }

  FakeSurvey survey_{Demo()};
  FakeRegistry registry_{Demo()};
  support::ServiceRunner survey_runner_{survey_};
  support::ServiceRunner registry_runner_{registry_};
  support::ModuleRunner runner_{std::make_unique<IndicatorModule>()};
  std::unique_ptr<v1::IndicatorService::Stub> stub_;
};

}  // namespace welfare::indicator::testing
