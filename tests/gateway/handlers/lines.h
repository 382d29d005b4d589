// What streams over HTTP answer, read.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace welfare::gateway {

// Each line of a body, which is JSON.
inline std::vector<nlohmann::json> LinesOf(const std::string& body) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(body);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(nlohmann::json::parse(line, nullptr, false));
    EXPECT_FALSE(lines.back().is_discarded()) << line;
  }
  return lines;
}

}  // namespace welfare::gateway
