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

ImportReject MakeReject(const std::string& source_file,
                        const AnswerRecord& record, std::string_view column,
                        std::string_view value, std::string_view reason,
                        std::string_view message) {
  return {.source_file = source_file,
          .line = record.line,
          .record = record.record,
          .column = std::string(column),
          .value = std::string(value),
          .reason = std::string(reason),
          .message = std::string(message),
          .raw = record.raw};
}

std::string_view CellOf(const AnswerRecord& record, std::string_view column) {
  if (column == "item_id") return record.item;
  if (column == "absence") return record.absence;
  if (column == "other_text") return record.other_text;
  if (column == "value") return record.value;
  return "";
}

// Refuses every record of a submission for one reason that is not its own. A
// header that stands alone is named instead of answers.
void RefuseAll(const ImportBatch& batch, const SubmissionRecords& records,
               std::string_view column, std::string_view value,
               std::string_view reason, std::string_view message,
               std::vector<ImportReject>& rejects) {
  for (const AnswerRecord& record : records.answers) {
    rejects.push_back(
        MakeReject(batch.source_file, record, column, value, reason, message));
  }
  if (records.answers.empty() && records.header) {
    rejects.push_back({.source_file = batch.headers_file,
                       .line = records.header->line,
                       .record = records.header->record,
                       .column = std::string(column),
                       .value = std::string(value),
                       .reason = std::string(reason),
                       .message = std::string(message),
                       .raw = ""});
  }
}

const Answer* FindAnswer(const std::vector<Answer>& answers,
                         const Answer& like) {
  const auto it =
      std::find_if(answers.begin(), answers.end(), [&](const Answer& answer) {
        return answer.item == like.item && answer.row == like.row;
      });
  return it == answers.end() ? nullptr : &*it;
}

}  // namespace

absl::StatusOr<ImportPlan> ImportPlan::Make(StoreReader& store,
                                            PinnedContent& content,
                                            ImportBatch batch) {
  ImportPlan plan;
  plan.rejects_ = std::move(batch.rejects);
  plan.refused_rows_ = batch.refused_rows;
  const std::string& file = batch.source_file;
  for (SubmissionRecords& records : batch.submissions) {
    const int rows = static_cast<int>(records.answers.size());
    if (records.refused) {
      RefuseAll(batch, records, "", "", kRejected,
                "Another record of this submission is wrong.", plan.rejects_);
      plan.refused_rows_ += rows;
      continue;
    }
    const base::RoundName name = records.name.parent();
    auto round = plan.rounds_.find(name);
    if (round == plan.rounds_.end()) {
      auto opened = content.Load(store, name);
      if (absl::IsNotFound(opened.status())) {
        RefuseAll(batch, records, "fiscal_year", name.fiscal_year.ToString(),
                  base::ReasonOf(opened.status()),
                  base::MessageOf(opened.status()), plan.rejects_);
        plan.refused_rows_ += rows;
        continue;
      }
      WELFARE_RETURN_IF_ERROR(opened.status());
      round = plan.rounds_.emplace(name, *std::move(opened)).first;
    }
    const OpenedRound& opened = round->second;
    if (opened.frame == nullptr) {
      RefuseAll(batch, records, "", "", "ROUND_NOT_OPEN",
                "The round was never opened; open it first.", plan.rejects_);
      plan.refused_rows_ += rows;
      continue;
    }
    const auto row = opened.frame->Find(records.name.respondent);
    if (!row) {
      RefuseAll(batch, records, "municipality_code",
                records.name.respondent.municipality.ToString(),
                "UNKNOWN_MUNICIPALITY",
                "The round's population has no such respondent.",
                plan.rejects_);
      plan.refused_rows_ += rows;
      continue;
    }
    // A header alone belongs to a submission that is there already.
    if (records.answers.empty()) {
      plan.ready_.push_back(
          {.records = std::move(records), .answers = {}, .answer_of = {}});
      continue;
    }

    std::vector<SentAnswer> sent;
    std::set<std::size_t> faulty;
    const std::size_t before = plan.rejects_.size();
    for (std::size_t i = 0; i < records.answers.size(); ++i) {
      const AnswerRecord& record = records.answers[i];
      bool unknown_absence = false;
      sent.push_back(ToSent(*opened.codebook, record, unknown_absence));
      if (unknown_absence) {
        faulty.insert(i);
        plan.rejects_.push_back(MakeReject(
            file, record, "absence", record.absence, "ABSENCE_UNKNOWN",
            "Write NO_ANSWER, NOT_COUNTED or UNKNOWN."));
      }
    }
    ValidationResult result = ValidateAnswers(
        *opened.codebook, opened.frame->row(*row), name.fiscal_year.value(),
        sent, Completeness::kCompleteFromFile);
    for (const AnswerViolation& violation : result.violations) {
      const std::size_t at = violation.index.value_or(0);
      // The unknown word was named already.
      if (violation.reason == reason::kEmptyAnswer && faulty.contains(at)) {
        continue;
      }
      const AnswerRecord& record = records.answers[at];
      const std::string_view column = ColumnOf(violation.reason);
      plan.rejects_.push_back(
          MakeReject(file, record, column,
                     violation.index ? CellOf(record, column)
                                     : std::string_view(violation.key()),
                     violation.reason, violation.description));
      faulty.insert(at);
    }
    if (plan.rejects_.size() != before) {
      for (std::size_t i = 0; i < records.answers.size(); ++i) {
        if (faulty.contains(i)) continue;
        plan.rejects_.push_back(
            MakeReject(file, records.answers[i], "", "", kRejected,
                       "Another record of this submission is wrong."));
      }
      plan.refused_rows_ += rows;
      continue;
    }
    Ready ready{.records = std::move(records),
                .answers = std::move(result.answers),
                .answer_of = {}};
    for (const SentAnswer& one : sent) {
      const auto it = std::find_if(ready.answers.begin(), ready.answers.end(),
                                   [&](const Answer& answer) {
                                     return answer.item == one.item &&
                                            answer.row == one.row;
                                   });
      ready.answer_of.push_back(
          static_cast<std::size_t>(it - ready.answers.begin()));
    }
    plan.ready_.push_back(std::move(ready));
  }
  batch.rejects.clear();
  batch.submissions.clear();
  plan.batch_ = std::move(batch);
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
    const OpenedRound& opened = rounds.at(ready.records.name.parent());
    SubmissionInput header;
    if (ready.records.header) {
      header.contact = ready.records.header->contact;
      header.received_on = ready.records.header->received_on;
    }
    WELFARE_ASSIGN_OR_RETURN(const std::optional<Submission> stored,
                             store.FindSubmission(ready.records.name));
    if (ready.records.answers.empty() && !stored) {
      RefuseAll(batch_, ready.records, "", "", "SUBMISSION_NOT_FOUND",
                "The header belongs to no submission; send its answers in the "
                "same batch.",
                outcome.rejects);
      continue;
    }
    const auto planned = ready.records.answers.empty()
                             ? PlanHeader(*stored, opened, header)
                             : PlanImport(stored, opened, ready.records.name,
                                          ready.answers, header, now);
    const int rows = static_cast<int>(ready.records.answers.size());
    if (!planned.ok()) {
      if (!absl::IsFailedPrecondition(planned.status())) {
        return planned.status();
      }
      RefuseAll(batch_, ready.records, "", "", base::ReasonOf(planned.status()),
                base::MessageOf(planned.status()), outcome.rejects);
      outcome.counts.rejected += rows;
      continue;
    }
    for (std::size_t i = 0; i < ready.records.answers.size(); ++i) {
      const Answer& answer = ready.answers[ready.answer_of[i]];
      const Answer* before =
          stored ? FindAnswer(stored->answers, answer) : nullptr;
      if (before == nullptr) {
        ++outcome.counts.created;
      } else if (before->content == answer.content &&
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
  std::stable_sort(outcome.rejects.begin(), outcome.rejects.end(),
                   [&](const ImportReject& a, const ImportReject& b) {
                     return std::pair(a.raw.empty(), a.record) <
                            std::pair(b.raw.empty(), b.record);
                   });
  return outcome;
}

}  // namespace welfare::survey
