#include "gateway/answers/entity_tag.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/answers/answer_form.h"

namespace welfare::gateway {
namespace {

std::optional<EntityTags> ReadTags(const std::string& value) {
  return ReadEntityTags({{"if-none-match", value}}, "if-none-match");
}

TEST(EntityTags, AreReadAsRfc9110Says) {
  const auto tags = ReadTags("\"a\", W/\"b\"\t,,\"c,d\" , \"\"");
  ASSERT_TRUE(tags.has_value());
  ASSERT_EQ(tags->tags.size(), 4u);
  EXPECT_FALSE(tags->any);
  EXPECT_EQ(tags->tags[0].text(), "\"a\"");
  EXPECT_EQ(tags->tags[1].text(), "W/\"b\"");
  EXPECT_EQ(tags->tags[2].opaque, "c,d");
  EXPECT_EQ(tags->tags[3].opaque, "");
  ASSERT_TRUE(ReadTags(" * ").has_value());
  EXPECT_TRUE(ReadTags(" * ")->any);
  // Several headers are one list.
  const auto joined = ReadEntityTags(
      {{"if-match", "\"a\""}, {"x", "y"}, {"if-match", "\"b\""}}, "if-match");
  ASSERT_TRUE(joined.has_value());
  EXPECT_EQ(joined->tags.size(), 2u);
  // None was sent.
  EXPECT_TRUE(ReadEntityTags({}, "if-match")->tags.empty());
}

TEST(EntityTags, RefuseWhatIsNoList) {
  for (const std::string& value : std::vector<std::string>{
           "", ",", "a", "\"a", "a\"", "\"a\"b", "\"a\" \"b\"", "*, \"a\"",
           "\"a\", *", "*,*", "**", "w/\"a\"", "W/ \"a\"", "W/a", "\"a\x7f\"",
           "\"a b\"", "'a'", "\"a\";\"b\"", std::string("\"a\0\"", 4)}) {
    EXPECT_FALSE(ReadTags(value).has_value()) << value;
  }
}

TEST(EntityTags, AreBoundedInNumber) {
  const auto list = [](std::size_t count, const std::string& element) {
    std::string text = "\"x\"";
    for (std::size_t i = 1; i < count; ++i) text += "," + element;
    return text;
  };
  EXPECT_TRUE(ReadTags(list(kMaxEntityTags, "\"x\"")).has_value());
  EXPECT_FALSE(ReadTags(list(kMaxEntityTags + 1, "\"x\"")).has_value());
  EXPECT_TRUE(ReadTags(list(kMaxEmptyElements + 1, "")).has_value());
  EXPECT_FALSE(ReadTags(list(kMaxEmptyElements + 2, "")).has_value());
  EXPECT_FALSE(ReadTags(std::string(1'000'000, ',')).has_value());
  EXPECT_FALSE(ReadTags(std::string(8 * 1024, '"')).has_value());
}

TEST(AnswerNames, AreReadBack) {
  const AnswerName name{.state = ShortDigest("a state"),
                        .form = ShortDigest("a form"),
                        .gzip = true,
                        .resource = "\"3f0c-12\""};
  const auto read = AnswerName::Parse(name.Opaque());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->state, name.state);
  EXPECT_EQ(read->form, name.form);
  EXPECT_TRUE(read->gzip);
  EXPECT_EQ(read->resource, name.resource);
  AnswerName bare = name;
  bare.gzip = false;
  bare.resource.clear();
  ASSERT_TRUE(AnswerName::Parse(bare.Opaque()).has_value());
  EXPECT_FALSE(AnswerName::Parse(bare.Opaque())->gzip);
  EXPECT_EQ(AnswerName::Parse(bare.Opaque())->resource, "");
}

TEST(AnswerNames, OfOthersAreNone) {
  const std::string digest = ShortDigest("x");
  for (const std::string& opaque : std::vector<std::string>{
           "", ".", "..", digest, digest + ".", digest + ".i",
           digest + ".x" + digest, digest + ".i" + digest + "0",
           digest + ".i" + digest + ".", digest + ".i" + digest + ".!",
           // What goes to a service is plain.
           digest.substr(1) + "\xe3.i" + digest,
           digest.substr(1) + ",.i" + digest,
           digest + ".i" + digest + ".44GC"}) {
    EXPECT_FALSE(AnswerName::Parse(opaque).has_value()) << opaque;
  }
}

AnswerForm FormOf(const std::vector<Header>& headers,
                  const std::string& target = "/v1/a") {
  auto form = AnswerForm::Read(headers, "shape", target);
  EXPECT_TRUE(std::holds_alternative<AnswerForm>(form));
  return std::get<AnswerForm>(form);
}

TEST(AnswerForms, KnowWhatTheCallerHas) {
  const std::string state = ShortDigest("state");
  const std::string plain = FormOf({}).Opaque(state, false, "");
  const std::string packed = FormOf({}).Opaque(state, true, "");
  const auto held = [&](const std::vector<Header>& headers,
                        const std::string& target = "/v1/a") {
    const AnswerForm form = FormOf(headers, target);
    const std::string* tag = form.Held(state);
    EXPECT_EQ(form.HeldStates() == "-", tag == nullptr);
    return tag == nullptr ? std::string() : *tag;
  };
  EXPECT_EQ(held({{"if-none-match", "\"x\", W/\"" + plain + "\""}}), plain);
  // The tag of another address is none of this one's.
  EXPECT_EQ(held({{"if-none-match", '"' + plain + '"'}}, "/v1/b"), "");
  // In another coding it is another answer, where that one is not taken.
  EXPECT_EQ(held({{"if-none-match", '"' + packed + '"'}}), "");
  EXPECT_EQ(held({{"if-none-match", '"' + packed + '"'},
                  {"accept-encoding", "gzip"}}),
            packed);
  EXPECT_EQ(held({{"if-none-match", '"' + plain + '"'},
                  {"accept-encoding", "gzip, identity;q=0"}}),
            "");
  EXPECT_EQ(held({{"if-none-match", "*"}}), "");
  EXPECT_TRUE(FormOf({{"if-none-match", "*"}}).refuses_any());
}

TEST(ReadConditions, CompareAsRfc9110Says) {
  const auto conditions = [](const std::string& name,
                             const std::string& value) {
    return std::get<ReadConditions>(ReadConditions::Read({{name, value}}));
  };
  for (const std::string good :
       {"*", " * ", "\"a\"", "W/\"a\"", "\"b\", \"a\"", "\"b\",W/\"a\""}) {
    EXPECT_TRUE(conditions("if-none-match", good).Holds("a")) << good;
  }
  for (const std::string other : {"\"b\"", "\"a,\"", "\"b\", \"c\""}) {
    EXPECT_FALSE(conditions("if-none-match", other).Holds("a")) << other;
    EXPECT_TRUE(conditions("if-match", other).IsOther("a")) << other;
  }
  EXPECT_TRUE(conditions("if-match", "W/\"a\"").IsOther("a"));
  for (const std::string good : {"*", "\"a\"", "\"b\", \"a\""}) {
    EXPECT_FALSE(conditions("if-match", good).IsOther("a")) << good;
  }
  const auto none = conditions("accept", "*/*");
  EXPECT_FALSE(none.Holds("a"));
  EXPECT_FALSE(none.IsOther("a"));
  for (const std::string name : {"if-none-match", "if-match"}) {
    const auto bad = ReadConditions::Read({{name, "a"}});
    ASSERT_TRUE(std::holds_alternative<std::string_view>(bad));
    EXPECT_EQ(std::get<std::string_view>(bad), name);
  }
}

TEST(AnswerForms, CompareIfMatchStrongly) {
  const std::string state = ShortDigest("state");
  const std::string tag = FormOf({}).Opaque(state, false, "");
  const auto other = [&](const std::string& value) {
    return FormOf({{"if-match", value}}).IsOther(state);
  };
  EXPECT_FALSE(other('"' + tag + '"'));
  EXPECT_FALSE(other("*"));
  EXPECT_TRUE(other("W/\"" + tag + '"'));
  EXPECT_TRUE(other("\"x\""));
  EXPECT_FALSE(FormOf({}).IsOther(state));
}

TEST(AnswerForms, AskForFewOfManyStates) {
  std::string list;
  for (int i = 0; i < 200; ++i) {
    if (i != 0) list += ',';
    list += '"' + FormOf({}).Opaque(ShortDigest(std::to_string(i)), false, "") +
            '"';
  }
  const AnswerForm form = FormOf({{"if-none-match", list}});
  // 20 characters and a comma each.
  EXPECT_EQ(form.HeldStates().size(), AnswerForm::kMaxAsked * 21 - 1);
  // What was not asked is compared all the same.
  EXPECT_NE(form.Held(ShortDigest("199")), nullptr);
}

}  // namespace
}  // namespace welfare::gateway
