// One run of welfarectl: where it connects, how it prints, how it ends.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tools/welfarectl/session/channel.h"
#include "tools/welfarectl/session/credential.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace welfare::ctl {

// How the process ends; scripts rely on these.
enum ExitCode {
  kOk = 0,
  kFailure = 1,
  kUsage = 2,
  kRejectedRows = 3,
  kNotAllowed = 4,
  kRefused = 5,
  kInterrupted = 130,
};

enum class Output { kTable, kJson, kCsv };

// The global flags.
struct Options {
  std::string server = "127.0.0.1:7100";
  std::string survey = "jusou";
  std::string output = "table";
  std::string color = "auto";
  // Read before the others, see LanguageAskedFor.
  std::string language;
  double timeout_seconds = 60;
  // TLS, all empty: plain.
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  // Who calls, at most one of them; both empty: nobody in particular.
  std::string token_file;
  std::string api_key_file;
};

// Used by one thread.
class Session {
 public:
  Options options;
  // What the chosen verb does; returns an exit code.
  std::function<int()> action;
  // Whether that calls the platform.
  bool calls = false;

  Output output() const;
  // Reads the files of TLS and of who calls; comes before the first call.
  //
  // Errors: NOT_FOUND, FILE_UNREADABLE; those of Credential::Open.
  absl::Status ReadFiles();
  // The channel to the gateway, made at the first call.
  std::shared_ptr<grpc::Channel> channel();
  // Goes with each call.
  Credential& credential() { return credential_; }
  // How long to wait for an answer: --timeout.
  std::chrono::microseconds timeout() const;
  // Resource name of the survey, `surveys/jusou`.
  std::string survey_name() const { return "surveys/" + options.survey; }
  std::string round_name(int fiscal_year) const;
  std::string codebook_name(const std::string& id) const;
  // A random UUID, so that a call repeated by the channel is answered once.
  static std::string NewRequestId();

 private:
  std::optional<TlsIdentity> tls_;
  Credential credential_;
  std::shared_ptr<grpc::Channel> channel_;
};

// Prints what is wrong before anything was sent; returns `code`. For what a
// call answered there is Fail in call.h.
int Fail(const absl::Status& status, ExitCode code = kFailure);

}  // namespace welfare::ctl
