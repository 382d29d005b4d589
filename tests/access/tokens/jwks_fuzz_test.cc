// The libFuzzer entry point for key sets, and an ordinary test that feeds it a
// corpus and seeded mutations.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "services/access/tokens/jwks.h"
#include "services/base/error.h"
#include "tests/support/mutations.h"

namespace welfare::access {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  const auto keys = KeySet::Parse(text);
  if (keys.ok()) {
    // What is taken can be used, and forbids nothing that it should not.
    if (keys->size() == 0 || keys->size() > kMaxJwksKeys) std::abort();
    for (const std::string_view kid : {"rsa-1", "ec-1"}) {
      const PublicKey* key = keys->Find(kid);
      if (key != nullptr && key->Verifies("text", text)) std::abort();
    }
    return 0;
  }
  const auto details = base::GetErrorDetails(keys.status());
  if (!details.has_value() || details->violations.empty()) std::abort();
  for (const base::Violation& violation : details->violations) {
    if (violation.description_ja.empty()) std::abort();
  }
  return 0;
}

namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                         text.size());
}

TEST(KeySetFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kPieces[] = {
      "{",      "}",    "[",  "]",    "\"",         ",",     ":",
      "\"d\":", "null", "AA", "AQAB", "\"oct\"",    "RSA",   "EC",
      "P-256",  "kid",  "n",  "\xFF", "\"k\":\"\"", "ES256", "="};
  // The keys of RFC 7515, appendix A.2 and A.3.
  const std::string seed =
      R"({"keys":[{"kty":"RSA","kid":"rsa-1","use":"sig","alg":"RS256","n":")"
      "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp"
      "-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW"
      "vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUs"
      "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k"
      "G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2"
      "PAcDTW9gb54h4FRWyuXpoQ"
      R"(","e":"AQAB"},{"kty":"EC","kid":"ec-1","key_ops":["verify"],)"
      R"("crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
      R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
  ASSERT_TRUE(KeySet::Parse(seed).ok());
  Feed("");
  Feed(seed);
  support::Mutations mutations(19, {.pieces = kPieces, .most_repeated = 400});
  for (int i = 0; i < 6000; ++i) Feed(mutations.Of(seed));
  Feed(std::string(300'000, '['));
  Feed("{\"keys\":[" + std::string(100'000, '"'));
}

}  // namespace
}  // namespace welfare::access
