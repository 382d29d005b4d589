#include "gateway/requests/request_identity.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <optional>

namespace welfare::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

// The length of the last `field` of the message, which is the one that counts;
// 0 when there is none, nothing when the bytes are no message.
std::optional<std::uint32_t> LengthOf(int field, const std::string& message) {
  CodedInputStream in(reinterpret_cast<const std::uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  const std::uint32_t wanted =
      WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  std::uint32_t length = 0;
  while (in.CurrentPosition() < static_cast<int>(message.size())) {
    const std::uint32_t tag = in.ReadTag();
    if (tag == wanted) {
      if (!in.ReadVarint32(&length) || !in.Skip(static_cast<int>(length))) {
        return std::nullopt;
      }
    } else if (tag == 0 || !WireFormatLite::SkipField(&in, tag)) {
      return std::nullopt;
    }
  }
  return length;
}

}  // namespace

int RequestIdField(const google::protobuf::Descriptor& request) {
  const FieldDescriptor* field = request.FindFieldByName("request_id");
  const bool fits = field != nullptr && !field->is_repeated() &&
                    field->type() == FieldDescriptor::TYPE_STRING;
  return fits ? field->number() : 0;
}

void GiveRequestId(int field, const std::function<std::string()>& make_id,
                   std::string& message) {
  if (field == 0 || LengthOf(field, message) != 0U) return;
  const std::string id = make_id();
  std::uint8_t head[10];  // two varints of at most five bytes
  std::uint8_t* end = CodedOutputStream::WriteTagToArray(
      WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED),
      head);
  end = CodedOutputStream::WriteVarint32ToArray(
      static_cast<std::uint32_t>(id.size()), end);
  message.append(reinterpret_cast<const char*>(head),
                 static_cast<std::size_t>(end - head));
  message += id;
}

}  // namespace welfare::gateway
