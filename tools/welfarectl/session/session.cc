#include "tools/welfarectl/session/session.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/channel.h"

namespace welfare::ctl {
namespace {

int ExitCodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kNotAllowed;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return kRefused;
    default:
      return kFailure;
  }
}

// What of an error's metadata helps a person to put it right.
constexpr std::pair<const char*, const char*> kShownMetadata[] = {
    {"candidates", "candidates"},
    {"etag", "current etag"},
    {"sent", "etag sent"},
};

const char* Advice(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return "Is the platform running, and is --server right? Then run the "
             "same command again; what was acknowledged is kept.";
    case absl::StatusCode::kDeadlineExceeded:
      return "Run it again, with a longer --timeout if need be.";
    case absl::StatusCode::kAborted:
      return "Somebody else changed it: read it again and repeat the change.";
    case absl::StatusCode::kUnauthenticated:
      return "Give a valid token with --token-file.";
    default:
      return nullptr;
  }
}

}  // namespace

Output Session::output() const {
  if (options.output == "json") return Output::kJson;
  if (options.output == "csv") return Output::kCsv;
  return Output::kTable;
}

std::shared_ptr<grpc::Channel> Session::channel() {
  if (channel_ == nullptr) channel_ = NewChannel(options.server);
  return channel_;
}

std::chrono::microseconds Session::timeout() const {
  // Three years are for ever, and the clocks can still count them.
  return std::chrono::microseconds(
      static_cast<std::int64_t>(std::min(options.timeout_seconds, 1e8) * 1e6));
}

std::string Session::round_name(int fiscal_year) const {
  return survey_name() + "/rounds/" + std::to_string(fiscal_year);
}

std::string Session::codebook_name(const std::string& id) const {
  return survey_name() + "/codebooks/" + id;
}

std::string Session::NewRequestId() {
  std::random_device random;
  unsigned char bytes[16];
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string id;
  for (int i = 0; i < 16; ++i) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", bytes[i]);
    id += hex;
    if (i == 3 || i == 5 || i == 7 || i == 9) id += '-';
  }
  return id;
}

int Fail(const CallStatus& status) {
  std::cerr << "Error: " << status.message << "\n";
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::PreconditionFailure failure;
  if (details.ParseFromString(status.details)) {
    for (const google::protobuf::Any& any : details.details()) {
      if (any.Is<google::rpc::ErrorInfo>()) {
        any.UnpackTo(&info);
      } else if (any.Is<google::rpc::BadRequest>()) {
        any.UnpackTo(&bad_request);
      } else if (any.Is<google::rpc::PreconditionFailure>()) {
        any.UnpackTo(&failure);
      }
    }
  }
  if (!info.reason().empty()) {
    std::cerr << "  reason: " << info.reason() << " (" << info.domain()
              << ")\n";
  }
  for (const auto& [key, label] : kShownMetadata) {
    const auto found = info.metadata().find(key);
    if (found != info.metadata().end() && !found->second.empty()) {
      std::cerr << "  " << label << ": " << found->second << "\n";
    }
  }
  // Details are cut to what a channel carries; how many there were is told.
  const auto total = info.metadata().find("violations_total");
  if (total != info.metadata().end()) {
    std::cerr << "  " << total->second << " problems; "
              << bad_request.field_violations_size() << " shown:\n";
  }
  for (const auto& violation : bad_request.field_violations()) {
    std::cerr << "  - " << violation.field() << ": " << violation.description()
              << "\n";
  }
  for (const auto& violation : failure.violations()) {
    std::cerr << "  - " << violation.subject() << ": "
              << violation.description() << "\n";
  }
  if (const char* advice = Advice(status.code)) {
    std::cerr << "  " << advice << "\n";
  }
  return ExitCodeOf(status.code);
}

std::string ReasonOf(const CallStatus& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.details)) return "";
  for (const google::protobuf::Any& any : details.details()) {
    if (any.UnpackTo(&info)) return info.reason();
  }
  return "";
}

int Fail(const absl::Status& status) {
  std::cerr << "Error: " << base::MessageOf(status) << "\n";
  if (const auto details = base::GetErrorDetails(status)) {
    std::cerr << "  reason: " << details->reason << "\n";
    for (const base::Violation& violation : details->violations) {
      std::cerr << "  - " << violation.field << ": " << violation.description
                << "\n";
    }
  }
  return kFailure;
}

}  // namespace welfare::ctl
