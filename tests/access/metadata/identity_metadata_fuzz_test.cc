// The libFuzzer entry point for the metadata of identities, and an ordinary
// test that feeds it a corpus and seeded mutations.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "services/access/metadata/identity_metadata.h"

namespace welfare::access {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string bytes(data, data + size);
  const auto identity = FromMetadata(bytes);
  // One text for one identity.
  if (identity.ok() && ToMetadata(*identity) != bytes) std::abort();
  return 0;
}

namespace {

void Feed(const std::string& text) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                         text.size());
}

TEST(IdentityMetadataFuzz, SurvivesCorpusAndMutations) {
  std::mt19937 random(29);
  const auto pick = [&](std::size_t count) { return random() % count; };
  const std::vector<std::string> grants = {"manager@jusou", "respondent@jusou",
                                           "auditor@*"};
  const std::string seed =
      ToMetadata(*Identity::Make({.subject = "office",
                                  .grants = grants,
                                  .municipality_code = "131016",
                                  .respondent_kind = "council",
                                  .authentication = Authentication::kToken}));
  Feed("");
  Feed(seed);
  int read = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string bytes = seed;
    for (std::size_t edits = 1 + pick(3); edits > 0; --edits) {
      const std::size_t at = pick(bytes.size() + 1);
      switch (pick(4)) {
        case 0:
          bytes.insert(at, 1, static_cast<char>(pick(256)));
          break;
        case 1:
          bytes.erase(at, pick(4));
          break;
        case 2:
          bytes.insert(at, bytes.substr(pick(bytes.size() + 1), pick(20)));
          break;
        default:
          if (at < bytes.size()) bytes[at] = static_cast<char>(pick(256));
      }
    }
    Feed(bytes);
    read += FromMetadata(bytes).ok() ? 1 : 0;
  }
  // Some mutations are identities, so that more than the refusal is tried.
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace welfare::access
