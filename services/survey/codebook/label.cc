#include "services/survey/codebook/label.h"

#include <cstddef>

#include "services/base/time/era.h"

namespace welfare::survey {

std::vector<std::string> UnknownPlaceholders(std::string_view text) {
  std::vector<std::string> unknown;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = text.find('{', at);
    if (open == std::string_view::npos) return unknown;
    const std::size_t close = text.find('}', open);
    const std::size_t end =
        close == std::string_view::npos ? text.size() : close + 1;
    const bool reference = open > 0 && text[open - 1] == '$';
    if (reference || text.substr(open, end - open) != kReferenceYear) {
      const std::size_t begin = reference ? open - 1 : open;
      unknown.emplace_back(text.substr(begin, end - begin));
    }
    at = end;
  }
}

std::string FillReferenceYear(std::string_view text, base::FiscalYear year) {
  std::string filled(text);
  std::size_t at = filled.find(kReferenceYear);
  if (at == std::string::npos) return filled;
  std::string label = base::FormatFiscalYear(year, base::EraStyle::kLong);
  constexpr std::string_view kSuffix = "年度";
  if (label.ends_with(kSuffix)) label.resize(label.size() - kSuffix.size());
  for (; at != std::string::npos; at = filled.find(kReferenceYear, at)) {
    filled.replace(at, kReferenceYear.size(), label);
    at += label.size();
  }
  return filled;
}

}  // namespace welfare::survey
