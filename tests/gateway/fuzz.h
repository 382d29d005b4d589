// What the fuzz tests of the gateway share: the entry point of libFuzzer,
// called as a test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/mutations.h"

namespace welfare::gateway {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

// Feeds each of `seeds`, and `rounds` mutations of each made of `pieces`.
inline void FeedAll(std::span<const std::string_view> seeds,
                    std::span<const std::string_view> pieces, int rounds) {
  const auto feed = [](const std::string& text) {
    // As long as the text and no longer, so that a sanitizer sees its end.
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  };
  support::Mutations mutations(
      12, {.pieces = pieces, .most_edits = 4, .most_repeated = 40});
  feed("");
  for (const std::string_view seed : seeds) {
    feed(std::string(seed));
    for (int i = 0; i < rounds; ++i) feed(mutations.Of(std::string(seed)));
  }
}

}  // namespace welfare::gateway
