#include "services/report/render/pdf/glyphs.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <utility>

#include "services/report/drawing/text_measure.h"
#include "services/report/errors.h"

namespace welfare::report {

// The library and the face, closed in the order that they need.
struct FontGlyphs::Face {
  Face() = default;
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;
  ~Face() {
    if (face != nullptr) FT_Done_Face(face);
    if (library != nullptr) FT_Done_FreeType(library);
  }

  std::shared_ptr<const std::string> bytes;
  FT_Library library = nullptr;
  FT_Face face = nullptr;
};

FontGlyphs::FontGlyphs(std::unique_ptr<Face> face) : face_(std::move(face)) {}
FontGlyphs::FontGlyphs(FontGlyphs&&) noexcept = default;
FontGlyphs& FontGlyphs::operator=(FontGlyphs&&) noexcept = default;
FontGlyphs::~FontGlyphs() = default;

absl::StatusOr<FontGlyphs> FontGlyphs::Open(const PrintFont& font) {
  auto face = std::make_unique<Face>();
  face->bytes = font.bytes;
  const void* const data = font.bytes->data();
  if (FT_Init_FreeType(&face->library) != 0 ||
      FT_New_Memory_Face(face->library, static_cast<const FT_Byte*>(data),
                         static_cast<FT_Long>(font.bytes->size()), 0,
                         &face->face) != 0) {
    return RenderFailed("pdf", "The font cannot be opened.");
  }
  return FontGlyphs(std::move(face));
}

bool FontGlyphs::Has(char32_t character) const {
  return FT_Get_Char_Index(face_->face, character) != 0;
}

std::optional<std::string> FontGlyphs::FindMissing(
    std::string_view text) const {
  for (const char32_t character : CharactersOf(text)) {
    if (character == 0xFFFD ||
        FT_Get_Char_Index(face_->face, character) == 0) {
      return CodePointName(character);
    }
  }
  return std::nullopt;
}

std::string CodePointName(char32_t character) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string name = "U+";
  for (int shift = character > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) {
    name += kDigits[(character >> static_cast<unsigned>(shift)) & 0xFU];
  }
  return name;
}

}  // namespace welfare::report
