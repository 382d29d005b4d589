#include "gateway/callers/credentials.h"

#include <string>

#include "absl/strings/match.h"
#include "services/base/error.h"

namespace welfare::gateway {

std::variant<Credentials, access::Refusal> ReadCredentials(
    const std::vector<Header>& headers) {
  constexpr std::string_view kBearer = "bearer ";
  const std::string* authorization = nullptr;
  const std::string* api_key = nullptr;
  for (const Header& header : headers) {
    const std::string** place = header.name == "authorization" ? &authorization
                                : header.name == "x-api-key"   ? &api_key
                                                               : nullptr;
    if (place == nullptr) continue;
    if (authorization != nullptr || api_key != nullptr) {
      return access::Refusal::kSeveral;
    }
    *place = &header.value;
  }
  if (api_key != nullptr) {
    if (api_key->empty()) return access::Refusal::kKeyFormat;
    return Credentials{.token = {}, .api_key = *api_key};
  }
  if (authorization == nullptr) return Credentials{};
  // The scheme knows no case (RFC 9110, section 11.1).
  if (!absl::StartsWithIgnoreCase(base::ToAbsl(*authorization),
                                  base::ToAbsl(kBearer)) ||
      authorization->size() == kBearer.size()) {
    return access::Refusal::kScheme;
  }
  return Credentials{
      .token = std::string_view(*authorization).substr(kBearer.size()),
      .api_key = {}};
}

}  // namespace welfare::gateway
