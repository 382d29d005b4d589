// The libFuzzer entry point for path templates, and an ordinary test that feeds
// it a corpus and seeded mutations: a template is refused, or a path made of
// its own segments matches it and binds each of its variables.
//
// An input is a template and, behind the first line, a path to match with it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/routes/path_matcher.h"
#include "gateway/routes/path_template.h"
#include "gateway/routes/text.h"
#include "tests/gateway/fuzz.h"

namespace welfare::gateway {
namespace {

std::string Escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string PathOf(const PathTemplate& path) {
  std::string target;
  for (const PathTemplate::Segment& segment : path.segments()) {
    const bool literal = segment.kind == PathTemplate::Segment::Kind::kLiteral;
    target += "/" + (literal ? Escaped(segment.literal) : "x");
  }
  if (target.empty()) target = "/";
  if (!path.verb().empty()) target += ":" + Escaped(path.verb());
  return target;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  const std::size_t line = text.find('\n');
  const auto path = PathTemplate::Parse(text.substr(0, line));
  if (!path.ok()) return 0;
  PathMatcher matcher;
  if (!matcher.Add("GET", *path, 7).ok()) std::abort();
  if (matcher.Add("GET", *path, 8).ok()) std::abort();
  const PathMatch foreign =
      matcher.Match("GET", line == std::string::npos
                               ? std::string_view("/")
                               : std::string_view(text).substr(line + 1));
  if (foreign.outcome == PathMatch::Outcome::kFound &&
      foreign.bindings.size() != path->variables().size()) {
    std::abort();
  }
  const PathMatch match = matcher.Match("GET", PathOf(*path));
  if (match.outcome != PathMatch::Outcome::kFound || match.route != 7 ||
      match.bindings.size() != path->variables().size()) {
    std::abort();
  }
  for (const PathMatch::Binding& binding : match.bindings) {
    if (!IsUtf8(binding.value)) std::abort();
  }
  return 0;
}

namespace {

TEST(PathTemplateFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kSeeds[] = {
      "/v1/{name=surveys/*/rounds/*}:close\n/v1/surveys/a/rounds/b:close",
      "/v1/{a.b=c/**}/d\n/v1/c/x/y/d", "/a/**/b:c\n/a/b:c",
      "/{x}/{y=*}\n/%2F/%E6%9D%B1", "/v1/%E6%9D%B1\n/v1/%e6%9d%b1"};
  constexpr std::string_view kPieces[] = {"/", "{",   "}",  "*",   "**", "=",
                                          ":", "%2F", ".",  "\n",  "a",  "%",
                                          "_", "{x}", "..", "%00", "v1"};
  FeedAll(kSeeds, kPieces, 4000);
}

}  // namespace
}  // namespace welfare::gateway
