// The libFuzzer entry point for paths of requests, and an ordinary test that
// feeds it a corpus and seeded mutations: a path is known or not whatever the
// method, and what it binds is text.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/routes/http_route.h"
#include "gateway/routes/text.h"
#include "tests/gateway/fuzz.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

bool IsText(const std::string& value) {
  return IsUtf8(value) && value.find('\0') == std::string::npos;
}

void CheckDecoding(const std::string& text) {
  for (const PercentDecoding way :
       {PercentDecoding::kAll, PercentDecoding::kAllButSlash,
        PercentDecoding::kQuery}) {
    const auto decoded = PercentDecode(text, way);
    if (!decoded.has_value()) continue;
    if (!IsText(*decoded) || decoded->size() > text.size()) std::abort();
    // Exactly once: what has no escapes stays as it is.
    if (text.find_first_of("%+") == std::string::npos && *decoded != text) {
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const HttpRoutes* const routes = [] {
    const std::string services[] = {"test.v1.Library"};
    auto made = HttpRoutes::Make(TestPool(), services);
    if (!made.ok()) std::abort();
    return new HttpRoutes(*std::move(made));
  }();
  using Outcome = PathMatch::Outcome;
  const std::string path(data, data + size);
  CheckDecoding(path);
  bool known = false;
  bool unknown = false;
  bool malformed = false;
  for (const char* method : {"GET", "POST", "PATCH", "DELETE", "OTHER"}) {
    const PathMatch match = routes->Match(method, path);
    known = known || match.outcome == Outcome::kFound ||
            match.outcome == Outcome::kMethodNotAllowed;
    unknown = unknown || match.outcome == Outcome::kNotFound;
    malformed = malformed || match.outcome == Outcome::kMalformed;
    if (match.outcome == Outcome::kMethodNotAllowed && match.allowed.empty()) {
      std::abort();
    }
    if (match.outcome != Outcome::kFound) continue;
    if (match.route >= routes->all().size()) std::abort();
    for (const PathMatch::Binding& binding : match.bindings) {
      if (!IsText(binding.value)) std::abort();
    }
  }
  if (known + unknown + malformed != 1) std::abort();
  return 0;
}

namespace {

TEST(PathFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kSeeds[] = {
      "/v1/shelves/1/books/2",          "/v1/books/a%2Fb",
      "/v1/shelves/1/books/2:download", "/v1/books:count",
      "/v1/sheets/%E6%9D%B1:store",     "/v1/../v1/books/x"};
  constexpr std::string_view kPieces[] = {
      "/",       "//",   ":",   "%2F", "%2f", "%", "%00",   "%E6",
      "..",      ".",    "%2e", "?",   "#",   "+", "books", "*",
      "shelves", "\x80", ";a",  "%3A", "v1",  "{"};
  FeedAll(kSeeds, kPieces, 3000);
}

}  // namespace
}  // namespace welfare::gateway
