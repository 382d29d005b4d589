#include "services/platform/rpc/call_context.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace welfare::platform {
namespace {

constexpr std::string_view kEverySurvey = "*";
constexpr std::string_view kService = "service:";

// The survey of the grant "manager@jusou" where it is one of `role`; else
// empty.
std::string_view SurveyOf(std::string_view grant, std::string_view role) {
  const std::size_t at = grant.find('@');
  if (at == std::string_view::npos || grant.substr(0, at) != role) return "";
  return grant.substr(at + 1);
}

}  // namespace

bool Identity::Has(std::string_view role, std::string_view survey) const {
  return std::any_of(grants.begin(), grants.end(), [&](std::string_view grant) {
    const std::string_view granted = SurveyOf(grant, role);
    return !granted.empty() && (granted == kEverySurvey || granted == survey);
  });
}

bool Identity::HasAnywhere(std::string_view role) const {
  return std::any_of(grants.begin(), grants.end(), [&](std::string_view grant) {
    return !SurveyOf(grant, role).empty();
  });
}

std::string_view Identity::service() const {
  const std::string_view name = subject;
  return name.starts_with(kService) ? name.substr(kService.size()) : "";
}

std::string MakeRequestId() {
  // A call of the generator costs about the same for 16 bytes as for 1 KiB,
  // more than the rest of a cached read does; so each thread takes a stock of a
  // page.
  constexpr std::size_t kIdBytes = 16;
  thread_local std::array<unsigned char, 256 * kIdBytes> stock;
  thread_local std::size_t used = stock.size();
  if (used == stock.size()) {
    RAND_bytes(stock.data(), static_cast<int>(stock.size()));
    used = 0;
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id(2 * kIdBytes, '0');
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    const unsigned char byte = stock[used + i];
    id[2 * i] = kDigits[byte >> 4];
    id[2 * i + 1] = kDigits[byte & 0xF];
  }
  used += kIdBytes;
  return id;
}

}  // namespace welfare::platform
