// Once a change is stored, its call succeeds and those who watch are told,
// whatever happens to the database then and whoever called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/errors.h"
#include "services/platform/observe/metrics.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/storage/migrations.h"
#include "services/platform/work/version_feed.h"
#include "services/survey/api/codebook_calls.h"
#include "services/survey/api/round_calls.h"
#include "services/survey/api/submission_calls.h"
#include "services/survey/observe/round_versions.h"
#include "services/survey/observe/survey_metrics.h"
#include "services/survey/peers/registry_client.h"
#include "services/survey/store/sql/sql_survey_store.h"
#include "services/survey/store/sql/survey_schema.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/jusou_sheets.h"
#include "tests/survey/stored_round.h"

namespace welfare::survey {
namespace {

constexpr char kJusouRound[] = "surveys/jusou/rounds/2025";

// The database goes away with the next commit: what is stored is stored, and
// nothing can be read any more. The caller goes at the same moment.
class GoneAfterCommit final : public SurveyStore {
 public:
  explicit GoneAfterCommit(SurveyStore& store) : store_(store) {}

  void Arm(std::stop_source caller) {
    caller_ = std::move(caller);
    armed_ = true;
  }

  absl::Status Read(
      const base::CallLimits& limits,
      const std::function<absl::Status(StoreReader&)>& read) override {
    if (gone_) return platform::DatabaseUnavailable("gone");
    return store_.Read(limits, read);
  }
  absl::StatusOr<platform::WritePath::Outcome> Change(
      const platform::WriteRequest& request,
      const std::function<absl::StatusOr<std::string>(StoreWriter&)>& change)
      override {
    auto reply = store_.Change(request, change);
    if (armed_ && reply.ok()) {
      gone_ = true;
      caller_.request_stop();
    }
    return reply;
  }

 private:
  SurveyStore& store_;
  std::stop_source caller_;
  bool armed_ = false;
  bool gone_ = false;
};

// Its next commit fails, and what it wrote is taken back.
class FailsToCommit final : public platform::Database {
 public:
  explicit FailsToCommit(Database& inner) : inner_(inner) {}

  void Arm() { armed_ = true; }

  absl::Status RunRead(const base::CallLimits& limits,
                       const ReadFunction& read) override {
    return inner_.RunRead(limits, read);
  }
  absl::Status RunWrite(const base::CallLimits& limits,
                        const WriteFunction& write) override {
    const bool fails = std::exchange(armed_, false);
    return inner_.RunWrite(limits, [&](platform::Transaction& transaction) {
      absl::Status status = write(transaction);
      return status.ok() && fails ? platform::DatabaseUnavailable("full")
                                  : status;
    });
  }
  std::unique_ptr<platform::ChangeWatch> WatchChanges(
      std::function<void()> changed) override {
    return inner_.WatchChanges(std::move(changed));
  }
  platform::PoolState pool() const override { return inner_.pool(); }
  absl::StatusOr<std::string> Place() override { return inner_.Place(); }

 private:
  Database& inner_;
  bool armed_ = false;
};

class AfterCommit : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = platform::OpenDatabase("sqlite::memory:");
    ASSERT_OK(opened);
    database_ = *std::move(opened);
    ASSERT_OK(
        platform::ApplyMigrations(*database_, clock_, SurveyMigrations()));
    sql_ = std::make_unique<SqlSurveyStore>(
        platform::WritePath::Options{.database = *database_, .clock = clock_},
        "store-a");
    store_ = std::make_unique<GoneAfterCommit>(*sql_);
    versions_ = std::make_unique<RoundVersions>(*store_, content_,
                                                survey_metrics_, feed_);
    OpenRound();
  }

  void OpenRound() {
    const CodebookSheets sheets = JusouSheets();
    v1::ImportCodebookRequest import;
    import.set_parent("surveys/jusou");
    import.set_codebook_id("2025-1");
    import.set_survey_csv(sheets.survey);
    import.set_choices_csv(sheets.choices);
    import.set_settings_csv(sheets.settings);
    CodebookCalls codebooks({.store = *store_,
                             .content = content_,
                             .clock = clock_,
                             .incarnation = "store-a"});
    v1::Codebook codebook;
    ASSERT_OK(codebooks.ImportCodebook({}, import, codebook));
    v1::PublishCodebookRequest publish;
    publish.set_name(codebook.name());
    ASSERT_OK(codebooks.PublishCodebook({}, publish, codebook));
    const auto opened = store_->Change(
        TestChange(), [](StoreWriter& store) -> absl::StatusOr<std::string> {
          WELFARE_RETURN_IF_ERROR(
              StoreOpenRound(store, PlannedRoundOf(RoundOf(), "2025-1")));
          return "";
        });
    ASSERT_OK(opened);
  }

  support::FakeClock clock_;
  platform::MetricsRegistry metrics_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<SqlSurveyStore> sql_;
  std::unique_ptr<GoneAfterCommit> store_;
  PinnedContent content_;
  RegistryClient registry_{platform::MakeChannel({"unix:/nonexistent"})};
  platform::VersionFeed feed_;
  SurveyMetrics survey_metrics_{metrics_};
  std::unique_ptr<RoundVersions> versions_;
};

TEST_F(AfterCommit, ACallSucceedsAndItsRevisionIsTold) {
  std::stop_source caller;
  store_->Arm(caller);
  v1::CreateSubmissionRequest request;
  request.set_parent(kJusouRound);
  request.set_submission_id("131016-municipality");
  request.mutable_submission()->mutable_header()->set_department("福祉課");
  v1::Submission submission;
  SubmissionCalls calls({.store = *store_,
                         .content = content_,
                         .versions = *versions_,
                         .clock = clock_});
  ASSERT_OK(calls.CreateSubmission(
      {.request_id = "r", .limits = {.stop = caller.get_token()}}, request,
      submission));
  EXPECT_EQ(submission.header().department(), "福祉課");
  EXPECT_EQ(submission.round_revision(), 3);
  EXPECT_EQ(feed_.VersionOf(kJusouRound), 3);
}

TEST_F(AfterCommit, ARoundIsClosedAndItsRevisionIsTold) {
  std::stop_source caller;
  store_->Arm(caller);
  v1::CloseRoundRequest request;
  request.set_name(kJusouRound);
  v1::Round round;
  RoundCalls calls({.store = *store_,
                    .content = content_,
                    .registry = registry_,
                    .versions = *versions_,
                    .incarnation = platform::Incarnation("store-a")});
  ASSERT_OK(calls.CloseRound(
      {.request_id = "r", .limits = {.stop = caller.get_token()}}, request,
      round));
  EXPECT_EQ(feed_.VersionOf(kJusouRound), round.revision());
}

// A neighbour in the group of a publication may have read it before the commit
// failed. What is published in its place counts from then on.
TEST_F(AfterCommit, WhatWasTakenBackIsForgotten) {
  FailsToCommit database(*database_);
  SqlSurveyStore store({.database = database,
                        .clock = clock_,
                        .undone = [&] { content_.Forget(); }},
                       "store-a");
  const base::CodebookName name{.survey = "pets", .version = "1"};
  const auto publish = [&](const std::string& label) {
    return store
        .Change(TestChange(),
                [&](StoreWriter& writer) -> absl::StatusOr<std::string> {
                  StoredCodebook draft{.name = name};
                  draft.sheets = {
                      .survey =
                          "type,name,label,respondent\n"
                          "begin_group,g,G,\n"
                          "integer,many," +
                          label +
                          ",municipality\n"
                          "end_group,,,\n",
                      .choices = "list_name,name,label\n",
                      .settings = "form_title,form_id,version\nP,pets,1\n"};
                  draft.digest = label;
                  WELFARE_RETURN_IF_ERROR(writer.codebooks().Store(draft));
                  WELFARE_RETURN_IF_ERROR(writer.codebooks().Publish(name, {}));
                  WELFARE_RETURN_IF_ERROR(
                      content_.LoadCodebook(writer, name).status());
                  return "";
                })
        .status();
  };
  database.Arm();
  ASSERT_FALSE(publish("cats").ok());
  ASSERT_OK(publish("dogs"));
  ASSERT_OK(store.Read({}, [&](StoreReader& reader) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto codebook,
                             content_.LoadCodebook(reader, name));
    EXPECT_EQ(codebook->items().front().label, "dogs");
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace welfare::survey
