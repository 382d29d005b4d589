// The libFuzzer entry point for lists of entity tags and of codings, and an
// ordinary test that feeds it a corpus and seeded mutations: what is read of a
// header is read again of what is written of it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/answers/content_coding.h"
#include "gateway/answers/entity_tag.h"
#include "tests/gateway/fuzz.h"

namespace welfare::gateway {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  const std::vector<Header> headers = {{"if-match", text},
                                       {"accept-encoding", text}};
  const TakenCodings codings = ReadAcceptEncoding(headers);
  if (codings.gzip < 0 || codings.gzip > 1000 || codings.identity < 0 ||
      codings.identity > 1000) {
    std::abort();
  }
  const auto tags = ReadEntityTags(headers, "if-match");
  if (!tags.has_value() || tags->any) return 0;
  std::string written;
  for (const EntityTag& tag : tags->tags) {
    written += (written.empty() ? "" : ",") + tag.text();
    const auto read = AnswerName::Parse(tag.opaque);
    if (!read.has_value()) continue;
    const auto again = AnswerName::Parse(read->Opaque());
    if (!again.has_value() || again->state != read->state ||
        again->form != read->form || again->gzip != read->gzip) {
      std::abort();
    }
  }
  const auto again = ReadEntityTags({{"if-match", written}}, "if-match");
  if (!again.has_value() || again->tags.size() != tags->tags.size()) {
    std::abort();
  }
  return 0;
}

namespace {

TEST(EntityTagFuzz, SurvivesCorpusAndMutations) {
  const AnswerName name{.state = ShortDigest("s"),
                        .form = ShortDigest("f"),
                        .gzip = true,
                        .resource = "\"1\""};
  const std::string named = '"' + name.Opaque() + '"';
  const std::string_view seeds[] = {"\"a\", W/\"b\"", "*", ",,\"\",", named,
                                    "gzip;q=0.5, identity;q=0, *;q=0.001"};
  constexpr std::string_view kPieces[] = {"\"", "W/", "*",    ",", " ",
                                          "\t", ";",  "q=0.", "1", "gzip",
                                          ".",  "-",  "\x80", "A", "_"};
  FeedAll(seeds, kPieces, 4000);
}

}  // namespace
}  // namespace welfare::gateway
