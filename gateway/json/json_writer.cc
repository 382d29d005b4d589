#include "gateway/json/json_writer.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/routes/text.h"
#include "services/base/coding/base64.h"
#include "services/base/coding/json_text.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <typename Number>
void AppendNumber(Number number, std::string& out) {
  // 32 bytes hold the shortest form of any double and any 64-bit integer.
  std::array<char, 32> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out.append(buffer.data(), end);
}

template <typename Float>
void AppendFloat(Float number, std::string& out) {
  if (std::isnan(number)) {
    out.append("\"NaN\"");
  } else if (std::isinf(number)) {
    out.append(number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  } else {
    AppendNumber(number, out);
  }
}

void AppendDigits(int value, int width, std::string& out) {
  std::string digits = std::to_string(value);
  out.append(static_cast<std::size_t>(
                 std::max(0, width - static_cast<int>(digits.size()))),
             '0');
  out.append(digits);
}

// ".5" in 0, 3, 6 or 9 places, as the proto3 mapping asks.
void AppendFraction(int nanos, std::string& out) {
  if (nanos == 0) return;
  out.push_back('.');
  if (nanos % 1000000 == 0) {
    AppendDigits(nanos / 1000000, 3, out);
  } else if (nanos % 1000 == 0) {
    AppendDigits(nanos / 1000, 6, out);
  } else {
    AppendDigits(nanos, 9, out);
  }
}

class Writer {
 public:
  Writer(const JsonWriterOptions& options, std::string& out)
      : options_(options), selected_(options.fields.get()), out_(out) {}

  void WriteMessage(const Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    switch (descriptor.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        out_.push_back('{');
        WriteFields(message, /*first=*/true);
        out_.push_back('}');
        return;
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        return WriteTimestamp(message);
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return WriteDuration(message);
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        return WriteFieldMask(message);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return WriteAny(message);
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return WriteField(message, *descriptor.FindFieldByNumber(1));
      case Descriptor::WELLKNOWNTYPE_VALUE: {
        const FieldDescriptor* kind =
            message.GetReflection()->GetOneofFieldDescriptor(
                message, descriptor.oneof_decl(0));
        if (kind == nullptr) {
          out_.append("null");
        } else {
          WriteField(message, *kind);
        }
        return;
      }
      default:  // The wrappers.
        return WriteField(message, *descriptor.FindFieldByNumber(1));
    }
  }

  void WriteField(const Message& message, const FieldDescriptor& field) {
    if (field.is_map()) return WriteMap(message, field);
    if (!field.is_repeated()) return WriteSingular(message, field);
    const Reflection& reflection = *message.GetReflection();
    out_.push_back('[');
    const int size = reflection.FieldSize(message, &field);
    bool first = true;
    for (int i = 0; i < size; ++i) {
      if (field.message_type() != nullptr) {
        const Message& item = reflection.GetRepeatedMessage(message, &field, i);
        if (!CanWrite(item)) continue;
        Separate(first);
        WriteMessage(item);
      } else {
        Separate(first);
        WriteRepeatedScalar(message, field, i);
      }
    }
    out_.push_back(']');
  }

 private:
  void Separate(bool& first) {
    if (!first) out_.push_back(',');
    first = false;
  }

  void WriteFields(const Message& message, bool first) {
    const Descriptor& descriptor = *message.GetDescriptor();
    const Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      const FieldSelection* within = nullptr;  // all of it
      if (selected_ != nullptr) {
        within = selected_->Find(field);
        if (within == nullptr) continue;
        if (within->whole()) within = nullptr;
      }
      if (field.has_presence()) {
        if (!reflection.HasField(message, &field)) continue;
        if (field.message_type() != nullptr &&
            !CanWrite(reflection.GetMessage(message, &field))) {
          continue;
        }
      }
      Separate(first);
      out_.push_back('"');
      out_.append(options_.field_case == JsonFieldCase::kSnake
                      ? field.name()
                      : field.json_name());
      out_.append("\":");
      const FieldSelection* const outer = std::exchange(selected_, within);
      WriteField(message, field);
      selected_ = outer;
    }
  }

  void WriteSingular(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return AppendNumber(reflection.GetInt32(message, &field), out_);
      case FieldDescriptor::CPPTYPE_UINT32:
        return AppendNumber(reflection.GetUInt32(message, &field), out_);
      case FieldDescriptor::CPPTYPE_INT64:
        return WriteQuoted(reflection.GetInt64(message, &field));
      case FieldDescriptor::CPPTYPE_UINT64:
        return WriteQuoted(reflection.GetUInt64(message, &field));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return AppendFloat(reflection.GetDouble(message, &field), out_);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return AppendFloat(reflection.GetFloat(message, &field), out_);
      case FieldDescriptor::CPPTYPE_BOOL:
        return WriteBool(reflection.GetBool(message, &field));
      case FieldDescriptor::CPPTYPE_ENUM:
        return WriteEnum(field, reflection.GetEnumValue(message, &field));
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return WriteText(
            field, reflection.GetStringReference(message, &field, &scratch));
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return WriteMessage(reflection.GetMessage(message, &field));
    }
  }

  void WriteRepeatedScalar(const Message& message, const FieldDescriptor& field,
                           int i) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return AppendNumber(reflection.GetRepeatedInt32(message, &field, i),
                            out_);
      case FieldDescriptor::CPPTYPE_UINT32:
        return AppendNumber(reflection.GetRepeatedUInt32(message, &field, i),
                            out_);
      case FieldDescriptor::CPPTYPE_INT64:
        return WriteQuoted(reflection.GetRepeatedInt64(message, &field, i));
      case FieldDescriptor::CPPTYPE_UINT64:
        return WriteQuoted(reflection.GetRepeatedUInt64(message, &field, i));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return AppendFloat(reflection.GetRepeatedDouble(message, &field, i),
                           out_);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return AppendFloat(reflection.GetRepeatedFloat(message, &field, i),
                           out_);
      case FieldDescriptor::CPPTYPE_BOOL:
        return WriteBool(reflection.GetRepeatedBool(message, &field, i));
      case FieldDescriptor::CPPTYPE_ENUM:
        return WriteEnum(field,
                         reflection.GetRepeatedEnumValue(message, &field, i));
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        return WriteText(field, reflection.GetRepeatedStringReference(
                                    message, &field, i, &scratch));
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return;  // WriteField writes messages itself.
    }
  }

  template <typename Integer>
  void WriteQuoted(Integer number) {
    out_.push_back('"');
    AppendNumber(number, out_);
    out_.push_back('"');
  }

  void WriteBool(bool flag) { out_.append(flag ? "true" : "false"); }

  void WriteEnum(const FieldDescriptor& field, int number) {
    if (field.enum_type()->full_name() == "google.protobuf.NullValue") {
      out_.append("null");
      return;
    }
    const EnumValueDescriptor* value =
        field.enum_type()->FindValueByNumber(number);
    if (value == nullptr) return AppendNumber(number, out_);
    out_.push_back('"');
    out_.append(value->name());
    out_.push_back('"');
  }

  void WriteText(const FieldDescriptor& field, const std::string& text) {
    if (field.type() == FieldDescriptor::TYPE_BYTES) {
      out_.push_back('"');
      out_.append(base::EncodeBase64(text, /*padded=*/true));
      out_.push_back('"');
    } else {
      base::AppendJsonString(text, out_);
    }
  }

  void WriteMap(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    const FieldDescriptor& key = *field.message_type()->map_key();
    const FieldDescriptor& value = *field.message_type()->map_value();
    std::vector<std::pair<std::string, const Message*>> entries;
    const int size = reflection.FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      if (value.message_type() != nullptr &&
          !CanWrite(entry.GetReflection()->GetMessage(entry, &value))) {
        continue;
      }
      entries.emplace_back(MapKey(entry, key), &entry);
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& left, const auto& right) {
                return left.first < right.first;
              });
    out_.push_back('{');
    bool first = true;
    for (const auto& [name, entry] : entries) {
      Separate(first);
      out_.append(name);
      out_.push_back(':');
      WriteSingular(*entry, value);
    }
    out_.push_back('}');
  }

  // The key as a quoted text, whatever its type.
  std::string MapKey(const Message& entry, const FieldDescriptor& key) const {
    std::string text;
    Writer(options_, text).WriteSingular(entry, key);
    return text.starts_with('"') ? text : '"' + text + '"';
  }

  static std::int64_t Seconds(const Message& message) {
    return message.GetReflection()->GetInt64(
        message, message.GetDescriptor()->FindFieldByNumber(1));
  }
  static std::int32_t Nanos(const Message& message) {
    return message.GetReflection()->GetInt32(
        message, message.GetDescriptor()->FindFieldByNumber(2));
  }

  void WriteTimestamp(const Message& message) {
    const std::chrono::sys_seconds time{std::chrono::seconds(Seconds(message))};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    out_.push_back('"');
    AppendDigits(int(date.year()), 4, out_);
    out_.push_back('-');
    AppendDigits(int(unsigned(date.month())), 2, out_);
    out_.push_back('-');
    AppendDigits(int(unsigned(date.day())), 2, out_);
    out_.push_back('T');
    AppendDigits(int(clock.hours().count()), 2, out_);
    out_.push_back(':');
    AppendDigits(int(clock.minutes().count()), 2, out_);
    out_.push_back(':');
    AppendDigits(int(clock.seconds().count()), 2, out_);
    AppendFraction(Nanos(message), out_);
    out_.append("Z\"");
  }

  void WriteDuration(const Message& message) {
    const std::int64_t seconds = Seconds(message);
    const std::int32_t nanos = Nanos(message);
    out_.push_back('"');
    if (seconds < 0 || nanos < 0) out_.push_back('-');
    AppendNumber(seconds < 0 ? -seconds : seconds, out_);
    AppendFraction(nanos < 0 ? -nanos : nanos, out_);
    out_.append("s\"");
  }

  void WriteFieldMask(const Message& message) {
    const FieldDescriptor* paths =
        message.GetDescriptor()->FindFieldByNumber(1);
    const Reflection& reflection = *message.GetReflection();
    std::string text;
    for (int i = 0; i < reflection.FieldSize(message, paths); ++i) {
      if (i != 0) text.push_back(',');
      const std::string path = reflection.GetRepeatedString(message, paths, i);
      bool upper = false;
      for (const char c : path) {
        if (c == '_') {
          upper = true;
        } else if (upper && c >= 'a' && c <= 'z') {
          text.push_back(static_cast<char>(c - 'a' + 'A'));
          upper = false;
        } else {
          text.push_back(c);
          upper = false;
        }
      }
    }
    base::AppendJsonString(text, out_);
  }

  // The message inside an Any; null when its type is unknown or its bytes do
  // not parse.
  static std::unique_ptr<Message> Unpack(const Message& any) {
    const Descriptor& descriptor = *any.GetDescriptor();
    const Reflection& reflection = *any.GetReflection();
    const std::string url =
        reflection.GetString(any, descriptor.FindFieldByNumber(1));
    const Descriptor* type = descriptor.file()->pool()->FindMessageTypeByName(
        url.substr(url.rfind('/') + 1));
    const Message* prototype =
        type == nullptr ? nullptr
                        : reflection.GetMessageFactory()->GetPrototype(type);
    if (prototype == nullptr) return nullptr;
    std::unique_ptr<Message> message(prototype->New());
    if (!message->ParseFromString(
            reflection.GetString(any, descriptor.FindFieldByNumber(2)))) {
      return nullptr;
    }
    return message;
  }

  bool CanWrite(const Message& message) {
    if (message.GetDescriptor()->well_known_type() !=
        Descriptor::WELLKNOWNTYPE_ANY) {
      return true;
    }
    if (any_depth_ >= kMaxAnyDepth) return false;
    const std::unique_ptr<Message> inner = Unpack(message);
    return inner != nullptr && CanWrite(*inner);
  }

  void WriteAny(const Message& any) {
    const std::unique_ptr<Message> inner = Unpack(any);
    if (inner == nullptr || any_depth_ >= kMaxAnyDepth) {
      out_.append("{}");
      return;
    }
    out_.append("{\"@type\":");
    base::AppendJsonString(any.GetReflection()->GetString(
                               any, any.GetDescriptor()->FindFieldByNumber(1)),
                           out_);
    ++any_depth_;
    if (inner->GetDescriptor()->well_known_type() ==
        Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      WriteFields(*inner, /*first=*/false);
    } else {
      out_.append(",\"value\":");
      WriteMessage(*inner);
    }
    --any_depth_;
    out_.push_back('}');
  }

  // Parsing an Any starts a new count of protobuf's recursion limit, so the
  // nesting of Any in Any is bounded here.
  static constexpr int kMaxAnyDepth = 4;

  const JsonWriterOptions& options_;
  const FieldSelection* selected_;  // of the message at hand; null: all
  std::string& out_;
  int any_depth_ = 0;
};

}  // namespace

void WriteJson(const Message& message, const JsonWriterOptions& options,
               std::string& out) {
  Writer(options, out).WriteMessage(message);
}

void WriteJsonField(const Message& message, const FieldDescriptor& field,
                    const JsonWriterOptions& options, std::string& out) {
  Writer(options, out).WriteField(message, field);
}

}  // namespace welfare::gateway
