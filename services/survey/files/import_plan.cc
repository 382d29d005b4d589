#include "services/survey/files/import_plan.h"

#include <algorithm>
#include <deque>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "services/base/error.h"
#include "services/survey/error_table.h"
#include "services/survey/files/import_faults.h"
#include "services/survey/submission/validation.h"
#include "services/survey/submission/violation.h"
#include "services/survey/text_limits.h"
#include "services/text/value_readers.h"

namespace welfare::survey {
namespace {

// Of the column `synthetic`.
constexpr std::string_view kSyntheticMark = "架空";

std::string_view CellOf(const AnswerCells& cells, std::string_view column) {
  if (column == "item_id") return cells.item;
  if (column == "absence") return cells.absence;
  if (column == "other_text") return cells.other_text;
  if (column == "value") return cells.value;
  if (column == "received_on") return cells.received_on;
  return "";
}

std::string KeyOf(std::string_view item, std::string_view row) {
  std::string key(item);
  if (!row.empty()) (key += '/') += row;
  return key;
}

// The sentence of a fault of an answer's place.
const base::ViolationRow& FaultOf(std::string_view reason) {
  return reason == reason::kDuplicateAnswer
             ? base::FindRow(kAnswerTable, reason::kDuplicateAnswer)
             : base::FindRow(kAnswerTable, reason::kWrongRespondentKind);
}

// What is wrong with the marks that an export writes beside an answer.
struct MarkFault {
  std::string_view cell;
  base::Violation violation;
};

std::optional<MarkFault> CheckMarks(const AnswerCells& cells,
                                    const Round& round) {
  if (!cells.state.empty()) {
    const auto state = vocabulary::FindIn(vocabulary::kSubmissionStates,
                                          std::string_view(cells.state));
    if (!state) {
      return MarkFault{cells.state, base::MakeViolation(
                                        ImportFault("STATE_UNKNOWN"), "state")};
    }
    if (!IsReceived(*state)) {
      return MarkFault{cells.state, base::MakeViolation(
                                        ImportFault("NOT_HANDED_IN"), "state")};
    }
  }
  if (cells.synthetic.empty()) return std::nullopt;
  if (cells.synthetic != kSyntheticMark) {
    return MarkFault{
        cells.synthetic,
        base::MakeViolation(ImportFault("MARK_UNKNOWN"), "synthetic")};
  }
  if (!round.synthetic) {
    return MarkFault{
        cells.synthetic,
        base::MakeViolation(ImportFault("SYNTHETIC_ANSWERS"), "synthetic")};
  }
  return std::nullopt;
}

}  // namespace

std::string ImportPlan::StrayItem(std::string_view item) const {
  return mapper_ ? mapper_->NameOf(item, StrayRows::kAnyItem)
                 : std::string(item);
}

void ImportPlan::AddStrays(const SubmissionRecords& records,
                           const StrayKey& key) {
  CellReader cells(batch_);
  for (const AnswerRecord& record : records.answers) {
    strays_.Add(key, StrayItem(cells.Read(record).item),
                static_cast<int>(record.line));
  }
  if (records.header) {
    batch_.stray_headers.Add(key, StrayRows::kAnyItem,
                             static_cast<int>(records.header->line));
  }
}

// The records of one submission as answers that somebody sent, with the faults
// that each has by itself.
struct ImportPlan::Rows {
  CellReader reader;
  std::vector<AnswerCells> cells;
  std::vector<LaidRow> laid;  // their `says` is still to be told
  // Where each stands in the codebook.
  std::vector<std::optional<std::size_t>> places;
  std::set<std::size_t> faulty;
  std::set<std::size_t> unknown_absences;
  std::deque<std::string> mapped;  // texts that a mapping has made
};

void ImportPlan::Refuse(const SubmissionRecords& records, std::size_t at,
                        std::string_view value, const base::Violation& fault,
                        Rows& rows, std::span<const std::string> candidates) {
  rejects_.Add(records.answers[at], value, fault, candidates);
  rows.faulty.insert(at);
}

std::optional<ImportPlan::Rows> ImportPlan::ReadRows(
    const SubmissionRecords& records, const OpenedRound& opened) {
  const Codebook& codebook = *opened.codebook;
  const std::size_t count = records.answers.size();
  if (count > MostAnswers(codebook)) {
    rejects_.RefuseAll(records, ImportFault("TOO_MANY_ANSWERS"),
                       {{"rows", std::to_string(count)}});
    return std::nullopt;
  }
  std::optional<Rows> result(Rows{.reader = CellReader(batch_),
                                  .cells = {},
                                  .laid = {},
                                  .places = {},
                                  .faulty = {},
                                  .unknown_absences = {},
                                  .mapped = {}});
  Rows& rows = *result;
  rows.cells.reserve(count);
  rows.laid.reserve(count);
  rows.places.reserve(count);
  PlaceFinder finder(codebook);
  for (std::size_t i = 0; i < count; ++i) {
    rows.cells.push_back(rows.reader.Read(records.answers[i]));
    const AnswerCells cells =
        mapper_ ? MapCells(records, i, rows) : rows.cells.back();
    bool unknown_absence = false;
    rows.laid.push_back(
        {.sent = ToSent(codebook, finder, cells, unknown_absence,
                        rows.places.emplace_back())});
    if (mapper_) rows.laid.back().sent.mapping = mapper_->mapping().id();
    if (unknown_absence) {
      rows.unknown_absences.insert(i);
      Refuse(records, i, cells.absence,
             base::MakeViolation(ImportFault("ABSENCE_UNKNOWN"), "absence"),
             rows);
    }
    if (const auto fault = CheckMarks(cells, opened.round)) {
      Refuse(records, i, fault->cell, fault->violation, rows);
    }
  }
  return result;
}

AnswerCells ImportPlan::MapCells(const SubmissionRecords& records,
                                 std::size_t at, Rows& rows) {
  std::optional<CellMapper::Fault> fault;
  AnswerCells mapped = rows.cells[at];
  const CellMapper::Cells cells = mapper_->Map(
      {.item = mapped.item, .value = mapped.value, .absence = mapped.absence},
      rows.mapped, fault);
  mapped.item = cells.item;
  mapped.value = cells.value;
  mapped.absence = cells.absence;
  if (fault) {
    Refuse(records, at, fault->value, fault->violation, rows,
           fault->candidates);
  }
  return mapped;
}

ImportPlan::Marks ImportPlan::ReadMarks(const SubmissionRecords& records,
                                        Rows& rows) {
  Marks marks;
  const AnswerCells& first = rows.cells.front();
  for (std::size_t i = 0; i < rows.cells.size(); ++i) {
    const AnswerCells& cells = rows.cells[i];
    for (const auto& [column, here, there] :
         {std::tuple("state", cells.state, first.state),
          std::tuple("received_on", cells.received_on, first.received_on)}) {
      if (here == there) continue;
      Refuse(records, i, here,
             base::MakeViolation(ImportFault("MARKS_DIFFER"), column), rows);
    }
  }
  // Which of the states it is was judged row by row.
  const auto state = vocabulary::FindIn(vocabulary::kSubmissionStates,
                                        std::string_view(first.state));
  marks.accepted = state && *state != SubmissionState::kSubmitted;
  if (IsBlank(first.received_on)) return marks;
  const auto day = text::ReadDate(first.received_on);
  if (!day.ok()) {
    Refuse(records, 0, first.received_on,
           base::ViolationOf("received_on", day.status()), rows);
    return marks;
  }
  marks.received_on = *day;
  return marks;
}

void ImportPlan::Drop(SubmissionRecords& records) {
  CellReader cells(batch_);
  std::erase_if(records.answers, [&](const AnswerRecord& record) {
    if (!mapper_->Drops(cells.Read(record).item)) return false;
    ++dropped_[batch_.groups[static_cast<std::size_t>(record.record - 1)]];
    return true;
  });
}

// Checks the answers of one submission by its codebook.
void ImportPlan::Check(SubmissionRecords records, const OpenedRound& opened) {
  const base::SubmissionName& name = records.name;
  std::optional<Rows> rows = ReadRows(records, opened);
  if (!rows) return;
  std::vector<const SentAnswer*> sent;
  std::map<std::string, std::size_t> first_of;
  for (const LaidRow& one : rows->laid) {
    first_of.try_emplace(KeyOf(one.sent.item, one.sent.row), sent.size());
    sent.push_back(&one.sent);
  }
  const std::size_t row = *opened.frame->Find(name.respondent);
  ValidationResult result = ValidateAnswers(
      *opened.codebook, opened.frame->row(row), name.fiscal_year.value(), sent,
      Completeness::kCompleteFromFile);
  std::set<std::size_t> doubled;
  for (const AnswerViolation& violation : result.violations) {
    const std::size_t at = violation.index.value_or(0);
    // The unknown word was named already.
    if (violation.reason == reason::kEmptyAnswer &&
        rows->unknown_absences.contains(at)) {
      continue;
    }
    const std::string_view column = ColumnOf(violation.reason);
    const base::Violation fault{.field = std::string(column),
                                .reason = std::string(violation.reason),
                                .description = violation.description,
                                .description_ja = violation.description_ja};
    if (violation.reason == reason::kDuplicateAnswer) {
      // Neither of the two is the right one.
      const std::size_t first = first_of.at(violation.key());
      if (doubled.insert(first).second) {
        Refuse(records, first, rows->cells[first].item, fault, *rows);
      }
    }
    const std::string key = violation.key();
    Refuse(records, at,
           violation.index ? CellOf(rows->cells[at], column)
                           : std::string_view(key),
           fault, *rows);
    // A row that does not fit here may have been meant for another respondent.
    if (violation.reason == reason::kDuplicateAnswer ||
        violation.reason == reason::kWrongRespondentKind) {
      AddStray(records, at, *rows);
    }
  }
  if (!rows->faulty.empty()) {
    rejects_.RefuseBeside(records, rows->faulty);
    return;
  }
  Entry entry{.records = std::move(records),
              .answers = std::move(result.answers),
              .answer_of = {},
              .blanks = {}};
  std::map<std::string, std::size_t> place;
  for (std::size_t k = 0; k < entry.answers.size(); ++k) {
    const std::string key = KeyOf(entry.answers[k].item, entry.answers[k].row);
    place.emplace(key, k);
    if (!first_of.contains(key)) entry.blanks.push_back(k);
  }
  for (const SentAnswer* one : sent) {
    entry.answer_of.push_back(place.at(KeyOf(one->item, one->row)));
  }
  entries_.push_back(std::move(entry));
}

void ImportPlan::AddStray(const SubmissionRecords& records, std::size_t at,
                          const Rows& rows) {
  strays_.Add({}, StrayItem(rows.cells[at].item),
              static_cast<int>(records.answers[at].line));
}

// Else those of a list would be copied as it grows.
static_assert(std::is_nothrow_move_constructible_v<ImportPlan::Entry>);

bool ImportPlan::TakePlain(SubmissionRecords& records,
                           const OpenedRound& opened) {
  if (strategy_ == importing::Strategy::kDelete || mapper_ ||
      records.answers.size() > opened.codebook->places()) {
    return false;
  }
  CellReader reader(batch_);
  cells_.clear();
  for (const AnswerRecord& record : records.answers) {
    const AnswerCells cells = reader.Read(record);
    if (!cells.state.empty() || !cells.received_on.empty() ||
        CheckMarks(cells, opened.round)) {
      return false;
    }
    cells_.push_back({.item = cells.item,
                      .value = cells.value,
                      .other_text = cells.other_text,
                      .absence = cells.absence});
  }
  const base::SubmissionName& name = records.name;
  PlainReader& plain = plain_
                           .try_emplace(name.parent(), *opened.codebook,
                                        name.fiscal_year.value())
                           .first->second;
  auto answers = plain.Read(
      opened.frame->row(*opened.frame->Find(name.respondent)), cells_);
  if (!answers) return false;
  entries_.push_back({.records = std::move(records),
                      .answers = {},
                      .answer_of = {},
                      .blanks = {},
                      .laid = {},
                      .plain = std::move(answers),
                      .texts = reader.TakeTexts()});
  return true;
}

std::vector<LaidRow> ImportPlan::ReadLaid(const Entry& entry) const {
  const Codebook& codebook = *rounds_.at(entry.records.name.parent()).codebook;
  CellReader cells(batch_);
  PlaceFinder finder(codebook);
  std::vector<LaidRow> rows;
  rows.reserve(entry.records.answers.size());
  for (const AnswerRecord& record : entry.records.answers) {
    bool unknown_absence = false;
    std::optional<std::size_t> place;
    rows.push_back({.sent = ToSent(codebook, finder, cells.Read(record),
                                   unknown_absence, place)});
    rows.back().sent.provenance = Provenance::kImported;
  }
  return rows;
}

void ImportPlan::CheckLaid(SubmissionRecords records,
                           const OpenedRound& opened) {
  const Codebook& codebook = *opened.codebook;
  std::optional<Rows> rows = ReadRows(records, opened);
  if (!rows) return;
  // A row that does not fit here may have been meant for another respondent.
  const auto misplaced = [&](std::size_t at, std::string_view reason,
                             std::string_view value,
                             const base::ErrorWords& words) {
    const base::ViolationRow& row = FaultOf(reason);
    Refuse(records, at, value,
           base::MakeViolation(row, std::string(ColumnOf(reason)), words),
           *rows);
    AddStray(records, at, *rows);
  };
  // The first row of each place; of what has none, by its name.
  std::vector<std::size_t> first_of(codebook.places(), rows->laid.size());
  std::map<std::string, std::size_t> first_unknown;
  std::set<std::size_t> doubled;
  for (std::size_t i = 0; i < rows->laid.size(); ++i) {
    const AnswerCells& cells = rows->cells[i];
    const std::optional<std::size_t> place = rows->places[i];
    SentAnswer& sent = rows->laid[i].sent;
    LaidRow::Says& says = rows->laid[i].says;
    sent.provenance = Provenance::kImported;
    if (rows->unknown_absences.contains(i)) {
      // It is refused already.
    } else if (importing::IsClear(cells.value) && !sent.absence) {
      says = LaidRow::Says::kClear;
    } else if (!sent.value && !sent.absence && IsBlank(cells.other_text)) {
      says = LaidRow::Says::kBlank;
    }
    std::size_t first = i;
    if (place) {
      first_of[*place] = std::min(first_of[*place], i);
      first = first_of[*place];
    } else {
      first = first_unknown.try_emplace(KeyOf(sent.item, sent.row), i)
                  .first->second;
    }
    if (first != i) {
      // Neither of the two is the right one.
      if (doubled.insert(first).second) {
        misplaced(first, reason::kDuplicateAnswer, rows->cells[first].item, {});
      }
      misplaced(i, reason::kDuplicateAnswer, cells.item, {});
    }
    const auto item = place ? std::optional(codebook.place(*place).item)
                            : codebook.Find(sent.item);
    const base::RespondentKind kind = records.name.respondent.kind;
    if (item && !codebook.item(*item).AskedOf(kind)) {
      const bool council = kind == base::RespondentKind::kCouncil;
      misplaced(i, reason::kWrongRespondentKind, "",
                {{"kind", std::string(base::ToString(kind))},
                 {"kind_ja", council ? "社会福祉協議会" : "自治体"}});
    }
  }
  Marks marks = ReadMarks(records, *rows);
  if (!rows->faulty.empty()) {
    rejects_.RefuseBeside(records, rows->faulty);
    return;
  }
  entries_.push_back({.records = std::move(records),
                      .answers = {},
                      .answer_of = {},
                      .blanks = {},
                      .laid = std::move(rows->laid),
                      .marks = marks});
}

std::string ImportPlan::CellAt(const AnswerRecord& record,
                               std::string_view column) const {
  CellReader cells(batch_);
  return std::string(CellOf(cells.Read(record), column));
}

bool ImportPlan::RefuseIfItMayLackARow(const Entry& entry,
                                       const std::vector<std::string>& blanks,
                                       BatchRejects& rejects) const {
  const auto line = strays_.FindFilling(
      *rounds_.at(entry.records.name.parent()).codebook, blanks);
  if (!line) return false;
  rejects.RefuseAll(entry.records, *line > 0 ? kMayLackALine : kMayLackARow,
                    {{"line", std::to_string(*line)}});
  return true;
}

// Returns the line of a stray that may have meant the submission, by any code
// of its municipality.
std::optional<int> ImportPlan::FindNaming(
    const StrayRows& strays, const base::SubmissionName& name) const {
  if (const auto line = strays.FindNaming(name)) return line;
  const Frame& frame = *rounds_.at(name.parent()).frame;
  base::SubmissionName other = name;
  for (const base::MunicipalityCode& code :
       frame.row(*frame.Find(name.respondent)).other_codes) {
    other.respondent.municipality = code;
    if (const auto line = strays.FindNaming(other)) return line;
  }
  return std::nullopt;
}

void ImportPlan::RefuseThoseThatMayLackARow() {
  if (strays_.empty() && batch_.stray_headers.empty()) return;
  std::vector<Entry> kept;
  for (Entry& entry : entries_) {
    const base::SubmissionName& name = entry.records.name;
    std::vector<std::string> blanks;
    for (const std::size_t k : entry.blanks) {
      blanks.push_back(KeyOf(entry.answers[k].item, entry.answers[k].row));
    }
    std::optional<int> line = FindNaming(strays_, name);
    if (!line) {
      line = strays_.FindFilling(*rounds_.at(name.parent()).codebook, blanks);
    }
    if (line) {
      rejects_.RefuseAll(entry.records,
                         *line > 0 ? kMayLackALine : kMayLackARow,
                         {{"line", std::to_string(*line)}});
      continue;
    }
    line = FindNaming(batch_.stray_headers, name);
    if (line) {
      rejects_.RefuseAll(entry.records, kMayHaveAHeaderLine,
                         {{"line", std::to_string(*line)}});
      continue;
    }
    kept.push_back(std::move(entry));
  }
  entries_ = std::move(kept);
}

// Brings together what names one respondent by different codes.
std::vector<SubmissionRecords> ImportPlan::Merge(
    std::vector<SubmissionRecords> all) {
  std::vector<SubmissionRecords> merged;
  std::map<base::SubmissionName, std::size_t> places;
  for (SubmissionRecords& records : all) {
    const auto round = rounds_.find(records.name.parent());
    if (round != rounds_.end()) {
      records.name = round->second.Resolve(records.name);
    }
    const auto [place, fresh] = places.try_emplace(records.name, merged.size());
    if (fresh) {
      merged.push_back(std::move(records));
      continue;
    }
    SubmissionRecords& whole = merged[place->second];
    whole.refused = whole.refused || records.refused;
    whole.answers.insert(whole.answers.end(), records.answers.begin(),
                         records.answers.end());
    std::sort(whole.answers.begin(), whole.answers.end(),
              [](const AnswerRecord& a, const AnswerRecord& b) {
                return a.record < b.record;
              });
    if (records.header && whole.header) {
      rejects_.Add(*records.header, "",
                   base::MakeViolation(ImportFault("HEADER_REPEATED"), ""));
      whole.refused = true;
    } else if (records.header) {
      whole.header = std::move(records.header);
    }
  }
  return merged;
}

void ImportPlan::Take(SubmissionRecords records, const NamedRounds& found) {
  const base::RoundName name = records.name.parent();
  if (mapper_) {
    Drop(records);
    if (records.answers.empty() && !records.header) return;
  }
  // Of a round that is not there, survey or year may be the mistake; of a
  // respondent that is not, the code.
  StrayKey key{.kind = records.name.respondent.kind,
               .codes = {records.name.respondent.municipality}};
  if (records.refused) {
    rejects_.RefuseAll(records, ImportFault("SUBMISSION_REJECTED"));
    return;
  }
  if (const absl::Status& status = found.at(name).status(); !status.ok()) {
    rejects_.RefuseAll(records, name.fiscal_year.ToString(),
                       base::ViolationOf("fiscal_year", status));
    AddStrays(records, key);
    return;
  }
  const OpenedRound& opened = rounds_.at(name);
  if (opened.frame == nullptr) {
    rejects_.RefuseAll(records, ImportFault("ROUND_NOT_OPEN"));
    AddStrays(records, key);
    return;
  }
  if (!opened.frame->Find(records.name.respondent)) {
    rejects_.RefuseAll(records, records.name.respondent.municipality.ToString(),
                       base::MakeViolation(ImportFault("UNKNOWN_MUNICIPALITY"),
                                           "municipality_code"));
    key.codes.clear();
    AddStrays(records, key);
    return;
  }
  if (mapper_ &&
      opened.round.codebook.version != mapper_->mapping().codebook()) {
    rejects_.RefuseAll(records, ImportFault("MAPPING_OTHER_CODEBOOK"),
                       {{"codebook", mapper_->mapping().codebook()}});
    return;
  }
  // A header alone belongs to a submission that is there already.
  if (records.answers.empty()) {
    entries_.push_back({.records = std::move(records),
                        .answers = {},
                        .answer_of = {},
                        .blanks = {}});
    return;
  }
  if (strategy_ == importing::Strategy::kOwn) {
    Check(std::move(records), opened);
  } else if (!TakePlain(records, opened)) {
    CheckLaid(std::move(records), opened);
  }
}

ImportPlan::ImportPlan(const NamedRounds& found, ImportBatch batch,
                       std::span<const std::string> unplaced_items,
                       importing::Strategy strategy,
                       const AnswerMapping* mapping)
    : strategy_(strategy),
      rejects_(batch.rejects),
      strays_(std::move(batch.strays)) {
  if (mapping != nullptr) {
    mapper_.emplace(*mapping);
    strays_.Rename([&](const std::string& item) { return StrayItem(item); });
  }
  std::vector<SubmissionRecords> all = std::move(batch.submissions);
  batch.submissions.clear();
  batch_ = std::move(batch);
  for (const auto& [name, opened] : found) {
    if (opened.ok()) rounds_.emplace(name, *opened);
  }
  for (SubmissionRecords& records : Merge(std::move(all))) {
    Take(std::move(records), found);
  }
  for (const std::string& item : unplaced_items) strays_.Add({}, item, 0);
  RefuseThoseThatMayLackARow();
}

std::set<base::RoundName> RoundsOf(const ImportBatch& batch) {
  std::set<base::RoundName> rounds;
  for (const SubmissionRecords& records : batch.submissions) {
    rounds.insert(records.name.parent());
  }
  return rounds;
}

}  // namespace welfare::survey
