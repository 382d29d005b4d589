#include "services/indicator/statements/misfits.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace welfare::indicator {
namespace {

using base::Violation;

// The first name between backticks in an English description: every one of
// these begins with what is missing.
std::string SubjectOf(std::string_view description) {
  const std::size_t open = description.find('`');
  if (open == std::string_view::npos) return {};
  const std::size_t close = description.find('`', open + 1);
  if (close == std::string_view::npos) return {};
  return std::string(description.substr(open + 1, close - open - 1));
}

std::string InJapanese(std::string_view reason, const std::string& subject) {
  const std::string quoted = "「" + subject + "」";
  if (reason == "ITEM_UNKNOWN") return "調査票に設問" + quoted + "がない。";
  if (reason == "OPTION_UNKNOWN") {
    return "調査票の設問に選択肢" + quoted + "がない。";
  }
  if (reason == "ITEM_TYPE") {
    return "設問" + quoted + "の型が、この集計の方法に合わない。";
  }
  if (reason == "RESPONDENT") {
    return "設問" + quoted + "は、この母集団の回答者には尋ねていない。";
  }
  if (reason == "POPULATION") return "母集団" + quoted + "は定義されていない。";
  if (reason == "POPULATION_MISFIT") {
    return "母集団" + quoted + "をこの調査票では判定できない。";
  }
  if (reason == "INDICATOR_MISFIT") {
    return "指標" + quoted + "をこの調査票では計算できない。";
  }
  if (reason == "INDICATOR_UNKNOWN") {
    return "この調査票には指標" + quoted + "がない。";
  }
  if (reason == "CELL_UNKNOWN") return "指標に区分" + quoted + "がない。";
  return "式がこの調査票に合わない。";
}

Misfit Make(Misfit::Kind kind, std::string id, const Violation& violation) {
  Misfit misfit;
  misfit.kind = kind;
  misfit.id = std::move(id);
  misfit.place = violation.field;
  misfit.reason = violation.reason;
  misfit.subject = SubjectOf(violation.description);
  misfit.message = violation.description;
  misfit.message_ja = InJapanese(misfit.reason, misfit.subject);
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
      return Violation{where, "ITEM_UNKNOWN",
                       "The codebook has no item `" + id + "`."};
    }
    const std::vector<Option>& options =
        questionnaire.items()[*position].options;
    for (const std::string& code :
         source.options.empty() ? figure.cells : source.options) {
      if (std::ranges::find(options, code, &Option::code) == options.end()) {
        return Violation{
            where, "OPTION_UNKNOWN",
            "`" + code + "` is none of the options of `" + id + "`."};
      }
    }
    return std::nullopt;
  }
  if (source.indicator.empty()) return std::nullopt;
  if (indicators.FindDefinition(source.indicator) == nullptr) {
    return Violation{
        where, "INDICATOR_UNKNOWN",
        "There is no indicator `" + source.indicator + "` over this codebook."};
  }
  const RegistryHistory nobody;
  const auto figures = indicators.Compute(source.indicator, &nobody);
  if (!figures.ok()) {
    return Violation{
        where, "INDICATOR_MISFIT",
        "The indicator `" + source.indicator + "` does not fit this codebook."};
  }
  const bool known =
      source.cell.empty() || figures->FindCell(source.cell) != nullptr ||
      std::ranges::any_of(base::kAllAbsences, [&](base::Absence kind) {
        return source.cell == base::ToString(kind);
      });
  if (known) return std::nullopt;
  return Violation{where, "CELL_UNKNOWN",
                   "`" + source.cell + "` is no cell of the indicator `" +
                       source.indicator + "`."};
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
