// Calls of any method of the contract, made without its stub.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace welfare::access {

// How a call ended, and all that its caller was shown.
struct Answer {
  absl::Status status = {};
  std::string reason = {};  // of an error
  std::vector<std::unique_ptr<google::protobuf::Message>> messages = {};
  std::string bytes = {};  // what is no message: a download over HTTP
};

using Requests = std::vector<const google::protobuf::Message*>;

// An empty message of the type.
std::unique_ptr<google::protobuf::Message> MakeMessage(
    const google::protobuf::Descriptor& type);

// Makes one call with this metadata, and reads all that is answered; of an
// endless stream the first message.
Answer CallAny(const std::shared_ptr<grpc::Channel>& channel,
               const google::protobuf::MethodDescriptor& method,
               const Requests& requests,
               const std::map<std::string, std::string>& metadata);

}  // namespace welfare::access
