#include "services/report/peers/convert.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "welfare/indicator/v1/indicator.pb.h"
#include "welfare/indicator/v1/indicator_service.pb.h"
#include "welfare/registry/v1/status.pb.h"
#include "welfare/survey/v1/round.pb.h"

#include "services/base/names/resource_name.h"
#include "services/report/errors.h"

namespace welfare::report {
namespace {

absl::StatusOr<base::Date> ReadDate(const google::type::Date& date) {
  auto read = base::Date::Make(date.year(), date.month(), date.day());
  if (!read.ok()) {
    return PeerAnswerInvalid("survey", "the round's window is no date.");
  }
  return read;
}

using vocabulary::FindIn;

// The last part of a resource name.
std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

// Words go over the wire by their numbers; one of a later version is none.
std::vector<CellFlag> ReadFlags(
    const google::protobuf::RepeatedField<int>& flags) {
  std::vector<CellFlag> result;
  for (const int number : flags) {
    if (const auto flag = FindIn(vocabulary::kCellFlags, number)) {
      result.push_back(*flag);
    }
  }
  return result;
}

}  // namespace

absl::StatusOr<RoundFacts> FromProto(const survey::v1::Round& round) {
  const auto name = base::RoundName::Parse(round.name());
  if (!name.ok()) return PeerAnswerInvalid("survey", "the round has no name.");
  RoundFacts facts;
  facts.survey = name->survey;
  facts.fiscal_year = name->fiscal_year.value();
  facts.display_name = round.display_name();
  facts.purpose = round.purpose();
  facts.method = round.method();
  facts.publisher = round.publisher();
  WELFARE_ASSIGN_OR_RETURN(facts.window_start, ReadDate(round.window_start()));
  WELFARE_ASSIGN_OR_RETURN(facts.window_end, ReadDate(round.window_end()));
  facts.codebook = LastPart(round.codebook());
  facts.synthetic = round.synthetic();
  return facts;
}

absl::StatusOr<std::vector<ProgressGroup>> FromProto(
    const survey::v1::RoundProgress& progress) {
  std::vector<ProgressGroup> groups;
  for (const auto& group : progress.groups()) {
    ProgressGroup read;
    switch (group.respondent_kind()) {
      case type::v1::RESPONDENT_KIND_MUNICIPALITY:
        read.kind = base::RespondentKind::kMunicipality;
        break;
      case type::v1::RESPONDENT_KIND_COUNCIL:
        read.kind = base::RespondentKind::kCouncil;
        break;
      default:
        return PeerAnswerInvalid("survey",
                                 "a progress group has no respondent kind.");
    }
    read.implementing = group.implementing();
    read.expected = group.expected();
    read.received = group.received();
    read.on_time = group.on_time();
    read.accepted = group.accepted();
    if (read.received < 0 || read.received > read.expected) {
      return PeerAnswerInvalid("survey", "more came back than were expected.");
    }
    if (read.accepted < 0 || read.accepted > read.received) {
      return PeerAnswerInvalid("survey", "more was accepted than came back.");
    }
    groups.push_back(read);
  }
  return groups;
}

absl::StatusOr<IndicatorValue> FromProto(
    const indicator::v1::IndicatorValue& value) {
  const auto name = base::IndicatorValueName::Parse(value.name());
  if (!name.ok()) {
    return PeerAnswerInvalid("indicator", "a value has no name.");
  }
  IndicatorValue result;
  result.id = name->indicator;
  result.fiscal_year = value.fiscal_year();
  result.reference_year = value.reference_year();
  // Years are put into words when the report is built.
  if (!base::FiscalYear::Make(result.reference_year).ok()) {
    return PeerAnswerInvalid("indicator", "a value has no reference year.");
  }
  result.label = value.display_name();
  result.measure = FindIn(vocabulary::kMeasures, value.measure());
  result.population_id = value.population().id();
  result.population_label = value.population().label();
  result.population_size = value.population().size();
  result.base = value.base();
  result.answered = value.answered();
  result.multiple_answer = value.multiple_answer();
  result.unit = value.unit();
  if (result.base < 0 || result.answered < 0 || result.answered > result.base) {
    return PeerAnswerInvalid("indicator",
                             "more answered than were asked: " + result.id);
  }
  result.flags = ReadFlags(value.flags());
  result.definition_digest = value.versions().definition_digest();
  for (const auto& cell : value.cells()) {
    ValueCell read;
    read.key = cell.key();
    read.label = cell.label();
    read.count = cell.count();
    read.base = cell.base();
    if (read.count < 0 || read.base < 0 || read.count > read.base) {
      return PeerAnswerInvalid("indicator",
                               "a count lies outside its base: " + result.id);
    }
    if (cell.has_percent()) read.percent = cell.percent();
    if (cell.has_value()) read.value = cell.value();
    read.flags = ReadFlags(cell.flags());
    read.role = FindIn(vocabulary::kOptionRoles, cell.role())
                    .value_or(OptionRole::kAnswer);
    result.cells.push_back(std::move(read));
  }
  for (const auto& absence : value.absences()) {
    AbsenceCount read;
    // The numbers are the same on the wire and in base.
    const auto kind =
        base::ParseAbsence(type::v1::Absence::Kind_Name(absence.kind()));
    if (!kind.ok()) {
      return PeerAnswerInvalid("indicator", "a kind of absence is unknown.");
    }
    read.kind = *kind;
    read.count = absence.count();
    if (read.count < 0 ||
        (base::StaysInBase(read.kind) && read.count > result.base)) {
      return PeerAnswerInvalid(
          "indicator", "an absence lies outside its base: " + result.id);
    }
    if (absence.has_percent()) read.percent = absence.percent();
    result.absences.push_back(std::move(read));
  }
  return result;
}

absl::StatusOr<Statement> FromProto(const indicator::v1::Statement& statement) {
  Statement result;
  result.id = LastPart(statement.name());
  if (result.id.empty()) {
    return PeerAnswerInvalid("indicator", "a statement has no name.");
  }
  result.page = statement.page();
  result.label = statement.label();
  result.published = statement.published();
  result.check = FindIn(vocabulary::kChecks, statement.check());
  result.verdict = FindIn(vocabulary::kVerdicts, statement.verdict());
  result.agreeing_readings = statement.agreeing_readings();
  result.not_computed_reason = statement.not_computed_reason_ja();
  for (const auto& reading : statement.readings()) {
    result.readings.push_back(
        {reading.reading(), reading.population().label(), reading.computed(),
         FindIn(vocabulary::kVerdicts, reading.verdict()), reading.rule(),
         FindIn(vocabulary::kAgreements, reading.count_agreement()),
         FindIn(vocabulary::kAgreements, reading.base_agreement()),
         FindIn(vocabulary::kVerdicts, reading.wording_verdict())});
  }
  return result;
}

Roster FromProto(const registry::v1::Roster& roster) {
  Roster result;
  result.fiscal_year = roster.fiscal_year();
  for (const auto& entry : roster.entries()) {
    RosterEntry read;
    read.municipality = entry.municipality();
    read.name = entry.display_name();
    read.area = entry.area();
    read.implementing = FindIn(vocabulary::kImplementing, entry.implementing());
    read.preparation = FindIn(vocabulary::kPreparation, entry.preparation());
    read.newcomer = entry.newcomer();
    read.newcomer_unknown = entry.newcomer_unknown();
    result.entries.push_back(std::move(read));
  }
  result.leavers.assign(roster.leavers().begin(), roster.leavers().end());
  return result;
}

IndicatorShape FromProto(
    const indicator::v1::CheckDefinitionsResponse_Fit& fit) {
  IndicatorShape shape;
  shape.measure = FindIn(vocabulary::kMeasures, fit.measure());
  shape.multiple_answer = fit.multiple_answer();
  shape.cells.assign(fit.cells().begin(), fit.cells().end());
  // A histogram of every value has the cells that are answered.
  shape.any_cell =
      shape.measure == Measure::kRank ||
      (shape.measure == Measure::kHistogram && shape.cells.empty());
  return shape;
}

}  // namespace welfare::report
