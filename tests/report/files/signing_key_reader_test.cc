#include "services/report/files/signing_key_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/base/signature/signing_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::report {
namespace {

using base::SigningKey;
using base::testing::KeyPair;
using base::testing::MakeKeyPair;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SigningKeyFile, IsReadWhereNobodyElseMay) {
  const support::TempDir folder;
  const std::string path = folder.File("key.pem");
  const KeyPair pair = MakeKeyPair();
  std::ofstream(path) << pair.private_pem;
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  const auto key = ReadSigningKey(path);
  ASSERT_OK(key);
  EXPECT_EQ(key->id(), SigningKey::Read(pair.private_pem)->id());

  const auto refused = [](const std::string& file, const std::string& why) {
    const absl::Status status = ReadSigningKey(file).status();
    EXPECT_STATUS(status, absl::StatusCode::kFailedPrecondition,
                  "SIGNING_KEY_UNUSABLE");
    EXPECT_THAT(status.message(), HasSubstr(why));
    // Neither the place nor the key.
    EXPECT_THAT(status.message(), Not(HasSubstr(file)));
  };
  refused(folder.File("none.pem"), "no such file");
  std::filesystem::permissions(path, std::filesystem::perms(0604));
  refused(path, "others may read it");
  std::filesystem::permissions(path, std::filesystem::perms(0600));
  std::ofstream(path) << pair.public_pem;
  refused(path, "no such key");
}

}  // namespace
}  // namespace welfare::report
