#pragma once

#include <string>

namespace welfare::gateway {

// Now, as the header `date` has it: "Mon, 16 Jun 2025 00:00:00 GMT".
std::string HttpDate();

}  // namespace welfare::gateway
