#include "services/access/principal.h"

#include <algorithm>
#include <functional>
#include <string>

#include "services/base/coding/sha256.h"

namespace welfare::access {
namespace {

constexpr std::size_t kDigits = 12;

// Digests cost a microsecond, and callers come again: each thread remembers
// some.
std::string_view DigestOf(std::string_view subject) {
  struct Known {
    std::string subject;
    std::string digest;
  };
  constexpr std::size_t kSlots = 64;
  thread_local std::array<Known, kSlots> known;
  Known& slot = known[std::hash<std::string_view>()(subject) % kSlots];
  if (slot.digest.empty() || slot.subject != subject) {
    slot.digest = base::Sha256Hex(subject).substr(0, kDigits);
    slot.subject = subject;
  }
  return slot.digest;
}

}  // namespace

Principal::Principal(Authentication authentication, std::string_view subject) {
  switch (authentication) {
    case Authentication::kAnonymous:
    case Authentication::kLocal:
    case Authentication::kService:
      Append(subject);
      break;
    case Authentication::kToken:
    case Authentication::kCertificate:
    case Authentication::kApiKey:
      Append(ToString(authentication));
      Append(":");
      Append(DigestOf(subject));
      break;
  }
}

void Principal::Append(std::string_view part) {
  const std::size_t taken = std::min(part.size(), text_.size() - size_);
  std::copy_n(part.begin(), taken, text_.begin() + size_);
  size_ = static_cast<unsigned char>(size_ + taken);
}

}  // namespace welfare::access
