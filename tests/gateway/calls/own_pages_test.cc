#include "gateway/calls/own_pages.h"

#include <gtest/gtest.h>

namespace welfare::gateway {
namespace {

using base::Language;

TEST(OwnPages, AreNamedForTheirBytes) {
  const OwnPage page = MakeOwnPage("text/plain", "abc");
  EXPECT_EQ(page.tag,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_NE(MakeOwnPage("text/plain", "abd").tag, page.tag);
}

TEST(OwnPages, AreFoundByPathAndLanguage) {
  OwnPages pages;
  pages.Add("/", MakeOwnPage("text/html", "en"),
            MakeOwnPage("text/html", "ja"));
  pages.Add("/one", MakeOwnPage("text/html", "both"));
  const auto body = [&pages](std::string_view path, std::string_view query,
                             Language language) -> std::string {
    const OwnPage* page = pages.Find(path, query, language);
    return page == nullptr ? "none" : page->body;
  };
  EXPECT_EQ(body("/", "", Language::kEnglish), "en");
  EXPECT_EQ(body("/", "", Language::kJapanese), "ja");
  EXPECT_EQ(body("/", "lang=en", Language::kJapanese), "en");
  EXPECT_EQ(body("/", "a=b&lang=ja", Language::kEnglish), "ja");
  EXPECT_EQ(body("/", "lang=fr", Language::kJapanese), "ja");
  EXPECT_EQ(body("/one", "", Language::kJapanese), "both");
  EXPECT_EQ(body("/one/", "", Language::kJapanese), "none");
}

}  // namespace
}  // namespace welfare::gateway
