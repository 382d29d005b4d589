// Who may make a call, by the contract and by what the caller was granted: the
// rule alone, and through every kind of row.
#include "services/platform/calls/method_policy.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/calls/call_environment.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/work/version_feed.h"
#include "services/platform/work/worker_pool.h"
#include "tests/platform/fake_registry.h"
#include "tests/support/callers.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "welfare/options/v1/options.pb.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::platform {
namespace {

using google::protobuf::MethodDescriptor;
using ::testing::HasSubstr;

namespace registry = welfare::registry::v1;
namespace survey = welfare::survey::v1;

const MethodDescriptor& Method(const std::string& name) {
  const MethodDescriptor* method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
          "welfare." + name);
  EXPECT_NE(method, nullptr) << name;
  return *method;
}

bool May(const std::string& method, const google::protobuf::Message& request,
         const access::Identity& who) {
  const auto policy = MethodPolicy::Of(Method(method));
  EXPECT_OK(policy) << method;
  return policy.ok() && policy->Check(who, request).ok();
}

bool May(const std::string& method, const google::protobuf::Message& request,
         const std::vector<std::string>& grants) {
  return May(method, request, support::Granted(grants));
}

TEST(MethodPolicy, EveryMethodOfTheContractHasOne) {
  int methods = 0;
  for (const char* name :
       {"registry.v1.RegistryService", "survey.v1.SurveyService"}) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            std::string("welfare.") + name);
    ASSERT_NE(service, nullptr);
    for (int i = 0; i < service->method_count(); ++i, ++methods) {
      EXPECT_OK(MethodPolicy::Of(*service->method(i)))
          << service->method(i)->full_name();
    }
  }
  EXPECT_GT(methods, 40);
}

TEST(MethodPolicy, WhatIsPublicNeedsNoGrant) {
  EXPECT_TRUE(May("registry.v1.RegistryService.GetRoster",
                  registry::GetRosterRequest(), access::Identity::Anonymous()));
}

TEST(MethodPolicy, TheRegistryBelongsToNoSurvey) {
  const std::string method = "registry.v1.RegistryService.CreateMunicipality";
  const registry::CreateMunicipalityRequest request;
  EXPECT_TRUE(May(method, request, {"registrar@*"}));
  EXPECT_FALSE(May(method, request, {"manager@*", "operator@*"}));
  EXPECT_FALSE(May(method, request, support::Granted({})));
}

TEST(MethodPolicy, AGrantIsGoodForItsSurvey) {
  const std::string method = "survey.v1.SurveyService.OpenRound";
  survey::OpenRoundRequest request;
  request.set_name("surveys/jusou/rounds/2025");
  EXPECT_TRUE(May(method, request, {"manager@jusou"}));
  EXPECT_TRUE(May(method, request, {"manager@*"}));
  EXPECT_TRUE(May(method, request, {"reviewer@*", "manager@jusou"}));
  EXPECT_FALSE(May(method, request, {"manager@keikaku"}));
  EXPECT_FALSE(May(method, request, {"manager@jusou2", "manager@juso"}));
  EXPECT_FALSE(May(method, request, {"reviewer@*"}));
}

TEST(MethodPolicy, TheResourceMayStandInAMessageOfTheRequest) {
  const std::string method = "survey.v1.SurveyService.UpdateRound";
  survey::UpdateRoundRequest request;
  request.mutable_round()->set_name("surveys/jusou/rounds/2025");
  EXPECT_TRUE(May(method, request, {"manager@jusou"}));
  EXPECT_FALSE(May(method, request, {"manager@keikaku"}));
}

// What the request names is judged by the service then.
TEST(MethodPolicy, ARequestThatNamesNoSurveyNeedsTheRoleOfAny) {
  const std::string method = "survey.v1.SurveyService.BatchImportSubmissions";
  const survey::ImportSubmissionsRequest request;
  EXPECT_TRUE(May(method, request, {"manager@jusou"}));
  EXPECT_FALSE(May(method, request, support::RespondentOf("jusou", "131016")));
}

TEST(MethodPolicy, TheLocalOperatorMayEverything) {
  EXPECT_TRUE(May("registry.v1.RegistryService.CreateMunicipality",
                  registry::CreateMunicipalityRequest(),
                  access::Identity::Local()));
}

TEST(MethodPolicy, AServiceIsJudgedByThePeersAlone) {
  const auto may = [](const std::string& method, const std::string& service) {
    const std::unique_ptr<google::protobuf::Message> request(
        google::protobuf::MessageFactory::generated_factory()
            ->GetPrototype(Method(method).input_type())
            ->New());
    return May(method, *request, access::Identity::Service(service));
  };
  const std::string survey = "survey.v1.SurveyService.";
  EXPECT_TRUE(may(survey + "StreamRoundColumns", "indicator"));
  EXPECT_TRUE(may(survey + "StreamRoundColumns", "report"));
  EXPECT_FALSE(may(survey + "WatchVersions", "report"));
  EXPECT_FALSE(may(survey + "StreamRoundColumns", "stranger"));
  // What is public to all else is of no use to it.
  EXPECT_FALSE(may(survey + "OpenRound", "indicator"));
  EXPECT_FALSE(may(survey + "ListRounds", "indicator"));
  const std::string registry = "registry.v1.RegistryService.";
  EXPECT_TRUE(may(registry + "GetRoster", "survey"));
  EXPECT_FALSE(may(registry + "CreateMunicipality", "survey"));
}

TEST(MethodPolicy, SaysWhatIsMissing) {
  const auto policy =
      MethodPolicy::Of(Method("survey.v1.SurveyService.GetSubmission"));
  ASSERT_OK(policy);
  survey::GetSubmissionRequest request;
  request.set_name("surveys/jusou/rounds/2025/submissions/131016-council");
  const absl::Status status =
      policy->Check(support::Granted({"auditor@*"}), request);
  EXPECT_STATUS(status, absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
  const auto details = base::GetErrorDetails(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->metadata.at("roles"), "manager, reviewer, respondent");
  EXPECT_EQ(details->metadata.at("survey"), "jusou");
  EXPECT_FALSE(details->message_ja.empty());

  // Somebody unknown is asked who he is, and told what would be needed.
  const absl::Status unknown =
      policy->Check(access::Identity::Anonymous(), request);
  EXPECT_STATUS(unknown, absl::StatusCode::kUnauthenticated,
                "CREDENTIALS_MISSING");
  EXPECT_THAT(std::string(base::MessageOf(unknown)),
              HasSubstr("manager, reviewer, respondent"));
}

// A contract that says `policy` of its one method.
class Contract {
 public:
  explicit Contract(const std::string& policy) {
    google::protobuf::FileDescriptorProto file;
    file.set_name("contract.proto");
    file.set_syntax("proto3");
    auto& message = *file.add_message_type();
    message.set_name("Request");
    auto& field = *message.add_field();
    field.set_name("number");
    field.set_number(1);
    field.set_type(google::protobuf::FieldDescriptorProto::TYPE_INT32);
    field.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    auto& service = *file.add_service();
    service.set_name("Service");
    auto& method = *service.add_method();
    method.set_name("Do");
    method.set_input_type(".Request");
    method.set_output_type(".Request");
    options::v1::MethodPolicy written;
    EXPECT_TRUE(written.ParseFromString(policy));
    if (!policy.empty()) {
      *method.mutable_options()->MutableExtension(options::v1::policy) =
          written;
    }
    const auto* built = pool_.BuildFile(file);
    EXPECT_NE(built, nullptr);
    method_ = built->FindServiceByName("Service")->method(0);
  }

  std::string Fault() const {
    return std::string(base::MessageOf(MethodPolicy::Of(*method_).status()));
  }

  std::string Reason() const {
    return base::ReasonOf(MethodPolicy::Of(*method_).status());
  }

  const MethodDescriptor& method() const { return *method_; }

 private:
  google::protobuf::DescriptorPool pool_{
      google::protobuf::DescriptorPool::generated_pool()};
  const MethodDescriptor* method_;
};

std::string Policy(options::v1::Audience audience,
                   const std::vector<std::string>& roles,
                   const std::string& resource_field = "", bool mutates = false,
                   const std::vector<std::string>& peers = {}) {
  options::v1::MethodPolicy policy;
  for (const std::string& peer : peers) policy.add_peers(peer);
  policy.set_audience(audience);
  for (const std::string& role : roles) policy.add_roles(role);
  policy.set_resource_field(resource_field);
  policy.set_mutates(mutates);
  return policy.SerializeAsString();
}

TEST(MethodPolicy, AMethodForServicesAloneIsForItsPeers) {
  Contract contract(
      Policy(options::v1::AUDIENCE_INTERNAL, {}, "", false, {"report"}));
  const auto policy = MethodPolicy::Of(contract.method());
  ASSERT_OK(policy);
  const survey::GetRoundRequest request;
  EXPECT_OK(policy->Check(access::Identity::Service("report"), request));
  EXPECT_FALSE(
      policy->Check(access::Identity::Service("survey"), request).ok());
  EXPECT_FALSE(policy->Check(support::Granted({"manager@*"}), request).ok());
}

TEST(MethodPolicy, OneThatSaysNothingUsefulIsRefused) {
  using options::v1::AUDIENCE_PUBLIC;
  using options::v1::AUDIENCE_ROLES;
  EXPECT_EQ(Contract("").Fault(), "it has no policy");
  EXPECT_EQ(Contract("").Reason(), "CONTRACT_INVALID");
  EXPECT_THAT(
      Contract(Policy(options::v1::AUDIENCE_UNSPECIFIED, {}, "", true)).Fault(),
      HasSubstr("no audience"));
  EXPECT_THAT(Contract(Policy(AUDIENCE_ROLES, {"manger"})).Fault(),
              HasSubstr("manger"));
  EXPECT_THAT(Contract(Policy(AUDIENCE_ROLES, {})).Fault(),
              HasSubstr("disagree"));
  EXPECT_THAT(Contract(Policy(AUDIENCE_PUBLIC, {"manager"})).Fault(),
              HasSubstr("disagree"));
  EXPECT_THAT(Contract(Policy(AUDIENCE_PUBLIC, {}, "", true)).Fault(),
              HasSubstr("change state"));
  EXPECT_THAT(
      Contract(Policy(AUDIENCE_PUBLIC, {}, "", false, {"gateway"})).Fault(),
      HasSubstr("gateway"));
  EXPECT_THAT(Contract(Policy(options::v1::AUDIENCE_INTERNAL, {})).Fault(),
              HasSubstr("names none"));
  for (const char* field : {"name", "number", "number.name", ".", "a..b"}) {
    EXPECT_THAT(Contract(Policy(AUDIENCE_ROLES, {"manager"}, field)).Fault(),
                HasSubstr("leads to no text"))
        << field;
  }
}

// Through a real server: nobody's handler runs for a caller who may not.
class Guarded : public ::testing::Test {
 protected:
  Guarded() {
    calls_.metrics = &metrics_;
    calls_.domain = "registry.welfare";
    calls_.pool = &pool_;
    calls_.bulk_pool = &pool_;
    calls_.stream_pool = &pool_;
    calls_.feed = &feed_;
    calls_.identify =
        [](const MetadataLookup& metadata,
           const PeerLookup&) -> absl::StatusOr<access::Identity> {
      const auto grant = metadata("x-grant");
      return grant ? support::Granted({std::string(*grant)})
                   : access::Identity::Anonymous();
    };
    service_ = MakeFakeRegistry(calls_, state_);
    runner_ = std::make_unique<support::ServiceRunner>(*service_);
    stub_ = registry::RegistryService::NewStub(runner_->channel());
  }

  MetricsRegistry metrics_;
  WorkerPool pool_{{}};
  VersionFeed feed_{{}};
  CallEnvironment calls_;
  FakeRegistryState state_;
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<support::ServiceRunner> runner_;
  std::unique_ptr<registry::RegistryService::Stub> stub_;
};

TEST_F(Guarded, AUnaryCallIsJudgedBeforeItsHandler) {
  state_.release = true;
  const auto create = [&](const std::string& grant) {
    grpc::ClientContext context;
    context.AddMetadata("x-grant", grant);
    type::v1::ImportResult reply;
    return FromGrpcStatus(stub_->BatchImportMunicipalities(
        &context, registry::ImportMunicipalitiesRequest(), &reply));
  };
  EXPECT_STATUS(create("manager@*"), absl::StatusCode::kPermissionDenied,
                "ACCESS_DENIED");
  EXPECT_EQ(state_.imported.load(), 0);
  EXPECT_OK(create("registrar@*"));
  EXPECT_EQ(state_.imported.load(), 1);
}

TEST_F(Guarded, EachMessageOfAStreamIsJudged) {
  const auto import = [&](const std::string& grant) {
    grpc::ClientContext context;
    context.AddMetadata("x-grant", grant);
    const auto stream = stub_->ImportMunicipalities(&context);
    stream->Write(registry::ImportMunicipalitiesRequest());
    stream->WritesDone();
    type::v1::ImportResult reply;
    int answers = 0;
    while (stream->Read(&reply)) ++answers;
    return std::pair(answers, FromGrpcStatus(stream->Finish()));
  };
  const auto [none, refused] = import("reviewer@jusou");
  EXPECT_EQ(none, 0);
  EXPECT_STATUS(refused, absl::StatusCode::kPermissionDenied, "ACCESS_DENIED");
  const auto [one, taken] = import("registrar@*");
  EXPECT_EQ(one, 1);
  EXPECT_OK(taken);
}

TEST_F(Guarded, WhatIsPublicIsReadByAnybody) {
  for (const char* name : {"inline", "a"}) {
    grpc::ClientContext context;
    registry::GetMunicipalityRequest request;
    request.set_name(name);
    registry::Municipality reply;
    EXPECT_TRUE(stub_->GetMunicipality(&context, request, &reply).ok());
  }
}

}  // namespace
}  // namespace welfare::platform
