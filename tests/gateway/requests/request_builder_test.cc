#include "gateway/requests/request_builder.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

using ::testing::HasSubstr;

const HttpRoutes& Routes() {
  static const HttpRoutes* routes = [] {
    const std::string services[] = {"test.v1.Library"};
    auto made = HttpRoutes::Make(TestPool(), services);
    EXPECT_TRUE(made.ok()) << made.status();
    return new HttpRoutes(*std::move(made));
  }();
  return *routes;
}

struct Request {
  std::string_view method = "GET";
  std::string_view target;
  std::string_view body = "";
  std::string_view content_type = "application/json";
};

// The message as one line of text format, or "reason: violations".
std::string Build(const Request& request) {
  const std::size_t question =
      std::min(request.target.find('?'), request.target.size());
  const PathMatch match =
      Routes().Match(request.method, request.target.substr(0, question));
  if (match.outcome != PathMatch::Outcome::kFound) return "no route";
  const HttpRoute& route = Routes().at(match.route);
  const auto message = NewTestMessage(route.method->input_type()->name());
  JsonWriterOptions json;
  const auto failure = BuildRequest(route,
                                    {.bindings = match.bindings,
                                     .query = request.target.substr(std::min(
                                         question + 1, request.target.size())),
                                     .content_type = request.content_type,
                                     .body = request.body},
                                    *message, json);
  if (!failure.has_value()) {
    std::string out = message->ShortDebugString();
    if (json.field_case == JsonFieldCase::kSnake) out += " (snake)";
    if (json.fields != nullptr) out += " (part)";
    return out;
  }
  google::rpc::ErrorInfo info;
  failure->status.details(0).UnpackTo(&info);
  std::string out = info.reason();
  for (const auto& detail : failure->status.details()) {
    google::rpc::BadRequest bad;
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      out += "; " + violation.field() + ": " + violation.description();
    }
  }
  return out;
}

TEST(RequestBuilder, TakesFieldsFromPathQueryAndBody) {
  const std::pair<Request, std::string_view> cases[] = {
      {{.target = "/v1/shelves/1/books/2"}, R"(name: "shelves/1/books/2")"},
      {{.target = "/v1/books/a%2Fb%20c"}, R"(name: "a/b c")"},
      {{.target = "/v1/shelves/1/books/a%2Fb"},
       R"(name: "shelves/1/books/a%2Fb")"},
      {{.target = "/v1/books/a?data_version=7"},
       R"(name: "a" data_version: 7)"},
      {{.target = "/v1/books/a?dataVersion=7&color=COLOR_BLUE"},
       R"(name: "a" data_version: 7 color: COLOR_BLUE)"},
      {{.target = "/v1/books/a?color=1"}, R"(name: "a" color: COLOR_RED)"},
      {{.target = "/v1/books/a?tags=x&tags=y,z&tags="},
       R"(name: "a" tags: "x" tags: "y,z" tags: "")"},
      {{.target = "/v1/books/a?years=1&years=2"},
       R"(name: "a" years: 1 years: 2)"},
      {{.target = "/v1/books/a?asOf.year=2025&as_of.month=4"},
       R"(name: "a" as_of { year: 2025 month: 4 })"},
      {{.target = "/v1/books/a?knownAt=1970-01-01T09:00:01%2B09:00"},
       R"(name: "a" known_at { seconds: 1 })"},
      {{.target = "/v1/books/a?readMask=title,sequel.pages"},
       R"(name: "a" read_mask { paths: "title" paths: "sequel.pages" })"},
      {{.target = "/v1/books/a?strict=true&left=a+b%2B"},
       R"(name: "a" left: "a b+" strict { value: true })"},
      {{.target = "/v1/books/a?fields_case=snake&&"}, R"(name: "a" (snake))"},
      {{.target = "/v1/books/a?name=a"}, R"(name: "a")"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books?requestId=r",
        .body = R"({"title":"t"})"},
       R"(parent: "shelves/1" book { title: "t" } request_id: "r")"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books?fields=title,sequel.pages&fields=tags",
        .body = ""},
       R"(parent: "shelves/1" book { } (part))"},
      // A request has the word for itself.
      {{.target = "/v1/books/a?fields=nope"}, R"(name: "a" fields: "nope")"},
      {{.method = "POST", .target = "/v1/shelves/1/books", .body = ""},
       R"(parent: "shelves/1" book { })"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books/2:burn",
        .body = R"({"requestId":"r","parent":"shelves/1/books/2"})",
        .content_type = "Application/JSON; charset=UTF-8"},
       R"(parent: "shelves/1/books/2" request_id: "r")"},
      {{.method = "PATCH",
        .target = "/v1/shelves/1/books/2",
        .body = R"({"title":"t","published":{"year":1}})"},
       R"(book { name: "shelves/1/books/2" title: "t" published { year: 1 } } )"
       // A part of a date is no change of its own.
       R"(update_mask { paths: "title" paths: "published" })"},
      {{.method = "PATCH",
        .target = "/v1/shelves/1/books/2",
        .body = R"({"published":{"year":1,"month":2,"day":3}})"},
       R"(book { name: "shelves/1/books/2" )"
       R"(published { year: 1 month: 2 day: 3 } } )"
       R"(update_mask { paths: "published" })"},
      {{.method = "PATCH",
        .target = "/v1/shelves/1/books/2?updateMask=pages",
        .body = R"({"title":"t","name":"shelves/1/books/2"})"},
       R"(book { name: "shelves/1/books/2" title: "t" } )"
       R"(update_mask { paths: "pages" })"},
      {{.method = "PATCH",
        .target = "/v1/shelves/1/books/2",
        .body = R"({"title":"t","name":"shelves/1/books/2"})"},
       R"(book { name: "shelves/1/books/2" title: "t" } )"
       R"(update_mask { paths: "title" })"},
  };
  for (const auto& [request, text] : cases) {
    EXPECT_EQ(Build(request), text) << request.target;
  }
}

TEST(RequestBuilder, NamesEverythingThatIsWrong) {
  const std::pair<Request, std::string_view> cases[] = {
      {{.target = "/v1/books/a?nope=1"},
       "INVALID_REQUEST; nope: PARAMETER_UNKNOWN: is no query parameter of "
       "this method"},
      {{.target = "/v1/books/a?as_of.nope=1&x.y=2"},
       "INVALID_REQUEST; as_of.nope: PARAMETER_UNKNOWN: is no query parameter "
       "of this method; "
       "x.y: PARAMETER_UNKNOWN: is no query parameter of this method"},
      {{.target = "/v1/books/a?data_version=x"},
       "INVALID_REQUEST; data_version: FIELD_TYPE: must be an integer of 64 "
       "bits, not "
       "'x'"},
      {{.target = "/v1/books/a?data_version=1&dataVersion=1"},
       "INVALID_REQUEST; dataVersion: FIELD_REPEATED: is given twice"},
      {{.target = "/v1/books/a?as_of=2025"},
       "INVALID_REQUEST; as_of: PARAMETER_OBJECT: is an object; give its "
       "fields as "
       "'as_of.field'"},
      {{.target = "/v1/books/a?books=x"},
       "INVALID_REQUEST; books: PARAMETER_OBJECT: is an object; give its "
       "fields as "
       "'books.field'"},
      {{.target = "/v1/books/a?books.title=x"},
       "INVALID_REQUEST; books.title: PARAMETER_UNKNOWN: is no query parameter "
       "of this method"},
      {{.target = "/v1/books/a?labels=x"},
       "INVALID_REQUEST; labels: PARAMETER_OBJECT: is an object; give its "
       "fields as "
       "'labels.field'"},
      {{.target = "/v1/books/a?left=1&right=2"},
       "INVALID_REQUEST; right: FIELD_EXCLUDED: excludes 'left', which is "
       "given too"},
      {{.target = "/v1/books/a?color=PURPLE"},
       "INVALID_REQUEST; color: FIELD_TYPE: must be a value of Color, not "
       "'PURPLE'"},
      {{.target = "/v1/books/a?color=9"},
       "INVALID_REQUEST; color: FIELD_TYPE: must be a value of Color, not 9"},
      {{.target = "/v1/books/a?name=b"},
       "INVALID_REQUEST; name: PATH_CONTRADICTED: contradicts the path, which "
       "says \"a\""},
      {{.method = "POST", .target = "/v1/shelves/1/books?fields=title,nope"},
       "INVALID_REQUEST; fields: MASK_PATH_UNKNOWN: names 'nope', which is no "
       "field of Book"},
      {{.method = "POST", .target = "/v1/shelves/1/books?fields=tags.x"},
       "INVALID_REQUEST; fields: MASK_PATH_UNKNOWN: names 'tags.x', which is "
       "no field of Book"},
      {{.method = "POST", .target = "/v1/shelves/1/books?fields=title,,tags"},
       "INVALID_REQUEST; fields: MASK_FORMAT: must be field paths separated "
       "by commas"},
      {{.method = "POST", .target = "/v1/shelves/1/books?fields="},
       "INVALID_REQUEST; fields: MASK_FORMAT: must be field paths separated "
       "by commas"},
      {{.target = "/v1/books/a?fields_case=loud"},
       "INVALID_REQUEST; fields_case: PARAMETER_CASE: must be camel or snake"},
      {{.target = "/v1/books/a?tags=%zz"}, "MALFORMED_QUERY"},
      {{.target = "/v1/books/a?tags=%00"}, "MALFORMED_QUERY"},
      {{.target = "/v1/books/a", .body = R"({"title":"x","nope":1})"},
       "INVALID_REQUEST; title: FIELD_MISPLACED: belongs in the path or the "
       "query; this method reads no body; nope: FIELD_MISPLACED: belongs in "
       "the "
       "path or the query; this method reads no body"},
      {{.target = "/v1/books/a", .body = "{"}, "MALFORMED_JSON"},
      {{.target = "/v1/books/a", .body = "[1]"},
       "INVALID_REQUEST; body: BODY_MISPLACED: must be empty; this method "
       "reads no body"},
      {{.target = "/v1/books/a", .body = "null"},
       "INVALID_REQUEST; body: BODY_MISPLACED: must be empty; this method "
       "reads no body"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books/2:burn",
        .body = R"(["parent"])"},
       "INVALID_REQUEST; body: FIELD_TYPE: must be an object, not a list"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books?book.title=x",
        .body = "{}"},
       "INVALID_REQUEST; book.title: PARAMETER_MISPLACED: belongs in the body, "
       "not in the query"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books/2:burn?requestId=x",
        .body = "{}"},
       "INVALID_REQUEST; requestId: PARAMETER_MISPLACED: belongs in the body, "
       "not in the query"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books/2:burn",
        .body = R"({"parent":"shelves/9"})"},
       "INVALID_REQUEST; parent: PATH_CONTRADICTED: contradicts the path, "
       "which says "
       "\"shelves/1/books/2\""},
      {{.method = "POST",
        .target = "/v1/shelves/1/books",
        .body = R"({"pages":"x","nope":1})"},
       "INVALID_REQUEST; book.pages: FIELD_TYPE: must be an integer of 32 "
       "bits, not 'x'; "
       "book.nope: FIELD_UNKNOWN: is no field of Book"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books",
        .body = "title=t",
        .content_type = "application/x-www-form-urlencoded"},
       "UNSUPPORTED_MEDIA_TYPE"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books",
        .body = "{}",
        .content_type = "application/json; charset=shift_jis"},
       "UNSUPPORTED_MEDIA_TYPE"},
      {{.method = "POST",
        .target = "/v1/shelves/1/books",
        .body = "{}",
        .content_type = ""},
       "UNSUPPORTED_MEDIA_TYPE"},
      {{.method = "POST", .target = "/v1/shelves/1/books", .body = "{"},
       "MALFORMED_JSON"},
      {{.method = "PATCH",
        .target = "/v1/shelves/1/books/2?update_mask=nope",
        .body = "{}"},
       "INVALID_REQUEST; update_mask: MASK_PATH_UNKNOWN: names 'nope', which "
       "is no field of "
       "Book"},
  };
  for (const auto& [request, text] : cases) {
    EXPECT_EQ(Build(request), text) << request.target;
  }
}

TEST(HttpRoutes, KnowsDownloadsAndStreams) {
  const auto kind = [](std::string_view path) {
    return Routes().at(Routes().Match("GET", path).route).kind;
  };
  EXPECT_EQ(kind("/v1/shelves/1/books/2"), HttpRoute::Kind::kUnary);
  EXPECT_EQ(kind("/v1/shelves/1/books/2:download"), HttpRoute::Kind::kDownload);
  EXPECT_EQ(kind("/v1/shelves/1/books/2:watch"),
            HttpRoute::Kind::kServerStream);
}

TEST(HttpRoutes, RefusesBindingsThatCannotWork) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"(get: "/v1/{nope}")", "no field 'nope'"},
      {R"(get: "/v1/{child}")", "must be a single scalar"},
      {R"(get: "/v1/{list}")", "must be a single scalar"},
      {R"(get: "v1")", "starts with '/'"},
      {R"(post: "/v1/x" body: "nope")", "no field 'nope'"},
      {R"(post: "/v1/x" body: "text")", "must be a single message"},
      {R"(get: "/v1/x" response_body: "nope")", "no field 'nope'"},
      {R"(get: "/v1/{text}" additional_bindings { get: "/v1/{number}" })",
       "two routes"},
      {R"(body: "*")", "without an HTTP method"},
  };
  for (const auto& [rule, problem] : cases) {
    const auto pool = PoolWithRule(rule);
    ASSERT_NE(pool, nullptr) << rule;
    const std::string services[] = {"bad.v1.S"};
    const auto made = HttpRoutes::Make(*pool, services);
    ASSERT_FALSE(made.ok()) << rule;
    EXPECT_THAT(std::string(made.status().message()), HasSubstr(problem));
  }
  const std::string services[] = {"bad.v1.Missing"};
  EXPECT_EQ(HttpRoutes::Make(TestPool(), services).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(AllowHeader, AddsHeadAndOptions) {
  const std::string methods[] = {"GET", "POST"};
  EXPECT_EQ(AllowHeader(methods), "GET, HEAD, OPTIONS, POST");
}

}  // namespace
}  // namespace welfare::gateway
