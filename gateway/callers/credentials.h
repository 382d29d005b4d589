// What a request shows to prove who sent it, before it is judged.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "gateway/exchange/exchange.h"
#include "services/access/refusal.h"

namespace welfare::gateway {

// At most one of them; points into the headers.
struct Credentials {
  std::string_view token;    // `authorization: Bearer ...`
  std::string_view api_key;  // `x-api-key`
};

// Reads `authorization` and `x-api-key`; an empty `x-api-key` is one all the
// same. Nowhere else, above all not in a query, which stands in logs.
//
// Refusals: kSeveral, kScheme.
std::variant<Credentials, access::Refusal> ReadCredentials(
    const std::vector<Header>& headers);

}  // namespace welfare::gateway
