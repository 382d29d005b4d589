#include "gateway/calls/failure.h"

#include <algorithm>
#include <map>

#include "gateway/json/json_writer.h"
#include "gateway/routes/text.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/base/coding/json_text.h"

namespace welfare::gateway {
namespace {

using Metadata = std::map<std::string, std::string>;

std::string Cut(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const bool printable = c >= 0x20 && c < 0x7F;
    out.push_back(printable ? c : '?');
  }
  return out;
}

Failure Make(int http_status, google::rpc::Code code, std::string_view reason,
             std::string message, const Metadata& metadata = {},
             std::span<const FieldViolation> violations = {}) {
  Failure failure;
  failure.http_status = http_status;
  failure.status.set_code(code);
  failure.status.set_message(std::move(message));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain("gateway.welfare");
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[key] = value;
  }
  failure.status.add_details()->PackFrom(info);
  if (!violations.empty()) {
    google::rpc::BadRequest bad_request;
    for (const FieldViolation& violation : violations) {
      auto* entry = bad_request.add_field_violations();
      entry->set_field(violation.field);
      entry->set_description(violation.description);
    }
    failure.status.add_details()->PackFrom(bad_request);
  }
  return failure;
}

std::string_view TitleOf(int http_status) {
  switch (http_status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 499:
      return "Client Closed Request";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Internal Server Error";
  }
}

}  // namespace

int HttpStatusOf(int code) {
  switch (code) {
    case google::rpc::OK:
      return 200;
    case google::rpc::CANCELLED:
      return 499;
    case google::rpc::INVALID_ARGUMENT:
    case google::rpc::FAILED_PRECONDITION:
    case google::rpc::OUT_OF_RANGE:
      return 400;
    case google::rpc::DEADLINE_EXCEEDED:
      return 504;
    case google::rpc::NOT_FOUND:
      return 404;
    case google::rpc::ALREADY_EXISTS:
    case google::rpc::ABORTED:
      return 409;
    case google::rpc::PERMISSION_DENIED:
      return 403;
    case google::rpc::UNAUTHENTICATED:
      return 401;
    case google::rpc::RESOURCE_EXHAUSTED:
      return 429;
    case google::rpc::UNIMPLEMENTED:
      return 501;
    case google::rpc::UNAVAILABLE:
      return 503;
    default:  // UNKNOWN, INTERNAL, DATA_LOSS
      return 500;
  }
}

Failure FromStatus(google::rpc::Status status) {
  Failure failure;
  failure.http_status = HttpStatusOf(status.code());
  if (failure.http_status == 401) {
    failure.headers.emplace_back("www-authenticate", "Bearer");
  }
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::RetryInfo retry;
    if (!detail.Is<google::rpc::RetryInfo>() || !detail.UnpackTo(&retry)) {
      continue;
    }
    const auto seconds = retry.retry_delay().seconds() +
                         (retry.retry_delay().nanos() > 0 ? 1 : 0);
    failure.headers.emplace_back(
        "retry-after", std::to_string(std::max<decltype(seconds)>(1, seconds)));
    break;
  }
  failure.status = std::move(status);
  return failure;
}

Failure MalformedPath() {
  return Make(400, google::rpc::INVALID_ARGUMENT, "MALFORMED_PATH",
              "The path holds a malformed escape, a dot segment or bytes that "
              "are not UTF-8.");
}

Failure MalformedQuery() {
  return Make(400, google::rpc::INVALID_ARGUMENT, "MALFORMED_QUERY",
              "The query holds a malformed escape or bytes that are not "
              "UTF-8, or too many parameters.");
}

Failure MalformedJson(std::string_view problem) {
  return Make(400, google::rpc::INVALID_ARGUMENT, "MALFORMED_JSON",
              "The body " + std::string(problem) + ".");
}

Failure MalformedHeader(std::string_view header) {
  return Make(400, google::rpc::INVALID_ARGUMENT, "MALFORMED_HEADER",
              "The value of the header '" + Cut(header) + "' is malformed.",
              {{"header", Cut(header)}});
}

Failure MalformedFrame(std::string_view problem) {
  return Make(400, google::rpc::INVALID_ARGUMENT, "MALFORMED_FRAME",
              "The request stream " + std::string(problem) + ".");
}

Failure InvalidRequest(std::span<const FieldViolation> violations) {
  std::string message = "The request is invalid";
  if (!violations.empty()) {
    message += ": '" + violations[0].field + "' " + violations[0].description;
  }
  if (violations.size() > 1) {
    message += " (and " + std::to_string(violations.size() - 1) +
               " more; see the details)";
  }
  return Make(400, google::rpc::INVALID_ARGUMENT, "INVALID_REQUEST",
              message + ".", {}, violations);
}

Failure UnexpectedBody() {
  return Make(400, google::rpc::INVALID_ARGUMENT, "UNEXPECTED_BODY",
              "This route takes no body; send the fields in the path and the "
              "query.");
}

Failure PathNotFound(std::string_view path) {
  return Make(404, google::rpc::NOT_FOUND, "PATH_NOT_FOUND",
              "No resource or method has this path.", {{"path", Cut(path)}});
}

Failure MethodNotAllowed(std::string_view http_method, std::string allow) {
  Failure failure =
      Make(405, google::rpc::UNIMPLEMENTED, "METHOD_NOT_ALLOWED",
           "This path takes " + allow + ".", {{"method", Cut(http_method)}});
  failure.headers.emplace_back("allow", std::move(allow));
  return failure;
}

Failure UnsupportedMediaType(std::string_view content_type) {
  return Make(415, google::rpc::INVALID_ARGUMENT, "UNSUPPORTED_MEDIA_TYPE",
              "Send the body as application/json in UTF-8.",
              {{"content_type", Cut(content_type)}});
}

Failure MessageTooLarge(std::size_t limit_bytes) {
  return Make(413, google::rpc::RESOURCE_EXHAUSTED, "MESSAGE_TOO_LARGE",
              "A message may hold at most " + std::to_string(limit_bytes) +
                  " bytes; send smaller batches.",
              {{"limit_bytes", std::to_string(limit_bytes)}});
}

Failure TooManyFields(std::size_t limit) {
  return Make(413, google::rpc::RESOURCE_EXHAUSTED, "TOO_MANY_FIELDS",
              "A request may hold at most " + std::to_string(limit) +
                  " fields and elements of lists; send smaller batches.",
              {{"limit", std::to_string(limit)}});
}

Failure GatewayOverloaded() {
  Failure failure =
      Make(429, google::rpc::RESOURCE_EXHAUSTED, "GATEWAY_OVERLOADED",
           "The gateway holds too many unfinished requests; try again.");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  failure.status.add_details()->PackFrom(retry);
  failure.headers.emplace_back("retry-after", "1");
  return failure;
}

Failure StreamingOverHttpUnsupported(std::string_view method) {
  return Make(501, google::rpc::UNIMPLEMENTED,
              "STREAMING_OVER_HTTP_UNSUPPORTED",
              "This method streams; call it over gRPC.",
              {{"method", std::string(method)}});
}

Failure UnknownService(std::string_view path) {
  return Make(501, google::rpc::UNIMPLEMENTED, "UNKNOWN_SERVICE",
              "The gateway routes no such gRPC service.",
              {{"path", Cut(path)}});
}

Failure MessageEncodingUnsupported() {
  return Make(501, google::rpc::UNIMPLEMENTED, "MESSAGE_ENCODING_UNSUPPORTED",
              "Send gRPC messages uncompressed (grpc-encoding: identity).");
}

Failure InvalidBackendResponse() {
  return Make(500, google::rpc::INTERNAL, "INVALID_BACKEND_RESPONSE",
              "The service behind the gateway sent an answer that cannot be "
              "read.");
}

Failure BackendUnavailable() {
  Failure failure =
      Make(503, google::rpc::UNAVAILABLE, "BACKEND_UNAVAILABLE",
           "The service behind the gateway cannot be reached; try again.");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  failure.status.add_details()->PackFrom(retry);
  return failure;
}

Failure ShuttingDown() {
  Failure failure = Make(503, google::rpc::UNAVAILABLE, "SHUTTING_DOWN",
                         "The gateway is stopping; connect again.");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(1);
  failure.status.add_details()->PackFrom(retry);
  return failure;
}

Failure BackendTimeout() {
  return Make(504, google::rpc::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED",
              "The service behind the gateway did not answer in time.");
}

Failure RequestTimeout() {
  return Make(408, google::rpc::DEADLINE_EXCEEDED, "REQUEST_TIMEOUT",
              "The request did not arrive in time.");
}

std::string_view CodeName(int code) {
  return google::rpc::Code_IsValid(code)
             ? std::string_view(
                   google::rpc::Code_Name(static_cast<google::rpc::Code>(code)))
             : std::string_view("UNKNOWN");
}

std::string ErrorJson(const Failure& failure) {
  std::string out = "{\"error\":{\"code\":";
  out += std::to_string(failure.http_status);
  out += ",\"message\":";
  base::AppendJsonString(failure.status.message(), out);
  out += ",\"status\":\"";
  out += CodeName(failure.status.code());
  out += "\",\"details\":";
  WriteJsonField(failure.status,
                 *google::rpc::Status::descriptor()->FindFieldByNumber(
                     google::rpc::Status::kDetailsFieldNumber),
                 {}, out);
  out += "}}";
  return out;
}

std::string ProblemJson(const Failure& failure, std::string_view instance) {
  std::string reason;
  for (const google::protobuf::Any& detail : failure.status.details()) {
    google::rpc::ErrorInfo info;
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) {
      reason = info.reason();
    }
  }
  std::string out = "{\"type\":\"about:blank\",\"title\":";
  base::AppendJsonString(TitleOf(failure.http_status), out);
  out += ",\"status\":" + std::to_string(failure.http_status);
  out += ",\"detail\":";
  base::AppendJsonString(failure.status.message(), out);
  out += ",\"instance\":";
  base::AppendJsonString(Cut(instance), out);
  out += ",\"code\":\"";
  out += CodeName(failure.status.code());
  out += "\",\"reason\":";
  base::AppendJsonString(reason, out);
  out += ",\"details\":";
  WriteJsonField(failure.status,
                 *google::rpc::Status::descriptor()->FindFieldByNumber(
                     google::rpc::Status::kDetailsFieldNumber),
                 {}, out);
  out += "}";
  return out;
}

}  // namespace welfare::gateway
