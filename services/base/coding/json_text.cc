#include "services/base/coding/json_text.h"

namespace welfare::base {

void AppendJsonString(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  std::size_t clean = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && byte != 0x7F) continue;
    out.append(text.substr(clean, i - clean));
    clean = i + 1;
    switch (byte) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      case '\b':
        out.append("\\b");
        break;
      case '\f':
        out.append("\\f");
        break;
      default:
        out.append("\\u00");
        out.push_back(kHex[byte >> 4]);
        out.push_back(kHex[byte & 0x0F]);
    }
  }
  out.append(text.substr(clean));
  out.push_back('"');
}

JsonObject& JsonObject::Add(std::string_view key, std::string_view text) {
  std::string value;
  AppendJsonString(text, value);
  return AddRaw(key, value);
}

JsonObject& JsonObject::Add(std::string_view key, const JsonObject& object) {
  return AddRaw(key, object.Text());
}

JsonObject& JsonObject::AddRaw(std::string_view key, std::string_view value) {
  if (!members_.empty()) members_ += ',';
  AppendJsonString(key, members_);
  members_ += ':';
  members_ += value;
  return *this;
}

}  // namespace welfare::base
