// By what callers may prove who they are: the setting --auth.
#pragma once

#include <optional>
#include <set>
#include <string_view>

#include "services/access/identity.h"

namespace welfare::access {

// None of them means that nobody is asked.
class AuthMethods {
 public:
  // Parses `off`, or any of `jwt`, `mtls` and `api-key` joined by `+`, each
  // once; nothing else.
  static std::optional<AuthMethods> Parse(std::string_view text);

  bool off() const { return methods_.empty(); }
  // Whether callers may be verified so.
  bool Has(Authentication method) const { return methods_.contains(method); }

 private:
  std::set<Authentication> methods_;
};

}  // namespace welfare::access
