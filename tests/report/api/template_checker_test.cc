// Templates against a codebook.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <string>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/platform/rpc/status_mapping.h"
#include "tests/report/report_module_fixture.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using ::testing::HasSubstr;

class TemplateCheckerTest : public testing::ReportModuleTest {};

TEST_F(TemplateCheckerTest, ChecksTemplatesAgainstACodebook) {
  const auto check = [&](const std::string& name)
      -> absl::StatusOr<v1::CheckTemplatesResponse> {
    grpc::ClientContext context;
    v1::CheckTemplatesRequest request;
    request.set_name(name);
    v1::CheckTemplatesResponse response;
    const grpc::Status status =
        stub_->CheckTemplates(&context, request, &response);
    if (!status.ok()) return platform::FromGrpcStatus(status);
    return response;
  };
  const std::string codebook = "surveys/jusou/codebooks/2025-1";
  const auto fits = check(codebook);
  ASSERT_OK(fits);
  EXPECT_EQ(fits->misfits_total(), 0);
  EXPECT_EQ(fits->templates_total(), 1);

  world_.snapshot.values.erase("partners");
  world_.snapshot.left_out["partners"] = "母集団「x」がない。";
  auto& cells = world_.snapshot.values.at("plan").cells;
  cells.erase(cells.begin());
  const auto response = check(codebook);
  ASSERT_OK(response);
  ASSERT_EQ(response->misfits_total(), 3);
  const v1::TemplateMisfit& headline = response->misfits(0);
  EXPECT_EQ(headline.template_(), "sample");
  EXPECT_EQ(headline.place(), "pages[3].headline");
  EXPECT_EQ(headline.reason(), "CELL_NOT_IN_CODEBOOK");
  EXPECT_EQ(headline.subject(), "plan.formulated");
  EXPECT_THAT(headline.message_ja(), HasSubstr("選択肢「plan.formulated」"));
  const v1::TemplateMisfit& figure = response->misfits(2);
  EXPECT_EQ(figure.reason(), "INDICATOR_NOT_IN_CODEBOOK");
  EXPECT_EQ(figure.subject(), "partners");
  EXPECT_THAT(figure.message(), HasSubstr("The population is unknown."));
  EXPECT_THAT(figure.message_ja(), HasSubstr("母集団「x」がない。"));

  EXPECT_STATUS(check("codebooks/1"), absl::StatusCode::kInvalidArgument,
                "NAME_INVALID");
  EXPECT_STATUS(check("surveys/jusou/codebooks/2030-1"),
                absl::StatusCode::kNotFound, "CODEBOOK_NOT_FOUND");
  world_.indicator = {grpc::StatusCode::UNAVAILABLE, "away"};
  EXPECT_STATUS(check(codebook), absl::StatusCode::kUnavailable,
                "INDICATOR_UNAVAILABLE");
}

}  // namespace
}  // namespace welfare::report
