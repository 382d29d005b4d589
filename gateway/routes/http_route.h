#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/routes/path_matcher.h"
#include "gateway/routes/path_template.h"
#include "google/api/http.pb.h"

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class FieldDescriptor;
class Message;
class MessageFactory;
class MethodDescriptor;
}  // namespace google::protobuf

namespace welfare::gateway {

// Full name of a method to its rule, in the place of the one in its options.
using HttpRules = std::map<std::string, google::api::HttpRule, std::less<>>;

// One HTTP binding of one gRPC method, taken from its google.api.http option.
struct HttpRoute {
  enum class Kind {
    kUnary,
    // Server stream of a file; served as the raw bytes.
    kDownload,
    // Any other server stream; served as lines of NDJSON or as events.
    kServerStream,
    // A client stream, read from lines of NDJSON, whatever answers it.
    kClientStream,
  };

  // Where a stream stands, as the option `position` of its method says.
  struct Position {
    const google::protobuf::FieldDescriptor* response = nullptr;
    const google::protobuf::FieldDescriptor* request = nullptr;
    const google::protobuf::FieldDescriptor* follow = nullptr;  // null: none
  };

  // How a body that is no JSON is taken, as the option `upload` says.
  struct Upload {
    // From the request down to the field that takes it.
    std::vector<const google::protobuf::FieldDescriptor*> path;
    std::vector<std::string> content_types;
    std::uint64_t max_bytes = 0;  // of a stream; 0: no limit
  };

  std::string http_method;  // "GET"
  PathTemplate path;
  const google::protobuf::MethodDescriptor* method = nullptr;
  Kind kind = Kind::kUnary;
  bool body_is_request = false;                             // body: "*"
  const google::protobuf::FieldDescriptor* body = nullptr;  // body: "field"
  const google::protobuf::FieldDescriptor* response_body = nullptr;
  // Empty messages of the method's types.
  const google::protobuf::Message* request = nullptr;
  const google::protobuf::Message* response = nullptr;
  // Tells answers of this build from those of another contract: a digest of
  // all that their JSON follows from.
  std::string shape = {};
  std::optional<Position> position = {};
  std::optional<Upload> upload = {};
  bool endless = false;  // the option of the method
};

// All routes of a set of services, and the way to find one. Immutable after
// Make; any thread. The descriptor pool must outlive it.
class HttpRoutes {
 public:
  // Takes the bindings, with their additional ones, of every method of
  // `services` (full names) in `pool`; those of `rules` instead where it has
  // some.
  //
  // Errors:
  //   NOT_FOUND: the pool has no such service.
  //   INVALID_ARGUMENT: a template is malformed; a template binds a field
  //   that does not exist or is repeated, a map or a message; `body` or
  //   `response_body` names no field; `body` names a scalar; `position` names
  //   no single fields of its types; `upload` names no single bytes or text, no
  //   content type, or text in a stream.
  //   ALREADY_EXISTS: two bindings with one method and shape.
  static absl::StatusOr<HttpRoutes> Make(
      const google::protobuf::DescriptorPool& pool,
      std::span<const std::string> services, const HttpRules& rules = {});

  // As PathMatcher::Match; `match.route` is an index for at().
  PathMatch Match(std::string_view http_method, std::string_view path) const {
    return matcher_.Match(http_method, path);
  }
  const HttpRoute& at(std::size_t index) const { return routes_[index]; }
  std::span<const HttpRoute> all() const { return routes_; }

 private:
  // Of messages that are not linked in. Outlives the routes, which hold some.
  std::shared_ptr<google::protobuf::MessageFactory> factory_;
  std::vector<HttpRoute> routes_;
  PathMatcher matcher_;
};

// The value of `allow` for a path known under `methods`: with HEAD where
// there is GET, and OPTIONS. Example: {"GET","POST"} is "GET, HEAD, OPTIONS,
// POST".
std::string AllowHeader(std::span<const std::string> methods);

}  // namespace welfare::gateway
