// Who calls, found out from what a request and its connection show.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "gateway/callers/caller_files.h"
#include "gateway/exchange/connection.h"
#include "gateway/exchange/exchange.h"
#include "services/access/auth_methods.h"
#include "services/access/tokens/jwt.h"
#include "services/access/tokens/token_cache.h"
#include "services/base/time/clock.h"
#include "services/platform/observe/metrics.h"

namespace welfare::gateway {

// Judges callers by the methods of --auth. A token that was verified is kept by
// its digest until it expires or files change. Any thread.
class Authenticator {
 public:
  struct Options {
    access::AuthMethods methods;
    // With the method jwt.
    std::optional<access::TokenVerifier> tokens = std::nullopt;
    // Of tokens kept; some 400 bytes each.
    std::size_t cache_bytes = std::size_t{16} << 20;
  };

  // `files` has those that the methods need; all of it outlives this one.
  Authenticator(Options options, const CallerFiles& files,
                platform::MetricsRegistry& metrics, const base::Clock& clock);
  ~Authenticator();

  // What a service is to be told of the caller (access::ToMetadata); empty for
  // one who has shown nothing. A token or a key decides alone; without, the
  // certificate of the connection (null: none was shown), and one of nobody
  // known counts for none. A refusal is counted, logged under `request_id`, and
  // told without detail.
  //
  // Errors: those of access::StatusOf.
  absl::StatusOr<std::string> Judge(const std::vector<Header>& headers,
                                    const PeerCertificate* certificate,
                                    std::string_view request_id);

 private:
  struct Admitted {
    access::Authentication authentication;
    std::string metadata;  // empty: nothing was shown
  };
  using Verdict = std::variant<Admitted, access::Refusal>;
  static Verdict AdmittedOr(const access::Admission& admission);

  Verdict JudgeShown(const std::vector<Header>& headers,
                     const PeerCertificate* certificate);
  Verdict JudgeToken(std::string_view token);
  Verdict JudgeApiKey(std::string_view key);
  Verdict JudgeCertificate(const PeerCertificate& certificate);

  const Options options_;
  const CallerFiles& files_;
  const base::Clock& clock_;
  access::TokenCache cache_;
  // By Authentication and by Refusal.
  std::vector<platform::Counter*> admitted_;
  std::vector<platform::Counter*> refused_;
};

}  // namespace welfare::gateway
