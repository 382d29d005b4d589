// Calls of any method of the contract, made without its stub.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/access/identity.h"
#include "services/platform/rpc/call_context.h"

namespace welfare::access {

// How a call ended, and all that its caller was shown.
struct Answer {
  absl::Status status;
  std::vector<std::unique_ptr<google::protobuf::Message>> messages;
};

using Requests = std::vector<const google::protobuf::Message*>;

// An empty message of the type.
std::unique_ptr<google::protobuf::Message> MakeMessage(
    const google::protobuf::Descriptor& type);

// Makes one call as `who`, or as a peer that says nothing of itself, and reads
// all that is answered; of an endless stream the first message.
Answer CallAny(const std::shared_ptr<grpc::Channel>& channel,
               const google::protobuf::MethodDescriptor& method,
               const Requests& requests, const std::optional<Identity>& who);

// The identity hook of who is called so: believes CallAny's word for the
// process at the other end, as a certificate would prove it.
absl::StatusOr<Identity> IdentifyAny(const platform::MetadataLookup& metadata,
                                     std::string_view peer);

}  // namespace welfare::access
