#include "services/platform/tls/process_name.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace welfare::platform {
namespace {

TEST(ProcessName, IsReadFromNamesOfACertificate) {
  struct Case {
    std::vector<std::string_view> names;
    std::string_view module;
  };
  for (const Case& row : std::vector<Case>{
           {{}, ""},
           {{"registry.welfare.internal"}, "registry"},
           {{"host.example", "survey.welfare.internal"}, "survey"},
           {{"registry"}, ""},
           {{"registry.welfare.internal.example"}, ""},
           {{"registryXwelfare.internal"}, ""},
           {{"welfare.internal", ".welfare.internal"}, ""},
           {{"*.welfare.internal"}, "*"},
           {{"a.registry.welfare.internal"}, "a.registry"},
           {{"registry.welfare.internal", "survey.welfare.internal"}, ""}}) {
    EXPECT_EQ(ModuleNamedIn(row.names), row.module);
  }
  EXPECT_EQ(ProcessName("registry"), "registry.welfare.internal");
}

}  // namespace
}  // namespace welfare::platform
