#include "gateway/pages/pages.h"

#include <string>
#include <utility>

#include "gateway/assets.h"
#include "gateway/openapi/document.h"
#include "gateway/pages/start_page.h"

namespace welfare::gateway {

absl::StatusOr<OwnPages> MakePages(std::span<const HttpRoute> routes,
                                   std::string_view version) {
  absl::StatusOr<std::string> document =
      OpenApiDocument(routes, {.descriptor_set = LinkedDescriptorSet(),
                               .examples = LinkedExamples(),
                               .version = version});
  if (!document.ok()) return document.status();
  OwnPages pages;
  pages.Add("/", StartPage(*document, base::Language::kEnglish),
            StartPage(*document, base::Language::kJapanese));
  pages.Add("/openapi.json",
            MakeOwnPage("application/json", *std::move(document)));
  return pages;
}

}  // namespace welfare::gateway
