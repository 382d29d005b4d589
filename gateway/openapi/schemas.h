#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "gateway/openapi/comments.h"

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace welfare::gateway {

// JSON whose members stand in the order in which they were added.
using Json = nlohmann::ordered_json;

// Which way a value goes: the writer and the reader of JSON differ.
enum class Use {
  // As json_writer writes it: scalars without presence, lists and maps are
  // always there, 64-bit integers are texts.
  kAnswered,
  // As json_reader takes it: what the contract says is required is, nothing
  // unknown is there, 64-bit integers may be numbers.
  kSent,
  // As kSent, in the body of a PATCH: nothing is required, because what is not
  // given does not change.
  kPatched,
};

// JSON Schemas (2020-12) of messages, which refer to each other as
// #/components/schemas. Not thread-safe.
class Schemas {
 public:
  // `comments` outlives it.
  explicit Schemas(const Comments& comments) : comments_(comments) {}

  // The schema of a message: a reference to one of components(), or that of
  // the text (or any JSON) which stands for it.
  Json OfMessage(const google::protobuf::Descriptor& message, Use use);
  // The schema of what a field holds, a list and a map included.
  Json OfField(const google::protobuf::FieldDescriptor& field, Use use);
  // The same with what the contract says of the field: its description and
  // behaviour.
  Json OfDescribedField(const google::protobuf::FieldDescriptor& field,
                        Use use);
  // The schema of a message inside of an Any, told by its "@type".
  Json OfDetail(const google::protobuf::Descriptor& message);

  // The path of some route gives `field`, so that a body need not.
  void AddBound(const google::protobuf::FieldDescriptor& field) {
    bound_.insert(&field);
  }

  // A schema of the gateway's own, `name` without a dot.
  void Add(const std::string& name, Json schema);

  // All that was referred to, by name.
  Json Components() const;

 private:
  Json OfValue(const google::protobuf::FieldDescriptor& field, Use use);
  Json OfEnum(const google::protobuf::EnumDescriptor& type);
  Json Object(const google::protobuf::Descriptor& message, Use use);
  // What is said of a message, an enum or a field, put before `schema`.
  Json Described(const std::string& full_name, const std::string& summary_ja,
                 Json schema) const;

  bool Needed(const google::protobuf::FieldDescriptor& field, Use use) const;

  const Comments& comments_;
  std::set<const google::protobuf::FieldDescriptor*> bound_;
  std::map<std::string, Json> components_;
};

// "#/components/schemas/<name>".
Json SchemaReference(const std::string& name);

}  // namespace welfare::gateway
