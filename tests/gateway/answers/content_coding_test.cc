#include "gateway/answers/content_coding.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/gateway/inflate.h"

namespace welfare::gateway {
namespace {

TakenCodings Taken(const std::string& value) {
  return ReadAcceptEncoding({{"accept-encoding", value}});
}

TEST(AcceptEncoding, IsReadAsRfc9110Says) {
  struct Case {
    std::string value;
    int gzip;
    int identity;
  };
  for (const Case& c :
       std::vector<Case>{{"gzip", 1000, 1},
                         {"GZip", 1000, 1},
                         {"x-gzip", 1000, 1},
                         {"br, gzip;q=0.8, *;q=0.1", 800, 1},
                         {"*", 1000, 1},
                         {"*;q=0", 0, 0},
                         {"gzip, *;q=0", 1000, 0},
                         {"identity;q=0", 0, 0},
                         {"gzip;q=0", 0, 1},
                         {"gzip;q=0.001", 1, 1},
                         {"gzip ; q=1.000 , identity ; Q=0.5", 1000, 500},
                         {"identity", 0, 1000},
                         {"br;q=1.0", 0, 1},
                         {",,gzip,,", 1000, 1},
                         {"", 0, 1},
                         // What is malformed says nothing.
                         {"gzip;q=2", 0, 1},
                         {"gzip;q=1.001", 0, 1},
                         {"gzip;q=0.0001", 0, 1},
                         {"gzip;q=-1", 0, 1},
                         {"gzip;q=", 0, 1},
                         {"gzip;q=1e3", 0, 1},
                         {"gzip;q=9999999999999999999999", 0, 1},
                         {"gzip;level=9", 0, 1},
                         {"g zip", 0, 1},
                         {";q=1", 0, 1},
                         {"identity;q=0, gzip;q=nan", 0, 1}}) {
    const TakenCodings taken = Taken(c.value);
    EXPECT_EQ(taken.gzip, c.gzip) << c.value;
    EXPECT_EQ(taken.identity, c.identity) << c.value;
  }
  EXPECT_EQ(ReadAcceptEncoding({}).gzip, 0);
  EXPECT_EQ(Taken(std::string(1'000'000, ',')).identity, 1);
}

TEST(AcceptEncoding, PrefersWhatTheCallerPrefers) {
  EXPECT_TRUE(Taken("gzip").PreferGzip(kLeastCompressed));
  EXPECT_FALSE(Taken("gzip").PreferGzip(kLeastCompressed - 1));
  EXPECT_FALSE(Taken("gzip;q=0.5, identity").PreferGzip(1 << 20));
  EXPECT_FALSE(Taken("").PreferGzip(1 << 20));
  // Where nothing else is taken, the size does not matter.
  EXPECT_TRUE(Taken("gzip;q=0.5, identity;q=0").PreferGzip(1));
  EXPECT_TRUE(Taken("*;q=0").none());
  // Nobody knows the size of a stream.
  EXPECT_TRUE(Taken("gzip").PreferGzipStream());
  EXPECT_TRUE(Taken("gzip;q=0.1, identity;q=0").PreferGzipStream());
  EXPECT_FALSE(Taken("gzip;q=0.5, identity").PreferGzipStream());
  EXPECT_FALSE(Taken("").PreferGzipStream());
}

TEST(Gzip, GivesEqualBytesForEqualBytes) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "{\"n\":" + std::to_string(i) + "}";
  EXPECT_EQ(Inflate(Gzip(text)), text);
  EXPECT_EQ(Gzip(text), Gzip(text));
  EXPECT_LT(Gzip(text).size(), text.size() / 3);
  EXPECT_EQ(Inflate(Gzip("")), "");
}

TEST(Gzip, LetsWhoReadsAStreamHaveWhatWasSent) {
  for (const auto reach :
       {GzipWriter::Reach::kAnswer, GzipWriter::Reach::kStream}) {
    GzipWriter writer(reach);
    std::string sent;
    std::string expected;
    for (int i = 0; i < 10; ++i) {
      const std::string line = "{\"result\":" + std::to_string(i) + "}\n";
      sent += writer.Write(line, true);
      expected += line;
      EXPECT_EQ(Inflate(sent), expected);
    }
    sent += writer.Finish();
    EXPECT_EQ(Inflate(sent), expected);
  }
}

}  // namespace
}  // namespace welfare::gateway
