// The four services, real and each behind a server of its own, filled.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <string>

#include "services/platform/process/module.h"
#include "tests/access/any_call.h"
#include "tests/support/module_runner.h"
#include "tests/support/temp_dir.h"

namespace welfare::access {

// Holds, once started: the registry of the source tree, and for each survey of
// kSurveys
//   a published codebook `1` of `cats` (internal), `dogs` (aggregate), `story`
//     (stakeholders) and `wish` (public), and `2`, which is a draft
//   an open round 2025, with submissions of kAnswered
//   the report reports/SURVEY-2025-0001
// What is not for everybody holds words that tell where it is from
// (shown_words.h). Used by one thread.
class ServedPlatform {
 public:
  static constexpr const char* kSurveys[] = {"pets", "elsewhere"};
  static constexpr const char* kAnswered[] = {
      "131016-municipality", "131016-council", "131024-municipality"};

  ServedPlatform();
  ~ServedPlatform();

  // Starts and fills everything. Fails the test where it cannot.
  void Start();

  Answer Call(const google::protobuf::MethodDescriptor& method,
              const Requests& requests, const Identity& who);

  // All that the survey service holds, as the operator of the machine reads it.
  std::string Snapshot();

 private:
  void WriteData();
  void Add(std::unique_ptr<platform::Module> module,
           const std::string& assets_dir);
  // Calls the method as the operator of the machine.
  Answer CallAsOperator(const std::string& method,
                        const google::protobuf::Message& request);
  void FillRegistry();
  void FillSurvey(const std::string& survey);
  void OpenRound(const std::string& survey);
  void ImportAnswers(const std::string& survey);

  support::TempDir assets_;
  std::map<std::string, std::unique_ptr<support::ModuleRunner>> modules_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

}  // namespace welfare::access
