#include "services/access/certificate_callers.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/ascii.h"

#include "services/access/error_table.h"
#include "services/access/member_reader.h"
#include "services/access/strict_json.h"
#include "services/base/error.h"

namespace welfare::access {
namespace {

constexpr std::string_view kDnsName = "dns:";
constexpr std::string_view kUri = "uri:";
constexpr std::string_view kCommonName = "cn:";

constexpr std::string_view kCallerMembers[] = {
    "certificate", "grants", "municipality_code", "respondent_kind"};

bool IsCertificateName(std::string_view name) {
  for (const std::string_view kind : {kDnsName, kUri, kCommonName}) {
    if (!name.starts_with(kind) || name.size() == kind.size()) continue;
    // Case says nothing in DNS: one way to write it.
    return kind != kDnsName || std::ranges::none_of(name, [](char c) {
             return c >= 'A' && c <= 'Z';
           });
  }
  return false;
}

absl::Status CallersInvalid(std::vector<base::Violation> violations) {
  return base::MakeError(AccessRow("CERTIFICATE_CALLERS_INVALID"))
      .WithViolations(std::move(violations));
}

}  // namespace

absl::StatusOr<CertificateCallers> CertificateCallers::Parse(
    std::string_view json) {
  if (json.size() > kMaxCertificateCallersBytes) {
    return CallersInvalid({base::MakeViolation(
        AccessFault("FILE_SIZE"), "",
        {{"limit", std::to_string(kMaxCertificateCallersBytes)}})});
  }
  const auto root = ReadStrictJson(json);
  if (!root.ok()) return CallersInvalid({base::ViolationOf("", root.status())});
  auto list = ListOf(*root, "callers", kMaxCertificateCallers);
  if (auto* violation = std::get_if<base::Violation>(&list)) {
    return CallersInvalid({std::move(*violation)});
  }
  CertificateCallers callers;
  std::vector<base::Violation> violations;
  const auto& elements = *std::get<const std::vector<JsonValue>*>(list);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    MemberReader reader(elements[i], "callers[" + std::to_string(i) + "]",
                        violations);
    if (!reader.IsObjectOf(kCallerMembers)) continue;
    auto identity =
        reader.ReadIdentity("certificate", Authentication::kCertificate);
    if (!identity.has_value()) continue;
    if (!IsCertificateName(identity->subject())) {
      reader.Refuse(AccessFault("CERTIFICATE_NAME"), "certificate");
      continue;
    }
    std::string name = identity->subject();
    if (!callers.callers_.try_emplace(std::move(name), *std::move(identity))
             .second) {
      reader.Refuse(AccessFault("CERTIFICATE_NAME_REPEATED"), "certificate");
    }
  }
  if (!violations.empty()) return CallersInvalid(std::move(violations));
  return callers;
}

Admission CertificateCallers::Find(const CertificateNames& names) const {
  const Identity* found = nullptr;
  bool several = false;
  const auto look = [&](std::string_view kind, std::string_view name) {
    if (name.empty()) return;
    const auto one = callers_.find(std::string(kind).append(name));
    if (one == callers_.end()) return;
    several = several || (found != nullptr && found != &one->second);
    found = &one->second;
  };
  look(kCommonName, names.common_name);
  for (const std::string& name : names.dns_names) {
    look(kDnsName, absl::AsciiStrToLower(name));
  }
  for (const std::string& uri : names.uris) look(kUri, uri);
  if (found == nullptr) return Refusal::kCertificateUnknown;
  if (several) return Refusal::kCertificateUnclear;
  // How long it may be believed, its connection knows.
  return Caller{*found, base::Timestamp::FromMicros(
                            std::numeric_limits<std::int64_t>::max())};
}

}  // namespace welfare::access
