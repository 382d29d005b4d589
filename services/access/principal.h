// Who calls, as logs say it: nobody's name.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "services/access/identity.h"

namespace welfare::access {

// A caller in the lines of a log, which more people read than the audit log.
// The subject of a token, a certificate or a key may be somebody's name or
// address, so it stands as twelve digits of its SHA-256: `token:9f86d081884c`.
// The same caller is the same in every process, and whoever may read the audit
// log finds the lines of one of its actors. Ours are written out: `local`,
// `anonymous`, `service:indicator`.
class Principal {
 public:
  // Nobody was judged yet: empty.
  Principal() = default;
  Principal(Authentication authentication, std::string_view subject);
  explicit Principal(const Identity& identity)
      : Principal(identity.authentication(), identity.subject()) {}

  std::string_view text() const { return {text_.data(), size_}; }

 private:
  void Append(std::string_view part);

  // "certificate:" and twelve digits; "service:" and a module's name.
  std::array<char, 31> text_{};
  unsigned char size_ = 0;
};

}  // namespace welfare::access
