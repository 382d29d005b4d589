// JSON as text, for what is written without a descriptor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace welfare::base {

// Appends `text` between quotes, escaped as RFC 8259 asks.
// REQUIRES: `text` is UTF-8.
void AppendJsonString(std::string_view text, std::string& out);

// An object whose members stand in the order in which they were added:
//
//   JsonObject().Add("revision", 3).Add("state", "OPEN").Text()
//   {"revision":3,"state":"OPEN"}
//
// For the details of the audit log, which are hashed as text: equal members in
// equal order are equal bytes.
class JsonObject {
 public:
  // REQUIRES: keys and texts are UTF-8, no key comes twice.
  JsonObject& Add(std::string_view key, std::string_view text);
  JsonObject& Add(std::string_view key, const char* text) {
    return Add(key, std::string_view(text));
  }
  JsonObject& Add(std::string_view key, const JsonObject& object);
  template <typename Number>
  requires std::is_integral_v<Number> JsonObject& Add(std::string_view key,
                                                      Number value) {
    if constexpr (std::is_same_v<Number, bool>) {
      return AddRaw(key, value ? "true" : "false");
    } else {
      return AddRaw(key, std::to_string(value));
    }
  }

  std::string Text() const { return "{" + members_ + "}"; }

 private:
  JsonObject& AddRaw(std::string_view key, std::string_view value);

  std::string members_;
};

}  // namespace welfare::base
