#include "services/base/coding/sha256.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::base {
namespace {

// Vectors of FIPS 180-4 and NIST's examples.
TEST(Sha256, FollowsTheStandardVectors) {
  EXPECT_EQ(Sha256Hex(""),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(
      Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256Hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnPieces) {
  const std::string text(300, 'x');
  for (std::size_t cut = 0; cut <= text.size(); cut += 7) {
    Sha256 sha;
    sha.Update(std::string_view(text).substr(0, cut));
    sha.Update(std::string_view(text).substr(cut));
    EXPECT_EQ(sha.Finish(), Sha256Bytes(text));
  }
}

TEST(Sha256, KnowsHowItIsWritten) {
  const std::string written = Sha256Hex("abc");
  EXPECT_TRUE(IsSha256Hex(written));
  EXPECT_FALSE(IsSha256Hex(""));
  EXPECT_FALSE(IsSha256Hex(written.substr(1)));
  EXPECT_FALSE(IsSha256Hex(written + "0"));
  EXPECT_FALSE(IsSha256Hex("A" + written.substr(1)));
}

}  // namespace
}  // namespace welfare::base
