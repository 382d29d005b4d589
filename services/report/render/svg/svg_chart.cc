#include "services/report/render/svg/svg_chart.h"

#include <algorithm>
#include <variant>

#include "services/report/drawing/charts/draw_chart.h"
#include "services/report/render/markup.h"

namespace welfare::report {
namespace {

constexpr int Pixels(int pixels) { return pixels * 25400 / 96; }

// Type of 15 and 14 pixels is what a screen needs; a chart takes half the
// width of a page, the map more.
constexpr ChartSpace kScreen = {Pixels(520), 0, Pixels(15), Pixels(15),
                                Pixels(14)};
constexpr int kMapWidth = Pixels(770);
constexpr int kScreenMatrixWidth = Pixels(640);
constexpr int kMatrixOfYearsWidth = Pixels(820);

// Micrometres as pixels, with two places at most.
std::string Px(int length) {
  const bool negative = length < 0;
  const long long hundredths =
      ((negative ? -1LL : 1LL) * length * 9600 + 12700) / 25400;
  std::string text = std::to_string(hundredths / 100);
  if (const long long rest = hundredths % 100; rest != 0) {
    text += rest < 10 ? ".0" : ".";
    text += std::to_string(rest % 10 == 0 && rest >= 10 ? rest / 10 : rest);
  }
  return (negative && hundredths != 0 ? "-" : "") + text;
}

std::string Attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

// Writes shapes; one function for each.
class SvgWriter {
 public:
  void operator()(const BoxShape& box) {
    // A stroke lies inside its box; SVG draws it over the edge.
    const int inset = box.stroke.has_value() ? box.stroke_width / 2 : 0;
    out_ += "<rect" + Attribute("x", Px(box.x + inset)) +
            Attribute("y", Px(box.y + inset)) +
            Attribute("width", Px(box.width - 2 * inset)) +
            Attribute("height", Px(box.height - 2 * inset)) +
            Attribute("fill", box.fill.has_value() ? HexOf(*box.fill) : "none");
    Stroke(box.stroke, box.stroke_width);
    out_ += "/>\n";
  }
  void operator()(const LineShape& line) {
    out_ += "<line" + Attribute("x1", Px(line.x1)) +
            Attribute("y1", Px(line.y1)) + Attribute("x2", Px(line.x2)) +
            Attribute("y2", Px(line.y2));
    Stroke(line.ink, line.width);
    if (line.dashed) out_ += Attribute("stroke-dasharray", "4 3");
    out_ += "/>\n";
  }
  void operator()(const DotShape& dot) {
    out_ += "<circle" + Attribute("cx", Px(dot.x)) +
            Attribute("cy", Px(dot.y)) + Attribute("r", Px(dot.radius)) +
            Attribute("fill", HexOf(dot.fill)) + "/>\n";
  }
  void operator()(const AreaShape& area) {
    std::string points;
    for (const AreaShape::Corner& corner : area.corners) {
      points += (points.empty() ? "" : " ") + Px(corner.x) + "," + Px(corner.y);
    }
    out_ += "<polygon" + Attribute("points", points) +
            Attribute("fill", HexOf(area.fill));
    Stroke(area.stroke, area.stroke_width);
    out_ += "/>\n";
  }
  void operator()(const TextShape& text) {
    out_ += "<text" + Attribute("x", Px(text.x)) + Attribute("y", Px(text.y)) +
            Attribute("font-size", Px(text.size)) +
            Attribute("fill", HexOf(text.ink));
    if (text.align != Align::kStart) {
      out_ += Attribute("text-anchor",
                        text.align == Align::kMiddle ? "middle" : "end");
    }
    out_ += ">" + EscapeMarkup(text.text) + "</text>\n";
  }
  // Marks are for sheets; a picture of a page says what it is itself.
  void operator()(const StructureMark& /*mark*/) {}

  std::string Take() { return std::move(out_); }

 private:
  void Stroke(const std::optional<Ink>& ink, int width) {
    if (!ink.has_value()) return;
    out_ +=
        Attribute("stroke", HexOf(*ink)) + Attribute("stroke-width", Px(width));
  }

  std::string out_;
};

}  // namespace

std::string SvgShapes(const Drawing& drawing) {
  SvgWriter writer;
  for (const Shape& shape : drawing.shapes) std::visit(writer, shape);
  return writer.Take();
}

std::string RenderSvgChart(const Chart& chart, std::string_view id) {
  ChartSpace space = kScreen;
  if (chart.kind == Chart::Kind::kTileMap) space.width = kMapWidth;
  if (chart.kind == Chart::Kind::kMatrix) {
    const bool years = std::ranges::any_of(
        chart.series,
        [](const Chart::Series& series) { return !series.item.empty(); });
    space.width = years ? kMatrixOfYearsWidth : kScreenMatrixWidth;
  }
  const Drawing drawing = DrawChart(chart, space);
  const std::string title_id = std::string(id) + "-title";
  const std::string desc_id = std::string(id) + "-desc";
  const std::string width = Px(drawing.width);
  const std::string height = Px(drawing.height);
  return "<svg role=\"img\" aria-labelledby=\"" + title_id + " " + desc_id +
         "\" viewBox=\"0 0 " + width + " " + height + "\" width=\"" + width +
         "\" height=\"" + height +
         "\" xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"" + title_id +
         "\">" +
         EscapeMarkup((chart.mark.empty() ? "" : "【" + chart.mark + "】") +
                      chart.title) +
         "</title>\n<desc id=\"" + desc_id + "\">" +
         EscapeMarkup(DescribeChart(chart)) + "</desc>\n" + SvgShapes(drawing) +
         "</svg>\n";
}

}  // namespace welfare::report
