// What the program says to people, in English and Japanese: one table of
// phrases, and the language of this run.
#pragma once

#include <string>
#include <string_view>

#include "services/base/error.h"
#include "services/base/wording/language.h"
#include "tools/welfarectl/session/help_phrases.h"
#include "tools/welfarectl/session/said_phrases.h"
#include "tools/welfarectl/session/translation.h"

namespace welfare::ctl {

// A text of the tables. What stands in none of them does not compile, so that
// nothing is said in one language only.
class Phrase {
 public:
  consteval Phrase(const char* english)  // NOLINT: literals are phrases
      : phrase_(Find(english)) {}

  constexpr std::string_view In(base::Language language) const {
    return language == base::Language::kJapanese ? phrase_.japanese
                                                 : phrase_.english;
  }

 private:
  static consteval Translation Find(std::string_view english) {
    for (const Translation& phrase : kSaidPhrases) {
      if (phrase.english == english) return phrase;
    }
    for (const Translation& phrase : kHelpPhrases) {
      if (phrase.english == english) return phrase;
    }
    throw "the phrase stands in no table";
  }

  Translation phrase_;
};

// The language of this run: set once, before anything is said. English until
// then.
void SpeakIn(base::Language language);
base::Language Spoken();

// The language that `--lang` or, where it is not given, the environment asks
// for: LC_ALL, LC_MESSAGES, LANG. Looked for before the arguments are read,
// since their help and their faults are said in it.
base::Language LanguageAskedFor(int argc, const char* const* argv);

// The phrase in the language of this run, with each `{key}` filled in.
std::string Say(const Phrase& phrase, const base::ErrorWords& words = {});

// The heading of a column or a field in the language of this run; what has no
// other stays as it is.
std::string HeadingOf(std::string_view english);

}  // namespace welfare::ctl
