#include "services/report/drawing/palette.h"

#include <array>

namespace welfare::report {
namespace {

struct Entry {
  Ink ink;
  std::string_view hex;
  bool dark = false;  // white text stands on it
};

constexpr std::array<Entry, 22> kEntries = {{
    {Ink::kText, "#1a1f26", true},   {Ink::kSecondary, "#4a5560", true},
    {Ink::kNavy, "#12436d", true},   {Ink::kLastYear, "#5b7f9e"},
    {Ink::kMark, "#a33b00", true},   {Ink::kAbsence, "#84919e"},
    {Ink::kGrid, "#e1e5e9"},         {Ink::kWash, "#edf2f7"},
    {Ink::kWhite, "#ffffff"},        {Ink::kOrder1, "#12436d", true},
    {Ink::kOrder2, "#3876ab", true}, {Ink::kOrder3, "#8dbbe0"},
    {Ink::kOrder4, "#d3e5f3"},       {Ink::kYear1, "#12436d", true},
    {Ink::kYear2, "#2f6fa3", true},  {Ink::kYear3, "#6fa5d2"},
    {Ink::kYear4, "#a9cce8"},        {Ink::kYear5, "#e3eef7"},
    {Ink::kClass1, "#12436d", true}, {Ink::kClass2, "#c24e00", true},
    {Ink::kClass3, "#56b4e9"},       {Ink::kClass4, "#f6e3a8"},
}};

constexpr const Entry& EntryOf(Ink ink) {
  return kEntries[static_cast<std::size_t>(ink)];
}

constexpr bool InOrder() {
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    if (kEntries[i].ink != static_cast<Ink>(i)) return false;
  }
  return true;
}
static_assert(InOrder());

constexpr std::uint8_t HexPair(std::string_view hex, std::size_t at) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  return static_cast<std::uint8_t>(digit(hex[at]) * 16 + digit(hex[at + 1]));
}

}  // namespace

Colour ColourOf(Ink ink) {
  const std::string_view hex = EntryOf(ink).hex;
  return {HexPair(hex, 1), HexPair(hex, 3), HexPair(hex, 5)};
}

std::string_view HexOf(Ink ink) { return EntryOf(ink).hex; }

Ink InkOn(Ink fill) { return EntryOf(fill).dark ? Ink::kWhite : Ink::kText; }

bool NeedsOutline(Ink fill) {
  return fill == Ink::kOrder3 || fill == Ink::kOrder4 || fill == Ink::kYear4 ||
         fill == Ink::kYear5 || fill == Ink::kClass3 || fill == Ink::kClass4;
}

Ink ClassFill(std::size_t index, std::size_t count, bool ordered) {
  constexpr std::array<Ink, kMostClasses> kOrdered = {
      Ink::kOrder1, Ink::kOrder2, Ink::kOrder3, Ink::kOrder4};
  constexpr std::array<Ink, kMostClasses> kUnordered = {
      Ink::kClass1, Ink::kClass2, Ink::kClass3, Ink::kClass4};
  if (!ordered) return kUnordered[index];
  // Fewer classes lie farther apart.
  if (count == 2) return kOrdered[index * 2];
  if (count == 3) return kOrdered[index == 2 ? 3 : index];
  return kOrdered[index];
}

}  // namespace welfare::report
