#include "gateway/requests/request_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// As deep as protobuf itself reads; what lies deeper is refused there.
constexpr int kMaxDepth = 100;

class Counter {
 public:
  explicit Counter(std::size_t limit) : left_(limit) {}

  bool exceeded() const { return exceeded_; }

  // Counts the fields of a message up to the current limit of `in`. False where
  // counting has ended, for whatever reason.
  bool Count(CodedInputStream& in, const Descriptor& type, int depth) {
    while (const std::uint32_t tag = in.ReadTag()) {
      if (left_ == 0) {
        exceeded_ = true;
        return false;
      }
      --left_;
      switch (WireFormatLite::GetTagWireType(tag)) {
        case WireFormatLite::WIRETYPE_START_GROUP:
        case WireFormatLite::WIRETYPE_END_GROUP:
          // What a group holds is counted by the same loop.
          break;
        case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
          std::uint32_t length = 0;
          if (!in.ReadVarint32(&length)) return false;
          const FieldDescriptor* field =
              type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
          const bool message = field != nullptr &&
                               field->type() == FieldDescriptor::TYPE_MESSAGE;
          if (!message || depth == kMaxDepth) {
            if (!in.Skip(static_cast<int>(length))) return false;
            break;
          }
          const auto outer = in.PushLimit(static_cast<int>(length));
          const bool whole = Count(in, *field->message_type(), depth + 1) &&
                             in.BytesUntilLimit() == 0;
          in.PopLimit(outer);
          if (!whole) return false;
          break;
        }
        default:
          if (!WireFormatLite::SkipField(&in, tag)) return false;
      }
    }
    return true;
  }

 private:
  std::size_t left_;
  bool exceeded_ = false;
};

}  // namespace

bool HoldsMoreFields(std::string_view message, const Descriptor& type,
                     std::size_t limit) {
  // Each takes a byte at least.
  if (message.size() <= limit) return false;
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  Counter counter(limit);
  counter.Count(in, type, 0);
  return counter.exceeded();
}

int WaitField(const Descriptor& request) {
  const FieldDescriptor* field = request.FindFieldByName("min_version");
  const bool fits = field != nullptr && !field->is_repeated() &&
                    field->type() == FieldDescriptor::TYPE_INT64;
  return fits ? field->number() : 0;
}

bool HoldsNumber(int field, std::string_view message) {
  if (field == 0) return false;
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  const std::uint32_t wanted =
      WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_VARINT);
  std::uint64_t value = 0;
  while (in.CurrentPosition() < static_cast<int>(message.size())) {
    const std::uint32_t tag = in.ReadTag();
    const bool read = tag == wanted
                          ? in.ReadVarint64(&value)
                          : tag != 0 && WireFormatLite::SkipField(&in, tag);
    if (!read) return false;
  }
  return value != 0;
}

}  // namespace welfare::gateway
