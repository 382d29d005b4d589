#include "gateway/routes/field_path.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace welfare::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* FindField(const Descriptor& descriptor,
                                 std::string_view name) {
  const std::string key(name);
  const FieldDescriptor* field = descriptor.FindFieldByName(key);
  if (field != nullptr) return field;
  field = descriptor.FindFieldByCamelcaseName(key);
  if (field != nullptr && field->json_name() == key) return field;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    if (descriptor.field(i)->json_name() == key) return descriptor.field(i);
  }
  return nullptr;
}

const FieldDescriptor* ResolveFieldPath(const Descriptor& descriptor,
                                        std::string_view path) {
  const Descriptor* at = &descriptor;
  const FieldDescriptor* field = nullptr;
  while (true) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    if (at == nullptr) return nullptr;
    field = FindField(*at, path.substr(0, dot));
    if (field == nullptr || dot == path.size()) return field;
    path.remove_prefix(dot + 1);
    at = field->is_repeated() ? nullptr : field->message_type();
  }
}

}  // namespace welfare::gateway
