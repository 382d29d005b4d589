#include "services/survey/files/import_run.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/base/error.h"
#include "services/survey/files/import_faults.h"

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

bool HoldsNothing(const Answer& answer) {
  const auto* absence = std::get_if<base::Absence>(&answer.content);
  return absence != nullptr && *absence == base::Absence::kNoAnswer;
}

}  // namespace

ImportRun::ImportRun(const ImportPlan& plan,
                     const std::map<base::RoundName, Round>& rounds,
                     base::Timestamp now)
    : plan_(plan),
      rounds_(plan.rounds()),
      now_(now),
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
  if (stored && RefuseLoss(entry, *stored)) return std::nullopt;
  absl::StatusOr<PlannedChange> planned =
      header_alone ? PlanHeader(standing, opened, header)
                   : PlanImport(standing, opened, records.name, entry.answers,
                                header, now_);
  if (!planned.ok()) {
    if (!absl::IsFailedPrecondition(planned.status())) return planned.status();
    rejects_.RefuseAll(records, "", base::ViolationOf("", planned.status()));
    return std::nullopt;
  }
  Count(entry, standing, planned->submission);
  return *std::move(planned);
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
  return outcome;
}

}  // namespace welfare::survey
