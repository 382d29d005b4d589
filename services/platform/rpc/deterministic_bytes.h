#pragma once

#include <string>

namespace google::protobuf {
class MessageLite;
}

namespace welfare::platform {

// The bytes of a message, the same for equal messages of one build: for
// comparing requests, never for keeping.
std::string DeterministicBytes(const google::protobuf::MessageLite& message);

}  // namespace welfare::platform
