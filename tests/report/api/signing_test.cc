// Signatures of what is published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "welfare/report/v1/report_service.grpc.pb.h"

#include "services/base/signature/signature_text.h"
#include "services/base/signature/signing_key.h"
#include "tests/report/report_module_fixture.h"
#include "tests/base/signature/signing_keys.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"

namespace welfare::report {
namespace {

using testing::Downloaded;
using base::ReadSignatureText;
using base::SignedFile;
using base::VerifyingKey;
using base::testing::KeyPair;
using base::testing::MakeKeyPair;

class SigningTest : public testing::ReportModuleTest {
 protected:
  std::vector<std::string> Flags() override {
    WriteKey(pair_);
    return {"--signing-key-file", key_file()};
  }

  std::string key_file() const { return keys_.File("key.pem"); }

  void WriteKey(const KeyPair& pair) {
    std::ofstream(key_file()) << pair.private_pem;
    std::filesystem::permissions(key_file(), std::filesystem::perms(0600));
  }

  // The signature of a file, checked by the key of this test.
  SignedFile Signature(const std::string& report, const std::string& format,
                       const KeyPair& pair) {
    const Downloaded downloaded = Download(report, format, 0, true);
    EXPECT_OK(downloaded.status);
    int fault = 0;
    const auto read = ReadSignatureText(downloaded.bytes, fault);
    EXPECT_TRUE(read.has_value()) << downloaded.bytes;
    if (!read.has_value()) return {};
    EXPECT_TRUE(VerifyingKey::ReadAll(pair.public_pem)
                    .at(0)
                    .Verifies(read->lines, read->bytes));
    return read->file;
  }

  const KeyPair pair_ = MakeKeyPair();
  support::TempDir keys_;
};

TEST_F(SigningTest, EveryFileIsSignedWhenItIsPublished) {
  const auto created = Create(Request());
  ASSERT_OK(created);
  for (const v1::Report::File& file : created->files()) {
    EXPECT_EQ(file.signing_key(), "");
    EXPECT_STATUS(Download(created->name(), file.format(), 0, true).status,
                  absl::StatusCode::kFailedPrecondition, "FILE_NOT_SIGNED");
  }
  const auto published = Publish(created->name());
  ASSERT_OK(published);
  for (const v1::Report::File& file : published->files()) {
    const SignedFile signature =
        Signature(published->name(), file.format(), pair_);
    EXPECT_EQ(signature.name, published->name());
    EXPECT_EQ(signature.title, published->display_name());
    EXPECT_EQ(signature.edition, "PROVISIONAL");
    EXPECT_EQ(signature.level, "PUBLIC");
    EXPECT_EQ(signature.time.micros() / 1'000'000,
              published->publish_time().seconds());
    EXPECT_EQ(signature.content, published->snapshot());
    EXPECT_EQ(signature.format, file.format());
    EXPECT_EQ(signature.filename, file.filename());
    EXPECT_EQ(signature.size, file.size());
    EXPECT_EQ(signature.digest, file.digest());
    EXPECT_EQ(signature.key, file.signing_key());
    // As its beginning says, which is how a reader is told of a mix-up.
    EXPECT_EQ(base::FormatOfBytes(Download(published->name(), file.format()).bytes),
              file.format());
  }
  const auto again = Get(published->name());
  ASSERT_OK(again);
  EXPECT_EQ(again->files(0).signing_key(), published->files(0).signing_key());
}

TEST_F(SigningTest, ASignatureIsAFileOfItsOwn) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_OK(Publish(report->name()));
  const Downloaded whole = Download(report->name(), "pdf", 0, true);
  ASSERT_OK(whole.status);
  EXPECT_EQ(whole.filename, "synthetic-report.pdf.sig");
  EXPECT_EQ(whole.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(whole.size, static_cast<std::int64_t>(whole.bytes.size()));
  const Downloaded rest = Download(report->name(), "pdf", 100, true);
  EXPECT_EQ(rest.bytes, whole.bytes.substr(100));
  EXPECT_EQ(rest.digest, whole.digest);
  EXPECT_EQ(Download(report->name(), "pdf", 1 << 20, true).bytes, "");
}

// A key is replaced by replacing its file; what was signed stays as it is.
TEST_F(SigningTest, AnotherKeySignsWhatIsPublishedLater) {
  const auto first = Create(Request());
  ASSERT_OK(first);
  ASSERT_OK(Publish(first->name()));
  const KeyPair next = MakeKeyPair();
  WriteKey(next);
  const auto second = Create(Request());
  ASSERT_OK(second);
  ASSERT_OK(Publish(second->name()));
  EXPECT_NE(Signature(first->name(), "html", pair_).key,
            Signature(second->name(), "html", next).key);
}

// Nothing is published that was to be signed and is not.
TEST_F(SigningTest, WithoutItsKeyNothingIsPublished) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  std::filesystem::remove(key_file());
  EXPECT_STATUS(Publish(report->name()), absl::StatusCode::kFailedPrecondition,
                "SIGNING_KEY_UNUSABLE");
  EXPECT_EQ(Get(report->name())->state(), v1::Report::STATE_CREATED);
  WriteKey(pair_);
  EXPECT_OK(Publish(report->name()));
}

TEST_F(SigningTest, WhoMayNotHaveAFileMayNotHaveItsSignature) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_OK(Publish(report->name(), type::v1::PUBLISH_LEVEL_INTERNAL));
  who_ = access::Identity::Anonymous();
  EXPECT_STATUS(Download(report->name(), "html", 0, true).status,
                absl::StatusCode::kNotFound, "REPORT_NOT_FOUND");
}

// A sheet is signed when it is made, for then it is sent.
TEST_F(SigningTest, EverySheetIsSignedWhenItIsMade) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_OK(MakeSheets(report->name()));
  for (const char* id :
       {"131016-municipality", "131016-council", "131016-pair"}) {
    const auto sheet = GetSheet(report->name(), id);
    ASSERT_OK(sheet);
    ASSERT_EQ(sheet->files_size(), 2);
    for (const v1::Report::File& file : sheet->files()) {
      const Downloaded text = DownloadSheet(sheet->name(), file.format(), 0, true);
      ASSERT_OK(text.status);
      EXPECT_EQ(text.filename, file.filename() + ".sig");
      EXPECT_EQ(text.content_type, "text/plain; charset=utf-8");
      int fault = 0;
      const auto read = ReadSignatureText(text.bytes, fault);
      ASSERT_TRUE(read.has_value()) << text.bytes;
      EXPECT_TRUE(VerifyingKey::ReadAll(pair_.public_pem)
                      .at(0)
                      .Verifies(read->lines, read->bytes));
      EXPECT_EQ(read->file.kind, SignedFile::Kind::kSheet);
      EXPECT_EQ(read->file.name, sheet->name());
      EXPECT_EQ(read->file.title, sheet->display_name());
      EXPECT_EQ(read->file.edition, "PROVISIONAL");
      // The number that is printed on it.
      EXPECT_EQ(read->file.content, sheet->digest());
      EXPECT_EQ(read->file.time.micros() / 1'000'000,
                sheet->create_time().seconds());
      EXPECT_EQ(read->file.digest, file.digest());
      EXPECT_EQ(read->file.key, file.signing_key());
    }
  }
  // Whoever may not have the sheet may not have its signature.
  who_ = support::RespondentOf("jusou", "131016", "council");
  EXPECT_OK(DownloadSheet(report->name() + "/feedbackSheets/131016-council",
                          "pdf", 0, true)
                .status);
  EXPECT_STATUS(
      DownloadSheet(report->name() + "/feedbackSheets/131016-municipality",
                    "pdf", 0, true)
          .status,
      absl::StatusCode::kNotFound, "FEEDBACK_NOT_FOUND");
}

// Nothing is sent that was to be signed and is not.
TEST_F(SigningTest, WithoutItsKeyNoSheetIsMade) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  std::filesystem::remove(key_file());
  EXPECT_STATUS(MakeSheets(report->name()),
                absl::StatusCode::kFailedPrecondition, "SIGNING_KEY_UNUSABLE");
  EXPECT_STATUS(GetSheet(report->name(), "131016-council"),
                absl::StatusCode::kNotFound, "FEEDBACK_NOT_FOUND");
  WriteKey(pair_);
  EXPECT_OK(MakeSheets(report->name()));
}

class UnsignedTest : public testing::ReportModuleTest {};

TEST_F(UnsignedTest, WithoutAKeyThereIsNoSignature) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  const auto published = Publish(report->name());
  ASSERT_OK(published);
  EXPECT_EQ(published->files(0).signing_key(), "");
  EXPECT_STATUS(Download(report->name(), "html", 0, true).status,
                absl::StatusCode::kFailedPrecondition, "FILE_NOT_SIGNED");
}

TEST_F(UnsignedTest, NorOneOfASheet) {
  const auto report = Create(Request());
  ASSERT_OK(report);
  ASSERT_OK(MakeSheets(report->name()));
  const auto sheet = GetSheet(report->name(), "131016-council");
  ASSERT_OK(sheet);
  EXPECT_EQ(sheet->files(0).signing_key(), "");
  EXPECT_STATUS(DownloadSheet(sheet->name(), "pdf", 0, true).status,
                absl::StatusCode::kFailedPrecondition, "FEEDBACK_NOT_SIGNED");
}

}  // namespace
}  // namespace welfare::report
