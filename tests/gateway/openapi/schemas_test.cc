#include "gateway/openapi/schemas.h"

#include <gtest/gtest.h>

#include "tests/gateway/test_schema.h"
#include "welfare/registry/v1/registry_service.pb.h"
#include "welfare/survey/v1/submission.pb.h"

namespace welfare::gateway {
namespace {

// The schema of a field of test.v1.Everything.
std::string OfField(const std::string& name, Use use) {
  const Comments none;
  Schemas schemas(none);
  const auto message = NewTestMessage("Everything");
  return schemas.OfField(*message->GetDescriptor()->FindFieldByName(name), use)
      .dump();
}

TEST(Schemas, SpellValuesAsTheWriterDoes) {
  for (const auto& [field, schema] : {
           std::pair{"display_name", R"({"type":"string"})"},
           {"raw_bytes", R"({"type":"string","contentEncoding":"base64"})"},
           {"small",
            R"({"type":"integer","format":"int32","minimum":-2147483648,)"
            R"("maximum":2147483647})"},
           {"usmall", R"({"type":"integer","format":"uint32","minimum":0,)"
                      R"("maximum":4294967295})"},
           {"big", R"({"type":"string","format":"int64",)"
                   R"("pattern":"^-?(0|[1-9][0-9]*)$"})"},
           {"fbig", R"({"type":"string","format":"uint64",)"
                    R"("pattern":"^(0|[1-9][0-9]*)$"})"},
           {"flag", R"({"type":"boolean"})"},
           {"color", R"({"$ref":"#/components/schemas/test.v1.Color"})"},
           {"numbers",
            R"({"type":"array","items":{"type":"integer","format":"int32",)"
            R"("minimum":-2147483648,"maximum":2147483647}})"},
           {"child", R"({"$ref":"#/components/schemas/test.v1.Everything"})"},
           {"by_flag",
            R"({"type":"object","additionalProperties":{"type":"string"},)"
            R"("propertyNames":{"enum":["true","false"]}})"},
           {"at", R"({"type":"string","format":"date-time"})"},
           {"took", R"({"type":"string",)"
                    R"("pattern":"^-?(0|[1-9][0-9]*)(\\.[0-9]{1,9})?s$"})"},
           {"boxed_text", R"({"type":"string"})"},
           {"boxed_big", R"({"type":"string","format":"int64",)"
                         R"("pattern":"^-?(0|[1-9][0-9]*)$"})"},
           {"boxed_flag", R"({"type":"boolean"})"},
           {"value", "{}"},
           {"structure", R"({"type":"object","additionalProperties":true})"},
           {"list", R"({"type":"array","items":{}})"},
           {"nothing", R"({"type":"null"})"},
           {"wide",
            R"({"anyOf":[{"type":"number","format":"double"},)"
            R"({"type":"string","enum":["NaN","Infinity","-Infinity"]}]})"},
       }) {
    EXPECT_EQ(OfField(field, Use::kAnswered), schema) << field;
  }
}

TEST(Schemas, TakeWhatTheReaderTakes) {
  EXPECT_EQ(OfField("big", Use::kSent),
            R"({"type":["string","integer"],"format":"int64",)"
            R"("pattern":"^-?(0|[1-9][0-9]*)$"})");
  EXPECT_EQ(OfField("any", Use::kSent), R"({"not":{}})");
  EXPECT_EQ(OfField("child", Use::kSent),
            R"({"$ref":"#/components/schemas/test.v1.Everything-Input"})");
  EXPECT_EQ(OfField("child", Use::kPatched),
            R"({"$ref":"#/components/schemas/test.v1.Everything-Patch"})");
  // An element of a list is given whole.
  EXPECT_EQ(OfField("children", Use::kPatched),
            R"({"type":"array","items":)"
            R"({"$ref":"#/components/schemas/test.v1.Everything-Input"}})");
}

TEST(Schemas, NameFieldsAsJsonDoes) {
  const Comments none;
  Schemas schemas(none);
  schemas.OfMessage(*NewTestMessage("Everything")->GetDescriptor(),
                    Use::kAnswered);
  const Json everything = schemas.Components()["test.v1.Everything"];
  EXPECT_TRUE(everything["properties"].contains("strange"));
  EXPECT_TRUE(everything["properties"].contains("displayName"));
  EXPECT_FALSE(everything["properties"].contains("display_name"));
}

TEST(Schemas, RequireWhatTheWriterAlwaysWrites) {
  const Comments none;
  Schemas schemas(none);
  schemas.OfMessage(*NewTestMessage("Everything")->GetDescriptor(),
                    Use::kAnswered);
  const Json everything = schemas.Components()["test.v1.Everything"];
  const std::string required = everything["required"].dump();
  for (const char* always : {"displayName", "numbers", "counts", "color"}) {
    EXPECT_NE(required.find('"' + std::string(always) + '"'), required.npos)
        << always;
  }
  for (const char* sometimes : {"maybeSmall", "child", "choiceText", "at"}) {
    EXPECT_EQ(required.find('"' + std::string(sometimes) + '"'), required.npos)
        << sometimes;
  }
  EXPECT_FALSE(everything.contains("additionalProperties"));
}

TEST(Schemas, ExcludeTwoMembersOfAOneof) {
  const Comments none;
  Schemas schemas(none);
  schemas.OfMessage(*NewTestMessage("GetBookRequest")->GetDescriptor(),
                    Use::kSent);
  EXPECT_EQ(schemas.Components()["test.v1.GetBookRequest-Input"]["not"].dump(),
            R"({"anyOf":[{"required":["left","right"]}]})");
}

TEST(Schemas, FollowTheBehaviourOfFields) {
  const Comments none;
  Schemas schemas(none);
  const auto& descriptor = *registry::v1::Municipality::descriptor();
  schemas.OfMessage(descriptor, Use::kSent);
  schemas.OfMessage(descriptor, Use::kPatched);
  const Json all = schemas.Components();
  const Json& sent = all["welfare.registry.v1.Municipality-Input"];
  const Json& patched = all["welfare.registry.v1.Municipality-Patch"];
  EXPECT_EQ(sent["required"].dump(),
            R"(["displayName","kana","displayNameEn","type","area"])");
  EXPECT_FALSE(patched.contains("required"));
  EXPECT_EQ(sent["additionalProperties"], false);
  EXPECT_EQ(sent["properties"]["version"]["readOnly"], true);
  EXPECT_EQ(sent["properties"]["name"]["x-identifier"], true);
  EXPECT_EQ(sent["properties"]["name"]["x-summary-ja"], "リソース名");
}

TEST(Schemas, DoNotRequireInABodyWhatThePathGives) {
  const Comments none;
  const auto& descriptor =
      *registry::v1::RetractLineageEventRequest::descriptor();
  Schemas schemas(none);
  schemas.AddBound(*descriptor.FindFieldByName("name"));
  schemas.OfMessage(descriptor, Use::kSent);
  const Json schema =
      schemas
          .Components()["welfare.registry.v1.RetractLineageEventRequest-Input"];
  EXPECT_EQ(schema["required"].dump(), R"(["reason"])");
  EXPECT_TRUE(schema["properties"].contains("name"));
}

TEST(Schemas, MarkPersonalData) {
  const Comments none;
  Schemas schemas(none);
  schemas.OfMessage(*survey::v1::SubmissionHeader::descriptor(),
                    Use::kAnswered);
  EXPECT_EQ(schemas.Components()["welfare.survey.v1.SubmissionHeader"]
                                ["properties"]["contact"]["x-personal-data"],
            true);
}

}  // namespace
}  // namespace welfare::gateway
