// The colours of a report. There are no others: a shape names one of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace welfare::report {

// Chosen so that neighbours differ in lightness: a print in grey and a
// colour-blind reader keep them apart. Contrast on white stands behind each.
enum class Ink {
  kText,       // 16.6
  kSecondary,  // 7.6: units, axes, notes
  kNavy,       // 10.3: this year, rules, ranks
  kLastYear,   // 4.2: outlines of last year
  kMark,       // 6.6: synthetic data
  kAbsence,    // 3.2: those who keep no count
  kGrid,       // lines that may be overlooked
  kWash,       // behind a key figure
  kWhite,
  // Ordered classes, from the strongest state.
  kOrder1,
  kOrder2,
  kOrder3,
  kOrder4,
  // Years of a map, the first one darkest.
  kYear1,
  kYear2,
  kYear3,
  kYear4,
  kYear5,
  // Classes without an order.
  kClass1,
  kClass2,
  kClass3,
  kClass4,
};

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};
Colour ColourOf(Ink ink);
// Returns `#12436d`.
std::string_view HexOf(Ink ink);
// Returns the ink of text on a fill: at least 4.5 of contrast.
Ink InkOn(Ink fill);
// Whether a fill is so light that it needs an outline on white.
bool NeedsOutline(Ink fill);

// Most classes that are told apart by their fill.
inline constexpr std::size_t kMostClasses = 4;
// Returns the fill of class `index` of `count`. REQUIRES: index < count <=
// kMostClasses.
Ink ClassFill(std::size_t index, std::size_t count, bool ordered);

}  // namespace welfare::report
