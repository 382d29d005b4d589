#include "gateway/openapi/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "gateway/openapi/errors.h"
#include "tests/gateway/test_schema.h"
#include "welfare/registry/v1/registry_service.pb.h"

namespace welfare::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const HttpRoutes& LibraryAndRegistry() {
  static const HttpRoutes* routes = [] {
    TestPool();
    const std::string services[] = {"test.v1.Library",
                                    "welfare.registry.v1.RegistryService"};
    auto made = HttpRoutes::Make(
        *google::protobuf::DescriptorPool::generated_pool(), services);
    EXPECT_TRUE(made.ok()) << made.status();
    return new HttpRoutes(*std::move(made));
  }();
  return *routes;
}

const HttpRoute& RouteOf(std::string_view method, std::string_view path) {
  for (const HttpRoute& route : LibraryAndRegistry().all()) {
    if (route.http_method == method && route.path.text() == path) return route;
  }
  ADD_FAILURE() << "no route " << method << " " << path;
  return LibraryAndRegistry().all()[0];
}

Json OperationOf(std::string_view method, std::string_view path,
                 const Json& example = Json::object()) {
  const Comments none;
  Schemas schemas(none);
  return Operation(RouteOf(method, path), "id", none, example, schemas);
}

// "in:name" of each parameter; a question mark behind those that may be left
// out.
std::vector<std::string> ParametersOf(const Json& operation) {
  std::vector<std::string> out;
  for (const Json& parameter : operation["parameters"]) {
    if (parameter.contains("$ref")) {
      out.push_back(parameter["$ref"].get<std::string>().substr(13));
      continue;
    }
    out.push_back(parameter["in"].get<std::string>() + ":" +
                  parameter["name"].get<std::string>() +
                  (parameter.value("required", false) ? "" : "?"));
  }
  return out;
}

TEST(OpenApiPath, HasAParameterForEachSegmentThatVaries) {
  const OpenApiPath path =
      ToOpenApiPath(RouteOf("GET", "/v1/{name=shelves/*/books/*}:download"));
  EXPECT_EQ(path.text, "/v1/shelves/{shelve}/books/{book}:download");
  ASSERT_EQ(path.parameters.size(), 2U);
  EXPECT_EQ(path.parameters[0].name, "shelve");
  EXPECT_EQ(path.parameters[1].name, "book");
  EXPECT_EQ(path.parameters[1].field->name(), "name");
  EXPECT_EQ(path.parameters[1].whole, "shelves/{shelve}/books/{book}");
}

TEST(OpenApiPath, CallsASegmentOfItsOwnAsItsField) {
  const OpenApiPath path = ToOpenApiPath(RouteOf("GET", "/v1/books/{name}"));
  EXPECT_EQ(path.text, "/v1/books/{name}");
  EXPECT_EQ(path.parameters[0].whole, "{name}");
}

TEST(OpenApiPath, TellsWhatMayHoldSlashes) {
  struct Case {
    const char* rule;
    const char* text;
    const char* whole;
  };
  for (const Case& c : {
           Case{"get: '/v1/{text=a/**}:go'", "/v1/a/{a}:go", "a/{a}"},
           Case{"get: '/v1/*/{text=*/b/*}'", "/v1/{v1}/{v12}/b/{b}",
                "{v12}/b/{b}"},
           Case{"get: '/{text=**}'", "/{text}", "{text}"},
       }) {
    const auto pool = PoolWithRule(c.rule);
    ASSERT_NE(pool, nullptr);
    const std::string services[] = {"bad.v1.S"};
    const auto routes = HttpRoutes::Make(*pool, services);
    ASSERT_TRUE(routes.ok()) << routes.status();
    const OpenApiPath path = ToOpenApiPath(routes->at(0));
    EXPECT_EQ(path.text, c.text);
    EXPECT_EQ(path.parameters.back().whole, c.whole);
    EXPECT_EQ(path.parameters.back().open,
              std::string_view(c.rule).find("**") != std::string_view::npos);
  }
}

TEST(Operation, TakesInTheQueryWhatTheBuilderReadsFromIt) {
  EXPECT_THAT(ParametersOf(OperationOf("GET", "/v1/books/{name}")),
              ElementsAre("path:name", "query:dataVersion?", "query:knownAt?",
                          "query:asOf.year?", "query:asOf.month?",
                          "query:asOf.day?", "query:color?", "query:tags?",
                          "query:readMask?", "query:left?", "query:right?",
                          "query:strict?", "query:years?", "query:fields?",
                          "parameters/fieldsCase", "parameters/ifNoneMatch"));
  // What a body holds stands in no query.
  EXPECT_THAT(ParametersOf(OperationOf("POST", "/v1/{parent=shelves/*}/books")),
              ElementsAre("path:shelve", "query:requestId?",
                          "query:validateOnly?", "parameters/fieldsCase",
                          "parameters/fields", "parameters/idempotencyKey"));
  EXPECT_THAT(
      ParametersOf(OperationOf("POST", "/v1/{parent=shelves/*/books/*}:burn")),
      ElementsAre("path:shelve", "path:book", "parameters/fieldsCase",
                  "parameters/fields", "parameters/idempotencyKey"));
}

TEST(Operation, RequiresWhatTheContractRequires) {
  EXPECT_THAT(ParametersOf(OperationOf("GET", "/v1/municipalities:batchGet")),
              ::testing::Contains("query:names"));
  const Json listed = OperationOf("GET", "/v1/municipalities");
  for (const Json& parameter : listed["parameters"]) {
    if (parameter.value("name", "") != "pageSize") continue;
    EXPECT_EQ(parameter["schema"]["minimum"], 0);
    EXPECT_EQ(parameter["x-summary-ja"], "1ページの件数の上限");
  }
}

TEST(Operation, HasTheBodyOfItsRoute) {
  EXPECT_FALSE(OperationOf("GET", "/v1/books/{name}").contains("requestBody"));
  EXPECT_EQ(
      OperationOf(
          "POST",
          "/v1/{parent=shelves/*}/books")["requestBody"]["content"]
                                         ["application/json"]["schema"]["$ref"],
      "#/components/schemas/test.v1.Book-Input");
  EXPECT_EQ(
      OperationOf("PATCH", "/v1/{book.name=shelves/*/books/*}")
          ["requestBody"]["content"]["application/json"]["schema"]["$ref"],
      "#/components/schemas/test.v1.Book-Patch");
  EXPECT_EQ(
      OperationOf("POST", "/v1/municipalities")["requestBody"]["required"],
      true);
}

TEST(Operation, TakesAFileBesideJson) {
  const Json one = OperationOf("POST", "/v1/municipalities:batchImport");
  const Json& body = one["requestBody"];
  EXPECT_EQ(
      body["content"]["application/json"]["schema"],
      SchemaReference("welfare.registry.v1.ImportMunicipalitiesRequest-Input"));
  EXPECT_EQ(body["content"]["text/csv"]["schema"].dump(),
            R"({"type":"string"})");
  EXPECT_THAT(body["description"].get<std::string>(), HasSubstr("`batch.csv`"));
  // What stands beside the file in the query, and in JSON in the body.
  EXPECT_THAT(ParametersOf(one), ::testing::IsSupersetOf(
                                     {"query:requestId?", "query:validateOnly?",
                                      "query:batch.sourceFile?"}));
  EXPECT_THAT(ParametersOf(one),
              ::testing::Not(::testing::Contains("query:batch.csv?")));
  for (const Json& parameter : one["parameters"]) {
    if (!parameter.contains("name")) continue;
    EXPECT_THAT(parameter["description"].get<std::string>(),
                HasSubstr("Beside a file alone"))
        << parameter;
  }
}

TEST(Operation, TakesAFileAsAStream) {
  const Json stored = OperationOf("POST", "/v1/{name=sheets/*}:store");
  const Json& content = stored["requestBody"]["content"];
  EXPECT_TRUE(content.contains("application/x-ndjson"));
  for (const char* type : {"application/octet-stream", "image/png"}) {
    EXPECT_EQ(content[type]["schema"].dump(),
              R"({"type":"string","format":"binary"})");
  }
  EXPECT_THAT(stored["requestBody"]["description"].get<std::string>(),
              HasSubstr("at most 1000000 bytes"));
  // A header that is of one message is of no stream of them.
  EXPECT_THAT(ParametersOf(stored),
              ElementsAre("path:sheet", "query:requestId?", "query:title?",
                          "parameters/fieldsCase", "parameters/fields"));
  EXPECT_FALSE(stored["responses"].contains("422"));
}

TEST(Operation, AnswersAsItsRoute) {
  const auto answer = [](std::string_view method, std::string_view path) {
    return OperationOf(method, path)["responses"]["200"]["content"];
  };
  EXPECT_EQ(answer("GET", "/v1/books/{name}")["application/json"]["schema"],
            SchemaReference("test.v1.Book"));
  EXPECT_TRUE(
      answer("GET", "/v1/{name=shelves/*/books/*}:download").contains("*/*"));
  const Json stream = answer("GET", "/v1/{name=shelves/*/books/*}:watch");
  EXPECT_EQ(stream["application/x-ndjson"]["schema"]["oneOf"][0]["properties"]
                  ["result"],
            SchemaReference("test.v1.Book"));
}

TEST(Operation, SaysWhoMayCall) {
  const Json roles = OperationOf("POST", "/v1/municipalities");
  EXPECT_EQ(roles["x-roles"].dump(), R"(["registrar"])");
  EXPECT_EQ(roles["security"].dump(),
            R"([{"token":[]},{"apiKey":[]},{"certificate":[]}])");
  EXPECT_TRUE(roles["responses"].contains("403"));
  EXPECT_THAT(roles["description"].get<std::string>(),
              HasSubstr("Needs the role `registrar`."));
  const Json open = OperationOf("GET", "/v1/municipalities");
  EXPECT_FALSE(open.contains("x-roles"));
  EXPECT_EQ(open["security"][0].dump(), "{}");
  EXPECT_FALSE(open["responses"].contains("403"));
  EXPECT_THAT(open["description"].get<std::string>(), HasSubstr("Public"));
}

TEST(Operation, TakesTheHeadersThatItsRouteDoes) {
  const Json changed =
      OperationOf("PATCH", "/v1/{municipality.name=municipalities/*}");
  EXPECT_THAT(ParametersOf(changed),
              ::testing::IsSupersetOf(
                  {"parameters/ifMatch", "parameters/idempotencyKey"}));
  EXPECT_TRUE(changed["responses"].contains("412"));
  EXPECT_TRUE(changed["responses"].contains("422"));
  EXPECT_FALSE(changed["responses"].contains("304"));
  const Json created = OperationOf("POST", "/v1/municipalities");
  EXPECT_FALSE(created["responses"].contains("412"));
  EXPECT_TRUE(created["responses"].contains("422"));
  const Json read = OperationOf("GET", "/v1/municipalities");
  EXPECT_TRUE(read["responses"].contains("304"));
  EXPECT_TRUE(read["responses"]["200"]["headers"].contains("etag"));
}

TEST(Operation, ShowsItsExample) {
  const Json example = {{"path", {{"name", "momo"}}},
                        {"query", {{"color", "COLOR_RED"}}},
                        {"answer", {{"title", "モモ"}}}};
  const Json operation = OperationOf("GET", "/v1/books/{name}", example);
  EXPECT_EQ(operation["parameters"][0]["example"], "momo");
  EXPECT_EQ(operation["responses"]["200"]["content"]["application/json"]
                     ["examples"]["demonstration"]["value"]["title"],
            "モモ");
}

TEST(Operation, IsNamedForItsMethodAndBinding) {
  EXPECT_EQ(OperationId(RouteOf("GET", "/v1/books/{name}"), 1),
            "test_v1_Library_GetBook_2");
  EXPECT_EQ(OperationId(RouteOf("GET", "/v1/municipalities"), 0),
            "RegistryService_ListMunicipalities");
}

TEST(ErrorResponses, StandUnderTheStatusOfTheirCodes) {
  const ListedError errors[] = {
      {.code = "INVALID_ARGUMENT", .reasons = {"A", "B"}, .when = "one."},
      {.code = "FAILED_PRECONDITION", .reasons = {"C"}, .when = "two."},
      {.code = "ABORTED", .reasons = {"D"}, .when = "three."},
  };
  const std::map<std::string, Json> responses = ErrorResponses(errors);
  ASSERT_EQ(responses.size(), 2U);
  const Json& bad = responses.at("400");
  EXPECT_EQ(bad["description"],
            "- `INVALID_ARGUMENT` (`A`, `B`): one.\n"
            "- `FAILED_PRECONDITION` (`C`): two.");
  EXPECT_EQ(bad["x-reasons"][2].dump(),
            R"({"code":"FAILED_PRECONDITION","reason":"C"})");
  EXPECT_EQ(bad["content"]["application/json"]["schema"],
            SchemaReference("Error"));
  EXPECT_TRUE(responses.contains("409"));
}

}  // namespace
}  // namespace welfare::gateway
