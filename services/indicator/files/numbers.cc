#include "services/indicator/files/numbers.h"

#include <charconv>

namespace welfare::indicator {

std::optional<std::int64_t> ParseInteger(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::optional<base::Rational> ParseFraction(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) {
    const auto number = base::Rational::ParseDecimal(text);
    return number.ok() ? std::optional(*number) : std::nullopt;
  }
  const auto numerator = ParseInteger(std::string_view(text).substr(0, slash));
  const auto denominator =
      ParseInteger(std::string_view(text).substr(slash + 1));
  if (!numerator.has_value() || !denominator.has_value()) return std::nullopt;
  const auto number = base::Rational::Make(*numerator, *denominator);
  return number.ok() ? std::optional(*number) : std::nullopt;
}

}  // namespace welfare::indicator
