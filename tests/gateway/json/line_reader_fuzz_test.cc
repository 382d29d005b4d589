// The libFuzzer entry point for the lines of NDJSON, and an ordinary test that
// feeds it a corpus and seeded mutations: however a body is cut into parts, its
// lines are those that a look at the whole of it finds, and each is read or
// refused as JSON without more being held than one line and one part.
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/json/json_reader.h"
#include "gateway/json/line_reader.h"
#include "tests/gateway/test_schema.h"
#include "tests/support/mutations.h"

namespace welfare::gateway {
namespace {

constexpr std::size_t kLimit = 64;

using Lines = std::vector<std::pair<std::size_t, std::string>>;

// The lines of a body up to the first that is too long; its number, or 0.
std::size_t LinesOfWhole(std::string_view body, Lines& lines) {
  std::size_t number = 0;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    const bool whole = end != std::string_view::npos;
    std::string_view line = body.substr(0, end);
    body.remove_prefix(whole ? end + 1 : body.size());
    if (whole && line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    if (line.size() > kLimit) return number;
    if (line.find_first_not_of(" \t\r") != line.npos) {
      lines.emplace_back(number, line);
    }
  }
  return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  // The first byte says how the body is cut.
  const std::size_t part = 1U + data[0] % 97U;
  const std::string body(data + 1, data + size);
  LineReader reader(kLimit);
  Lines lines;
  const auto take = [&] {
    while (auto line = reader.Next()) {
      lines.emplace_back(reader.line(), *std::move(line));
      if (lines.size() > size) std::abort();
    }
  };
  for (std::size_t at = 0; at < body.size(); at += part) {
    reader.Append(std::string_view(body).substr(at, part));
    take();
    if (reader.too_long()) break;
    if (reader.size() > 2 * (kLimit + part + 2)) std::abort();
  }
  reader.End();
  take();
  Lines expected;
  const std::size_t too_long = LinesOfWhole(body, expected);
  if (lines != expected || reader.too_long() != (too_long != 0)) std::abort();
  if (too_long != 0 && reader.line() != too_long) std::abort();
  if (too_long == 0 && !reader.done()) std::abort();
  for (const auto& [number, line] : lines) {
    const auto message = NewTestMessage("Everything");
    const JsonReport report = ReadJson(line, "", *message);
    if (report.ok() && message->SerializeAsString().size() > 16 * kLimit) {
      std::abort();
    }
  }
  return 0;
}

namespace {

constexpr std::string_view kCorpus[] = {
    "\x05{\"displayName\":\"a\"}\n{\"small\":1}\r\n\n{}",
    "\x60\r\n \t\n{\"flag\":true}\n",
    "\x01{\"numbers\":[1,2]}\n{\"child\":{\"flag\":true}}\n{",
    "\x10{\"displayName\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}"
    "\n",
};

void Feed(const std::string& text) {
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(LineReaderFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kPieces[] = {"\n",   "\r\n", "\r", " ",
                                          "{}\n", "\"",   "}",  "\xE6\x9D\xB1",
                                          "\\u",  "\t\n"};
  support::Mutations mutations(13, {.pieces = kPieces,
                                    .most_edits = 5,
                                    .most_erased = 6,
                                    .most_repeated = kLimit + 4});
  Feed("");
  for (const std::string_view seed : kCorpus) {
    Feed(std::string(seed));
    for (int i = 0; i < 5000; ++i) Feed(mutations.Of(std::string(seed)));
  }
  Feed(std::string(100'000, '\n'));
  Feed(std::string(100'000, '\r'));
  Feed(std::string(100'000, ' '));
  Feed(std::string(100'000, '{'));
}

}  // namespace
}  // namespace welfare::gateway
