// What would not fit a codebook, and what does not fit a round.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "tests/indicator/demo_rounds.h"
#include "tests/indicator/fake_peers.h"
#include "tests/indicator/indicator_service_fixture.h"
#include "tests/support/module_runner.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"

namespace welfare::indicator {
namespace {

using support::Partially;
using testing::Demo;
using testing::DemoRounds;
using testing::FakeRegistry;
using testing::FakeSurvey;

class CodebookCheckerTest : public testing::IndicatorServiceTest {};

TEST_F(CodebookCheckerTest, SaysWhatWouldNotFitACodebook) {
  v1::CheckDefinitionsRequest request;
  request.set_name("surveys/jusou/codebooks/2025-1");
  const auto whole =
      Call(&v1::IndicatorService::Stub::CheckDefinitions, request);
  ASSERT_OK(whole);
  EXPECT_EQ(whole->misfits_total(), 0) << whole->ShortDebugString();
  EXPECT_GE(whole->fits_size(), 115);

  // A draft with an option less, an item less, and one of a population that
  // nobody defined.
  survey::v1::Codebook draft =
      testing::CodebookProto(*Demo().rounds.at(2025).questionnaire);
  draft.set_name("surveys/jusou/codebooks/2026-1");
  draft.set_state(survey::v1::Codebook::STATE_DRAFT);
  for (int i = 0; i < draft.items_size(); ++i) {
    survey::v1::Item& item = *draft.mutable_items(i);
    if (item.item() == "plan_formulated") {
      item.mutable_options()->DeleteSubrange(0, 1);
    }
    if (item.item() == "window_installed") item.set_population("everybody");
  }
  for (int i = 0; i < draft.items_size(); ++i) {
    if (draft.items(i).item() == "sc_cases") {
      draft.mutable_items()->DeleteSubrange(i, 1);
    }
  }
  survey_.PutCodebook(draft);
  request.set_name(draft.name());
  const auto checked =
      Call(&v1::IndicatorService::Stub::CheckDefinitions, request);
  ASSERT_OK(checked);
  EXPECT_EQ(checked->misfits_total(), checked->misfits_size());
  std::map<std::string, v1::DefinitionMisfit> by_thing;
  for (const v1::DefinitionMisfit& misfit : checked->misfits()) {
    by_thing.emplace(
        misfit.population() + misfit.indicator() + misfit.statement(), misfit);
    EXPECT_FALSE(misfit.message().empty());
    EXPECT_FALSE(misfit.message_ja().empty());
    EXPECT_FALSE(misfit.place().empty());
  }
  EXPECT_THAT(
      by_thing["plan_made"],
      Partially(R"pb(population: "plan_made"
                     place: "populations.plan_made"
                     reason: "OPTION_UNKNOWN"
                     subject: "formulated"
                     message_ja: "調査票の設問に選択肢「formulated」がない。"
      )pb"));
  EXPECT_THAT(by_thing["plan_period_years"],
              Partially(R"pb(indicator: "plan_period_years"
                             reason: "POPULATION_MISFIT"
                             subject: "plan_made")pb"));
  EXPECT_THAT(by_thing["window_installed"],
              Partially(R"pb(indicator: "window_installed"
                             reason: "POPULATION"
                             subject: "everybody")pb"));
  EXPECT_THAT(by_thing["sc_cases_histogram"],
              Partially(R"pb(reason: "ITEM_UNKNOWN" subject: "sc_cases")pb"));
  EXPECT_THAT(
      by_thing["surveys/jusou/rounds/2025/statements/p04_plan_formulated"],
      Partially(R"pb(reason: "CELL_UNKNOWN" subject: "formulated")pb"));
  std::set<std::string> fits;
  for (const auto& fit : checked->fits()) fits.insert(fit.indicator());
  EXPECT_TRUE(fits.contains("plan_formulated"));
  EXPECT_FALSE(fits.contains("window_installed"));

  request.set_name("surveys/jusou/codebooks/2030-1");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::CheckDefinitions, request),
                absl::StatusCode::kNotFound, "CODEBOOK_NOT_FOUND");
  request.set_name("surveys/other/codebooks/2025-1");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::CheckDefinitions, request),
                absl::StatusCode::kNotFound, "SURVEY_NOT_FOUND");
  request.set_name("surveys/jusou");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::CheckDefinitions, request),
                absl::StatusCode::kInvalidArgument, "NAME_INVALID");
  survey_.FailNext(-1);
  request.set_name("surveys/jusou/codebooks/2025-1");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::CheckDefinitions, request),
                absl::StatusCode::kUnavailable, "SURVEY_UNAVAILABLE");
}

// A round whose codebook has an item of a population that nobody defined.
TEST(IndicatorMisfits, OneMisfitLeavesTheRestOfTheRound) {
  DemoRounds demo = Demo();
  std::vector<Item> items = demo.rounds.at(2025).questionnaire->items();
  for (Item& item : items) {
    if (item.id == "window_installed") item.population = "everybody";
  }
  demo.rounds.at(2025).questionnaire =
      std::make_shared<Questionnaire>("2025-1", std::move(items));
  FakeSurvey survey(demo);
  FakeRegistry registry(demo);
  support::ServiceRunner survey_runner(survey);
  support::ServiceRunner registry_runner(registry);
  support::ModuleRunner runner(std::make_unique<IndicatorModule>());
  runner.SetPeer("survey", survey_runner.address());
  runner.SetPeer("registry", registry_runner.address());
  ASSERT_OK(runner.Start());
  const auto stub = v1::IndicatorService::NewStub(runner.channel());

  grpc::ClientContext values_context;
  v1::ListIndicatorValuesRequest values_request;
  values_request.set_parent("surveys/jusou/rounds/2025");
  values_request.set_page_size(1000);
  v1::ListIndicatorValuesResponse values;
  ASSERT_TRUE(
      stub->ListIndicatorValues(&values_context, values_request, &values).ok());
  EXPECT_GE(values.indicator_values_size(), 110);
  ASSERT_EQ(values.left_out_size(), 1) << values.left_out(0).ShortDebugString();
  EXPECT_THAT(values.left_out(0), Partially(R"pb(indicator: "window_installed"
                                                 reason: "POPULATION"
                                                 subject: "everybody")pb"));

  grpc::ClientContext statements_context;
  v1::ListStatementsRequest statements_request;
  statements_request.set_parent("surveys/jusou/rounds/2025");
  statements_request.set_page_size(1000);
  v1::ListStatementsResponse statements;
  ASSERT_TRUE(
      stub->ListStatements(&statements_context, statements_request, &statements)
          .ok());
  int fits = 0;
  for (const auto& statement : statements.statements()) {
    if (statement.verdict() == v1::Statement::VERDICT_FITS) ++fits;
    if (!statement.name().ends_with("p06_window_installed")) continue;
    EXPECT_EQ(statement.verdict(), v1::Statement::VERDICT_NOT_COMPUTED);
    EXPECT_FALSE(statement.not_computed_reason().empty());
  }
  EXPECT_GT(fits, 60);
}

}  // namespace
}  // namespace welfare::indicator
