// The report module through real stubs, over fake peers.
#pragma once

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/access/identity.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/report/report_module.h"
#include "tests/report/fake_peers.h"
#include "tests/report/sample_snapshot.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::report::testing {

struct Downloaded {
  absl::Status status;
  std::string bytes;
  std::string content_type;
  std::string filename;
  std::string digest;
  std::int64_t size = 0;
  int parts = 0;
};

class ReportModuleTest : public ::testing::Test {
 protected:
  virtual std::string TemplateYaml() const { return SmallTemplateYaml(); }
  // Further flags of the module.
  virtual std::vector<std::string> Flags() { return {}; }

  void SetUp() override {
    const auto folder = assets_.path() / "services/report/data/sample";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "template.yaml") << TemplateYaml();
    std::vector<std::string> flags = Flags();
    flags.insert(flags.end(), {"--assets-dir", assets_.path().string()});
    runner_ = std::make_unique<support::ModuleRunner>(
        std::make_unique<ReportModule>(), flags);
    runner_->SetPeer("survey", survey_server_.address());
    runner_->SetPeer("indicator", indicator_server_.address());
    runner_->SetPeer("registry", registry_server_.address());
    runner_->Identify(
        [this](const platform::MetadataLookup&, const platform::PeerLookup&)
            -> absl::StatusOr<access::Identity> { return who_; });
    ASSERT_OK(runner_->Start());
    stub_ = v1::ReportService::NewStub(runner_->channel());
  }

  static v1::CreateReportRequest Request(std::string request_id = "") {
    v1::CreateReportRequest request;
    request.mutable_report()->set_template_("sample");
    request.mutable_report()->set_round("surveys/jusou/rounds/2025");
    request.set_request_id(std::move(request_id));
    return request;
  }

  absl::StatusOr<v1::Report> Create(const v1::CreateReportRequest& request) {
    grpc::ClientContext context;
    v1::Report report;
    const grpc::Status status = stub_->CreateReport(&context, request, &report);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return report;
  }

  absl::StatusOr<v1::Report> Get(const std::string& name) {
    grpc::ClientContext context;
    v1::GetReportRequest request;
    request.set_name(name);
    v1::Report report;
    const grpc::Status status = stub_->GetReport(&context, request, &report);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return report;
  }

  absl::StatusOr<v1::Report> Publish(
      const std::string& name,
      type::v1::PublishLevel level = type::v1::PUBLISH_LEVEL_PUBLIC,
      const std::string& request_id = "") {
    grpc::ClientContext context;
    v1::PublishReportRequest request;
    request.set_name(name);
    request.set_publish_level(level);
    request.set_request_id(request_id);
    v1::Report report;
    const grpc::Status status =
        stub_->PublishReport(&context, request, &report);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return report;
  }

  absl::StatusOr<v1::Report> Withdraw(const std::string& name,
                                      const std::string& reason,
                                      const std::string& request_id = "") {
    grpc::ClientContext context;
    v1::WithdrawReportRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_request_id(request_id);
    v1::Report report;
    const grpc::Status status =
        stub_->WithdrawReport(&context, request, &report);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return report;
  }

  absl::StatusOr<v1::ListReportsResponse> List(int size,
                                               const std::string& token) {
    grpc::ClientContext context;
    v1::ListReportsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    v1::ListReportsResponse response;
    const grpc::Status status =
        stub_->ListReports(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  absl::StatusOr<v1::VerifyReportResponse> Verify(const std::string& name) {
    grpc::ClientContext context;
    v1::VerifyReportRequest request;
    request.set_name(name);
    v1::VerifyReportResponse response;
    const grpc::Status status =
        stub_->VerifyReport(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  Downloaded Download(const std::string& name, const std::string& format,
                      std::int64_t offset = 0, bool signature = false) {
    grpc::ClientContext context;
    v1::DownloadReportRequest request;
    request.set_name(name);
    request.set_format(format);
    request.set_offset(offset);
    request.set_signature(signature);
    const auto reader = stub_->DownloadReport(&context, request);
    Downloaded result;
    v1::DownloadReportResponse part;
    while (reader->Read(&part)) {
      if (result.parts == 0) {
        result.content_type = part.content_type();
        result.filename = part.filename();
        result.digest = part.digest();
        result.size = part.size();
      } else {
        EXPECT_EQ(part.content_type(), "");
      }
      EXPECT_LE(part.data().size(), 64U * 1024U);
      ++result.parts;
      result.bytes += part.data();
    }
    result.status = platform::FromGrpcStatus(reader->Finish());
    return result;
  }

  // Calls `method` of the stub.
  template <typename Asked, typename Answered>
  absl::StatusOr<Answered> Ask(
      grpc::Status (v1::ReportService::Stub::*method)(grpc::ClientContext*,
                                                      const Asked&,
                                                      Answered*),
      const Asked& request) {
    grpc::ClientContext context;
    Answered response;
    const grpc::Status status = (*stub_.*method)(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  }

  Downloaded DownloadSheet(const std::string& name, const std::string& format,
                           std::int64_t offset = 0, bool signature = false) {
    grpc::ClientContext context;
    v1::DownloadFeedbackSheetRequest request;
    request.set_name(name);
    request.set_format(format);
    request.set_offset(offset);
    request.set_signature(signature);
    const auto reader = stub_->DownloadFeedbackSheet(&context, request);
    Downloaded result;
    v1::DownloadReportResponse part;
    while (reader->Read(&part)) {
      if (result.parts++ == 0) {
        result.content_type = part.content_type();
        result.filename = part.filename();
        result.digest = part.digest();
        result.size = part.size();
      }
      result.bytes += part.data();
    }
    result.status = platform::FromGrpcStatus(reader->Finish());
    return result;
  }

  absl::StatusOr<v1::MakeFeedbackSheetsResponse> MakeSheets(
      const std::string& report) {
    v1::MakeFeedbackSheetsRequest request;
    request.set_parent(report);
    return Ask(&v1::ReportService::Stub::MakeFeedbackSheets, request);
  }

  absl::StatusOr<v1::FeedbackSheet> GetSheet(const std::string& report,
                                             const std::string& id) {
    v1::GetFeedbackSheetRequest request;
    request.set_name(report + "/feedbackSheets/" + id);
    return Ask(&v1::ReportService::Stub::GetFeedbackSheet, request);
  }

  // Who calls; changed between calls.
  access::Identity who_ = access::Identity::Local();
  World world_;
  FakeSurvey survey_{world_};
  FakeIndicator indicator_{world_};
  FakeRegistry registry_{world_};
  support::ServiceRunner survey_server_{survey_};
  support::ServiceRunner indicator_server_{indicator_};
  support::ServiceRunner registry_server_{registry_};
  support::TempDir assets_;
  std::unique_ptr<support::ModuleRunner> runner_;
  std::unique_ptr<v1::ReportService::Stub> stub_;
};

}  // namespace welfare::report::testing
