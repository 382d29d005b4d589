#include "tests/bench/bare_documents.h"

#ifdef WELFARE_BENCH_PANGO
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <variant>

#include "services/report/drawing/palette.h"
#endif

namespace welfare::bench {

#ifdef WELFARE_BENCH_PANGO

namespace {

double Pt(int micrometres) { return micrometres * 72.0 / 25400.0; }

cairo_status_t Append(void* to, const unsigned char* data,
                      unsigned int length) {
  const void* const bytes = data;
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes),
                                        length);
  return CAIRO_STATUS_SUCCESS;
}

class BarePainter {
 public:
  explicit BarePainter(cairo_t* context)
      : context_(context),
        layout_(pango_cairo_create_layout(context)),
        font_(pango_font_description_from_string("IPAexGothic")) {}
  BarePainter(const BarePainter&) = delete;
  BarePainter& operator=(const BarePainter&) = delete;
  ~BarePainter() {
    pango_font_description_free(font_);
    g_object_unref(layout_);
  }

  void operator()(const report::BoxShape& box) {
    cairo_rectangle(context_, Pt(box.x), Pt(box.y), Pt(box.width),
                    Pt(box.height));
    if (box.fill.has_value()) {
      Colour(*box.fill);
      cairo_fill_preserve(context_);
    }
    if (box.stroke.has_value()) {
      Colour(*box.stroke);
      cairo_set_line_width(context_, Pt(box.stroke_width));
      cairo_stroke_preserve(context_);
    }
    cairo_new_path(context_);
  }
  void operator()(const report::LineShape& line) {
    Colour(line.ink);
    cairo_set_line_width(context_, Pt(line.width));
    cairo_move_to(context_, Pt(line.x1), Pt(line.y1));
    cairo_line_to(context_, Pt(line.x2), Pt(line.y2));
    cairo_stroke(context_);
  }
  void operator()(const report::DotShape& dot) {
    constexpr double kFullTurn = 6.283185307179586;
    Colour(dot.fill);
    cairo_arc(context_, Pt(dot.x), Pt(dot.y), Pt(dot.radius), 0, kFullTurn);
    cairo_fill(context_);
  }
  void operator()(const report::AreaShape& area) {
    for (const report::AreaShape::Corner& corner : area.corners) {
      cairo_line_to(context_, Pt(corner.x), Pt(corner.y));
    }
    Colour(area.fill);
    cairo_fill(context_);
  }
  void operator()(const report::TextShape& text) {
    pango_font_description_set_absolute_size(font_, Pt(text.size) * PANGO_SCALE);
    pango_layout_set_font_description(layout_, font_);
    pango_layout_set_text(layout_, text.text.data(),
                          static_cast<int>(text.text.size()));
    int width = 0;
    int height = 0;
    if (text.align != report::Align::kStart) {
      pango_layout_get_size(layout_, &width, &height);
      if (text.align == report::Align::kMiddle) width /= 2;
    }
    Colour(text.ink);
    cairo_move_to(context_,
                  Pt(text.x) - static_cast<double>(width) / PANGO_SCALE,
                  Pt(text.y));
    pango_cairo_show_layout_line(context_,
                                 pango_layout_get_line_readonly(layout_, 0));
  }
  void operator()(const report::StructureMark& /*mark*/) {}

 private:
  void Colour(report::Ink ink) {
    const report::Colour colour = report::ColourOf(ink);
    constexpr double kFull = 255;
    cairo_set_source_rgb(context_, colour.red / kFull, colour.green / kFull,
                         colour.blue / kFull);
  }

  cairo_t* context_;
  PangoLayout* layout_;
  PangoFontDescription* font_;
};

}  // namespace

std::string BarePdf(const report::Book& book) {
  std::string bytes;
  const report::Drawing& first = book.sheets.front().drawing;
  cairo_surface_t* surface = cairo_pdf_surface_create_for_stream(
      Append, &bytes, Pt(first.width), Pt(first.height));
  // The one thing that would make another file each time.
  cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                 "2025-07-11T00:00:00+09:00");
  cairo_t* context = cairo_create(surface);
  {
    BarePainter painter(context);
    for (const report::Sheet& sheet : book.sheets) {
      for (const report::Shape& shape : sheet.drawing.shapes) {
        std::visit(painter, shape);
      }
      cairo_show_page(context);
    }
  }
  cairo_destroy(context);
  cairo_surface_destroy(surface);
  return bytes;
}

#else

std::string BarePdf(const report::Book& /*book*/) { return {}; }

#endif

}  // namespace welfare::bench
