// The four services and the gateway, real and each behind a server of its own,
// filled, and asked who calls.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/access/identity.h"
#include "services/platform/process/module.h"
#include "tests/access/roles/any_call.h"
#include "tests/access/roles/http_call.h"
#include "tests/support/module_runner.h"
#include "tests/support/temp_dir.h"

namespace welfare::access {

// Where a call comes in.
enum class Door {
  kService,  // at the service, as the gateway or another service calls it
  kGrpc,     // at the gateway, with a token
  kJson,     // the same over HTTP/JSON
};

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

  // Calls as `who`. Nothing where the door has no such call: no token is a
  // service's, and over HTTP there is no method for services alone.
  std::optional<Answer> Call(Door door,
                             const google::protobuf::MethodDescriptor& method,
                             const Requests& requests, const Identity& who);

  // Calls over HTTP/JSON as `who`.
  Answer CallJson(const google::protobuf::MethodDescriptor& method,
                  const HttpRequest& request, const Identity& who);

  // All that the survey service holds, as the operator of the machine reads it.
  std::string Snapshot();

 private:
  void WriteData();
  void Add(std::unique_ptr<platform::Module> module,
           std::vector<std::string> flags);
  void AddGateway();
  // A token of `who`; empty for somebody without credentials.
  std::string TokenOf(const Identity& who);
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
  int gateway_port_ = 0;
  std::map<std::string, std::string> tokens_;  // by what they say
};

}  // namespace welfare::access
