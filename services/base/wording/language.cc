#include "services/base/wording/language.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace welfare::base {
namespace {

std::string_view TakeUpTo(std::string_view& rest, char end) {
  const std::size_t at = std::min(rest.find(end), rest.size());
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(std::min(rest.size(), at + 1));
  return part;
}

std::string_view WithoutBlanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Whether `tag` is `language` or a variety of it: "ja", "JA", "ja-JP".
bool IsOf(std::string_view tag, std::string_view language) {
  if (tag.size() < language.size()) return false;
  for (std::size_t i = 0; i < language.size(); ++i) {
    if ((tag[i] | 0x20) != language[i]) return false;
  }
  const std::string_view rest = tag.substr(language.size());
  return rest.empty() || rest.front() == '-' || rest.front() == '_' ||
         rest.front() == '.';
}

// The weight in thousandths; 0 where it is none.
int Weight(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = WithoutBlanks(TakeUpTo(parameters, ';'));
    if (parameter.size() < 3 || (parameter[0] | 0x20) != 'q' ||
        parameter[1] != '=') {
      continue;
    }
    parameter.remove_prefix(2);
    if (parameter.front() != '0' && parameter.front() != '1') return 0;
    int weight = (parameter.front() - '0') * 1000;
    int place = 100;
    for (const char c :
         parameter.substr(std::min<std::size_t>(parameter.size(), 2))) {
      if (c < '0' || c > '9') return 0;
      weight += (c - '0') * place;
      place /= 10;
    }
    return std::min(weight, 1000);
  }
  return 1000;
}

}  // namespace

Language FromAcceptLanguage(std::string_view header) {
  int japanese = 0;
  int english = 0;
  while (!header.empty()) {
    std::string_view range = TakeUpTo(header, ',');
    const std::string_view tag = WithoutBlanks(TakeUpTo(range, ';'));
    const int weight = Weight(range);
    if (IsOf(tag, "ja")) japanese = std::max(japanese, weight);
    if (IsOf(tag, "en")) english = std::max(english, weight);
  }
  return japanese > english ? Language::kJapanese : Language::kEnglish;
}

Language FromLocale(std::string_view locale) {
  return IsOf(locale, "ja") ? Language::kJapanese : Language::kEnglish;
}

Language LanguageOfEnvironment() {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* locale = std::getenv(variable);
    if (locale != nullptr && *locale != '\0') return FromLocale(locale);
  }
  return Language::kEnglish;
}

std::string_view ToTag(Language language) {
  return language == Language::kJapanese ? "ja" : "en";
}

}  // namespace welfare::base
