// Two processes of the service on one database: what one writes, the other
// tells its followers.
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "services/survey/survey_module.h"
#include "tests/support/module_runner.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wait_for.h"
#include "tests/survey/fake_registry.h"
#include "tests/survey/jusou_sheets.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

namespace welfare::survey {
namespace {

class SurveyReplicas : public ::testing::Test {
 protected:
  struct Replica {
    std::unique_ptr<support::ModuleRunner> runner;
    std::unique_ptr<v1::SurveyService::Stub> stub;
  };

  Replica Start() {
    Replica replica;
    replica.runner = std::make_unique<support::ModuleRunner>(
        std::make_unique<SurveyModule>(),
        std::vector<std::string>{"--database-url", url_});
    replica.runner->SetPeer("registry", peer_.address());
    EXPECT_OK(replica.runner->Start());
    replica.stub = v1::SurveyService::NewStub(replica.runner->channel());
    return replica;
  }

  // A round, in its first revision.
  static void MakeRound(Replica& replica) {
    const CodebookSheets sheets = JusouSheets();
    v1::ImportCodebookRequest import;
    import.set_parent("surveys/jusou");
    import.set_codebook_id("2025-1");
    import.set_survey_csv(sheets.survey);
    import.set_choices_csv(sheets.choices);
    import.set_settings_csv(sheets.settings);
    v1::Codebook codebook;
    Do([&](auto* context) {
      return replica.stub->ImportCodebook(context, import, &codebook);
    });
    v1::PublishCodebookRequest publish;
    publish.set_name("surveys/jusou/codebooks/2025-1");
    Do([&](auto* context) {
      return replica.stub->PublishCodebook(context, publish, &codebook);
    });
    v1::CreateRoundRequest create;
    create.set_parent("surveys/jusou");
    create.set_round_id("2025");
    v1::Round& round = *create.mutable_round();
    round.set_display_name("round");
    round.set_codebook("surveys/jusou/codebooks/2025-1");
    round.set_program("programs/jusou");
    round.set_synthetic(true);
    for (auto* date :
         {round.mutable_window_start(), round.mutable_window_end()}) {
      date->set_year(2025);
      date->set_month(6);
      date->set_day(16);
    }
    round.mutable_window_end()->set_month(7);
    v1::Round made;
    Do([&](auto* context) {
      return replica.stub->CreateRound(context, create, &made);
    });
  }

  template <typename F>
  static void Do(const F& call) {
    grpc::ClientContext context;
    const grpc::Status status = call(&context);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  FakeRegistry registry_;
  support::ServiceRunner peer_{registry_.service()};
  support::TempDir folder_;  // for its random name
  const std::string url_ =
      support::PostgresServer::NewDatabase(support::SchemaOf(folder_));
};

TEST_F(SurveyReplicas, FollowersOfOneSeeWhatTheOtherWrites) {
  Replica writer = Start();
  Replica reader = Start();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + support::kPatience);
  auto versions = reader.stub->WatchVersions(&context, {});
  type::v1::WatchVersionsResponse version;
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries_size(), 0);
  MakeRound(writer);
  ASSERT_TRUE(versions->Read(&version));
  ASSERT_EQ(version.entries_size(), 1);
  EXPECT_EQ(version.entries(0).resource(), "surveys/jusou/rounds/2025");
  EXPECT_EQ(version.entries(0).version(), 1);
  v1::OpenRoundRequest open;
  open.set_name("surveys/jusou/rounds/2025");
  v1::Round opened;
  Do([&](auto* call) { return writer.stub->OpenRound(call, open, &opened); });
  ASSERT_TRUE(versions->Read(&version));
  EXPECT_EQ(version.entries(0).version(), opened.revision());
  context.TryCancel();
}

}  // namespace
}  // namespace welfare::survey
