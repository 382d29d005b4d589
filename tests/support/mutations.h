// Seeded mutations of texts, for tests that feed parsers.
#pragma once

#include <cstddef>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace welfare::support {

// The same seed makes the same mutations.
class Mutations {
 public:
  struct Options {
    // Words of the format; what is put in is one of them, or any byte where
    // there are none.
    std::span<const std::string_view> pieces = {};
    std::size_t most_edits = 4;
    std::size_t most_erased = 8;
    std::size_t most_repeated = 300;
  };

  Mutations(unsigned seed, const Options& options)
      : random_(seed), options_(options) {}

  // `text` with one to `most_edits` edits: something put in, taken out,
  // repeated elsewhere, or a byte changed.
  std::string Of(std::string text) {
    for (std::size_t edits = 1 + Pick(options_.most_edits); edits > 0;
         --edits) {
      const std::size_t at = Pick(text.size() + 1);
      switch (Pick(4)) {
        case 0:
          text.insert(at, Piece());
          break;
        case 1:
          text.erase(at, Pick(options_.most_erased));
          break;
        case 2:
          text.insert(at, text.substr(Pick(text.size() + 1),
                                      Pick(options_.most_repeated)));
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(Pick(256));
      }
    }
    return text;
  }

 private:
  std::size_t Pick(std::size_t count) { return random_() % count; }

  std::string Piece() {
    return options_.pieces.empty()
               ? std::string(1, static_cast<char>(Pick(256)))
               : std::string(options_.pieces[Pick(options_.pieces.size())]);
  }

  std::mt19937 random_;
  const Options options_;
};

}  // namespace welfare::support
