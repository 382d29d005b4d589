// The libFuzzer entry point for CSV, and an ordinary test that feeds it a
// corpus and seeded mutations.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/error.h"
#include "services/text/csv.h"
#include "tests/support/mutations.h"

namespace welfare::text {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string text(data, data + size);
  CsvReader reader(text);
  std::vector<CsvRecord> records;
  std::size_t line = 0;
  std::size_t errors = 0;
  for (;;) {
    auto record = reader.Next();
    // Every step moves on, so that a file ends.
    if (records.size() + errors > size + 1) std::abort();
    if (record.ok() && !record->has_value()) break;
    if (reader.last_line() <= line) std::abort();
    line = reader.last_line();
    if (!record.ok()) {
      ++errors;
      continue;
    }
    if ((*record)->cells.empty() || (*record)->line != line) std::abort();
    records.push_back(**std::move(record));
  }
  // What is written is read back.
  std::string written;
  for (const CsvRecord& record : records) {
    AppendCsvRecord(written, std::span<const std::string>(record.cells));
  }
  CsvRecord reused;
  const auto again = ReadCsv(written);
  if (!again.ok() || again->size() != records.size()) std::abort();
  for (std::size_t i = 0; i < records.size(); ++i) {
    if ((*again)[i].cells != records[i].cells) std::abort();
    // The raw text of a record stands for the record.
    const auto alone = ReadCsv(records[i].raw);
    if (!alone.ok() || alone->size() != 1 ||
        (*alone)[0].cells != records[i].cells) {
      std::abort();
    }
    // However it is split, and into whatever memory it is read.
    std::vector<std::string_view> cells;
    std::deque<std::string> unquoted;
    SplitRecord(records[i].raw, cells, unquoted);
    CsvReader one(records[i].raw, records[i].line);
    const auto found = one.Next(reused);
    if (!std::ranges::equal(cells, records[i].cells) || !found.ok() ||
        !*found || reused.cells != records[i].cells ||
        reused.cell_lines != records[i].cell_lines ||
        reused.raw != records[i].raw) {
      std::abort();
    }
  }
  return 0;
}

namespace {

constexpr std::string_view kCorpus[] = {
    "code,name\r\n131016,千代田区\r\n",
    "a,\"b\"\"c\",\"d\ne\"\n\n,,\n\"\"\n",
    "survey,fiscal_year,value\njusou,2025,\"a b\"\njusou,2024,0",
    "\"unterminated\nx\ny,z\n",
};

void Feed(const std::string& text) {
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

TEST(CsvFuzz, SurvivesCorpusAndMutations) {
  constexpr std::string_view kPieces[] = {"\"",   ",", "\n", "\r\n", "\r",
                                          "\"\"", "a", " ",  "\xE3", ",\"\","};
  support::Mutations mutations(11, {.pieces = kPieces,
                                    .most_edits = 5,
                                    .most_erased = 6,
                                    .most_repeated = 20});
  Feed("");
  for (const std::string_view seed : kCorpus) {
    Feed(std::string(seed));
    for (int i = 0; i < 5000; ++i) Feed(mutations.Of(std::string(seed)));
  }
  Feed(std::string(100'000, '"'));
  Feed(std::string(100'000, '\n'));
  Feed(std::string(100'000, ','));
}

}  // namespace
}  // namespace welfare::text
