#pragma once

#include <string_view>

// Files that are linked into the program as they are.
namespace welfare::gateway {

// The protos of the platform with their comments: a serialised
// google.protobuf.FileDescriptorSet.
std::string_view LinkedDescriptorSet();

// openapi/examples.json.
std::string_view LinkedExamples();

// pages/start_page.css and .js.
std::string_view StartPageStyle();
std::string_view StartPageScript();

}  // namespace welfare::gateway
