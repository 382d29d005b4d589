// Which state a read speaks of: pins, stores, peers that fail.
#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"

#include "services/platform/cache/memory_cache.h"
#include "tests/indicator/fake_peers.h"
#include "tests/indicator/indicator_service_fixture.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"

namespace welfare::indicator {
namespace {

using support::StatusIs;
using testing::Demo;
using testing::FakeRegistry;
using testing::FakeSurvey;

class RoundSourceTest : public testing::IndicatorServiceTest {};

TEST_F(RoundSourceTest, APinnedReadIsExactAndNeedsNoPeerTwice) {
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
TEST_F(RoundSourceTest, PinsThatNameNothingEvictNothing) {
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
TEST_F(RoundSourceTest, ASharedCacheKeepsEqualRevisionsApart) {
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
TEST_F(RoundSourceTest, ARestoredSurveyIsAnotherOne) {
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
TEST_F(RoundSourceTest, APinOfAnotherStoreIsRefused) {
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
TEST_F(RoundSourceTest, AnotherRegistryIsRefused) {
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

TEST_F(RoundSourceTest, LoadsARevisionOnce) {
  ASSERT_OK(Value("plan_formulated"));
  ASSERT_OK(Value("window_installed"));
  ASSERT_OK(Value("plan_formulated"));
  EXPECT_EQ(survey_.streams(), 1);
  EXPECT_EQ(registry_.calls(), 0);
  ASSERT_OK(Value("implementing_by_year"));
  EXPECT_EQ(registry_.calls(), 5);
}

TEST_F(RoundSourceTest, MinVersionWaits) {
  survey_.SetRevision(2025, 124);
  std::jthread later([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    survey_.SetRevision(2025, 200);
  });
  const auto value = Value("plan_formulated", 0, 200);
  ASSERT_OK(value);
  EXPECT_EQ(value->versions().round(), 200);
}

// However long its caller would.
TEST_F(RoundSourceTest, MinVersionDoesNotWaitForEver) {
  EXPECT_STATUS(Value("plan_formulated", 0, 999),
                absl::StatusCode::kDeadlineExceeded, "MIN_VERSION_NOT_REACHED");
}

TEST_F(RoundSourceTest, ARevisionAheadIsOutOfRange) {
  EXPECT_STATUS(Value("plan_formulated", 999), absl::StatusCode::kOutOfRange,
                "VERSION_NOT_REACHED");
  EXPECT_STATUS(Value("plan_formulated", -1),
                absl::StatusCode::kInvalidArgument, "VERSION_NEGATIVE");
}

TEST_F(RoundSourceTest, PeersThatAreDownAreNamed) {
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

TEST_F(RoundSourceTest, AShortFaultOfAPeerIsRetried) {
  survey_.FailNext(1);
  EXPECT_OK(Value("plan_formulated"));
}

TEST_F(RoundSourceTest, WatchVersionsForwardsTheSurveys) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  const auto reader =
      stub_->WatchVersions(&context, type::v1::WatchVersionsRequest());
  type::v1::WatchVersionsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.entries_size(), 2);
  EXPECT_EQ(response.entries(1).version(), 124);
}

}  // namespace
}  // namespace welfare::indicator
