#include "services/report/drawing/palette.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace welfare::report {
namespace {

double Channel(std::uint8_t value) {
  const double part = value / 255.0;
  return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
}

// Relative luminance and contrast, as WCAG 2 defines them.
double Luminance(Ink ink) {
  const Colour colour = ColourOf(ink);
  return 0.2126 * Channel(colour.red) + 0.7152 * Channel(colour.green) +
         0.0722 * Channel(colour.blue);
}
double Contrast(Ink a, Ink b) {
  const double one = Luminance(a) + 0.05;
  const double two = Luminance(b) + 0.05;
  return std::max(one, two) / std::min(one, two);
}

std::vector<Ink> Classes(std::size_t count, bool ordered) {
  std::vector<Ink> fills;
  for (std::size_t i = 0; i < count; ++i) {
    fills.push_back(ClassFill(i, count, ordered));
  }
  return fills;
}

TEST(Palette, TextIsReadableOnWhiteAndOnEveryFill) {
  for (const Ink ink : {Ink::kText, Ink::kSecondary, Ink::kNavy, Ink::kMark}) {
    EXPECT_GE(Contrast(ink, Ink::kWhite), 4.5) << HexOf(ink);
  }
  for (const Ink ink :
       {Ink::kOrder1, Ink::kOrder2, Ink::kOrder3, Ink::kOrder4, Ink::kYear1,
        Ink::kYear2, Ink::kYear3, Ink::kYear4, Ink::kYear5, Ink::kClass1,
        Ink::kClass2, Ink::kClass3, Ink::kClass4}) {
    EXPECT_GE(Contrast(InkOn(ink), ink), 4.5) << HexOf(ink);
  }
}

TEST(Palette, MarksStandOutFromWhite) {
  for (const Ink ink : {Ink::kLastYear, Ink::kAbsence}) {
    EXPECT_GE(Contrast(ink, Ink::kWhite), 3.0) << HexOf(ink);
  }
  for (const bool ordered : {true, false}) {
    for (const Ink ink : Classes(kMostClasses, ordered)) {
      EXPECT_TRUE(NeedsOutline(ink) || Contrast(ink, Ink::kWhite) >= 3.0)
          << HexOf(ink);
    }
  }
}

// In grey and to colour-blind eyes lightness is what is left.
TEST(Palette, ClassesDifferInLightness) {
  const auto lightness = [](Ink ink) {
    return 116 * std::cbrt(Luminance(ink)) - 16;
  };
  for (const bool ordered : {true, false}) {
    for (std::size_t count = 2; count <= kMostClasses; ++count) {
      const std::vector<Ink> fills = Classes(count, ordered);
      for (std::size_t i = 1; i < fills.size(); ++i) {
        EXPECT_GE(lightness(fills[i]) - lightness(fills[i - 1]), 15)
            << HexOf(fills[i]);
      }
    }
  }
}

}  // namespace
}  // namespace welfare::report
