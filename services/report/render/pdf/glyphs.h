// Which characters the print font has.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "services/report/render/pdf/print_font.h"

namespace welfare::report {

// A font, open to be asked. Used by one thread.
class FontGlyphs {
 public:
  // Errors: INTERNAL, reason RENDER_FAILED: it cannot be opened.
  static absl::StatusOr<FontGlyphs> Open(const PrintFont& font);
  FontGlyphs(FontGlyphs&&) noexcept;
  FontGlyphs& operator=(FontGlyphs&&) noexcept;
  ~FontGlyphs();

  bool Has(char32_t character) const;
  // Returns the first character of `text` that the font lacks, as a reader can
  // look it up: `U+1F600`. What is no UTF-8 is `U+FFFD`.
  std::optional<std::string> FindMissing(std::string_view text) const;

 private:
  struct Face;
  explicit FontGlyphs(std::unique_ptr<Face> face);

  std::unique_ptr<Face> face_;
};

// `U+5409`, four digits or six.
std::string CodePointName(char32_t character);

}  // namespace welfare::report
