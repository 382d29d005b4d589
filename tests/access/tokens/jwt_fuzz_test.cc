// The libFuzzer entry point for tokens, and an ordinary test that feeds it a
// corpus and seeded mutations. Mutations of text that is signed after them
// reach the claims.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/access/tokens/token_fixture.h"
#include "tests/support/mutations.h"

namespace welfare::access {

// The one token that the corpus holds.
const std::string& Seed() {
  static const std::string token = EcToken(EcHeader(), Claims());
  return token;
}

// The first byte says what the others are: a token, a header, or a payload.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const bool header = data[0] % 3 == 1;
  const bool payload = data[0] % 3 == 2;
  const std::string token =
      header    ? Issuer::Es256().Token(text, ToJson(Claims()))
      : payload ? Issuer::Es256().Token(ToJson(EcHeader()), text)
                : text;
  const Admission admission = Judge(token);
  const Admission again = Judge(token);
  if (admission != again) std::abort();
  if (const auto* caller = std::get_if<Caller>(&admission)) {
    // Nobody else can sign: of texts taken as they are one alone gets in.
    if (!header && !payload && text != Seed()) std::abort();
    if (caller->expires <= Seconds(kNowSeconds)) std::abort();
    if (caller->identity.authentication() != Authentication::kToken) {
      std::abort();
    }
  } else if (ToString(std::get<Refusal>(admission)).empty()) {
    std::abort();
  }
  return 0;
}

namespace {

void Feed(char kind, const std::string& text) {
  const std::string input = kind + text;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()),
                         input.size());
}

TEST(TokenFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kPieces[] = {
      "{",       "}",    "[",    "]",      "\"",  ",",         ":",   ".",
      "\\u00",   "null", "1e9",  "-1",     "exp", "kid",       "alg", "none",
      "\"aud\"", "\xE3", "\xFF", "grants", "@*",  "1780000300"};
  const std::string seeds[] = {Seed(), ToJson(EcHeader()), ToJson(Claims())};
  support::Mutations mutations(
      17, {.pieces = kPieces, .most_erased = 6, .most_repeated = 40});
  Feed(0, "");
  for (std::size_t kind = 0; kind < 3; ++kind) {
    Feed(static_cast<char>(kind), seeds[kind]);
    for (int i = 0; i < 3000; ++i) {
      Feed(static_cast<char>(kind), mutations.Of(seeds[kind]));
    }
    Feed(static_cast<char>(kind), std::string(100'000, '.'));
    Feed(static_cast<char>(kind), std::string(5'000, '['));
    Feed(static_cast<char>(kind), std::string(5'000, '"'));
  }
}

}  // namespace
}  // namespace welfare::access
