#include "services/registry/csv_import.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "services/base/error.h"
#include "services/base/resource_name.h"
#include "services/registry/errors.h"
#include "services/registry/status_rules.h"
#include "services/text/csv.h"
#include "services/text/normalize.h"

namespace welfare::registry {
namespace {

constexpr std::array<std::string_view, 7> kMunicipalityColumns = {
    "code", "name", "kana", "name_en", "type", "area", "council_name"};
constexpr std::array<std::string_view, 1> kMunicipalityOptionalColumns = {
    "council_name_checked"};
constexpr std::array<std::string_view, 6> kStatusColumns = {
    "program",      "municipality_code", "fiscal_year",
    "implementing", "preparation",       "note"};

// Collects the faults of one record.
class RecordFaults {
 public:
  RecordFaults(const RecordOrigin& origin, std::vector<Reject>& rejects)
      : origin_(origin), rejects_(rejects) {}

  void Add(std::string_view column, std::string_view value,
           const absl::Status& fault) {
    any_ = true;
    rejects_.push_back({.line = origin_.line,
                        .record = origin_.record,
                        .column = std::string(column),
                        .value = std::string(value),
                        .reason = base::ReasonOf(fault),
                        .message = std::string(base::MessageOf(fault)),
                        .raw_record = origin_.raw});
  }

  // Returns the value, or nothing after noting its fault.
  template <typename T>
  std::optional<T> Take(std::string_view column, std::string_view value,
                        absl::StatusOr<T> parsed) {
    if (!parsed.ok()) {
      Add(column, value, parsed.status());
      return std::nullopt;
    }
    return *std::move(parsed);
  }

  // Returns the text, after noting its faults.
  std::string TakeText(std::string_view column, std::string_view value,
                       std::size_t max_bytes) {
    if (absl::Status fault = CheckText(value, max_bytes); !fault.ok()) {
      Add(column, value, fault);
    }
    return std::string(value);
  }
  std::string TakeRequiredText(std::string_view column, std::string_view value,
                               std::size_t max_bytes) {
    if (value.empty()) Add(column, value, ValueMissing());
    return TakeText(column, value, max_bytes);
  }

  bool any() const { return any_; }

 private:
  const RecordOrigin& origin_;
  std::vector<Reject>& rejects_;
  bool any_ = false;
};

// Whether every character is katakana, its long vowel mark or middle dot:
// U+30A1 to U+30FC, in UTF-8 three bytes from E3 82 A1 to E3 83 BC.
bool IsKatakana(std::string_view text) {
  if (text.size() % 3 != 0) return false;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const std::string_view character = text.substr(at, 3);
    if (character < "\xE3\x82\xA1" || character > "\xE3\x83\xBC") return false;
  }
  return true;
}

absl::StatusOr<bool> ParseYesNo(std::string_view text) {
  if (text == "yes") return true;
  if (text == "no") return false;
  return YesNoInvalid(text);
}

// Reads the header and then each record, and hands records with the right
// number of cells to `read`.
template <typename Row, typename ReadRecord>
absl::StatusOr<ParsedBatch<Row>> ParseBatch(
    std::string_view csv, std::size_t first_line,
    std::span<const std::string_view> required,
    std::span<const std::string_view> optional, ReadRecord read) {
  text::CsvReader reader(csv);
  absl::StatusOr<std::optional<text::CsvRecord>> first = reader.Next();
  if (!first.ok()) return CsvInvalid(first.status());
  // An empty batch has an empty header: every column is missing.
  const text::CsvRecord header_record =
      first->has_value() ? **first : text::CsvRecord{.raw = {}, .cells = {""}};
  const auto header = text::CsvHeader::Make(header_record, required, optional);
  if (!header.ok()) return CsvInvalid(header.status());
  ParsedBatch<Row> batch;
  std::size_t line_of_first = 0;
  while (true) {
    absl::StatusOr<std::optional<text::CsvRecord>> next = reader.Next();
    if (next.ok() && !next->has_value()) break;
    ++batch.rows;
    if (batch.rows == 1) line_of_first = reader.last_line();
    const RecordOrigin origin{
        .line = first_line + (reader.last_line() - line_of_first),
        .record = batch.rows,
        .raw = std::string(reader.last_raw())};
    RecordFaults faults(origin, batch.rejects);
    if (!next.ok()) {
      faults.Add("", "", next.status());
      continue;
    }
    const text::CsvRecord& record = **next;
    if (record.cells.size() != header->size()) {
      faults.Add("", "", CellCount(record.cells.size(), header->size()));
      continue;
    }
    read(*header, record, origin, faults, batch.good);
  }
  return batch;
}

// Notes a fault when the file held `key` before.
void CheckDuplicate(const std::string& key, const RecordOrigin& origin,
                    std::string_view column, std::string_view value,
                    SeenRecords& seen, RecordFaults& faults) {
  if (const auto line = seen.FindOrAdd(key, origin.line)) {
    faults.Add(column, value, DuplicateRecord(*line));
  }
}

template <typename Row>
ImportPlan StartPlan(const ParsedBatch<Row>& batch) {
  ImportPlan plan;
  plan.counts.rows = batch.rows;
  plan.rejects = batch.rejects;
  return plan;
}

// Counts the refused records and puts the rejects in file order.
void FinishPlan(ImportPlan& plan) {
  std::stable_sort(
      plan.rejects.begin(), plan.rejects.end(),
      [](const Reject& a, const Reject& b) { return a.record < b.record; });
  std::set<int> refused;
  for (const Reject& reject : plan.rejects) refused.insert(reject.record);
  plan.counts.rejected = static_cast<int>(refused.size());
}

// The status records of a batch so far, laid over the registry, so that
// records of one file are checked against each other.
class StatusOverlay {
 public:
  explicit StatusOverlay(const RegistryView& view) : view_(view) {}

  StatusSurroundings Surroundings(const StatusRow& row) const {
    StatusSurroundings result =
        view_.Surroundings(row.program, row.municipality, row.fiscal_year);
    const auto found = years_.find({row.program, row.municipality});
    if (found == years_.end()) return result;
    const std::map<base::FiscalYear, YearFacts>& years = found->second;
    const auto after = years.upper_bound(row.fiscal_year);
    if (after != years.end() && (!result.after.has_value() ||
                                 after->first <= result.after->fiscal_year)) {
      result.after = after->second;
    }
    const auto at = years.lower_bound(row.fiscal_year);
    if (at != years.begin()) {
      const auto before = std::prev(at);
      if (!result.before.has_value() ||
          before->first >= result.before->fiscal_year) {
        result.before = before->second;
      }
    }
    return result;
  }

  void Add(const StatusRow& row) {
    years_[{row.program, row.municipality}].insert_or_assign(
        row.fiscal_year, YearFacts{row.fiscal_year, row.facts, row.note});
  }

 private:
  const RegistryView view_;
  std::map<std::pair<std::string, base::MunicipalityCode>,
           std::map<base::FiscalYear, YearFacts>>
      years_;
};

}  // namespace

std::optional<std::size_t> SeenRecords::FindOrAdd(const std::string& key,
                                                  std::size_t line) {
  const auto [entry, added] = lines_.try_emplace(key, line);
  if (added) return std::nullopt;
  return entry->second;
}

absl::Status CheckText(std::string_view text, std::size_t max_bytes) {
  const bool has_control =
      std::any_of(text.begin(), text.end(), [](char character) {
        return (character >= 0 && character < 0x20) || character == 0x7F;
      });
  if (text.size() > max_bytes || has_control || text::Trim(text) != text) {
    return TextInvalid(max_bytes);
  }
  return absl::OkStatus();
}

absl::StatusOr<ParsedBatch<MunicipalityRow>> ParseMunicipalities(
    std::string_view csv, std::size_t first_line, SeenRecords& seen) {
  const auto read = [&seen](const text::CsvHeader& header,
                            const text::CsvRecord& record,
                            const RecordOrigin& origin, RecordFaults& faults,
                            std::vector<MunicipalityRow>& good) {
    const auto cell = [&](std::size_t column) {
      return header.required(record, column);
    };
    const auto code =
        faults.Take("code", cell(0), base::MunicipalityCode::Parse(cell(0)));
    if (code.has_value()) {
      CheckDuplicate(code->ToString(), origin, "code", cell(0), seen, faults);
    }
    std::string name = faults.TakeRequiredText("name", cell(1), kMaxNameBytes);
    std::string kana = faults.TakeRequiredText("kana", cell(2), kMaxNameBytes);
    if (!IsKatakana(kana)) faults.Add("kana", kana, KanaInvalid(kana));
    std::string name_en =
        faults.TakeRequiredText("name_en", cell(3), kMaxNameBytes);
    const auto type =
        faults.Take("type", cell(4), ParseMunicipalityType(cell(4)));
    if (!IsArea(cell(5))) faults.Add("area", cell(5), AreaUnknown(cell(5)));
    std::string council_name =
        faults.TakeText("council_name", cell(6), kMaxNameBytes);
    bool checked = false;
    const std::optional<std::string_view> checked_cell =
        header.optional(record, 0);
    if (checked_cell.has_value()) {
      checked = faults
                    .Take("council_name_checked", *checked_cell,
                          ParseYesNo(*checked_cell))
                    .value_or(false);
    }
    if (faults.any()) return;
    const bool stated = checked_cell.has_value() && !council_name.empty();
    if (council_name.empty()) {
      council_name = DefaultCouncilName(name);
      checked = false;
    }
    good.push_back({.origin = origin,
                    .facts = {.code = *code,
                              .name = std::move(name),
                              .kana = std::move(kana),
                              .name_en = std::move(name_en),
                              .type = *type,
                              .area = std::string(cell(5)),
                              .council_name = std::move(council_name),
                              .council_name_checked = checked},
                    .checked_stated = stated});
  };
  return ParseBatch<MunicipalityRow>(csv, first_line, kMunicipalityColumns,
                                     kMunicipalityOptionalColumns, read);
}

absl::StatusOr<ParsedBatch<StatusRow>> ParseStatusRecords(
    std::string_view csv, std::size_t first_line, SeenRecords& seen) {
  const auto read = [&seen](const text::CsvHeader& header,
                            const text::CsvRecord& record,
                            const RecordOrigin& origin, RecordFaults& faults,
                            std::vector<StatusRow>& good) {
    const auto cell = [&](std::size_t column) {
      return header.required(record, column);
    };
    const bool program_ok = base::IsResourceId(cell(0));
    if (!program_ok) faults.Add("program", cell(0), ProgramInvalid(cell(0)));
    const auto code = faults.Take("municipality_code", cell(1),
                                  base::MunicipalityCode::Parse(cell(1)));
    const auto year =
        faults.Take("fiscal_year", cell(2), base::FiscalYear::Parse(cell(2)));
    const auto implementing =
        faults.Take("implementing", cell(3), ParseImplementing(cell(3)));
    const auto preparation =
        faults.Take("preparation", cell(4), ParsePreparation(cell(4)));
    std::string note = faults.TakeText("note", cell(5), kMaxNoteBytes);
    StatusFacts facts;
    if (implementing.has_value() && preparation.has_value()) {
      facts = {*implementing, *preparation};
      if (absl::Status fault = CheckFacts(facts); !fault.ok()) {
        faults.Add("preparation", cell(4), fault);
      }
    }
    if (program_ok && code.has_value() && year.has_value()) {
      CheckDuplicate(std::string(cell(0)) + "/" + code->ToString() + "/" +
                         year->ToString(),
                     origin, "", "", seen, faults);
    }
    if (faults.any()) return;
    good.push_back({.origin = origin,
                    .program = std::string(cell(0)),
                    .municipality = *code,
                    .fiscal_year = *year,
                    .facts = facts,
                    .note = std::move(note)});
  };
  return ParseBatch<StatusRow>(csv, first_line, kStatusColumns, {}, read);
}

ImportPlan PlanMunicipalities(const History& current,
                              const ParsedBatch<MunicipalityRow>& batch) {
  const RegistryView view = current.AtHead();
  ImportPlan plan = StartPlan(batch);
  std::int64_t next_id = current.next_municipality_id();
  for (const MunicipalityRow& row : batch.good) {
    const base::MunicipalityCode& code = row.facts.code;
    if (view.IsRetired(code)) {
      RecordFaults(row.origin, plan.rejects)
          .Add("code", code.ToString(), CodeRetired(code));
      continue;
    }
    const MunicipalityRecord* known = view.FindMunicipality(code);
    if (known == nullptr) {
      ++plan.counts.created;
      plan.changes.municipalities.push_back(
          {.id = next_id++, .first_code = code, .facts = row.facts});
      continue;
    }
    MunicipalityFacts facts = row.facts;
    facts.code = known->facts.code;
    // A file that does not say keeps what is known of the same name.
    if (!row.checked_stated &&
        facts.council_name == known->facts.council_name) {
      facts.council_name_checked = known->facts.council_name_checked;
    }
    if (facts == known->facts) {
      ++plan.counts.unchanged;
      continue;
    }
    ++plan.counts.updated;
    plan.changes.municipalities.push_back({.id = known->id,
                                           .first_code = known->first_code,
                                           .facts = std::move(facts)});
  }
  FinishPlan(plan);
  return plan;
}

ImportPlan PlanStatusRecords(const History& current,
                             const ParsedBatch<StatusRow>& batch,
                             std::string_view correction_reason) {
  using Outcome = StatusDecision::Outcome;
  const RegistryView view = current.AtHead();
  ImportPlan plan = StartPlan(batch);
  StatusOverlay overlay(view);
  for (const StatusRow& row : batch.good) {
    RecordFaults faults(row.origin, plan.rejects);
    const MunicipalityRecord* municipality =
        view.FindMunicipality(row.municipality);
    if (municipality == nullptr) {
      faults.Add("municipality_code", row.municipality.ToString(),
                 MunicipalityNotFound(row.municipality, view.version()));
      continue;
    }
    StatusRow resolved = row;
    resolved.municipality = municipality->first_code;
    const absl::StatusOr<StatusDecision> decision =
        DecideStatus(overlay.Surroundings(resolved),
                     {.fiscal_year = row.fiscal_year,
                      .facts = row.facts,
                      .note = row.note,
                      .reason = std::string(correction_reason),
                      .correction = !correction_reason.empty()});
    if (!decision.ok()) {
      faults.Add("implementing", ToString(row.facts.implementing),
                 decision.status());
      continue;
    }
    if (decision->outcome == Outcome::kUnchanged) {
      ++plan.counts.unchanged;
      continue;
    }
    if (decision->outcome == Outcome::kCreated) ++plan.counts.created;
    if (decision->outcome == Outcome::kUpdated) ++plan.counts.updated;
    overlay.Add(resolved);
    plan.changes.statuses.push_back(
        {.program = row.program,
         .municipality_id = municipality->id,
         .municipality = municipality->first_code,
         .fiscal_year = row.fiscal_year,
         .facts = row.facts,
         .note = row.note,
         .reason = decision->correction ? std::string(correction_reason) : "",
         .correction = decision->correction});
  }
  FinishPlan(plan);
  return plan;
}

}  // namespace welfare::registry
