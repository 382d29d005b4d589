#include "gateway/openapi/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "gateway/assets.h"
#include "gateway/openapi/operations.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

using ::testing::HasSubstr;

const std::string kServices[] = {
    "welfare.registry.v1.RegistryService", "welfare.survey.v1.SurveyService",
    "welfare.indicator.v1.IndicatorService", "welfare.report.v1.ReportService"};

const HttpRoutes& Product() {
  static const HttpRoutes* routes = [] {
    auto made = HttpRoutes::Make(
        *google::protobuf::DescriptorPool::generated_pool(), kServices);
    EXPECT_TRUE(made.ok()) << made.status();
    return new HttpRoutes(*std::move(made));
  }();
  return *routes;
}

std::string Text() {
  const auto document =
      OpenApiDocument(Product().all(), {.descriptor_set = LinkedDescriptorSet(),
                                        .examples = LinkedExamples(),
                                        .version = "1.2.3"});
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? *document : "{}";
}

const Json& Document() {
  static const Json* document = new Json(Json::parse(Text()));
  return *document;
}

TEST(OpenApiDocument, HoldsEveryRouteAndNothingElse) {
  std::set<std::string> routes = {"get /", "get /healthz", "get /openapi.json"};
  for (const HttpRoute& route : Product().all()) {
    std::string verb = route.http_method;
    for (char& c : verb) c = static_cast<char>(c - 'A' + 'a');
    routes.insert(verb + " " + ToOpenApiPath(route).text);
  }
  std::set<std::string> described;
  std::set<std::string> ids;
  for (const auto& [path, item] : Document()["paths"].items()) {
    for (const auto& [verb, operation] : item.items()) {
      described.insert(verb + " " + path);
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << path;
    }
  }
  EXPECT_EQ(described, routes);
  EXPECT_GE(routes.size(), 60U);
}

void CollectReferences(const Json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref")) out.insert(value["$ref"]);
  if (!value.is_structured()) return;
  for (const Json& member : value) CollectReferences(member, out);
}

TEST(OpenApiDocument, RefersToWhatThereIsAndToAllOfIt) {
  std::set<std::string> wanted;
  CollectReferences(Document(), wanted);
  std::set<std::string> there;
  for (const auto& [kind, members] : Document()["components"].items()) {
    if (kind == "securitySchemes") continue;
    for (const auto& [name, member] : members.items()) {
      there.insert("#/components/" + kind + "/" + name);
    }
  }
  EXPECT_EQ(wanted, there);
}

TEST(OpenApiDocument, SaysSomethingOfEverythingInBothLanguages) {
  for (const auto& [path, item] : Document()["paths"].items()) {
    for (const auto& [verb, operation] : item.items()) {
      const std::string what = verb + " " + path;
      EXPECT_NE(operation.value("description", ""), "") << what;
      // A Japanese summary: not one letter of it need be ASCII.
      const std::string summary = operation.value("summary", "");
      EXPECT_TRUE(std::any_of(summary.begin(), summary.end(),
                              [](char c) { return (c & 0x80) != 0; }))
          << what << ": " << summary;
      for (const Json& parameter :
           operation.value("parameters", Json::array())) {
        if (parameter.contains("$ref")) continue;
        EXPECT_NE(parameter.value("description", ""), "") << what;
        // Parts of google.type.Date and the like have English comments alone.
        if (parameter["name"].get<std::string>().find('.') ==
            std::string::npos) {
          EXPECT_NE(parameter.value("x-summary-ja", ""), "")
              << what << ": " << parameter["name"];
        }
      }
    }
  }
  for (const auto& [name, schema] :
       Document()["components"]["schemas"].items()) {
    if (!name.starts_with("welfare.")) continue;
    EXPECT_NE(schema.value("description", ""), "") << name;
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [field, property] : properties.items()) {
      EXPECT_NE(property.value("description", ""), "") << name << "." << field;
      EXPECT_NE(property.value("x-summary-ja", ""), "") << name << "." << field;
    }
  }
}

TEST(OpenApiDocument, IsTheSameEachTime) { EXPECT_EQ(Text(), Text()); }

TEST(OpenApiDocument, NamesTheVersionOfTheProgram) {
  EXPECT_EQ(Document()["info"]["version"], "1.2.3");
  EXPECT_EQ(Document()["openapi"], "3.1.0");
}

TEST(OpenApiDocument, DescribesServicesThatItHasNoCommentsOf) {
  TestPool();
  const std::string services[] = {"test.v1.Library"};
  const auto routes = HttpRoutes::Make(
      *google::protobuf::DescriptorPool::generated_pool(), services);
  ASSERT_TRUE(routes.ok());
  const auto document = OpenApiDocument(routes->all(), {});
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_THAT(*document, HasSubstr("test_v1_Library_GetBook"));
}

TEST(OpenApiDocument, RefusesPartsOfAFaultyBuild) {
  EXPECT_FALSE(
      OpenApiDocument(Product().all(), {.descriptor_set = "\xFF"}).ok());
  EXPECT_FALSE(OpenApiDocument(Product().all(), {.examples = "[]"}).ok());
  EXPECT_FALSE(OpenApiDocument(Product().all(), {.examples = "{"}).ok());
  const auto stale = OpenApiDocument(
      Product().all(), {.examples = R"({"RegistryService_Gone":{}})"});
  EXPECT_THAT(std::string(stale.status().message()),
              HasSubstr("RegistryService_Gone"));
}

}  // namespace
}  // namespace welfare::gateway
