#include "tools/welfarectl/arguments/spelling.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace welfare::ctl {
namespace {

constexpr std::size_t kMostSuggestions = 3;
constexpr std::size_t kLettersPerMistake = 3;
// Nobody types a word of ours so long, and the work grows with its square.
constexpr std::size_t kLongestTyped = 64;

// Mistakes between two words (optimal string alignment).
std::size_t MistakesBetween(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last[b.size()];
}

}  // namespace

std::vector<std::string> NearestTo(std::string_view typed,
                                   std::span<const std::string> known) {
  if (typed.empty() || typed.size() > kLongestTyped) return {};
  const std::size_t allowed =
      std::max<std::size_t>(1, typed.size() / kLettersPerMistake);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& word : known) {
    const std::size_t mistakes =
        word.starts_with(typed) ? 0 : MistakesBetween(typed, word);
    if (mistakes <= allowed) near.emplace_back(mistakes, word);
  }
  std::ranges::stable_sort(near, {},
                           &std::pair<std::size_t, std::string>::first);
  std::vector<std::string> words;
  for (auto& [mistakes, word] : near) {
    // What is spelt right so far does not mean something farther off.
    if (mistakes > near.front().first + 1) break;
    if (words.size() == kMostSuggestions) break;
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace welfare::ctl
