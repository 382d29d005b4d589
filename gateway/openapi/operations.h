#pragma once

#include <string>
#include <vector>

#include "gateway/openapi/comments.h"
#include "gateway/openapi/schemas.h"
#include "gateway/routes/http_route.h"

namespace google::protobuf {
class ServiceDescriptor;
}

namespace welfare::gateway {

// A path template as OpenAPI has it: one parameter for each segment that
// varies, because a parameter holds no slash.
//
//   /v1/{name=surveys/*/rounds/*}:close  is
//   /v1/surveys/{survey}/rounds/{round}:close
struct OpenApiPath {
  struct Parameter {
    std::string name;  // "round"
    // What of the request it is a part of; null where of nothing.
    const google::protobuf::FieldDescriptor* field = nullptr;
    // The whole value of the field: "surveys/{survey}/rounds/{round}".
    std::string whole;
    // A `**`, which may hold slashes.
    bool open = false;
  };
  std::string text;
  std::vector<Parameter> parameters;
};

OpenApiPath ToOpenApiPath(const HttpRoute& route);

// What a service is called: by its own name, "RegistryService", where it is of
// the platform; by its full name where it is another's, "acme_v1_Echo".
std::string ServiceTag(const google::protobuf::ServiceDescriptor& service);

// The id of the operation of `route`, the `binding`-th of its method from 0:
// "RegistryService_GetRoster", "RegistryService_GetRoster_2".
std::string OperationId(const HttpRoute& route, int binding);

// The operation of one route. `example` has the members `path` and `query`,
// parameters by name, and `answer`; it may be empty. Adds to `schemas` what it
// refers to.
Json Operation(const HttpRoute& route, const std::string& operation_id,
               const Comments& comments, const Json& example, Schemas& schemas);

// The parameters that the gateway itself understands, for
// #/components/parameters.
Json SharedParameters();

}  // namespace welfare::gateway
