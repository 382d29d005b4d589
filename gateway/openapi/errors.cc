#include "gateway/openapi/errors.h"

#include <google/protobuf/descriptor.h>

#include <string_view>
#include <utility>
#include <vector>

#include "gateway/error_table.h"
#include "gateway/requests/failure.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/access/error_table.h"

namespace welfare::gateway {
namespace {

// What a caller of HTTP never meets: faults of gRPC's framing, and of files
// that an operator wrote.
constexpr std::string_view kNotOverHttp[] = {
    "MALFORMED_FRAME",
    "UNKNOWN_SERVICE",
    "MESSAGE_ENCODING_UNSUPPORTED",
    "CALLER_FILE_UNREADABLE",
    "CALLER_FILE_INVALID",
};

int CodeNumber(const std::string& name) {
  google::rpc::Code code = google::rpc::UNKNOWN;
  google::rpc::Code_Parse(name, &code);
  return code;
}

Json FailureContent() {
  return {
      {"application/json", {{"schema", SchemaReference("Error")}}},
      {"application/problem+json", {{"schema", SchemaReference("Problem")}}}};
}

Json HeaderReference(const std::string& name) {
  return {{"$ref", "#/components/headers/" + name}};
}

// Which headers an answer with that status has.
Json FailureHeaders(int http_status) {
  Json headers = {{"x-request-id", HeaderReference("RequestId")}};
  if (http_status == 401) {
    headers["www-authenticate"] = HeaderReference("Authenticate");
  } else if (http_status == 429 || http_status == 503) {
    headers["retry-after"] = HeaderReference("RetryAfter");
  }
  return headers;
}

// "- `NOT_FOUND` (`ROUND_NOT_FOUND`): no such round."
std::string ErrorLine(const ListedError& error) {
  std::string line = "- `" + error.code + "` (";
  for (std::size_t i = 0; i < error.reasons.size(); ++i) {
    line += (i == 0 ? "`" : ", `") + error.reasons[i] + "`";
  }
  return line + "): " + error.when;
}

Json FailureResponse(int http_status, const std::string& lead,
                     std::span<const ListedError> errors) {
  Json reasons = Json::array();
  std::string description = lead;
  for (const ListedError& error : errors) {
    if (!description.empty()) description.push_back('\n');
    description += ErrorLine(error);
    for (const std::string& reason : error.reasons) {
      reasons.push_back({{"code", error.code}, {"reason", reason}});
    }
  }
  Json response = {{"description", std::move(description)},
                   {"headers", FailureHeaders(http_status)},
                   {"content", FailureContent()}};
  response["x-reasons"] = std::move(reasons);
  return response;
}

bool OverHttp(std::string_view reason) {
  for (const std::string_view other : kNotOverHttp) {
    if (other == reason) return false;
  }
  return true;
}

ListedError ListedRow(const base::ErrorRow& row, int code) {
  return {.code = std::string(CodeName(code)),
          .reasons = {std::string(row.reason)},
          .when = std::string(row.message)};
}

}  // namespace

void AddErrorSchemas(Schemas& schemas) {
  Json details = Json::array();
  for (const google::protobuf::Descriptor* detail :
       {google::rpc::ErrorInfo::descriptor(),
        google::rpc::BadRequest::descriptor(),
        google::rpc::ResourceInfo::descriptor(),
        google::rpc::PreconditionFailure::descriptor(),
        google::rpc::RetryInfo::descriptor(),
        google::rpc::LocalizedMessage::descriptor()}) {
    details.push_back(schemas.OfDetail(*detail));
  }
  schemas.Add("Detail",
              {{"description",
                "One detail of a failure, told by its `@type`. Each type comes "
                "at most once; `ErrorInfo`, with the reason, always."},
               {"oneOf", std::move(details)}});
  Json codes = Json::array();
  for (int code = google::rpc::Code_MIN; code <= google::rpc::Code_MAX;
       ++code) {
    if (code != google::rpc::OK) codes.push_back(CodeName(code));
  }
  schemas.Add("Code", {{"description", "The name of a `google.rpc.Code`."},
                       {"type", "string"},
                       {"enum", std::move(codes)}});
  const Json status = {{"type", "integer"},
                       {"description", "The HTTP status."},
                       {"minimum", 400},
                       {"maximum", 599}};
  const Json list = {{"type", "array"}, {"items", SchemaReference("Detail")}};
  schemas.Add(
      "Error",
      {{"description",
        "What a failure looks like (AIP-193). Programs go by the reason of the "
        "`ErrorInfo`; `message` is English, `LocalizedMessage` Japanese."},
       {"type", "object"},
       {"properties",
        {{"error",
          {{"type", "object"},
           {"properties",
            {{"code", status},
             {"message",
              {{"type", "string"},
               {"description", "One English sentence that says what to do."}}},
             {"status", SchemaReference("Code")},
             {"details", list}}},
           {"required", {"code", "message", "status", "details"}}}}}},
       {"required", Json::array({"error"})}});
  schemas.Add(
      "Problem",
      {{"description",
        "The same as RFC 9457 has it, on `Accept: application/problem+json`."},
       {"type", "object"},
       {"properties",
        {{"type", {{"type", "string"}, {"format", "uri-reference"}}},
         {"title", {{"type", "string"}}},
         {"status", status},
         {"detail",
          {{"type", "string"},
           {"description",
            "One sentence, in the language of `Accept-Language`."}}},
         {"instance",
          {{"type", "string"}, {"description", "The path of the request."}}},
         {"code", SchemaReference("Code")},
         {"reason", {{"type", "string"}}},
         {"details", list}}},
       {"required",
        {"type", "title", "status", "detail", "instance", "code", "reason",
         "details"}}});
}

Json SharedResponses() {
  std::vector<ListedError> failures;
  for (const base::ErrorRow& row : kErrorTable) {
    if (!OverHttp(row.reason)) continue;
    failures.push_back(ListedRow(row, static_cast<int>(row.code)));
  }
  std::vector<ListedError> refusals;
  for (const base::ErrorRow& row : access::kErrorTable) {
    if (row.code != absl::StatusCode::kUnauthenticated) continue;
    refusals.push_back(ListedRow(row, static_cast<int>(row.code)));
  }
  refusals.push_back(
      {.code = "UNAUTHENTICATED",
       .reasons = {"CREDENTIALS_MISSING"},
       .when = "the call needs a role, and nothing says who calls."});
  return {
      {"Failure", FailureResponse(
                      503,
                      "Any other failure, told apart by its HTTP status, which "
                      "follows its code as in `google/rpc/code.proto`, and by "
                      "its reason. Of the gateway's own:\n",
                      failures)},
      {"Unauthenticated",
       FailureResponse(401, "The caller is not known.\n", refusals)},
      {"PreconditionFailed",
       FailureResponse(412, "",
                       std::vector<ListedError>{
                           {.code = "ABORTED",
                            .reasons = {"ETAG_MISMATCH"},
                            .when = "`If-Match` names another state than "
                                    "there is."}})},
      {"KeyReused",
       FailureResponse(422, "",
                       std::vector<ListedError>{
                           {.code = "INVALID_ARGUMENT",
                            .reasons = {"REQUEST_ID_REUSED"},
                            .when = "`Idempotency-Key` was used for another "
                                    "request."}})},
      {"RangeNotSatisfiable",
       FailureResponse(416, "",
                       std::vector<ListedError>{
                           {.code = "OUT_OF_RANGE",
                            .reasons = {"RANGE_NOT_SATISFIABLE"},
                            .when = "no byte of the file lies in `Range`."}})},
      {"NotModified",
       {{"description", "The caller has this answer already."},
        {"headers",
         {{"x-request-id", HeaderReference("RequestId")},
          {"etag", HeaderReference("ETag")}}}}}};
}

ListedError RoleMissing() {
  return {.code = "PERMISSION_DENIED",
          .reasons = {"ACCESS_DENIED"},
          .when = "the caller is known and has none of the roles."};
}

std::map<std::string, Json> ErrorResponses(
    std::span<const ListedError> errors) {
  std::map<int, std::vector<ListedError>> by_status;
  for (const ListedError& error : errors) {
    by_status[HttpStatusOf(CodeNumber(error.code))].push_back(error);
  }
  std::map<std::string, Json> out;
  for (const auto& [http_status, listed] : by_status) {
    out[std::to_string(http_status)] = FailureResponse(http_status, "", listed);
  }
  return out;
}

Json ResponseReference(const std::string& name) {
  return {{"$ref", "#/components/responses/" + name}};
}

Json SharedHeaders() {
  return {
      {"RequestId",
       {{"description",
         "Names the request in the platform's logs; that of the request where "
         "it has one of 1 to 64 of `A-Z a-z 0-9 . _ -`."},
        {"schema", {{"type", "string"}}}}},
      {"RetryAfter",
       {{"description", "Seconds after which the call may be repeated."},
        {"schema", {{"type", "integer"}, {"minimum", 1}}}}},
      {"Authenticate",
       {{"description", "`Bearer`, whatever was wrong."},
        {"schema", {{"type", "string"}}}}},
      {"ETag",
       {{"description",
         "Strong; send it back as `If-None-Match` to be answered 304 while "
         "nothing has changed."},
        {"schema", {{"type", "string"}}}}}};
}

}  // namespace welfare::gateway
