#include "services/registry/convert.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/repeated_field.h"

#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1000000;

std::string MunicipalityNameOf(const base::MunicipalityCode& first_code) {
  return base::MunicipalityName{first_code}.ToString();
}

// Unknown is UNSPECIFIED on the wire: no record says.
v1::Implementing ToProto(Implementing implementing) {
  switch (implementing) {
    case Implementing::kYes:
      return v1::IMPLEMENTING_YES;
    case Implementing::kNo:
      return v1::IMPLEMENTING_NO;
    case Implementing::kEnded:
      return v1::IMPLEMENTING_ENDED;
    case Implementing::kUnknown:
      break;
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

absl::StatusOr<Implementing> FromProto(v1::Implementing implementing) {
  switch (static_cast<int>(implementing)) {
    case v1::IMPLEMENTING_UNSPECIFIED:
      return ValueMissing();
    case v1::IMPLEMENTING_YES:
      return Implementing::kYes;
    case v1::IMPLEMENTING_NO:
      return Implementing::kNo;
    case v1::IMPLEMENTING_ENDED:
      return Implementing::kEnded;
    default:
      return ImplementingInvalid(std::to_string(implementing));
  }
}

absl::StatusOr<Preparation> FromProto(v1::Preparation preparation) {
  switch (static_cast<int>(preparation)) {
    case v1::PREPARATION_UNSPECIFIED:
      return ValueMissing();
    case v1::PREPARATION_YES:
      return Preparation::kYes;
    case v1::PREPARATION_NO:
      return Preparation::kNo;
    case v1::PREPARATION_UNKNOWN:
      return Preparation::kUnknown;
    default:
      return PreparationInvalid(std::to_string(preparation));
  }
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

absl::StatusOr<MunicipalityType> FromProto(v1::Municipality::Type type) {
  switch (static_cast<int>(type)) {
    case v1::Municipality::TYPE_UNSPECIFIED:
      return ValueMissing();
    case v1::Municipality::TYPE_SPECIAL_WARD:
      return MunicipalityType::kSpecialWard;
    case v1::Municipality::TYPE_CITY:
      return MunicipalityType::kCity;
    case v1::Municipality::TYPE_TOWN:
      return MunicipalityType::kTown;
    case v1::Municipality::TYPE_VILLAGE:
      return MunicipalityType::kVillage;
    default:
      return MunicipalityTypeUnknown(std::to_string(type));
  }
}

// The code that ends a resource name, or the name's fault.
absl::StatusOr<base::MunicipalityCode> CodeOf(const std::string& name) {
  const auto parsed = base::MunicipalityName::Parse(name);
  if (!parsed.ok()) return parsed.status();
  return parsed->code;
}

absl::Status CheckRequired(const std::string& text, std::size_t max_bytes) {
  return text.empty() ? ValueMissing() : CheckText(text, max_bytes);
}

// Collects the violations of a message.
class Violations {
 public:
  void Add(std::string_view field, const absl::Status& fault) {
    if (fault.ok()) return;
    list_.push_back({std::string(field), base::ReasonOf(fault),
                     std::string(base::MessageOf(fault))});
  }
  template <typename T>
  std::optional<T> Take(std::string_view field, absl::StatusOr<T> value) {
    Add(field, value.status());
    if (!value.ok()) return std::nullopt;
    return *std::move(value);
  }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  std::vector<base::Violation> Release() { return std::move(list_); }

 private:
  std::vector<base::Violation> list_;
};

// Which fields of a municipality a caller speaks of.
struct Mask {
  bool name = false, kana = false, name_en = false, type = false, area = false,
       band = false, council_name = false, council_checked = false;
};

// AIP-134: empty: the fields that are set; `*`: all; what only the service sets
// is ignored.
absl::StatusOr<Mask> ReadMask(const google::protobuf::FieldMask& paths,
                              const v1::Municipality& message) {
  Mask mask;
  if (paths.paths().empty()) {
    mask = {.name = !message.display_name().empty(),
            .kana = !message.kana().empty(),
            .name_en = !message.display_name_en().empty(),
            .type = message.type() != v1::Municipality::TYPE_UNSPECIFIED,
            .area = !message.area().empty(),
            .band = !message.population_band().empty(),
            .council_name = !message.council().display_name().empty(),
            .council_checked = message.council().name_checked()};
    return mask;
  }
  for (const std::string& path : paths.paths()) {
    if (path == "*") {
      return Mask{.name = true,
                  .kana = true,
                  .name_en = true,
                  .type = true,
                  .area = true,
                  .band = true,
                  .council_name = true,
                  .council_checked = true};
    }
    if (path == "display_name") {
      mask.name = true;
    } else if (path == "kana") {
      mask.kana = true;
    } else if (path == "display_name_en") {
      mask.name_en = true;
    } else if (path == "type") {
      mask.type = true;
    } else if (path == "area") {
      mask.area = true;
    } else if (path == "population_band") {
      mask.band = true;
    } else if (path == "council") {
      mask.council_name = mask.council_checked = true;
    } else if (path == "council.display_name") {
      mask.council_name = true;
    } else if (path == "council.name_checked") {
      mask.council_checked = true;
    } else if (path != "name" && path != "version" && path != "etag" &&
               path != "create_time" && path != "update_time" &&
               path != "fiscal_year" && path != "first_fiscal_year" &&
               path != "last_fiscal_year" && path != "periods" &&
               path != "council.name") {
      return MaskInvalid(path);
    }
  }
  return mask;
}

// What the message says in the fields of the mask; faults go to `violations`
// under `prefix`.
MunicipalityStatement ReadStatement(const v1::Municipality& message,
                                    const Mask& mask, const std::string& prefix,
                                    Violations& violations) {
  MunicipalityStatement says;
  if (mask.name) {
    violations.Add(prefix + "display_name",
                   CheckRequired(message.display_name(), kMaxNameBytes));
    says.name = message.display_name();
  }
  if (mask.kana) {
    const absl::Status text = CheckRequired(message.kana(), kMaxNameBytes);
    violations.Add(prefix + "kana",
                   text.ok() ? CheckKana(message.kana()) : text);
    says.kana = message.kana();
  }
  if (mask.name_en) {
    violations.Add(prefix + "display_name_en",
                   CheckRequired(message.display_name_en(), kMaxNameBytes));
    says.name_en = message.display_name_en();
  }
  if (mask.type) {
    says.type = violations.Take(prefix + "type", FromProto(message.type()));
  }
  if (mask.area) {
    if (!IsArea(message.area())) {
      violations.Add(prefix + "area", AreaUnknown(message.area()));
    }
    says.area = message.area();
  }
  if (mask.band) {
    violations.Add(prefix + "population_band",
                   CheckPopulationBand(message.population_band()));
    says.population_band = message.population_band();
  }
  if (mask.council_name) {
    violations.Add(prefix + "council.display_name",
                   CheckText(message.council().display_name(), kMaxNameBytes));
    says.council_name = message.council().display_name();
  }
  if (mask.council_checked) {
    says.council_name_checked = message.council().name_checked();
  }
  return says;
}

// Reads a whole municipality; nothing after a fault.
std::optional<MunicipalityFacts> ReadFacts(const v1::Municipality& message,
                                           const std::string& prefix,
                                           Violations& violations) {
  const auto code = violations.Take(
      prefix + "code", base::MunicipalityCode::Parse(message.code()));
  if (code.has_value() && !message.name().empty() &&
      message.name() != MunicipalityNameOf(*code)) {
    violations.Add(prefix + "name",
                   NameMismatch(message.name(), MunicipalityNameOf(*code)));
  }
  const std::size_t before = violations.size();
  const MunicipalityStatement says = ReadStatement(message,
                                                   {.name = true,
                                                    .kana = true,
                                                    .name_en = true,
                                                    .type = true,
                                                    .area = true,
                                                    .band = true,
                                                    .council_name = true,
                                                    .council_checked = true},
                                                   prefix, violations);
  if (!code.has_value() || violations.size() > before) return std::nullopt;
  const bool usual = says.council_name->empty();
  return MunicipalityFacts{
      .code = *code,
      .name = *says.name,
      .kana = *says.kana,
      .name_en = *says.name_en,
      .type = *says.type,
      .area = *says.area,
      .population_band = *says.population_band,
      .council_name =
          usual ? DefaultCouncilName(*says.name) : *says.council_name,
      .council_name_checked = !usual && *says.council_name_checked};
}

// 0: nothing said.
std::optional<base::FiscalYear> ReadYear(int year, std::string_view field,
                                         Violations& violations) {
  if (year == 0) return std::nullopt;
  return violations.Take(field, base::FiscalYear::Make(year));
}

std::vector<base::MunicipalityCode> ReadCodes(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    const std::string& field, Violations& violations) {
  std::vector<base::MunicipalityCode> codes;
  for (int i = 0; i < names.size(); ++i) {
    const auto code = violations.Take(field + "[" + std::to_string(i) + "]",
                                      CodeOf(names[i]));
    if (code.has_value()) codes.push_back(*code);
  }
  return codes;
}

}  // namespace

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

v1::Municipality ToProto(const Municipality& municipality,
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
    result.set_etag(MakeEtag(municipality.version));
    *result.mutable_create_time() = ToProto(created);
    *result.mutable_update_time() = ToProto(recorded);
  }
  return result;
}

v1::Municipality ToProto(const RegistryView& view,
                         const Municipality& municipality,
                         base::FiscalYear year) {
  return ToProto(municipality, year, view.CreatedTime(municipality),
                 view.RecordedTime(municipality));
}

v1::StatusRecord ToProto(const StatusRecord& record,
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
  // A record that is only proposed has neither version nor time.
  if (record.version > 0) {
    result.set_version(record.version);
    result.set_etag(MakeEtag(record.retracted ? 0 : record.version));
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

v1::HistoryEntry ToProto(const StatusRecord& record, const Commit& commit) {
  v1::HistoryEntry entry = StartEntry(commit, record.note, record.reason);
  *entry.mutable_status_record() = ToProto(record, commit.recorded_time);
  return entry;
}

v1::HistoryEntry ToProto(const LineageEvent& event, const Commit& commit) {
  v1::HistoryEntry entry = StartEntry(commit, event.note, event.reason);
  *entry.mutable_lineage_event() = ToProto(event, commit.recorded_time);
  return entry;
}

std::size_t AddChanges(const History& history, const Commit& commit,
                       std::size_t first, std::size_t limit,
                       v1::StreamChangesResponse& response) {
  const RegistryView view = history.At(commit.version);
  const std::size_t municipalities = commit.municipalities.size();
  const std::size_t statuses = commit.statuses.size();
  std::size_t at = first;
  for (; at < commit.size() &&
         static_cast<std::size_t>(response.changes_size()) < limit;
       ++at) {
    if (at < municipalities) {
      const base::MunicipalityCode& id = commit.municipalities[at]->first_code;
      // The last record of a municipality stands for all of them.
      if (at + 1 < municipalities &&
          commit.municipalities[at + 1]->first_code == id) {
        continue;
      }
      v1::StreamChangesResponse::Change& change = *response.add_changes();
      change.set_version(commit.version);
      if (const Municipality* municipality = view.FindMunicipality(id)) {
        *change.mutable_municipality() =
            ToProto(view, *municipality, municipality->Last().last);
        // Of all years, not of one.
        change.mutable_municipality()->clear_fiscal_year();
      } else {
        change.set_deleted(MunicipalityNameOf(id));
      }
      continue;
    }
    v1::StreamChangesResponse::Change& change = *response.add_changes();
    change.set_version(commit.version);
    if (at < municipalities + statuses) {
      *change.mutable_status_record() =
          ToProto(*commit.statuses[at - municipalities], commit.recorded_time);
    } else {
      *change.mutable_lineage_event() =
          ToProto(*commit.lineage_events[at - municipalities - statuses],
                  commit.recorded_time);
    }
  }
  return at - first;
}

type::v1::ImportResult ToProto(const ImportPlan& plan,
                               std::string_view source_file) {
  type::v1::ImportResult result;
  type::v1::ImportCounts& counts = *result.mutable_counts();
  counts.set_rows(plan.counts.rows);
  counts.set_created(plan.counts.created);
  counts.set_updated(plan.counts.updated);
  counts.set_unchanged(plan.counts.unchanged);
  counts.set_deleted(plan.counts.deleted);
  counts.set_rejected(plan.counts.rejected);
  for (const Reject& reject : plan.rejects) {
    type::v1::ImportReject& line = *result.add_rejects();
    line.set_source_file(std::string(source_file));
    line.set_source_line(static_cast<std::int32_t>(reject.line));
    line.set_record(reject.record);
    line.set_column(reject.column);
    line.set_value(reject.value);
    line.set_reason_code(reject.reason);
    line.set_message(reject.message);
    line.set_raw_record(reject.raw_record);
  }
  return result;
}

bool Matches(v1::Municipality::Type filter, MunicipalityType type) {
  return filter == v1::Municipality::TYPE_UNSPECIFIED ||
         filter == ToProto(type);
}

absl::StatusOr<ProposedStatus> FromProto(
    const v1::RecordStatusRequest& request) {
  const auto parent = base::ProgramName::Parse(request.parent());
  if (!parent.ok()) {
    return NameInvalid("parent", request.parent(), parent.status());
  }
  const v1::StatusRecord& record = request.status_record();
  Violations violations;
  if (!record.program().empty() && record.program() != request.parent()) {
    violations.Add("status_record.program",
                   ProgramMismatch(record.program(), request.parent()));
  }
  const auto municipality =
      violations.Take("status_record.municipality",
                      base::MunicipalityName::Parse(record.municipality()));
  const auto year =
      violations.Take("status_record.fiscal_year",
                      base::FiscalYear::Make(record.fiscal_year()));
  const auto implementing = violations.Take("status_record.implementing",
                                            FromProto(record.implementing()));
  const auto preparation = violations.Take("status_record.preparation",
                                           FromProto(record.preparation()));
  StatusFacts facts;
  if (implementing.has_value() && preparation.has_value()) {
    facts = {*implementing, *preparation};
    violations.Add("status_record.preparation", CheckFacts(facts));
  }
  violations.Add("status_record.note", CheckText(record.note(), kMaxNoteBytes));
  violations.Add("status_record.reason",
                 CheckText(record.reason(), kMaxNoteBytes));
  if (!violations.empty()) return StatusInvalid(violations.Release());
  return ProposedStatus{.program = parent->program,
                        .municipality = municipality->code,
                        .proposal = {.fiscal_year = *year,
                                     .facts = facts,
                                     .note = record.note(),
                                     .reason = record.reason(),
                                     .correction = record.correction()},
                        .etag = record.etag()};
}

std::optional<Implementing> FilterOf(v1::Implementing implementing) {
  const auto value = FromProto(implementing);
  if (!value.ok()) return std::nullopt;
  return *value;
}

std::optional<Preparation> FilterOf(v1::Preparation preparation) {
  const auto value = FromProto(preparation);
  if (!value.ok()) return std::nullopt;
  return *value;
}

absl::StatusOr<ProposedMunicipality> FromProto(
    const v1::CreateMunicipalityRequest& request) {
  Violations violations;
  const auto facts =
      ReadFacts(request.municipality(), "municipality.", violations);
  const auto first =
      ReadYear(request.first_fiscal_year(), "first_fiscal_year", violations);
  violations.Add("note", CheckText(request.note(), kMaxNoteBytes));
  violations.Add("reason", CheckText(request.reason(), kMaxNoteBytes));
  if (!violations.empty()) return MunicipalityInvalid(violations.Release());
  return ProposedMunicipality{
      .facts = *facts,
      .first_year = first.value_or(kAlways),
      .provenance = {.note = request.note(), .reason = request.reason()}};
}

absl::StatusOr<MunicipalityUpdate> FromProto(
    const v1::UpdateMunicipalityRequest& request) {
  const v1::Municipality& message = request.municipality();
  const auto name = base::MunicipalityName::Parse(message.name());
  if (!name.ok()) {
    return NameInvalid("municipality.name", message.name(), name.status());
  }
  WELFARE_ASSIGN_OR_RETURN(const Mask mask,
                           ReadMask(request.update_mask(), message));
  Violations violations;
  MunicipalityUpdate update{
      .code = name->code,
      .says = ReadStatement(message, mask, "municipality.", violations),
      .etag = message.etag(),
      .provenance = {.note = request.note(), .reason = request.reason()}};
  update.valid_from =
      ReadYear(request.first_fiscal_year(), "first_fiscal_year", violations);
  violations.Add("note", CheckText(request.note(), kMaxNoteBytes));
  violations.Add("reason", CheckText(request.reason(), kMaxNoteBytes));
  if (!violations.empty()) return MunicipalityInvalid(violations.Release());
  return update;
}

absl::StatusOr<ProposedRetraction> FromProto(
    const v1::RetractStatusRequest& request) {
  const auto parent = base::ProgramName::Parse(request.parent());
  if (!parent.ok()) {
    return NameInvalid("parent", request.parent(), parent.status());
  }
  Violations violations;
  const auto code =
      violations.Take("municipality", CodeOf(request.municipality()));
  const auto year = violations.Take(
      "fiscal_year", base::FiscalYear::Make(request.fiscal_year()));
  violations.Add("reason", request.reason().empty()
                               ? ReasonRequired("reason")
                               : CheckText(request.reason(), kMaxNoteBytes));
  if (!violations.empty()) return StatusInvalid(violations.Release());
  return ProposedRetraction{.program = parent->program,
                            .municipality = *code,
                            .fiscal_year = *year,
                            .etag = request.etag(),
                            .reason = request.reason()};
}

absl::StatusOr<LineageProposal> FromProto(
    const v1::CreateLineageEventRequest& request) {
  const v1::LineageEvent& message = request.lineage_event();
  Violations violations;
  LineageProposal proposal{.event = {}, .created = {}, .renamed = {}};
  LineageEvent& event = proposal.event;
  const bool kind_ok = message.kind() >= v1::LineageEvent::KIND_MERGER &&
                       message.kind() <= v1::LineageEvent::KIND_RENAME;
  if (kind_ok) {
    event.kind = static_cast<LineageKind>(message.kind());
  } else {
    violations.Add("lineage_event.kind", ValueMissing());
  }
  const google::type::Date& date = message.effective_date();
  if (const auto day = violations.Take(
          "lineage_event.effective_date",
          base::Date::Make(date.year(), date.month(), date.day()))) {
    event.effective_date = *day;
    if (const auto year = violations.Take("lineage_event.effective_date",
                                          FirstYearAfter(*day))) {
      event.fiscal_year = *year;
    }
  }
  event.predecessors = ReadCodes(message.predecessors(),
                                 "lineage_event.predecessors", violations);
  event.successors =
      ReadCodes(message.successors(), "lineage_event.successors", violations);
  event.note = message.note();
  event.reason = message.reason();
  violations.Add("lineage_event.note", CheckText(event.note, kMaxNoteBytes));
  violations.Add("lineage_event.reason",
                 event.reason.empty() ? ReasonRequired("lineage_event.reason")
                                      : CheckText(event.reason, kMaxNoteBytes));
  if (kind_ok && violations.empty()) {
    violations.Add("lineage_event.kind", CheckShape(event));
  }
  const bool rename = event.kind == LineageKind::kRename;
  for (int i = 0; i < message.created_size(); ++i) {
    const v1::Municipality& created = message.created(i);
    const std::string prefix =
        "lineage_event.created[" + std::to_string(i) + "].";
    if (rename) {
      proposal.renamed = ReadStatement(created, ReadMask({}, created).value(),
                                       prefix, violations);
      if (!created.code().empty()) {
        proposal.renamed.code = violations.Take(
            prefix + "code", base::MunicipalityCode::Parse(created.code()));
      }
      continue;
    }
    auto facts = ReadFacts(created, prefix, violations);
    if (!facts.has_value()) continue;
    if (std::find(event.successors.begin(), event.successors.end(),
                  facts->code) == event.successors.end()) {
      violations.Add(prefix + "code",
                     LineageCreated("Name it among the successors too."));
    }
    proposal.created.push_back(*std::move(facts));
  }
  if (rename && (message.created_size() != 1 || proposal.renamed.empty())) {
    violations.Add("lineage_event.created",
                   LineageCreated("A rename describes the one municipality "
                                  "with what is new."));
  }
  if (!violations.empty()) return LineageInvalid(violations.Release());
  return proposal;
}

std::string DeterministicBytes(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace welfare::registry
