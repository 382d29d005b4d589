// A gateway that asks its callers who they are, over real sockets.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "gateway/callers/authenticator.h"
#include "gateway/callers/caller_files.h"
#include "services/access/api_keys.h"
#include "services/access/metadata/identity_metadata.h"
#include "services/platform/observe/metrics.h"
#include "tests/access/tokens/token_fixture.h"
#include "tests/gateway/raw_connection.h"
#include "tests/gateway/running_gateway.h"
#include "tests/support/certificates.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"

namespace welfare::gateway {

// What a service heard of the caller of its last call: a subject, or "" where
// nothing was said.
inline std::string SubjectIn(RunningGateway& gateway) {
  const auto metadata = gateway.registry.metadata();
  const auto found = metadata.find(std::string(access::kIdentityMetadata));
  if (found == metadata.end()) return "";
  const auto identity = access::FromMetadata(found->second);
  EXPECT_TRUE(identity.ok()) << identity.status();
  return identity.ok() ? identity->subject() : "?";
}

// Tokens are those of tests/access/tokens/token_fixture.h.
class AskingGateway : public ::testing::Test {
 protected:
  AskingGateway() {
    Write(paths_.jwks, access::TwoKeys());
    Write(paths_.api_keys, access::ApiKeys().ToJson());
    Write(paths_.certificate_callers, R"({"version":1,"callers":[]})");
  }
  ~AskingGateway() override {
    if (gateway_ != nullptr) gateway_->Stop(std::chrono::milliseconds(0));
  }

  static void Write(const std::string& path, const std::string& text) {
    support::WritePrivately(path, text);
  }

  void Serve(std::string_view methods = "jwt+mtls+api-key",
             TlsContext* tls = nullptr, Routing::Options routing = {}) {
    auto files =
        CallerFiles::Open(paths_, metrics_, std::chrono::milliseconds(10));
    ASSERT_TRUE(files.ok()) << files.status();
    files_ = *std::move(files);
    const auto chosen = access::AuthMethods::Parse(methods);
    ASSERT_TRUE(chosen.has_value());
    Authenticator::Options options{.methods = *chosen};
    if (chosen->Has(access::Authentication::kToken)) {
      options.tokens = access::Verifier();
    }
    authenticator_ = std::make_unique<Authenticator>(std::move(options),
                                                     *files_, metrics_, clock_);
    gateway_ = std::make_unique<RunningGateway>(
        SessionLimits{}, routing, false, tls, authenticator_.get());
  }

  // One GET with these headers, answered.
  std::string Get(const std::string& headers) {
    return Http(*gateway_, "GET /v1/municipalities/131016", headers);
  }
  std::string GetWithToken(const std::string& token) {
    return Get("Authorization: Bearer " + token + "\r\n");
  }
  static bool IsOk(const std::string& response) {
    return response.starts_with("HTTP/1.1 200 ");
  }

  double Count(const std::string& method, const std::string& result) {
    return metrics_
        .AddCounter("welfare_authentications_total", "",
                    {{"method", method}, {"result", result}})
        .Value();
  }
  double Refused(const std::string& file) {
    return metrics_
        .AddGauge("welfare_caller_files_refused", "", {{"file", file}})
        .Value();
  }

  support::TempDir folder_;
  CallerFilePaths paths_{.jwks = folder_.File("jwks.json"),
                         .api_keys = folder_.File("api-keys.json"),
                         .certificate_callers = folder_.File("callers.json")};
  support::FakeClock clock_{access::Seconds(access::kNowSeconds)};
  platform::MetricsRegistry metrics_;
  std::unique_ptr<CallerFiles> files_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<RunningGateway> gateway_;
};

}  // namespace welfare::gateway
