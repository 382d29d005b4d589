#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "services/base/wording/language.h"

// What the gateway answers when a request fails: its own refusals, each named
// by one function below, and the failures of backends. Both hold their sentence
// in both languages, and the descriptions of violations in the caller's.
namespace welfare::gateway {

// A refusal or failure, ready for either protocol. `status` is what a gRPC
// caller gets; over HTTP it becomes a body and `http_status`.
struct Failure {
  int http_status = 500;
  google::rpc::Status status;
  // Fixed response headers that belong to the failure, such as `allow`.
  std::vector<std::pair<std::string, std::string>> headers;
};

// The HTTP status of a google.rpc.Code: the table in google/rpc/code.proto.
// 500 for numbers that are no code.
int HttpStatusOf(int code);

// The failure of a backend, with the HTTP status of its code. RetryInfo
// becomes `retry-after`; 401 gets a fixed `www-authenticate`.
Failure FromStatus(google::rpc::Status status);

// UNAUTHENTICATED, 401 with a fixed `www-authenticate`: a caller whose token or
// key was refused, as access::StatusOf tells it. Domain as below.
Failure CallerRefused(const absl::Status& refusal);

// INVALID_ARGUMENT, one per cause. Domain of all: gateway.welfare.
Failure MalformedPath();   // MALFORMED_PATH
Failure MalformedQuery();  // MALFORMED_QUERY
// MALFORMED_JSON; `problem` is made of a row of kProblemTable.
Failure MalformedJson(const base::Violation& problem);
Failure MalformedHeader(std::string_view header);  // MALFORMED_HEADER
// MALFORMED_FRAME; `problem` is a row of kProblemTable.
Failure MalformedFrame(const base::ViolationRow& problem);
// INVALID_REQUEST; the message tells the first. REQUIRES: there is one.
Failure InvalidRequest(std::vector<base::Violation> violations,
                       base::Language language);
// NOT_FOUND, 404: PATH_NOT_FOUND.
Failure PathNotFound(std::string_view path);
// UNIMPLEMENTED, 405 with `allow`: METHOD_NOT_ALLOWED.
Failure MethodNotAllowed(std::string_view http_method, std::string allow);
// INVALID_ARGUMENT, 415: UNSUPPORTED_MEDIA_TYPE; `wanted` is what would do.
Failure UnsupportedMediaType(
    std::string_view content_type,
    std::string_view wanted = "application/json; charset=utf-8");
// RESOURCE_EXHAUSTED, 413 over HTTP: MESSAGE_TOO_LARGE.
Failure MessageTooLarge(std::size_t limit_bytes);
// RESOURCE_EXHAUSTED, 413 over HTTP: TOO_MANY_FIELDS.
Failure TooManyFields(std::size_t limit);
// RESOURCE_EXHAUSTED with RetryInfo, 503 over HTTP: GATEWAY_OVERLOADED; too
// many unfinished requests of everybody.
Failure GatewayOverloaded();
// RESOURCE_EXHAUSTED with RetryInfo, 429: PEER_OVER_SHARE; the same of those
// who come from one address.
Failure PeerOverShare();
// RESOURCE_EXHAUSTED with RetryInfo, 429: CALLER_RATE_EXCEEDED; who calls does
// so more often than he may, and may again after `wait`.
Failure CallerRateExceeded(std::chrono::milliseconds wait);
// RESOURCE_EXHAUSTED with RetryInfo, 503 over HTTP: BACKEND_BUSY; the service
// has as much to do as it can answer in time.
Failure BackendBusy(std::chrono::milliseconds wait);
// UNAVAILABLE with RetryInfo: BACKEND_SILENT; the service has answered nobody
// lately and is not asked for a while.
Failure BackendSilent(std::chrono::milliseconds wait);
// OUT_OF_RANGE, 416 with `content-range`: RANGE_NOT_SATISFIABLE.
Failure RangeNotSatisfiable(std::uint64_t size);
// RESOURCE_EXHAUSTED, 413: ANSWERS_HELD_TOO_LARGE.
Failure AnswersHeldTooLarge(std::size_t limit_bytes);
// UNIMPLEMENTED: UNKNOWN_SERVICE.
Failure UnknownService(std::string_view path);
// UNIMPLEMENTED: MESSAGE_ENCODING_UNSUPPORTED.
Failure MessageEncodingUnsupported();
// INTERNAL: INVALID_BACKEND_RESPONSE.
Failure InvalidBackendResponse();
// UNAVAILABLE with RetryInfo: BACKEND_UNAVAILABLE.
Failure BackendUnavailable();
// UNAVAILABLE with RetryInfo: SHUTTING_DOWN; the gateway stops, and who watched
// may connect again.
Failure ShuttingDown();
// DEADLINE_EXCEEDED: DEADLINE_EXCEEDED.
Failure BackendTimeout();
// DEADLINE_EXCEEDED, 408: REQUEST_TIMEOUT; the body did not arrive in time.
Failure RequestTimeout();

// FAILED_PRECONDITION, 412: PRECONDITION_FAILED; If-Match of a GET.
Failure PreconditionFailed();
// INVALID_ARGUMENT: PRECONDITION_UNSUPPORTED; a write that would not compare.
Failure PreconditionUnsupported(std::string_view header);
// PERMISSION_DENIED: METHOD_CLOSED; a foreign method without a policy.
Failure MethodClosed();
// INVALID_ARGUMENT: IDEMPOTENCY_KEY_UNSUPPORTED.
Failure IdempotencyKeyUnsupported();
// INVALID_ARGUMENT, 406: ENCODING_NOT_ACCEPTABLE.
Failure EncodingNotAcceptable();

// What a failure says of itself; empty where it says nothing.
google::rpc::ErrorInfo InfoOf(const Failure& failure);

// The same failure, of one line of a body: says which, in both sentences and
// as the metadata `line`.
Failure AtLine(Failure failure, std::size_t line);

// The language that the answer is read in: `language`, which the caller asked
// for, where the failure has a sentence in it, else English.
base::Language LanguageOf(const Failure& failure, base::Language language);

// The name of a google.rpc.Code, "NOT_FOUND".
std::string_view CodeName(int code);

// The body of AIP-193: {"error":{"code":404,"message":...,"status":
// "NOT_FOUND","details":[...]}}. Details of unknown types are left out.
std::string ErrorJson(const Failure& failure);

// The body of RFC 9457, with `reason` from ErrorInfo beside the members of
// the standard, and its `detail` in `language`. `instance` is the path of the
// request.
std::string ProblemJson(const Failure& failure, std::string_view instance,
                        base::Language language);

}  // namespace welfare::gateway
