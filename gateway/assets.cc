#include "gateway/assets.h"

#include <cstddef>

// The assembler takes the bytes as they are; a literal of half a megabyte would
// take the compiler seconds, and standard C++ has no #embed yet.
#define WELFARE_EMBED(name, file)    \
  asm(".section .rodata\n"           \
      ".balign 16\n" #name           \
      ":\n"                          \
      ".incbin \"" file "\"\n" #name \
      "_end:\n.byte 0\n"             \
      ".previous\n");                \
  extern "C" const char name[];      \
  extern "C" const char name##_end[];

WELFARE_EMBED(welfare_descriptor_set, WELFARE_DESCRIPTOR_SET_FILE)
WELFARE_EMBED(welfare_openapi_examples, WELFARE_EXAMPLES_FILE)
WELFARE_EMBED(welfare_start_page_style, WELFARE_STYLE_FILE)
WELFARE_EMBED(welfare_start_page_script, WELFARE_SCRIPT_FILE)

namespace welfare::gateway {
namespace {

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view LinkedDescriptorSet() {
  return Between(welfare_descriptor_set, welfare_descriptor_set_end);
}

std::string_view LinkedExamples() {
  return Between(welfare_openapi_examples, welfare_openapi_examples_end);
}

std::string_view StartPageStyle() {
  return Between(welfare_start_page_style, welfare_start_page_style_end);
}

std::string_view StartPageScript() {
  return Between(welfare_start_page_script, welfare_start_page_script_end);
}

}  // namespace welfare::gateway
