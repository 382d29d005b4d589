// How MethodTable answers WatchVersions, the same in every service.
#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/repeated_ptr_field.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "services/platform/calls/served_call.h"
#include "services/platform/rpc/message_bytes.h"

namespace welfare::platform {

using ResourceNames = google::protobuf::RepeatedPtrField<std::string>;

// At most so many names may be watched by one call, each at most so long: the
// longest that there are have two ids of 63 characters.
inline constexpr int kMostResources = 100;
inline constexpr std::size_t kLongestResource = 200;

// Errors: INVALID_ARGUMENT, reason RESOURCES_INVALID: there are too many, or a
// name is too long.
absl::Status CheckResources(const ResourceNames& resources);

// Its messages, which are no business of the platform.
struct VersionMessages {
  template <typename Request, typename Response>
  static VersionMessages Of() {
    return {
        MessageTypes::Of<Request, Response>(),
        [](const google::protobuf::Message& request) -> const ResourceNames& {
          return static_cast<const Request&>(request).resources();
        },
        [](google::protobuf::Message& response, const std::string& resource,
           std::int64_t version, const std::string& incarnation) {
          auto& entry = *static_cast<Response&>(response).add_entries();
          entry.set_resource(resource);
          entry.set_version(version);
          entry.set_incarnation(incarnation);
        }};
  }

  MessageTypes types;
  const ResourceNames& (*resources)(const google::protobuf::Message& request);
  void (*add)(google::protobuf::Message& response, const std::string& resource,
              std::int64_t version, const std::string& incarnation);
};

struct VersionMethod {
  ServedMethod served;
  VersionMessages messages;
};

// A message tells at most so many versions; what is more comes in the next. Of
// the longest names they have some 2.6 MB.
inline constexpr std::size_t kMostEntries = 10'000;

// Tells a caller the versions of the feed: all that it wants first, then what
// has changed. Takes no thread while nothing changes.
grpc::ServerWriteReactor<grpc::ByteBuffer>* AnswerVersions(
    VersionMethod& method, grpc::CallbackServerContext& context,
    const grpc::ByteBuffer& request);

}  // namespace welfare::platform
