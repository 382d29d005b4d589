#include "services/text/encoding.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "services/base/error.h"

namespace welfare::text {
namespace {

using namespace std::string_view_literals;  // NOLINT: literals with NUL

// CP932 bytes as Windows writes them.
constexpr std::pair<std::string_view, std::string_view> kVectors[] = {
    {"東京都", "\x93\x8C\x8B\x9E\x93\x73"},
    {"髙", "\xFB\xFC"},
    {"﨑", "\xFA\xB1"},
    {"①", "\x87\x40"},
    {"④", "\x87\x43"},
    {"～", "\x81\x60"},
    {"－", "\x81\x7C"},
    {"ｱ", "\xB1"},
    {"ソ表", "\x83\x5C\x95\x5C"},
    {"№㈱", "\x87\x82\x87\x8A"},
    {"葛飾区", "\x8A\x8B\x8F\xFC\x8B\xE6"},
    {"青ヶ島村", "\x90\xC2\x83\x96\x93\x87\x91\xBA"},
    {"檜原村", "\x9E\x77\x8C\xB4\x91\xBA"},
    {"a,b\r\n", "a,b\r\n"},
};

TEST(Encoding, DecodesAndEncodesCp932AsWindowsDoes) {
  for (const auto& [utf8, cp932] : kVectors) {
    const auto encoded = EncodeCp932(utf8);
    ASSERT_TRUE(encoded.ok()) << utf8 << ": " << encoded.status();
    EXPECT_EQ(*encoded, cp932) << utf8;
    const auto decoded = DecodeText(cp932);
    ASSERT_TRUE(decoded.ok()) << utf8 << ": " << decoded.status();
    EXPECT_EQ(decoded->utf8, utf8);
  }
  EXPECT_EQ(DecodeText("\xFB\xFC")->encoding, Encoding::kCp932);
}

// Other writers use the NEC rows for the same characters.
TEST(Encoding, DecodesBothRowsOfNecAndIbmExtensions) {
  EXPECT_EQ(DecodeText("\xEE\xE0\xED\x95")->utf8, "髙﨑");
  EXPECT_EQ(DecodeText("\xFB\xFC\xFA\xB1")->utf8, "髙﨑");
}

TEST(Encoding, PrefersUtf8AndHonoursByteOrderMarks) {
  EXPECT_EQ(DecodeText("東京")->encoding, Encoding::kUtf8);
  EXPECT_EQ(DecodeText("")->encoding, Encoding::kUtf8);
  const auto with_mark = DecodeText(
      "\xEF\xBB\xBF"
      "東京");
  EXPECT_EQ(with_mark->encoding, Encoding::kUtf8WithBom);
  EXPECT_EQ(with_mark->utf8, "東京");
  const auto little = DecodeText("\xFF\xFE\x71\x67\x2C\x00"sv);
  ASSERT_TRUE(little.ok());
  EXPECT_EQ(little->encoding, Encoding::kUtf16LittleEndian);
  EXPECT_EQ(little->utf8, "東,");
  EXPECT_EQ(DecodeText("\xFE\xFF\x67\x71"sv)->utf8, "東");
}

TEST(Encoding, RefusesWithTheOffsetInsteadOfReplacing) {
  // Neither UTF-8 (from byte 1) nor CP932 (0xFD at 4 is no lead byte).
  const auto neither = DecodeText("a\x93\x8C,\xFD\xFE");
  ASSERT_FALSE(neither.ok());
  EXPECT_EQ(base::ReasonOf(neither.status()), "ENCODING_UNKNOWN");
  auto metadata = base::GetErrorDetails(neither.status())->metadata;
  EXPECT_EQ(metadata["utf8_offset"], "1");
  EXPECT_EQ(metadata["cp932_offset"], "4");
  // A byte order mark binds.
  const auto broken = DecodeText(
      "\xEF\xBB\xBF"
      "a\x93\x8C");
  EXPECT_EQ(base::GetErrorDetails(broken.status())->metadata["offset"], "4");
  EXPECT_FALSE(DecodeText("\xFF\xFE\x00\xD8"sv).ok());
  // A lead byte at the end of the file, and a gaiji of one machine.
  EXPECT_FALSE(DecodeText("a\x93").ok());
  EXPECT_FALSE(DecodeText("\xF0\x40").ok());
}

std::string DetailOf(const absl::Status& status, const std::string& key) {
  const auto details = base::GetErrorDetails(status);
  return details ? details->metadata.at(key) : "";
}

// Half-width kana NA SI in CP932 are the bytes of U+017C.
TEST(Encoding, RefusesWhatIsUtf8AndHalfWidthKanaAlike) {
  const auto read = DecodeText("a,b\nc,\xC5\xBC\n");
  EXPECT_EQ(base::ReasonOf(read.status()), "ENCODING_AMBIGUOUS");
  EXPECT_EQ(DetailOf(read.status(), "line"), "2");
  EXPECT_EQ(DetailOf(read.status(), "readings"), "\u017C (UTF-8), ﾅｼ (CP932)");
}

TEST(Encoding, TakesWesternLettersBesideJapanese) {
  EXPECT_EQ(DecodeText("\u017C東")->encoding, Encoding::kUtf8);
}

TEST(Encoding, TakesWordsOfWesternLetters) {
  for (const char* word : {"M\u00FCller", "caf\u00E9", "\u00F3w", "\u03B1x"}) {
    const auto read = DecodeText(word);
    ASSERT_TRUE(read.ok()) << word;
    EXPECT_EQ(read->encoding, Encoding::kUtf8);
    EXPECT_EQ(read->utf8, word);
  }
  // Capital letters stand before half-width kana too.
  EXPECT_FALSE(DecodeText("TEL\xC5\xBC").ok());
}

// Hiragana NA SI in EUC-JP are half-width kana and punctuation in CP932.
TEST(Encoding, RefusesWhatIsEucJpAndCp932Alike) {
  const auto read = DecodeText("a\n\n\xA4\xCA\xA4\xB7\n");
  EXPECT_EQ(base::ReasonOf(read.status()), "ENCODING_AMBIGUOUS");
  EXPECT_EQ(DetailOf(read.status(), "line"), "3");
}

TEST(Encoding, NamesEucJpWhereNothingElseFits) {
  const auto read = DecodeText("x\n\xC5\xEC\xB5\xFE\xC5\xD4");  // 東京都
  EXPECT_EQ(base::ReasonOf(read.status()), "ENCODING_UNKNOWN");
  EXPECT_NE(base::MessageOf(read.status()).find("EUC-JP"), std::string::npos);
  EXPECT_EQ(DetailOf(read.status(), "line"), "2");
}

TEST(Encoding, TakesTheWordOfTheCaller) {
  EXPECT_EQ(DecodeText("\xC5\xBC", EncodingChoice::kCp932)->utf8, "ﾅｼ");
  EXPECT_EQ(DecodeText("\xC5\xBC", EncodingChoice::kUtf8)->utf8, "\u017C");
  EXPECT_EQ(DecodeText("\x71\x67\x2C\x00"sv, EncodingChoice::kUtf16)->utf8,
            "東,");
  EXPECT_EQ(
      base::ReasonOf(DecodeText("\x93\x8C", EncodingChoice::kUtf8).status()),
      "ENCODING_UNKNOWN");
}

TEST(Encoding, RefusesAMarkThatContradictsTheCaller) {
  EXPECT_FALSE(DecodeText("\xEF\xBB\xBF東", EncodingChoice::kCp932).ok());
  EXPECT_FALSE(DecodeText("\xFF\xFE\x71\x67", EncodingChoice::kUtf8).ok());
  EXPECT_TRUE(DecodeText("\xEF\xBB\xBF東", EncodingChoice::kUtf8).ok());
}

TEST(Encoding, CountsTheLineOfAWrongByte) {
  EXPECT_EQ(DetailOf(DecodeText("東\na\n\xFF").status(), "line"), "3");
  EXPECT_EQ(DetailOf(DecodeText("\xFF\xFE\x61\x00\x0A\x00\x00\xD8"sv).status(),
                     "line"),
            "2");
}

TEST(Encoding, SaysInOneSentenceThatAFileIsNoText) {
  for (const std::string_view bytes :
       {"\xD0\xCF\x11\xE0\xA1\xB1"sv, "PK\x03\x04rest"sv, "%PDF-1.7"sv}) {
    const auto read = DecodeText(bytes);
    EXPECT_EQ(base::ReasonOf(read.status()), "FILE_FORMAT");
    EXPECT_NE(base::GetErrorDetails(read.status())->message_ja, "");
  }
}

TEST(Encoding, RefusesUtf16WithoutAMark) {
  EXPECT_EQ(base::ReasonOf(DecodeText("a\0,\0"sv).status()),
            "ENCODING_UNKNOWN");
}

TEST(Encoding, KnowsTheWordsForEncodings) {
  EXPECT_EQ(*ParseEncodingChoice("auto"), EncodingChoice::kAuto);
  EXPECT_EQ(*ParseEncodingChoice("UTF-8"), EncodingChoice::kUtf8);
  EXPECT_EQ(*ParseEncodingChoice("utf-16"), EncodingChoice::kUtf16);
  EXPECT_EQ(*ParseEncodingChoice("cp932"), EncodingChoice::kCp932);
  EXPECT_EQ(base::ReasonOf(ParseEncodingChoice("latin1").status()),
            "ENCODING_NAME");
}

TEST(Encoding, SkipsAMarkInTextThatIsDecodedAlready) {
  EXPECT_EQ(SkipByteOrderMark("\uFEFFtype"), "type");
  EXPECT_EQ(SkipByteOrderMark("type\uFEFF"), "type\uFEFF");
}

TEST(Encoding, SaysWhichCharacterCp932Lacks) {
  const auto encoded = EncodeCp932("東😀");
  ASSERT_FALSE(encoded.ok());
  EXPECT_EQ(base::ReasonOf(encoded.status()), "NOT_IN_CP932");
  auto metadata = base::GetErrorDetails(encoded.status())->metadata;
  EXPECT_EQ(metadata["character"], "😀");
  EXPECT_EQ(metadata["offset"], "3");
  // U+301C is another character than the U+FF5E that CP932 holds.
  EXPECT_FALSE(EncodeCp932("〜").ok());
  EXPECT_EQ(base::ReasonOf(EncodeCp932("\x93").status()), "NOT_UTF8");
}

TEST(Encoding, KnowsStrictUtf8) {
  EXPECT_TRUE(IsValidUtf8("aé東😀\xF4\x8F\xBF\xBF"));
  for (const auto& [text, offset] :
       {std::pair("\xC0\x80"sv, 0U), std::pair("a\xE0\x80\x80"sv, 1U),
        std::pair("\xED\xA0\x80"sv, 0U), std::pair("\xF4\x90\x80\x80"sv, 0U),
        std::pair("ab\x80"sv, 2U), std::pair("\xE6\x9D"sv, 0U),
        std::pair("\xF8\x88\x80\x80\x80"sv, 0U)}) {
    EXPECT_EQ(FindInvalidUtf8(text), offset);
  }
}

}  // namespace
}  // namespace welfare::text
