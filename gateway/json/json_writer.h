#pragma once

#include <memory>
#include <string>

#include "gateway/json/field_selection.h"

namespace google::protobuf {
class Message;
class FieldDescriptor;
}  // namespace google::protobuf

namespace welfare::gateway {

enum class JsonFieldCase { kLowerCamel, kSnake };

struct JsonWriterOptions {
  JsonFieldCase field_case = JsonFieldCase::kLowerCamel;
  // Of what is written as a whole; null: all of it.
  std::shared_ptr<const FieldSelection> fields = nullptr;
};

// Appends `message` as proto3 JSON without white space.
//
// Fields stand in the order of the proto, those that are not selected left out;
// scalars without presence, empty lists and empty maps are written too; unset
// `optional` fields, messages and oneof members are left out; map entries are
// sorted by key. 64-bit integers are texts, 32-bit integers numbers; floats are
// the shortest text that reads back equal. Timestamp, Duration, FieldMask,
// Struct, Value, ListValue and the wrappers have their own forms. An Any whose
// type the message's pool does not know, or that does not parse, is left out,
// alone or in a list.
//
// Any thread. REQUIRES: strings are UTF-8, which proto3 parsing has checked.
void WriteJson(const google::protobuf::Message& message,
               const JsonWriterOptions& options, std::string& out);

// Appends the value of one field of `message`, as WriteJson would write it.
void WriteJsonField(const google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field,
                    const JsonWriterOptions& options, std::string& out);

}  // namespace welfare::gateway
