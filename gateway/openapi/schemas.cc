#include "gateway/openapi/schemas.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <cstdint>
#include <limits>
#include <utility>

#include "gateway/json/field_value.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::gateway {
namespace {

namespace options = ::welfare::options::v1;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

options::FieldBehavior BehaviorOf(const FieldDescriptor& field) {
  return field.options().GetExtension(options::behavior);
}

std::string SummaryOf(const Descriptor& message) {
  return message.options().GetExtension(options::message_summary_ja);
}

Json TextSchema() { return {{"type", "string"}}; }

// Proto3 JSON spells 64-bit integers as texts, because JavaScript's numbers
// end at 2^53.
Json LongInteger(Use use, const char* format, const char* pattern) {
  Json schema;
  if (use == Use::kAnswered) {
    schema["type"] = "string";
  } else {
    schema["type"] = {"string", "integer"};
  }
  schema["format"] = format;
  schema["pattern"] = pattern;
  return schema;
}

template <typename Integer>
Json ShortInteger(const char* format) {
  return {{"type", "integer"},
          {"format", format},
          {"minimum", std::numeric_limits<Integer>::min()},
          {"maximum", std::numeric_limits<Integer>::max()}};
}

// JSON has no number for these three.
Json FloatingSchema(const char* format) {
  return {{"anyOf",
           {{{"type", "number"}, {"format", format}},
            {{"type", "string"}, {"enum", {"NaN", "Infinity", "-Infinity"}}}}}};
}

constexpr char kSignedDigits[] = "^-?(0|[1-9][0-9]*)$";
constexpr char kDigits[] = "^(0|[1-9][0-9]*)$";

Json MapKeys(const FieldDescriptor& key) {
  switch (key.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Json::object();
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"enum", {"true", "false"}}};
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return {{"pattern", kDigits}};
    default:
      return {{"pattern", kSignedDigits}};
  }
}

std::string SchemaName(const Descriptor& message, Use use) {
  switch (use) {
    case Use::kAnswered:
      return message.full_name();
    case Use::kSent:
      return message.full_name() + "-Input";
    case Use::kPatched:
      return message.full_name() + "-Patch";
  }
  return message.full_name();
}

// At most one member of each oneof: no two of them are there together.
Json Excluded(const Descriptor& message) {
  Json pairs = Json::array();
  for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
    const OneofDescriptor& oneof = *message.oneof_decl(i);
    for (int left = 0; left < oneof.field_count(); ++left) {
      for (int right = left + 1; right < oneof.field_count(); ++right) {
        pairs.push_back({{"required",
                          {oneof.field(left)->json_name(),
                           oneof.field(right)->json_name()}}});
      }
    }
  }
  return pairs;
}

}  // namespace

Json SchemaReference(const std::string& name) {
  return {{"$ref", "#/components/schemas/" + name}};
}

Json Schemas::Described(const std::string& full_name,
                        const std::string& summary_ja, Json schema) const {
  Json out = Json::object();
  if (!summary_ja.empty()) out["x-summary-ja"] = summary_ja;
  const Comment& comment = comments_.Of(full_name);
  if (!comment.text.empty()) out["description"] = comment.text;
  out.update(schema);
  return out;
}

Json Schemas::OfEnum(const EnumDescriptor& type) {
  if (type.full_name() == "google.protobuf.NullValue") {
    return {{"type", "null"}};
  }
  const std::string& name = type.full_name();
  if (components_.contains(name)) return SchemaReference(name);
  Json values = Json::array();
  Json descriptions = Json::object();
  Json summaries = Json::object();
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    values.push_back(value.name());
    const std::string& said =
        comments_.Of(type.full_name() + "." + value.name()).text;
    if (!said.empty()) descriptions[value.name()] = said;
    const std::string summary =
        value.options().GetExtension(options::value_summary_ja);
    if (!summary.empty()) summaries[value.name()] = summary;
  }
  Json schema = {{"type", "string"}, {"enum", std::move(values)}};
  if (!descriptions.empty()) {
    schema["x-enum-descriptions"] = std::move(descriptions);
  }
  if (!summaries.empty()) {
    schema["x-enum-summaries-ja"] = std::move(summaries);
  }
  components_[name] =
      Described(name, type.options().GetExtension(options::enum_summary_ja),
                std::move(schema));
  return SchemaReference(name);
}

Json Schemas::OfValue(const FieldDescriptor& field, Use use) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return ShortInteger<std::int32_t>("int32");
    case FieldDescriptor::CPPTYPE_UINT32:
      return ShortInteger<std::uint32_t>("uint32");
    case FieldDescriptor::CPPTYPE_INT64:
      return LongInteger(use, "int64", kSignedDigits);
    case FieldDescriptor::CPPTYPE_UINT64:
      return LongInteger(use, "uint64", kDigits);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return FloatingSchema("double");
    case FieldDescriptor::CPPTYPE_FLOAT:
      return FloatingSchema("float");
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_ENUM:
      return OfEnum(*field.enum_type());
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) {
        return {{"type", "string"}, {"contentEncoding", "base64"}};
      }
      return TextSchema();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return OfMessage(*field.message_type(), use);
  }
  return Json::object();
}

Json Schemas::OfField(const FieldDescriptor& field, Use use) {
  // A list or a map that a PATCH gives is given whole.
  const Use inner =
      use == Use::kPatched && field.is_repeated() ? Use::kSent : use;
  if (field.is_map()) {
    Json schema = {{"type", "object"},
                   {"additionalProperties",
                    OfValue(*field.message_type()->map_value(), inner)}};
    Json keys = MapKeys(*field.message_type()->map_key());
    if (!keys.empty()) schema["propertyNames"] = std::move(keys);
    return schema;
  }
  if (field.is_repeated()) {
    return {{"type", "array"}, {"items", OfValue(field, inner)}};
  }
  return OfValue(field, use);
}

Json Schemas::OfDescribedField(const FieldDescriptor& field, Use use) {
  Json schema =
      Described(field.full_name(),
                field.options().GetExtension(options::field_summary_ja),
                OfField(field, use));
  const options::FieldBehavior behavior = BehaviorOf(field);
  if (behavior == options::FIELD_BEHAVIOR_OUTPUT_ONLY &&
      use != Use::kAnswered) {
    schema["readOnly"] = true;
  } else if (behavior == options::FIELD_BEHAVIOR_IMMUTABLE) {
    schema["x-immutable"] = true;
  } else if (behavior == options::FIELD_BEHAVIOR_IDENTIFIER) {
    schema["x-identifier"] = true;
  }
  if (field.options().GetExtension(options::personal_data)) {
    schema["x-personal-data"] = true;
  }
  return schema;
}

bool Schemas::Needed(const FieldDescriptor& field, Use use) const {
  switch (use) {
    case Use::kAnswered:
      return !field.has_presence();  // the writer writes it whatever it holds
    case Use::kSent:
      return BehaviorOf(field) == options::FIELD_BEHAVIOR_REQUIRED &&
             !bound_.contains(&field);
    case Use::kPatched:
      return false;
  }
  return false;
}

Json Schemas::Object(const Descriptor& message, Use use) {
  Json properties = Json::object();
  Json required = Json::array();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    properties[field.json_name()] = OfDescribedField(field, use);
    if (Needed(field, use)) required.push_back(field.json_name());
  }
  Json schema = {{"type", "object"}};
  if (!properties.empty()) schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  if (Json pairs = Excluded(message); !pairs.empty()) {
    schema["not"] = {{"anyOf", std::move(pairs)}};
  }
  // Whoever reads an answer must pass over what a later version adds.
  if (use != Use::kAnswered) schema["additionalProperties"] = false;
  return schema;
}

Json Schemas::OfMessage(const Descriptor& message, Use use) {
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      break;
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return {{"type", "string"}, {"format", "date-time"}};
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return {{"type", "string"},
              {"pattern", "^-?(0|[1-9][0-9]*)(\\.[0-9]{1,9})?s$"}};
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return {{"type", "string"},
              {"pattern", "^([A-Za-z0-9_.*]+(,[A-Za-z0-9_.*]+)*)?$"}};
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return {{"type", "object"}, {"additionalProperties", true}};
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return {{"type", "array"}, {"items", Json::object()}};
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return Json::object();
    case Descriptor::WELLKNOWNTYPE_ANY:
      // The reader takes none.
      if (use != Use::kAnswered) return {{"not", Json::object()}};
      return {{"type", "object"},
              {"properties", {{"@type", TextSchema()}}},
              {"required", {"@type"}},
              {"additionalProperties", true}};
    default:  // The wrappers are written as the bare value.
      return OfValue(*message.FindFieldByNumber(1), use);
  }
  const std::string name = SchemaName(message, use);
  if (!components_.contains(name)) {
    components_[name];  // referred to from within
    components_[name] = Described(message.full_name(), SummaryOf(message),
                                  Object(message, use));
  }
  return SchemaReference(name);
}

Json Schemas::OfDetail(const Descriptor& message) {
  const std::string& name = message.full_name();
  if (!components_.contains(name)) {
    Json object = Object(message, Use::kAnswered);
    Json properties = {{"@type", {{"const", "type.googleapis.com/" + name}}}};
    properties.update(object["properties"]);
    object["properties"] = std::move(properties);
    Json required = Json::array({"@type"});
    for (const Json& field : object.value("required", Json::array())) {
      required.push_back(field);
    }
    object["required"] = std::move(required);
    components_[name] = Described(name, SummaryOf(message), std::move(object));
  }
  return SchemaReference(name);
}

void Schemas::Add(const std::string& name, Json schema) {
  components_[name] = std::move(schema);
}

Json Schemas::Components() const {
  Json out = Json::object();
  for (const auto& [name, schema] : components_) out[name] = schema;
  return out;
}

}  // namespace welfare::gateway
