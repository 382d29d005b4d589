#include "services/survey/mapping/nearest.h"

#include <algorithm>
#include <map>

#include "services/text/characters.h"
#include "services/text/edit_distance.h"
#include "services/text/normalize.h"

namespace welfare::survey {
namespace {

constexpr std::size_t kMostLetters = 200;
// Distances are shares of the longer text, in thousandths.
constexpr std::size_t kWholeDistance = 1'000;
constexpr std::size_t kPartDistance =
    300;  // of one that is a part of the other
constexpr std::size_t kFarthestDistance = 500;

std::u32string LettersOf(std::string_view text) {
  const auto key = text::NameKey(text);
  const std::string folded = key.ok() ? *key : std::string(text);
  std::u32string letters;
  for (std::size_t at = 0; at < folded.size();) {
    const auto letter = text::NextCharacter(folded, at);
    if (letter && !text::IsWhiteSpace(*letter)) letters.push_back(*letter);
    if (letters.size() > kMostLetters) break;
  }
  return letters;
}

std::size_t DistanceOf(const std::u32string& a, const std::u32string& b) {
  const std::size_t longer = std::max(a.size(), b.size());
  const std::size_t shorter = std::min(a.size(), b.size());
  if (shorter == 0 || longer > kMostLetters) return kWholeDistance;
  const std::u32string& big = a.size() > b.size() ? a : b;
  const std::u32string& small = a.size() > b.size() ? b : a;
  if (big == small) return 0;
  // One letter is a part of nearly anything.
  if (shorter > 1 && big.find(small) != std::u32string::npos)
    return kPartDistance;
  if ((longer - shorter) * 2 > longer) return kWholeDistance;
  return text::EditDistance(a, b) * kWholeDistance / longer;
}

std::string JoinNearest(std::span<const std::string> nearest,
                        std::string_view before, std::string_view between,
                        std::string_view after) {
  if (nearest.empty()) return {};
  std::string words(before);
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    if (i > 0) words += between;
    words += nearest[i];
  }
  return words += after;
}

}  // namespace

std::vector<std::string> FindNearest(std::string_view word,
                                     std::span<const Candidate> candidates) {
  const std::u32string letters = LettersOf(word);
  // The least distance of each meaning, in the order in which they came.
  std::vector<std::pair<std::size_t, std::string_view>> near;
  std::map<std::string_view, std::size_t> at;
  for (const Candidate& candidate : candidates) {
    const std::size_t distance =
        DistanceOf(letters, LettersOf(candidate.spelling));
    if (distance > kFarthestDistance) continue;
    const auto [place, fresh] = at.try_emplace(candidate.meaning, near.size());
    if (fresh) {
      near.emplace_back(distance, candidate.meaning);
    } else {
      near[place->second].first = std::min(near[place->second].first, distance);
    }
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) {
    return a.first < b.first;
  });
  if (near.size() > kMostCandidates) near.resize(kMostCandidates);
  std::vector<std::string> meanings;
  for (const auto& [distance, meaning] : near) meanings.emplace_back(meaning);
  return meanings;
}

std::string NearestWords(std::span<const std::string> nearest) {
  return JoinNearest(nearest, "; nearest: ", ", ", "");
}

std::string NearestWordsJa(std::span<const std::string> nearest) {
  return JoinNearest(nearest, "（近いもの：", "、", "）");
}

}  // namespace welfare::survey
