#include "services/indicator/api/convert.h"

#include <optional>
#include <string>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/base/numbers/percent.h"
#include "services/indicator/errors.h"

namespace welfare::indicator {
namespace {

// A word as the contract has it: the numbers of the vocabulary are its own.
template <typename Proto, typename Word>
Proto NumberOf(Word word) {
  return static_cast<Proto>(word);
}
// 0 says that nothing is stated.
template <typename Proto, typename Word>
Proto NumberOf(std::optional<Word> word) {
  return word.has_value() ? NumberOf<Proto>(*word) : Proto{};
}

v1::Population ToProto(const PopulationSet& population) {
  v1::Population proto;
  proto.set_id(population.definition.id);
  proto.set_label(population.label);
  proto.set_predicate(population.definition.predicate);
  proto.set_size(population.members.Count());
  proto.set_undecided(population.undecided.Count());
  return proto;
}

}  // namespace

absl::StatusOr<Basis> FromProto(type::v1::Basis::Kind basis) {
  switch (basis) {
    case type::v1::Basis::KIND_UNSPECIFIED:
    case type::v1::Basis::PROVISIONAL:
      return Basis::kProvisional;
    case type::v1::Basis::FINAL:
      return Basis::kFinal;
    default:
      return BasisUnknown(basis);
  }
}

v1::Indicator ToProto(const std::string& survey, const Definition& definition,
                      const PopulationDefinition& population) {
  v1::Indicator proto;
  proto.set_name(base::IndicatorName{survey, definition.id}.ToString());
  proto.set_display_name(definition.label);
  proto.set_measure(NumberOf<v1::Indicator::Measure>(definition.measure));
  proto.mutable_population()->set_id(population.id);
  proto.mutable_population()->set_label(population.label);
  proto.mutable_population()->set_predicate(population.predicate);
  for (const std::string& item : definition.NamedItems()) {
    proto.add_items(item);
  }
  proto.set_condition(definition.Condition());
  proto.set_reference_year_offset(definition.reference_year_offset);
  for (const int page : definition.pages) proto.add_pages(page);
  proto.set_unit(definition.unit);
  proto.set_definition(definition.version);
  proto.set_definition_digest(
      base::Sha256Hex(CanonicalText(definition, population)));
  proto.set_multiple_answer(definition.multiple_answer);
  return proto;
}

v1::IndicatorValue ToProto(const std::string& survey, const Figures& figures) {
  v1::IndicatorValue proto;
  proto.set_name(base::IndicatorValueName{
      survey, figures.indicator,
      base::FiscalYear::FromChecked(figures.fiscal_year)}
                     .ToString());
  proto.set_fiscal_year(figures.fiscal_year);
  proto.set_reference_year(figures.reference_year);
  proto.set_display_name(figures.label);
  proto.set_measure(NumberOf<v1::Indicator::Measure>(figures.measure));
  v1::Population& population = *proto.mutable_population();
  population.set_id(figures.population);
  population.set_label(figures.population_label);
  population.set_predicate(figures.predicate);
  population.set_size(figures.size);
  population.set_undecided(figures.undecided);
  proto.set_base(figures.base);
  proto.set_answered(figures.answered);
  for (const FigureCell& cell : figures.cells) {
    v1::Cell& one = *proto.add_cells();
    one.set_key(cell.key);
    one.set_label(cell.label);
    one.set_count(cell.count);
    one.set_base(cell.base);
    if (cell.percent.has_value()) one.set_percent(*cell.percent);
    if (cell.value.has_value()) one.set_value(*cell.value);
    if (cell.numerator.has_value()) one.set_numerator(*cell.numerator);
    if (cell.denominator.has_value()) one.set_denominator(*cell.denominator);
    for (const CellFlag flag : cell.flags) {
      one.add_flags(NumberOf<v1::Cell::Flag>(flag));
    }
    one.set_undecided(cell.undecided);
    one.set_role(NumberOf<v1::Cell::Role>(cell.role));
  }
  for (const base::Absence kind : base::kAllAbsences) {
    v1::AbsenceCount& one = *proto.add_absences();
    one.set_kind(static_cast<type::v1::Absence::Kind>(kind));
    one.set_count(figures.Absent(kind));
    if (!base::StaysInBase(kind)) continue;
    if (const auto percent =
            base::FormatPercent(figures.Absent(kind), figures.base)) {
      one.set_percent(*percent);
    }
  }
  type::v1::DataVersions& versions = *proto.mutable_versions();
  versions.set_registry(figures.registry_version);
  versions.set_round(figures.round_revision);
  versions.set_definition(figures.definition_version);
  versions.set_codebook(figures.codebook);
  versions.set_definition_digest(figures.definition_digest);
  versions.set_registry_incarnation(figures.registry_incarnation);
  versions.set_round_incarnation(figures.round_incarnation);
  proto.set_basis(NumberOf<type::v1::Basis::Kind>(figures.basis));
  proto.set_synthetic(figures.synthetic);
  proto.set_multiple_answer(figures.multiple_answer);
  proto.set_unit(figures.unit);
  for (const CellFlag flag : figures.flags) {
    proto.add_flags(NumberOf<v1::Cell::Flag>(flag));
  }
  return proto;
}

v1::Explanation ToProto(const FrameRow& row,
                        const CellExplanation& explanation) {
  v1::Explanation proto;
  proto.set_respondent(row.respondent.ToString());
  proto.set_display_name(row.display_name);
  proto.set_in(explanation.in);
  proto.set_in_base(explanation.in_base);
  proto.set_reason(explanation.reason);
  proto.set_submission_revision(row.revision);
  return proto;
}

v1::Statement ToProto(const std::string& round, const Statement& statement) {
  v1::Statement proto;
  proto.set_name(round + "/statements/" + statement.id);
  proto.set_page(statement.page);
  proto.set_label(statement.label);
  proto.set_published(statement.published);
  proto.set_check(NumberOf<v1::Statement::Check>(statement.check));
  for (const StatementReading& reading : statement.readings) {
    v1::Statement::Reading& one = *proto.add_readings();
    one.set_reading(reading.reading);
    if (reading.population != nullptr) {
      v1::Population& population = *one.mutable_population();
      population = ToProto(*reading.population);
      if (reading.population_label.has_value()) {
        population.set_label(*reading.population_label);
      }
      if (reading.population_size.has_value()) {
        population.set_size(*reading.population_size);
      }
    }
    one.set_computed(reading.computed);
    if (reading.count.has_value()) one.set_count(*reading.count);
    if (reading.base.has_value()) one.set_base(*reading.base);
    one.set_verdict(NumberOf<v1::Statement::Verdict>(reading.verdict));
    one.set_rule(reading.rule);
    one.set_indicator(reading.indicator);
    one.set_cell(reading.cell);
    one.set_claim(NumberOf<v1::Statement::Claim>(reading.claim));
    one.set_count_agreement(
        NumberOf<v1::Statement::Agreement>(reading.count_agreement));
    one.set_base_agreement(
        NumberOf<v1::Statement::Agreement>(reading.base_agreement));
    one.set_wording_verdict(
        NumberOf<v1::Statement::Verdict>(reading.wording_verdict));
    if (reading.published_count.has_value()) {
      one.set_published_count(*reading.published_count);
    }
    if (reading.published_base.has_value()) {
      one.set_published_base(*reading.published_base);
    }
    one.set_wording(reading.wording);
  }
  proto.set_verdict(NumberOf<v1::Statement::Verdict>(statement.verdict));
  std::string agreeing;
  for (const std::string& reading : statement.agreeing_readings) {
    if (!agreeing.empty()) agreeing += ", ";
    agreeing += reading;
  }
  proto.set_agreeing_readings(agreeing);
  proto.set_not_computed_reason(statement.not_computed_reason);
  proto.set_not_computed_reason_ja(statement.not_computed_reason_ja);
  proto.set_round_fiscal_year(statement.round_year);
  proto.set_synthetic(statement.synthetic);
  return proto;
}

v1::DefinitionMisfit ToProto(const std::string& survey, const Misfit& misfit) {
  v1::DefinitionMisfit proto;
  switch (misfit.kind) {
    case Misfit::Kind::kPopulation:
      proto.set_population(misfit.id);
      break;
    case Misfit::Kind::kIndicator:
      proto.set_indicator(misfit.id);
      break;
    case Misfit::Kind::kStatement:
      proto.set_statement(
          base::RoundName{survey, base::FiscalYear::FromChecked(misfit.year)}
              .ToString() +
          "/statements/" + misfit.id);
      break;
  }
  proto.set_place(misfit.place);
  proto.set_reason(misfit.reason);
  proto.set_subject(misfit.subject);
  proto.set_message(misfit.message);
  proto.set_message_ja(misfit.message_ja);
  return proto;
}

v1::CheckDefinitionsResponse::Fit FitOf(const Figures& figures) {
  v1::CheckDefinitionsResponse::Fit fit;
  fit.set_indicator(figures.indicator);
  fit.set_measure(NumberOf<v1::Indicator::Measure>(figures.measure));
  fit.set_multiple_answer(figures.multiple_answer);
  // The years of a series are those of a round.
  if (figures.measure == Measure::kRegistrySeries) return fit;
  for (const FigureCell& cell : figures.cells) fit.add_cells(cell.key);
  return fit;
}

}  // namespace welfare::indicator
