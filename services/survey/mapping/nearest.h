// What somebody may have meant by a word that is not known.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace welfare::survey {

// Most candidates that are named.
inline constexpr std::size_t kMostCandidates = 5;

// One thing that may have been meant, and a spelling of it.
struct Candidate {
  std::string_view meaning;
  std::string_view spelling;
};

// Returns the meanings whose spellings are nearest to `word`, nearest first,
// each once, those in order that are equally near. Spellings are compared by
// letters, in any width and case; half of them must be equal, or one
// be a part of the other. A word of more than 200 characters is near to
// nothing.
std::vector<std::string> FindNearest(std::string_view word,
                                     std::span<const Candidate> candidates);

// `; nearest: a, b`, or nothing; and the same in Japanese.
std::string NearestWords(std::span<const std::string> nearest);
std::string NearestWordsJa(std::span<const std::string> nearest);

}  // namespace welfare::survey
