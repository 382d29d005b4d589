// The libFuzzer entry point for bodies of JSON, and an ordinary test that feeds
// it a corpus and seeded mutations: what is refused is refused as text, and
// what is read and written again is read as the same.
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/json/json_reader.h"
#include "gateway/json/json_writer.h"
#include "gateway/routes/text.h"
#include "tests/gateway/fuzz.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

void CheckText(const base::Violation& violation) {
  if (!IsUtf8(violation.field) || !IsUtf8(violation.description) ||
      !IsUtf8(violation.description_ja)) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string json(data, data + size);
  const auto message = NewTestMessage("Everything");
  const JsonReport report = ReadJson(json, "", *message);
  if (report.unreadable.has_value()) CheckText(*report.unreadable);
  if (report.violations.size() > kMaxViolations) std::abort();
  for (const base::Violation& violation : report.violations) {
    CheckText(violation);
  }
  if (!report.ok()) return 0;
  std::string written;
  WriteJson(*message, {}, written);
  const auto again = NewTestMessage("Everything");
  if (!ReadJson(written, "", *again).ok()) std::abort();
  std::string rewritten;
  WriteJson(*again, {}, rewritten);
  if (written != rewritten) std::abort();
  return 0;
}

namespace {

TEST(JsonFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kSeeds[] = {
      R"({"mask":"_,b.c_d,*"})",
      R"({"displayName":"a\u6771","small":-7,"big":"9","wide":1e-3})",
      R"({"numbers":[1,2,3],"child":{"flag":true,"children":[{},{}]}})",
      R"({"counts":{"a":1},"byNumber":{"1":{}},"byFlag":{"true":"x"}})",
      R"({"at":"2025-04-01T00:00:00Z","took":"1.5s","mask":"a,b"})",
      R"({"value":[null,1,"x",{"y":[]}],"structure":{"a":1},"list":[1]})",
      R"({"choiceText":"x","color":"COLOR_RED","rawBytes":"AAE="})"};
  constexpr std::string_view kPieces[] = {
      "{",    "}",    "[",  "]",   "\"",     ",",       ":",    "\\u",
      "null", "true", "-0", "1e9", "[[[[[[", "\\ud83d", "\xFF", "\xEF\xBB\xBF",
      "0.1",  "\\",   " ",  "//",  "'",      "NaN"};
  FeedAll(kSeeds, kPieces, 2500);
}

}  // namespace
}  // namespace welfare::gateway
