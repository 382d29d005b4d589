#include "services/registry/history/plans.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "services/base/error.h"
#include "services/registry/errors.h"

namespace welfare::registry {
namespace {

absl::StatusOr<const Municipality*> Find(const Draft& draft,
                                         const base::MunicipalityCode& code) {
  const Municipality* municipality = draft.FindMunicipality(code);
  if (municipality == nullptr) {
    return MunicipalityNotFound(code, draft.version() - 1);
  }
  return municipality;
}

absl::Status CheckEtag(std::string_view sent, std::string_view current,
                       std::string_view resource) {
  if (sent.empty() || sent == current) return absl::OkStatus();
  return EtagMismatch(resource, sent, current);
}

absl::Status CheckMunicipalityEtag(const Draft& draft, std::string_view sent,
                                   const Municipality& municipality) {
  return CheckEtag(sent, MakeEtag(draft.incarnation(), municipality.version),
                   "municipalities/" + municipality.first_code.ToString());
}

absl::Status CheckStatusEtag(const Draft& draft, std::string_view sent,
                             const StatusRecord* known,
                             std::string_view program,
                             const base::MunicipalityCode& municipality,
                             base::FiscalYear year) {
  return CheckEtag(
      sent,
      MakeEtag(draft.incarnation(), known == nullptr ? 0 : known->version),
      "programs/" + std::string(program) + "/statusRecords/" +
          municipality.ToString() + "/" + year.ToString());
}

absl::Status CheckFree(const Draft& draft, const base::MunicipalityCode& code) {
  if (draft.IsRetired(code)) return CodeRetired(code);
  if (draft.FindMunicipality(code) != nullptr) return MunicipalityExists(code);
  return absl::OkStatus();
}

// One fact of a statement.
enum class Field {
  kCode,
  kName,
  kKana,
  kNameEn,
  kType,
  kArea,
  kPopulationBand,
  kCouncil,
};
constexpr Field kFields[] = {
    Field::kCode, Field::kName, Field::kKana,           Field::kNameEn,
    Field::kType, Field::kArea, Field::kPopulationBand, Field::kCouncil};

bool Says(const MunicipalityStatement& says, Field field) {
  switch (field) {
    case Field::kCode:
      return says.code.has_value();
    case Field::kName:
      return says.name.has_value();
    case Field::kKana:
      return says.kana.has_value();
    case Field::kNameEn:
      return says.name_en.has_value();
    case Field::kType:
      return says.type.has_value();
    case Field::kArea:
      return says.area.has_value();
    case Field::kPopulationBand:
      return says.population_band.has_value();
    case Field::kCouncil:
      break;
  }
  return says.council_name.has_value() || says.council_name_checked.has_value();
}

void Copy(const MunicipalityStatement& from, Field field,
          MunicipalityStatement& to) {
  switch (field) {
    case Field::kCode:
      to.code = from.code;
      return;
    case Field::kName:
      to.name = from.name;
      return;
    case Field::kKana:
      to.kana = from.kana;
      return;
    case Field::kNameEn:
      to.name_en = from.name_en;
      return;
    case Field::kType:
      to.type = from.type;
      return;
    case Field::kArea:
      to.area = from.area;
      return;
    case Field::kPopulationBand:
      to.population_band = from.population_band;
      return;
    case Field::kCouncil:
      break;
  }
  if (from.council_name.has_value()) to.council_name = from.council_name;
  if (from.council_name_checked.has_value()) {
    to.council_name_checked = from.council_name_checked;
  }
}

// Whether `facts` already are as `says` wants them, in one field. `name` is
// what the municipality will be called.
bool IsSo(const MunicipalityFacts& facts, const MunicipalityStatement& says,
          Field field, const std::string& name) {
  switch (field) {
    case Field::kCode:
      return facts.code == *says.code;
    case Field::kName:
      return facts.name == *says.name;
    case Field::kKana:
      return facts.kana == *says.kana;
    case Field::kNameEn:
      return facts.name_en == *says.name_en;
    case Field::kType:
      return facts.type == *says.type;
    case Field::kArea:
      return facts.area == *says.area;
    case Field::kPopulationBand:
      return facts.population_band == *says.population_band;
    case Field::kCouncil:
      break;
  }
  // Under its own name, or the one the municipality will have.
  const std::string wanted =
      says.council_name.has_value()
          ? (says.council_name->empty() ? DefaultCouncilName(name)
                                        : *says.council_name)
          : facts.council_name;
  // An unchecked usual name is not recorded: it follows the municipality's.
  const bool follows = !facts.council_name_checked &&
                       facts.council_name == DefaultCouncilName(facts.name) &&
                       wanted == DefaultCouncilName(name);
  return (wanted == facts.council_name || follows) &&
         says.council_name_checked.value_or(facts.council_name_checked) ==
             facts.council_name_checked;
}

// Whether `facts` already are all that `says` says.
bool AreSo(const MunicipalityFacts& facts, const MunicipalityStatement& says) {
  const std::string name = says.name.value_or(facts.name);
  return std::all_of(
      std::begin(kFields), std::end(kFields), [&](const Field field) {
        return !Says(says, field) || IsSo(facts, says, field, name);
      });
}

// Returns the period in which `code` was held last, where it is no longer in
// `year` (nothing: at last); else null.
const MunicipalityPeriod* RetiredBefore(const Municipality& municipality,
                                        const base::MunicipalityCode& code,
                                        std::optional<base::FiscalYear> year) {
  const auto held =
      std::find_if(municipality.periods.rbegin(), municipality.periods.rend(),
                   [&](const MunicipalityPeriod& period) {
                     return period.facts.code == code;
                   });
  if (held == municipality.periods.rend()) return nullptr;
  const bool retired = year.has_value() ? held->last < *year
                                        : held != municipality.periods.rbegin();
  return retired ? &*held : nullptr;
}

// The first fiscal year of the last record that says `field`; the municipality
// began with a record that says all but what may be left out.
base::FiscalYear LastSaid(std::span<const MunicipalityRecordPtr> records,
                          Field field) {
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    if (Says((*record)->says, field)) return (*record)->valid_from;
  }
  return records.front()->valid_from;
}

}  // namespace

std::string MakeEtag(std::string_view incarnation, std::int64_t version) {
  constexpr std::size_t kEnough = 16;  // digits that tell stores apart
  if (version == 0 || incarnation.empty()) {
    return "\"" + std::to_string(version) + "\"";
  }
  return "\"" + std::string(incarnation.substr(0, kEnough)) + "-" +
         std::to_string(version) + "\"";
}

absl::Status CreateMunicipality(Draft& draft, const MunicipalityFacts& facts,
                                base::FiscalYear first_year,
                                const Provenance& provenance) {
  WELFARE_RETURN_IF_ERROR(CheckFree(draft, facts.code));
  draft.Add(MunicipalityRecord{.id = draft.next_municipality_id(),
                               .first_code = facts.code,
                               .valid_from = first_year,
                               .says = StateAll(facts),
                               .note = provenance.note,
                               .reason = provenance.reason});
  return absl::OkStatus();
}

absl::StatusOr<Outcome> UpdateMunicipality(Draft& draft,
                                           const MunicipalityUpdate& update) {
  WELFARE_ASSIGN_OR_RETURN(const Municipality* municipality,
                           Find(draft, update.code));
  WELFARE_RETURN_IF_ERROR(
      CheckMunicipalityEtag(draft, update.etag, *municipality));
  const MunicipalityFacts* facts = &municipality->Last().facts;
  if (const MunicipalityPeriod* held =
          update.says_code
              ? RetiredBefore(*municipality, update.code, update.valid_from)
              : nullptr) {
    if (!update.valid_from.has_value() && AreSo(held->facts, update.says)) {
      return Outcome::kUnchanged;
    }
    return CodeNoLongerHeld(update.code, held->last, facts->code);
  }
  if (update.valid_from.has_value()) {
    WELFARE_ASSIGN_OR_RETURN(facts,
                             FactsInYear(*municipality, *update.valid_from));
  }
  const std::string name = update.says.name.value_or(facts->name);
  const std::vector<MunicipalityRecordPtr> records =
      draft.RecordsOf(*municipality);
  MunicipalityStatement wanted = update.says;
  if (wanted.council_name_checked.value_or(false)) {
    // A name that was checked is recorded, also where it is the usual one.
    std::string council = wanted.council_name.value_or(facts->council_name);
    wanted.council_name =
        council.empty() ? DefaultCouncilName(name) : std::move(council);
  }
  std::map<base::FiscalYear, MunicipalityStatement> news;
  for (const Field field : kFields) {
    if (!Says(wanted, field) || IsSo(*facts, wanted, field, name)) {
      continue;
    }
    MunicipalityStatement& says =
        news[update.valid_from.value_or(LastSaid(records, field))];
    Copy(wanted, field, says);
    if (field == Field::kCouncil &&
        says.council_name == DefaultCouncilName(name) &&
        !says.council_name_checked.value_or(facts->council_name_checked)) {
      says.council_name = "";
    }
  }
  const std::int64_t id = municipality->id;
  const base::MunicipalityCode first_code = municipality->first_code;
  for (auto& [valid_from, says] : news) {
    draft.Add(MunicipalityRecord{.id = id,
                                 .first_code = first_code,
                                 .valid_from = valid_from,
                                 .says = std::move(says),
                                 .note = update.provenance.note,
                                 .reason = update.provenance.reason});
  }
  return news.empty() ? Outcome::kUnchanged : Outcome::kUpdated;
}

absl::Status DeleteMunicipality(Draft& draft,
                                const base::MunicipalityCode& code,
                                std::string_view etag,
                                const Provenance& provenance) {
  WELFARE_ASSIGN_OR_RETURN(const Municipality* municipality, Find(draft, code));
  WELFARE_RETURN_IF_ERROR(CheckMunicipalityEtag(draft, etag, *municipality));
  const base::MunicipalityCode first_code = municipality->first_code;
  if (draft.FirstStatusYear(first_code, kAlways).has_value() ||
      draft.HasLineage(first_code)) {
    return MunicipalityInUse(first_code);
  }
  draft.Add(MunicipalityRecord{.id = municipality->id,
                               .first_code = first_code,
                               .note = provenance.note,
                               .reason = provenance.reason,
                               .deleted = true});
  return absl::OkStatus();
}

absl::StatusOr<Outcome> RecordStatus(Draft& draft, std::string_view program,
                                     const base::MunicipalityCode& municipality,
                                     const StatusProposal& proposal,
                                     std::string_view etag) {
  WELFARE_ASSIGN_OR_RETURN(const Municipality* found,
                           Find(draft, municipality));
  WELFARE_RETURN_IF_ERROR(FactsInYear(*found, proposal.fiscal_year).status());
  const base::MunicipalityCode& id = found->first_code;
  WELFARE_RETURN_IF_ERROR(CheckStatusEtag(
      draft, etag, draft.FindStatus(program, id, proposal.fiscal_year), program,
      id, proposal.fiscal_year));
  WELFARE_ASSIGN_OR_RETURN(
      const StatusDecision decision,
      DecideStatus(draft.Surroundings(program, id, proposal.fiscal_year),
                   proposal));
  if (decision.outcome == StatusDecision::Outcome::kUnchanged) {
    return Outcome::kUnchanged;
  }
  draft.Add(StatusRecord{
      .program = std::string(program),
      .municipality_id = found->id,
      .municipality = id,
      .fiscal_year = proposal.fiscal_year,
      .facts = proposal.facts,
      .note = proposal.note,
      .reason = proposal.reason_of_corrections && !decision.correction
                    ? ""
                    : proposal.reason,
      .correction = decision.correction});
  return decision.outcome == StatusDecision::Outcome::kCreated
             ? Outcome::kCreated
             : Outcome::kUpdated;
}

absl::StatusOr<StatusRecord> RetractStatus(
    Draft& draft, std::string_view program,
    const base::MunicipalityCode& municipality, base::FiscalYear fiscal_year,
    std::string_view etag, std::string_view reason) {
  WELFARE_ASSIGN_OR_RETURN(const Municipality* found,
                           Find(draft, municipality));
  const StatusRecord* known =
      draft.FindStatus(program, found->first_code, fiscal_year);
  WELFARE_RETURN_IF_ERROR(CheckStatusEtag(draft, etag, known, program,
                                          found->first_code, fiscal_year));
  if (known == nullptr) {
    return StatusNotFound(program, found->first_code, fiscal_year);
  }
  const StatusRecord* replaced =
      draft.FindReplaced(program, found->first_code, fiscal_year);
  StatusRecord record = replaced == nullptr ? *known : *replaced;
  record.reason = std::string(reason);
  record.correction = true;
  record.retracted = replaced == nullptr;
  record.restores = replaced == nullptr ? 0 : replaced->version;
  record.version = draft.version();
  draft.Add(record);
  return record;
}

absl::StatusOr<LineageEvent> RecordLineage(Draft& draft,
                                           const LineageProposal& proposal) {
  LineageEvent event = proposal.event;
  const base::FiscalYear year = event.fiscal_year;
  const base::FiscalYear before = year - 1;
  const Provenance provenance{.note = event.note, .reason = event.reason};
  const auto is_created = [&](const base::MunicipalityCode& code) {
    return std::any_of(
        proposal.created.begin(), proposal.created.end(),
        [&](const MunicipalityFacts& facts) { return facts.code == code; });
  };
  // Everybody is called by the first code.
  const auto resolve = [&](std::vector<base::MunicipalityCode>& codes,
                           bool may_be_created) -> absl::Status {
    for (base::MunicipalityCode& code : codes) {
      if (may_be_created && is_created(code)) continue;
      WELFARE_ASSIGN_OR_RETURN(const Municipality* found, Find(draft, code));
      WELFARE_RETURN_IF_ERROR(FactsInYear(*found, before).status());
      WELFARE_RETURN_IF_ERROR(FactsInYear(*found, year).status());
      code = found->first_code;
    }
    std::sort(codes.begin(), codes.end());
    return absl::OkStatus();
  };
  WELFARE_RETURN_IF_ERROR(resolve(event.predecessors, false));
  WELFARE_RETURN_IF_ERROR(resolve(event.successors, true));
  // Two codes may be those of one municipality.
  WELFARE_RETURN_IF_ERROR(CheckShape(event));

  if (event.kind == LineageKind::kRename) {
    const base::MunicipalityCode& id = event.predecessors.front();
    if (proposal.renamed.code.has_value()) {
      const Municipality* holder =
          draft.FindMunicipality(*proposal.renamed.code);
      if (holder == nullptr || holder->first_code != id) {
        WELFARE_RETURN_IF_ERROR(CheckFree(draft, *proposal.renamed.code));
      }
    }
    WELFARE_RETURN_IF_ERROR(
        UpdateMunicipality(draft, {.code = id,
                                   .says = proposal.renamed,
                                   .valid_from = year,
                                   .provenance = provenance})
            .status());
  }
  for (const MunicipalityFacts& facts : proposal.created) {
    if (const Municipality* unmade = draft.FindUnmade(facts.code)) {
      draft.Add(MunicipalityRecord{.id = unmade->id,
                                   .first_code = facts.code,
                                   .valid_from = year,
                                   .says = StateAll(facts),
                                   .note = provenance.note,
                                   .reason = provenance.reason});
      continue;
    }
    WELFARE_RETURN_IF_ERROR(CreateMunicipality(draft, facts, year, provenance));
  }
  for (const base::MunicipalityCode& code : event.predecessors) {
    if (std::find(event.successors.begin(), event.successors.end(), code) !=
        event.successors.end()) {
      continue;
    }
    if (const auto status = draft.FirstStatusYear(code, year)) {
      return StatusAfterEnd(code, *status);
    }
    MunicipalityRecord end{.id = draft.FindMunicipality(code)->id,
                           .first_code = code,
                           .valid_from = year,
                           .note = provenance.note,
                           .reason = provenance.reason};
    end.says.exists = false;
    draft.Add(std::move(end));
  }
  event.number = draft.next_lineage_number();
  event.version = draft.version();
  draft.Add(event);
  return event;
}

absl::StatusOr<LineageEvent> RetractLineage(Draft& draft, std::int64_t number,
                                            const std::string& reason) {
  const std::vector<const LineageEvent*> events = draft.LineageEvents();
  const auto found =
      std::find_if(events.begin(), events.end(),
                   [&](const auto* event) { return event->number == number; });
  if (found == events.end()) return LineageEventNotFound(number);
  LineageEvent event = **found;
  std::set<base::MunicipalityCode> involved(event.predecessors.begin(),
                                            event.predecessors.end());
  involved.insert(event.successors.begin(), event.successors.end());
  const std::int64_t recorded = event.version;
  event.reason = reason;
  event.retracted = true;
  event.version = draft.version();
  draft.Add(event);
  for (const base::MunicipalityCode& code : involved) {
    const Municipality* municipality = draft.FindMunicipality(code);
    if (municipality == nullptr) continue;
    const std::vector<MunicipalityRecordPtr> records =
        draft.RecordsOf(*municipality);
    const auto of_event = std::find_if(
        records.begin(), records.end(),
        [&](const auto& record) { return record->version == recorded; });
    if (of_event == records.end()) continue;  // it was there and stayed
    MunicipalityRecord undo{.id = municipality->id,
                            .first_code = code,
                            .note = event.note,
                            .reason = reason};
    if (municipality->created_version == recorded) {
      if (draft.FirstStatusYear(code, kAlways).has_value() ||
          draft.HasLineage(code)) {
        return LineageInUse(number, code);
      }
      undo.deleted = true;
    } else {
      undo.valid_from = (*of_event)->valid_from;
      undo.retracts = recorded;
    }
    draft.Add(std::move(undo));
  }
  return event;
}

}  // namespace welfare::registry
