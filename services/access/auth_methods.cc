#include "services/access/auth_methods.h"

#include "services/vocabulary/word.h"

namespace welfare::access {
namespace {

constexpr vocabulary::Word<Authentication> kMethods[] = {
    {Authentication::kToken, "jwt"},
    {Authentication::kCertificate, "mtls"},
    {Authentication::kApiKey, "api-key"},
};

}  // namespace

std::optional<AuthMethods> AuthMethods::Parse(std::string_view text) {
  AuthMethods methods;
  if (text == "off") return methods;
  for (bool more = true; more;) {
    const std::size_t plus = text.find('+');
    more = plus != text.npos;
    const auto method = vocabulary::FindIn(kMethods, text.substr(0, plus));
    if (!method.has_value() || !methods.methods_.insert(*method).second) {
      return std::nullopt;
    }
    text.remove_prefix(more ? plus + 1 : text.size());
  }
  return methods;
}

}  // namespace welfare::access
