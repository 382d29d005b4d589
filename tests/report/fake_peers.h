// A survey, an indicator and a registry service that serve one snapshot.
#pragma once

#include <grpcpp/support/status.h>
#include <grpcpp/support/sync_stream.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "welfare/indicator/v1/indicator_service.grpc.pb.h"
#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "services/report/snapshot/snapshot.h"
#include "tests/report/sample_answers.h"
#include "tests/report/sample_snapshot.h"

namespace welfare::report::testing {

// What the fake peers hold; tests change it between calls.
struct World {
  std::mutex mutex;
  Snapshot snapshot = SmallSnapshot();
  std::int64_t revision = 124;
  // What was handed in at earlier revisions; of others as `snapshot` says.
  std::map<std::int64_t, std::vector<ProgressGroup>> progress_at;
  bool tells_other_progress = false;       // than that which was asked for
  grpc::Status survey = grpc::Status::OK;  // answer of a failing peer
  grpc::Status indicator = grpc::Status::OK;
  grpc::Status registry = grpc::Status::OK;
  bool has_previous = true;
  bool planned = false;           // the round of 2025 was never opened
  bool previous_planned = false;  // nor that of 2024
  // Revision of last year's round; it rises by one with every read of its
  // values when `previous_moves`.
  std::int64_t previous_revision = 60;
  bool previous_moves = false;
  int calls = 0;  // of GetRound
  // Digests of answers by respondent, of either year; all were handed in.
  std::map<std::string, std::string> submissions = {
      {"131016-municipality", "a"}, {"131024-municipality", "a"}};
  // What was written at `ideas`, by respondent of this year; every change is a
  // revision.
  std::map<std::string, std::string> ideas;
  int ideas_revision = 1;
  // Respondents under another code of their municipality, and who they are.
  std::map<std::string, std::string> renamed;
  std::set<std::string> returned;  // respondents whose answers were given back
  std::string survey_store = "survey-a";
  std::string registry_store = "registry-a";
  std::string pinned_registry = "registry-a";  // by the rounds
  // What the respondents answered; of the round of 2025 at `revision`.
  FeedbackContent answers = SmallFeedback();
  grpc::Status columns = grpc::Status::OK;
  int columns_left_out = 0;  // so many of the last
  // So many times the survey becomes another store while values are read.
  int restores = 0;

  // What a survey says of a pin.
  grpc::Status CheckStore(const std::string& incarnation) const;
};

class FakeSurvey final : public survey::v1::SurveyService::Service {
 public:
  explicit FakeSurvey(World& world) : world_(world) {}

  grpc::Status GetRound(grpc::ServerContext*,
                        const survey::v1::GetRoundRequest* request,
                        survey::v1::Round* round) override;

  grpc::Status GetRoundProgress(
      grpc::ServerContext*, const survey::v1::GetRoundProgressRequest* request,
      survey::v1::RoundProgress* progress) override;

  // Whether it takes a pin, and who handed in; two a page.
  grpc::Status ListSubmissions(
      grpc::ServerContext*, const survey::v1::ListSubmissionsRequest* request,
      survey::v1::ListSubmissionsResponse*) override;

  // What was written.
  grpc::Status GetSubmission(grpc::ServerContext*,
                             const survey::v1::GetSubmissionRequest* request,
                             survey::v1::Submission* submission) override;
  // Every column in two messages.
  grpc::Status StreamRoundColumns(
      grpc::ServerContext*,
      const survey::v1::StreamRoundColumnsRequest* request,
      grpc::ServerWriter<survey::v1::StreamRoundColumnsResponse>* writer)
      override;

 private:
  World& world_;
};

class FakeIndicator final : public indicator::v1::IndicatorService::Service {
 public:
  explicit FakeIndicator(World& world) : world_(world) {}

  // Somebody opens last year's round just before the statements are read.
  void OpenPreviousBeforeStatements() { open_previous_ = true; }

  // As a service of an earlier build, to which 0 says nothing.
  void TakeNoneForCurrent() { none_is_current_ = true; }

  // Two values a page, so that pages are followed.
  grpc::Status ListIndicatorValues(
      grpc::ServerContext*,
      const indicator::v1::ListIndicatorValuesRequest* request,
      indicator::v1::ListIndicatorValuesResponse* response) override;

  grpc::Status ListStatements(
      grpc::ServerContext*, const indicator::v1::ListStatementsRequest* request,
      indicator::v1::ListStatementsResponse* response) override;

  // The codebook 2025-1 gives what the world holds; there is no other.
  grpc::Status CheckDefinitions(
      grpc::ServerContext*,
      const indicator::v1::CheckDefinitionsRequest* request,
      indicator::v1::CheckDefinitionsResponse* response) override;

 private:
  World& world_;
  bool open_previous_ = false;
  bool none_is_current_ = false;
};

class FakeRegistry final : public registry::v1::RegistryService::Service {
 public:
  explicit FakeRegistry(World& world) : world_(world) {}

  grpc::Status GetRoster(grpc::ServerContext*,
                         const registry::v1::GetRosterRequest* request,
                         registry::v1::Roster* roster) override;

 private:
  World& world_;
};

}  // namespace welfare::report::testing
