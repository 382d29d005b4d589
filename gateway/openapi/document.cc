#include "gateway/openapi/document.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "gateway/openapi/comments.h"
#include "gateway/openapi/errors.h"
#include "gateway/openapi/operations.h"
#include "gateway/openapi/schemas.h"
#include "gateway/routes/field_path.h"
#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kDescription[] =
    R"(地域共生社会の調査データ基盤：区市町村の台帳、調査、指標、報告書。

The registry of municipalities, the surveys, the indicators and the reports of
the regional welfare data platform. This is what the gateway answers over HTTP;
the same methods are there over gRPC on the same port (`x-grpc-method`).

**JSON.** The proto3 mapping. Fields are spelled in lowerCamelCase; requests may
spell them as in the protos too, answers do on `?fields_case=snake`. 64-bit
integers are strings, and may be numbers in requests. Times are RFC 3339, in UTC
in answers; a request says its offset with a colon, `+09:00`. `null` in a request
is not given. What is unknown, twice there or out of range is refused.

**Lists** come in pages: send `nextPageToken` back as `pageToken`, all else
equal, until it is empty.

**Writes** take a `requestId` (UUID): repeated with the same content, they are
answered as the first time and change nothing more. A PATCH without `updateMask`
changes what its body gives. `etag`, sent back as a field or as `If-Match`, makes sure that nobody has
written in between; `If-None-Match` on a GET brings 304 while nothing changed.

**Failures** have an HTTP status, a code and a reason; programs go by the reason.
`Accept-Language: ja` asks for Japanese where a person reads.

**Callers** show a token, an API key or a certificate, whichever this gateway
was set up for; without one they are answered what is public. `x-roles` names
the roles of which one is needed.

Every GET answers HEAD as well, and every path OPTIONS, with `allow`.
`Grpc-Timeout: 5S` bounds a call.)";

Json SecuritySchemes() {
  return {
      {"token",
       {{"type", "http"},
        {"scheme", "bearer"},
        {"bearerFormat", "JWT"},
        {"description",
         "RS256 or ES256, with `iss`, `aud`, `exp`, `sub` and `grants` such as "
         "`reviewer@jusou`; of respondents `municipality_code` and "
         "`respondent_kind` too."}}},
      {"apiKey",
       {{"type", "apiKey"},
        {"in", "header"},
        {"name", "x-api-key"},
        {"description", "Of a batch system; never in a URL."}}},
      {"certificate",
       {{"type", "mutualTLS"},
        {"description",
         "A client's certificate whose name the operator has listed."}}}};
}

Json OwnOperation(const std::string& id, const std::string& summary,
                  const std::string& description) {
  return {{"tags", Json::array({"Gateway"})}, {"summary", summary},
          {"description", description},       {"operationId", id},
          {"responses", Json::object()},      {"security", Json::array()}};
}

Json OwnAnswer(const std::string& description, const std::string& media_type,
               Json schema) {
  Json answer = {
      {"description", description},
      {"headers",
       {{"x-request-id", {{"$ref", "#/components/headers/RequestId"}}}}}};
  if (!media_type.empty()) {
    answer["content"][media_type]["schema"] = std::move(schema);
  }
  return answer;
}

Json WithETag(Json answer) {
  answer["headers"]["etag"] = {{"$ref", "#/components/headers/ETag"}};
  return answer;
}

// What the gateway answers itself.
void AddOwnPaths(Json& paths, Schemas& schemas) {
  schemas.Add("Health",
              {{"type", "object"},
               {"properties",
                {{"status",
                  {{"type", "string"}, {"enum", {"SERVING", "NOT_SERVING"}}}}}},
               {"required", Json::array({"status"})}});
  Json& health = paths["/healthz"]["get"];
  health = OwnOperation("Gateway_GetHealth", "ゲートウェイの稼働状態",
                        "Whether the gateway takes requests.");
  health["responses"] = {
      {"200",
       OwnAnswer("It does.", "application/json", SchemaReference("Health"))},
      {"503", OwnAnswer("It is stopping.", "application/json",
                        SchemaReference("Health"))},
      {"default", ResponseReference("Failure")}};
  health["responses"]["200"]["content"]["application/json"]["example"] = {
      {"status", "SERVING"}};
  Json& document = paths["/openapi.json"]["get"];
  document = OwnOperation("Gateway_GetOpenApi", "このAPI文書",
                          "This document. It changes with the program only.");
  document["parameters"] =
      Json::array({{{"$ref", "#/components/parameters/ifNoneMatch"}}});
  document["responses"] = {
      {"200",
       WithETag(OwnAnswer("The document.", "application/json",
                          {{"type", "object"},
                           {"properties", {{"openapi", {{"type", "string"}}}}},
                           {"required", Json::array({"openapi"})}}))},
      {"304", WithETag(OwnAnswer("It has not changed.", "", {}))},
      {"default", ResponseReference("Failure")}};
  Json& page = paths["/"]["get"];
  page = OwnOperation("Gateway_GetStartPage", "案内のページ",
                      "The start page, for people.");
  page["parameters"] =
      Json::array({{{"$ref", "#/components/parameters/ifNoneMatch"}}});
  page["responses"] = {
      {"200",
       WithETag(OwnAnswer("The page.", "text/html", {{"type", "string"}}))},
      {"304", WithETag(OwnAnswer("It has not changed.", "", {}))},
      {"default", ResponseReference("Failure")}};
}

bool HasPlace(std::string_view http_method) {
  for (const std::string_view known :
       {"GET", "PUT", "POST", "DELETE", "PATCH"}) {
    if (known == http_method) return true;
  }
  return false;
}

void NoteBoundFields(std::span<const HttpRoute> routes, Schemas& schemas) {
  for (const HttpRoute& route : routes) {
    for (const auto& variable : route.path.variables()) {
      const auto* field =
          ResolveFieldPath(*route.method->input_type(), variable.field_path);
      if (field != nullptr) schemas.AddBound(*field);
    }
  }
}

}  // namespace

absl::StatusOr<std::string> OpenApiDocument(std::span<const HttpRoute> routes,
                                            const OpenApiParts& parts) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(parts.descriptor_set.data(),
                            static_cast<int>(parts.descriptor_set.size()))) {
    return absl::InvalidArgumentError("the descriptor set cannot be read");
  }
  const Comments comments(files);
  Json examples = Json::object();
  if (!parts.examples.empty()) {
    examples = Json::parse(parts.examples, nullptr, /*allow_exceptions=*/false);
    if (!examples.is_object()) {
      return absl::InvalidArgumentError("the examples are no JSON object");
    }
  }

  Schemas schemas(comments);
  AddErrorSchemas(schemas);
  NoteBoundFields(routes, schemas);
  // Sorted, so that the order of routes does not show.
  std::map<std::string, Json> paths;
  std::map<const MethodDescriptor*, int> bindings;
  std::map<std::string, const ServiceDescriptor*> services;
  std::set<std::string> operations;
  for (const HttpRoute& route : routes) {
    // A rule of another's service may have a verb that OpenAPI has no place
    // for.
    if (!HasPlace(route.http_method)) continue;
    const std::string id = OperationId(route, bindings[route.method]++);
    operations.insert(id);
    services[ServiceTag(*route.method->service())] = route.method->service();
    const std::string verb = ToLowerAscii(route.http_method);
    paths[ToOpenApiPath(route).text][verb] = Operation(
        route, id, comments, examples.value(id, Json::object()), schemas);
  }
  for (const auto& [id, example] : examples.items()) {
    if (!operations.contains(id)) {
      return absl::InvalidArgumentError("an example of the operation " + id +
                                        ", which there is not");
    }
  }

  Json document = {{"openapi", "3.1.0"},
                   {"info",
                    {{"title", "Regional welfare data platform"},
                     {"version", parts.version},
                     {"description", kDescription}}},
                   {"servers", Json::array({{{"url", "/"}}})}};
  Json tags = Json::array();
  for (const auto& [name, service] : services) {
    Json tag = {{"name", name}};
    const std::string& said = comments.Of(service->full_name()).text;
    if (!said.empty()) tag["description"] = said;
    tags.push_back(std::move(tag));
  }
  tags.push_back({{"name", "Gateway"},
                  {"description", "What the gateway answers itself."}});
  document["tags"] = std::move(tags);
  Json& all = document["paths"] = Json::object();
  AddOwnPaths(all, schemas);
  for (auto& [path, item] : paths) all[path] = std::move(item);
  document["components"] = {{"schemas", schemas.Components()},
                            {"responses", SharedResponses()},
                            {"parameters", SharedParameters()},
                            {"headers", SharedHeaders()},
                            {"securitySchemes", SecuritySchemes()}};
  return document.dump();
}

}  // namespace welfare::gateway
