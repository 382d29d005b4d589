// What the words of this folder are made of: an enum whose numbers never
// change, and its names as files and JSON print them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace welfare::vocabulary {

template <typename Enum>
struct Word {
  Enum value;
  std::string_view name;
};

// The name of `value`; empty where the list has none.
template <typename Enum, std::size_t kSize>
constexpr std::string_view NameIn(const Word<Enum> (&words)[kSize],
                                  Enum value) {
  for (const Word<Enum>& word : words) {
    if (word.value == value) return word.name;
  }
  return {};
}

// The value that `name` names, letter by letter.
template <typename Enum, std::size_t kSize>
constexpr std::optional<Enum> FindIn(const Word<Enum> (&words)[kSize],
                                     std::string_view name) {
  for (const Word<Enum>& word : words) {
    if (word.name == name) return word.value;
  }
  return std::nullopt;
}

// The value of this number; nothing where no word has it.
template <typename Enum, std::size_t kSize>
constexpr std::optional<Enum> FindIn(const Word<Enum> (&words)[kSize],
                                     int number) {
  for (const Word<Enum>& word : words) {
    if (static_cast<int>(word.value) == number) return word.value;
  }
  return std::nullopt;
}

}  // namespace welfare::vocabulary
