// The two languages in which the platform speaks.
#pragma once

#include <string_view>

namespace welfare::base {

enum class Language { kEnglish, kJapanese };

// The language that a caller prefers by an Accept-Language header (RFC 9110
// section 12.5.4): "ja,en;q=0.8". English where neither is named or the two
// are equal.
Language FromAcceptLanguage(std::string_view header);

// The language of a locale of the environment: "ja_JP.UTF-8".
Language FromLocale(std::string_view locale);

// The same of this process: LC_ALL, LC_MESSAGES or LANG, the first that is set
// and not empty (POSIX, Environment Variables).
Language LanguageOfEnvironment();

// "en" or "ja" (BCP 47).
std::string_view ToTag(Language language);

}  // namespace welfare::base
