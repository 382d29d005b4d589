#include "services/importing/rejects_token.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include "services/base/pages/page.h"
#include "tests/support/status_matchers.h"

namespace welfare::importing {
namespace {

std::string Digest(std::string_view csv) {
  return DigestOf(std::array{csv, std::string_view("a.csv")});
}

TEST(RejectsToken, NamesAPosition) {
  for (const RejectList::Position& position :
       {RejectList::Position{Table::kRecords, 1, 1},
        RejectList::Position{Table::kHeaders, 12, 3'000},
        RejectList::Position{Table::kHeaders, std::numeric_limits<int>::max(),
                             std::numeric_limits<std::int64_t>::max()}}) {
    const auto read = ReadRejectsToken(RejectsToken(position, Digest("x")),
                                       true, Digest("x"));
    ASSERT_OK(read);
    EXPECT_EQ(*read, position);
  }
  ASSERT_OK(ReadRejectsToken("", false, Digest("x")));
  EXPECT_EQ(*ReadRejectsToken("", false, Digest("x")), RejectList::Position());
}

TEST(RejectsToken, IsOfItsBatchAndOfADryRun) {
  const std::string token = RejectsToken({Table::kRecords, 3, 4}, Digest("x"));
  const auto refused = [](const std::string& sent, bool dry,
                          const std::string& digest) {
    EXPECT_STATUS(ReadRejectsToken(sent, dry, digest),
                  absl::StatusCode::kInvalidArgument, "REJECTS_TOKEN_INVALID");
  };
  refused(token, false, Digest("x"));
  refused(token, true, Digest("y"));
  refused("x", true, Digest("x"));
  for (std::size_t i = 0; i + 1 < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    if (other != token) refused(other, true, Digest("x"));
  }
  // What nobody issued.
  const std::string parameters = "rejects " + Digest("x");
  for (const char* key :
       {"2/1/1", "0/4294967296/1", "0/1", "0/1/1/1", "a/b/c"}) {
    refused(base::EncodePageToken(key, parameters), true, Digest("x"));
  }
}

TEST(DigestOf, TellsPartsApart) {
  EXPECT_NE(DigestOf(std::array<std::string_view, 2>{"ab", "c"}),
            DigestOf(std::array<std::string_view, 2>{"a", "bc"}));
  EXPECT_EQ(Digest("x"), Digest("x"));
}

}  // namespace
}  // namespace welfare::importing
