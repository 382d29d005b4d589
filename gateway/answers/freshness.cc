#include "gateway/answers/freshness.h"

#include <google/protobuf/descriptor.h>

#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {

std::string_view CacheControlOf(
    const google::protobuf::MethodDescriptor& method) {
  const auto& policy =
      method.options().GetExtension(::welfare::options::v1::policy);
  if (policy.personal()) return "no-store";
  const bool for_everybody =
      policy.audience() == ::welfare::options::v1::AUDIENCE_PUBLIC &&
      !policy.varies_by_caller();
  return for_everybody ? "public, max-age=0, must-revalidate"
                       : "private, no-cache";
}

}  // namespace welfare::gateway
