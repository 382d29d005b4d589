// Seeded mutations of good inputs against the parsers that callers reach.
// Nothing may crash, hang or break the invariants stated at each.
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "gateway/answers/content_coding.h"
#include "gateway/answers/entity_tag.h"
#include "gateway/calls/request_builder.h"
#include "gateway/json/json_reader.h"
#include "gateway/json/json_writer.h"
#include "gateway/routes/http_route.h"
#include "gateway/routes/path_matcher.h"
#include "gateway/routes/path_template.h"
#include "gateway/routes/text.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

class Mutator {
 public:
  Mutator(unsigned seed, std::string_view alphabet)
      : random_(seed), alphabet_(alphabet) {}

  std::string Mutate(std::string text) {
    for (int n = 1 + Below(4); n > 0; --n) {
      const std::size_t at =
          text.empty() ? 0 : static_cast<std::size_t>(Below(int(text.size())));
      switch (Below(5)) {
        case 0:
          text.insert(at, 1, Char());
          break;
        case 1:
          if (!text.empty()) text.erase(at, 1);
          break;
        case 2:
          if (!text.empty()) text[at] = Char();
          break;
        case 3:
          text.insert(at,
                      text.substr(0, 1 + static_cast<std::size_t>(Below(8))));
          break;
        default:
          text.resize(at);
      }
    }
    return text;
  }

  int Below(int limit) {
    return static_cast<int>(random_() % static_cast<unsigned>(limit));
  }

 private:
  char Char() {
    return Below(8) == 0 ? static_cast<char>(random_())
                         : alphabet_[static_cast<std::size_t>(
                               Below(int(alphabet_.size())))];
  }

  std::mt19937 random_;
  std::string_view alphabet_;
};

constexpr int kRounds = 20000;

TEST(GatewayCoreFuzz, TemplatesParseOrFailAndMatchThemselves) {
  Mutator mutator(1, "/{}*=:.abAB01%_-");
  const std::vector<std::string> seeds = {"/v1/{name=surveys/*/rounds/*}:close",
                                          "/v1/{a.b=c/**}/d", "/a/**/b:c",
                                          "/{x}/{y=*}", "/v1/%E6%9D%B1"};
  int parsed = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::string text = mutator.Mutate(
        seeds[static_cast<std::size_t>(mutator.Below(int(seeds.size())))]);
    const auto path = PathTemplate::Parse(text);
    if (!path.ok()) continue;
    ++parsed;
    PathMatcher matcher;
    ASSERT_TRUE(matcher.Add("GET", *path, 7).ok());
    // A path made from the template's own segments matches it.
    std::string target;
    for (const auto& segment : path->segments()) {
      if (segment.kind == PathTemplate::Segment::Kind::kLiteral) {
        target += "/";
        for (const char c : segment.literal) {
          constexpr std::string_view kHex = "0123456789ABCDEF";
          const auto byte = static_cast<unsigned char>(c);
          target += '%';
          target += kHex[byte >> 4];
          target += kHex[byte & 15];
        }
      } else {
        target += "/x";
      }
    }
    if (target.empty()) target = "/";
    if (!path->verb().empty()) {
      if (!path->segments().empty() &&
          path->verb().find_first_of("/%?#") != std::string::npos) {
        continue;
      }
      target += ":" + path->verb();
    }
    const PathMatch match = matcher.Match("GET", target);
    ASSERT_EQ(match.outcome, PathMatch::Outcome::kFound)
        << text << " against " << target;
    ASSERT_EQ(match.bindings.size(), path->variables().size());
  }
  EXPECT_GT(parsed, kRounds / 100);
}

TEST(GatewayCoreFuzz, PathsAndQueriesNeverBreakTheBuilder) {
  const std::string services[] = {"test.v1.Library"};
  const auto routes = HttpRoutes::Make(TestPool(), services);
  ASSERT_TRUE(routes.ok());
  Mutator mutator(2, "/:%&=+?.,abc012-_ABCs");
  const std::vector<std::string> seeds = {
      "/v1/shelves/1/books/2?dataVersion=3&tags=a&tags=b",
      "/v1/books/a%2Fb?as_of.year=2025&knownAt=2025-04-01T00:00:00Z",
      "/v1/books/x?readMask=a,b.c&color=COLOR_RED&left=%E6%9D%B1+1",
      "/v1/shelves/1/books/2:download?strict=true"};
  int built = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::string target = mutator.Mutate(
        seeds[static_cast<std::size_t>(mutator.Below(int(seeds.size())))]);
    const std::size_t question = std::min(target.find('?'), target.size());
    const std::string_view view(target);
    const PathMatch match = routes->Match("GET", view.substr(0, question));
    if (match.outcome != PathMatch::Outcome::kFound) continue;
    const HttpRoute& route = routes->at(match.route);
    const auto message = NewTestMessage(route.method->input_type()->name());
    JsonWriterOptions json;
    const auto failure =
        BuildRequest(route,
                     {.bindings = match.bindings,
                      .query = view.substr(std::min(question + 1, view.size())),
                      .content_type = "",
                      .body = ""},
                     *message, json);
    if (failure.has_value()) {
      ASSERT_EQ(failure->http_status, 400);
      ASSERT_TRUE(IsUtf8(ErrorJson(*failure)));
    } else {
      ++built;
      std::string bytes;
      ASSERT_TRUE(message->SerializeToString(&bytes));
    }
  }
  EXPECT_GT(built, kRounds / 20);
}

TEST(GatewayCoreFuzz, JsonThatIsReadSurvivesARoundTrip) {
  Mutator mutator(3, "{}[]\",:0123456789.eE+-tfnul\\ \n");
  const std::vector<std::string> seeds = {
      R"({"displayName":"a\u6771","small":-7,"big":"9","wide":1e-3})",
      R"({"numbers":[1,2,3],"child":{"flag":true,"children":[{},{}]}})",
      R"({"counts":{"a":1},"byNumber":{"1":{}},"byFlag":{"true":"x"}})",
      R"({"at":"2025-04-01T00:00:00Z","took":"1.5s","mask":"a,b"})",
      R"({"value":[null,1,"x",{"y":[]}],"structure":{"a":1},"list":[1]})",
      R"({"choiceText":"x","color":"COLOR_RED","rawBytes":"AAE="})"};
  int read = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::string json = mutator.Mutate(
        seeds[static_cast<std::size_t>(mutator.Below(int(seeds.size())))]);
    const auto message = NewTestMessage("Everything");
    const JsonReport report = ReadJson(json, "", *message);
    for (const base::Violation& violation : report.violations) {
      ASSERT_TRUE(IsUtf8(violation.field)) << json;
      ASSERT_TRUE(IsUtf8(violation.description)) << json;
      ASSERT_TRUE(IsUtf8(violation.description_ja)) << json;
    }
    if (!report.ok()) continue;
    ++read;
    std::string written;
    WriteJson(*message, {}, written);
    const auto again = NewTestMessage("Everything");
    ASSERT_TRUE(ReadJson(written, "", *again).ok()) << json << "\n" << written;
    std::string rewritten;
    WriteJson(*again, {}, rewritten);
    ASSERT_EQ(written, rewritten) << json;
  }
  EXPECT_GT(read, kRounds / 100);
}

TEST(GatewayCoreFuzz, EntityTagsAreReadAsTheyAreWritten) {
  Mutator mutator(7, "\"W/*, .igAz09+\t");
  const AnswerName name{.state = ShortDigest("s"),
                        .form = ShortDigest("f"),
                        .gzip = true,
                        .resource = "\"1\""};
  const std::string seeds[] = {"\"a\", W/\"b\"", "*", ",,\"\",",
                               '"' + name.Opaque() + '"',
                               "gzip;q=0.5, identity;q=0, *;q=0.001"};
  for (int i = 0; i < kRounds; ++i) {
    const std::string text =
        mutator.Mutate(seeds[mutator.Below(int(std::size(seeds)))]);
    const std::vector<Header> headers = {{"if-match", text},
                                         {"accept-encoding", text}};
    const TakenCodings codings = ReadAcceptEncoding(headers);
    ASSERT_TRUE(codings.gzip >= 0 && codings.gzip <= 1000) << text;
    ASSERT_TRUE(codings.identity >= 0 && codings.identity <= 1000) << text;
    const auto tags = ReadEntityTags(headers, "if-match");
    if (!tags.has_value() || tags->any) continue;
    std::string written;
    for (const EntityTag& tag : tags->tags) {
      written += (written.empty() ? "" : ",") + tag.text();
      const auto read = AnswerName::Parse(tag.opaque);
      if (!read.has_value()) continue;
      const auto again = AnswerName::Parse(read->Opaque());
      ASSERT_TRUE(again.has_value()) << text;
      ASSERT_EQ(again->state, read->state);
      ASSERT_EQ(again->form, read->form);
      ASSERT_EQ(again->gzip, read->gzip);
    }
    const auto again = ReadEntityTags({{"if-match", written}}, "if-match");
    ASSERT_TRUE(again.has_value()) << text;
    ASSERT_EQ(again->tags.size(), tags->tags.size()) << text;
  }
}

}  // namespace
}  // namespace welfare::gateway
