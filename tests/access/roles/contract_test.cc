// The contract says what the table of roles says: each cell of policy.csv held
// against the policy of its method, and no method is left out.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "services/platform/calls/method_policy.h"
#include "tests/access/roles/policy_table.h"
#include "tests/support/status_matchers.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/options/v1/options.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/report/v1/report_service.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::access {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kSurvey[] = "small";

// A request that names something of the survey, as far as it can name one.
std::unique_ptr<Message> RequestFor(const MethodDescriptor& method) {
  std::unique_ptr<Message> request(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(method.input_type())
          ->New());
  // The registry and the names of reports speak of no survey.
  if (method.file()->package() == "welfare.registry.v1" ||
      method.name() == "GetReport" || method.name() == "DownloadReport" ||
      method.name() == "PublishReport" || method.name() == "WithdrawReport" ||
      method.name() == "ListReportChanges" ||
      method.name() == "VerifyReport" ||
      method.name().find("FeedbackSheet") != std::string::npos) {
    return request;
  }
  std::string path =
      method.options().GetExtension(options::v1::policy).resource_field();
  Message* message = request.get();
  for (std::size_t dot; (dot = path.find('.')) != std::string::npos;
       path.erase(0, dot + 1)) {
    message = message->GetReflection()->MutableMessage(
        message,
        message->GetDescriptor()->FindFieldByName(path.substr(0, dot)));
  }
  if (const FieldDescriptor* field =
          message->GetDescriptor()->FindFieldByName(path)) {
    message->GetReflection()->SetString(message, field,
                                        std::string("surveys/") + kSurvey);
  }
  return request;
}

// What only the service can know: whom the rows of a file name.
bool IsJudgedByTheService(const Cell& cell) {
  return cell.relation == "other" && cell.role == "manager" &&
         cell.method.ends_with("ImportSubmissions");
}

TEST(Contract, SaysWhatTheTableOfRolesSays) {
  int judged = 0;
  for (const Cell& cell : ReadPolicyTable()) {
    const MethodDescriptor* method = FindMethod(cell.method);
    ASSERT_NE(method, nullptr) << cell.ToString();
    const auto policy = platform::MethodPolicy::Of(*method);
    ASSERT_OK(policy);
    const bool passes =
        policy->Check(IdentityOf(cell, kSurvey), *RequestFor(*method)).ok();
    EXPECT_EQ(passes, cell.verdict != "deny" || IsJudgedByTheService(cell))
        << cell.ToString();
    ++judged;
  }
  EXPECT_GT(judged, 1000);
}

TEST(Contract, EveryMethodStandsInTheTableForEveryRole) {
  std::set<std::string> written;
  for (const Cell& cell : ReadPolicyTable()) {
    EXPECT_TRUE(written.insert(cell.method + cell.role + cell.relation).second)
        << "twice: " << cell.ToString();
  }
  for (const char* name : {"registry", "survey", "indicator", "report"}) {
    const ServiceDescriptor* service = FindService(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string method =
          std::string(name) + "." + service->method(i)->name();
      for (const char* role : {"registrar", "manager", "reviewer", "respondent",
                               "auditor", "operator", "none"}) {
        for (const char* relation : {"own", "other", "none"}) {
          EXPECT_TRUE(written.contains(method + role + relation))
              << method << " by " << role << " of " << relation;
        }
      }
      for (const char* peer : {"registry", "survey", "indicator", "report"}) {
        EXPECT_TRUE(written.contains(method + "service:" + peer + "own"))
            << method << " by " << peer;
      }
    }
  }
}

TEST(Contract, SaysWhereAPublicAnswerDependsOnItsCaller) {
  std::set<std::string> methods, for_some;
  for (const Cell& cell : ReadPolicyTable()) {
    if (cell.role.starts_with("service:")) continue;
    methods.insert(cell.method);
    if (cell.verdict != "allow") for_some.insert(cell.method);
  }
  int varying = 0;
  for (const std::string& name : methods) {
    const auto& policy =
        FindMethod(name)->options().GetExtension(options::v1::policy);
    const bool open = policy.audience() == options::v1::AUDIENCE_PUBLIC;
    EXPECT_EQ(policy.varies_by_caller(), open && for_some.contains(name))
        << name;
    varying += policy.varies_by_caller() ? 1 : 0;
  }
  EXPECT_GT(varying, 0);
}

}  // namespace
}  // namespace welfare::access
