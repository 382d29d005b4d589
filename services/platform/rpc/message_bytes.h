// Messages from bytes and back. Every method takes bytes from gRPC and gives it
// bytes, so that what knows its messages is compiled once, without templates.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstddef>
#include <memory>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/cache/shared_bytes.h"

namespace welfare::platform {

// The messages of a method, by their default instances.
struct MessageTypes {
  template <typename Request, typename Response>
  static MessageTypes Of() {
    if constexpr (std::is_same_v<Response, SharedBytes>) {
      return {&Request::default_instance(), nullptr};
    } else {
      return {&Request::default_instance(), &Response::default_instance()};
    }
  }

  const google::protobuf::Message* request;
  // Null where the handler answers with bytes.
  const google::protobuf::Message* response;
};

// Makes a message of the type of `type` from what a caller sent. No bytes at
// all, as of a call without any message, are an empty message.
//
// Errors: INVALID_ARGUMENT, reason MESSAGE_UNREADABLE.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadMessage(
    const google::protobuf::Message& type, const grpc::ByteBuffer& bytes);

// What every client takes: gRPC's own limit. Each service bounds its replies
// (services/README.md); this is the net below, so that none is sent that its
// caller cannot receive, and that nobody could tell from a fault of the
// network.
inline constexpr std::size_t kMostReplyBytes = std::size_t{4} << 20;

// What a handler fills in: a message, or the bytes of one that was serialised
// before.
class Reply {
 public:
  // A message of the type of `type`; bytes where that is null.
  explicit Reply(const google::protobuf::Message* type)
      : message_(type == nullptr ? nullptr : type->New()) {}

  // REQUIRES: `Response` is of the type that the reply was made with.
  template <typename Response>
  Response& As() {
    if constexpr (std::is_same_v<Response, SharedBytes>) {
      return bytes_;
    } else {
      return static_cast<Response&>(*message_);
    }
  }

  // Empty again, for the next one of a stream.
  void Clear();

  // Serialises a message; shares bytes.
  //
  // Errors: RESOURCE_EXHAUSTED, reason REPLY_TOO_LARGE.
  absl::Status Write(grpc::ByteBuffer& bytes) const;

 private:
  std::unique_ptr<google::protobuf::Message> message_;
  SharedBytes bytes_;
};

}  // namespace welfare::platform
