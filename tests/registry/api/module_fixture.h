// The registry through real stubs: a real module, server and database. What
// the component tests of the registry share.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "services/platform/rpc/status_mapping.h"
#include "services/registry/registry_module.h"
#include "tests/registry/samples.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::registry {

class RegistryModuleTest : public ::testing::Test {
 protected:
  RegistryModuleTest() { Restart(); }

  // Starts again with an empty database.
  void Restart() {
    stub_.reset();
    owned_.reset();
    owned_ = std::make_unique<support::ModuleRunner>(
        std::make_unique<RegistryModule>());
    EXPECT_OK(owned_->Start());
    stub_ = v1::RegistryService::NewStub(owned_->channel());
  }

  // Calls a unary method and returns its status as the caller sees it.
  template <typename Method, typename Request, typename Response>
  absl::Status Call(Method method, const Request& request, Response& response,
                    std::chrono::milliseconds timeout = support::kPatience) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    return platform::FromGrpcStatus(
        ((*stub_).*method)(&context, request, &response));
  }

  absl::Status GetRoster(const v1::GetRosterRequest& request,
                         v1::Roster& roster) {
    return Call(&v1::RegistryService::Stub::GetRoster, request, roster);
  }
  v1::Roster Roster(int year, const std::string& known_at = "") {
    v1::GetRosterRequest request;
    request.set_name("programs/jusou/rosters/" + std::to_string(year));
    if (!known_at.empty()) {
      request.mutable_known_at()->set_seconds(Time(known_at).micros() /
                                              1000000);
    }
    v1::Roster roster;
    EXPECT_OK(GetRoster(request, roster));
    return roster;
  }

  absl::Status GetMunicipality(const std::string& name,
                               v1::Municipality& municipality) {
    v1::GetMunicipalityRequest request;
    request.set_name(name);
    return Call(&v1::RegistryService::Stub::GetMunicipality, request,
                municipality);
  }

  absl::Status GetMunicipalityInYear(const std::string& name, int year) {
    v1::GetMunicipalityRequest request;
    request.set_name(name);
    request.set_fiscal_year(year);
    v1::Municipality municipality;
    return Call(&v1::RegistryService::Stub::GetMunicipality, request,
                municipality);
  }

  type::v1::ImportResult ImportMunicipalities(const std::string& csv) {
    v1::ImportMunicipalitiesRequest request;
    request.mutable_batch()->set_csv(csv);
    type::v1::ImportResult result;
    EXPECT_OK(Call(&v1::RegistryService::Stub::BatchImportMunicipalities,
                   request, result));
    return result;
  }
  type::v1::ImportResult ImportStatuses(const std::string& csv,
                                        bool validate_only = false) {
    v1::ImportStatusRecordsRequest request;
    request.mutable_batch()->set_csv(csv);
    request.set_validate_only(validate_only);
    type::v1::ImportResult result;
    EXPECT_OK(Call(&v1::RegistryService::Stub::BatchImportStatusRecords,
                   request, result));
    return result;
  }
  void LoadTokyo() {
    ImportMunicipalities(ReadData("municipalities.csv"));
    ImportStatuses(ReadData("status-jusou.csv"));
  }

  static v1::RecordStatusRequest Record(int year, v1::Implementing implementing,
                                        v1::Preparation preparation) {
    v1::RecordStatusRequest request;
    request.set_parent("programs/jusou");
    v1::StatusRecord& record = *request.mutable_status_record();
    record.set_municipality("municipalities/131016");
    record.set_fiscal_year(year);
    record.set_implementing(implementing);
    record.set_preparation(preparation);
    return request;
  }
  absl::Status RecordStatus(const v1::RecordStatusRequest& request,
                            v1::StatusRecord& response) {
    return Call(&v1::RegistryService::Stub::RecordStatus, request, response);
  }
  absl::Status RecordStatus(const v1::RecordStatusRequest& request) {
    v1::StatusRecord response;
    return RecordStatus(request, response);
  }

  std::int64_t Version() {
    v1::ListMunicipalitiesResponse response;
    EXPECT_OK(Call(&v1::RegistryService::Stub::ListMunicipalities,
                   v1::ListMunicipalitiesRequest(), response));
    return response.version();
  }

  std::vector<v1::StreamChangesResponse> Changes(std::int64_t after) {
    grpc::ClientContext context;
    v1::StreamChangesRequest request;
    request.set_after_version(after);
    auto reader = stub_->StreamChanges(&context, request);
    std::vector<v1::StreamChangesResponse> messages;
    v1::StreamChangesResponse message;
    while (reader->Read(&message)) messages.push_back(message);
    EXPECT_TRUE(reader->Finish().ok());
    return messages;
  }

  static v1::Roster::Entry EntryOf(const v1::Roster& roster,
                                   const std::string& municipality) {
    for (const v1::Roster::Entry& entry : roster.entries()) {
      if (entry.municipality() == municipality) return entry;
    }
    return {};
  }

  std::unique_ptr<support::ModuleRunner> owned_;
  std::unique_ptr<v1::RegistryService::Stub> stub_;
};

}  // namespace welfare::registry
