#include "gateway/routes/request_types.h"

#include <google/protobuf/descriptor.h>

#include <set>

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsAnything(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_ANY:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
    case Descriptor::WELLKNOWNTYPE_VALUE:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return true;
    default:
      return false;
  }
}

std::string FindIn(const Descriptor& type, const std::string& prefix,
                   std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return "";
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.message_type() == nullptr) continue;
    const std::string path = prefix + field.name();
    if (IsAnything(*field.message_type())) {
      return path + " is a " + field.message_type()->full_name();
    }
    std::string found = FindIn(*field.message_type(), path + ".", seen);
    if (!found.empty()) return found;
  }
  return "";
}

}  // namespace

std::string FieldOfAnything(const Descriptor& request) {
  if (IsAnything(request)) return "it is a " + request.full_name();
  std::set<const Descriptor*> seen;
  return FindIn(request, "", seen);
}

}  // namespace welfare::gateway
