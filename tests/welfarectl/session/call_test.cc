// Calls find their method by the request alone; here the whole API is walked.
#include "tools/welfarectl/session/call.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <vector>

#include "tools/welfarectl/session/session.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/options/v1/options.pb.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/report/v1/report_service.pb.h"
#include "welfare/survey/v1/survey_service.pb.h"

namespace welfare::ctl {
namespace {

TEST(MethodOf, EveryRequestOfTheApiBelongsToItsMethod) {
  const std::vector<const google::protobuf::Descriptor*> one_of_each = {
      registry::v1::GetRosterRequest::descriptor(),
      survey::v1::GetRoundRequest::descriptor(),
      indicator::v1::GetIndicatorValueRequest::descriptor(),
      report::v1::GetReportRequest::descriptor()};
  int walked = 0;
  for (const auto* message : one_of_each) {
    const google::protobuf::FileDescriptor& file = *message->file();
    ASSERT_EQ(file.service_count(), 1) << file.name();
    const google::protobuf::ServiceDescriptor& service = *file.service(0);
    for (int i = 0; i < service.method_count(); ++i) {
      const google::protobuf::MethodDescriptor* method = service.method(i);
      // Those of watchers and columns, which services call, stand elsewhere.
      if (method->input_type()->file() != &file) continue;
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
  for (const auto* message :
       {registry::v1::GetRosterRequest::descriptor(),
        survey::v1::GetRoundRequest::descriptor(),
        indicator::v1::GetIndicatorValueRequest::descriptor(),
        report::v1::GetReportRequest::descriptor()}) {
    const google::protobuf::ServiceDescriptor& service =
        *message->file()->service(0);
    for (int i = 0; i < service.method_count(); ++i) {
      const google::protobuf::MethodDescriptor* method = service.method(i);
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
