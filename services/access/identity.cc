#include "services/access/identity.h"

#include <algorithm>
#include <utility>

#include "services/access/error_table.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"

namespace welfare::access {
namespace {

constexpr std::string_view kEverySurvey = "*";

constexpr std::string_view kService = "service:";
constexpr std::string_view kAnonymousSubject = "anonymous";
constexpr std::string_view kLocalSubject = "local";

// Those of callers whom the platform names itself: nobody else is to be taken
// for one of them in a log.
bool IsReserved(std::string_view subject) {
  return subject == kAnonymousSubject || subject == kLocalSubject ||
         subject.starts_with(kService);
}

bool IsSubject(std::string_view text) {
  return !text.empty() && text.size() <= kMaxSubjectBytes &&
         text.front() != ' ' && text.back() != ' ' &&
         std::ranges::all_of(text,
                             [](char c) { return c >= 0x20 && c <= 0x7E; });
}

}  // namespace

absl::StatusOr<Grant> Grant::Parse(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == text.npos) return base::MakeError(AccessRow("GRANT_FORMAT"));
  const auto role = vocabulary::FindIn(kRoles, text.substr(0, at));
  if (!role.has_value()) return base::MakeError(AccessRow("ROLE_UNKNOWN"));
  const std::string_view survey = text.substr(at + 1);
  if (survey != kEverySurvey && !base::IsResourceId(survey)) {
    return base::MakeError(AccessRow("GRANT_SURVEY"));
  }
  if (*role == Role::kRegistrar && survey != kEverySurvey) {
    return base::MakeError(AccessRow("GRANT_SCOPE"));
  }
  return Grant{*role, std::string(survey)};
}

std::string Grant::ToString() const {
  return std::string(access::ToString(role)).append("@").append(survey);
}

Identity::Identity(Facts facts)
    : facts_(std::make_shared<const Facts>(std::move(facts))) {}

Identity Identity::Anonymous() {
  static const Identity anonymous(
      {Authentication::kAnonymous, std::string(kAnonymousSubject)});
  return anonymous;
}

Identity Identity::Local() {
  static const Identity local(
      {Authentication::kLocal, std::string(kLocalSubject)});
  return local;
}

Identity Identity::Service(std::string_view name) {
  return Identity(
      {Authentication::kService, std::string(kService).append(name)});
}

std::string_view Identity::service() const {
  if (authentication() != Authentication::kService) return {};
  return std::string_view(subject()).substr(kService.size());
}

absl::StatusOr<Identity> Identity::Make(const IdentityText& text) {
  Facts facts{text.authentication, std::string(text.subject)};
  std::vector<base::Violation> violations;
  const auto refuse = [&](const base::ViolationRow& row, std::string_view field,
                          const base::ErrorWords& words = {}) {
    violations.push_back(base::MakeViolation(row, field, words));
  };

  if (!IsSubject(text.subject)) {
    refuse(AccessFault("SUBJECT_FORMAT"), "subject");
  } else if (IsReserved(text.subject)) {
    refuse(AccessFault("SUBJECT_RESERVED"), "subject");
  }

  if (text.grants.size() > kMaxGrants) {
    refuse(AccessFault("GRANTS_TOO_MANY"), "grants",
           {{"limit", std::to_string(kMaxGrants)}});
  } else {
    for (std::size_t i = 0; i < text.grants.size(); ++i) {
      const std::string field = "grants[" + std::to_string(i) + "]";
      auto grant = Grant::Parse(text.grants[i]);
      if (!grant.ok()) {
        violations.push_back(base::ViolationOf(field, grant.status()));
      } else if (std::ranges::find(facts.grants, *grant) !=
                 facts.grants.end()) {
        refuse(AccessFault("GRANT_REPEATED"), field);
      } else {
        facts.grants.push_back(*std::move(grant));
      }
    }
  }
  std::ranges::sort(facts.grants);

  if (text.municipality_code.empty() != text.respondent_kind.empty()) {
    refuse(AccessFault("RESPONDENT_CLAIMS"), text.municipality_code.empty()
                                                 ? "municipality_code"
                                                 : "respondent_kind");
  } else if (!text.municipality_code.empty()) {
    auto code = base::MunicipalityCode::Parse(text.municipality_code);
    const auto kind = base::ParseRespondentKind(text.respondent_kind);
    if (!code.ok()) {
      violations.push_back(
          base::ViolationOf("municipality_code", code.status()));
    } else if (code->ToString() != text.municipality_code) {
      refuse(AccessFault("CODE_FORMAT"), "municipality_code");
    }
    if (!kind.ok()) {
      violations.push_back(base::ViolationOf("respondent_kind", kind.status()));
    }
    if (code.ok() && kind.ok()) {
      facts.respondent = base::Respondent{*std::move(code), *kind};
    }
  } else if (facts.HoldsAnywhere(Role::kRespondent)) {
    refuse(AccessFault("RESPONDENT_CLAIMS"), "municipality_code");
  }

  if (!violations.empty()) {
    return base::MakeError(AccessRow("IDENTITY_INVALID"))
        .WithViolations(std::move(violations));
  }
  return Identity(std::move(facts));
}

bool Identity::Holds(Role role, std::string_view survey) const {
  return std::ranges::any_of(grants(), [&](const Grant& grant) {
    return grant.role == role &&
           (grant.survey == kEverySurvey || grant.survey == survey);
  });
}

bool Identity::HoldsAnywhere(Role role) const {
  return facts_->HoldsAnywhere(role);
}

bool Identity::Facts::HoldsAnywhere(Role role) const {
  return std::ranges::any_of(
      grants, [&](const Grant& grant) { return grant.role == role; });
}

}  // namespace welfare::access
