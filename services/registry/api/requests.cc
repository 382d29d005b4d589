#include "services/registry/api/requests.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/repeated_field.h"

#include "services/base/error.h"
#include "services/base/names/resource_name.h"
#include "services/registry/errors.h"
#include "services/registry/faults.h"
#include "services/registry/municipality/text_rules.h"
#include "services/text/characters.h"
#include "services/text/value_readers.h"

namespace welfare::registry {
namespace {

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

// Collects the violations of a message.
class Violations {
 public:
  void Add(std::string_view field, const absl::Status& fault) {
    if (fault.ok()) return;
    list_.push_back(base::ViolationOf(field, fault));
  }
  template <typename T>
  std::optional<T> Take(std::string_view field, absl::StatusOr<T> value) {
    Add(field, value.status());
    if (!value.ok()) return std::nullopt;
    return *std::move(value);
  }
  // What is kept of a text; nothing after noting its fault.
  std::string Keep(std::string_view field, absl::StatusOr<std::string> text) {
    return Take(field, std::move(text)).value_or("");
  }
  // The same where it may not be blank: then `blank` is its fault.
  std::string KeepRequired(std::string_view field,
                           absl::StatusOr<std::string> text,
                           const absl::Status& blank) {
    if (text.ok() && text->empty()) text = blank;
    return Keep(field, std::move(text));
  }
  // A note, or why somebody changed something.
  std::string KeepNote(std::string_view field, std::string_view text) {
    return Keep(field, KeepText(text, kMaxNoteBytes));
  }
  // Why somebody takes something back.
  std::string KeepReason(std::string_view field, std::string_view text) {
    return KeepRequired(field, KeepText(text, kMaxNoteBytes),
                        ReasonRequired(field));
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
    mask = {.name = !text::IsBlank(message.display_name()),
            .kana = !text::IsBlank(message.kana()),
            .name_en = !text::IsBlank(message.display_name_en()),
            .type = message.type() != v1::Municipality::TYPE_UNSPECIFIED,
            .area = !text::IsBlank(message.area()),
            .band = !text::IsBlank(message.population_band()),
            .council_name = !text::IsBlank(message.council().display_name()),
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
    says.name = violations.KeepRequired(
        prefix + "display_name",
        KeepText(message.display_name(), kMaxNameBytes), ValueMissing());
  }
  if (mask.kana) {
    says.kana = violations.KeepRequired(
        prefix + "kana", KeepKana(message.kana()), ValueMissing());
  }
  if (mask.name_en) {
    says.name_en = violations.KeepRequired(
        prefix + "display_name_en",
        KeepText(message.display_name_en(), kMaxNameBytes), ValueMissing());
  }
  if (mask.type) {
    says.type = violations.Take(prefix + "type", FromProto(message.type()));
  }
  if (mask.area) {
    says.area = violations.Keep(prefix + "area", ReadArea(message.area()));
  }
  if (mask.band) {
    says.population_band =
        violations.Keep(prefix + "population_band",
                        ReadPopulationBand(message.population_band()));
  }
  if (mask.council_name) {
    says.council_name = violations.Keep(
        prefix + "council.display_name",
        KeepText(message.council().display_name(), kMaxNameBytes));
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
  const auto code = violations.Take(prefix + "code",
                                    text::ReadMunicipalityCode(message.code()));
  if (code.has_value() && !message.name().empty() &&
      message.name() != base::MunicipalityName{*code}.ToString()) {
    violations.Add(
        prefix + "name",
        NameMismatch(message.name(), base::MunicipalityName{*code}.ToString()));
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

template <typename Request>
Provenance ReadProvenance(const Request& request, Violations& violations) {
  return {.note = violations.KeepNote("note", request.note()),
          .reason = violations.KeepNote("reason", request.reason())};
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
  std::string note = violations.KeepNote("status_record.note", record.note());
  std::string reason =
      violations.KeepNote("status_record.reason", record.reason());
  if (!violations.empty()) return StatusInvalid(violations.Release());
  return ProposedStatus{.program = parent->program,
                        .municipality = municipality->code,
                        .proposal = {.fiscal_year = *year,
                                     .facts = facts,
                                     .note = std::move(note),
                                     .reason = std::move(reason),
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
  Provenance provenance = ReadProvenance(request, violations);
  if (!violations.empty()) return MunicipalityInvalid(violations.Release());
  return ProposedMunicipality{.facts = *facts,
                              .first_year = first.value_or(kAlways),
                              .provenance = std::move(provenance)};
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
      .etag = message.etag()};
  update.valid_from =
      ReadYear(request.first_fiscal_year(), "first_fiscal_year", violations);
  update.provenance = ReadProvenance(request, violations);
  if (!violations.empty()) return MunicipalityInvalid(violations.Release());
  return update;
}

absl::StatusOr<ProposedDeletion> FromProto(
    const v1::DeleteMunicipalityRequest& request) {
  const auto name = base::MunicipalityName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  auto reason = KeepText(request.reason(), kMaxNoteBytes);
  if (!reason.ok()) return AtField("reason", reason.status());
  if (reason->empty()) return ReasonRequired("reason");
  return ProposedDeletion{
      .code = name->code, .etag = request.etag(), .reason = *std::move(reason)};
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
  std::string reason = violations.KeepReason("reason", request.reason());
  if (!violations.empty()) return StatusInvalid(violations.Release());
  return ProposedRetraction{.program = parent->program,
                            .municipality = *code,
                            .fiscal_year = *year,
                            .etag = request.etag(),
                            .reason = std::move(reason)};
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
  event.note = violations.KeepNote("lineage_event.note", message.note());
  event.reason =
      violations.KeepReason("lineage_event.reason", message.reason());
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
      if (!text::IsBlank(created.code())) {
        proposal.renamed.code = violations.Take(
            prefix + "code", text::ReadMunicipalityCode(created.code()));
      }
      continue;
    }
    auto facts = ReadFacts(created, prefix, violations);
    if (!facts.has_value()) continue;
    if (std::find(event.successors.begin(), event.successors.end(),
                  facts->code) == event.successors.end()) {
      violations.Add(prefix + "code", LineageCreated());
    }
    proposal.created.push_back(*std::move(facts));
  }
  if (rename && (message.created_size() != 1 || proposal.renamed.empty())) {
    violations.Add("lineage_event.created", LineageCreated());
  }
  if (!violations.empty()) return LineageInvalid(violations.Release());
  return proposal;
}

absl::StatusOr<ProposedLineageRetraction> FromProto(
    const v1::RetractLineageEventRequest& request) {
  const auto name = base::LineageEventName::Parse(request.name());
  if (!name.ok()) return NameInvalid("name", request.name(), name.status());
  Violations violations;
  std::string reason = violations.KeepReason("reason", request.reason());
  if (!violations.empty()) return LineageInvalid(violations.Release());
  return ProposedLineageRetraction{.number = name->number,
                                   .reason = std::move(reason)};
}

}  // namespace welfare::registry
