#include "services/platform/rpc/status_mapping.h"

#include <google/protobuf/any.pb.h>

#include <chrono>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "services/platform/rpc/fit_details.h"
#include "services/platform/rpc/wire_status.h"

namespace welfare::platform {
namespace {

// What a caller can put nothing right about may name what is within. A loss
// that is named in both languages is meant for callers: a damaged audit log is
// what its reader looks for.
bool HidesItself(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kDataLoss) {
    const auto details = base::GetErrorDetails(status);
    return !details.has_value() || details->message_ja.empty();
  }
  return status.code() == absl::StatusCode::kInternal ||
         status.code() == absl::StatusCode::kUnknown;
}

// INTERNAL, UNKNOWN and DATA_LOSS as callers see them.
constexpr char kFailed[] =
    "The service failed; ask its operator about request {request_id}.";
constexpr char kFailedJapanese[] =
    "サービスで障害が発生しました。要求番号 {request_id} "
    "を添えて、管理者に問い合わせてください。";

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view domain,
                          std::string_view request_id,
                          base::Language language) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status wire;
  if (HidesItself(status)) {
    const std::string reason = absl::StatusCodeToString(status.code());
    wire = ToWireStatus(base::MakeError({.reason = reason,
                                         .code = status.code(),
                                         .message = kFailed,
                                         .message_ja = kFailedJapanese})
                            .With("request_id", request_id),
                        domain, language);
  } else {
    wire = ToWireStatus(status, domain, language);
  }
  return {static_cast<grpc::StatusCode>(wire.code()), wire.message(),
          wire.SerializeAsString()};
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
