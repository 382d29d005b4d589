#include "gateway/answers/file_part.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string_view>

namespace welfare::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string TextOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, field);
}

std::int64_t NumberOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_INT64) {
    return 0;
  }
  return message.GetReflection()->GetInt64(message, field);
}

// The media type a backend names, or the one of unknown bytes.
std::string SafeContentType(const std::string& text) {
  const bool good = !text.empty() && text.size() <= 128 &&
                    text.find('/') != text.npos &&
                    std::all_of(text.begin(), text.end(),
                                [](char c) { return c >= 0x20 && c <= 0x7E; });
  return good ? text : "application/octet-stream";
}

// RFC 6266: an ASCII name for everybody, and the real one.
std::string ContentDisposition(const std::string& filename) {
  std::string ascii;
  std::string encoded;
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : filename) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                       c == '_';
    if (plain) {
      ascii.push_back(c);
      encoded.push_back(c);
    } else {
      if ((byte & 0xC0) != 0x80) ascii.push_back('_');
      encoded.push_back('%');
      encoded.push_back(kHex[byte >> 4]);
      encoded.push_back(kHex[byte & 15]);
    }
  }
  if (ascii.empty()) return "attachment";
  std::string out = "attachment; filename=\"" + ascii + "\"";
  if (ascii != filename) out += "; filename*=UTF-8''" + encoded;
  return out;
}

}  // namespace

std::vector<Header> FileHeaders(const Message& first) {
  return {
      {"content-type", SafeContentType(TextOf(first, "content_type"))},
      {"content-disposition", ContentDisposition(TextOf(first, "filename"))}};
}

std::optional<std::uint64_t> FileSize(const Message& first) {
  const std::int64_t size = NumberOf(first, "size");
  if (size <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(size);
}

std::string FileData(const Message& part) { return TextOf(part, "data"); }

}  // namespace welfare::gateway
