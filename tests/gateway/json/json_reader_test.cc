#include "gateway/json/json_reader.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "gateway/json/json_writer.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Reads `json` into an Everything and says how it went: "ok", the syntax
// error, or "field: description" of each violation, one per line.
std::string Read(std::string_view json) {
  const auto message = NewTestMessage("Everything");
  const JsonReport report = ReadJson(json, "", *message);
  if (report.unreadable) return "syntax: " + report.unreadable->description;
  if (report.ok()) return "ok";
  std::string out;
  for (const base::Violation& violation : report.violations) {
    if (!out.empty()) out += "\n";
    out += violation.field + ": " + violation.description;
  }
  return out;
}

TEST(JsonReader, TakesWhatTheProtoMappingAllows) {
  for (const std::string_view json : {
           R"({})",
           " \t\r\n{ } \n",
           R"({"displayName":"東京"})",
           R"({"display_name":"a","rawBytes":"AAE=","small":-1,"big":"9"})",
           R"({"big":9223372036854775807,"ubig":18446744073709551615})",
           R"({"big":"-9223372036854775808","ubig":"18446744073709551615"})",
           R"({"small":1e3,"usmall":2.0,"ssmall":"7","fbig":"1"})",
           R"({"real":1.5,"wide":-1e300})",
           R"({"real":"NaN","wide":"-Infinity"})",
           R"({"real":"1.5","wide":"1e5"})",
           R"({"flag":true,"color":"COLOR_RED"})",
           R"({"color":5})",
           R"({"maybeSmall":0,"maybeText":""})",
           R"({"numbers":[],"texts":["a",""],"colors":["COLOR_BLUE",1]})",
           R"({"child":{"child":{"child":{}}}})",
           R"({"children":[{},{"small":1}]})",
           R"({"counts":{"a":"1","b":2},"byNumber":{"-7":{"small":1}}})",
           R"({"byFlag":{"true":"x","false":"y"}})",
           R"({"choiceText":"a"})",
           R"({"choiceText":"a","choiceNumber":null})",
           R"({"at":"2025-04-01T09:00:00.123456789+09:00"})",
           R"({"at":"9999-12-31T23:59:59.999999999Z"})",
           R"({"took":"-1.5s","mask":"displayName,child.small"})",
           R"({"took":"315576000000s","mask":""})",
           R"({"boxedText":"x","boxedBig":"5","boxedFlag":false})",
           R"({"boxedText":null})",
           R"({"structure":{"a":[1,"b",null,{"c":true}]}})",
           R"({"value":null,"list":[null,1,[2]]})",
           R"({"date":{"year":2025,"month":4,"day":1}})",
           R"({"times":["2025-04-01T00:00:00Z"]})",
           R"({"strange":"x"})",
           R"({"odd_name":"x"})",
           R"({"nothing":null})",
           R"({"displayName":"\u6771\ud83d\ude00\"\\\/\b\f\n\r\t"})",
           R"({"rawBytes":"-_8"})",
       }) {
    EXPECT_EQ(Read(json), "ok") << json;
  }
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  for (const std::string_view json : {
           "",
           " ",
           "{",
           "}",
           "{}}",
           "{} {}",
           "{}x",
           "[1",
           R"({'displayName':'a'})",
           R"({displayName:"a"})",
           R"({"displayName":"a",})",
           R"({"numbers":[1,]})",
           R"({"numbers":[,1]})",
           R"({"numbers":[1 2]})",
           R"({"small":01})",
           R"({"small":+1})",
           R"({"small":.5})",
           R"({"small":1.})",
           R"({"small":0x10})",
           R"({"small":1e})",
           R"({"small":NaN})",
           R"({"wide":Infinity})",
           R"({"wide":1e999999})",
           R"({"wide":-1e400})",
           R"({"big":18446744073709551616})",
           R"({"flag":True})",
           R"({"flag":tru})",
           R"({"flag":nul})",
           R"({"displayName":"a)",
           "{\"displayName\":\"a\nb\"}",
           "{\"displayName\":\"a\tb\"}",
           "{\"displayName\":\"\x01\"}",
           "{\"displayName\":\"\xff\"}",
           "{\"displayName\":\"\xc0\xaf\"}",
           "{\"displayName\":\"\xed\xa0\x80\"}",
           R"({"displayName":"\ud800"})",
           R"({"displayName":"\udc00x"})",
           R"({"displayName":"\x41"})",
           R"({"displayName":"\u12"})",
           R"({"displayName" "a"})",
           R"({"displayName":})",
           R"({"displayName"})",
           R"({:1})",
           R"({1:1})",
           R"({,})",
           "// comment\n{}",
           "/* comment */{}",
           "{\"small\":1/* c */}",
           "\xef\xbb\xbf{}x",
           "{\"a\":\"\\\"}",
       }) {
    EXPECT_THAT(Read(json), HasSubstr("syntax: is no JSON")) << json;
  }
}

TEST(JsonReader, RefusesWhatTheProtobufParserLetsPass) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"small":1,"small":2})", "small: is given twice"},
      {R"({"displayName":"a","display_name":"b"})",
       "display_name: is given twice"},
      {R"({"flag":"true"})", "flag: must be true or false, not a text"},
      {R"({"flag":1})", "flag: must be true or false, not a number"},
      {R"({"numbers":[null]})", "numbers[0]: must be an integer, not null"},
      {R"({"children":[null]})", "children[0]: must not be null"},
      {R"({"counts":{"a":null}})", "counts.a: must not be null"},
      {R"({"counts":{"a":1,"a":2}})", "counts.a: is given twice"},
      {R"({"color":7})", "color: must be a value of Color, not 7"},
      {R"({"color":"PURPLE"})",
       "color: must be a value of Color, not 'PURPLE'"},
      {R"({"color":"1"})", "color: must be a value of Color, not '1'"},
      {R"({"color":"color_red"})",
       "color: must be a value of Color, not 'color_red'"},
      {R"({"displayName":"a\u0000b"})",
       "display_name: must not contain U+0000"},
      {R"({"choiceText":"a","choiceNumber":1})",
       "choice_number: excludes 'choice_text', which is given too"},
      {R"({"unknownThing":1})", "unknownThing: is no field of Everything"},
      {R"({"unknownThing":1,"unknownThing":2})",
       "unknownThing: is no field of Everything\nunknownThing: is given twice"},
      {R"({"child":{"child":{"nope":null}}})",
       "child.child.nope: is no field of Everything"},
      {R"({"any":{"@type":"type.googleapis.com/google.protobuf.Empty"}})",
       "any: is of a type that requests cannot carry"},
      {R"({"small":2147483648})",
       "small: must be an integer within the range of int32"},
      {R"({"small":1.5})",
       "small: must be an integer within the range of int32"},
      {R"({"usmall":-1})",
       "usmall: must be an integer within the range of uint32"},
      {R"({"small":" 1"})", "small: must be an integer of 32 bits, not ' 1'"},
      {R"({"small":"1.0"})", "small: must be an integer of 32 bits, not '1.0'"},
      {R"({"small":"+1"})", "small: must be an integer of 32 bits, not '+1'"},
      {R"({"small":""})", "small: must be an integer of 32 bits, not ''"},
      {R"({"small":true})", "small: must be an integer, not true or false"},
      {R"({"small":[1]})", "small: must be an integer, not a list"},
      {R"({"real":1e39})", "real: is out of the range of a 32-bit number"},
      {R"({"wide":"0x1"})", "wide: must be a number, not '0x1'"},
      {R"({"wide":"inf"})", "wide: must be a number, not 'inf'"},
      {R"({"displayName":1})", "display_name: must be a text, not a number"},
      {R"({"rawBytes":"A"})", "raw_bytes: must be base64"},
      {R"({"rawBytes":"A@=="})", "raw_bytes: must be base64"},
      {R"({"child":[]})", "child: must be an object, not a list"},
      {R"({"children":{}})", "children: must be a list, not an object"},
      {R"({"counts":[]})", "counts: must be an object, not a list"},
      {R"({"byNumber":{"x":{}}})",
       "by_number.x: must be an integer of 32 bits, not 'x'"},
      {R"({"took":"1.5"})",
       "took: must be a duration in seconds such as 1.5s, not '1.5'"},
      {R"({"took":"1m"})",
       "took: must be a duration in seconds such as 1.5s, not '1m'"},
      {R"({"at":5})", "at: must be a text, not a number"},
      {R"([])", ": must be an object, not a list"},
      {R"(null)", ": must be an object, not null"},
      {R"("x")", ": must be an object, not a text"},
  };
  for (const auto& [json, outcome] : cases) {
    EXPECT_EQ(Read(json), outcome) << json;
  }
}

TEST(JsonReader, NamesTheReasonOfEveryFault) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"nope":1})", "FIELD_UNKNOWN"},
      {R"({"small":1,"small":2})", "FIELD_REPEATED"},
      {R"({"choiceText":"a","choiceNumber":1})", "FIELD_EXCLUDED"},
      {R"({"flag":1})", "FIELD_TYPE"},
      {R"({"any":{}})", "FIELD_UNSUPPORTED"},
      {R"({"children":[null]})", "FIELD_NULL"},
      {R"({"mask":"small,"})", "MASK_FORMAT"},
      {R"({"mask":"_"})", "MASK_FORMAT"},
      {R"({"mask":"child."})", "MASK_FORMAT"},
      {R"({"mask":"child..small"})", "MASK_FORMAT"},
      {R"({"mask":"small, big"})", "MASK_FORMAT"},
      {R"({"mask":"1small"})", "MASK_FORMAT"},
      {R"({"small":2147483648})", "INTEGER_RANGE"},
      {R"({"real":1e39})", "NUMBER_RANGE"},
      {R"({"at":"2025-04-01"})", "TIME_FORMAT"},
      {R"({"at":"2025-04-01T09:00:00+0900"})", "TIME_OFFSET"},
      {R"({"at":"2025-02-29T00:00:00Z"})", "TIME_UNKNOWN"},
      {R"({"at":"0001-01-01T00:00:00+09:00"})", "TIME_RANGE"},
      {R"({"took":"1m"})", "DURATION_FORMAT"},
      {R"({"took":"315576000001s"})", "DURATION_RANGE"},
      {R"({"rawBytes":"A"})", "BASE64_FORMAT"},
      {R"({"displayName":"a\u0000b"})", "NUL_CHARACTER"},
  };
  for (const auto& [json, reason] : cases) {
    const auto message = NewTestMessage("Everything");
    const JsonReport report = ReadJson(json, "", *message);
    ASSERT_EQ(report.violations.size(), 1u) << json;
    EXPECT_EQ(report.violations[0].reason, reason) << json;
    EXPECT_FALSE(report.violations[0].description_ja.empty()) << json;
  }
}

TEST(JsonReader, SaysInJapaneseWhatIsWrong) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"({"small":"x"})",
       "32ビットの整数にしてください（「x」になっています）。"},
      {R"({"displayName":1})", "文字列にしてください（数値になっています）。"},
      {R"({"color":7})", "Colorの値にしてください（7になっています）。"},
      {R"({"child":[]})",
       "オブジェクトにしてください（リストになっています）。"},
      {R"({"nope":1})", "Everythingにこの項目はありません。"},
      {R"({"at":"2025-02-29T00:00:00Z"})",
       "「2025-02-29T00:00:00Z」という日時はありません。"},
  };
  for (const auto& [json, description] : cases) {
    const auto message = NewTestMessage("Everything");
    const JsonReport report = ReadJson(json, "", *message);
    ASSERT_EQ(report.violations.size(), 1u) << json;
    EXPECT_EQ(report.violations[0].description_ja, description);
  }
  const auto message = NewTestMessage("Everything");
  EXPECT_EQ(ReadJson("{\"value\":" + std::string(32, '[') + "1" +
                         std::string(32, ']') + "}",
                     "", *message)
                .unreadable->description_ja,
            "32 段より深い入れ子があります。");
}

TEST(JsonReader, SaysThatAnOffsetNeedsItsColon) {
  EXPECT_THAT(Read(R"({"at":"2025-04-01T09:00:00+0900"})"),
              HasSubstr("written with a colon, as in +09:00"));
}

TEST(JsonReader, RefusesTimesThatDoNotExist) {
  for (const std::string_view time :
       {"2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-04-01T24:00:00Z",
        "2025-04-01T00:60:00Z", "2025-04-01T00:00:60Z", "0000-01-01T00:00:00Z",
        "2025-04-01 00:00:00Z", "2025-04-01T00:00:00", "2025-4-1T0:0:0Z",
        "2025-04-01t00:00:00z", "2025-04-01T00:00:00.Z",
        "2025-04-01T00:00:00.1234567890Z", "0001-01-01T00:00:00+09:00",
        "2025-04-01T00:00:00+24:00", "2025-04-01"}) {
    EXPECT_THAT(Read("{\"at\":\"" + std::string(time) + "\"}"),
                HasSubstr("at: must be an RFC 3339 time"))
        << time;
  }
}

TEST(JsonReader, CollectsEveryViolation) {
  EXPECT_EQ(Read(R"({"small":"x","child":{"flag":0},"children":[{},{"z":1}],
                     "wide":true})"),
            "small: must be an integer of 32 bits, not 'x'\n"
            "child.flag: must be true or false, not a number\n"
            "children[1].z: is no field of Everything\n"
            "wide: must be a number, not true or false");
}

TEST(JsonReader, StopsCollectingAtALimit) {
  std::string json = "{\"numbers\":[";
  for (int i = 0; i < 1000; ++i) json += i == 0 ? "\"x\"" : ",\"x\"";
  const auto message = NewTestMessage("Everything");
  EXPECT_EQ(ReadJson(json + "]}", "", *message).violations.size(),
            kMaxViolations);
}

TEST(JsonReader, AllowsThirtyTwoLevelsAndNoMore) {
  const auto nested = [](int levels) {
    std::string json;
    for (int i = 1; i < levels; ++i) json += "{\"child\":";
    json += "{\"small\":1}";
    for (int i = 1; i < levels; ++i) json += "}";
    return json;
  };
  EXPECT_EQ(Read(nested(kMaxJsonDepth)), "ok");
  EXPECT_EQ(Read(nested(kMaxJsonDepth + 1)),
            "syntax: is nested deeper than 32 levels");
  EXPECT_EQ(Read("{\"value\":" + std::string(31, '[') + "1" +
                 std::string(31, ']') + "}"),
            "ok");
  EXPECT_EQ(Read("{\"value\":" + std::string(32, '[') + "1" +
                 std::string(32, ']') + "}"),
            "syntax: is nested deeper than 32 levels");
}

TEST(JsonReader, IsNotBlownUpByBombs) {
  const std::string bombs[] = {
      std::string(1 << 20, '['),
      "{\"value\":" + std::string(1 << 20, '['),
      [] {
        std::string json;
        for (int i = 0; i < 100000; ++i) json += "{\"k\":";
        return json;
      }(),
      [] {
        std::string json = "{";
        for (int i = 0; i < 60000; ++i) {
          json += "\"key" + std::to_string(i) + "\":1,";
        }
        return json + "\"z\":1}";
      }(),
      "{\"texts\":[" +
          [] {
            std::string json;
            for (int i = 0; i < 300000; ++i) json += "\"\",";
            return json;
          }() +
          "\"\"]}",
      "{\"small\":" + std::string(1 << 20, '9') + "}",
      "{\"displayName\":\"" +
          [] {
            std::string json;
            for (int i = 0; i < 170000; ++i) json += "\\u0041";
            return json;
          }() +
          "\"}",
  };
  for (const std::string& bomb : bombs) {
    const auto start = std::chrono::steady_clock::now();
    Read(bomb);
    const auto took = std::chrono::steady_clock::now() - start;
    // The promise is 50 ms per MiB optimised; sanitizers and Debug need more.
    EXPECT_LT(took, std::chrono::seconds(2)) << bomb.substr(0, 20);
  }
}

TEST(JsonReader, ReportsTheLeavesForAMask) {
  const auto message = NewTestMessage("Book");
  const JsonReport report = ReadJson(
      R"({"title":"x","published":{"year":2025},"tags":["a"],
          "sequel":{"title":"y","sequel":{}},"pages":null})",
      "book", *message);
  EXPECT_THAT(report.violations, IsEmpty());
  EXPECT_THAT(report.leaf_paths,
              ElementsAre("book.title", "book.published.year", "book.tags",
                          "book.sequel.title", "book.sequel.sequel"));
}

TEST(JsonReader, ReadsBackWhatTheWriterWrote) {
  constexpr std::string_view kJson =
      R"({"displayName":"a","small":-7,"big":"-9","wide":0.1,)"
      R"("numbers":[1,2],"child":{"flag":true},"counts":{"x":"1"},)"
      R"("at":"2025-04-01T00:00:00.500Z","took":"-0.000000001s",)"
      R"("mask":"displayName,child.small","value":[null,{"a":1.5}]})";
  const auto message = NewTestMessage("Everything");
  ASSERT_TRUE(ReadJson(kJson, "", *message).ok());
  std::string once;
  WriteJson(*message, {}, once);
  const auto again = NewTestMessage("Everything");
  ASSERT_TRUE(ReadJson(once, "", *again).ok()) << once;
  EXPECT_EQ(message->DebugString(), again->DebugString());
  EXPECT_THAT(once, HasSubstr(R"("took":"-0.000000001s")"));
  EXPECT_THAT(once, HasSubstr(R"("at":"2025-04-01T00:00:00.500Z")"));
}

TEST(JsonReader, EndsWhereATextHoldsTooManyValues) {
  const auto list = [](std::size_t size) {
    std::string json = R"({"children":[{})";
    for (std::size_t i = 1; i < size; ++i) json += ",{}";
    return json + "]}";
  };
  // The member is a value as well.
  EXPECT_EQ(Read(list(kMaxJsonValues - 1)), "ok");
  const auto message = NewTestMessage("Everything");
  const JsonReport report = ReadJson(list(4 * kMaxJsonValues), "", *message);
  EXPECT_TRUE(report.too_many_values);
  EXPECT_FALSE(report.ok());
  const auto* children = message->GetDescriptor()->FindFieldByName("children");
  // Counted before anything is made of them.
  EXPECT_EQ(message->GetReflection()->FieldSize(*message, children), 0);
  // The next text on this thread is read as ever.
  EXPECT_EQ(Read(list(2)), "ok");
}

}  // namespace
}  // namespace welfare::gateway
