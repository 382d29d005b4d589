#include "services/registry/convert.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

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
  std::vector<base::Violation> Release() { return std::move(list_); }

 private:
  std::vector<base::Violation> list_;
};

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

v1::Municipality ToProto(const RegistryView& view,
                         const MunicipalityRecord& record) {
  const MunicipalityFacts& facts = record.facts;
  v1::Municipality result;
  result.set_name(MunicipalityNameOf(record.first_code));
  result.set_code(facts.code.ToString());
  result.set_display_name(facts.name);
  result.set_kana(facts.kana);
  result.set_display_name_en(facts.name_en);
  result.set_type(ToProto(facts.type));
  result.set_area(facts.area);
  v1::Council& council = *result.mutable_council();
  council.set_name(base::CouncilName{record.first_code}.ToString());
  council.set_display_name(facts.council_name);
  council.set_name_checked(facts.council_name_checked);
  result.set_version(record.version);
  result.set_etag("\"" + std::to_string(record.version) + "\"");
  *result.mutable_create_time() = ToProto(view.CreatedTime(record));
  *result.mutable_update_time() = ToProto(view.RecordedTime(record));
  return result;
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
  // A record that is only proposed has neither version nor time.
  if (record.version > 0) {
    result.set_version(record.version);
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
    const MunicipalityFacts& facts = entry.municipality->facts;
    v1::Roster::Entry& line = *result.add_entries();
    line.set_municipality(MunicipalityNameOf(entry.municipality->first_code));
    line.set_display_name(facts.name);
    line.set_council_display_name(facts.council_name);
    line.set_area(facts.area);
    line.set_implementing(ToProto(entry.facts.implementing));
    line.set_preparation(ToProto(entry.facts.preparation));
    line.set_newcomer(entry.newcomer);
    if (entry.first_implementation_year.has_value()) {
      line.set_first_implementation_year(
          entry.first_implementation_year->value());
    }
  }
  result.set_implementing_count(roster.implementing);
  result.set_not_implementing_count(roster.not_implementing);
  result.set_preparing_count(roster.preparing);
  result.set_newcomer_count(roster.newcomers);
  for (const MunicipalityRecord* leaver : roster.leavers) {
    result.add_leavers(MunicipalityNameOf(leaver->first_code));
  }
  return result;
}

std::size_t AddChanges(const History& history, const Commit& commit,
                       std::size_t first, std::size_t limit,
                       v1::StreamChangesResponse& response) {
  const RegistryView view = history.At(commit.version);
  const std::size_t last = std::min(commit.size(), first + limit);
  for (std::size_t at = first; at < last; ++at) {
    v1::StreamChangesResponse::Change& change = *response.add_changes();
    change.set_version(commit.version);
    if (at >= commit.municipalities.size()) {
      *change.mutable_status_record() =
          ToProto(*commit.statuses[at - commit.municipalities.size()],
                  commit.recorded_time);
    } else if (commit.municipalities[at]->deleted) {
      change.set_deleted(
          MunicipalityNameOf(commit.municipalities[at]->first_code));
    } else {
      *change.mutable_municipality() =
          ToProto(view, *commit.municipalities[at]);
    }
  }
  return last - first;
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
                                     .correction = record.correction()}};
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
