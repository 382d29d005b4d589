#include "services/indicator/errors.h"

#include <chrono>
#include <utility>

#include "services/indicator/error_table.h"

namespace welfare::indicator {
namespace {

using base::MakeError;
using base::MakeViolation;
using base::Violation;

constexpr std::chrono::milliseconds kRetryPeer{1000};

// A reason that is not in the table does not compile.
consteval const base::ErrorRow& Row(std::string_view reason) {
  return base::FindRow(kErrorTable, reason);
}
consteval const base::ViolationRow& Fault(std::string_view reason) {
  return base::FindRow(kViolationTable, reason);
}

consteval const base::ViolationRow& State(std::string_view type) {
  return base::FindRow(kPreconditionTable, type);
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

Violation ExpressionMisfit(std::string_view where, std::string_view expression,
                           const Violation& cause) {
  Violation misfit =
      MakeViolation(Fault("EXPRESSION"), where,
                    {{"why", cause.description},
                     {"place", cause.field.empty() ? "" : cause.field + " of "},
                     {"expression", std::string(expression)}});
  // Where it is a name that is missing, that is said as of any other place.
  if (cause.reason == Fault("ITEM_UNKNOWN").reason) {
    misfit.description_ja = base::FillIn(Fault("ITEM_UNKNOWN").description_ja,
                                         {{"item", SubjectOf(cause)}});
  } else if (cause.reason == Fault("OPTION_UNKNOWN").reason) {
    misfit.description_ja = base::FillIn(Fault("OPTION_UNKNOWN").description_ja,
                                         {{"option", SubjectOf(cause)}});
  }
  misfit.reason = cause.reason;
  return misfit;
}

}  // namespace

absl::Status IndicatorNotFound(std::string_view name) {
  return MakeError(Row("INDICATOR_NOT_FOUND"))
      .With("name", name)
      .WithResource("indicator.welfare/Indicator", name);
}

absl::Status SurveyNotFound(std::string_view name) {
  return MakeError(Row("SURVEY_NOT_FOUND"))
      .With("name", name)
      .WithResource("survey.welfare/Survey", name);
}

absl::Status RoundNotFound(std::string_view name) {
  return MakeError(Row("ROUND_NOT_FOUND"))
      .With("name", name)
      .WithResource("survey.welfare/Round", name);
}

absl::Status CodebookNotFound(std::string_view name) {
  return MakeError(Row("CODEBOOK_NOT_FOUND"))
      .With("name", name)
      .WithResource("survey.welfare/Codebook", name);
}

absl::Status CellUnknown(std::string_view indicator, std::string_view cell,
                         const std::vector<std::string>& cells) {
  return MakeError(Row("CELL_UNKNOWN"))
      .With("name", indicator)
      .With("cell", cell)
      .With("cells", Joined(cells))
      .WithViolation(CellMissing("cell", indicator, cell, cells));
}

absl::Status NameInvalid(std::string_view field, std::string_view name,
                         std::string_view pattern, const absl::Status& cause) {
  return MakeError(Row("NAME_INVALID"))
      .With("field", field)
      .With("name", name)
      .WithViolation(
          MakeViolation(Fault("NAME_INVALID"), field,
                        {{"why", std::string(base::MessageOf(cause))},
                         {"pattern", std::string(pattern)}}));
}

absl::Status BasisUnknown(int basis) {
  return MakeError(Row("BASIS_UNKNOWN"))
      .With("basis", basis)
      .WithViolation(MakeViolation(Fault("BASIS_UNKNOWN"), "basis"));
}

absl::Status VersionNegative(std::string_view field, std::int64_t version) {
  return MakeError(Row("VERSION_NEGATIVE"))
      .With("field", field)
      .With("version", version)
      .WithViolation(MakeViolation(Fault("VERSION_NEGATIVE"), field));
}

Violation ItemUnknown(std::string_view where, std::string_view item) {
  return MakeViolation(Fault("ITEM_UNKNOWN"), where,
                       {{"item", std::string(item)}});
}

Violation ItemTypeMisfit(std::string_view where, std::string_view item,
                         std::string_view measure) {
  return MakeViolation(
      Fault("ITEM_TYPE"), where,
      {{"item", std::string(item)}, {"measure", std::string(measure)}});
}

Violation ItemNotAsked(std::string_view where, std::string_view item) {
  return MakeViolation(Fault("RESPONDENT"), where,
                       {{"item", std::string(item)}});
}

Violation OptionUnknown(std::string_view where, std::string_view item,
                        std::string_view option) {
  return MakeViolation(
      Fault("OPTION_UNKNOWN"), where,
      {{"item", std::string(item)}, {"option", std::string(option)}});
}

Violation PopulationUnknown(std::string_view where,
                            std::string_view population) {
  return MakeViolation(Fault("POPULATION"), where,
                       {{"population", std::string(population)}});
}

Violation PopulationMisfit(std::string_view where,
                           std::string_view population) {
  return MakeViolation(Fault("POPULATION_MISFIT"), where,
                       {{"population", std::string(population)}});
}

Violation IndicatorUnknown(std::string_view where, std::string_view indicator) {
  return MakeViolation(Fault("INDICATOR_UNKNOWN"), where,
                       {{"indicator", std::string(indicator)}});
}

Violation IndicatorMisfit(std::string_view where, std::string_view indicator) {
  return MakeViolation(Fault("INDICATOR_MISFIT"), where,
                       {{"indicator", std::string(indicator)}});
}

Violation CellMissing(std::string_view where, std::string_view indicator,
                      std::string_view cell,
                      const std::vector<std::string>& cells) {
  return MakeViolation(Fault("CELL_UNKNOWN"), where,
                       {{"indicator", std::string(indicator)},
                        {"cell", std::string(cell)},
                        {"cells", Joined(cells)}});
}

std::vector<Violation> ExpressionMisfits(std::string_view where,
                                         std::string_view expression,
                                         const absl::Status& status) {
  std::vector<Violation> misfits;
  if (const auto details = base::GetErrorDetails(status)) {
    for (const Violation& cause : details->violations) {
      misfits.push_back(ExpressionMisfit(where, expression, cause));
    }
  }
  if (misfits.empty()) {
    misfits.push_back(ExpressionMisfit(
        where, expression,
        {"", "EXPRESSION", std::string(base::MessageOf(status))}));
  }
  return misfits;
}

std::string SubjectOf(const Violation& misfit) {
  const std::string& said = misfit.description;
  const std::size_t open = said.find('`');
  if (open == std::string::npos) return {};
  const std::size_t close = said.find('`', open + 1);
  if (close == std::string::npos) return {};
  return said.substr(open + 1, close - open - 1);
}

absl::Status ItemNotInRound(std::string_view indicator,
                            std::vector<Violation> violations) {
  return MakeError(Row("ITEM_NOT_IN_ROUND"))
      .With("indicator", indicator)
      .WithPrecondition("CODEBOOK", indicator, State("CODEBOOK").description,
                        State("CODEBOOK").description_ja)
      .WithViolations(std::move(violations));
}

absl::Status RoundNotOpened(std::string_view name) {
  return MakeError(Row("ROUND_STATE"))
      .With("name", name)
      .WithPrecondition("ROUND_STATE", name, State("ROUND_STATE").description,
                        State("ROUND_STATE").description_ja);
}

absl::Status VersionNotReached(std::string_view name, std::int64_t wanted,
                               std::int64_t current) {
  return MakeError(Row("VERSION_NOT_REACHED"))
      .With("name", name)
      .With("wanted", wanted)
      .With("current", current);
}

absl::Status MinVersionNotReached(std::int64_t asked, std::int64_t current) {
  return MakeError(Row("MIN_VERSION_NOT_REACHED"))
      .With("asked", asked)
      .With("current", current);
}

absl::Status SurveyUnavailable(std::string_view cause) {
  return MakeError(Row("SURVEY_UNAVAILABLE"))
      .With("cause", cause)
      .WithRetryDelay(kRetryPeer);
}

absl::Status RegistryUnavailable(std::string_view cause) {
  return MakeError(Row("REGISTRY_UNAVAILABLE"))
      .With("cause", cause)
      .WithRetryDelay(kRetryPeer);
}

absl::Status ColumnsInvalid(std::vector<Violation> violations) {
  return MakeError(Row("COLUMNS_INVALID"))
      .WithViolations(std::move(violations));
}

absl::Status FiguresInconsistent(std::string_view indicator,
                                 std::string_view what) {
  return MakeError(Row("FIGURES_INCONSISTENT"))
      .With("indicator", indicator)
      .With("what", what);
}

absl::Status PeerAnswerInvalid(std::string_view peer, std::string_view what) {
  return MakeError(Row("PEER_ANSWER")).With("peer", peer).With("what", what);
}

absl::Status DefinitionInvalid(std::vector<Violation> violations) {
  return MakeError(Row("DEFINITION_INVALID"))
      .WithViolations(std::move(violations));
}

}  // namespace welfare::indicator
