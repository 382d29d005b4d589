// The real module through real stubs; survey and registry are fakes that serve
// the demonstration rounds (架空).
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "services/base/error.h"
#include "services/indicator/compute/figures.h"
#include "services/indicator/indicator_module.h"
#include "services/indicator/statements/published.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/indicator/demo_rounds.h"
#include "tests/indicator/fake_peers.h"
#include "tests/support/module_runner.h"
#include "tests/support/proto_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::indicator {
namespace {

using support::Partially;
using support::StatusIs;
using testing::DemoRounds;
using testing::FakeRegistry;
using testing::FakeSurvey;
using testing::LoadDemoRounds;
const DemoRounds& Demo() {
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
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(20));
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

TEST_F(IndicatorServiceTest, AnswersAValueWithEverythingItCameFrom) {
  const auto value = Value("plan_formulated");
  ASSERT_OK(value);
  EXPECT_THAT(*value, Partially(R"pb(
    name: "surveys/jusou/indicators/plan_formulated/values/2025"
    fiscal_year: 2025
    reference_year: 2025
    display_name: "重層的支援体制整備事業実施計画の策定状況"
    measure: DISTRIBUTION
    population {
      id: "implementing"
      label: "令和7年度 実施自治体"
      predicate: "registry('implementing', 0)"
      size: 30
    }
    base: 30
    answered: 30
    basis: PROVISIONAL
    synthetic: true
  )pb"));
  EXPECT_THAT(value->cells(0), Partially(R"pb(
                key: "formulated"
                label: "策定済み"
                count: 23
                base: 30
                percent: "76.7"
              )pb"));
  EXPECT_THAT(value->versions(), Partially(R"pb(registry: 5
                                                round: 124
                                                definition: 1
                                                codebook: "2025-1")pb"));
  EXPECT_EQ(value->versions().definition_digest().size(), 64U);
  EXPECT_EQ(value->absences_size(), 6);
}

TEST_F(IndicatorServiceTest, ListsEveryValueInPagesAtOneRevision) {
  v1::ListIndicatorValuesRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(40);
  std::set<std::string> names;
  int pages = 0;
  do {
    const auto response =
        Call(&v1::IndicatorService::Stub::ListIndicatorValues, request);
    ASSERT_OK(response);
    for (const auto& value : response->indicator_values()) {
      EXPECT_TRUE(names.insert(value.name()).second) << value.name();
      EXPECT_EQ(value.versions().round(), 124);
    }
    // A new revision between two pages changes nothing for the second.
    survey_.SetRevision(2025, 130);
    if (response->next_page_token().empty()) {
      EXPECT_EQ(static_cast<int>(names.size()), response->total_size());
    }
    request.set_page_token(response->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_GT(pages, 2);
  EXPECT_TRUE(names.contains(
      "surveys/jusou/indicators/outreach_operation_split/values/2025"));
  EXPECT_TRUE(
      names.contains("surveys/jusou/indicators/cb_activities_council/values/"
                     "2025"));
}

TEST_F(IndicatorServiceTest, ListsDefinitions) {
  v1::ListIndicatorsRequest request;
  request.set_parent("surveys/jusou");
  request.set_page_size(1000);
  const auto response =
      Call(&v1::IndicatorService::Stub::ListIndicators, request);
  ASSERT_OK(response);
  EXPECT_EQ(response->total_size(), response->indicators_size());
  EXPECT_GE(response->indicators_size(), 115);

  v1::GetIndicatorRequest one;
  one.set_name("surveys/jusou/indicators/plan_period_5_or_6_years");
  const auto indicator = Call(&v1::IndicatorService::Stub::GetIndicator, one);
  ASSERT_OK(indicator);
  EXPECT_THAT(
      *indicator,
      Partially(
          R"pb(measure: COUNT
               population { id: "plan_made" }
               items: "plan_period_years"
               condition: "${plan_period_years} = 'y5' or ${plan_period_years} = 'y6'"
               pages: 4
               definition: 1)pb"));
  one.set_name("surveys/jusou/indicators/nothing");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::GetIndicator, one),
                absl::StatusCode::kNotFound, "INDICATOR_NOT_FOUND");
  request.set_parent("surveys/other");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListIndicators, request),
                absl::StatusCode::kNotFound, "SURVEY_NOT_FOUND");
}

TEST_F(IndicatorServiceTest, ExplainsACellByRespondents) {
  v1::ExplainIndicatorValueRequest request;
  request.set_name("surveys/jusou/indicators/outreach_operation/values/2025");
  request.set_cell("direct");
  const auto response =
      Call(&v1::IndicatorService::Stub::ExplainIndicatorValue, request);
  ASSERT_OK(response);
  int in = 0;
  for (const auto& one : response->explanations()) in += one.in() ? 1 : 0;
  EXPECT_EQ(in, 5);
  EXPECT_EQ(response->explanations_size(), 30);
  for (const auto& one : response->explanations()) {
    if (one.in()) {
      EXPECT_THAT(one.reason(), ::testing::HasSubstr("直営 (direct)"));
    }
    EXPECT_EQ(one.submission_revision(), 1);
    EXPECT_THAT(one.respondent(), ::testing::EndsWith("-municipality"));
  }
  request.set_cell("none");
  EXPECT_STATUS(
      Call(&v1::IndicatorService::Stub::ExplainIndicatorValue, request),
      absl::StatusCode::kInvalidArgument, "CELL_UNKNOWN");
}

TEST_F(IndicatorServiceTest, JudgesEveryPublishedStatement) {
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(50);
  std::map<std::string, v1::Statement> statements;
  do {
    const auto response =
        Call(&v1::IndicatorService::Stub::ListStatements, request);
    ASSERT_OK(response);
    EXPECT_EQ(response->wording_profile(), "1");
    EXPECT_EQ(response->total_size(), 136);
    for (const auto& statement : response->statements()) {
      statements[statement.name()] = statement;
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(statements.size(), 136U);
  for (const auto& [name, statement] : statements) {
    const bool computable =
        statement.check() == v1::Statement::CHECK_COMPUTED ||
        statement.check() == v1::Statement::CHECK_REGISTRY ||
        statement.check() == v1::Statement::CHECK_PROGRESS;
    if (computable) {
      EXPECT_EQ(statement.verdict(), v1::Statement::VERDICT_FITS)
          << statement.ShortDebugString();
      EXPECT_FALSE(statement.agreeing_readings().empty()) << name;
    }
    if (statement.verdict() == v1::Statement::VERDICT_NOT_COMPUTED) {
      EXPECT_FALSE(statement.not_computed_reason().empty()) << name;
      EXPECT_FALSE(statement.not_computed_reason_ja().empty()) << name;
    }
  }
  EXPECT_THAT(
      statements.at("surveys/jusou/rounds/2025/statements/p04_plan_formulated"),
      Partially(
          R"pb(page: 4
               published: "23地区"
               agreeing_readings: "only"
               round_fiscal_year: 2025
               synthetic: true
               readings {
                 reading: "only"
                 computed: "23/30 (76.7%)"
                 count: 23
                 base: 30
                 verdict: VERDICT_FITS
                 rule: "count 23"
                 claim: CLAIM_COUNT
                 count_agreement: AGREEMENT_SAME
                 base_agreement: AGREEMENT_SAME
                 wording: "7割以上"
                 wording_verdict: VERDICT_FITS
                 published_count: 23
                 published_base: 30
                 indicator: "plan_formulated"
                 cell: "formulated"
                 population { id: "implementing" size: 30 }
               })pb"));
}

TEST_F(IndicatorServiceTest, StatementsWithoutLastYearsRoundSaySo) {
  survey_.RemoveRound(2024);
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(1000);
  const auto response =
      Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(response);
  for (const auto& statement : response->statements()) {
    if (!statement.name().ends_with("p06_window_no_change")) continue;
    EXPECT_EQ(statement.not_computed_reason(), "there is no round of FY2024");
    EXPECT_EQ(statement.not_computed_reason_ja(), "2024年度の回がない");
  }
}

TEST_F(IndicatorServiceTest, APlannedRoundOfTheYearBeforeIsAsNone) {
  survey_.PlanRound(2024);
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(50);  // later pages know it too
  int seen = 0;
  do {
    const auto response =
        Call(&v1::IndicatorService::Stub::ListStatements, request);
    ASSERT_OK(response);
    for (const auto& statement : response->statements()) {
      if (statement.name().ends_with("p06_window_no_change") ||
          statement.name().ends_with("p08_partners_increase")) {
        ++seen;
        EXPECT_EQ(statement.not_computed_reason(),
                  "the round of FY2024 is planned and was never opened");
      }
    }
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 2);
  EXPECT_STATUS(Value("plan_formulated", 0, 0, 2024),
                absl::StatusCode::kFailedPrecondition, "ROUND_STATE");
}

TEST_F(IndicatorServiceTest, SaysWhatWouldNotFitACodebook) {
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

TEST_F(IndicatorServiceTest, StatementsStayAtThePinOfLastYearsRound) {
  v1::ListStatementsRequest request;
  request.set_parent("surveys/jusou/rounds/2025");
  request.set_page_size(1000);
  const auto first = Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(first);
  EXPECT_EQ(first->data_version(), 124);
  const std::int64_t before = first->previous_data_version();
  ASSERT_GT(before, 0);
  // Last year's round moves on: an unpinned read follows, a pinned one stays.
  survey_.SetRevision(2024, before + 1);
  request.set_previous_data_version(before);
  const auto pinned =
      Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(pinned);
  EXPECT_EQ(pinned->SerializeAsString(), first->SerializeAsString());
  request.clear_previous_data_version();
  const auto now = Call(&v1::IndicatorService::Stub::ListStatements, request);
  ASSERT_OK(now);
  EXPECT_EQ(now->previous_data_version(), before + 1);
  request.set_previous_data_version(-1);
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListStatements, request),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
}

TEST_F(IndicatorServiceTest, APinnedReadIsExactAndNeedsNoPeerTwice) {
  const auto first = Value("plan_formulated", 124);
  ASSERT_OK(first);
  survey_.SetRevision(2025, 125);
  survey_.WithdrawPlans(2025, 1);
  const auto now = Value("plan_formulated");
  ASSERT_OK(now);
  EXPECT_EQ(now->cells(0).count(), 22);
  EXPECT_EQ(now->versions().round(), 125);
  survey_.FailNext(-1);
  registry_.FailNext(-1);
  const auto again = Value("plan_formulated", 124);
  ASSERT_OK(again);
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
}

// What cannot be loaded takes nobody's place.
TEST_F(IndicatorServiceTest, PinsThatNameNothingEvictNothing) {
  ASSERT_OK(Value("plan_formulated", 124));
  for (int bogus = 1; bogus <= 20; ++bogus) {
    EXPECT_STATUS(Value("plan_formulated", 100000 + bogus),
                  absl::StatusCode::kOutOfRange, "VERSION_NOT_REACHED");
  }
  survey_.FailNext(-1);
  EXPECT_OK(Value("window_installed", 124));
}

// Two surveys that have come to one revision by different ways, behind one
// cache: another platform's, or the same one restored.
TEST_F(IndicatorServiceTest, ASharedCacheKeepsEqualRevisionsApart) {
  FakeSurvey other(Demo());
  other.SetIncarnation("survey-b");
  other.WithdrawPlans(2025, 5);
  support::ServiceRunner other_runner(other);
  platform::MetricsRegistry metrics;
  platform::MemoryCache cache({}, metrics);
  std::vector<std::unique_ptr<support::ModuleRunner>> platforms;
  std::vector<std::unique_ptr<v1::IndicatorService::Stub>> stubs;
  for (const std::string& survey :
       {survey_runner_.address(), other_runner.address()}) {
    auto runner = std::make_unique<support::ModuleRunner>(
        std::make_unique<IndicatorModule>());
    runner->SetPeer("survey", survey);
    runner->SetPeer("registry", registry_runner_.address());
    runner->ShareCache(cache);
    ASSERT_OK(runner->Start());
    stubs.push_back(v1::IndicatorService::NewStub(runner->channel()));
    platforms.push_back(std::move(runner));
  }
  std::vector<int> plans;
  std::vector<int> listed;
  for (auto& stub : stubs) {
    stub_ = std::move(stub);
    const auto value = Value("plan_formulated");
    ASSERT_OK(value);
    EXPECT_EQ(value->versions().round(), 124);
    plans.push_back(value->cells(0).count());
    v1::ListIndicatorValuesRequest list;
    list.set_parent("surveys/jusou/rounds/2025");
    list.set_page_size(1000);
    const auto values =
        Call(&v1::IndicatorService::Stub::ListIndicatorValues, list);
    ASSERT_OK(values);
    for (const v1::IndicatorValue& one : values->indicator_values()) {
      if (one.name() == value->name()) listed.push_back(one.cells(0).count());
    }
  }
  EXPECT_EQ(plans[0] - plans[1], 5);
  EXPECT_EQ(listed, plans);
}

// The survey comes back as another store: what was loaded and cached of the
// one before is not taken for its.
TEST_F(IndicatorServiceTest, ARestoredSurveyIsAnotherOne) {
  const auto before = Value("plan_formulated");
  ASSERT_OK(before);
  survey_.SetIncarnation("survey-b");
  survey_.WithdrawPlans(2025, 5);
  const auto after = Value("plan_formulated");
  ASSERT_OK(after);
  EXPECT_EQ(after->versions().round(), before->versions().round());
  EXPECT_EQ(before->cells(0).count() - after->cells(0).count(), 5);
  // Pinned reads follow when the survey says whose its versions are.
  EXPECT_TRUE(support::WaitFor([&] {
    const auto pinned = Value("plan_formulated", 124);
    return pinned.ok() && pinned->cells(0).count() == after->cells(0).count();
  }));
}

// A pin says whose revision it means; the survey knows whether its own one of
// that number is the same.
TEST_F(IndicatorServiceTest, APinOfAnotherStoreIsRefused) {
  const auto before = Value("plan_formulated");
  ASSERT_OK(before);
  EXPECT_EQ(before->versions().round_incarnation(), "survey-a");
  survey_.SetIncarnation("survey-b");
  survey_.SetCopyOf("survey-a", 100);
  survey_.WithdrawPlans(2025, 5);
  const auto pinned = [&](std::int64_t revision, const std::string& store) {
    v1::GetIndicatorValueRequest request;
    request.set_name(before->name());
    request.set_data_version(revision);
    request.set_data_incarnation(store);
    return Call(&v1::IndicatorService::Stub::GetIndicatorValue, request);
  };
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, "STORE_RESTORED");
  // Whatever the service was told of the survey until now.
  const auto now = pinned(124, "survey-b");
  ASSERT_OK(now);
  EXPECT_EQ(now->versions().round_incarnation(), "survey-b");
  EXPECT_EQ(before->cells(0).count() - now->cells(0).count(), 5);
  ASSERT_TRUE(support::WaitFor([&] {
    const auto plain = Value("plan_formulated", 124);
    return plain.ok() && plain->versions().round_incarnation() == "survey-b";
  }));
  EXPECT_THAT(pinned(124, "survey-a"), refused);
  EXPECT_THAT(pinned(0, "survey-a"), refused);
  EXPECT_THAT(pinned(124, "stranger"), refused);
  // What it has from the store before is the same.
  EXPECT_OK(pinned(100, "survey-a"));

  v1::ListIndicatorValuesRequest values;
  values.set_parent("surveys/jusou/rounds/2025");
  values.set_data_version(124);
  values.set_data_incarnation("survey-a");
  EXPECT_THAT(Call(&v1::IndicatorService::Stub::ListIndicatorValues, values),
              refused);
  v1::ExplainIndicatorValueRequest explain;
  explain.set_name(before->name());
  explain.set_cell("formulated");
  explain.set_data_version(124);
  explain.set_data_incarnation("survey-a");
  EXPECT_THAT(Call(&v1::IndicatorService::Stub::ExplainIndicatorValue, explain),
              refused);
  v1::ListStatementsRequest statements;
  statements.set_parent("surveys/jusou/rounds/2025");
  statements.set_data_version(124);
  statements.set_data_incarnation("survey-a");
  EXPECT_THAT(Call(&v1::IndicatorService::Stub::ListStatements, statements),
              refused);
  statements.set_data_incarnation("survey-b");
  const auto listed =
      Call(&v1::IndicatorService::Stub::ListStatements, statements);
  ASSERT_OK(listed);
  EXPECT_EQ(listed->data_incarnation(), "survey-b");
}

// A round is pinned to a version of one registry; another one's version of that
// number is no answer.
TEST_F(IndicatorServiceTest, AnotherRegistryIsRefused) {
  const auto unknown = Value("implementing_by_year");
  ASSERT_OK(unknown);
  EXPECT_EQ(unknown->versions().registry_incarnation(), "registry-a");
  survey_.SetRegistry("registry-a");
  FakeRegistry other(Demo(), "registry-b");
  support::ServiceRunner other_runner(other);
  support::ModuleRunner runner(std::make_unique<IndicatorModule>());
  runner.SetPeer("survey", survey_runner_.address());
  runner.SetPeer("registry", other_runner.address());
  ASSERT_OK(runner.Start());
  stub_ = v1::IndicatorService::NewStub(runner.channel());
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, "STORE_RESTORED");
  EXPECT_THAT(Value("implementing_by_year"), refused);
  v1::ListIndicatorValuesRequest values;
  values.set_parent("surveys/jusou/rounds/2025");
  EXPECT_THAT(Call(&v1::IndicatorService::Stub::ListIndicatorValues, values),
              refused);
  v1::ListStatementsRequest statements;
  statements.set_parent("surveys/jusou/rounds/2025");
  EXPECT_THAT(Call(&v1::IndicatorService::Stub::ListStatements, statements),
              refused);
  // What needs no registry says which one the round was opened with.
  const auto answers = Value("plan_formulated");
  ASSERT_OK(answers);
  EXPECT_EQ(answers->versions().registry_incarnation(), "registry-a");
}

TEST_F(IndicatorServiceTest, APageTokenIsOfOneList) {
  v1::ListIndicatorsRequest indicators;
  indicators.set_parent("surveys/jusou");
  indicators.set_page_size(1);
  const auto first =
      Call(&v1::IndicatorService::Stub::ListIndicators, indicators);
  ASSERT_OK(first);
  ASSERT_FALSE(first->next_page_token().empty());
  v1::ListStatementsRequest statements;
  statements.set_parent("surveys/jusou/rounds/2025");
  statements.set_page_size(1);
  statements.set_page_token(first->next_page_token());
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListStatements, statements),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
  // Of equal fields, too.
  v1::ListIndicatorValuesRequest values;
  values.set_parent("surveys/jusou/rounds/2025");
  values.set_page_size(1);
  const auto page =
      Call(&v1::IndicatorService::Stub::ListIndicatorValues, values);
  ASSERT_OK(page);
  statements.set_page_token(page->next_page_token());
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListStatements, statements),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(IndicatorServiceTest, LoadsARevisionOnce) {
  ASSERT_OK(Value("plan_formulated"));
  ASSERT_OK(Value("window_installed"));
  ASSERT_OK(Value("plan_formulated"));
  EXPECT_EQ(survey_.streams(), 1);
  EXPECT_EQ(registry_.calls(), 0);
  ASSERT_OK(Value("implementing_by_year"));
  EXPECT_EQ(registry_.calls(), 5);
}

TEST_F(IndicatorServiceTest, MinVersionWaits) {
  survey_.SetRevision(2025, 124);
  std::jthread later([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    survey_.SetRevision(2025, 200);
  });
  const auto value = Value("plan_formulated", 0, 200);
  ASSERT_OK(value);
  EXPECT_EQ(value->versions().round(), 200);
}

TEST_F(IndicatorServiceTest, ARevisionAheadIsOutOfRange) {
  EXPECT_STATUS(Value("plan_formulated", 999), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  EXPECT_STATUS(Value("plan_formulated", -1),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
}

TEST_F(IndicatorServiceTest, PeersThatAreDownAreNamed) {
  survey_.FailNext(-1);
  EXPECT_STATUS(Value("plan_formulated"), absl::StatusCode::kUnavailable,
                "SURVEY_UNAVAILABLE");
  survey_.FailNext(0);
  registry_.FailNext(-1);
  EXPECT_STATUS(Value("implementing_by_year"), absl::StatusCode::kUnavailable,
                "REGISTRY_UNAVAILABLE");
  // Figures of answers need no registry.
  EXPECT_OK(Value("plan_formulated"));
}

TEST_F(IndicatorServiceTest, AShortFaultOfAPeerIsRetried) {
  survey_.FailNext(1);
  EXPECT_OK(Value("plan_formulated"));
}

TEST_F(IndicatorServiceTest, WrongQuestionsGetClearErrors) {
  EXPECT_STATUS(Value("nothing"), absl::StatusCode::kNotFound,
                "INDICATOR_NOT_FOUND");
  EXPECT_STATUS(Value("plan_formulated", 0, 0, 2023),
                absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  v1::GetIndicatorValueRequest request;
  request.set_name("surveys/jusou/indicators/plan_formulated");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::GetIndicatorValue, request),
                absl::StatusCode::kInvalidArgument, "NAME_INVALID");
  v1::ListIndicatorValuesRequest list;
  list.set_parent("surveys/jusou/rounds/2025");
  list.set_page_size(-1);
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListIndicatorValues, list),
                absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID");
  list.set_page_size(0);
  list.set_page_token("nonsense");
  EXPECT_STATUS(Call(&v1::IndicatorService::Stub::ListIndicatorValues, list),
                absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
}

TEST_F(IndicatorServiceTest, FinalBasisCountsNoneOfASubmittedRound) {
  v1::GetIndicatorValueRequest request;
  request.set_name("surveys/jusou/indicators/plan_formulated/values/2025");
  request.set_basis(type::v1::Basis::FINAL);
  const auto value =
      Call(&v1::IndicatorService::Stub::GetIndicatorValue, request);
  ASSERT_OK(value);
  EXPECT_EQ(value->base(), 0);
  EXPECT_EQ(value->population().size(), 30);
  EXPECT_THAT(value->flags(), ::testing::ElementsAre(v1::Cell::UNDEFINED));
  EXPECT_FALSE(value->cells(0).has_percent());
}

TEST_F(IndicatorServiceTest, WatchVersionsForwardsTheSurveys) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(10));
  const auto reader =
      stub_->WatchVersions(&context, type::v1::WatchVersionsRequest());
  type::v1::WatchVersionsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.entries_size(), 2);
  EXPECT_EQ(response.entries(1).version(), 124);
}

TEST_F(IndicatorServiceTest, MeasuresComputing) {
  ASSERT_OK(Value("plan_formulated"));
  EXPECT_THAT(
      runner_.metrics().Expose(),
      ::testing::HasSubstr("welfare_indicator_compute_seconds_count 1"));
}

// The core's enums go over the wire by number.
TEST(IndicatorWire, EnumsHaveEqualNumbers) {
  EXPECT_EQ(v1::Indicator::Measure_Name(static_cast<int>(Measure::kCount)),
            ToString(Measure::kCount));
  for (int i = 1; i <= 7; ++i) {
    EXPECT_EQ(v1::Indicator::Measure_Name(i),
              ToString(static_cast<Measure>(i)));
  }
  EXPECT_EQ(static_cast<int>(Flag::kTied), v1::Cell::TIED);
  EXPECT_EQ(static_cast<int>(Flag::kLowerBound), v1::Cell::LOWER_BOUND);
  EXPECT_EQ(static_cast<int>(Flag::kSmallBase), v1::Cell::SMALL_BASE);
  EXPECT_EQ(static_cast<int>(Flag::kUndefined), v1::Cell::UNDEFINED);
  EXPECT_EQ(static_cast<int>(Flag::kNoValue), v1::Cell::NO_VALUE);
  EXPECT_EQ(static_cast<int>(OptionRole::kOther), v1::Cell::ROLE_OTHER);
  EXPECT_EQ(static_cast<int>(OptionRole::kNone), v1::Cell::ROLE_NONE);
  EXPECT_EQ(static_cast<int>(Claim::kCount), v1::Statement::CLAIM_COUNT);
  EXPECT_EQ(static_cast<int>(Claim::kShare), v1::Statement::CLAIM_SHARE);
  EXPECT_EQ(static_cast<int>(Claim::kPercent), v1::Statement::CLAIM_PERCENT);
  EXPECT_EQ(static_cast<int>(Claim::kWording), v1::Statement::CLAIM_WORDING);
  EXPECT_EQ(static_cast<int>(Claim::kValue), v1::Statement::CLAIM_VALUE);
  EXPECT_EQ(static_cast<int>(Agreement::kSame), v1::Statement::AGREEMENT_SAME);
  EXPECT_EQ(static_cast<int>(Agreement::kDiffers),
            v1::Statement::AGREEMENT_DIFFERS);
  EXPECT_EQ(static_cast<int>(StatementVerdict::kNotComputed),
            v1::Statement::VERDICT_NOT_COMPUTED);
  EXPECT_EQ(static_cast<int>(StatementVerdict::kHigherClassFits),
            v1::Statement::VERDICT_HIGHER_CLASS_FITS);
  for (int i = 1; i <= 9; ++i) {
    std::string name = "CHECK_";
    for (const char c : ToString(static_cast<Check>(i))) {
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    EXPECT_EQ(v1::Statement::Check_Name(i), name);
  }
  EXPECT_EQ(static_cast<int>(base::Absence::kNotAsked),
            type::v1::Absence::NOT_ASKED);
}

}  // namespace
}  // namespace welfare::indicator
