// The libFuzzer entry point for files of API keys, and an ordinary test that
// feeds it a corpus and seeded mutations.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "services/access/api_keys.h"
#include "services/base/error.h"
#include "tests/support/mutations.h"

namespace welfare::access {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  // As a key it opens nothing.
  const ApiKeys none;
  const base::Timestamp now = base::Timestamp::FromMicros(0);
  if (std::holds_alternative<Caller>(none.Verify(text, now))) std::abort();

  const auto keys = ApiKeys::Parse(text);
  if (!keys.ok()) {
    const auto details = base::GetErrorDetails(keys.status());
    if (!details.has_value() || details->violations.empty()) std::abort();
    return 0;
  }
  // What is written is read back.
  const auto again = ApiKeys::Parse(keys->ToJson());
  if (!again.ok() || again->all() != keys->all()) std::abort();
  if (std::holds_alternative<Caller>(keys->Verify(text, now))) std::abort();
  return 0;
}

namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                         text.size());
}

TEST(ApiKeyFileFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kPieces[] = {"{",         "}",
                                          "[",         "]",
                                          "\"",        ",",
                                          ":",         "0",
                                          "null",      "@*",
                                          "registrar", "\\n",
                                          "revoked",   "2026-04-01T00:00:00Z",
                                          "Z",         "\xFF",
                                          "wk_",       "0123456789abcdef"};
  const std::string seed =
      "{\"version\":1,\"keys\":[\n"
      "{\"id\":\"0123456789abcdef\",\"secret_sha256\":"
      "\"2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b\","
      "\"subject\":\"batch\",\"grants\":[\"manager@jusou\",\"auditor@*\"],"
      "\"municipality_code\":\"131016\",\"respondent_kind\":\"council\","
      "\"created\":\"2026-04-01T00:00:00Z\","
      "\"expires\":\"2027-03-31T15:00:00.5Z\","
      "\"revoked\":\"2026-05-01T09:00:00+09:00\"},\n"
      "{\"id\":\"00000000000000ff\",\"secret_sha256\":"
      "\"0000000000000000000000000000000000000000000000000000000000000000\","
      "\"subject\":\"b\",\"grants\":[],\"created\":\"2026-04-01T00:00:00Z\"}\n"
      "]}\n";
  ASSERT_TRUE(ApiKeys::Parse(seed).ok());
  Feed("");
  Feed(seed);
  Feed("wk_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  support::Mutations mutations(
      23, {.pieces = kPieces, .most_edits = 3, .most_repeated = 300});
  for (int i = 0; i < 10'000; ++i) Feed(mutations.Of(seed));
}

}  // namespace
}  // namespace welfare::access
