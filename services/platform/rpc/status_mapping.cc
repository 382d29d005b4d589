#include "services/platform/rpc/status_mapping.h"

#include <google/protobuf/any.pb.h>

#include <chrono>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "services/platform/rpc/fit_details.h"

namespace welfare::platform {
namespace {

bool HidesItself(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal ||
         code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

std::string ReasonFor(absl::StatusCode code, const std::string& reason) {
  return reason.empty() ? absl::StatusCodeToString(code) : reason;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view domain,
                          std::string_view request_id,
                          base::Language language) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  google::rpc::ErrorInfo info;
  info.set_domain(std::string(domain));
  if (HidesItself(status.code())) {
    info.set_reason(absl::StatusCodeToString(status.code()));
    (*info.mutable_metadata())["request_id"] = std::string(request_id);
    wire.set_message("The service failed; ask its operator about request " +
                     std::string(request_id) + ".");
    wire.add_details()->PackFrom(info);
    return {code, wire.message(), wire.SerializeAsString()};
  }
  const base::ErrorDetails details =
      base::GetErrorDetails(status).value_or(base::ErrorDetails{});
  wire.set_message(ShortenMessage(base::MessageOf(status)));
  info.set_reason(ReasonFor(status.code(), details.reason));
  for (const auto& [key, value] : details.metadata) {
    (*info.mutable_metadata())[key] = value;
  }
  google::rpc::BadRequest bad_request;
  for (const base::Violation& violation : details.violations) {
    auto* field = bad_request.add_field_violations();
    field->set_field(violation.field);
    // google.rpc of the installed package has no `reason` field here.
    const std::string& description = language == base::Language::kJapanese &&
                                             !violation.description_ja.empty()
                                         ? violation.description_ja
                                         : violation.description;
    field->set_description(violation.reason.empty()
                               ? description
                               : violation.reason + ": " + description);
  }
  wire.add_details()->PackFrom(info);
  if (bad_request.field_violations_size() > 0) {
    wire.add_details()->PackFrom(bad_request);
  }
  if (details.resource.has_value()) {
    google::rpc::ResourceInfo resource;
    resource.set_resource_type(details.resource->type);
    resource.set_resource_name(details.resource->name);
    wire.add_details()->PackFrom(resource);
  }
  if (!details.preconditions.empty()) {
    google::rpc::PreconditionFailure failure;
    for (const base::ErrorPrecondition& precondition : details.preconditions) {
      auto* violation = failure.add_violations();
      violation->set_type(precondition.type);
      violation->set_subject(precondition.subject);
      violation->set_description(precondition.description);
    }
    wire.add_details()->PackFrom(failure);
  }
  if (details.retry_delay.has_value()) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(details.retry_delay->count() /
                                             1000);
    retry.mutable_retry_delay()->set_nanos(
        static_cast<int>(details.retry_delay->count() % 1000) * 1000000);
    wire.add_details()->PackFrom(retry);
  }
  if (!details.message_ja.empty()) {
    google::rpc::LocalizedMessage localized;
    localized.set_locale("ja");
    localized.set_message(details.message_ja);
    wire.add_details()->PackFrom(localized);
  }
  FitDetails(wire, kMaxDetailsBytes);
  return {code, wire.message(), wire.SerializeAsString()};
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
  google::rpc::Status wire;
  if (status.error_details().empty() ||
      !wire.ParseFromString(status.error_details())) {
    return result;
  }
  base::ErrorDetails details;
  for (const google::protobuf::Any& any : wire.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad_request;
    google::rpc::ResourceInfo resource;
    google::rpc::PreconditionFailure failure;
    google::rpc::RetryInfo retry;
    google::rpc::LocalizedMessage localized;
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.metadata = {info.metadata().begin(), info.metadata().end()};
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& field : bad_request.field_violations()) {
        base::Violation violation{.field = field.field(),
                                  .reason = {},
                                  .description = field.description()};
        const std::size_t colon = violation.description.find(": ");
        if (colon != std::string::npos &&
            violation.description.find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == colon) {
          violation.reason = violation.description.substr(0, colon);
          violation.description.erase(0, colon + 2);
        }
        details.violations.push_back(std::move(violation));
      }
    } else if (any.UnpackTo(&resource)) {
      details.resource = base::ErrorResource{.type = resource.resource_type(),
                                             .name = resource.resource_name()};
    } else if (any.UnpackTo(&failure)) {
      for (const auto& violation : failure.violations()) {
        details.preconditions.push_back(
            {.type = violation.type(),
             .subject = violation.subject(),
             .description = violation.description()});
      }
    } else if (any.UnpackTo(&retry)) {
      details.retry_delay =
          std::chrono::milliseconds(retry.retry_delay().seconds() * 1000 +
                                    retry.retry_delay().nanos() / 1000000);
    } else if (any.UnpackTo(&localized) && localized.locale() == "ja") {
      details.message_ja = localized.message();
    }
  }
  return base::WithErrorDetails(std::move(result), details);
}

grpc::Status TrimDetails(const grpc::Status& status, std::size_t max_bytes) {
  google::rpc::Status wire;
  if (status.error_details().size() <= max_bytes ||
      !wire.ParseFromString(status.error_details())) {
    return status;
  }
  FitDetails(wire, max_bytes);
  return {status.error_code(), wire.message(), wire.SerializeAsString()};
}

}  // namespace welfare::platform
