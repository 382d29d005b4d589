#pragma once

#include <string_view>

namespace google::protobuf {
class MethodDescriptor;
}

namespace welfare::gateway {

// `cache-control` of what a GET of `method` answers, by its policy: what is for
// everybody may be kept by everybody and is asked for anew each time; what is
// for some, or not the same for all, by their own programs alone; personal data
// by nobody. A method without a policy is for some.
std::string_view CacheControlOf(
    const google::protobuf::MethodDescriptor& method);

}  // namespace welfare::gateway
