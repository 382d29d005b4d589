#include "gateway/json/field_value.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "gateway/error_table.h"
#include "gateway/routes/text.h"
#include "services/base/coding/base64.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A fault of `row`, in whose sentences `found` is what the caller wrote.
base::Violation Misread(const base::ViolationRow& row, std::string_view text) {
  const ValueWord found = Quoted(text);
  return base::MakeViolation(
      row, "", {{"found", found.english}, {"found_ja", found.japanese}});
}

base::Violation NoSuchValue(const FieldDescriptor& field,
                            const ValueWord& found) {
  const std::string& type = field.enum_type()->name();
  return WrongType({"a value of " + type, type + "の値"}, found);
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

Fault AssignTimestamp(Message& message, std::string_view text) {
  const auto wrong = [text] { return Misread(FaultRow("TIME_FORMAT"), text); };
  std::size_t at = 0;
  const auto literal = [&](char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  };
  const auto year = Digits(text, at, 4);
  if (!year || !literal('-')) return wrong();
  const auto month = Digits(text, at, 2);
  if (!month || !literal('-')) return wrong();
  const auto day = Digits(text, at, 2);
  if (!day || !literal('T')) return wrong();
  const auto hour = Digits(text, at, 2);
  if (!hour || !literal(':')) return wrong();
  const auto minute = Digits(text, at, 2);
  if (!minute || !literal(':')) return wrong();
  const auto second = Digits(text, at, 2);
  if (!second) return wrong();
  const auto nanos = Fraction(text, at);
  if (!nanos) return wrong();
  int offset_minutes = 0;
  if (!literal('Z')) {
    if (at >= text.size() || (text[at] != '+' && text[at] != '-')) {
      return wrong();
    }
    const int sign = text[at++] == '-' ? -1 : 1;
    const auto offset_hour = Digits(text, at, 2);
    if (!offset_hour) return wrong();
    if (!literal(':')) {
      return Misread(FaultRow("TIME_OFFSET"), text);
    }
    const auto offset_minute = Digits(text, at, 2);
    if (!offset_minute || *offset_hour > 23 || *offset_minute > 59) {
      return wrong();
    }
    offset_minutes = sign * (*offset_hour * 60 + *offset_minute);
  }
  if (at != text.size()) return wrong();
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(unsigned(*month)),
                                         std::chrono::day(unsigned(*day))};
  if (*year < 1 || !date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
    return Misread(FaultRow("TIME_UNKNOWN"), text);
  }
  const std::int64_t days =
      std::chrono::sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86400 + *hour * 3600 + *minute * 60 +
                               *second - offset_minutes * 60;
  // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, the range of Timestamp.
  if (seconds < -62135596800 || seconds > 253402300799) {
    return Misread(FaultRow("TIME_RANGE"), text);
  }
  SetSecondsAndNanos(message, seconds, *nanos);
  return std::nullopt;
}

Fault AssignDuration(Message& message, std::string_view text) {
  const auto wrong = [text] {
    return Misread(FaultRow("DURATION_FORMAT"), text);
  };
  if (!text.ends_with('s')) return wrong();
  const std::string_view number = text.substr(0, text.size() - 1);
  const bool negative = number.starts_with('-');
  std::size_t at = negative ? 1 : 0;
  const std::size_t dot = std::min(number.find('.'), number.size());
  const auto whole = ParseInteger<std::int64_t>(
      at < dot ? number.substr(at, dot - at) : std::string_view());
  at = dot;
  const auto nanos = Fraction(number, at);
  if (!whole || *whole < 0 || !nanos || at != number.size()) return wrong();
  // The range google.protobuf.Duration promises, about 10,000 years.
  if (*whole > 315576000000) {
    return Misread(FaultRow("DURATION_RANGE"), text);
  }
  SetSecondsAndNanos(message, negative ? -*whole : *whole,
                     negative ? -*nanos : *nanos);
  return std::nullopt;
}

// Names with dots between them; `*` stands for all there are.
bool IsFieldPath(std::string_view path) {
  while (true) {
    const std::string_view part = path.substr(0, path.find('.'));
    if (part != "*" && (part.empty() || !IsLetter(part[0]) ||
                        !std::all_of(part.begin(), part.end(), [](char c) {
                          return IsLetter(c) || IsDigit(c) || c == '_';
                        }))) {
      return false;
    }
    if (part.size() == path.size()) return true;
    path.remove_prefix(part.size() + 1);
  }
}

Fault AssignFieldMask(Message& message, std::string_view text) {
  const FieldDescriptor* paths = message.GetDescriptor()->FindFieldByNumber(1);
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view path = text.substr(0, comma);
    const bool last = comma == text.size();
    text.remove_prefix(last ? comma : comma + 1);
    if (!IsFieldPath(path) || (text.empty() && !last)) {
      return base::MakeViolation(FaultRow("MASK_FORMAT"), "");
    }
    found.push_back(CamelToSnake(path));
  }
  for (std::string& path : found) {
    message.GetReflection()->AddString(&message, paths, std::move(path));
  }
  return std::nullopt;
}

}  // namespace

ValueWord Quoted(std::string_view text) {
  const std::string shown = CutUtf8(text, 64);
  return {"'" + shown + "'", "「" + shown + "」"};
}

base::Violation WrongType(const ValueWord& wanted, const ValueWord& found) {
  return base::MakeViolation(FaultRow("FIELD_TYPE"), "",
                             {{"wanted", wanted.english},
                              {"wanted_ja", wanted.japanese},
                              {"found", found.english},
                              {"found_ja", found.japanese}});
}

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

Fault AssignTextMessage(Message& message, std::string_view text,
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

Fault AssignEnumNumber(Message& message, const FieldDescriptor& field,
                       std::int64_t number) {
  const bool fits = number >= std::numeric_limits<int>::min() &&
                    number <= std::numeric_limits<int>::max();
  const EnumValueDescriptor* value =
      fits ? field.enum_type()->FindValueByNumber(static_cast<int>(number))
           : nullptr;
  if (value == nullptr) {
    const std::string found = std::to_string(number);
    return NoSuchValue(field, {found, found});
  }
  Put(message, field, value, &Reflection::SetEnum, &Reflection::AddEnum);
  return std::nullopt;
}

Fault AssignText(Message& message, const FieldDescriptor& field,
                 std::string_view text, TextOrigin origin) {
  const auto integer = [&]<typename Value>(Value, auto set, auto add,
                                           const char* range,
                                           const char* range_ja) -> Fault {
    const std::optional<Value> value = ParseInteger<Value>(text);
    if (!value) {
      return WrongType(
          {std::string("an integer ") + range, std::string(range_ja) + "整数"},
          Quoted(text));
    }
    Put(message, field, *value, set, add);
    return std::nullopt;
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return integer(std::int32_t{}, &Reflection::SetInt32,
                     &Reflection::AddInt32, "of 32 bits", "32ビットの");
    case FieldDescriptor::CPPTYPE_INT64:
      return integer(std::int64_t{}, &Reflection::SetInt64,
                     &Reflection::AddInt64, "of 64 bits", "64ビットの");
    case FieldDescriptor::CPPTYPE_UINT32:
      return integer(std::uint32_t{}, &Reflection::SetUInt32,
                     &Reflection::AddUInt32, "of 32 bits, not negative",
                     "32ビットの負でない");
    case FieldDescriptor::CPPTYPE_UINT64:
      return integer(std::uint64_t{}, &Reflection::SetUInt64,
                     &Reflection::AddUInt64, "of 64 bits, not negative",
                     "64ビットの負でない");
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const std::optional<double> value = ParseFloat<double>(text);
      if (!value) return WrongType({"a number", "数値"}, Quoted(text));
      Put(message, field, *value, &Reflection::SetDouble,
          &Reflection::AddDouble);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_FLOAT: {
      const std::optional<float> value = ParseFloat<float>(text);
      if (!value) return WrongType({"a number", "数値"}, Quoted(text));
      Put(message, field, *value, &Reflection::SetFloat, &Reflection::AddFloat);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (origin == TextOrigin::kJson || (text != "true" && text != "false")) {
        return WrongType({"true or false", "true か false"}, Quoted(text));
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
        return NoSuchValue(field, Quoted(text));
      }
      Put(message, field, value, &Reflection::SetEnum, &Reflection::AddEnum);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string value(text);
      if (field.type() == FieldDescriptor::TYPE_BYTES) {
        std::optional<std::string> bytes = base::DecodeBase64(text);
        if (!bytes) return base::MakeViolation(FaultRow("BASE64_FORMAT"), "");
        value = *std::move(bytes);
      } else if (text.find('\0') != std::string_view::npos) {
        return base::MakeViolation(FaultRow("NUL_CHARACTER"), "");
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
      Fault fault = AssignTextMessage(*target, text, origin);
      if (fault && field.is_repeated()) {
        reflection.RemoveLast(&message, &field);
      } else if (fault) {
        reflection.ClearField(&message, &field);
      }
      return fault;
    }
  }
  return base::MakeViolation(FaultRow("FIELD_UNSUPPORTED"), "");
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
