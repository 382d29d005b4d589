// The libFuzzer entry point for the metadata of identities, and an ordinary
// test that feeds it a corpus and seeded mutations.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "services/access/metadata/identity_metadata.h"
#include "tests/support/mutations.h"

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
  support::Mutations mutations(
      29, {.most_edits = 3, .most_erased = 4, .most_repeated = 20});
  int read = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string bytes = mutations.Of(seed);
    Feed(bytes);
    read += FromMetadata(bytes).ok() ? 1 : 0;
  }
  // Some mutations are identities, so that more than the refusal is tried.
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace welfare::access
