#include "gateway/pages/start_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "gateway/assets.h"
#include "gateway/openapi/document.h"
#include "gateway/pages/pages.h"
#include "services/base/coding/base64.h"
#include "services/base/coding/sha256.h"
#include "tests/gateway/test_schema.h"
#include "welfare/registry/v1/registry_service.pb.h"

namespace welfare::gateway {
namespace {

using base::Language;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const OwnPages& RegistryPages() {
  static const OwnPages* pages = [] {
    const std::string services[] = {"welfare.registry.v1.RegistryService"};
    const auto routes = HttpRoutes::Make(
        *google::protobuf::DescriptorPool::generated_pool(), services);
    EXPECT_TRUE(routes.ok()) << routes.status();
    // The examples are those of all services.
    const auto document = OpenApiDocument(
        routes->all(), {.descriptor_set = LinkedDescriptorSet()});
    EXPECT_TRUE(document.ok()) << document.status();
    auto* made = new OwnPages;
    made->Add("/", StartPage(*document, Language::kEnglish),
              StartPage(*document, Language::kJapanese));
    return made;
  }();
  return *pages;
}

const OwnPage& PageIn(Language language) {
  return *RegistryPages().Find("/", "", language);
}

std::string HeaderOf(const OwnPage& page, std::string_view name) {
  const std::string* value = FindHeader(page.headers, name);
  return value == nullptr ? "" : *value;
}

TEST(StartPage, SpeaksBothLanguagesAndLinksTheOther) {
  EXPECT_THAT(PageIn(Language::kEnglish).body,
              AllOf(HasSubstr("<html lang=\"en\">"), HasSubstr("/?lang=ja"),
                    HasSubstr("Returns who ran a programme in a fiscal year"),
                    Not(HasSubstr("実施自治体名簿"))));
  EXPECT_THAT(PageIn(Language::kJapanese).body,
              AllOf(HasSubstr("<html lang=\"ja\">"), HasSubstr("/?lang=en"),
                    HasSubstr("年度ごとの実施自治体名簿")));
  EXPECT_EQ(HeaderOf(PageIn(Language::kJapanese), "content-language"), "ja");
}

TEST(StartPage, AllowsItsOwnScriptAndStyleAndNothingElse) {
  const OwnPage& page = PageIn(Language::kJapanese);
  const std::string policy = HeaderOf(page, "content-security-policy");
  EXPECT_THAT(policy,
              AllOf(HasSubstr("default-src 'none'"), Not(HasSubstr("unsafe")),
                    Not(HasSubstr("http")), Not(HasSubstr("*"))));
  for (const char* tag : {"script", "style"}) {
    const std::string open = "<" + std::string(tag) + ">";
    const std::size_t begin = page.body.find(open) + open.size();
    const std::size_t end = page.body.find("</" + std::string(tag) + ">");
    const std::string inside = page.body.substr(begin, end - begin);
    EXPECT_THAT(policy, HasSubstr(base::EncodeBase64(base::Sha256Bytes(inside),
                                                     /*padded=*/true)))
        << tag;
    // One of each.
    EXPECT_EQ(page.body.find(open, begin), std::string::npos);
  }
  EXPECT_FALSE(std::regex_search(
      page.body, std::regex("<[^>]* (on[a-z]+|style)=", std::regex::icase)));
}

TEST(StartPage, AsksNoOtherHost) {
  for (const Language language : {Language::kEnglish, Language::kJapanese}) {
    EXPECT_FALSE(std::regex_search(
        PageIn(language).body,
        std::regex("(src|href|action)=\"(https?:|//)", std::regex::icase)));
    EXPECT_THAT(PageIn(language).body, Not(HasSubstr("https://")));
  }
}

TEST(StartPage, NamesWhatItsScriptFills) {
  const std::string& body = PageIn(Language::kEnglish).body;
  const std::string script(StartPageScript());
  const std::regex wanted("byId\\(\"([a-z-]+)\"\\)");
  for (std::sregex_iterator i(script.begin(), script.end(), wanted), end;
       i != end; ++i) {
    const std::string id = (*i)[1];
    if (id == "try-query" || id == "roster-year") continue;  // made by it
    EXPECT_THAT(body, HasSubstr("id=\"" + id + "\"")) << id;
  }
}

TEST(StartPage, LabelsEveryInput) {
  const std::string& body = PageIn(Language::kJapanese).body;
  const std::regex input("<(input|select) id=\"([a-z-]+)\"");
  for (std::sregex_iterator i(body.begin(), body.end(), input), end; i != end;
       ++i) {
    EXPECT_THAT(body, HasSubstr("<label for=\"" + (*i)[2].str() + "\""))
        << i->str();
  }
}

TEST(StartPage, ListsEveryCall) {
  const std::string& body = PageIn(Language::kEnglish).body;
  for (const char* path :
       {"/v1/municipalities/{municipality}", "/v1/municipalities:batchImport",
        "/healthz", "/openapi.json"}) {
    EXPECT_THAT(body, HasSubstr("<code>" + std::string(path) + "</code>"));
  }
}

}  // namespace
}  // namespace welfare::gateway
