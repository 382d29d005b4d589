// What a verified caller is, and what it was granted.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/respondent.h"
#include "services/vocabulary/word.h"

namespace welfare::access {

// What a caller may be. Named in tokens, key files and policies.
enum class Role {
  kRegistrar = 1,   // writes the registry
  kManager = 2,     // runs the survey
  kReviewer = 3,    // judges the answers
  kRespondent = 4,  // answers
  kAuditor = 5,     // reads the audit log
  kOperator = 6,    // sees health and metrics, no data
};

inline constexpr vocabulary::Word<Role> kRoles[] = {
    {Role::kRegistrar, "registrar"}, {Role::kManager, "manager"},
    {Role::kReviewer, "reviewer"},   {Role::kRespondent, "respondent"},
    {Role::kAuditor, "auditor"},     {Role::kOperator, "operator"},
};

constexpr std::string_view ToString(Role role) {
  return vocabulary::NameIn(kRoles, role);
}

// A role in one survey, or in every one.
struct Grant {
  Role role;
  std::string survey;  // an id, or `*`

  // Parses `manager@jusou` or `manager@*`.
  //
  // Errors, all INVALID_ARGUMENT:
  //   GRANT_FORMAT: no `@`.
  //   ROLE_UNKNOWN.
  //   GRANT_SURVEY: neither a resource id nor `*`.
  //   GRANT_SCOPE: registrar of one survey.
  static absl::StatusOr<Grant> Parse(std::string_view text);
  std::string ToString() const;

  friend auto operator<=>(const Grant&, const Grant&) = default;
};

// How a caller was verified. The numbers of the first three are those of the
// message between our processes; the others are found out by each process for
// itself and never sent.
enum class Authentication {
  kToken = 1,
  kCertificate = 2,
  kApiKey = 3,
  kAnonymous = 4,  // not at all: no credentials were shown
  kLocal = 5,      // nobody is asked: `--auth off`
  kService = 6,    // a process of the platform, on its own account
};

inline constexpr vocabulary::Word<Authentication> kAuthentications[] = {
    {Authentication::kToken, "token"},
    {Authentication::kCertificate, "certificate"},
    {Authentication::kApiKey, "api_key"},
    {Authentication::kAnonymous, "anonymous"},
    {Authentication::kLocal, "local"},
    {Authentication::kService, "service"},
};

constexpr std::string_view ToString(Authentication authentication) {
  return vocabulary::NameIn(kAuthentications, authentication);
}

inline constexpr std::size_t kMaxGrants = 64;
inline constexpr std::size_t kMaxSubjectBytes = 255;

// What somebody says of a caller, before it is read.
struct IdentityText {
  std::string_view subject = {};
  std::span<const std::string> grants = {};
  // Empty: not stated.
  std::string_view municipality_code = {};
  std::string_view respondent_kind = {};
  Authentication authentication = Authentication::kToken;
};

// Who calls.
//
// Invariants: the subject is 1 to 255 printable ASCII characters, so that it
// reads the same in every log; at most kMaxGrants grants, each once, sorted by
// role and survey; whoever has the role respondent has a respondent.
//
// A value that is cheap to copy, since each call of a caller who comes again
// holds one: copies share what they say. Moving is copying, so that none is
// ever empty.
class Identity {
 public:
  // What a token, a certificate or an API key says of its bearer.
  // REQUIRES: `text.authentication` is one of these three.
  //
  // Errors: INVALID_ARGUMENT, reason IDENTITY_INVALID, with every violation at
  // `subject`, `grants[0]`, `municipality_code` or `respondent_kind`:
  // SUBJECT_FORMAT, SUBJECT_RESERVED, GRANTS_TOO_MANY, GRANT_REPEATED,
  // RESPONDENT_CLAIMS, and those of Grant, MunicipalityCode and RespondentKind.
  static absl::StatusOr<Identity> Make(const IdentityText& text);

  Identity(const Identity&) = default;
  Identity& operator=(const Identity&) = default;
  ~Identity() = default;

  // Somebody without credentials: `anonymous`, without grants.
  static Identity Anonymous();
  // The operator of a machine whose platform asks nobody: `local`, who may do
  // everything.
  static Identity Local();
  // The service `name` of the platform on its own account: `service:indicator`.
  // Only for whoever knows which process is at the other end.
  static Identity Service(std::string_view name);

  const std::string& subject() const { return facts_->subject; }
  const std::vector<Grant>& grants() const { return facts_->grants; }
  const std::optional<base::Respondent>& respondent() const {
    return facts_->respondent;
  }
  Authentication authentication() const { return facts_->authentication; }

  // Whether every check of roles passes.
  bool is_local() const { return authentication() == Authentication::kLocal; }
  bool is_anonymous() const {
    return authentication() == Authentication::kAnonymous;
  }
  // Which service calls on its own account, `indicator`; empty for all others.
  std::string_view service() const;

  // Whether the caller has `role` in `survey`, by a grant on it or on all.
  bool Holds(Role role, std::string_view survey) const;
  // Whether the caller has `role` in any survey.
  bool HoldsAnywhere(Role role) const;

  friend bool operator==(const Identity& a, const Identity& b) {
    return *a.facts_ == *b.facts_;
  }

 private:
  struct Facts {
    Authentication authentication;
    std::string subject;
    std::vector<Grant> grants = {};
    std::optional<base::Respondent> respondent = std::nullopt;

    bool HoldsAnywhere(Role role) const;
    friend bool operator==(const Facts&, const Facts&) = default;
  };
  explicit Identity(Facts facts);

  std::shared_ptr<const Facts> facts_;
};

}  // namespace welfare::access
