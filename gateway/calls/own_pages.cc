#include "gateway/calls/own_pages.h"

#include <algorithm>

#include "services/base/coding/sha256.h"

namespace welfare::gateway {
namespace {

// The language that a query names; that of the caller where it names none.
base::Language LanguageOfQuery(std::string_view query,
                               base::Language language) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (parameter == "lang=ja") return base::Language::kJapanese;
    if (parameter == "lang=en") return base::Language::kEnglish;
  }
  return language;
}

}  // namespace

OwnPage MakeOwnPage(std::string content_type, std::string body,
                    std::vector<Header> headers) {
  std::string tag = base::Sha256Hex(body);
  return {.content_type = std::move(content_type),
          .body = std::move(body),
          .tag = std::move(tag),
          .headers = std::move(headers)};
}

void OwnPages::Add(const std::string& path, OwnPage page) {
  pages_[path] = {page, page};
}

void OwnPages::Add(const std::string& path, OwnPage english, OwnPage japanese) {
  pages_[path] = {std::move(english), std::move(japanese)};
}

const OwnPage* OwnPages::Find(std::string_view path, std::string_view query,
                              base::Language language) const {
  const auto found = pages_.find(path);
  if (found == pages_.end()) return nullptr;
  return LanguageOfQuery(query, language) == base::Language::kJapanese
             ? &found->second.second
             : &found->second.first;
}

}  // namespace welfare::gateway
