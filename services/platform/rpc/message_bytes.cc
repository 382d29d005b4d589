#include "services/platform/rpc/message_bytes.h"

#include <grpc/slice.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include "services/platform/errors.h"

namespace welfare::platform {
namespace {

// Below this a copy costs less than what it takes to share.
constexpr std::size_t kSharedFrom = 4096;

grpc::Slice ShareAsSlice(const SharedBytes& bytes) {
  if (bytes->size() < kSharedFrom) return {bytes->data(), bytes->size()};
  auto held = std::make_unique<SharedBytes>(bytes);
  // gRPC writes to no slice that it was given.
  return {const_cast<char*>(bytes->data()), bytes->size(),
          [](void* taken) { delete static_cast<SharedBytes*>(taken); },
          held.release()};
}

}  // namespace

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadMessage(
    const google::protobuf::Message& type, const grpc::ByteBuffer& bytes) {
  std::unique_ptr<google::protobuf::Message> message(type.New());
  if (!bytes.Valid()) return message;
  bool readable = false;
  // A small message lies in one piece, a large one in those it came in.
  if (grpc::Slice slice; bytes.TrySingleSlice(&slice).ok()) {
    readable =
        message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  } else {
    grpc::ByteBuffer pieces = bytes;  // refers to them
    grpc::ProtoBufferReader reader(&pieces);
    readable =
        reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
  }
  if (!readable) return MessageUnreadable();
  return message;
}

void Reply::Clear() {
  if (message_ != nullptr) message_->Clear();
  bytes_ = nullptr;
}

absl::Status Reply::Write(grpc::ByteBuffer& bytes) const {
  const std::size_t size =
      message_ == nullptr ? bytes_->size() : message_->ByteSizeLong();
  if (size > kMostReplyBytes) return ReplyTooLarge(size);
  grpc::Slice slice;
  if (message_ == nullptr) {
    slice = ShareAsSlice(bytes_);
  } else {
    // Its size is known by now, so one piece holds it.
    grpc_slice piece = grpc_slice_malloc(size);
    message_->SerializeWithCachedSizesToArray(GRPC_SLICE_START_PTR(piece));
    slice = grpc::Slice(piece, grpc::Slice::STEAL_REF);
  }
  grpc::ByteBuffer(&slice, 1).Swap(&bytes);
  return absl::OkStatus();
}

}  // namespace welfare::platform
