// The libFuzzer entry point for queries and what becomes of a request, and an
// ordinary test that feeds it a corpus and seeded mutations: a message is built
// that can be sent, or the failure says what is wrong as text.
//
// An input is a method and a target, and behind the first line the body.
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/requests/failure.h"
#include "gateway/requests/request_builder.h"
#include "gateway/routes/http_route.h"
#include "gateway/routes/text.h"
#include "tests/gateway/fuzz.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const HttpRoutes* const routes = [] {
    const std::string services[] = {"test.v1.Library"};
    auto made = HttpRoutes::Make(TestPool(), services);
    if (!made.ok()) std::abort();
    return new HttpRoutes(*std::move(made));
  }();
  const std::string text(data, data + size);
  std::string_view rest(text);
  const auto take = [&rest](char end) {
    const std::size_t at = std::min(rest.find(end), rest.size());
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return part;
  };
  const std::string_view method = take(' ');
  const std::string_view target = take('\n');
  const std::size_t question = std::min(target.find('?'), target.size());
  const PathMatch match = routes->Match(method, target.substr(0, question));
  if (match.outcome != PathMatch::Outcome::kFound) return 0;
  const HttpRoute& route = routes->at(match.route);
  const auto message = NewTestMessage(route.method->input_type()->name());
  JsonWriterOptions json;
  const auto failure = BuildRequest(
      route,
      {.bindings = match.bindings,
       .query = target.substr(std::min(question + 1, target.size())),
       .content_type = rest.empty() ? "" : "application/json",
       .body = rest},
      *message, json);
  if (failure.has_value()) {
    if (failure->http_status < 400 || failure->http_status >= 500 ||
        !IsUtf8(ErrorJson(*failure))) {
      std::abort();
    }
    return 0;
  }
  std::string bytes;
  if (!message->SerializeToString(&bytes)) std::abort();
  return 0;
}

namespace {

TEST(QueryFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kSeeds[] = {
      "GET /v1/shelves/1/books/2?dataVersion=3&tags=a&tags=b",
      "GET /v1/books/a%2Fb?as_of.year=2025&knownAt=2025-04-01T00:00:00Z",
      "GET /v1/books/x?readMask=a,b.c&color=COLOR_RED&left=%E6%9D%B1+1",
      "GET /v1/shelves/1/books/2?strict=true&years=1&fields=name,sequel.name",
      "POST "
      "/v1/shelves/1/books?validateOnly=true\n{\"title\":\"a\",\"pages\":1}",
      "PATCH /v1/shelves/1/books/2?updateMask=title\n{\"title\":\"b\"}"};
  constexpr std::string_view kPieces[] = {"&",           "=",
                                          "?",           ".",
                                          "%",           "%00",
                                          "%E6",         "+",
                                          "\n",          "{",
                                          "}",           "\"",
                                          ",",           "as_of",
                                          "books.title", "labels[a]",
                                          "fields",      "fields_case=snake",
                                          "-1",          "9223372036854775808",
                                          "true",        "null",
                                          "COLOR_BLUE",  "1.5s",
                                          "title",       "sequel"};
  FeedAll(kSeeds, kPieces, 2500);
}

}  // namespace
}  // namespace welfare::gateway
