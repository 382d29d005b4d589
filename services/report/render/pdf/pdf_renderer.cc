#include "services/report/render/pdf/pdf_renderer.h"

#include <cairo-ft.h>
#include <cairo-pdf.h>
#include <ft2build.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>
// FreeType wants its macro.
#include FT_FREETYPE_H

#include "services/base/error.h"
#include "services/report/drawing/text_measure.h"
#include "services/report/errors.h"
#include "services/report/render/pdf/glyphs.h"
#include "services/report/render/pdf/pdf_update.h"

namespace welfare::report {
namespace {

constexpr double kFontUnitsPerEm = 2048;
constexpr const char* kDocumentTag = "Document";
constexpr const char* kSheetTag = "Sect";
constexpr double kPointsPerUnit = 72.0 / 25400.0;

double Pt(int micrometres) { return micrometres * kPointsPerUnit; }

absl::Status PdfFailed(std::string_view what) {
  return RenderFailed("pdf", what);
}

// A font that is open. Cairo may keep it longer than the document: it owns what
// it was made from.
struct OpenFont {
  std::shared_ptr<const std::string> bytes;
  FT_Library library = nullptr;
  FT_Face face = nullptr;

  OpenFont() = default;
  OpenFont(const OpenFont&) = delete;
  OpenFont& operator=(const OpenFont&) = delete;
  ~OpenFont() {
    if (face != nullptr) FT_Done_Face(face);
    if (library != nullptr) FT_Done_FreeType(library);
  }
};

struct DestroyFace {
  void operator()(cairo_font_face_t* face) const {
    cairo_font_face_destroy(face);
  }
};
struct DestroySurface {
  void operator()(cairo_surface_t* surface) const {
    cairo_surface_destroy(surface);
  }
};
struct DestroyContext {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
using FontFace = std::unique_ptr<cairo_font_face_t, DestroyFace>;
using Surface = std::unique_ptr<cairo_surface_t, DestroySurface>;
using Context = std::unique_ptr<cairo_t, DestroyContext>;

constexpr cairo_user_data_key_t kFontKey = {};

cairo_status_t Append(void* to, const unsigned char* data,
                      unsigned int length) {
  const void* const bytes = data;
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes),
                                        length);
  return CAIRO_STATUS_SUCCESS;
}

// A text of an attribute of cairo's tags: quotes and backslashes escaped.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// How many bytes a character takes.
int Utf8Length(char32_t c) {
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

// The standard structure types (ISO 32000-1, section 14.8.4).
const char* TagOf(Structure structure) {
  switch (structure) {
    case Structure::kHeading:
      return "H1";
    case Structure::kSubheading:
      return "H2";
    case Structure::kMinorHeading:
      return "H3";
    case Structure::kQuote:
      return "BlockQuote";
    case Structure::kParagraph:
      return "P";
    case Structure::kList:
      return "L";
    case Structure::kListItem:
      return "LI";
    case Structure::kFigure:
      return "Figure";
    case Structure::kTable:
      return "Table";
    case Structure::kRow:
      return "TR";
    case Structure::kHeaderCell:
      return "TH";
    case Structure::kCell:
      return "TD";
    case Structure::kLink:
      return CAIRO_TAG_LINK;
  }
  return "P";
}

// Draws shapes on the page of a document. Every document has its own.
class PdfPainter {
 public:
  PdfPainter(cairo_t* context, FT_Face face) : context_(context), face_(face) {}

  void operator()(const BoxShape& box) {
    if (box.fill.has_value()) {
      Colour(*box.fill);
      cairo_rectangle(context_, Pt(box.x), Pt(box.y), Pt(box.width),
                      Pt(box.height));
      cairo_fill(context_);
    }
    if (box.stroke.has_value()) {
      Stroke(*box.stroke, box.stroke_width, false);
      const int inset = box.stroke_width / 2;
      cairo_rectangle(context_, Pt(box.x + inset), Pt(box.y + inset),
                      Pt(box.width - 2 * inset), Pt(box.height - 2 * inset));
      cairo_stroke(context_);
    }
  }
  void operator()(const LineShape& line) {
    Stroke(line.ink, line.width, line.dashed);
    cairo_move_to(context_, Pt(line.x1), Pt(line.y1));
    cairo_line_to(context_, Pt(line.x2), Pt(line.y2));
    cairo_stroke(context_);
  }
  void operator()(const DotShape& dot) {
    constexpr double kFullTurn = 6.283185307179586;
    Colour(dot.fill);
    cairo_new_sub_path(context_);
    cairo_arc(context_, Pt(dot.x), Pt(dot.y), Pt(dot.radius), 0, kFullTurn);
    cairo_fill(context_);
  }
  void operator()(const AreaShape& area) {
    for (const AreaShape::Corner& corner : area.corners) {
      cairo_line_to(context_, Pt(corner.x), Pt(corner.y));
    }
    cairo_close_path(context_);
    Colour(area.fill);
    if (!area.stroke.has_value()) {
      cairo_fill(context_);
      return;
    }
    cairo_fill_preserve(context_);
    Stroke(*area.stroke, area.stroke_width, false);
    cairo_stroke(context_);
  }
  void operator()(const TextShape& text) {
    const std::vector<char32_t> characters = CharactersOf(text.text);
    std::vector<cairo_glyph_t> glyphs;
    std::vector<cairo_text_cluster_t> clusters;
    long long advance = 0;
    for (const char32_t c : characters) {
      const FT_UInt glyph = FT_Get_Char_Index(face_, c);
      if (glyph == 0 || c == 0xFFFD) {
        if (missing_.empty()) {
          missing_ = CodePointName(c);
          missing_in_ = text.text;
        }
        return;
      }
      glyphs.push_back({glyph, static_cast<double>(advance), 0});
      clusters.push_back({Utf8Length(c), 1});
      advance += CharacterAdvance(c);
    }
    const double scale = Pt(text.size) / kFontUnitsPerEm;
    const double width = static_cast<double>(advance) * scale;
    const double left = Pt(text.x) - (text.align == Align::kStart ? 0
                                      : text.align == Align::kEnd ? width
                                                                  : width / 2);
    for (cairo_glyph_t& glyph : glyphs) {
      glyph.x = left + glyph.x * scale;
      glyph.y = Pt(text.y);
    }
    Colour(text.ink);
    cairo_set_font_size(context_, Pt(text.size));
    cairo_show_text_glyphs(context_, text.text.data(),
                           static_cast<int>(text.text.size()), glyphs.data(),
                           static_cast<int>(glyphs.size()), clusters.data(),
                           static_cast<int>(clusters.size()),
                           static_cast<cairo_text_cluster_flags_t>(0));
  }

  void operator()(const StructureMark& mark) {
    if (!mark.begins.has_value()) {
      cairo_tag_end(context_, TagOf(open_.back()));
      open_.pop_back();
      return;
    }
    open_.push_back(*mark.begins);
    if (*mark.begins == Structure::kFigure) {
      alternatives_.push_back(mark.words);
    }
    const std::string attributes = *mark.begins == Structure::kLink
                                       ? "dest=" + Quoted(mark.words)
                                       : std::string();
    cairo_tag_begin(context_, TagOf(*mark.begins), attributes.c_str());
  }

  // What stands for each figure, in their order.
  const std::vector<std::string>& alternatives() const {
    return alternatives_;
  }
  const std::string& missing() const { return missing_; }
  const std::string& missing_in() const { return missing_in_; }

 private:
  void Colour(Ink ink) {
    const report::Colour colour = ColourOf(ink);
    constexpr double kFull = 255;
    cairo_set_source_rgb(context_, colour.red / kFull, colour.green / kFull,
                         colour.blue / kFull);
  }
  void Stroke(Ink ink, int width, bool dashed) {
    Colour(ink);
    cairo_set_line_width(context_, Pt(width));
    constexpr double kDash[] = {3, 2};
    cairo_set_dash(context_, kDash, dashed ? 2 : 0, 0);
  }

  cairo_t* context_;
  FT_Face face_;
  std::vector<Structure> open_;
  std::vector<std::string> alternatives_;
  std::string missing_;
  std::string missing_in_;
};

absl::StatusOr<FontFace> OpenFace(const PrintFont& font, FT_Face& face) {
  auto open = std::make_unique<OpenFont>();
  open->bytes = font.bytes;
  const void* const data = font.bytes->data();
  if (FT_Init_FreeType(&open->library) != 0 ||
      FT_New_Memory_Face(open->library, static_cast<const FT_Byte*>(data),
                         static_cast<FT_Long>(font.bytes->size()), 0,
                         &open->face) != 0) {
    return PdfFailed("The font cannot be opened.");
  }
  face = open->face;
  FontFace result(
      cairo_ft_font_face_create_for_ft_face(face, FT_LOAD_NO_HINTING));
  if (cairo_font_face_set_user_data(result.get(), &kFontKey, open.get(),
                                    [](void* one) {
                                      delete static_cast<OpenFont*>(one);
                                    }) != CAIRO_STATUS_SUCCESS) {
    return PdfFailed("The font cannot be kept.");
  }
  static_cast<void>(open.release());  // cairo's now
  return result;
}

void AddBookmarks(cairo_surface_t* surface,
                  const std::vector<BookMark>& bookmarks) {
  int parent = CAIRO_PDF_OUTLINE_ROOT;
  for (const BookMark& mark : bookmarks) {
    const std::string attributes = "dest=" + Quoted(mark.target);
    const int id = cairo_pdf_surface_add_outline(
        surface, mark.level == 1 ? CAIRO_PDF_OUTLINE_ROOT : parent,
        mark.title.c_str(), attributes.c_str(),
        static_cast<cairo_pdf_outline_flags_t>(0));
    if (mark.level == 1) parent = id;
  }
}

void AddTargets(cairo_t* context, const Sheet& sheet) {
  for (const SheetTarget& target : sheet.targets) {
    const std::string attributes = "name=" + Quoted(target.name) +
                                   " x=" + std::to_string(Pt(target.x)) +
                                   " y=" + std::to_string(Pt(target.y));
    cairo_tag_begin(context, CAIRO_TAG_DEST, attributes.c_str());
    cairo_tag_end(context, CAIRO_TAG_DEST);
  }
}

// A document as cairo wrote it, and what stands for its figures.
struct DrawnPdf {
  std::string bytes;
  std::vector<std::string> alternatives;
};

absl::StatusOr<DrawnPdf> DrawBook(const Book& book, const PrintFont& font) {
  // Cairo keeps the glyphs of all documents of a process in one cache. Who
  // draws a glyph locks its font and then the cache; who makes room in there
  // locks the cache and then the fonts of others: two of them wait for ever.
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);

  FT_Face face = nullptr;
  WELFARE_ASSIGN_OR_RETURN(const FontFace font_face, OpenFace(font, face));
  DrawnPdf drawn;
  const Drawing& first = book.sheets.front().drawing;
  Surface surface(cairo_pdf_surface_create_for_stream(
      Append, &drawn.bytes, Pt(first.width), Pt(first.height)));
  const auto say = [&](cairo_pdf_metadata_t what, const std::string& text) {
    if (!text.empty()) {
      cairo_pdf_surface_set_metadata(surface.get(), what, text.c_str());
    }
  };
  say(CAIRO_PDF_METADATA_TITLE, book.title);
  say(CAIRO_PDF_METADATA_SUBJECT, book.subject);
  say(CAIRO_PDF_METADATA_AUTHOR, book.author);
  // The day the survey ended: a clock would make other bytes each time.
  say(CAIRO_PDF_METADATA_CREATE_DATE, book.date + "T00:00:00+09:00");
  Context context(cairo_create(surface.get()));
  cairo_set_font_face(context.get(), font_face.get());
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context.get(), options);
  cairo_font_options_destroy(options);
  PdfPainter painter(context.get(), face);
  cairo_tag_begin(context.get(), kDocumentTag, "");
  for (const Sheet& sheet : book.sheets) {
    cairo_pdf_surface_set_page_label(surface.get(), sheet.label.c_str());
    AddTargets(context.get(), sheet);
    cairo_tag_begin(context.get(), kSheetTag, "");
    for (const Shape& shape : sheet.drawing.shapes) {
      std::visit(painter, shape);
    }
    cairo_tag_end(context.get(), kSheetTag);
    if (&sheet == &book.sheets.back()) {
      cairo_tag_end(context.get(), kDocumentTag);
    }
    cairo_show_page(context.get());
  }
  AddBookmarks(surface.get(), book.bookmarks);
  if (!painter.missing().empty()) {
    return GlyphMissing(painter.missing(), painter.missing_in());
  }
  cairo_surface_finish(surface.get());
  for (const cairo_status_t status :
       {cairo_status(context.get()), cairo_surface_status(surface.get())}) {
    if (status != CAIRO_STATUS_SUCCESS) {
      return PdfFailed(cairo_status_to_string(status));
    }
  }
  drawn.alternatives = painter.alternatives();
  return drawn;
}

}  // namespace

std::string PdfRenderer::fingerprint() const {
  return "pdf 4 cairo " + std::string(cairo_version_string()) + " freetype " +
         std::to_string(FREETYPE_MAJOR) + "." + std::to_string(FREETYPE_MINOR) +
         "." + std::to_string(FREETYPE_PATCH) + " font " + font_.digest;
}

absl::StatusOr<std::string> PdfRenderer::Render(
    const ReportModel& model) const {
  WELFARE_ASSIGN_OR_RETURN(const Book book, LayOutBook(model));
  return WritePdf(book, font_);
}

absl::StatusOr<std::string> WritePdf(const Book& book, const PrintFont& font) {
  WELFARE_ASSIGN_OR_RETURN(DrawnPdf drawn, DrawBook(book, font));
  std::optional<std::string> whole =
      AddAlternatives(std::move(drawn.bytes), drawn.alternatives);
  if (!whole.has_value()) {
    return PdfFailed("Its structure is not as this program knows it.");
  }
  return *std::move(whole);
}

}  // namespace welfare::report
