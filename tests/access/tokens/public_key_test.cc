#include "services/access/tokens/public_key.h"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <string>

#include "services/base/coding/base64.h"
#include "tests/access/tokens/issuer.h"

namespace welfare::access {
namespace {

std::string Decode(std::string_view text) {
  return base::DecodeBase64Url(text).value();
}

// RFC 7515, appendix A.2 and A.3: one payload, two keys.
constexpr std::string_view kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ";

TEST(PublicKeys, VerifyTheRsaExampleOfRfc7515) {
  const auto key = PublicKey::MakeRsa(
      Decode("ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp"
             "-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW"
             "vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
             "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k"
             "G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2"
             "PAcDTW9gb54h4FRWyuXpoQ"),
      Decode("AQAB"));
  ASSERT_TRUE(key.has_value());
  const std::string input =
      std::string("eyJhbGciOiJSUzI1NiJ9.").append(kPayload);
  const std::string signature = Decode(
      "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7"
      "AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
      "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
      "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
      "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrB"
      "p0igcN_IoypGlUPQGe77Rw");
  EXPECT_TRUE(key->Verifies(input, signature));
  EXPECT_FALSE(key->Verifies(input + "A", signature));
}

TEST(PublicKeys, VerifyTheEcExampleOfRfc7515) {
  const auto key = PublicKey::MakeP256(
      Decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
      Decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key.has_value());
  const std::string input =
      std::string("eyJhbGciOiJFUzI1NiJ9.").append(kPayload);
  const std::string signature = Decode(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
      "pmWQxfKTUJqPP3-Kg6NU1Q");
  EXPECT_TRUE(key->Verifies(input, signature));
  EXPECT_FALSE(key->Verifies(input + "A", signature));
}

// RFC 7520, section 4.1.
TEST(PublicKeys, VerifyTheRsaExampleOfRfc7520) {
  const auto key = PublicKey::MakeRsa(
      Decode("n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRoj"
             "dNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2l"
             "bzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6c"
             "S6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3"
             "-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwU"
             "kRz5iaiQkqgc5gHdrNP5zw"),
      Decode("AQAB"));
  ASSERT_TRUE(key.has_value());
  const std::string input =
      "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9"
      "."
      "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9v"
      "ci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIg"
      "ZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9m"
      "ZiB0by4";
  EXPECT_TRUE(key->Verifies(
      input,
      Decode("MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZo"
             "pdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmD"
             "LJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9e"
             "Ro4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2"
             "aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH8"
             "4ogoree7vjbU5y18kDquDg")));
}

// A TLS connection of the same thread asks the queue why a read ended.
TEST(PublicKeys, LeaveNoErrorBehind) {
  ERR_clear_error();
  EXPECT_FALSE(PublicKey::MakeP256(std::string(32, '\1'), std::string(32, '\2'))
                   .has_value());
  const auto key = PublicKey::MakeP256(
      Decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
      Decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key.has_value());
  EXPECT_FALSE(key->Verifies("text", std::string(64, '\0')));
  EXPECT_FALSE(key->Verifies("text", std::string(64, '\xFF')));
  EXPECT_FALSE(key->Verifies("text", ""));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace welfare::access
