// A survey and a registry that serve the demonstration rounds, and can be told
// to fail.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "welfare/registry/v1/registry_service.grpc.pb.h"
#include "welfare/survey/v1/survey_service.grpc.pb.h"

#include "tests/indicator/demo_rounds.h"

namespace welfare::indicator::testing {

class FakeSurvey final : public survey::v1::SurveyService::Service {
 public:
  // `demo` outlives this.
  explicit FakeSurvey(const DemoRounds& demo);

  // Fails this many calls with UNAVAILABLE from now on; negative: all.
  void FailNext(int calls) { failures_ = calls; }
  // Puts a round at another revision: the same answers, and whatever `change`
  // does to the plan column (bits of plan_formulated).
  void SetRevision(int year, std::int64_t revision);
  // Takes away this many plans in a round from its revision on.
  void WithdrawPlans(int year, int plans);
  void RemoveRound(int year);
  // Says that it is another store from now on.
  void SetIncarnation(const std::string& incarnation);
  // Says that it is a copy of the store `before`, made when every round was at
  // this revision.
  void SetCopyOf(const std::string& before, std::int64_t revision);
  // Says that its rounds are pinned to versions of this registry.
  void SetRegistry(const std::string& incarnation);
  // Puts a round back to planned: it has no columns.
  void PlanRound(int year);
  // Serves this codebook under its name, besides that of the rounds.
  void PutCodebook(const survey::v1::Codebook& codebook);

  int calls() const { return calls_; }
  int streams() const { return streams_; }

  grpc::Status GetRound(grpc::ServerContext* context,
                        const survey::v1::GetRoundRequest* request,
                        survey::v1::Round* response) override;
  grpc::Status StreamRoundColumns(
      grpc::ServerContext* context,
      const survey::v1::StreamRoundColumnsRequest* request,
      grpc::ServerWriter<survey::v1::StreamRoundColumnsResponse>* writer)
      override;
  // Whether it takes a pin; the list is empty.
  grpc::Status ListSubmissions(
      grpc::ServerContext* context,
      const survey::v1::ListSubmissionsRequest* request,
      survey::v1::ListSubmissionsResponse* response) override;
  grpc::Status ListCodebooks(
      grpc::ServerContext* context,
      const survey::v1::ListCodebooksRequest* request,
      survey::v1::ListCodebooksResponse* response) override;
  grpc::Status GetCodebook(grpc::ServerContext* context,
                           const survey::v1::GetCodebookRequest* request,
                           survey::v1::Codebook* response) override;
  grpc::Status WatchVersions(
      grpc::ServerContext* context,
      const type::v1::WatchVersionsRequest* request,
      grpc::ServerWriter<type::v1::WatchVersionsResponse>* writer) override;

 private:
  bool Fails();
  // The round's year, or 0.
  int YearOf(const std::string& name) const;
  survey::v1::Round RoundOf(int year) const;

  const DemoRounds& demo_;
  mutable std::mutex mutex_;
  std::map<int, std::int64_t> revisions_;
  std::map<int, int> withdrawn_;
  std::string incarnation_ = "survey-a";
  std::map<std::string, std::int64_t> copy_of_;
  std::string registry_;
  std::set<int> planned_;
  std::map<std::string, survey::v1::Codebook> codebooks_;
  std::atomic<int> failures_ = 0;
  std::atomic<int> calls_ = 0;
  std::atomic<int> streams_ = 0;
};

class FakeRegistry final : public registry::v1::RegistryService::Service {
 public:
  // `demo` outlives this.
  explicit FakeRegistry(const DemoRounds& demo,
                        std::string incarnation = "registry-a")
      : demo_(demo), incarnation_(std::move(incarnation)) {}

  void FailNext(int calls) { failures_ = calls; }
  int calls() const { return calls_; }

  grpc::Status WatchVersions(
      grpc::ServerContext* context,
      const type::v1::WatchVersionsRequest* request,
      grpc::ServerWriter<type::v1::WatchVersionsResponse>* writer) override;
  grpc::Status GetRoster(grpc::ServerContext* context,
                         const registry::v1::GetRosterRequest* request,
                         registry::v1::Roster* response) override;

 private:
  const DemoRounds& demo_;
  const std::string incarnation_;
  std::atomic<int> failures_ = 0;
  std::atomic<int> calls_ = 0;
};

// The codebook of the demonstration rounds as the survey states it.
survey::v1::Codebook CodebookProto(const Questionnaire& questionnaire);

}  // namespace welfare::indicator::testing
