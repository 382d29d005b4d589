// The libFuzzer entry point for mappings, and an ordinary test that feeds it
// seeded mutations.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/survey/files/mapping_yaml.h"
#include "services/survey/mapping/answer_mapping.h"
#include "tests/support/mutations.h"
#include "tests/survey/sample.h"

namespace welfare::survey {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const std::shared_ptr<const Codebook> codebook =
      sample::MakeCodebook();
  const std::string text(data, data + size);
  std::vector<base::Violation> faults;
  const MappingDraft draft = ReadMapping(text, faults);
  for (const std::shared_ptr<const Codebook>& old :
       {std::shared_ptr<const Codebook>(), codebook}) {
    std::vector<base::Violation> all = faults;
    const auto mapping = AnswerMapping::Make(draft, 1, codebook, old, all);
    for (const base::Violation& fault : all) {
      // Each is somewhere, and says what.
      if (fault.field.empty() || fault.reason.empty()) std::abort();
      if (fault.description.find("{nearest") != std::string::npos) std::abort();
    }
    if (mapping == nullptr) {
      if (all.empty()) std::abort();
      continue;
    }
    for (const MappingEntry& entry : draft.entries) {
      const AnswerMapping::Target* const target =
          mapping->Find(entry.from.text);
      if (target == nullptr || target->item.empty()) continue;
      // What it gives stands in the codebook.
      if (!codebook->FindPlace(target->item, target->row)) std::abort();
      for (const MappedWord& word : entry.values) {
        const auto cell = mapping->Read(*target, word.word.text);
        if (cell.fault.empty() && !cell.absence && !cell.value.empty() &&
            !target->of->FindOption(
                cell.value.substr(0, cell.value.find(' ')))) {
          std::abort();
        }
      }
      static_cast<void>(mapping->Read(*target, "12.5"));
      static_cast<void>(mapping->Read(*target, text.substr(0, 40)));
    }
  }
  return 0;
}

namespace {

TEST(MappingFuzz, SurvivesMutations) {
  const auto feed = [](const std::string& text) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()),
                           text.size());
  };
  constexpr std::string_view kPieces[] = {
      "items:",  "- ",    "{",     "}",         "[",        "]",    ": ",
      "from: ",  "to: ",  "drop:", "values: ",  "same",     "&a ",  "*a",
      "scale: ", "1/3",   "-0",    "half_up",   "\n  ",     "'",    "\"",
      "plan",    "count", "phases/find", "absences: ", "concepts: true",
      "\\0",     "---\n", "<<: ",  "\t",        "\xE5\x95\x8F", "!!"};
  support::Mutations mutations(14, {.pieces = kPieces, .most_repeated = 40});
  const std::string seeds[] = {
      "survey: s\ncodebook: '1'\nfrom_codebook: '1'\nconcepts: true\nitems:\n"
      "- {from: plan, to: plan, values: {made: made, no: none}}\n"
      "- {from: count, to: count, unit: x, scale: 1/1000, round: half_up}\n"
      "- {from: phases/find, to: phases/find}\n",
      "survey: s\ncodebook: '1'\nitems:\n- from: a\n  to: methods\n"
      "  values: same\n  separator: ;\n  absences: {x: UNKNOWN}\n"
      "- {from: b, drop: gone}\n",
      "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nitems: [*c, *c]\n"};
  feed("");
  for (const std::string& seed : seeds) {
    feed(seed);
    for (int i = 0; i < 3'000; ++i) feed(mutations.Of(seed));
  }
}

}  // namespace
}  // namespace welfare::survey
