#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace google::rpc {
class Status;
}

namespace welfare::platform {

// Longest message on the wire, in bytes; longer ones are cut at a character and
// end with "...". Nothing else cuts messages.
inline constexpr std::size_t kMaxMessageBytes = 1024;

// `message`, cut if need be.
std::string ShortenMessage(std::string_view message);

// Leaves violations and preconditions out, the last first, until `status` takes
// no more than `max_bytes`; then its message, in both languages, begins with
// how many there were and how many are left, and the metadata say it for
// programs (`violations_total`, `preconditions_total`). Where even that is too
// long, only ErrorInfo with reason and domain remains. May be called again with
// less room.
void FitDetails(google::rpc::Status& status, std::size_t max_bytes);

}  // namespace welfare::platform
