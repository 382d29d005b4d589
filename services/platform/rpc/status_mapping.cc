#include "services/platform/rpc/status_mapping.h"

#include <google/protobuf/any.pb.h>

#include <chrono>
#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"

namespace welfare::platform {
namespace {

constexpr std::string_view kTotal = "violations_total";

bool HidesItself(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal ||
         code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

std::string Shorten(std::string_view message) {
  if (message.size() <= kMaxMessageBytes) return std::string(message);
  std::size_t end = kMaxMessageBytes - 3;
  // Not inside a UTF-8 character.
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(message.substr(0, end)) + "...";
}

// Leaves out the last violations of `bad_request` until it and `used` bytes
// fit in `max_bytes`, and says so in `info`.
void Fit(google::rpc::BadRequest& bad_request, google::rpc::ErrorInfo& info,
         std::size_t used, std::size_t max_bytes) {
  // Tag and length of a violation take no more than this.
  constexpr std::size_t kFraming = 5;
  const int total = bad_request.field_violations_size();
  std::size_t size = used;
  int kept = 0;
  while (kept < total) {
    size += bad_request.field_violations(kept).ByteSizeLong() + kFraming;
    if (size > max_bytes) break;
    ++kept;
  }
  bad_request.mutable_field_violations()->DeleteSubrange(kept, total - kept);
  if (bad_request.field_violations_size() < total &&
      info.metadata().count(std::string(kTotal)) == 0) {
    (*info.mutable_metadata())[std::string(kTotal)] = std::to_string(total);
  }
}

std::string ReasonFor(absl::StatusCode code, const std::string& reason) {
  return reason.empty() ? absl::StatusCodeToString(code) : reason;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view domain,
                          std::string_view request_id) {
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
  wire.set_message(Shorten(base::MessageOf(status)));
  info.set_reason(ReasonFor(status.code(), details.reason));
  for (const auto& [key, value] : details.metadata) {
    (*info.mutable_metadata())[key] = value;
  }
  google::rpc::BadRequest bad_request;
  for (const base::Violation& violation : details.violations) {
    auto* field = bad_request.add_field_violations();
    field->set_field(violation.field);
    // google.rpc of the installed package has no `reason` field here.
    field->set_description(violation.reason.empty()
                               ? violation.description
                               : violation.reason + ": " +
                                     violation.description);
  }
  Fit(bad_request, info, 2048, kMaxDetailsBytes);
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
  google::protobuf::Any* info_any = nullptr;
  google::protobuf::Any* bad_request_any = nullptr;
  for (google::protobuf::Any& any : *wire.mutable_details()) {
    if (any.Is<google::rpc::ErrorInfo>()) info_any = &any;
    if (any.Is<google::rpc::BadRequest>()) bad_request_any = &any;
  }
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  if (info_any == nullptr || bad_request_any == nullptr ||
      !info_any->UnpackTo(&info) || !bad_request_any->UnpackTo(&bad_request)) {
    return status;
  }
  // What the metadata entry about the total adds, with room to spare.
  const std::size_t others =
      wire.ByteSizeLong() - bad_request_any->ByteSizeLong() + 128;
  Fit(bad_request, info, others, max_bytes);
  info_any->PackFrom(info);
  bad_request_any->PackFrom(bad_request);
  return {status.error_code(), status.error_message(),
          wire.SerializeAsString()};
}

}  // namespace welfare::platform
