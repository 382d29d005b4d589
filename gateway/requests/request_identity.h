#pragma once

#include <functional>
#include <string>

namespace google::protobuf {
class Descriptor;
}

namespace welfare::gateway {

// The number of the field by which a service knows a repeated write again: the
// singular string `request_id` of `request`. 0 when it has none, as every
// request that only reads.
int RequestIdField(const google::protobuf::Descriptor& request);

// Gives the serialised `message` an id of its own in `field` unless it carries
// one that is not empty. Between the caller and the service a call may be
// repeated (UNAVAILABLE, a connection that broke before the answer came), and
// a write that was committed the first time must be known again then. Nothing
// is done with field 0, nor with bytes that are no message: the service
// refuses those itself.
void GiveRequestId(int field, const std::function<std::string()>& make_id,
                   std::string& message);

}  // namespace welfare::gateway
