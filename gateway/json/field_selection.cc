#include "gateway/json/field_selection.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <vector>

#include "gateway/routes/field_path.h"

namespace welfare::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool FieldSelection::Add(const Descriptor& type, std::string_view path) {
  // As deep as JSON may be.
  constexpr std::size_t kDeepest = 32;
  std::vector<const FieldDescriptor*> fields;
  const Descriptor* at = &type;
  while (true) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    if (at == nullptr || fields.size() == kDeepest) return false;
    const FieldDescriptor* field = FindField(*at, path.substr(0, dot));
    if (field == nullptr) return false;
    fields.push_back(field);
    if (dot == path.size()) break;
    path.remove_prefix(dot + 1);
    at = field->is_map() ? nullptr : field->message_type();
    if (at != nullptr &&
        at->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      at = nullptr;
    }
  }
  FieldSelection* selected = this;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto [part, fresh] = selected->parts_.try_emplace(fields[i]);
    // All of it was selected before.
    if (!fresh && part->second.whole()) return true;
    selected = &part->second;
  }
  // All of it is selected now, whatever parts were before.
  selected->parts_.clear();
  return true;
}

const FieldSelection* FieldSelection::Find(const FieldDescriptor& field) const {
  const auto found = parts_.find(&field);
  return found == parts_.end() ? nullptr : &found->second;
}

}  // namespace welfare::gateway
