#include "gateway/json/json_reader.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <simdjson.h>

#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>

#include "gateway/error_table.h"
#include "gateway/json/field_value.h"
#include "gateway/routes/field_path.h"
#include "gateway/routes/text.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using simdjson::dom::element;
using simdjson::dom::element_type;

// Bytes of a text whose buffers are kept for the next one.
constexpr std::size_t kKeptCapacity = std::size_t{256} << 10;

ValueWord NameOf(element_type type) {
  switch (type) {
    case element_type::ARRAY:
      return {"a list", "リスト"};
    case element_type::OBJECT:
      return {"an object", "オブジェクト"};
    case element_type::STRING:
      return {"a text", "文字列"};
    case element_type::BOOL:
      return {"true or false", "true か false"};
    case element_type::NULL_VALUE:
      return {"null", "null"};
    default:
      return {"a number", "数値"};
  }
}

ValueWord Wanted(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return {"a text", "文字列"};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {"true or false", "true か false"};
    case FieldDescriptor::CPPTYPE_ENUM:
      return {"the name of a value", "値の名前"};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return {"an object", "オブジェクト"};
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return {"a number", "数値"};
    default:
      return {"an integer", "整数"};
  }
}

// An element as an integer, when it is a JSON number with an integral value
// that a double holds exactly (1e3 and 2.0 are integers in proto3 JSON).
template <typename Integer>
std::optional<Integer> ToInteger(element value) {
  if (value.type() == element_type::INT64) {
    const std::int64_t number = value.get_int64().value_unsafe();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  } else if (value.type() == element_type::UINT64) {
    const std::uint64_t number = value.get_uint64().value_unsafe();
    if (std::in_range<Integer>(number)) return static_cast<Integer>(number);
  } else if (value.type() == element_type::DOUBLE) {
    const double number = value.get_double().value_unsafe();
    constexpr double kExact = 9007199254740992.0;  // 2^53
    if (std::abs(number) <= kExact && number == std::trunc(number)) {
      const auto whole = static_cast<std::int64_t>(number);
      if (std::in_range<Integer>(whole)) return static_cast<Integer>(whole);
    }
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(std::string_view prefix, JsonReport& report)
      : path_(prefix), report_(report) {}

  void ReadMessage(element value, Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    switch (descriptor.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return ReadObject(value, message);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return Violate(FaultRow("FIELD_UNSUPPORTED"));
      case Descriptor::WELLKNOWNTYPE_STRUCT:
        return ReadStruct(value, message);
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return ReadListValue(value, message);
      case Descriptor::WELLKNOWNTYPE_VALUE:
        return ReadValue(value, message);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      case Descriptor::WELLKNOWNTYPE_DURATION:
      case Descriptor::WELLKNOWNTYPE_FIELDMASK: {
        std::string_view text;
        if (value.get_string().get(text) != simdjson::SUCCESS) {
          return Note(WrongType({"a text", "文字列"}, NameOf(value.type())));
        }
        return Note(AssignTextMessage(message, text, TextOrigin::kJson));
      }
      default:  // The wrappers are written as the bare value.
        return Note(
            AssignScalar(value, message, *descriptor.FindFieldByNumber(1)));
    }
  }

 private:
  // Puts "name" behind the path while it lives.
  class Step {
   public:
    Step(Reader& reader, std::string_view name)
        : reader_(reader), length_(reader.path_.size()) {
      if (length_ != 0) reader_.path_.push_back('.');
      reader_.path_.append(name);
    }
    Step(Reader& reader, std::size_t index)
        : reader_(reader), length_(reader.path_.size()) {
      reader_.path_.append("[" + std::to_string(index) + "]");
    }
    ~Step() { reader_.path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Reader& reader_;
    std::size_t length_;
  };

  // False where no more values are taken, since there are too many of them or
  // of what is wrong with them; then reading ends everywhere.
  bool Take() {
    if (values_ == kMaxJsonValues) report_.too_many_values = true;
    if (report_.too_many_values ||
        report_.violations.size() >= kMaxViolations) {
      return false;
    }
    ++values_;
    return true;
  }

  // The same for all that a list or an object holds, before any of it is made.
  bool Fits(std::size_t values) {
    if (values > kMaxJsonValues - values_) report_.too_many_values = true;
    return !report_.too_many_values;
  }

  void Violate(const base::ViolationRow& row,
               const base::ErrorWords& words = {}) {
    Note(base::MakeViolation(row, "", words));
  }
  void Note(Fault fault) {
    if (!fault || report_.violations.size() >= kMaxViolations) return;
    fault->field = path_;
    report_.violations.push_back(*std::move(fault));
  }

  void ReadObject(element value, Message& message) {
    simdjson::dom::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) {
      return Note(
          WrongType({"an object", "オブジェクト"}, NameOf(value.type())));
    }
    if (!Fits(object.size())) return;
    const Descriptor& descriptor = *message.GetDescriptor();
    std::set<const FieldDescriptor*> seen;
    std::unordered_set<std::string_view> unknown;
    bool any = false;
    for (const auto [key, member] : object) {
      if (!Take()) return;
      any = true;
      const FieldDescriptor* field = FindField(descriptor, key);
      const Step step(*this, field != nullptr ? field->name() : Shown(key));
      if (field == nullptr) {
        if (unknown.insert(key).second) {
          Violate(FaultRow("FIELD_UNKNOWN"), {{"type", descriptor.name()}});
        } else {
          Violate(FaultRow("FIELD_REPEATED"));
        }
        continue;
      }
      if (!seen.insert(field).second) {
        Violate(FaultRow("FIELD_REPEATED"));
        continue;
      }
      ReadField(member, message, *field);
    }
    if (!any && in_singular_) AddLeaf();
  }

  static std::string Shown(std::string_view key) { return CutUtf8(key, 64); }

  void AddLeaf() {
    if (in_singular_ && !path_.empty()) report_.leaf_paths.push_back(path_);
  }

  void ReadField(element value, Message& message,
                 const FieldDescriptor& field) {
    if (value.is_null() && !TakesNull(field)) return;
    const Reflection& reflection = *message.GetReflection();
    if (const auto* oneof = field.real_containing_oneof();
        oneof != nullptr && reflection.HasOneof(message, oneof)) {
      return Violate(
          FaultRow("FIELD_EXCLUDED"),
          {{"other",
            reflection.GetOneofFieldDescriptor(message, oneof)->name()}});
    }
    const bool plain_message = !field.is_repeated() &&
                               field.message_type() != nullptr &&
                               field.message_type()->well_known_type() ==
                                   Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
    if (plain_message) {
      return ReadMessage(value, *reflection.MutableMessage(&message, &field));
    }
    AddLeaf();
    if (field.is_map()) return ReadMap(value, message, field);
    if (field.is_repeated()) return ReadList(value, message, field);
    if (field.message_type() != nullptr) {
      return ReadMessage(value, *reflection.MutableMessage(&message, &field));
    }
    Note(AssignScalar(value, message, field));
  }

  // null is a value for google.protobuf.Value and NullValue; everywhere else
  // it means that the field is not given.
  static bool TakesNull(const FieldDescriptor& field) {
    if (field.is_repeated()) return false;
    if (field.message_type() != nullptr) {
      return field.message_type()->well_known_type() ==
             Descriptor::WELLKNOWNTYPE_VALUE;
    }
    return field.enum_type() != nullptr &&
           field.enum_type()->full_name() == "google.protobuf.NullValue";
  }

  void ReadList(element value, Message& message, const FieldDescriptor& field) {
    simdjson::dom::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) {
      return Note(WrongType({"a list", "リスト"}, NameOf(value.type())));
    }
    if (!Fits(array.size())) return;
    const bool was_singular = std::exchange(in_singular_, false);
    std::size_t index = 0;
    for (const element item : array) {
      if (!Take()) return;
      const Step step(*this, index++);
      if (field.message_type() != nullptr) {
        if (item.is_null() && field.message_type()->well_known_type() !=
                                  Descriptor::WELLKNOWNTYPE_VALUE) {
          Violate(FaultRow("FIELD_NULL"));
          continue;
        }
        ReadMessage(item,
                    *message.GetReflection()->AddMessage(&message, &field));
      } else {
        Note(AssignScalar(item, message, field));
      }
    }
    in_singular_ = was_singular;
  }

  void ReadMap(element value, Message& message, const FieldDescriptor& field) {
    simdjson::dom::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) {
      return Note(
          WrongType({"an object", "オブジェクト"}, NameOf(value.type())));
    }
    if (!Fits(2 * object.size())) return;
    const bool was_singular = std::exchange(in_singular_, false);
    const FieldDescriptor& key_field = *field.message_type()->map_key();
    const FieldDescriptor& value_field = *field.message_type()->map_value();
    std::unordered_set<std::string_view> seen;
    for (const auto [key, member] : object) {
      // The entry is a message, with two fields.
      if (!Take() || !Take()) return;
      const Step step(*this, Shown(key));
      if (!seen.insert(key).second) {
        Violate(FaultRow("FIELD_REPEATED"));
        continue;
      }
      if (member.is_null() && !TakesNull(value_field)) {
        Violate(FaultRow("FIELD_NULL"));
        continue;
      }
      Message* entry = message.GetReflection()->AddMessage(&message, &field);
      // Keys are always texts in JSON, so bool and integer keys read as in a
      // URL.
      Note(AssignText(*entry, key_field, key, TextOrigin::kUrl));
      if (value_field.message_type() != nullptr) {
        ReadMessage(member, *entry->GetReflection()->MutableMessage(
                                entry, &value_field));
      } else {
        Note(AssignScalar(member, *entry, value_field));
      }
    }
    in_singular_ = was_singular;
  }

  // Sets or appends a scalar or enum. Returns what is wrong, if anything.
  static Fault AssignScalar(element value, Message& message,
                            const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const auto put = [&](auto number, auto set, auto add) {
      if (field.is_repeated()) {
        (reflection.*add)(&message, &field, number);
      } else {
        (reflection.*set)(&message, &field, number);
      }
    };
    const auto integer = [&]<typename Integer>(Integer, auto set,
                                               auto add) -> Fault {
      const std::optional<Integer> number = ToInteger<Integer>(value);
      if (!number) return OutOfRange(value, field);
      put(*number, set, add);
      return std::nullopt;
    };
    if (value.type() == element_type::STRING) {
      // Integers and floats may stand between quotes in proto3 JSON.
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
        return WrongType(Wanted(field), NameOf(value.type()));
      }
      return AssignText(message, field, value.get_string().value_unsafe(),
                        TextOrigin::kJson);
    }
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return integer(std::int32_t{}, &Reflection::SetInt32,
                       &Reflection::AddInt32);
      case FieldDescriptor::CPPTYPE_INT64:
        return integer(std::int64_t{}, &Reflection::SetInt64,
                       &Reflection::AddInt64);
      case FieldDescriptor::CPPTYPE_UINT32:
        return integer(std::uint32_t{}, &Reflection::SetUInt32,
                       &Reflection::AddUInt32);
      case FieldDescriptor::CPPTYPE_UINT64:
        return integer(std::uint64_t{}, &Reflection::SetUInt64,
                       &Reflection::AddUInt64);
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        double number = 0;
        if (value.get_double().get(number) != simdjson::SUCCESS) break;
        put(number, &Reflection::SetDouble, &Reflection::AddDouble);
        return std::nullopt;
      }
      case FieldDescriptor::CPPTYPE_FLOAT: {
        double number = 0;
        if (value.get_double().get(number) != simdjson::SUCCESS) break;
        if (std::abs(number) >
            static_cast<double>(std::numeric_limits<float>::max())) {
          return base::MakeViolation(FaultRow("NUMBER_RANGE"), "");
        }
        put(static_cast<float>(number), &Reflection::SetFloat,
            &Reflection::AddFloat);
        return std::nullopt;
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        bool flag = false;
        if (value.get_bool().get(flag) != simdjson::SUCCESS) break;
        put(flag, &Reflection::SetBool, &Reflection::AddBool);
        return std::nullopt;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        if (value.is_null() &&
            field.enum_type()->full_name() == "google.protobuf.NullValue") {
          return AssignEnumNumber(message, field, 0);
        }
        const auto number = ToInteger<std::int64_t>(value);
        if (!number) break;
        return AssignEnumNumber(message, field, *number);
      }
      default:
        break;
    }
    return WrongType(Wanted(field), NameOf(value.type()));
  }

  static Fault OutOfRange(element value, const FieldDescriptor& field) {
    if (value.is_number()) {
      return base::MakeViolation(FaultRow("INTEGER_RANGE"), "",
                                 {{"type", field.type_name()}});
    }
    return WrongType(Wanted(field), NameOf(value.type()));
  }

  // google.protobuf.Struct, Value and ListValue: any JSON at all.
  void ReadStruct(element value, Message& message) {
    ReadMap(value, message, *message.GetDescriptor()->FindFieldByNumber(1));
  }
  void ReadListValue(element value, Message& message) {
    ReadList(value, message, *message.GetDescriptor()->FindFieldByNumber(1));
  }
  void ReadValue(element value, Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    const Reflection& reflection = *message.GetReflection();
    const auto field = [&descriptor](int number) {
      return descriptor.FindFieldByNumber(number);
    };
    switch (value.type()) {
      case element_type::NULL_VALUE:
        return reflection.SetEnumValue(&message, field(1), 0);
      case element_type::STRING:
        return Note(AssignScalar(value, message, *field(3)));
      case element_type::BOOL:
        return Note(AssignScalar(value, message, *field(4)));
      case element_type::OBJECT:
        return ReadStruct(value,
                          *reflection.MutableMessage(&message, field(5)));
      case element_type::ARRAY:
        return ReadListValue(value,
                             *reflection.MutableMessage(&message, field(6)));
      default:
        return Note(AssignScalar(value, message, *field(2)));
    }
  }

  std::string path_;
  JsonReport& report_;
  std::size_t values_ = 0;
  // False below lists and maps, whose elements are no leaves of a mask.
  bool in_singular_ = true;
};

}  // namespace

JsonReport ReadJson(std::string_view json, std::string_view path_prefix,
                    Message& message) {
  JsonReport report;
  // One parser per thread keeps its buffers between requests.
  thread_local simdjson::dom::parser parser;
  // simdjson counts the scalar inside the innermost list as a level too.
  const auto allocated =
      parser.capacity() < json.size() || parser.max_depth() != kMaxJsonDepth + 1
          ? parser.allocate(json.size() + 1, kMaxJsonDepth + 1)
          : simdjson::SUCCESS;
  if (allocated != simdjson::SUCCESS) {
    report.unreadable = base::MakeViolation(ProblemRow("JSON_SIZE"), "");
    return report;
  }
  element root;
  const simdjson::error_code error =
      parser.parse(json.data(), json.size()).get(root);
  if (error == simdjson::DEPTH_ERROR) {
    report.unreadable =
        base::MakeViolation(ProblemRow("JSON_DEPTH"), "",
                            {{"levels", std::to_string(kMaxJsonDepth)}});
    return report;
  }
  if (error != simdjson::SUCCESS) {
    report.unreadable =
        base::MakeViolation(ProblemRow("JSON_SYNTAX"), "",
                            {{"why", simdjson::error_message(error)}});
    return report;
  }
  Reader(path_prefix, report).ReadMessage(root, message);
  // The buffers of a long text are many times as long.
  if (parser.capacity() > kKeptCapacity) parser = simdjson::dom::parser();
  return report;
}

}  // namespace welfare::gateway
