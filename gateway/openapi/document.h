#pragma once

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/routes/http_route.h"

namespace welfare::gateway {

// What the OpenAPI document is made of beside the routes.
struct OpenApiParts {
  // A serialised google.protobuf.FileDescriptorSet with source info
  // (protoc --include_source_info): the comments are the descriptions. Empty:
  // nothing is described.
  std::string_view descriptor_set = {};
  // JSON: id of an operation to {"path":{},"query":{},"answer":...}, a real
  // request and its answer. Empty: no examples.
  std::string_view examples = {};
  // Of the program.
  std::string_view version = {};
};

// The description of all that `routes` and the gateway itself answer over HTTP,
// as an OpenAPI 3.1 document in JSON. Equal parts make equal bytes. Takes some
// ten milliseconds.
//
// Errors:
//   INVALID_ARGUMENT: the descriptor set is none, the examples are no JSON
//   object, or belong to no operation. Only a faulty build does that.
absl::StatusOr<std::string> OpenApiDocument(std::span<const HttpRoute> routes,
                                            const OpenApiParts& parts);

}  // namespace welfare::gateway
