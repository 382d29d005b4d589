#include "services/registry/program/status.h"

#include <cstddef>

#include "absl/strings/ascii.h"

#include "services/registry/faults.h"
#include "services/vocabulary/word.h"

namespace welfare::registry {
namespace {

std::string Lower(std::string_view name) {
  std::string word(name);
  absl::AsciiStrToLower(&word);
  return word;
}

// The value of a vocabulary that a file's word names.
template <typename Enum, std::size_t kSize>
std::optional<Enum> FindFileWord(const vocabulary::Word<Enum> (&words)[kSize],
                                 std::string_view text) {
  for (const vocabulary::Word<Enum>& word : words) {
    if (Lower(word.name) == text) return word.value;
  }
  return std::nullopt;
}

}  // namespace

std::string FileWord(std::optional<Implementing> implementing) {
  return implementing.has_value() ? Lower(ToString(*implementing)) : "unknown";
}

std::string FileWord(Preparation preparation) {
  return Lower(ToString(preparation));
}

absl::StatusOr<Implementing> ParseImplementing(std::string_view text) {
  const auto found = FindFileWord(vocabulary::kImplementing, text);
  if (found.has_value()) return *found;
  return ImplementingInvalid(text);
}

absl::StatusOr<Preparation> ParsePreparation(std::string_view text) {
  const auto found = FindFileWord(vocabulary::kPreparation, text);
  if (found.has_value()) return *found;
  return PreparationInvalid(text);
}

}  // namespace welfare::registry
