#include "tools/welfarectl/session/phrase.h"

#include "tools/welfarectl/session/headings.h"

namespace welfare::ctl {
namespace {

// Set before any other thread starts.
base::Language spoken = base::Language::kEnglish;

}  // namespace

void SpeakIn(base::Language language) { spoken = language; }

base::Language Spoken() { return spoken; }

base::Language LanguageAskedFor(int argc, const char* const* argv) {
  constexpr std::string_view kFlag = "--lang";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == kFlag && i + 1 < argc) return base::FromLocale(argv[i + 1]);
    if (argument.starts_with(kFlag) && argument.size() > kFlag.size() &&
        argument[kFlag.size()] == '=') {
      return base::FromLocale(argument.substr(kFlag.size() + 1));
    }
  }
  return base::LanguageOfEnvironment();
}

std::string Say(const Phrase& phrase, const base::ErrorWords& words) {
  return base::FillIn(phrase.In(spoken), words);
}

std::string HeadingOf(std::string_view english) {
  if (spoken == base::Language::kJapanese) {
    for (const Translation& heading : kHeadings) {
      if (heading.english == english) return std::string(heading.japanese);
    }
  }
  return std::string(english);
}

}  // namespace welfare::ctl
