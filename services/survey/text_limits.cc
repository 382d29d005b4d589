#include "services/survey/text_limits.h"

#include "services/base/coding/utf8.h"
#include "services/survey/errors.h"
#include "services/text/characters.h"
#include "services/text/visible.h"

namespace welfare::survey {

std::optional<std::size_t> CountCharacters(std::string_view text) {
  if (const auto plain = text::CountPlain(text)) return plain;
  // Without a length of its own.
  constexpr text::FieldRule kAnyLength =
      text::kFreeTextField.AtMost(0, text::FieldRule::Unit::kCharacters);
  if (!text::Check(kAnyLength, text).ok()) return std::nullopt;
  return base::CountCodePoints(text);
}

std::string Shorten(std::string_view text, std::size_t most) {
  return text::Shorten(text, most);
}

std::optional<base::Violation> CheckField(std::string_view field,
                                          std::string_view text,
                                          const text::FieldRule& rule) {
  const absl::Status fault = text::Check(rule, text);
  if (fault.ok()) return std::nullopt;
  return base::ViolationOf(field, fault);
}

std::optional<base::Violation> CheckLength(std::string_view field,
                                           std::string_view text,
                                           std::size_t longest) {
  return CheckField(
      field, text,
      text::kFreeTextField.AtMost(longest, text::FieldRule::Unit::kCharacters));
}

bool IsBlank(std::string_view text) { return text::IsBlank(text); }

}  // namespace welfare::survey
