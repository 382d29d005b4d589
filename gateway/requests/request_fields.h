#pragma once

#include <cstddef>
#include <string_view>

namespace google::protobuf {
class Descriptor;
}

namespace welfare::gateway {

// Fields that a request may hold, those inside of fields counted too: several
// times what any request of the product needs. A byte limit alone bounds no
// memory: an empty element takes two bytes on the wire and some eighty where
// it is read, so 4 MiB of them become 160.
inline constexpr std::size_t kMaxRequestFields = 100'000;

// Returns whether the serialised `message` of type `type` holds more than
// `limit` fields, unknown ones among them. Reads no more than it needs for that
// and makes nothing of it. Bytes that are no message are counted as far as they
// can be read: the service refuses those itself.
bool HoldsMoreFields(std::string_view message,
                     const google::protobuf::Descriptor& type,
                     std::size_t limit);

// The number of the field by which a read waits for what is not there yet: the
// singular int64 `min_version` of `request`. 0 when it has none.
int WaitField(const google::protobuf::Descriptor& request);

// Whether the serialised `message` gives the integer `field` another value than
// 0, by the last of them. False for field 0 and for bytes that are no message.
bool HoldsNumber(int field, std::string_view message);

}  // namespace welfare::gateway
