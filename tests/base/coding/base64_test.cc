#include "services/base/coding/base64.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace welfare::base {
namespace {

// RFC 4648 section 10.
TEST(Base64, FollowsTheStandardVectors) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(EncodeBase64(bytes, true), text);
    std::string bare = text;
    bare.erase(bare.find_last_not_of('=') + 1);
    EXPECT_EQ(EncodeBase64(bytes, false), bare);
    EXPECT_EQ(EncodeBase64Url(bytes), bare);
    EXPECT_EQ(DecodeBase64(text), bytes);
    EXPECT_EQ(DecodeBase64(bare), bytes);
    EXPECT_EQ(DecodeBase64Url(bare), bytes);
  }
}

TEST(Base64, TakesBothAlphabets) {
  const std::string bytes = "\xfb\xff\xfe";
  EXPECT_EQ(EncodeBase64(bytes, true), "+//+");
  EXPECT_EQ(EncodeBase64Url(bytes), "-__-");
  EXPECT_EQ(DecodeBase64("+//+"), bytes);
  EXPECT_EQ(DecodeBase64("-__-"), bytes);
  EXPECT_EQ(DecodeBase64Url("-__-"), bytes);
  EXPECT_EQ(DecodeBase64Url("+//+"), std::nullopt);
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes, true)), bytes);
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes, false)), bytes);
    EXPECT_EQ(DecodeBase64Url(EncodeBase64Url(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 37));
  }
}

TEST(Base64, RefusesWhatNoEncoderWrites) {
  for (const char* text :
       {"A", "A=", "AA=", "AAA==", "A@==", "AAAA=", "====", "=",
        "==", "AB==", "AB", "A A=", "Z=g=", "Zg===", "Zm9v Zg", "Zm9v\n",
        "Zm9v====", "\xe3\x81\x82"}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
    EXPECT_EQ(DecodeBase64Url(text), std::nullopt) << text;
  }
  // Two bytes, and bits of a third that must be zero.
  EXPECT_EQ(DecodeBase64Url("Zm8"), "fo");
  EXPECT_EQ(DecodeBase64Url("Zm9"), std::nullopt);
}

TEST(Base64, TakesNoPaddingInUrls) {
  EXPECT_EQ(DecodeBase64Url("Zg=="), std::nullopt);
}

}  // namespace
}  // namespace welfare::base
