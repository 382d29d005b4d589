// Callers who show a certificate: what those of a file were granted.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/access/caller.h"

namespace welfare::access {

inline constexpr std::size_t kMaxCertificateCallersBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxCertificateCallers = 5'000;

// What a certificate that was verified says of its owner.
struct CertificateNames {
  std::string_view common_name = {};
  std::span<const std::string> dns_names = {};
  std::span<const std::string> uris = {};
};

// The callers of one file, by a name in their certificates:
//
//   {"version":1,"callers":[
//   {"certificate":"dns:batch.city.example","grants":["manager@jusou"]},
//   ...
//   ]}
//
// A name is `dns:` and a DNS name in small letters, `uri:` and a URI, or `cn:`
// and the common name; it is also the subject of the caller. A caller may have
// `municipality_code` with `respondent_kind`. Immutable; any thread.
class CertificateCallers {
 public:
  // Errors: INVALID_ARGUMENT, reason CERTIFICATE_CALLERS_INVALID, with every
  // violation at `callers[0].certificate`: those of error_table.h for
  // identities, JSON and certificates.
  static absl::StatusOr<CertificateCallers> Parse(std::string_view json);

  // The caller whose certificate has these names, or why it is nobody's: none
  // of them is in the file, or those of several callers are.
  Admission Find(const CertificateNames& names) const;

  std::size_t size() const { return callers_.size(); }

 private:
  std::map<std::string, Identity, std::less<>> callers_;
};

}  // namespace welfare::access
