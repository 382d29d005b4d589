// Calls of the contract over HTTP/JSON, as its google.api.http rules spell
// them.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <optional>
#include <string>

#include "tests/access/roles/any_call.h"

namespace welfare::access {

// What a caller sends, but for host and credentials.
struct HttpRequest {
  std::string verb;    // "POST"
  std::string target;  // "/v1/surveys/pets/rounds?pageSize=1"
  std::string body;    // JSON, of a stream its lines; or empty
};

// The request in its rule's spelling: what the path names in the path, the
// body's field in the body, all else in the query. Nothing where the method has
// no rule.
std::optional<HttpRequest> Spell(
    const google::protobuf::MethodDescriptor& method,
    const google::protobuf::Message& request);

// The field whose value stands in the path, "submission.name", and the one that
// is the body, "*" for all that is left; empty where there is none.
std::string PathField(const google::protobuf::MethodDescriptor& method);
std::string BodyField(const google::protobuf::MethodDescriptor& method);

// Sends it to a port of this machine, with the token where there is one, and
// reads the answer: JSON as the method's response, each line of a stream as
// one, of an endless stream the first alone; all else as bytes.
Answer CallHttp(int port, const google::protobuf::MethodDescriptor& method,
                const HttpRequest& request, const std::string& token);

}  // namespace welfare::access
