#include "services/platform/rpc/wire_status.h"

#include <google/protobuf/any.pb.h>

#include <chrono>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "services/platform/rpc/fit_details.h"

namespace welfare::platform {
namespace {

// The one of both that is to be read in `language`.
const std::string& InLanguage(base::Language language,
                              const std::string& english,
                              const std::string& japanese) {
  return language == base::Language::kJapanese && !japanese.empty() ? japanese
                                                                    : english;
}

}  // namespace

google::rpc::Status ToWireStatus(const absl::Status& status,
                                 std::string_view domain,
                                 base::Language language) {
  const base::ErrorDetails details =
      base::GetErrorDetails(status).value_or(base::ErrorDetails{});
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(ShortenMessage(base::MessageOf(status)));
  google::rpc::ErrorInfo info;
  info.set_domain(std::string(domain));
  info.set_reason(details.reason.empty()
                      ? absl::StatusCodeToString(status.code())
                      : details.reason);
  for (const auto& [key, value] : details.metadata) {
    (*info.mutable_metadata())[key] = value;
  }
  wire.add_details()->PackFrom(info);
  google::rpc::BadRequest bad_request;
  for (const base::Violation& violation : details.violations) {
    auto* field = bad_request.add_field_violations();
    field->set_field(violation.field);
    const std::string& description =
        InLanguage(language, violation.description, violation.description_ja);
    field->set_description(violation.reason.empty()
                               ? description
                               : violation.reason + ": " + description);
  }
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
      violation->set_description(InLanguage(language, precondition.description,
                                            precondition.description_ja));
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
    localized.set_message(ShortenMessage(details.message_ja));
    wire.add_details()->PackFrom(localized);
  }
  FitDetails(wire, kMaxDetailsBytes);
  return wire;
}

}  // namespace welfare::platform
