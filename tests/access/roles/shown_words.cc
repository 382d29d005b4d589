#include "tests/access/roles/shown_words.h"

#include <cstddef>

namespace welfare::access {
namespace {

constexpr std::string_view kKinds[] = {
    "department:", "contact:", "story:", "wish:", "draft:", "report:"};

bool IsOfAWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' ||
         c == '-';
}

}  // namespace

std::string WordOf(std::string_view what, std::string_view survey,
                   std::string_view respondent) {
  return std::string(what) + ":" + std::string(survey) + ":" +
         std::string(respondent);
}

std::set<std::string> WordsIn(std::string_view bytes) {
  std::set<std::string> words;
  for (const std::string_view kind : kKinds) {
    for (std::size_t at = bytes.find(kind); at != std::string_view::npos;
         at = bytes.find(kind, at + 1)) {
      std::size_t end = at;
      while (end < bytes.size() && IsOfAWord(bytes[end])) ++end;
      const std::string word(bytes.substr(at, end - at));
      const std::size_t survey = word.find(':') + 1;
      if (word.find(':', survey) != std::string::npos) words.insert(word);
    }
  }
  return words;
}

std::set<std::string> WordsIn(const google::protobuf::Message& message) {
  return WordsIn(message.Utf8DebugString());
}

bool MayBeShown(const Identity& who, const std::string& word,
                bool shows_others) {
  const std::size_t first = word.find(':');
  const std::size_t second = word.find(':', first + 1);
  const std::string what = word.substr(0, first);
  const std::string survey = word.substr(first + 1, second - first - 1);
  const std::string respondent = word.substr(second + 1);
  const auto granted = [&](const std::string& role) {
    for (const Grant& grant : who.grants()) {
      const std::string text = grant.ToString();
      if (text == role + "@" + survey || text == role + "@*") return true;
    }
    return false;
  };
  if (who.subject().starts_with("service:") || granted("manager") ||
      granted("reviewer")) {
    return true;
  }
  if (!granted("respondent")) return false;
  if (respondent == who.respondent()->ToString()) return true;
  return shows_others && (what == "story" || what == "wish");
}

}  // namespace welfare::access
