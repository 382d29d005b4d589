#include "gateway/answers/cross_origin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace welfare::gateway {
namespace {

using ::testing::HasSubstr;

TEST(CrossOrigin, TakesOriginsAsBrowsersSendThem) {
  for (const std::string& list : std::vector<std::string>{
           "", "https://app.example", "http://localhost:5173",
           "https://a.example, https://b.example:8443", "http://[::1]:3000",
           "http://[::1]", "https://xn--wgv71a.example"}) {
    EXPECT_TRUE(CrossOrigin::Parse(list).ok()) << list;
  }
}

TEST(CrossOrigin, RefusesWhatIsNoOrigin) {
  for (const std::string& list : std::vector<std::string>{
           "*", "null", "app.example", "https://", "https://app.example/",
           "https://*.example", "https://App.example",
           "https://app.example:443", "http://app.example:80",
           "https://app.example:x", "https://app.example:", "ftp://app.example",
           "https://a.example,,", "https://u@app.example",
           "https://app.example https://b.example"}) {
    const auto parsed = CrossOrigin::Parse(list);
    EXPECT_FALSE(parsed.ok()) << list;
  }
  EXPECT_THAT(
      std::string(CrossOrigin::Parse("https://a.example,*").status().message()),
      HasSubstr("'*': name each origin"));
}

TEST(CrossOrigin, LetsListedPagesSeeTheAnswer) {
  const auto origins = CrossOrigin::Parse("https://app.example");
  ASSERT_TRUE(origins.ok());
  const auto head = [&](const std::string& method,
                        std::vector<Header> headers) {
    ResponseHead answer;
    answer.headers = {{"allow", "GET, OPTIONS"}};
    RequestHead request;
    request.method = method;
    request.headers = std::move(headers);
    origins->Annotate(request, answer);
    return answer;
  };
  const auto value = [](const ResponseHead& answer, const char* name) {
    const std::string* found = FindHeader(answer.headers, name);
    return found == nullptr ? std::string("-") : *found;
  };
  const ResponseHead seen = head("GET", {{"origin", "https://app.example"}});
  EXPECT_EQ(value(seen, "access-control-allow-origin"), "https://app.example");
  EXPECT_THAT(value(seen, "access-control-expose-headers"), HasSubstr("etag"));
  EXPECT_EQ(value(seen, "vary"), "origin");
  EXPECT_EQ(value(seen, "access-control-allow-methods"), "-");
  EXPECT_EQ(value(seen, "access-control-allow-credentials"), "-");

  const ResponseHead asked =
      head("OPTIONS", {{"origin", "https://app.example"},
                       {"access-control-request-method", "GET"}});
  EXPECT_EQ(value(asked, "access-control-allow-methods"), "GET, OPTIONS");
  EXPECT_THAT(value(asked, "access-control-allow-headers"),
              HasSubstr("authorization"));
  EXPECT_EQ(value(asked, "access-control-max-age"), "600");

  for (const char* origin :
       {"https://app.example.evil.example", "https://app.exampl", "null", "*",
        "http://app.example", "https://app.example:8443",
        "https://app.example, https://evil.example"}) {
    const ResponseHead unseen = head("OPTIONS", {{"origin", origin}});
    EXPECT_EQ(value(unseen, "access-control-allow-origin"), "-") << origin;
    // Still, no cache may give it to a page that may see it.
    EXPECT_EQ(value(unseen, "vary"), "origin");
  }
  EXPECT_EQ(value(head("GET", {}), "vary"), "origin");
}

}  // namespace
}  // namespace welfare::gateway
