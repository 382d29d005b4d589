#include "services/report/template/fit.h"

#include <algorithm>
#include <utility>

namespace welfare::report {
namespace {

// Whether what the placeholder asks for exists under the measure.
bool HasForm(const Placeholder& placeholder, std::optional<Measure> measure) {
  if (!measure.has_value()) return true;
  switch (placeholder.kind) {
    case Placeholder::Kind::kIndicator:
      return placeholder.part != "top" || !IsValueMeasure(measure);
    case Placeholder::Kind::kCell:
      if (!placeholder.wordings.empty()) return !IsValueMeasure(measure);
      return placeholder.part == "value"     ? IsValueMeasure(measure)
             : placeholder.part == "percent" ? !IsValueMeasure(measure)
                                             : true;
    default:
      return true;
  }
}

std::string NameOf(const Placeholder& placeholder) {
  const std::string& source = placeholder.source;
  return source.size() > 2 ? source.substr(1, source.size() - 2) : source;
}

void AddMisfits(const std::string& place, std::string_view text,
                const IndicatorShapes& shapes, std::vector<Misfit>& misfits) {
  for (const Placeholder& part : ParseText(text).parts) {
    if (part.previous) continue;
    if (auto misfit = FindMisfit(part, shapes)) {
      misfit->place = place;
      misfits.push_back(*std::move(misfit));
    }
  }
}

// The key figure names a cell as a placeholder does.
void AddKeyMisfit(const TemplatePage& page, const IndicatorShapes& shapes,
                  std::vector<Misfit>& misfits) {
  const std::string& figure = page.key->figure;
  if (figure == "returns.all" || figure.find('.') == std::string::npos) return;
  AddMisfits(page.path + ".key.figure", "{" + figure + "}", shapes, misfits);
}

}  // namespace

IndicatorShapes ShapesOf(const IndicatorValues& values) {
  IndicatorShapes shapes;
  for (const auto& [id, value] : values) {
    IndicatorShape shape;
    shape.measure = value.measure;
    shape.multiple_answer = value.multiple_answer;
    shape.any_cell =
        value.measure == Measure::kRank || value.measure == Measure::kHistogram;
    for (const ValueCell& cell : value.cells) shape.cells.push_back(cell.key);
    shapes.emplace(id, std::move(shape));
  }
  return shapes;
}

std::string_view ReasonName(Misfit::Reason reason) {
  switch (reason) {
    case Misfit::Reason::kIndicatorMissing:
      return "INDICATOR_NOT_IN_CODEBOOK";
    case Misfit::Reason::kCellMissing:
      return "CELL_NOT_IN_CODEBOOK";
    case Misfit::Reason::kFormOfMeasure:
      return "FORM_NOT_OF_MEASURE";
    case Misfit::Reason::kDonutOfMultiple:
      return "DONUT_OF_MULTIPLE_ANSWERS";
  }
  return "";
}

std::string DescribeMisfit(const Misfit& misfit) {
  switch (misfit.reason) {
    case Misfit::Reason::kIndicatorMissing:
      return "The codebook gives no figure '" + misfit.subject +
             "'; its item is missing, or names what does not exist.";
    case Misfit::Reason::kCellMissing:
      return "The codebook has no option or row '" + misfit.subject + "'.";
    case Misfit::Reason::kFormOfMeasure:
      return "'" + misfit.subject +
             "' asks for what the item's type does not give.";
    case Misfit::Reason::kDonutOfMultiple:
      return "The answers to '" + misfit.subject +
             "' are multiple; a donut shows parts of a whole.";
  }
  return "";
}

std::string CauseInJapanese(const Misfit& misfit) {
  switch (misfit.reason) {
    case Misfit::Reason::kIndicatorMissing:
      return "この調査票では「" + misfit.subject + "」を集計できないため、";
    case Misfit::Reason::kCellMissing:
      return "この調査票に選択肢「" + misfit.subject + "」がないため、";
    case Misfit::Reason::kFormOfMeasure:
      return "この調査票の設問の型では「" + misfit.subject +
             "」が定まらないため、";
    case Misfit::Reason::kDonutOfMultiple:
      return "「" + misfit.subject +
             "」は複数回答で、輪の図が表す全体がないため、";
  }
  return "";
}

std::optional<Misfit> FindMisfit(std::string_view indicator,
                                 const IndicatorShapes& shapes) {
  if (shapes.contains(indicator)) return std::nullopt;
  return Misfit{Misfit::Reason::kIndicatorMissing, "", std::string(indicator)};
}

std::optional<Misfit> FindMisfit(const Placeholder& placeholder,
                                 const IndicatorShapes& shapes) {
  if (placeholder.kind == Placeholder::Kind::kText ||
      placeholder.kind == Placeholder::Kind::kContext) {
    return std::nullopt;
  }
  const auto found = shapes.find(placeholder.indicator);
  if (found == shapes.end()) return FindMisfit(placeholder.indicator, shapes);
  const IndicatorShape& shape = found->second;
  if (placeholder.kind == Placeholder::Kind::kCell && !shape.any_cell &&
      std::find(shape.cells.begin(), shape.cells.end(), placeholder.cell) ==
          shape.cells.end()) {
    return Misfit{Misfit::Reason::kCellMissing, "",
                  placeholder.indicator + "." + placeholder.cell};
  }
  if (!HasForm(placeholder, shape.measure)) {
    return Misfit{Misfit::Reason::kFormOfMeasure, "", NameOf(placeholder)};
  }
  return std::nullopt;
}

std::vector<Misfit> FindMisfits(const ReportTemplate& report_template,
                                const IndicatorShapes& shapes) {
  std::vector<Misfit> misfits;
  for (const auto& [id, declared] : report_template.comparability) {
    if (auto misfit = FindMisfit(id, shapes)) {
      misfit->place = declared.path;
      misfits.push_back(*std::move(misfit));
    }
  }
  for (const TemplatePage& page : report_template.pages) {
    AddMisfits(page.path + ".headline", page.headline, shapes, misfits);
    if (page.key.has_value()) AddKeyMisfit(page, shapes, misfits);
    for (const TemplateBlock& block : page.blocks) {
      AddMisfits(block.path, block.text, shapes, misfits);
      for (std::size_t i = 0; i < block.items.size(); ++i) {
        AddMisfits(ElementPath(block.path, "items", i), block.items[i], shapes,
                   misfits);
      }
      for (std::size_t i = 0; i < block.indicators.size(); ++i) {
        const std::string& indicator = block.indicators[i];
        auto misfit = FindMisfit(indicator, shapes);
        if (!misfit.has_value() &&
            block.chart == TemplateBlock::ChartStyle::kDonut &&
            shapes.find(indicator)->second.multiple_answer) {
          misfit = Misfit{Misfit::Reason::kDonutOfMultiple, "", indicator};
        }
        if (misfit.has_value()) {
          misfit->place = ElementPath(block.path, "indicators", i);
          misfits.push_back(*std::move(misfit));
        }
      }
      AddMisfits(block.path + ".title", block.title, shapes, misfits);
      for (std::size_t i = 0; i < block.labels.size(); ++i) {
        AddMisfits(ElementPath(block.path, "labels", i), block.labels[i],
                   shapes, misfits);
      }
      for (std::size_t i = 0; i < block.notes.size(); ++i) {
        AddMisfits(ElementPath(block.path, "notes", i), block.notes[i], shapes,
                   misfits);
      }
    }
  }
  return misfits;
}

}  // namespace welfare::report
