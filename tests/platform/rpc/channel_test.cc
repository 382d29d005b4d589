#include "services/platform/rpc/channel.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "services/platform/rpc/grpc_lifetime.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"

namespace welfare::platform {
namespace {

namespace v1 = ::welfare::registry::v1;

const bool kGrpcKept = [] {
  KeepGrpcForTheProcess();
  return true;
}();

// Does what it is asked for and loses every first answer, as `lost` says.
class LosesFirstAnswers final : public v1::RegistryService::Service {
 public:
  grpc::Status GetMunicipality(grpc::ServerContext*,
                               const v1::GetMunicipalityRequest*,
                               v1::Municipality*) override {
    return Answer(reads);
  }
  grpc::Status CreateMunicipality(grpc::ServerContext*,
                                  const v1::CreateMunicipalityRequest*,
                                  v1::Municipality*) override {
    return Answer(writes);
  }

  std::atomic<int> reads{0};
  std::atomic<int> writes{0};
  std::atomic<grpc::StatusCode> lost{grpc::StatusCode::UNAVAILABLE};

 private:
  grpc::Status Answer(std::atomic<int>& count) {
    if (++count > 1) return grpc::Status::OK;
    return {lost, "the answer is lost"};
  }
};

class Channel : public ::testing::Test {
 protected:
  Channel() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }

  grpc::Status Read(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::Municipality reply;
    return v1::RegistryService::NewStub(channel)->GetMunicipality(
        &context, v1::GetMunicipalityRequest(), &reply);
  }
  grpc::Status Write(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::Municipality reply;
    return v1::RegistryService::NewStub(channel)->CreateMunicipality(
        &context, v1::CreateMunicipalityRequest(), &reply);
  }

  static void SetDeadline(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  }

  support::TempDir folder_;
  const std::string address_ = "unix:" + folder_.File("peer.sock");
  LosesFirstAnswers service_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(Channel, RepeatsWritesOfCallersThatGiveThemAnId) {
  EXPECT_TRUE(Write(MakeChannel({address_})).ok());
  EXPECT_EQ(service_.writes, 2);
}

TEST_F(Channel, OfAReaderRepeatsReadsAndNoWrite) {
  const auto channel =
      MakeReadChannel({address_}, v1::RegistryService::service_full_name());
  EXPECT_TRUE(Read(channel).ok());
  EXPECT_EQ(service_.reads, 2);
  EXPECT_EQ(Write(channel).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(service_.writes, 1);
}

TEST_F(Channel, RepeatsWhatAServerCutOffThatLeaves) {
  service_.lost = grpc::StatusCode::CANCELLED;
  EXPECT_TRUE(Write(MakeChannel({address_})).ok());
  EXPECT_EQ(service_.writes, 2);
}

TEST_F(Channel, RepeatsNothingElse) {
  service_.lost = grpc::StatusCode::INTERNAL;
  EXPECT_EQ(Write(MakeChannel({address_})).error_code(),
            grpc::StatusCode::INTERNAL);
  EXPECT_EQ(service_.writes, 1);
}

}  // namespace
}  // namespace welfare::platform
