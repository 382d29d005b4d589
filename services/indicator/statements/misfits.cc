#include "services/indicator/statements/misfits.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "services/indicator/errors.h"

namespace welfare::indicator {
namespace {

using base::Violation;

Misfit Make(Misfit::Kind kind, std::string id, const Violation& violation) {
  Misfit misfit;
  misfit.kind = kind;
  misfit.id = std::move(id);
  misfit.place = violation.field;
  misfit.reason = violation.reason;
  misfit.subject = SubjectOf(violation);
  misfit.message = violation.description;
  misfit.message_ja = violation.description_ja;
  return misfit;
}

// Why the codebook cannot compute a row; nothing where it can.
std::optional<Violation> MisfitOfRow(const PublishedFigure& figure,
                                     const FigureSource& source,
                                     const RoundIndicators& indicators) {
  const std::string where = "statements." + figure.figure_id;
  if (figure.check == Check::kOptionList) {
    const Questionnaire& questionnaire = indicators.table().questionnaire();
    if (figure.items.empty()) return std::nullopt;
    const std::string& id = figure.items.front();
    const auto position = questionnaire.FindItem(id);
    if (!position.has_value()) {
      return ItemUnknown(where, id);
    }
    const std::vector<Option>& options =
        questionnaire.items()[*position].options;
    for (const std::string& code :
         source.options.empty() ? figure.cells : source.options) {
      if (std::ranges::find(options, code, &Option::code) == options.end()) {
        return OptionUnknown(where, id, code);
      }
    }
    return std::nullopt;
  }
  if (source.indicator.empty()) return std::nullopt;
  if (indicators.FindDefinition(source.indicator) == nullptr) {
    return IndicatorUnknown(where, source.indicator);
  }
  const RegistryHistory nobody;
  const auto figures = indicators.Compute(source.indicator, &nobody);
  if (!figures.ok()) return IndicatorMisfit(where, source.indicator);
  const bool known =
      source.cell.empty() || figures->FindCell(source.cell) != nullptr ||
      std::ranges::any_of(base::kAllAbsences, [&](base::Absence kind) {
        return source.cell == base::ToString(kind);
      });
  if (known) return std::nullopt;
  std::vector<std::string> cells;
  for (const FigureCell& cell : figures->cells) cells.push_back(cell.key);
  return CellMissing(where, source.indicator, source.cell, cells);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RoundIndicators>> BindToCodebook(
    std::shared_ptr<const Questionnaire> questionnaire,
    const DefinitionSet& definitions) {
  std::vector<RawColumn> columns;
  for (const Item& item : questionnaire->items()) {
    if (item.type != Item::Type::kTable) {
      columns.push_back({.item = item.id,
                         .row = {},
                         .absences = {},
                         .codes = {},
                         .integers = {},
                         .texts = {}});
      continue;
    }
    for (const Option& row : item.options) {
      columns.push_back({.item = item.id,
                         .row = row.code,
                         .absences = {},
                         .codes = {},
                         .integers = {},
                         .texts = {}});
    }
  }
  WELFARE_ASSIGN_OR_RETURN(
      RoundTable table,
      RoundTable::Make(RoundHeader{}, std::move(questionnaire), {},
                       std::move(columns), Basis::kProvisional));
  return std::make_unique<RoundIndicators>(
      std::make_shared<const RoundTable>(std::move(table)), definitions);
}

std::vector<Misfit> FindMisfits(const RoundIndicators& indicators) {
  constexpr std::string_view kPopulations = "populations.";
  constexpr std::string_view kIndicators = "indicators.";
  std::vector<Misfit> misfits;
  for (const Violation& violation : indicators.violations()) {
    std::string_view rest = violation.field;
    if (rest.starts_with(kPopulations)) {
      rest.remove_prefix(kPopulations.size());
      misfits.push_back(
          Make(Misfit::Kind::kPopulation, std::string(rest), violation));
    } else {
      rest.remove_prefix(std::min(kIndicators.size(), rest.size()));
      misfits.push_back(Make(Misfit::Kind::kIndicator,
                             std::string(rest.substr(0, rest.find('.'))),
                             violation));
    }
  }
  return misfits;
}

std::vector<Misfit> FindStatementMisfits(const PublishedRound& published,
                                         const RoundIndicators& indicators) {
  std::vector<Misfit> misfits;
  for (const PublishedFigure& figure : published.figures) {
    const auto source = published.sources.find(figure.figure_id);
    const FigureSource none;
    const auto violation = MisfitOfRow(
        figure, source == published.sources.end() ? none : source->second,
        indicators);
    if (!violation.has_value()) continue;
    Misfit misfit =
        Make(Misfit::Kind::kStatement, figure.statement_id, *violation);
    misfit.year = published.fiscal_year;
    misfits.push_back(std::move(misfit));
  }
  return misfits;
}

}  // namespace welfare::indicator
