#include "gateway/calls/file_answer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace welfare::gateway {
namespace {

// The bytes of a file of 100 that a header means: "200" for all of them, "416"
// for none.
std::string PartOf(const std::string& header, std::uint64_t size = 100) {
  const auto range = ParseByteRange(header);
  if (!range) return "200";
  const auto extent = Within(*range, size);
  if (!extent) return "416";
  return std::to_string(extent->begin) + " " + std::to_string(extent->end);
}

TEST(FileAnswer, ReadsOneRangeOfBytes) {
  struct Case {
    std::string header;
    std::string part;
  };
  const Case cases[] = {
      {"bytes=0-0", "0 1"},
      {"bytes=0-", "0 100"},
      {"bytes=99-", "99 100"},
      {"bytes=10-19", "10 20"},
      {"Bytes= 10-19 ", "10 20"},
      {"bytes=10-1000", "10 100"},
      {"bytes=-1", "99 100"},
      {"bytes=-100", "0 100"},
      {"bytes=-1000", "0 100"},
      {"bytes=0-99999999999999999999999999", "0 100"},
      {"bytes=-99999999999999999999999999", "0 100"},
      {"bytes=100-", "416"},
      {"bytes=100-200", "416"},
      {"bytes=99999999999999999999999999-", "416"},
      {"bytes=-0", "416"},
      {"bytes=", "200"},
      {"bytes=-", "200"},
      {"bytes=1", "200"},
      {"bytes=2-1", "200"},
      {"bytes=a-b", "200"},
      {"bytes=1-2x", "200"},
      {"bytes=+1-2", "200"},
      {"bytes=1-2-3", "200"},
      {"bytes=1-2,4-5", "200"},
      {"bytes=1-2,", "200"},
      {"bytes=1 -2", "200"},
      {"bytes 1-2", "200"},
      {"items=1-2", "200"},
      {"", "200"},
  };
  for (const Case& c : cases) EXPECT_EQ(PartOf(c.header), c.part) << c.header;
  EXPECT_EQ(PartOf("bytes=0-", 0), "416");
  EXPECT_EQ(PartOf("bytes=-5", 0), "416");
}

TEST(FileAnswer, KnowsItsTag) {
  EXPECT_EQ(TagOf("0af"), "0af");
  for (const std::string bad : {"", "a b", "a\"b", "東", "a\r\nb"}) {
    EXPECT_EQ(TagOf(bad), "") << bad;
  }
  EXPECT_EQ(TagOf(std::string(129, 'a')), "");
}

TEST(FileAnswer, NamesFilesForEverybody) {
  EXPECT_EQ(ContentDisposition("a-1.html"),
            "attachment; filename=\"a-1.html\"");
  EXPECT_EQ(ContentDisposition("報告.csv"),
            "attachment; filename=\"__.csv\"; "
            "filename*=UTF-8''%E5%A0%B1%E5%91%8A.csv");
  EXPECT_EQ(ContentDisposition("a\"\r\nb"),
            "attachment; filename=\"a___b\"; filename*=UTF-8''a%22%0D%0Ab");
  EXPECT_EQ(ContentDisposition(""), "attachment");
  EXPECT_EQ(SafeContentType("text/csv; charset=utf-8"),
            "text/csv; charset=utf-8");
  for (const std::string bad : {"", "csv", "a/b\r\nc: d"}) {
    EXPECT_EQ(SafeContentType(bad), "application/octet-stream") << bad;
  }
}

}  // namespace
}  // namespace welfare::gateway
