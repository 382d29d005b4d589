// Tokens that are wrong in one thing each, made from one that is right.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "services/access/refusal.h"

namespace welfare::access {

struct BadToken {
  std::string_view what;
  Refusal cause;
  std::function<std::string()> make;
};

// By the issuers and rules of token_fixture.h.
const std::vector<BadToken>& BadTokens();

}  // namespace welfare::access
