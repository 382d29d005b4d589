#include "gateway/json/field_value.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "gateway/routes/text.h"
#include "services/base/coding/base64.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

using Problem = std::optional<std::string>;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Quoted(std::string_view text) {
  return "'" + CutUtf8(text, 64) + "'";
}

template <typename Integer>
std::optional<Integer> ParseInteger(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) {
    return std::nullopt;
  }
  if (!std::numeric_limits<Integer>::is_signed && text.starts_with('-')) {
    return std::nullopt;
  }
  Integer value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// The grammar of JSON numbers, and the three names of proto3 JSON.
template <typename Float>
std::optional<Float> ParseFloat(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<Float>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<Float>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<Float>::infinity();
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && IsDigit(text[i])) ++i;
    return i - start;
  };
  const std::size_t first = i;
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[first] == '0')) return std::nullopt;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return std::nullopt;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return std::nullopt;
  }
  if (i != text.size()) return std::nullopt;
  Float value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

template <typename Value, typename Set, typename Add>
void Put(Message& message, const FieldDescriptor& field, Value value, Set set,
         Add add) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    (reflection.*add)(&message, &field, std::move(value));
  } else {
    (reflection.*set)(&message, &field, std::move(value));
  }
}

// Reads exactly `count` digits at `at` and moves past them.
std::optional<int> Digits(std::string_view text, std::size_t& at,
                          std::size_t count) {
  if (text.size() - at < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!IsDigit(text[at + i])) return std::nullopt;
    value = value * 10 + (text[at + i] - '0');
  }
  at += count;
  return value;
}

// The fraction ".5" as nanoseconds; nullopt when malformed. 0 when absent.
std::optional<int> Fraction(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  ++at;
  int nanos = 0;
  int places = 0;
  while (at < text.size() && IsDigit(text[at])) {
    if (++places > 9) return std::nullopt;
    nanos = nanos * 10 + (text[at++] - '0');
  }
  if (places == 0) return std::nullopt;
  for (; places < 9; ++places) nanos *= 10;
  return nanos;
}

void SetSecondsAndNanos(Message& message, std::int64_t seconds,
                        std::int32_t nanos) {
  const Descriptor& descriptor = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  reflection.SetInt64(&message, descriptor.FindFieldByNumber(1), seconds);
  reflection.SetInt32(&message, descriptor.FindFieldByNumber(2), nanos);
}

Problem AssignTimestamp(Message& message, std::string_view text) {
  const std::string wanted =
      "must be an RFC 3339 time such as 2025-04-01T09:00:00+09:00 or "
      "2025-04-01T00:00:00Z, not " +
      Quoted(text);
  std::size_t at = 0;
  const auto literal = [&](char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  };
  const auto year = Digits(text, at, 4);
  if (!year || !literal('-')) return wanted;
  const auto month = Digits(text, at, 2);
  if (!month || !literal('-')) return wanted;
  const auto day = Digits(text, at, 2);
  if (!day || !literal('T')) return wanted;
  const auto hour = Digits(text, at, 2);
  if (!hour || !literal(':')) return wanted;
  const auto minute = Digits(text, at, 2);
  if (!minute || !literal(':')) return wanted;
  const auto second = Digits(text, at, 2);
  if (!second) return wanted;
  const auto nanos = Fraction(text, at);
  if (!nanos) return wanted;
  int offset_minutes = 0;
  if (!literal('Z')) {
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) {
      return wanted;
    }
    const int sign = text[at++] == '-' ? -1 : 1;
    const auto offset_hour = Digits(text, at, 2);
    if (!offset_hour) return wanted;
    if (!literal(':')) {
      return wanted + "; the offset is written with a colon, as in +09:00";
    }
    const auto offset_minute = Digits(text, at, 2);
    if (!offset_minute || *offset_hour > 23 || *offset_minute > 59) {
      return wanted;
    }
    offset_minutes = sign * (*offset_hour * 60 + *offset_minute);
  }
  if (at != text.size()) return wanted;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(unsigned(*month)),
                                         std::chrono::day(unsigned(*day))};
  if (*year < 1 || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
    return wanted + "; there is no such date and time";
  }
  const std::int64_t days =
      std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86400 + *hour * 3600 + *minute * 60 +
                               *second - offset_minutes * 60;
  // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, the range of Timestamp.
  if (seconds < -62135596800 || seconds > 253402300799) {
    return wanted + "; the time is out of range";
  }
  SetSecondsAndNanos(message, seconds, *nanos);
  return std::nullopt;
}

Problem AssignDuration(Message& message, std::string_view text) {
  const std::string wanted =
      "must be a duration in seconds such as 1.5s, not " + Quoted(text);
  if (!text.ends_with('s')) return wanted;
  const std::string_view number = text.substr(0, text.size() - 1);
  const bool negative = number.starts_with('-');
  std::size_t at = negative ? 1 : 0;
  const std::size_t dot = std::min(number.find('.'), number.size());
  const auto whole = ParseInteger<std::int64_t>(
      at < dot ? number.substr(at, dot - at) : std::string_view());
  at = dot;
  const auto nanos = Fraction(number, at);
  if (!whole || *whole < 0 || !nanos || at != number.size()) return wanted;
  // The range google.protobuf.Duration promises, about 10,000 years.
  if (*whole > 315576000000) return wanted + "; it is out of range";
  SetSecondsAndNanos(message, negative ? -*whole : *whole,
                     negative ? -*nanos : *nanos);
  return std::nullopt;
}

Problem AssignFieldMask(Message& message, std::string_view text) {
  const FieldDescriptor* paths = message.GetDescriptor()->FindFieldByNumber(1);
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view path = text.substr(0, comma);
    const bool last = comma == text.size();
    text.remove_prefix(last ? comma : comma + 1);
    if (path.empty() || (text.empty() && !last)) {
      return "must be field paths separated by commas";
    }
    found.push_back(CamelToSnake(path));
  }
  for (std::string& path : found) {
    message.GetReflection()->AddString(&message, paths, std::move(path));
  }
  return std::nullopt;
}

}  // namespace

bool IsTextMessage(const Descriptor& descriptor) {
  switch (descriptor.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_ANY:
    case Descriptor::WELLKNOWNTYPE_VALUE:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return false;
    default:
      return true;
  }
}

Problem AssignTextMessage(Message& message, std::string_view text,
                          TextOrigin origin) {
  const Descriptor& descriptor = *message.GetDescriptor();
  switch (descriptor.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return AssignTimestamp(message, text);
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return AssignDuration(message, text);
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return AssignFieldMask(message, text);
    default:
      return AssignText(message, *descriptor.FindFieldByNumber(1), text,
                        origin);
  }
}

Problem AssignEnumNumber(Message& message, const FieldDescriptor& field,
                         std::int64_t number) {
  const bool fits = number >= std::numeric_limits<int>::min() &&
                    number <= std::numeric_limits<int>::max();
  const EnumValueDescriptor* value =
      fits ? field.enum_type()->FindValueByNumber(static_cast<int>(number))
           : nullptr;
  if (value == nullptr) {
    return "must be a value of " + field.enum_type()->name() + ", not " +
           std::to_string(number);
  }
  Put(message, field, value, &Reflection::SetEnum, &Reflection::AddEnum);
  return std::nullopt;
}

Problem AssignText(Message& message, const FieldDescriptor& field,
                   std::string_view text, TextOrigin origin) {
  const auto integer = [&]<typename Value>(Value, auto set, auto add,
                                           std::string_view range) -> Problem {
    const std::optional<Value> value = ParseInteger<Value>(text);
    if (!value) {
      return "must be an integer " + std::string(range) + ", not " +
             Quoted(text);
    }
    Put(message, field, *value, set, add);
    return std::nullopt;
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return integer(std::int32_t{}, &Reflection::SetInt32,
                     &Reflection::AddInt32, "of 32 bits");
    case FieldDescriptor::CPPTYPE_INT64:
      return integer(std::int64_t{}, &Reflection::SetInt64,
                     &Reflection::AddInt64, "of 64 bits");
    case FieldDescriptor::CPPTYPE_UINT32:
      return integer(std::uint32_t{}, &Reflection::SetUInt32,
                     &Reflection::AddUInt32, "of 32 bits, not negative");
    case FieldDescriptor::CPPTYPE_UINT64:
      return integer(std::uint64_t{}, &Reflection::SetUInt64,
                     &Reflection::AddUInt64, "of 64 bits, not negative");
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const std::optional<double> value = ParseFloat<double>(text);
      if (!value) return "must be a number, not " + Quoted(text);
      Put(message, field, *value, &Reflection::SetDouble,
          &Reflection::AddDouble);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_FLOAT: {
      const std::optional<float> value = ParseFloat<float>(text);
      if (!value) return "must be a number, not " + Quoted(text);
      Put(message, field, *value, &Reflection::SetFloat, &Reflection::AddFloat);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (origin == TextOrigin::kJson || (text != "true" && text != "false")) {
        return "must be true or false, not " + Quoted(text);
      }
      Put(message, field, text == "true", &Reflection::SetBool,
          &Reflection::AddBool);
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value =
          field.enum_type()->FindValueByName(std::string(text));
      if (value == nullptr && origin == TextOrigin::kUrl) {
        if (const auto number = ParseInteger<std::int32_t>(text)) {
          return AssignEnumNumber(message, field, *number);
        }
      }
      if (value == nullptr) {
        return "must be a value of " + field.enum_type()->name() + ", not " +
               Quoted(text);
      }
      Put(message, field, value, &Reflection::SetEnum, &Reflection::AddEnum);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string value(text);
      if (field.type() == FieldDescriptor::TYPE_BYTES) {
        std::optional<std::string> bytes = base::DecodeBase64(text);
        if (!bytes) return "must be base64";
        value = *std::move(bytes);
      } else if (text.find('\0') != std::string_view::npos) {
        return "must not contain U+0000";
      }
      Put(message, field, std::move(value), &Reflection::SetString,
          &Reflection::AddString);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Reflection& reflection = *message.GetReflection();
      Message* target = field.is_repeated()
                            ? reflection.AddMessage(&message, &field)
                            : reflection.MutableMessage(&message, &field);
      Problem problem = AssignTextMessage(*target, text, origin);
      if (problem && field.is_repeated()) {
        reflection.RemoveLast(&message, &field);
      } else if (problem) {
        reflection.ClearField(&message, &field);
      }
      return problem;
    }
  }
  return "has a type that no text stands for";
}

std::string CamelToSnake(std::string_view text) {
  if (text.find('_') != std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size() + 4);
  for (const char c : text) {
    if (c >= 'A' && c <= 'Z') {
      out.push_back('_');
      out.push_back(static_cast<char>(c - 'A' + 'a'));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace welfare::gateway
