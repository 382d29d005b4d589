#include "gateway/routes/path_matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace welfare::gateway {
namespace {

using ::testing::ElementsAre;

struct Entry {
  std::string method;
  std::string path;
};

PathMatcher Build(const std::vector<Entry>& entries,
                  const std::vector<std::size_t>& order) {
  PathMatcher matcher;
  for (const std::size_t index : order) {
    const auto path = PathTemplate::Parse(entries[index].path);
    EXPECT_TRUE(path.ok()) << path.status();
    EXPECT_TRUE(matcher.Add(entries[index].method, *path, index).ok());
  }
  return matcher;
}

PathMatcher Build(const std::vector<Entry>& entries) {
  std::vector<std::size_t> order(entries.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  return Build(entries, order);
}

// "3 a=x b=y", "405 GET", "404" or "400".
std::string Outcome(const PathMatcher& matcher, std::string_view method,
                    std::string_view path) {
  const PathMatch match = matcher.Match(method, path);
  switch (match.outcome) {
    case PathMatch::Outcome::kNotFound:
      return "404";
    case PathMatch::Outcome::kMalformed:
      return "400";
    case PathMatch::Outcome::kMethodNotAllowed: {
      std::string out = "405";
      for (const std::string& allowed : match.allowed) out += " " + allowed;
      return out;
    }
    case PathMatch::Outcome::kFound:
      break;
  }
  std::string out = std::to_string(match.route);
  for (const auto& binding : match.bindings) {
    out += " " + binding.field_path + "=" + binding.value;
  }
  return out;
}

const std::vector<Entry>& Entries() {
  static const auto* entries = new std::vector<Entry>{
      {"GET", "/v1/a"},               // 0
      {"GET", "/v1/{x}"},             // 1
      {"GET", "/v1/{x=**}"},          // 2
      {"GET", "/v1/a/{y}"},           // 3
      {"POST", "/v1/a/b"},            // 4
      {"GET", "/v1/{x=a/*}:close"},   // 5
      {"POST", "/v1/{x=a/*}:open"},   // 6
      {"GET", "/v2/{x=s/*/r/*}"},     // 7
      {"GET", "/v2/{x=**}/end"},      // 8
      {"GET", "/v2/{x=**}/mid/end"},  // 9
      {"GET", "/v2/{x=f/**}"},        // 10
      {"DELETE", "/v2/{x=s/*/r/*}"},  // 11
      {"GET", "/v3/{a}/b/{c}"},       // 12
      {"GET", "/v3/{a}/{b}/d"},       // 13
      {"GET", "/v3/%E6%9D%B1"},       // 14
  };
  return *entries;
}

struct Case {
  std::string_view method;
  std::string_view path;
  std::string_view outcome;
};

constexpr Case kCases[] = {
    {"GET", "/v1/a", "0"},
    {"GET", "/v1/b", "1 x=b"},
    {"GET", "/v1/b/c", "2 x=b/c"},
    {"GET", "/v1", "2 x="},
    {"GET", "/v1/a/c", "3 y=c"},
    {"GET", "/v1/a/b", "3 y=b"},
    {"POST", "/v1/a/b", "4"},
    {"PUT", "/v1/a/b", "405 GET POST"},
    {"GET", "/v1/a/b:close", "5 x=a/b"},
    {"POST", "/v1/a/b:open", "6 x=a/b"},
    {"GET", "/v1/a/b:open", "405 POST"},
    {"GET", "/v1/a/b:unknown", "404"},
    {"GET", "/v1/a/b:", "404"},
    {"GET", "/v1/a/:close", "404"},
    {"GET", "/v1/a/b:cl%6Fse", "5 x=a/b"},
    {"GET", "/v1/a/b:%zz", "400"},
    {"GET", "/v1/b:close/c", "2 x=b:close/c"},
    {"GET", "/v1/a/b%3Aclose", "3 y=b:close"},
    {"GET", "/v1/a/b:c:close", "5 x=a/b:c"},
    {"GET", "/v1/a/", "404"},
    {"GET", "/v1/a//b", "404"},
    {"GET", "//v1/a", "404"},
    {"GET", "/v1/x%2Fy", "1 x=x/y"},
    {"GET", "/v1/x+y%20z%2B", "1 x=x+y z+"},
    {"GET", "/v1/x%2Fy/z%20w", "2 x=x%2Fy/z w"},
    {"GET", "/v1/%2523", "1 x=%23"},
    {"GET", "/v1/%", "400"},
    {"GET", "/v1/%zz", "400"},
    {"GET", "/v1/%00", "400"},
    {"GET", "/v1/%FF", "400"},
    {"GET", "/v1/..", "1 x=.."},
    {"GET", "/v1/%2e%2e/a", "2 x=../a"},
    {"GET", "/v1/./a", "2 x=./a"},
    {"GET", "/v2/s/1/r/2", "7 x=s/1/r/2"},
    {"DELETE", "/v2/s/1/r/2", "11 x=s/1/r/2"},
    {"PATCH", "/v2/s/1/r/2", "405 DELETE GET"},
    {"GET", "/v2/q/end", "8 x=q"},
    {"GET", "/v2/end", "8 x="},
    {"GET", "/v2/q/w/mid/end", "9 x=q/w"},
    {"GET", "/v2/mid/end", "9 x="},
    {"GET", "/v2/f/g/h", "10 x=f/g/h"},
    {"GET", "/v2/f/end", "10 x=f/end"},
    {"GET", "/v2/s/1/r", "404"},
    {"GET", "/v3/1/b/2", "12 a=1 c=2"},
    {"GET", "/v3/1/b/d", "12 a=1 c=d"},
    {"GET", "/v3/1/x/d", "13 a=1 b=x"},
    {"GET", "/v3/%e6%9d%b1", "14"},
    {"GET", "/", "404"},
    {"GET", "", "400"},
    {"GET", "v1/a", "400"},
    {"GET", "*", "400"},
};

TEST(PathMatcher, PrefersLiteralsThenStarsThenDoubleStars) {
  const PathMatcher matcher = Build(Entries());
  for (const Case& c : kCases) {
    EXPECT_EQ(Outcome(matcher, c.method, c.path), c.outcome)
        << c.method << " " << c.path;
  }
}

TEST(PathMatcher, DoesNotDependOnTheOrderOfRegistration) {
  std::mt19937 random(20251);
  std::vector<std::size_t> order(Entries().size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (int round = 0; round < 1000; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    const PathMatcher matcher = Build(Entries(), order);
    for (const Case& c : kCases) {
      ASSERT_EQ(Outcome(matcher, c.method, c.path), c.outcome)
          << c.method << " " << c.path << " in round " << round;
    }
  }
}

TEST(PathMatcher, RefusesTwoRoutesOfOneShape) {
  PathMatcher matcher;
  ASSERT_TRUE(matcher.Add("GET", *PathTemplate::Parse("/v1/{a=b/*}"), 0).ok());
  EXPECT_EQ(matcher.Add("GET", *PathTemplate::Parse("/v1/b/{c}"), 1).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(matcher.Add("PUT", *PathTemplate::Parse("/v1/b/{c}"), 1).ok());
  EXPECT_TRUE(matcher.Add("GET", *PathTemplate::Parse("/v1/b/{c}:x"), 2).ok());
}

TEST(PathMatcher, ListsTheMethodsOfAPath) {
  const PathMatcher matcher = Build(Entries());
  EXPECT_THAT(matcher.AllowedMethods("/v2/s/1/r/2"),
              ElementsAre("DELETE", "GET"));
  EXPECT_THAT(matcher.AllowedMethods("/nowhere"), ElementsAre());
}

}  // namespace
}  // namespace welfare::gateway
