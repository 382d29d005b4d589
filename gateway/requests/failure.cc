#include "gateway/requests/failure.h"

#include <algorithm>
#include <chrono>

#include "gateway/error_table.h"
#include "gateway/exchange/reason_phrase.h"
#include "gateway/json/json_writer.h"
#include "gateway/routes/text.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/base/coding/json_text.h"
#include "services/platform/rpc/wire_status.h"

namespace welfare::gateway {
namespace {

using base::MakeError;

constexpr std::string_view kDomain = "gateway.welfare";
// After which what is overloaded or stopping may be asked again.
constexpr std::chrono::milliseconds kRetryDelay{1000};

// Failures whose HTTP status says more than that of their code.
constexpr std::pair<std::string_view, int> kOwnStatuses[] = {
    {"METHOD_NOT_ALLOWED", 405},
    {"UNSUPPORTED_MEDIA_TYPE", 415},
    {"MESSAGE_TOO_LARGE", 413},
    {"TOO_MANY_FIELDS", 413},
    {"REQUEST_TIMEOUT", 408},
    {"PRECONDITION_FAILED", 412},
    {"ENCODING_NOT_ACCEPTABLE", 406},
    {"ANSWERS_HELD_TOO_LARGE", 413},
    {"RANGE_NOT_SATISFIABLE", 416},
    {"GATEWAY_OVERLOADED", 503},
    {"BACKEND_BUSY", 503},
};

std::string Cut(std::string_view text) {
  constexpr std::size_t kLongest = 200;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const bool printable = c >= 0x20 && c < 0x7F;
    out.push_back(printable ? c : '?');
  }
  return out;
}

Failure Make(const base::ErrorBuilder& builder,
             base::Language language = base::Language::kEnglish) {
  const absl::Status status = builder;
  Failure failure =
      FromStatus(platform::ToWireStatus(status, kDomain, language));
  const std::string reason = base::ReasonOf(status);
  for (const auto& [own, http_status] : kOwnStatuses) {
    if (own == reason) failure.http_status = http_status;
  }
  return failure;
}

// The sentence of the failure in Japanese; empty: it has none.
std::string JapaneseOf(const Failure& failure) {
  for (const google::protobuf::Any& detail : failure.status.details()) {
    google::rpc::LocalizedMessage localized;
    if (detail.Is<google::rpc::LocalizedMessage>() &&
        detail.UnpackTo(&localized) && localized.locale() == "ja") {
      return localized.message();
    }
  }
  return "";
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

Failure CallerRefused(const absl::Status& refusal) {
  return FromStatus(
      platform::ToWireStatus(refusal, kDomain, base::Language::kEnglish));
}

Failure MalformedPath() { return Make(MakeError(Row("MALFORMED_PATH"))); }

Failure MalformedQuery() { return Make(MakeError(Row("MALFORMED_QUERY"))); }

Failure MalformedJson(const base::Violation& problem) {
  return Make(MakeError(Row("MALFORMED_JSON"))
                  .Show("problem", problem.description)
                  .Show("problem_ja", problem.description_ja));
}

Failure MalformedHeader(std::string_view header) {
  return Make(MakeError(Row("MALFORMED_HEADER")).With("header", Cut(header)));
}

Failure MalformedFrame(const base::ViolationRow& problem) {
  return Make(MakeError(Row("MALFORMED_FRAME"))
                  .Show("problem", problem.description)
                  .Show("problem_ja", problem.description_ja));
}

Failure InvalidRequest(std::vector<base::Violation> violations,
                       base::Language language) {
  base::ErrorBuilder error = MakeError(Row("INVALID_REQUEST"));
  error.Show("field", violations.front().field)
      .Show("problem", violations.front().description)
      .Show("problem_ja", violations.front().description_ja);
  const std::string others = std::to_string(violations.size() - 1);
  const bool alone = violations.size() == 1;
  error.Show("more", alone ? "" : " (and " + others + " more; see the details)")
      .Show("more_ja",
            alone ? "" : "ほかに " + others + " 件あり、詳細に示しています。")
      .WithViolations(std::move(violations));
  return Make(error, language);
}

Failure PathNotFound(std::string_view path) {
  return Make(MakeError(Row("PATH_NOT_FOUND")).With("path", Cut(path)));
}

Failure MethodNotAllowed(std::string_view http_method, std::string allow) {
  Failure failure = Make(MakeError(Row("METHOD_NOT_ALLOWED"))
                             .With("method", Cut(http_method))
                             .Show("allow", allow));
  failure.headers.emplace_back("allow", std::move(allow));
  return failure;
}

Failure UnsupportedMediaType(std::string_view content_type,
                             std::string_view wanted) {
  return Make(MakeError(Row("UNSUPPORTED_MEDIA_TYPE"))
                  .With("content_type", Cut(content_type))
                  .With("wanted", wanted));
}

Failure MessageTooLarge(std::size_t limit_bytes) {
  return Make(MakeError(Row("MESSAGE_TOO_LARGE"))
                  .With("limit_bytes", static_cast<long long>(limit_bytes)));
}

Failure TooManyFields(std::size_t limit) {
  return Make(MakeError(Row("TOO_MANY_FIELDS"))
                  .With("limit", static_cast<long long>(limit)));
}

Failure GatewayOverloaded() {
  return Make(MakeError(Row("GATEWAY_OVERLOADED")).WithRetryDelay(kRetryDelay));
}

Failure PeerOverShare() {
  return Make(MakeError(Row("PEER_OVER_SHARE")).WithRetryDelay(kRetryDelay));
}

Failure CallerRateExceeded(std::chrono::milliseconds wait) {
  return Make(MakeError(Row("CALLER_RATE_EXCEEDED")).WithRetryDelay(wait));
}

Failure BackendBusy(std::chrono::milliseconds wait) {
  return Make(MakeError(Row("BACKEND_BUSY")).WithRetryDelay(wait));
}

Failure BackendSilent(std::chrono::milliseconds wait) {
  return Make(MakeError(Row("BACKEND_SILENT")).WithRetryDelay(wait));
}

Failure RangeNotSatisfiable(std::uint64_t size) {
  Failure failure = Make(MakeError(Row("RANGE_NOT_SATISFIABLE"))
                             .With("size", static_cast<long long>(size)));
  failure.headers.emplace_back("content-range",
                               "bytes */" + std::to_string(size));
  return failure;
}

Failure AnswersHeldTooLarge(std::size_t limit_bytes) {
  return Make(MakeError(Row("ANSWERS_HELD_TOO_LARGE"))
                  .With("limit_bytes", static_cast<long long>(limit_bytes)));
}

Failure UnknownService(std::string_view path) {
  return Make(MakeError(Row("UNKNOWN_SERVICE")).With("path", Cut(path)));
}

Failure MessageEncodingUnsupported() {
  return Make(MakeError(Row("MESSAGE_ENCODING_UNSUPPORTED")));
}

Failure InvalidBackendResponse() {
  return Make(MakeError(Row("INVALID_BACKEND_RESPONSE")));
}

Failure BackendUnavailable() {
  return Make(
      MakeError(Row("BACKEND_UNAVAILABLE")).WithRetryDelay(kRetryDelay));
}

Failure ShuttingDown() {
  return Make(MakeError(Row("SHUTTING_DOWN")).WithRetryDelay(kRetryDelay));
}

Failure BackendTimeout() { return Make(MakeError(Row("DEADLINE_EXCEEDED"))); }

Failure RequestTimeout() { return Make(MakeError(Row("REQUEST_TIMEOUT"))); }

Failure AtLine(Failure failure, std::size_t line) {
  const std::string number = std::to_string(line);
  failure.status.set_message("Line " + number + ": " +
                             failure.status.message());
  for (google::protobuf::Any& detail : *failure.status.mutable_details()) {
    google::rpc::ErrorInfo info;
    google::rpc::LocalizedMessage localized;
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) {
      (*info.mutable_metadata())["line"] = number;
      detail.PackFrom(info);
    } else if (detail.Is<google::rpc::LocalizedMessage>() &&
               detail.UnpackTo(&localized) && localized.locale() == "ja") {
      localized.set_message(number + "行目: " + localized.message());
      detail.PackFrom(localized);
    }
  }
  return failure;
}

Failure PreconditionFailed() {
  return Make(MakeError(Row("PRECONDITION_FAILED")));
}

Failure PreconditionUnsupported(std::string_view header) {
  return Make(
      MakeError(Row("PRECONDITION_UNSUPPORTED")).With("header", header));
}

Failure MethodClosed() { return Make(MakeError(Row("METHOD_CLOSED"))); }

Failure IdempotencyKeyUnsupported() {
  return Make(MakeError(Row("IDEMPOTENCY_KEY_UNSUPPORTED")));
}

Failure EncodingNotAcceptable() {
  return Make(MakeError(Row("ENCODING_NOT_ACCEPTABLE")));
}

google::rpc::ErrorInfo InfoOf(const Failure& failure) {
  google::rpc::ErrorInfo info;
  for (const google::protobuf::Any& detail : failure.status.details()) {
    if (detail.Is<google::rpc::ErrorInfo>() && detail.UnpackTo(&info)) break;
  }
  return info;
}

base::Language LanguageOf(const Failure& failure, base::Language language) {
  return language == base::Language::kJapanese && !JapaneseOf(failure).empty()
             ? base::Language::kJapanese
             : base::Language::kEnglish;
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

std::string ProblemJson(const Failure& failure, std::string_view instance,
                        base::Language language) {
  std::string out = "{\"type\":\"about:blank\",\"title\":";
  base::AppendJsonString(ReasonPhrase(failure.http_status), out);
  out += ",\"status\":" + std::to_string(failure.http_status);
  out += ",\"detail\":";
  base::AppendJsonString(
      LanguageOf(failure, language) == base::Language::kJapanese
          ? JapaneseOf(failure)
          : failure.status.message(),
      out);
  out += ",\"instance\":";
  base::AppendJsonString(Cut(instance), out);
  out += ",\"code\":\"";
  out += CodeName(failure.status.code());
  out += "\",\"reason\":";
  base::AppendJsonString(InfoOf(failure).reason(), out);
  out += ",\"details\":";
  WriteJsonField(failure.status,
                 *google::rpc::Status::descriptor()->FindFieldByNumber(
                     google::rpc::Status::kDetailsFieldNumber),
                 {}, out);
  out += "}";
  return out;
}

}  // namespace welfare::gateway
