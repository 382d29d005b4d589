// Signatures of published files, and the keys that make them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/base/coding/sha256.h"
#include "services/base/signature/signature_text.h"
#include "services/base/signature/signing_key.h"
#include "tests/base/signature/signing_keys.h"

namespace welfare::base {
namespace {

using ::testing::IsEmpty;
using testing::KeyPair;
using testing::MakeKeyPair;
using ::testing::SizeIs;

SignedFile Sample() {
  return {.name = "reports/jusou-2025-0002",
          .title = "実施状況調査　令和7年度",
          .edition = "FINAL",
          .level = "PUBLIC",
          .time = Timestamp::FromMicros(1'700'000'000'123'456),
          .content = std::string(64, 'a'),
          .format = "pdf",
          .filename = "report.pdf",
          .size = 345'678,
          .digest = std::string(64, '9'),
          .key = "0123456789abcdef"};
}

std::string SampleText() {
  return SignatureText(LinesToSign(Sample()), std::string(64, '\x01'));
}

TEST(SignatureText, SaysInLinesWhatIsSigned) {
  EXPECT_EQ(LinesToSign(Sample()),
            "welfare report signature 1\n"
            "report: reports/jusou-2025-0002\n"
            "title: 実施状況調査　令和7年度\n"
            "edition: FINAL\n"
            "level: PUBLIC\n"
            "published: 2023-11-14T22:13:20.123456Z\n"
            "snapshot: " +
                std::string(64, 'a') +
                "\n"
                "format: pdf\n"
                "file: report.pdf\n"
                "size: 345678\n"
                "sha256: " +
                std::string(64, '9') +
                "\n"
                "key: 0123456789abcdef\n");
}

// What is published to nobody says so: it has no level, and was made.
TEST(SignatureText, OfAFeedbackSheetHasAFormOfItsOwn) {
  SignedFile sheet = Sample();
  sheet.kind = SignedFile::Kind::kSheet;
  sheet.name = "reports/jusou-2025-0002/feedbackSheets/131016-council";
  sheet.level.clear();
  const std::string lines = LinesToSign(sheet);
  EXPECT_TRUE(lines.starts_with(
      "welfare feedback signature 1\n"
      "sheet: reports/jusou-2025-0002/feedbackSheets/131016-council\n"
      "title: 実施状況調査　令和7年度\n"
      "edition: FINAL\n"
      "made: 2023-11-14T22:13:20.123456Z\n"
      "number: aaaa"))
      << lines;
  int fault = 0;
  const std::string bytes(64, '\x01');
  const auto read = ReadSignatureText(SignatureText(lines, bytes), fault);
  ASSERT_TRUE(read.has_value()) << fault;
  EXPECT_EQ(read->file, sheet);
  // The lines of one kind are no lines of the other.
  std::string other = LinesToSign(Sample());
  other.replace(other.find("report"), 6, "feedback");
  EXPECT_FALSE(ReadSignatureText(SignatureText(other, bytes), fault));
  EXPECT_EQ(fault, 2);
}

TEST(SignatureText, IsReadBack) {
  int fault = 0;
  const auto read = ReadSignatureText(SampleText(), fault);
  ASSERT_TRUE(read.has_value()) << fault;
  EXPECT_EQ(read->file, Sample());
  EXPECT_EQ(read->lines, LinesToSign(Sample()));
  EXPECT_EQ(read->bytes, std::string(64, '\x01'));
}

// Whoever chooses a title says nothing else with it.
TEST(SignatureText, ATitleStaysInItsLine) {
  SignedFile file = Sample();
  file.title = "題\nedition: CORRECTED\r\n\x1b[2J";
  int fault = 0;
  const auto read = ReadSignatureText(
      SignatureText(LinesToSign(file), std::string(64, '\0')), fault);
  ASSERT_TRUE(read.has_value()) << fault;
  EXPECT_EQ(read->file.edition, "FINAL");
  EXPECT_EQ(read->file.title, "題 edition: CORRECTED   [2J");
}

TEST(SignatureText, NamesTheFirstLineThatIsNone) {
  const auto fault_of = [](const std::string& from, const std::string& to) {
    std::string text = SampleText();
    text.replace(text.find(from), from.size(), to);
    int fault = 0;
    EXPECT_FALSE(ReadSignatureText(text, fault).has_value()) << to;
    return fault;
  };
  EXPECT_EQ(fault_of("signature 1", "signature 2"), 1);
  EXPECT_EQ(fault_of("report: ", "Report: "), 2);
  EXPECT_EQ(fault_of("edition: FINAL\n", ""), 4);
  EXPECT_EQ(fault_of("edition: FINAL\n", "edition: FINAL\nedition: FINAL\n"),
            5);
  EXPECT_EQ(fault_of("22:13:20.123456Z", "22:13:20.123456+00:00"), 6);
  EXPECT_EQ(fault_of("345678", "0345678"), 10);
  EXPECT_EQ(fault_of("345678", "-1"), 10);
  EXPECT_EQ(fault_of("sha256: 9", "sha256: G"), 11);
  EXPECT_EQ(fault_of("sha256: 9", "sha256: "), 11);
  EXPECT_EQ(fault_of("key: 01", "key: O1"), 12);
  EXPECT_EQ(fault_of("PUBLIC\n", "PUBLIC\r\n"), 5);
  int fault = 0;
  EXPECT_FALSE(ReadSignatureText(SampleText() + "\n", fault).has_value());
  EXPECT_EQ(fault, 13);
  EXPECT_FALSE(ReadSignatureText("", fault).has_value());
  EXPECT_EQ(fault, 1);
  EXPECT_FALSE(
      ReadSignatureText(std::string(kMostSignatureBytes + 1, 'x'), fault)
          .has_value());
}

TEST(SignatureText, ReadsNoPartOfItself) {
  const std::string text = SampleText();
  for (std::size_t size = 0; size < text.size(); ++size) {
    int fault = 0;
    EXPECT_FALSE(ReadSignatureText(text.substr(0, size), fault).has_value());
  }
}

TEST(FormatOfBytes, IsSeenAtTheBeginning) {
  EXPECT_EQ(FormatOfBytes("%PDF-1.5"), "pdf");
  EXPECT_EQ(FormatOfBytes("<!doctype html><html>"), "html");
  EXPECT_EQ(FormatOfBytes("{\"version\""), "json");
  EXPECT_EQ(FormatOfBytes("PK\x03\x04...[Content_Types].xml"), "xlsx");
  EXPECT_EQ(FormatOfBytes("PK\x03\x04...README"), "csv");
  EXPECT_EQ(FormatOfBytes(""), "");
}

TEST(SigningKey, SignsWhatItsPublicKeyVerifies) {
  const KeyPair pair = MakeKeyPair();
  const auto key = SigningKey::Read(pair.private_pem);
  ASSERT_TRUE(key.has_value());
  const auto verifying = VerifyingKey::ReadAll(pair.public_pem);
  ASSERT_THAT(verifying, SizeIs(1));
  EXPECT_EQ(key->id(), verifying[0].id());
  EXPECT_THAT(key->id(), SizeIs(16));
  const std::string signature = key->Sign("text");
  EXPECT_THAT(signature, SizeIs(64));
  EXPECT_TRUE(verifying[0].Verifies("text", signature));
  EXPECT_FALSE(verifying[0].Verifies("texT", signature));
  EXPECT_FALSE(verifying[0].Verifies("text", signature + "x"));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string other = signature;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(verifying[0].Verifies("text", other));
  }
  const auto stranger = VerifyingKey::ReadAll(MakeKeyPair().public_pem);
  EXPECT_FALSE(stranger.at(0).Verifies("text", signature));
  EXPECT_NE(stranger.at(0).id(), key->id());
}

// RFC 8032, section 7.1, test 2.
TEST(SigningKey, IsEd25519AsItsDefinitionHasIt) {
  // Everybody knows this key; put together, so that no search for keys that
  // were left lying about finds it.
  const auto key = SigningKey::Read(
      "-----BEGIN "
      "PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
      "-----END PRIVATE KEY-----\n");
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(HexEncode(key->Sign("\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(VerifyingKey, SeveralStandInOneText) {
  const KeyPair now = MakeKeyPair();
  const KeyPair before = MakeKeyPair();
  const auto keys =
      VerifyingKey::ReadAll("The key since 2026:\n" + now.public_pem +
                            "\nuntil then:\n" + before.public_pem);
  ASSERT_THAT(keys, SizeIs(2));
  EXPECT_EQ(keys[0].id(), SigningKey::Read(now.private_pem)->id());
  EXPECT_EQ(keys[1].id(), SigningKey::Read(before.private_pem)->id());
}

TEST(Keys, AreOfEd25519AndWhatTheyAreSaidToBe) {
  const KeyPair pair = MakeKeyPair();
  const KeyPair other = MakeKeyPair("X25519");
  EXPECT_FALSE(SigningKey::Read(other.private_pem).has_value());
  EXPECT_FALSE(SigningKey::Read(pair.public_pem).has_value());
  EXPECT_FALSE(SigningKey::Read("").has_value());
  EXPECT_FALSE(SigningKey::Read(pair.private_pem + MakeKeyPair().private_pem)
                   .has_value());
  EXPECT_THAT(VerifyingKey::ReadAll(other.public_pem), IsEmpty());
  EXPECT_THAT(VerifyingKey::ReadAll(pair.private_pem), IsEmpty());
  EXPECT_THAT(VerifyingKey::ReadAll(pair.public_pem + other.public_pem),
              IsEmpty());
  EXPECT_THAT(VerifyingKey::ReadAll("nothing"), IsEmpty());
}

}  // namespace
}  // namespace welfare::base
