#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "gateway/calls/failure.h"
#include "gateway/json/json_writer.h"
#include "gateway/routes/http_route.h"
#include "gateway/routes/path_matcher.h"

namespace google::protobuf {
class Message;
}

namespace welfare::gateway {

// The parts of an HTTP request that become a message.
struct HttpRequestParts {
  std::span<const PathMatch::Binding> bindings;
  std::string_view query;  // behind `?`, still escaped; may be empty
  std::string_view content_type;
  std::string_view body;
  // In which violations are described.
  base::Language language = base::Language::kEnglish;
};

// Fills `request`, a message of the route's input type, from path, query and
// body by the rules of google.api.http. Returns the failure to answer with,
// carrying every violation found, or nothing.
//
// A field of the path may be given again in the body or the query only with
// an equal value. A query parameter is a field path in either spelling; a
// list is the parameter repeated. `fields_case` (`camel` or `snake`) is no
// field but the spelling of the answer, and `fields` (paths with commas between
// them) what of it is written, both put into `json` unless the request has a
// field of that name. An empty body is the empty message. On PATCH with a body
// field and no mask, `update_mask` is filled with the paths the body gives, as
// far as they can be changed (not output only fields, nor `etag`; a date as a
// whole); a mask given is checked against the body's message.
std::optional<Failure> BuildRequest(const HttpRoute& route,
                                    const HttpRequestParts& parts,
                                    google::protobuf::Message& request,
                                    JsonWriterOptions& json);

}  // namespace welfare::gateway
