#pragma once

#include <string_view>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

// Fields by the names that paths, queries and bodies call them. Pure; any
// thread.
namespace welfare::gateway {

// Finds a field by its proto name or its JSON name; null when there is none.
const google::protobuf::FieldDescriptor* FindField(
    const google::protobuf::Descriptor& descriptor, std::string_view name);

// Resolves "a.b.c" from `descriptor`, each part in either spelling, through
// singular messages. The last part may be any field. Null when a part is
// unknown or leads through something else.
const google::protobuf::FieldDescriptor* ResolveFieldPath(
    const google::protobuf::Descriptor& descriptor, std::string_view path);

}  // namespace welfare::gateway
