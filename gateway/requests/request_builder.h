#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/json/json_writer.h"
#include "gateway/requests/failure.h"
#include "gateway/routes/http_route.h"
#include "gateway/routes/path_matcher.h"

namespace google::protobuf {
class Message;
}

namespace welfare::gateway {

// What a body is.
enum class BodyForm {
  kJson,  // JSON, which its content type must say
  kLine,  // JSON, a line of a body of another type
  kRaw,   // what the field of the route's `upload` takes, as it is
};

// Sets the field of the route's `upload` to `bytes`.
// REQUIRES: the route has one.
void SetUpload(const HttpRoute& route, std::string bytes,
               google::protobuf::Message& request);

// True when a body of that content type is raw.
bool IsUpload(const HttpRoute& route, std::string_view content_type);

// The content types that a body may have: `otherwise` and those of an upload.
std::string TakenTypes(const HttpRoute& route, std::string_view otherwise);

// The parts of an HTTP request that become a message.
struct HttpRequestParts {
  std::span<const PathMatch::Binding> bindings;
  std::string_view query;  // behind `?`, still escaped; may be empty
  std::string_view content_type;
  std::string_view body;
  BodyForm form = BodyForm::kJson;
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
// field of that name. An empty body is the empty message, and where the
// route maps none `{}` is one too. Beside a raw body the
// query may give any other field, also of the message that the body is mapped
// to. On PATCH with a body field and no mask, `update_mask` is filled with the
// paths the body gives, as far as they can be changed (not output only fields,
// nor `etag`; a date as a whole); a mask given is checked against the body's
// message.
std::optional<Failure> BuildRequest(const HttpRoute& route,
                                    const HttpRequestParts& parts,
                                    google::protobuf::Message& request,
                                    JsonWriterOptions& json);

}  // namespace welfare::gateway
