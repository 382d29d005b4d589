#include "services/survey/files/submission_importer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/submission/validation.h"

namespace welfare::survey {
namespace {

constexpr std::string_view kRejected = "SUBMISSION_REJECTED";
constexpr std::string_view kWrongBeside =
    "Another record of this submission is wrong.";
// Of the column `synthetic`.
constexpr std::string_view kSyntheticMark = "架空";

std::string_view CellOf(const AnswerCells& cells, std::string_view column) {
  if (column == "item_id") return cells.item;
  if (column == "absence") return cells.absence;
  if (column == "other_text") return cells.other_text;
  if (column == "value") return cells.value;
  return "";
}

std::string KeyOf(std::string_view item, std::string_view row) {
  std::string key(item);
  if (!row.empty()) (key += '/') += row;
  return key;
}
std::string KeyOf(const Answer& answer) {
  return KeyOf(answer.item, answer.row);
}

const Answer* FindAnswer(const std::vector<Answer>& answers,
                         const Answer& like) {
  const auto it =
      std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) {
        return answer.item == like.item && answer.row == like.row;
      });
  return it == answers.end() ? nullptr : &*it;
}

bool IsBlank(const Answer& answer) {
  const auto* absence = std::get_if<base::Absence>(&answer.content);
  return absence != nullptr && *absence == base::Absence::kNoAnswer;
}

// What is wrong with the marks that an export writes beside an answer.
struct MarkFault {
  std::string_view column;
  std::string_view reason;
  std::string_view message;
};

std::optional<MarkFault> CheckMarks(const AnswerCells& cells,
                                    const Round& round) {
  if (!cells.state.empty()) {
    bool known = false;
    for (const SubmissionState state :
         {SubmissionState::kDraft, SubmissionState::kSubmitted,
          SubmissionState::kReturned, SubmissionState::kAccepted,
          SubmissionState::kFinal}) {
      if (cells.state != ToString(state)) continue;
      known = true;
      if (IsReceived(state)) continue;
      return MarkFault{"state", "NOT_HANDED_IN",
                       "A draft or returned submission is not handed in by a "
                       "file; leave its rows out."};
    }
    if (!known) {
      return MarkFault{"state", "STATE_UNKNOWN",
                       "Write the state as an export writes it, or nothing."};
    }
  }
  if (cells.synthetic.empty()) return std::nullopt;
  if (cells.synthetic != kSyntheticMark) {
    return MarkFault{"synthetic", "MARK_UNKNOWN",
                     "Write 架空 for synthetic answers, else nothing."};
  }
  if (!round.synthetic) {
    return MarkFault{"synthetic", "SYNTHETIC_ANSWERS",
                     "The answers are marked as synthetic and the round is "
                     "not; they do not belong here."};
  }
  return std::nullopt;
}

std::string MayBelong(int line) {
  return line > 0 ? "Line " + std::to_string(line) +
                        " does not tell its respondent and may belong to this "
                        "submission; mend that line and send both again."
                  : "A row elsewhere in the file does not tell its respondent "
                    "and may belong to this submission; mend it and send both "
                    "again.";
}

}  // namespace

void ImportPlan::AddReject(const AnswerRecord& record, std::string_view column,
                           std::string_view value, std::string_view reason,
                           std::string_view message,
                           RejectList& rejects) const {
  rejects.Add({.source_file = batch_.source_file,
               .line = record.line,
               .record = record.record,
               .column = column,
               .value = value,
               .reason = reason,
               .message = message,
               .raw = record.raw});
}

int ImportPlan::RefuseAll(const SubmissionRecords& records,
                          std::string_view column, std::string_view value,
                          std::string_view reason, std::string_view message,
                          RejectList& rejects) const {
  for (const AnswerRecord& record : records.answers) {
    AddReject(record, column, value, reason, message, rejects);
  }
  if (records.answers.empty() && records.header) {
    rejects.Add({.header = true,
                 .source_file = batch_.headers_file,
                 .line = records.header->line,
                 .record = records.header->record,
                 .column = column,
                 .value = value,
                 .reason = reason,
                 .message = message});
  }
  return static_cast<int>(records.answers.size());
}

void ImportPlan::Refuse(const SubmissionRecords& records,
                        std::string_view column, std::string_view value,
                        std::string_view reason, std::string_view message) {
  refused_rows_ += RefuseAll(records, column, value, reason, message, rejects_);
}

void ImportPlan::AddStrays(const SubmissionRecords& records,
                           const StrayKey& key) {
  for (const AnswerRecord& record : records.answers) {
    strays_.Add(key, batch_.ReadCells(record).item, record.line);
  }
  if (records.header) {
    batch_.stray_headers.Add(key, StrayRows::kAnyItem, records.header->line);
  }
}

// Checks the answers of one submission by its codebook.
void ImportPlan::Check(SubmissionRecords records, const OpenedRound& opened) {
  const base::SubmissionName& name = records.name;
  const std::size_t row = *opened.frame->Find(name.respondent);
  const std::size_t most = MostAnswers(*opened.codebook);
  if (records.answers.size() > most) {
    Refuse(records, "", "", reason::kTooManyAnswers,
           "The submission has " + std::to_string(records.answers.size()) +
               " rows, and its codebook has not so many questions; send one "
               "row for each.");
    return;
  }
  std::vector<SentAnswer> sent;
  std::vector<AnswerCells> cells;
  std::set<std::size_t> faulty;
  const auto reject = [&](std::size_t at, std::string_view column,
                          std::string_view value, std::string_view reason,
                          std::string_view message) {
    AddReject(records.answers[at], column, value, reason, message, rejects_);
    faulty.insert(at);
  };
  std::map<std::string, std::size_t> first_of;
  std::set<std::size_t> unknown_absences;
  for (std::size_t i = 0; i < records.answers.size(); ++i) {
    cells.push_back(batch_.ReadCells(records.answers[i]));
    bool unknown_absence = false;
    sent.push_back(ToSent(*opened.codebook, cells[i], unknown_absence));
    first_of.try_emplace(KeyOf(sent[i].item, sent[i].row), i);
    if (unknown_absence) {
      unknown_absences.insert(i);
      reject(i, "absence", cells[i].absence, "ABSENCE_UNKNOWN",
             "Write NO_ANSWER, NOT_COUNTED or UNKNOWN.");
    }
    if (const auto fault = CheckMarks(cells[i], opened.round)) {
      reject(i, fault->column,
             fault->column == "state" ? cells[i].state : cells[i].synthetic,
             fault->reason, fault->message);
    }
  }
  ValidationResult result = ValidateAnswers(
      *opened.codebook, opened.frame->row(row), name.fiscal_year.value(), sent,
      Completeness::kCompleteFromFile);
  std::set<std::size_t> doubled;
  for (const AnswerViolation& violation : result.violations) {
    const std::size_t at = violation.index.value_or(0);
    // The unknown word was named already.
    if (violation.reason == reason::kEmptyAnswer &&
        unknown_absences.contains(at)) {
      continue;
    }
    const std::string_view column = ColumnOf(violation.reason);
    if (violation.reason == reason::kDuplicateAnswer) {
      // Neither of the two is the right one.
      const std::size_t first = first_of.at(violation.key());
      if (doubled.insert(first).second) {
        reject(first, column, cells[first].item, violation.reason,
               violation.description);
      }
    }
    reject(at, column,
           violation.index ? CellOf(cells[at], column)
                           : std::string_view(violation.key()),
           violation.reason, violation.description);
    // A row that does not fit here may have been meant for another respondent.
    if (violation.reason == reason::kDuplicateAnswer ||
        violation.reason == reason::kWrongRespondentKind) {
      strays_.Add({}, cells[at].item, records.answers[at].line);
    }
  }
  if (!faulty.empty()) {
    for (std::size_t i = 0; i < records.answers.size(); ++i) {
      if (faulty.contains(i)) continue;
      AddReject(records.answers[i], "", "", kRejected, kWrongBeside, rejects_);
    }
    refused_rows_ += static_cast<int>(records.answers.size());
    return;
  }
  Ready ready{.records = std::move(records),
              .answers = std::move(result.answers),
              .answer_of = {},
              .blanks = {}};
  std::map<std::string, std::size_t> place;
  for (std::size_t k = 0; k < ready.answers.size(); ++k) {
    const std::string key = KeyOf(ready.answers[k]);
    place.emplace(key, k);
    if (!first_of.contains(key)) ready.blanks.push_back(k);
  }
  for (const SentAnswer& one : sent) {
    ready.answer_of.push_back(place.at(KeyOf(one.item, one.row)));
  }
  ready_.push_back(std::move(ready));
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
  std::vector<Ready> kept;
  for (Ready& ready : ready_) {
    const base::SubmissionName& name = ready.records.name;
    std::vector<std::string> blanks;
    for (const std::size_t k : ready.blanks) {
      blanks.push_back(KeyOf(ready.answers[k]));
    }
    std::optional<int> line = FindNaming(strays_, name);
    if (!line) {
      line = strays_.FindFilling(*rounds_.at(name.parent()).codebook, blanks);
    }
    if (line) {
      Refuse(ready.records, "", "", kRejected, MayBelong(*line));
      continue;
    }
    line = FindNaming(batch_.stray_headers, name);
    if (line) {
      Refuse(ready.records, "", "", kRejected,
             "Header line " + std::to_string(*line) +
                 " may belong to this submission; mend it and send both "
                 "again.");
      continue;
    }
    kept.push_back(std::move(ready));
  }
  ready_ = std::move(kept);
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
      rejects_.Add({.header = true,
                    .source_file = batch_.headers_file,
                    .line = records.header->line,
                    .record = records.header->record,
                    .reason = "HEADER_REPEATED",
                    .message = "The submission has two header records."});
      whole.refused = true;
    } else if (records.header) {
      whole.header = std::move(records.header);
    }
  }
  return merged;
}

absl::StatusOr<ImportPlan> ImportPlan::Make(
    StoreReader& store, PinnedContent& content, ImportBatch batch,
    std::span<const std::string> unplaced_items) {
  ImportPlan plan;
  plan.rejects_ = std::move(batch.rejects);
  plan.strays_ = std::move(batch.strays);
  plan.refused_rows_ = batch.refused_rows;
  std::vector<SubmissionRecords> all = std::move(batch.submissions);
  batch.submissions.clear();
  plan.batch_ = std::move(batch);
  // Rounds that are not there, with what was said of them.
  std::map<base::RoundName, absl::Status> absent;
  for (const SubmissionRecords& records : all) {
    const base::RoundName name = records.name.parent();
    if (plan.rounds_.contains(name) || absent.contains(name)) continue;
    auto opened = content.Load(store, name);
    if (opened.ok()) {
      plan.rounds_.emplace(name, *std::move(opened));
    } else if (absl::IsNotFound(opened.status())) {
      absent.emplace(name, opened.status());
    } else {
      return opened.status();
    }
  }
  for (SubmissionRecords& records : plan.Merge(std::move(all))) {
    const base::RoundName name = records.name.parent();
    // Of a round that is not there, survey or year may be the mistake; of a
    // respondent that is not, the code.
    StrayKey key{.kind = records.name.respondent.kind,
                 .codes = {records.name.respondent.municipality}};
    if (records.refused) {
      plan.Refuse(records, "", "", kRejected, kWrongBeside);
      continue;
    }
    if (const auto found = absent.find(name); found != absent.end()) {
      plan.Refuse(records, "fiscal_year", name.fiscal_year.ToString(),
                  base::ReasonOf(found->second),
                  base::MessageOf(found->second));
      plan.AddStrays(records, key);
      continue;
    }
    const OpenedRound& opened = plan.rounds_.at(name);
    if (opened.frame == nullptr) {
      plan.Refuse(records, "", "", "ROUND_NOT_OPEN",
                  "The round was never opened; open it first.");
      plan.AddStrays(records, key);
      continue;
    }
    if (!opened.frame->Find(records.name.respondent)) {
      plan.Refuse(records, "municipality_code",
                  records.name.respondent.municipality.ToString(),
                  "UNKNOWN_MUNICIPALITY",
                  "The round's population has no such respondent.");
      key.codes.clear();
      plan.AddStrays(records, key);
      continue;
    }
    // A header alone belongs to a submission that is there already.
    if (records.answers.empty()) {
      plan.ready_.push_back({.records = std::move(records),
                             .answers = {},
                             .answer_of = {},
                             .blanks = {}});
      continue;
    }
    plan.Check(std::move(records), opened);
  }
  for (const std::string& item : unplaced_items) plan.strays_.Add({}, item, 0);
  plan.RefuseThoseThatMayLackARow();
  return plan;
}

absl::StatusOr<ImportOutcome> ImportPlan::Run(StoreReader& store,
                                              StoreWriter* writer,
                                              base::Timestamp now) const {
  ImportOutcome outcome;
  outcome.rejects = rejects_;
  outcome.counts.rows = batch_.rows;
  outcome.counts.rejected = refused_rows_;
  std::map<base::RoundName, OpenedRound> rounds = rounds_;
  for (auto& [name, opened] : rounds) {
    WELFARE_ASSIGN_OR_RETURN(const auto current, store.FindRound(name));
    if (!current) return RoundNotFound(name);
    opened.round = *current;
  }
  for (const Ready& ready : ready_) {
    const SubmissionRecords& records = ready.records;
    const OpenedRound& opened = rounds.at(records.name.parent());
    const auto refuse = [&](std::string_view reason, std::string_view message) {
      outcome.counts.rejected +=
          RefuseAll(records, "", "", reason, message, outcome.rejects);
    };
    SubmissionInput header;
    if (records.header) {
      header.contact = records.header->contact;
      header.received_on = records.header->received_on;
    }
    WELFARE_ASSIGN_OR_RETURN(const std::optional<Submission> stored,
                             store.FindSubmission(records.name));
    if (records.answers.empty() && !stored) {
      refuse("SUBMISSION_NOT_FOUND",
             "The header belongs to no submission; send its answers in the "
             "same batch.");
      continue;
    }
    // Today is the day of receipt only where no header says another.
    if (!records.answers.empty() && !records.header &&
        !batch_.stray_headers.empty() && !(stored && stored->received_on)) {
      refuse(kRejected,
             "A header of this batch does not tell its respondent and may "
             "belong to this submission; mend it and send both again.");
      continue;
    }
    if (stored && RefuseLoss(ready, *stored, outcome)) continue;
    const auto planned = records.answers.empty()
                             ? PlanHeader(*stored, opened, header)
                             : PlanImport(stored, opened, records.name,
                                          ready.answers, header, now);
    if (!planned.ok()) {
      if (!absl::IsFailedPrecondition(planned.status())) {
        return planned.status();
      }
      refuse(base::ReasonOf(planned.status()),
             base::MessageOf(planned.status()));
      continue;
    }
    // Handing a draft in is news of its rows, equal or not.
    const bool handed_in = stored && IsReceived(planned->submission.state) !=
                                         IsReceived(stored->state);
    for (std::size_t i = 0; i < records.answers.size(); ++i) {
      const Answer& answer = ready.answers[ready.answer_of[i]];
      const Answer* before =
          stored ? FindAnswer(stored->answers, answer) : nullptr;
      if (before == nullptr) {
        ++outcome.counts.created;
      } else if (!handed_in && before->content == answer.content &&
                 before->other_text == answer.other_text) {
        ++outcome.counts.unchanged;
      } else {
        ++outcome.counts.updated;
      }
    }
    if (writer != nullptr) {
      WELFARE_RETURN_IF_ERROR(Apply(*writer, *planned).status());
    }
  }
  for (const auto& [name, opened] : rounds) {
    WELFARE_ASSIGN_OR_RETURN(const auto after, store.FindRound(name));
    if (!after) return RoundNotFound(name);
    outcome.rounds.emplace(name, after->revision);
    outcome.revision = after->revision;
  }
  return outcome;
}

bool ImportPlan::RefuseLoss(const Ready& ready, const Submission& stored,
                            ImportOutcome& outcome) const {
  const std::vector<AnswerRecord>& records = ready.records.answers;
  bool lost = false;
  for (const std::size_t k : ready.blanks) {
    const Answer* before = FindAnswer(stored.answers, ready.answers[k]);
    if (before == nullptr || IsBlank(*before)) continue;
    lost = true;
    AddReject(records.front(), "item_id", KeyOf(*before), "ANSWER_OMITTED",
              "The submission holds an answer here and the file has no row of "
              "it; send the answer again, or NO_ANSWER to erase it.",
              outcome.rejects);
  }
  if (!lost) return false;
  for (std::size_t i = 1; i < records.size(); ++i) {
    AddReject(records[i], "", "", kRejected, kWrongBeside, outcome.rejects);
  }
  outcome.counts.rejected += static_cast<int>(records.size());
  return true;
}

}  // namespace welfare::survey
