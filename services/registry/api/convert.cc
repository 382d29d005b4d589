#include "services/registry/api/convert.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/repeated_field.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"

namespace welfare::registry {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1000000;

std::string MunicipalityNameOf(const base::MunicipalityCode& first_code) {
  return base::MunicipalityName{first_code}.ToString();
}

v1::Municipality::Type ToProto(MunicipalityType type) {
  switch (type) {
    case MunicipalityType::kSpecialWard:
      return v1::Municipality::TYPE_SPECIAL_WARD;
    case MunicipalityType::kCity:
      return v1::Municipality::TYPE_CITY;
    case MunicipalityType::kTown:
      return v1::Municipality::TYPE_TOWN;
    case MunicipalityType::kVillage:
      return v1::Municipality::TYPE_VILLAGE;
  }
  return v1::Municipality::TYPE_UNSPECIFIED;
}

v1::ProgramTimeline::Transition::Kind ToProto(TransitionKind kind) {
  using Step = v1::ProgramTimeline::Transition;
  switch (kind) {
    case TransitionKind::kPreparationStarted:
      return Step::PREPARATION_STARTED;
    case TransitionKind::kPreparationStopped:
      return Step::PREPARATION_STOPPED;
    case TransitionKind::kStarted:
      return Step::STARTED;
    case TransitionKind::kPaused:
      return Step::PAUSED;
    case TransitionKind::kResumed:
      return Step::RESUMED;
    case TransitionKind::kEnded:
      return Step::ENDED;
  }
  return Step::KIND_UNSPECIFIED;
}

// 0 on the wire: since before the registry's records, and until further notice.
int FirstYearNumber(base::FiscalYear year) {
  return year == kAlways ? 0 : year.value();
}
int LastYearNumber(base::FiscalYear year) {
  return year.value() == base::FiscalYear::kMax ? 0 : year.value();
}

void AddNames(const std::vector<const Municipality*>& municipalities,
              google::protobuf::RepeatedPtrField<std::string>& names) {
  for (const Municipality* municipality : municipalities) {
    *names.Add() = MunicipalityNameOf(municipality->first_code);
  }
}

v1::HistoryEntry StartEntry(const Commit& commit, const std::string& note,
                            const std::string& reason) {
  v1::HistoryEntry entry;
  entry.set_version(commit.version);
  *entry.mutable_record_time() = registry::ToProto(commit.recorded_time);
  entry.set_actor(commit.actor);
  entry.set_action(commit.action);
  entry.set_note(note);
  entry.set_reason(reason);
  return entry;
}

}  // namespace

v1::Implementing ToProto(std::optional<Implementing> implementing) {
  if (!implementing.has_value()) return v1::IMPLEMENTING_UNSPECIFIED;
  switch (*implementing) {
    case Implementing::kYes:
      return v1::IMPLEMENTING_YES;
    case Implementing::kNo:
      return v1::IMPLEMENTING_NO;
    case Implementing::kEnded:
      return v1::IMPLEMENTING_ENDED;
  }
  return v1::IMPLEMENTING_UNSPECIFIED;
}

v1::Preparation ToProto(Preparation preparation) {
  switch (preparation) {
    case Preparation::kYes:
      return v1::PREPARATION_YES;
    case Preparation::kNo:
      return v1::PREPARATION_NO;
    case Preparation::kUnknown:
      break;
  }
  return v1::PREPARATION_UNKNOWN;
}

google::protobuf::Timestamp ToProto(base::Timestamp time) {
  google::protobuf::Timestamp result;
  std::int64_t seconds = time.micros() / kMicrosPerSecond;
  std::int64_t micros = time.micros() % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  result.set_seconds(seconds);
  result.set_nanos(static_cast<std::int32_t>(micros * 1000));
  return result;
}

base::Timestamp FromProto(const google::protobuf::Timestamp& time) {
  // The range of the message type, so that nothing overflows below.
  constexpr std::int64_t kFirst = -62135596800;
  constexpr std::int64_t kLast = 253402300799;
  const std::int64_t seconds = std::clamp(time.seconds(), kFirst, kLast);
  return base::Timestamp::FromMicros(seconds * kMicrosPerSecond +
                                     time.nanos() / 1000);
}

v1::Municipality ToProto(std::string_view incarnation,
                         const Municipality& municipality,
                         base::FiscalYear year, base::Timestamp created,
                         base::Timestamp recorded) {
  const MunicipalityPeriod& period = municipality.Nearest(year);
  const MunicipalityFacts& facts = period.facts;
  v1::Municipality result;
  result.set_name(MunicipalityNameOf(municipality.first_code));
  result.set_code(facts.code.ToString());
  result.set_display_name(facts.name);
  result.set_kana(facts.kana);
  result.set_display_name_en(facts.name_en);
  result.set_type(ToProto(facts.type));
  result.set_area(facts.area);
  result.set_population_band(facts.population_band);
  v1::Council& council = *result.mutable_council();
  council.set_name(base::CouncilName{municipality.first_code}.ToString());
  council.set_display_name(facts.council_name);
  council.set_name_checked(facts.council_name_checked);
  result.set_fiscal_year(std::clamp(year, period.first, period.last).value());
  result.set_first_fiscal_year(
      FirstYearNumber(municipality.periods.front().first));
  result.set_last_fiscal_year(LastYearNumber(municipality.Last().last));
  if (municipality.periods.size() > 1) {
    for (const MunicipalityPeriod& each : municipality.periods) {
      v1::Municipality::Period& line = *result.add_periods();
      line.set_first_fiscal_year(FirstYearNumber(each.first));
      line.set_last_fiscal_year(LastYearNumber(each.last));
      line.set_code(each.facts.code.ToString());
      line.set_display_name(each.facts.name);
      line.set_kana(each.facts.kana);
      line.set_display_name_en(each.facts.name_en);
      line.set_type(ToProto(each.facts.type));
      line.set_area(each.facts.area);
      line.set_population_band(each.facts.population_band);
      line.set_council_display_name(each.facts.council_name);
      line.set_council_name_checked(each.facts.council_name_checked);
    }
  }
  // One that is only proposed has neither version nor times.
  if (municipality.version > 0) {
    result.set_version(municipality.version);
    result.set_etag(MakeEtag(incarnation, municipality.version));
    *result.mutable_create_time() = ToProto(created);
    *result.mutable_update_time() = ToProto(recorded);
  }
  return result;
}

v1::Municipality ToProto(const RegistryView& view,
                         const Municipality& municipality,
                         base::FiscalYear year) {
  return ToProto(view.incarnation(), municipality, year,
                 view.CreatedTime(municipality),
                 view.RecordedTime(municipality));
}

v1::StatusRecord ToProto(std::string_view incarnation,
                         const StatusRecord& record,
                         base::Timestamp recorded_time) {
  v1::StatusRecord result;
  result.set_program(base::ProgramName{record.program}.ToString());
  result.set_municipality(MunicipalityNameOf(record.municipality));
  result.set_fiscal_year(record.fiscal_year.value());
  result.set_implementing(ToProto(record.facts.implementing));
  result.set_preparation(ToProto(record.facts.preparation));
  result.set_note(record.note);
  result.set_reason(record.reason);
  result.set_correction(record.correction);
  result.set_retracted(record.retracted);
  result.set_restored_version(record.restores);
  // A record that is only proposed has neither version nor time.
  if (record.version > 0) {
    result.set_version(record.version);
    result.set_etag(
        MakeEtag(incarnation, record.retracted ? 0 : record.version));
    *result.mutable_record_time() = ToProto(recorded_time);
  }
  return result;
}

v1::LineageEvent ToProto(const LineageEvent& event,
                         base::Timestamp recorded_time) {
  v1::LineageEvent result;
  result.set_name("lineageEvents/" + std::to_string(event.number));
  result.set_kind(static_cast<v1::LineageEvent::Kind>(event.kind));
  google::type::Date& date = *result.mutable_effective_date();
  date.set_year(event.effective_date.year());
  date.set_month(event.effective_date.month());
  date.set_day(event.effective_date.day());
  result.set_fiscal_year(event.fiscal_year.value());
  for (const base::MunicipalityCode& code : event.predecessors) {
    result.add_predecessors(MunicipalityNameOf(code));
  }
  for (const base::MunicipalityCode& code : event.successors) {
    result.add_successors(MunicipalityNameOf(code));
  }
  result.set_note(event.note);
  result.set_reason(event.reason);
  result.set_retracted(event.retracted);
  if (event.version > 0) {
    result.set_version(event.version);
    *result.mutable_record_time() = ToProto(recorded_time);
  }
  return result;
}

v1::Roster ToProto(const Roster& roster) {
  v1::Roster result;
  result.set_name(
      base::RosterName{roster.program, roster.fiscal_year}.ToString());
  result.set_fiscal_year(roster.fiscal_year.value());
  result.set_version(roster.version);
  result.mutable_entries()->Reserve(static_cast<int>(roster.entries.size()));
  for (const RosterEntry& entry : roster.entries) {
    const MunicipalityFacts& facts = *entry.facts;
    v1::Roster::Entry& line = *result.add_entries();
    line.set_municipality(MunicipalityNameOf(entry.municipality->first_code));
    line.set_display_name(facts.name);
    line.set_council_display_name(facts.council_name);
    line.set_area(facts.area);
    line.set_type(ToProto(facts.type));
    line.set_population_band(facts.population_band);
    line.set_implementing(ToProto(entry.status.implementing));
    line.set_preparation(ToProto(entry.status.preparation));
    line.set_newcomer(entry.newcomer);
    line.set_newcomer_unknown(entry.newcomer_unknown);
    if (entry.first_implementation_year.has_value()) {
      line.set_first_implementation_year(
          entry.first_implementation_year->value());
      line.set_years_since_start(roster.fiscal_year -
                                 *entry.first_implementation_year);
    }
  }
  result.set_implementing_count(roster.counts.implementing);
  result.set_not_implementing_count(roster.counts.not_implementing);
  result.set_preparing_count(roster.counts.preparing);
  result.set_newcomer_count(roster.counts.newcomers);
  result.set_unrecorded_count(roster.counts.unrecorded);
  result.set_newcomer_unknown_count(roster.counts.newcomers_unknown);
  AddNames(roster.leavers, *result.mutable_leavers());
  for (const RosterGroup& group : roster.groups) {
    v1::Roster::Group& line = *result.add_groups();
    line.set_grouping(group.grouping);
    line.set_group(group.group);
    line.set_size(group.counts.size);
    line.set_implementing_count(group.counts.implementing);
    line.set_not_implementing_count(group.counts.not_implementing);
    line.set_preparing_count(group.counts.preparing);
    line.set_newcomer_count(group.counts.newcomers);
    line.set_unrecorded_count(group.counts.unrecorded);
    line.set_newcomer_unknown_count(group.counts.newcomers_unknown);
  }
  if (roster.comparison.has_value()) {
    v1::Roster::Comparison& comparison = *result.mutable_comparison();
    comparison.set_fiscal_year(roster.comparison->fiscal_year.value());
    AddNames(roster.comparison->only_here, *comparison.mutable_only_here());
    AddNames(roster.comparison->only_there, *comparison.mutable_only_there());
    AddNames(roster.comparison->both, *comparison.mutable_both());
    AddNames(roster.comparison->unknown, *comparison.mutable_unknown());
  }
  return result;
}

v1::Program ToProto(const Program& program, const RegistryView& view) {
  v1::Program result;
  result.set_name(base::ProgramName{program.id}.ToString());
  result.set_display_name(program.display_name);
  result.set_display_name_en(program.display_name_en);
  result.set_first_fiscal_year(program.first_fiscal_year.value());
  result.set_legal_basis(program.legal_basis);
  const std::vector<base::FiscalYear> years = view.FiscalYears(program.id);
  if (!years.empty()) {
    result.set_first_record_year(years.front().value());
    result.set_last_record_year(years.back().value());
  }
  return result;
}

v1::ProgramTimeline ToProto(const ProgramTimeline& timeline) {
  v1::ProgramTimeline result;
  result.set_name(base::ProgramTimelineName{timeline.program}.ToString());
  result.set_version(timeline.version);
  for (const TimelineYear& year : timeline.years) {
    v1::ProgramTimeline::Year& line = *result.add_years();
    line.set_fiscal_year(year.fiscal_year.value());
    line.set_size(year.size);
    line.set_implementing_count(static_cast<int>(year.implementing.size()));
    line.set_preparing_count(static_cast<int>(year.preparing.size()));
    line.set_unrecorded_count(year.unrecorded);
    AddNames(year.implementing, *line.mutable_implementing());
    AddNames(year.newcomers, *line.mutable_newcomers());
    AddNames(year.leavers, *line.mutable_leavers());
    AddNames(year.preparing, *line.mutable_preparing());
    AddNames(year.newcomers_unknown, *line.mutable_newcomers_unknown());
  }
  for (const TimelineRow& row : timeline.rows) {
    v1::ProgramTimeline::Municipality& line = *result.add_municipalities();
    line.set_municipality(MunicipalityNameOf(row.municipality->first_code));
    line.set_display_name(
        row.municipality->Nearest(row.years.back().fiscal_year).facts.name);
    if (row.first_implementation_year.has_value()) {
      line.set_first_implementation_year(
          row.first_implementation_year->value());
      line.set_years_since_start(timeline.years.back().fiscal_year -
                                 *row.first_implementation_year);
    }
    for (const YearStatus& year : row.years) {
      v1::ProgramTimeline::YearStatus& status = *line.add_years();
      status.set_fiscal_year(year.fiscal_year.value());
      status.set_implementing(ToProto(year.status.implementing));
      status.set_preparation(ToProto(year.status.preparation));
    }
    for (const Transition& transition : row.transitions) {
      v1::ProgramTimeline::Transition& step = *line.add_transitions();
      step.set_fiscal_year(transition.fiscal_year.value());
      step.set_kind(ToProto(transition.kind));
    }
  }
  return result;
}

v1::BoundaryMapping ToProto(const BoundaryMapping& mapping,
                            const RegistryView& view, base::FiscalYear from,
                            base::FiscalYear to) {
  v1::BoundaryMapping result;
  result.set_municipality(MunicipalityNameOf(mapping.municipality));
  result.set_display_name(
      view.FindMunicipality(mapping.municipality)->Nearest(from).facts.name);
  for (const base::MunicipalityCode& code : mapping.successors) {
    result.add_successors(MunicipalityNameOf(code));
    const Municipality* successor = view.FindMunicipality(code);
    result.add_successor_display_names(
        successor == nullptr ? "" : successor->Nearest(to).facts.name);
  }
  result.set_ambiguous(mapping.ambiguous);
  for (const std::int64_t number : mapping.events) {
    result.add_lineage_events("lineageEvents/" + std::to_string(number));
  }
  return result;
}

v1::RegistryState ToProto(const RegistryState& state) {
  v1::RegistryState result;
  result.set_municipality_count(state.municipalities);
  result.set_status_record_count(state.status_records);
  result.set_lineage_event_count(state.lineage_events);
  result.set_digest(state.digest);
  return result;
}

v1::HistoryEntry ToProto(const MunicipalityRecord& record,
                         const Commit& commit) {
  v1::HistoryEntry entry = StartEntry(commit, record.note, record.reason);
  if (record.deleted) {
    entry.set_deleted(true);
    return entry;
  }
  v1::HistoryEntry::Facts& facts = *entry.mutable_facts();
  facts.set_first_fiscal_year(FirstYearNumber(record.valid_from));
  facts.set_retracted_version(record.retracts);
  const MunicipalityStatement& says = record.says;
  const auto add = [&](std::string_view field, std::string_view value) {
    v1::HistoryEntry::Fact& fact = *facts.add_facts();
    fact.set_field(std::string(field));
    fact.set_value(std::string(value));
  };
  if (says.exists.has_value()) add("exists", *says.exists ? "yes" : "no");
  if (says.code.has_value()) add("code", says.code->ToString());
  if (says.name.has_value()) add("display_name", *says.name);
  if (says.kana.has_value()) add("kana", *says.kana);
  if (says.name_en.has_value()) add("display_name_en", *says.name_en);
  if (says.type.has_value()) add("type", ToString(*says.type));
  if (says.area.has_value()) add("area", *says.area);
  if (says.population_band.has_value()) {
    add("population_band", *says.population_band);
  }
  if (says.council_name.has_value()) {
    add("council.display_name", *says.council_name);
  }
  if (says.council_name_checked.has_value()) {
    add("council.name_checked", *says.council_name_checked ? "yes" : "no");
  }
  return entry;
}

v1::HistoryEntry ToProto(std::string_view incarnation,
                         const StatusRecord& record, const Commit& commit) {
  v1::HistoryEntry entry = StartEntry(commit, record.note, record.reason);
  *entry.mutable_status_record() =
      ToProto(incarnation, record, commit.recorded_time);
  return entry;
}

v1::HistoryEntry ToProto(const LineageEvent& event, const Commit& commit) {
  v1::HistoryEntry entry = StartEntry(commit, event.note, event.reason);
  *entry.mutable_lineage_event() = ToProto(event, commit.recorded_time);
  return entry;
}

bool Matches(v1::Municipality::Type filter, MunicipalityType type) {
  return filter == v1::Municipality::TYPE_UNSPECIFIED ||
         filter == ToProto(type);
}

}  // namespace welfare::registry
