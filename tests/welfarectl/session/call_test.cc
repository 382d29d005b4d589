// Calls find their method by the request alone; here the whole API is walked.
#include "tools/welfarectl/session/call.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <vector>

#include "tools/welfarectl/session/session.h"
#include "welfare/options/v1/options.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/type/v1/audit.pb.h"

namespace welfare::ctl {
namespace {

std::vector<const google::protobuf::ServiceDescriptor*> Services() {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const char* name : {"welfare.registry.v1.RegistryService",
                           "welfare.survey.v1.SurveyService",
                           "welfare.indicator.v1.IndicatorService",
                           "welfare.report.v1.ReportService"}) {
    services.push_back(
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            name));
    EXPECT_NE(services.back(), nullptr) << name;
  }
  return services;
}

TEST(MethodOf, EveryRequestOfTheApiBelongsToItsMethod) {
  int walked = 0;
  for (const auto* service : Services()) {
    ASSERT_EQ(service->file()->service_count(), 1) << service->full_name();
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor* method = service->method(i);
      // Those of watchers, which services call, stand elsewhere.
      if (method->input_type()->file()->package() !=
          service->file()->package()) {
        continue;
      }
      // No method takes a stream and answers once.
      ASSERT_TRUE(method->server_streaming() || !method->client_streaming());
      const CallKind kind = method->client_streaming() ? CallKind::kExchange
                            : method->server_streaming()
                                ? CallKind::kAnswerStream
                                : CallKind::kUnary;
      EXPECT_EQ(MethodOf(*method->input_type(), kind), method)
          << method->full_name();
      ++walked;
    }
  }
  EXPECT_GT(walked, 50);
}

TEST(MethodOf, EveryWriteCanCarryARequestId) {
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor* method = service->method(i);
      if (!method->options()
               .GetExtension(welfare::options::v1::policy)
               .mutates()) {
        continue;
      }
      const auto* field = method->input_type()->FindFieldByName("request_id");
      ASSERT_NE(field, nullptr) << method->full_name();
      EXPECT_EQ(field->cpp_type(),
                google::protobuf::FieldDescriptor::CPPTYPE_STRING);
    }
  }
}

// The audit log is read from several services in the same words.
TEST(MethodOf, ARequestOfSeveralServicesIsFoundInEach) {
  for (const char* service : {"welfare.registry.v1.RegistryService",
                              "welfare.survey.v1.SurveyService",
                              "welfare.report.v1.ReportService"}) {
    const auto& request = *type::v1::GetAuditHeadRequest::descriptor();
    const auto* method = MethodOf(service, request);
    ASSERT_NE(method, nullptr) << service;
    EXPECT_EQ(method->service()->full_name(), service);
    EXPECT_EQ(method->name(), "GetAuditHead");
    EXPECT_EQ(MethodOf(request, CallKind::kUnary), nullptr);
  }
  EXPECT_EQ(MethodOf("welfare.indicator.v1.IndicatorService",
                     *type::v1::GetAuditHeadRequest::descriptor()),
            nullptr);
  EXPECT_EQ(MethodOf("welfare.Nowhere",
                     *type::v1::GetAuditHeadRequest::descriptor()),
            nullptr);
}

TEST(MethodOf, IsNullForWhatNoMethodTakes) {
  EXPECT_EQ(MethodOf(*registry::v1::Roster::descriptor(), CallKind::kUnary),
            nullptr);
}

TEST(TryCall, RefusesAReplyOfAnotherMethodBeforeItConnects) {
  Session session;
  session.options.server = "unix:/nowhere/nobody.sock";
  registry::v1::Municipality reply;
  const CallStatus status =
      TryCall(session, registry::v1::GetRosterRequest(), reply);
  EXPECT_EQ(status.code, absl::StatusCode::kInternal);
  EXPECT_NE(status.message.find("GetRosterRequest"), std::string::npos);
}

}  // namespace
}  // namespace welfare::ctl
