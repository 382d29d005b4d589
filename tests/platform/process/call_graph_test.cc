// The call graph is stated once, in ModuleSpecs; the README draws it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "services/platform/process/module.h"

namespace welfare::platform {
namespace {

using CallGraph = std::map<std::string, std::set<std::string>>;

CallGraph FromTable() {
  CallGraph graph;
  for (const ModuleSpec& spec : ModuleSpecs()) {
    if (spec.peers.empty()) continue;
    graph[std::string(spec.name)].insert(spec.peers.begin(), spec.peers.end());
  }
  return graph;
}

// Lines such as `survey    --> registry`.
CallGraph FromReadme() {
  std::ifstream in(std::string(std::getenv("WELFARE_SOURCE_DIR")) +
                   "/README.md");
  const std::regex arrow(R"(^(\w+)\s+-->\s+(.+)$)"), word(R"(\w+)");
  CallGraph graph;
  std::string line;
  while (std::getline(in, line)) {
    std::smatch match;
    if (!std::regex_match(line, match, arrow)) continue;
    const std::string callees = match[2];
    for (std::sregex_iterator it(callees.begin(), callees.end(), word), end;
         it != end; ++it) {
      graph[match[1]].insert(it->str());
    }
  }
  return graph;
}

TEST(CallGraph, IsDrawnInTheReadmeAsItIs) {
  EXPECT_FALSE(FromReadme().empty());
  EXPECT_EQ(FromReadme(), FromTable());
}

TEST(CallGraph, StartsEveryModuleAfterItsPeers) {
  std::set<std::string_view> started;
  for (const ModuleSpec& spec : ModuleSpecs()) {
    for (const std::string_view peer : spec.peers) {
      EXPECT_TRUE(started.contains(peer)) << spec.name << " needs " << peer;
    }
    started.insert(spec.name);
  }
}

}  // namespace
}  // namespace welfare::platform
