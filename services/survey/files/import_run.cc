#include "services/survey/files/import_run.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/base/error.h"
#include "services/survey/files/import_faults.h"
#include "services/survey/submission/violation.h"
#include "services/text/visible.h"

namespace welfare::survey {
namespace {

const Answer* FindAnswer(const std::vector<Answer>& answers,
                         const Answer& like) {
  const auto it =
      std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) {
        return answer.item == like.item && answer.row == like.row;
      });
  return it == answers.end() ? nullptr : &*it;
}

RecordGroup GroupOf(const ImportPlan::Entry& entry) {
  return {.fiscal_year = entry.records.name.fiscal_year.value(),
          .kind = entry.records.name.respondent.kind};
}

bool HoldsNothing(const Answer& answer) {
  const auto* absence = std::get_if<base::Absence>(&answer.content);
  return absence != nullptr && *absence == base::Absence::kNoAnswer;
}

}  // namespace

ImportRun::ImportRun(const ImportPlan& plan,
                     const std::map<base::RoundName, Round>& rounds,
                     base::Timestamp now, int show_changes)
    : plan_(plan),
      rounds_(plan.rounds()),
      now_(now),
      show_changes_(static_cast<std::size_t>(show_changes)),
      rejects_(plan.rejects()),
      counts_{.rows = plan.rows()} {
  for (auto& [name, opened] : rounds_) opened.round = rounds.at(name);
}

SubmissionInput ImportRun::HeaderOf(const ImportPlan::Entry& entry) {
  SubmissionInput input;
  if (const auto& header = entry.records.header) {
    input.department = header->contact.department;
    input.contact = header->contact.contact;
    input.received_on = header->received_on;
  }
  if (!input.received_on) input.received_on = entry.marks.received_on;
  return input;
}

absl::StatusOr<std::optional<PlannedChange>> ImportRun::Decide(
    const ImportPlan::Entry& entry, const Standing& standing) {
  const SubmissionRecords& records = entry.records;
  const OpenedRound& opened = rounds_.at(records.name.parent());
  const std::optional<Submission>& stored = standing.submission;
  const SubmissionInput header = HeaderOf(entry);
  const bool header_alone = records.answers.empty();
  if (header_alone && !stored) {
    rejects_.RefuseAll(records, ImportFault("SUBMISSION_NOT_FOUND"));
    return std::nullopt;
  }
  // Today is the day of receipt only where no header says another.
  if (!header_alone && !records.header && plan_.has_stray_headers() &&
      !(stored && stored->received_on)) {
    rejects_.RefuseAll(records, kMayHaveAHeader);
    return std::nullopt;
  }
  if (!header_alone && plan_.strategy() != importing::Strategy::kOwn) {
    return DecideLaid(entry, standing);
  }
  if (stored && RefuseLoss(entry, *stored)) return std::nullopt;
  absl::StatusOr<PlannedChange> planned =
      header_alone ? PlanHeader(standing, opened, header)
                   : PlanImport(standing, opened, records.name, entry.answers,
                                header, now_);
  if (!planned.ok()) {
    WELFARE_RETURN_IF_ERROR(RefuseFailed(entry, planned.status()));
    return std::nullopt;
  }
  Count(entry, standing, planned->submission);
  return *std::move(planned);
}

absl::StatusOr<std::optional<PlannedChange>> ImportRun::DecideLaid(
    const ImportPlan::Entry& entry, const Standing& standing) {
  const SubmissionRecords& records = entry.records;
  const OpenedRound& opened = rounds_.at(records.name.parent());
  const std::optional<Submission>& stored = standing.submission;
  // Changes are shown by whoever finds them.
  if (entry.plain && !stored && changes_.size() >= show_changes_) {
    return DecidePlain(entry);
  }
  const std::vector<LaidRow> read =
      entry.plain ? plan_.ReadLaid(entry) : std::vector<LaidRow>();
  const std::span<const LaidRow> laid = entry.plain ? read : entry.laid;
  const bool deletes = plan_.strategy() == importing::Strategy::kDelete;
  Overlay overlay;
  if (stored || !deletes) {
    const std::size_t row = *opened.frame->Find(records.name.respondent);
    overlay = LayOver(*opened.codebook, opened.frame->row(row),
                      records.name.fiscal_year.value(),
                      stored ? std::span<const Answer>(stored->answers)
                             : std::span<const Answer>(),
                      laid, plan_.strategy(), show_changes_ - changes_.size());
  } else {
    // Nothing is there that could be taken back.
    overlay.outcomes.assign(laid.size(), RowOutcome::kUnchanged);
  }
  if (!overlay.violations.empty()) {
    RefuseLaid(entry, overlay);
    return std::nullopt;
  }
  if (plan_.RefuseIfItMayLackARow(entry, overlay.blanks, rejects_)) {
    return std::nullopt;
  }
  const bool handed_in = stored && !IsReceived(stored->state);
  const bool equal =
      stored ? !handed_in && AnswersDigest(overlay.answers) == stored->digest
             : deletes;
  const bool another_day = entry.marks.received_on && stored && !deletes &&
                           stored->received_on != entry.marks.received_on;
  const bool accepts =
      entry.marks.accepted && !deletes &&
      !(stored && (stored->state == SubmissionState::kAccepted ||
                   stored->state == SubmissionState::kFinal));
  // What changes nothing needs no open round.
  if (equal && !records.header && !another_day && !accepts) {
    TakeLaid(entry, overlay, false);
    return std::nullopt;
  }
  absl::StatusOr<PlannedChange> planned =
      equal && accepts && !records.header && !another_day
          ? PlanAccept(standing, opened, records.name, "")
          : PlanImport(standing, opened, records.name,
                       std::move(overlay.answers), HeaderOf(entry), now_,
                       Author::kAnybody);
  if (!planned.ok()) {
    WELFARE_RETURN_IF_ERROR(RefuseFailed(entry, planned.status()));
    return std::nullopt;
  }
  if (accepts && planned->submission.state == SubmissionState::kSubmitted) {
    planned->submission.state = SubmissionState::kAccepted;
    planned->submission.reason.clear();
    planned->changed = true;
  }
  // What is news of a submission is news of its rows, equal or not.
  TakeLaid(entry, overlay, handed_in || (stored && (another_day || accepts)));
  return *std::move(planned);
}

absl::StatusOr<std::optional<PlannedChange>> ImportRun::DecidePlain(
    const ImportPlan::Entry& entry) {
  const SubmissionRecords& records = entry.records;
  const OpenedRound& opened = rounds_.at(records.name.parent());
  if (plan_.RefuseIfItMayLackARow(entry, entry.plain->Blanks(*opened.codebook),
                                  rejects_)) {
    return std::nullopt;
  }
  absl::StatusOr<PlannedChange> planned = PlanFirstImport(
      opened, records.name, entry.plain->digest, HeaderOf(entry), now_);
  if (!planned.ok()) {
    WELFARE_RETURN_IF_ERROR(RefuseFailed(entry, planned.status()));
    return std::nullopt;
  }
  planned->plain = &*entry.plain;
  CountAll(entry, &importing::ImportCounts::created);
  return *std::move(planned);
}

bool ImportRun::TakeUnchanged(const ImportPlan::Entry& entry,
                              const Submission& head) {
  if (!entry.plain || entry.records.header || plan_.has_stray_headers() ||
      !IsReceived(head.state) || head.digest != entry.plain->digest) {
    return false;
  }
  CountAll(entry, &importing::ImportCounts::unchanged);
  return true;
}

void ImportRun::CountAll(const ImportPlan::Entry& entry,
                         int importing::ImportCounts::*outcome) {
  const auto rows = static_cast<int>(entry.records.answers.size());
  counts_.*outcome += rows;
  groups_[GroupOf(entry)].*outcome += rows;
}

absl::Status ImportRun::RefuseFailed(const ImportPlan::Entry& entry,
                                     const absl::Status& failure) {
  if (!absl::IsFailedPrecondition(failure)) return failure;
  rejects_.RefuseAll(entry.records, "", base::ViolationOf("", failure));
  return absl::OkStatus();
}

void ImportRun::RefuseLaid(const ImportPlan::Entry& entry,
                           const Overlay& overlay) {
  const std::vector<AnswerRecord>& answers = entry.records.answers;
  std::set<std::size_t> faulty;
  for (const AnswerViolation& violation : overlay.violations) {
    const std::string_view column = ColumnOf(violation.reason);
    // What no record says is a fault of the submission, told at its first.
    const std::size_t at = violation.index.value_or(0);
    const std::string key = violation.key();
    rejects_.Add(answers[at],
                 violation.index && column != "item_id"
                     ? plan_.CellAt(answers[at], column)
                     : key,
                 {.field = std::string(column),
                  .reason = std::string(violation.reason),
                  .description = violation.description,
                  .description_ja = violation.description_ja});
    faulty.insert(at);
  }
  rejects_.RefuseBeside(entry.records, faulty);
}

void ImportRun::TakeLaid(const ImportPlan::Entry& entry, const Overlay& overlay,
                         bool is_news) {
  importing::ImportCounts& group = groups_[GroupOf(entry)];
  for (const RowOutcome outcome : overlay.outcomes) {
    switch (outcome) {
      case RowOutcome::kCreated:
        ++counts_.created;
        ++group.created;
        break;
      case RowOutcome::kUnchanged:
        ++(is_news ? counts_.updated : counts_.unchanged);
        ++(is_news ? group.updated : group.unchanged);
        break;
      case RowOutcome::kUpdated:
        ++counts_.updated;
        ++group.updated;
        break;
      case RowOutcome::kDeleted:
        ++counts_.deleted;
        ++group.deleted;
        break;
    }
  }
  omitted_deleted_ += overlay.omitted;
  for (const OverlayChange& change : overlay.changes) {
    if (changes_.size() >= show_changes_) return;
    const auto shorten = [](const std::string& text) {
      return text::Shorten(text, importing::kChangeBytesShown);
    };
    changes_.push_back(
        {.line = change.row ? entry.records.answers[*change.row].line : 0,
         .resource = entry.records.name.ToString(),
         .item = change.place,
         .before = shorten(change.before),
         .after = shorten(change.after)});
  }
}

bool ImportRun::RefuseLoss(const ImportPlan::Entry& entry,
                           const Submission& stored) {
  bool lost = false;
  for (const std::size_t k : entry.blanks) {
    const Answer* before = FindAnswer(stored.answers, entry.answers[k]);
    if (before == nullptr || HoldsNothing(*before)) continue;
    lost = true;
    rejects_.Add(
        entry.records.answers.front(),
        before->row.empty() ? before->item : before->item + '/' + before->row,
        base::MakeViolation(ImportFault("ANSWER_OMITTED"), "item_id"));
  }
  if (lost) rejects_.RefuseBeside(entry.records, {0});
  return lost;
}

void ImportRun::Count(const ImportPlan::Entry& entry, const Standing& standing,
                      const Submission& next) {
  const std::optional<Submission>& stored = standing.submission;
  // Handing a draft in is news of its rows, equal or not.
  const bool handed_in =
      stored && IsReceived(next.state) != IsReceived(stored->state);
  for (const std::size_t at : entry.answer_of) {
    const Answer& answer = entry.answers[at];
    const Answer* before =
        stored ? FindAnswer(stored->answers, answer) : nullptr;
    if (before == nullptr) {
      ++counts_.created;
    } else if (!handed_in && before->content == answer.content &&
               before->other_text == answer.other_text) {
      ++counts_.unchanged;
    } else {
      ++counts_.updated;
    }
  }
}

ImportOutcome ImportRun::outcome() const {
  ImportOutcome outcome;
  outcome.counts = counts_;
  outcome.rejects = rejects_.list();
  outcome.counts.rejected = outcome.rejects.records();
  if (plan_.strategy() == importing::Strategy::kOwn) return outcome;
  outcome.groups = groups_;
  for (const auto& [group, count] : plan_.dropped()) {
    outcome.counts.unchanged += count;
    outcome.groups[group].unchanged += count;
  }
  int record = 0;
  // Most records are of the group of the one before.
  const RecordGroup* last = nullptr;
  importing::ImportCounts* counts = nullptr;
  for (const RecordGroup& group : plan_.groups()) {
    if (last == nullptr || *last != group) counts = &outcome.groups[group];
    last = &group;
    ++counts->rows;
    if (outcome.rejects.IsFaulty(++record)) ++counts->rejected;
  }
  outcome.changes = changes_;
  outcome.omitted_deleted = omitted_deleted_;
  return outcome;
}

}  // namespace welfare::survey
