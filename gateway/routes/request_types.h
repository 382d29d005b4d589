#pragma once

#include <string>

namespace google::protobuf {
class Descriptor;
}

namespace welfare::gateway {

// The first field of `request`, or of what stands within, that holds anything
// at all: google.protobuf.Any, Struct, Value or ListValue. "filter.extra is a
// google.protobuf.Struct"; empty: there is none. Such a field has no contract,
// its JSON is bombs to readers behind us, and nobody can say what it costs.
std::string FieldOfAnything(const google::protobuf::Descriptor& request);

}  // namespace welfare::gateway
