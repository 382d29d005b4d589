#include "tools/welfarectl/session/session.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"

namespace welfare::ctl {
namespace {

int ExitCodeOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return kOk;
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return kNotAllowed;
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ABORTED:
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

const char* Advice(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return "Is the platform running, and is --server right? Then run the "
             "same command again; what was acknowledged is kept.";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "Run it again, with a longer --timeout if need be.";
    case grpc::StatusCode::ABORTED:
      return "Somebody else changed it: read it again and repeat the change.";
    case grpc::StatusCode::UNAUTHENTICATED:
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
  if (channel_ == nullptr) {
    grpc::ChannelArguments arguments;
    arguments.SetUserAgentPrefix("welfarectl");
    // The answer to a large file may name a fault of each of its records.
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetServiceConfigJSON(
        R"({"methodConfig": [{"name": [{}], "retryPolicy": {
              "maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "2s",
              "backoffMultiplier": 3,
              "retryableStatusCodes": ["UNAVAILABLE"]}}]})");
    channel_ = grpc::CreateCustomChannel(
        options.server, grpc::InsecureChannelCredentials(), arguments);
  }
  return channel_;
}

std::chrono::microseconds Session::timeout() const {
  // Three years are for ever, and the clocks can still count them.
  return std::chrono::microseconds(
      static_cast<std::int64_t>(std::min(options.timeout_seconds, 1e8) * 1e6));
}

std::unique_ptr<grpc::ClientContext> Session::NewContext() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + timeout());
  return context;
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

int Fail(const grpc::Status& status) {
  std::cerr << "Error: " << status.error_message() << "\n";
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& any : details.details()) {
      google::rpc::ErrorInfo info;
      google::rpc::BadRequest bad_request;
      if (any.UnpackTo(&info)) {
        std::cerr << "  reason: " << info.reason() << " (" << info.domain()
                  << ")\n";
        for (const auto& [key, label] : kShownMetadata) {
          const auto found = info.metadata().find(key);
          if (found != info.metadata().end() && !found->second.empty()) {
            std::cerr << "  " << label << ": " << found->second << "\n";
          }
        }
      } else if (any.UnpackTo(&bad_request)) {
        for (const auto& violation : bad_request.field_violations()) {
          std::cerr << "  - " << violation.field() << ": "
                    << violation.description() << "\n";
        }
      }
    }
  }
  if (const char* advice = Advice(status.error_code())) {
    std::cerr << "  " << advice << "\n";
  }
  return ExitCodeOf(status.error_code());
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
