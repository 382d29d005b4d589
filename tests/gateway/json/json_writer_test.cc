#include "gateway/json/json_writer.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Fills a message with values at random, edges more often than not.
class RandomMessage {
 public:
  explicit RandomMessage(unsigned seed) : random_(seed) {}

  void Fill(Message& message, int depth) {
    const Descriptor& descriptor = *message.GetDescriptor();
    const Reflection& reflection = *message.GetReflection();
    switch (descriptor.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        reflection.SetInt64(&message, descriptor.field(0),
                            Below(2) ? -62135596800 + Below(1000)
                                     : static_cast<int>(random_()));
        reflection.SetInt32(&message, descriptor.field(1), Nanos());
        return;
      case Descriptor::WELLKNOWNTYPE_DURATION: {
        const bool negative = Below(2) == 0;
        const std::int64_t seconds = Below(3) == 0 ? 0 : Below(1 << 30);
        reflection.SetInt64(&message, descriptor.field(0),
                            negative ? -seconds : seconds);
        const int nanos = Nanos();
        reflection.SetInt32(&message, descriptor.field(1),
                            negative ? -nanos : nanos);
        return;
      }
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        for (int i = Below(3); i > 0; --i) {
          reflection.AddString(&message, descriptor.field(0),
                               Below(2) ? "display_name.a_b" : "child");
        }
        return;
      case Descriptor::WELLKNOWNTYPE_ANY: {
        google::rpc::ErrorInfo info;
        info.set_reason("R" + std::to_string(Below(100)));
        google::protobuf::Any any;
        if (Below(2) == 0) {
          any.PackFrom(info);
        } else {
          google::protobuf::Timestamp time;
          time.set_seconds(Below(1000000));
          any.PackFrom(time);
        }
        reflection.SetString(&message, descriptor.field(0), any.type_url());
        reflection.SetString(&message, descriptor.field(1), any.value());
        return;
      }
      case Descriptor::WELLKNOWNTYPE_VALUE: {
        // protobuf prints neither an unset Value nor NaN inside one.
        const int kind = depth > 0 ? Below(6) : Below(4);
        const FieldDescriptor* field = descriptor.field(kind);
        if (kind == 0) {
          reflection.SetEnumValue(&message, field, 0);
        } else if (kind == 1) {
          reflection.SetDouble(&message, field, Below(1000) / 8.0);
        } else {
          SetOne(message, *field, depth - 1);
        }
        return;
      }
      default:
        break;
    }
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (Below(3) == 0) continue;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth <= 0) {
        continue;
      }
      if (field.is_map()) {
        FillMap(message, field, depth);
      } else if (field.is_repeated()) {
        for (int n = Below(3); n > 0; --n) SetOne(message, field, depth - 1);
      } else {
        SetOne(message, field, depth - 1);
      }
    }
  }

 private:
  int Below(int limit) {
    return static_cast<int>(random_() % static_cast<unsigned>(limit));
  }
  int Nanos() {
    constexpr int kChoices[] = {0, 500000000, 1000, 1, 999999999, 120000000};
    return kChoices[Below(6)];
  }
  std::string Text() {
    static const char* const kTexts[] = {
        "",      "a",        "東京都",  "\"quoted\"\\", "line\nbreak\t",
        "<b>&'", "\x01\x1f", "😀\u2028", "1e5",          " ",
        "null",  "/"};
    return kTexts[Below(12)];
  }
  template <typename Integer>
  Integer Whole() {
    switch (Below(4)) {
      case 0:
        return 0;
      case 1:
        return std::numeric_limits<Integer>::max();
      case 2:
        return std::numeric_limits<Integer>::min();
      default:
        return static_cast<Integer>(random_());
    }
  }
  template <typename Float>
  Float Real() {
    switch (Below(8)) {
      case 0:
        return 0;
      case 1:
        return std::numeric_limits<Float>::max();
      case 2:
        return std::numeric_limits<Float>::denorm_min();
      case 3:
        return std::numeric_limits<Float>::quiet_NaN();
      case 4:
        return -std::numeric_limits<Float>::infinity();
      case 5:
        return Float(0.1);
      default:
        return static_cast<Float>(random_()) / Float(7);
    }
  }

  void FillMap(Message& message, const FieldDescriptor& field, int depth) {
    const FieldDescriptor& key = *field.message_type()->map_key();
    const FieldDescriptor& value = *field.message_type()->map_value();
    Message* entry = message.GetReflection()->AddMessage(&message, &field);
    SetOne(*entry, key, depth - 1);
    if (value.message_type() != nullptr) {
      Fill(*entry->GetReflection()->MutableMessage(entry, &value), depth - 1);
    } else {
      SetOne(*entry, value, depth - 1);
    }
  }

  void SetOne(Message& message, const FieldDescriptor& field, int depth) {
    const Reflection& r = *message.GetReflection();
    const bool add = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto value = Whole<std::int32_t>();
        add ? r.AddInt32(&message, &field, value)
            : r.SetInt32(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        const auto value = Whole<std::uint32_t>();
        add ? r.AddUInt32(&message, &field, value)
            : r.SetUInt32(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const auto value = Whole<std::int64_t>();
        add ? r.AddInt64(&message, &field, value)
            : r.SetInt64(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_UINT64: {
        const auto value = Whole<std::uint64_t>();
        add ? r.AddUInt64(&message, &field, value)
            : r.SetUInt64(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        const auto value = Real<double>();
        add ? r.AddDouble(&message, &field, value)
            : r.SetDouble(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_FLOAT: {
        const auto value = Real<float>();
        add ? r.AddFloat(&message, &field, value)
            : r.SetFloat(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value = Below(2) == 0;
        add ? r.AddBool(&message, &field, value)
            : r.SetBool(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        // A number that no name has appears now and then.
        const auto* type = field.enum_type();
        const bool null = type->full_name() == "google.protobuf.NullValue";
        const int value =
            !null && Below(5) == 0
                ? 77
                : type->value(Below(type->value_count()))->number();
        add ? r.AddEnumValue(&message, &field, value)
            : r.SetEnumValue(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string value = field.type() == FieldDescriptor::TYPE_BYTES
                                      ? std::string("\x00\xff\x10", 3)
                                      : Text();
        add ? r.AddString(&message, &field, value)
            : r.SetString(&message, &field, value);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(add ? *r.AddMessage(&message, &field)
                 : *r.MutableMessage(&message, &field),
             depth);
        return;
    }
  }

  std::mt19937 random_;
};

// True when both stand for the same values. protobuf prints floats in nine
// digits where fewer suffice, and NULL_VALUE where its own mapping asks for
// null.
bool Same(const nlohmann::json& ours, const nlohmann::json& theirs) {
  if (ours.is_number_float() || theirs.is_number_float()) {
    if (!ours.is_number() || !theirs.is_number()) return false;
    const auto left = ours.get<double>();
    const auto right = theirs.get<double>();
    return left == right ||
           static_cast<float>(left) == static_cast<float>(right);
  }
  if (ours.is_null()) return theirs.is_null() || theirs == "NULL_VALUE";
  if (ours.type() != theirs.type() || ours.size() != theirs.size()) {
    return ours == theirs;  // signed and unsigned numbers compare equal
  }
  if (ours.is_array()) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
      if (!Same(ours[i], theirs[i])) return false;
    }
    return true;
  }
  if (ours.is_object()) {
    for (const auto& [key, value] : ours.items()) {
      if (!theirs.contains(key) || !Same(value, theirs[key])) return false;
    }
    return true;
  }
  return ours == theirs;
}

void ExpectSameJson(const Message& message, JsonFieldCase field_case) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = field_case == JsonFieldCase::kSnake;
  std::string theirs;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &theirs, options);
  ASSERT_TRUE(status.ok()) << status << "\n"
                           << message.ShortDebugString().substr(0, 2000);
  std::string ours;
  WriteJson(message, {.field_case = field_case}, ours);
  const auto parsed = nlohmann::json::parse(ours, nullptr, false);
  ASSERT_FALSE(parsed.is_discarded()) << ours.substr(0, 2000);
  const auto expected = nlohmann::json::parse(theirs);
  EXPECT_TRUE(Same(parsed, expected))
      << nlohmann::json::diff(parsed, expected).dump().substr(0, 2000);
}

TEST(JsonWriter, AgreesWithProtobufOnRandomMessages) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto message = NewTestMessage("Everything");
    RandomMessage(seed).Fill(*message, 3);
    ExpectSameJson(*message, seed % 2 == 0 ? JsonFieldCase::kLowerCamel
                                           : JsonFieldCase::kSnake);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(JsonWriter, AgreesWithProtobufOnEveryMessageOfTheContract) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  int types = 0;
  for (const char* service : {"welfare/registry/v1/registry_service.proto",
                              "welfare/survey/v1/survey_service.proto",
                              "welfare/indicator/v1/indicator_service.proto",
                              "welfare/report/v1/report_service.proto"}) {
    const auto* file = pool->FindFileByName(service);
    ASSERT_NE(file, nullptr) << service;
    // Its messages stand in it, or in the files it hands on.
    std::vector<const google::protobuf::FileDescriptor*> files = {file};
    for (int i = 0; i < file->public_dependency_count(); ++i) {
      files.push_back(file->public_dependency(i));
    }
    for (const auto* descriptor : files) {
      for (int i = 0; i < descriptor->message_type_count(); ++i) {
        const Message* prototype =
            factory->GetPrototype(descriptor->message_type(i));
        ++types;
        for (unsigned seed = 0; seed < 10; ++seed) {
          const std::unique_ptr<Message> message(prototype->New());
          RandomMessage(seed).Fill(*message, 3);
          ExpectSameJson(*message, JsonFieldCase::kLowerCamel);
          if (HasFailure()) {
            FAIL() << descriptor->message_type(i)->full_name() << " seed "
                   << seed;
          }
        }
      }
    }
  }
  EXPECT_GT(types, 40);
}

TEST(JsonWriter, WritesEmptyScalarsAndListsAndLeavesOutUnsetPresence) {
  const auto book = NewTestMessage("Book");
  std::string json;
  WriteJson(*book, {}, json);
  EXPECT_EQ(json, R"({"name":"","title":"","pages":0,"tags":[]})");
}

TEST(JsonWriter, LeavesOutAnyOfUnknownTypes) {
  google::rpc::Status status;
  status.set_code(5);
  status.add_details()->set_type_url("type.googleapis.com/nobody.Knows");
  google::rpc::ErrorInfo info;
  info.set_reason("R");
  status.add_details()->PackFrom(info);
  status.add_details()->PackFrom(info);
  status.mutable_details(2)->set_value("\xff\xff");
  std::string json;
  WriteJson(status, {}, json);
  EXPECT_EQ(json, R"({"code":5,"message":"","details":[{"@type":)"
                  R"("type.googleapis.com/google.rpc.ErrorInfo","reason":"R",)"
                  R"("domain":"","metadata":{}}]})");
}

TEST(JsonWriter, StopsAtAnyWithinAny) {
  google::protobuf::Any any;
  google::rpc::ErrorInfo info;
  any.PackFrom(info);
  for (int i = 0; i < 50; ++i) {
    const google::protobuf::Any inner = any;
    any.PackFrom(inner);
  }
  google::rpc::Status status;
  *status.add_details() = any;
  std::string json;
  WriteJson(status, {}, json);
  EXPECT_FALSE(nlohmann::json::parse(json, nullptr, false).is_discarded());
  EXPECT_LT(json.size(), 2000u);
}

TEST(JsonWriter, WritesWhatIsSelected) {
  const auto message = NewTestMessage("Everything");
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(display_name: "a"
           child {
             small: 1
             child { big: 2 }
           }
           children { small: 3 texts: "x" }
           children { small: 4 }
           at { seconds: 5 }
           counts { key: "k" value: 6 })pb",
      message.get()));
  const auto write = [&](const std::vector<std::string>& paths) {
    auto selection = std::make_shared<FieldSelection>();
    for (const std::string& path : paths) {
      EXPECT_TRUE(selection->Add(*message->GetDescriptor(), path)) << path;
    }
    std::string json;
    WriteJson(*message, {.fields = selection}, json);
    return json;
  };
  EXPECT_EQ(write({"displayName"}), R"({"displayName":"a"})");
  // In the order of the message, in either spelling, each once.
  EXPECT_EQ(write({"counts", "at", "display_name", "displayName"}),
            R"({"displayName":"a","counts":{"k":"6"},)"
            R"("at":"1970-01-01T00:00:05Z"})");
  EXPECT_EQ(write({"child.child.big", "children.small"}),
            R"({"child":{"child":{"big":"2"}},)"
            R"("children":[{"small":3},{"small":4}]})");
  // The whole is more than its parts, whichever comes first.
  const std::string whole = write({"child.child"});
  EXPECT_EQ(write({"child.child", "child.child.big"}), whole);
  EXPECT_EQ(write({"child.child.big", "child.child"}), whole);
  // What is not set is left out as ever.
  EXPECT_EQ(write({"maybeSmall", "choiceText"}), "{}");
  FieldSelection selection;
  for (const char* path :
       {"", "nope", "displayName.x", "at.seconds", "counts.k", "counts.value",
        "structure.fields", "any.value", ".", "child.", ".child",
        "child..big"}) {
    EXPECT_FALSE(selection.Add(*message->GetDescriptor(), path)) << path;
  }
  std::string deep = "child";
  for (int i = 0; i < 40; ++i) deep += ".child";
  EXPECT_FALSE(selection.Add(*message->GetDescriptor(), deep));
  EXPECT_TRUE(selection.whole());
}

}  // namespace
}  // namespace welfare::gateway
