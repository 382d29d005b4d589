#include "tools/welfarectl/session/session.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/error.h"
#include "tools/welfarectl/error_table.h"
#include "tools/welfarectl/session/call.h"
#include "tools/welfarectl/session/channel.h"
#include "tools/welfarectl/session/phrase.h"

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
struct ShownMetadata {
  const char* key;
  Phrase label;
};
constexpr ShownMetadata kShownMetadata[] = {
    {"candidates", "candidates"},
    {"etag", "current etag"},
    {"sent", "etag sent"},
};

// What to do about it; empty text: the message says it.
std::string Advice(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return Say(
          "Is the platform running, and is --server right? Then run the same "
          "command again; what was acknowledged is kept.");
    case absl::StatusCode::kDeadlineExceeded:
      return Say("Run it again, with a longer --timeout if need be.");
    case absl::StatusCode::kAborted:
      return Say(
          "Somebody else changed it: read it again and repeat the change.");
    case absl::StatusCode::kUnauthenticated:
      return Say(
          "Give a valid token with --token-file, or an API key with "
          "--api-key-file.");
    default:
      return "";
  }
}

// The one of both that is read in this run.
std::string InLanguage(std::string_view english, std::string_view japanese) {
  return std::string(Spoken() == base::Language::kJapanese && !japanese.empty()
                         ? japanese
                         : english);
}

void PrintMessage(const std::string& message) {
  std::cerr << Say("Error: {message}", {{"message", message}}) << "\n";
}

void PrintReason(const std::string& reason) {
  std::cerr << "  " << Say("reason: {reason}", {{"reason", reason}}) << "\n";
}

// What gRPC 1.51 says of a connection that did not come about, and what it
// means. The first that is found counts.
struct ConnectionFault {
  std::string_view said;
  const base::ErrorRow& row;
};
constexpr ConnectionFault kConnectionFaults[] = {
    {"certificate verify failed", CtlRow("SERVER_NOT_TRUSTED")},
    {"is not in peer certificate", CtlRow("SERVER_NAME_MISMATCH")},
    {"wrong version number", CtlRow("SERVER_WITHOUT_TLS")},
    {"Endpoint read failed", CtlRow("CLIENT_NOT_ACCEPTED")},
    {"empty address list", CtlRow("TLS_FILES_UNUSABLE")},
    {"Socket closed", CtlRow("CONNECTION_CLOSED")},
};

const ConnectionFault* FaultOf(const CallStatus& status) {
  if (status.code != absl::StatusCode::kUnavailable) return nullptr;
  for (const ConnectionFault& fault : kConnectionFaults) {
    // A connection that breaks later is another matter.
    const bool at_once = status.message.starts_with("failed to connect") ||
                         status.message.starts_with("empty address list");
    if (at_once && status.message.find(fault.said) != std::string::npos) {
      return &fault;
    }
  }
  return nullptr;
}

// What the channel says where no service has answered.
absl::Status Unanswered(const CallStatus& status) {
  if (const ConnectionFault* fault = FaultOf(status)) {
    return base::MakeError(fault->row);
  }
  const auto& row = status.code == absl::StatusCode::kUnavailable
                        ? CtlRow("SERVER_UNREACHABLE")
                        : CtlRow("NO_ANSWER");
  return base::MakeError(row).Show("cause", status.message);
}

google::rpc::ErrorInfo InfoOf(const CallStatus& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.details)) return info;
  for (const google::protobuf::Any& any : details.details()) {
    if (any.UnpackTo(&info)) break;
  }
  return info;
}

}  // namespace

Output Session::output() const {
  if (options.output == "json") return Output::kJson;
  if (options.output == "csv") return Output::kCsv;
  return Output::kTable;
}

absl::Status Session::ReadFiles() {
  WELFARE_RETURN_IF_ERROR(credential_.Open(options));
  if (options.ca_file.empty()) return absl::OkStatus();
  tls_.emplace();
  for (const auto& [path, text] :
       {std::pair(&options.ca_file, &tls_->authorities),
        std::pair(&options.cert_file, &tls_->certificate),
        std::pair(&options.key_file, &tls_->key)}) {
    if (path->empty()) continue;
    std::ifstream in(*path, std::ios::binary);
    *text = std::string(std::istreambuf_iterator<char>(in),
                        std::istreambuf_iterator<char>());
    if (!in || text->empty()) {
      return base::MakeError(CtlRow("FILE_UNREADABLE")).With("path", *path);
    }
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> Session::channel() {
  if (channel_ == nullptr) channel_ = NewChannel(options.server, tls_);
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
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::PreconditionFailure failure;
  google::rpc::LocalizedMessage localized;
  if (details.ParseFromString(status.details)) {
    for (const google::protobuf::Any& any : details.details()) {
      if (any.Is<google::rpc::ErrorInfo>()) {
        any.UnpackTo(&info);
      } else if (any.Is<google::rpc::BadRequest>()) {
        any.UnpackTo(&bad_request);
      } else if (any.Is<google::rpc::PreconditionFailure>()) {
        any.UnpackTo(&failure);
      } else if (any.Is<google::rpc::LocalizedMessage>()) {
        any.UnpackTo(&localized);
      }
    }
  }
  if (details.details().empty() &&
      (status.code == absl::StatusCode::kUnavailable ||
       status.code == absl::StatusCode::kDeadlineExceeded)) {
    static_cast<void>(Fail(Unanswered(status)));
  } else if (details.details().empty() && status.message.empty()) {
    static_cast<void>(
        Fail(base::MakeError(CtlRow("ANSWER_EMPTY"))
                 .With("code", absl::StatusCodeToString(status.code))));
  } else {
    PrintMessage(InLanguage(status.message, localized.message()));
  }
  if (!info.reason().empty()) {
    PrintReason(info.reason() + " (" + info.domain() + ")");
  }
  for (const auto& [key, label] : kShownMetadata) {
    const auto found = info.metadata().find(key);
    if (found != info.metadata().end() && !found->second.empty()) {
      std::cerr << "  " << Say(label) << ": " << found->second << "\n";
    }
  }
  // The service describes them in the language it was asked in. How many there
  // were, where a channel carries fewer, stands in its message.
  for (const auto& violation : bad_request.field_violations()) {
    std::cerr << "  - " << violation.field() << ": " << violation.description()
              << "\n";
  }
  for (const auto& violation : failure.violations()) {
    std::cerr << "  - " << violation.subject() << ": "
              << violation.description() << "\n";
  }
  // A fault of the connection says itself what to do.
  if (const std::string advice = Advice(status.code);
      !advice.empty() && FaultOf(status) == nullptr) {
    std::cerr << "  " << advice << "\n";
  }
  return ExitCodeOf(status.code);
}

std::string ReasonOf(const CallStatus& status) {
  return InfoOf(status).reason();
}

std::string MetadataOf(const CallStatus& status, const std::string& key) {
  const google::rpc::ErrorInfo info = InfoOf(status);
  const auto found = info.metadata().find(key);
  return found == info.metadata().end() ? "" : found->second;
}

std::vector<FieldViolation> ViolationsOf(const CallStatus& status) {
  std::vector<FieldViolation> found;
  google::rpc::Status details;
  google::rpc::BadRequest bad_request;
  if (!details.ParseFromString(status.details)) return found;
  for (const google::protobuf::Any& any : details.details()) {
    if (!any.UnpackTo(&bad_request)) continue;
    for (const auto& violation : bad_request.field_violations()) {
      found.push_back({.field = violation.field(),
                       .description = violation.description()});
    }
  }
  return found;
}

int Fail(const absl::Status& status, ExitCode code) {
  const base::ErrorDetails details =
      base::GetErrorDetails(status).value_or(base::ErrorDetails{});
  PrintMessage(InLanguage(base::MessageOf(status), details.message_ja));
  if (!details.reason.empty()) PrintReason(details.reason);
  for (const base::Violation& violation : details.violations) {
    std::cerr << "  - " << violation.field << ": "
              << InLanguage(violation.description, violation.description_ja)
              << "\n";
  }
  return code;
}

}  // namespace welfare::ctl
