#include "services/text/field_rules.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "services/base/error.h"

namespace welfare::text {
namespace {

// Every rule with a name for messages.
constexpr std::array<std::pair<std::string_view, FieldRule>, 13> kRules = {{
    {"id", kIdField},
    {"number", kNumberField},
    {"code", kCodeField},
    {"date", kDateField},
    {"fiscal year", kFiscalYearField},
    {"word", kWordField},
    {"name", kNameField},
    {"kana", kKanaField},
    {"label", kLabelField},
    {"free text", kFreeTextField},
    {"contact", kContactField},
    {"reason", kReasonField},
    {"file name", kFileNameField},
}};

std::string ReasonFor(const FieldRule& rule, std::string_view text) {
  return base::ReasonOf(Check(rule, text));
}

std::string Metadata(const absl::Status& status, const std::string& key) {
  return base::GetErrorDetails(status)->metadata[key];
}

TEST(FieldRules, TakeNothingForTextThatIsBlank) {
  for (const auto& [kind, rule] : kRules) {
    for (const std::string_view blank :
         {"", " ", "\u3000", "\u200B", "\u00A0\uFEFF", "\u202E", "\u0085"}) {
      const auto kept = Keep(rule, blank);
      ASSERT_TRUE(kept.ok()) << kind << kept.status();
      EXPECT_EQ(*kept, "") << kind;
    }
  }
}

TEST(FieldRules, RefuseControlCharacters) {
  for (const auto& [kind, rule] : kRules) {
    EXPECT_EQ(ReasonFor(rule, "ア\x1B[31mア"), "TEXT_INVALID") << kind;
    EXPECT_EQ(ReasonFor(rule, "ア\u0007"), "TEXT_INVALID") << kind;
    EXPECT_EQ(ReasonFor(rule, "ア\u0090ア"), "TEXT_INVALID") << kind;
  }
}

TEST(FieldRules, RefuseOverridesOfDirection) {
  for (const auto& [kind, rule] : kRules) {
    EXPECT_EQ(ReasonFor(rule, "ア\u202Eア"), "TEXT_INVALID") << kind;
    EXPECT_EQ(ReasonFor(rule, "ア\u2067ア"), "TEXT_INVALID") << kind;
  }
}

TEST(FieldRules, RefuseWhatIsNoUtf8) {
  for (const auto& [kind, rule] : kRules) {
    EXPECT_EQ(ReasonFor(rule, "ア\x83\x5C"), "TEXT_INVALID") << kind;
  }
}

TEST(FieldRules, HaveALongestTextAndTakeThat) {
  for (const auto& [kind, rule] : kRules) {
    const bool bytes = rule.unit == FieldRule::Unit::kBytes;
    std::string longest;
    for (std::size_t i = 0; i < rule.longest / (bytes ? 3 : 1); ++i) {
      longest += "ア";
    }
    EXPECT_EQ(ReasonFor(rule, longest), "") << kind;
    EXPECT_EQ(ReasonFor(rule, longest + "ア"), "TEXT_TOO_LONG") << kind;
  }
}

TEST(FieldRules, SayEverythingInJapaneseToo) {
  for (const auto& [kind, rule] : kRules) {
    for (const std::string& text :
         {std::string("ア\x1Bア"), std::string("ア\u202Eア"),
          std::string("\xFF"), std::string(40'000, 'a')}) {
      const auto details = base::GetErrorDetails(Check(rule, text));
      ASSERT_TRUE(details) << kind;
      EXPECT_NE(details->message_ja, "") << kind;
    }
  }
}

TEST(FieldRules, KeepOnceWhatTheyKeepTwice) {
  for (const auto& [kind, rule] : kRules) {
    for (const std::string_view text :
         {"２０２５", "ツクハ\u3099シ", " ｶﾞ ", "葛\U000E0100", "ア", "a b"}) {
      const auto once = Keep(rule, text);
      if (!once.ok()) continue;
      const auto twice = Keep(rule, *once);
      ASSERT_TRUE(twice.ok()) << kind << twice.status();
      EXPECT_EQ(*twice, *once) << kind;
    }
  }
}

TEST(FieldRules, FoldWhatAReaderWillRead) {
  for (const FieldRule& rule :
       {kNumberField, kCodeField, kDateField, kFiscalYearField, kWordField}) {
    EXPECT_EQ(*Keep(rule, "　ＡＢ１３１０１６\n"), "AB131016");
  }
}

TEST(FieldRules, KeepWhatPeopleWroteAsItIs) {
  for (const FieldRule& rule :
       {kNameField, kLabelField, kFreeTextField, kContactField, kReasonField}) {
    for (const std::string_view text :
         {"①～（２）", "\uFA19\uFA1B\uFA10\uFA26\uFA2C", "葛\U000E0100飾区",
          "ｶﾅ", "A　B", "e\u0301"}) {
      EXPECT_EQ(*Keep(rule, text), text);
    }
  }
}

TEST(FieldRules, ComposeKanaOfNames) {
  EXPECT_EQ(*Keep(kNameField, "つくは\u3099市"), "つくば市");
}

TEST(FieldRules, TakeLineEndsInFreeTextAlone) {
  EXPECT_EQ(*Keep(kFreeTextField, "一\r\n二\n\t三\n"), "一\r\n二\n\t三\n");
  for (const FieldRule& rule : {kNameField, kLabelField, kContactField,
                                kReasonField, kFileNameField, kIdField}) {
    EXPECT_EQ(ReasonFor(rule, "一\n二"), "TEXT_INVALID");
    EXPECT_EQ(ReasonFor(rule, "一\u2028二"), "TEXT_INVALID");
    EXPECT_EQ(ReasonFor(rule, "一\t二"), "TEXT_INVALID");
  }
}

TEST(FieldRules, RefuseBlanksAtTheEndsOfNames) {
  for (const FieldRule& rule : {kNameField, kIdField, kFileNameField}) {
    for (const std::string_view text : {" a", "a ", "a\u3000", "\u00A0a"}) {
      EXPECT_EQ(ReasonFor(rule, text), "TEXT_INVALID");
    }
  }
  EXPECT_EQ(Metadata(Check(kNameField, "港区 "), "position"), "3");
  EXPECT_EQ(Metadata(Check(kNameField, "港区 "), "character"), "<U+0020>");
}

TEST(FieldRules, RefuseInvisibleCharactersAnywhereInNamesAndCodes) {
  for (const FieldRule& rule : {kNameField, kIdField, kCodeField, kWordField}) {
    for (const std::string_view text :
         {"a\u200B", "a\u200Bb", "\u2060a", "a\u00ADb"}) {
      EXPECT_EQ(ReasonFor(rule, text), "TEXT_INVALID");
    }
  }
}

TEST(FieldRules, RefuseInvisibleCharactersAtTheEndsOfLabelsAlone) {
  for (const FieldRule& rule : {kLabelField, kReasonField, kContactField}) {
    EXPECT_EQ(ReasonFor(rule, "質問\u200B"), "TEXT_INVALID");
    EXPECT_EQ(ReasonFor(rule, " \u200B質問"), "TEXT_INVALID");
    EXPECT_EQ(ReasonFor(rule, "👨\u200D👩"), "");
  }
  EXPECT_EQ(ReasonFor(kFreeTextField, "質問\u200B"), "");
}

TEST(FieldRules, RefuseASelectorThatSelectsNothing) {
  EXPECT_EQ(ReasonFor(kNameField, "\U000E0100飾区"), "TEXT_INVALID");
  EXPECT_EQ(ReasonFor(kNameField, "葛\U000E0100"), "");
  EXPECT_EQ(ReasonFor(kLabelField, "葛\U000E0100"), "");
  EXPECT_EQ(ReasonFor(kCodeField, "1\uFE0F"), "TEXT_INVALID");
}

TEST(FieldRules, NameTheCharacterAndItsPlaceAndNotTheText) {
  const absl::Status fault = Check(kContactField, "山田\u0007太郎");
  EXPECT_EQ(base::MessageOf(fault),
            "Character 3 is <U+0007>, a control character; remove it.");
  EXPECT_EQ(base::GetErrorDetails(fault)->message_ja,
            "3文字目の <U+0007> は制御文字です。削除してください。");
}

TEST(FieldRules, TakeReadingsInFullWidthKatakana) {
  EXPECT_EQ(*Keep(kKanaField, "ツクバシ"), "ツクバシ");
  EXPECT_EQ(*Keep(kKanaField, "ニュー・タウン"), "ニュー・タウン");
  EXPECT_EQ(*Keep(kKanaField, "ツクハ\u3099シ"), "ツクバシ");
}

TEST(FieldRules, ProposeTheReadingThatWasMeant) {
  for (const std::string_view text : {"ﾂｸﾊﾞｼ", "つくばし", "つくは\u3099し"}) {
    const absl::Status fault = Check(kKanaField, text);
    EXPECT_EQ(base::ReasonOf(fault), "KANA_INVALID");
    EXPECT_EQ(Metadata(fault, "proposal"), "ツクバシ");
  }
  EXPECT_EQ(Metadata(Check(kKanaField, "筑波市"), "proposal"), "");
}

}  // namespace
}  // namespace welfare::text
