// The libFuzzer entry point for page tokens, and an ordinary test that feeds it
// a corpus and seeded mutations: a token is refused, or is the one that its key
// is given, and no key is read as another.
//
// An input is a token; and, because a digest stands in the way of most of them,
// a key too.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "services/base/pages/page.h"
#include "tests/support/mutations.h"

namespace welfare::base {
namespace {

constexpr char kParameters[] = "lists.v1.List";

template <typename Key>
void CheckKey(std::string_view token) {
  const auto page = Page::Read(10, token, kParameters);
  if (!page.ok()) std::abort();
  const auto key = page->template After<Key>();
  if (!key.ok() || !key->has_value()) return;
  const auto again = Page::Read(10, page->TokenAfter(**key), kParameters);
  if (!again.ok()) std::abort();
  const auto same = again->template After<Key>();
  if (!same.ok() || *same != *key) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  const auto key = DecodePageToken(text, kParameters);
  if (key.ok() && !text.empty()) {
    // One token for one key, and for one list.
    if (EncodePageToken(*key, kParameters) != text) std::abort();
    if (DecodePageToken(text, "another").ok()) std::abort();
  }
  if (text.empty()) return 0;
  const std::string token = EncodePageToken(text, kParameters);
  const auto read = DecodePageToken(token, kParameters);
  if (!read.ok() || *read != text) std::abort();
  CheckKey<std::tuple<std::int64_t>>(token);
  CheckKey<std::tuple<std::int64_t, std::string>>(token);
  CheckKey<std::tuple<FiscalYear, MunicipalityCode>>(token);
  CheckKey<std::tuple<std::int64_t, FiscalYear, MunicipalityCode, std::string>>(
      token);
  return 0;
}

namespace {

TEST(PageTokenFuzz, SurvivesCorpusAndMutations) {
  const auto feed = [](const std::string& text) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                           text.size());
  };
  constexpr std::string_view kPieces[] = {
      "/",      "-",    "0",    "_",  "=",  "A",
      "131016", "2025", "\xFF", "//", "+1", "9223372036854775807"};
  support::Mutations mutations(31, {.pieces = kPieces, .most_repeated = 20});
  feed("");
  for (const std::string& seed :
       {EncodePageToken("131016", kParameters),
        EncodePageToken("7/2025/131016/a/b", kParameters),
        std::string("7/2025/131016/a/b"), std::string("-1/x"),
        std::string("2025/131016"), std::string("42")}) {
    feed(seed);
    for (int i = 0; i < 4000; ++i) feed(mutations.Of(seed));
  }
}

}  // namespace
}  // namespace welfare::base
