#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace welfare::support {

std::string ReasonLine(absl::StatusCode code, std::string_view reason) {
  return absl::StatusCodeToString(code) + " " + std::string(reason);
}

void ExpectGolden(const std::string& path, const std::string& text) {
  const char* root = std::getenv("WELFARE_SOURCE_DIR");
  ASSERT_NE(root, nullptr) << "WELFARE_SOURCE_DIR is not set";
  const std::string file = std::string(root) + "/" + path;
  if (std::getenv("WELFARE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file, std::ios::binary) << text;
  }
  std::ifstream in(file, std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << path;
}

void ExpectGolden(const std::string& path, const std::set<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  ExpectGolden(path, text);
}

}  // namespace welfare::support
