#include "services/survey/api/survey_api.h"

#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "services/base/error.h"
#include "services/base/page_room.h"
#include "services/platform/storage/database.h"
#include "services/survey/api/convert.h"
#include "services/survey/api/requests.h"
#include "services/survey/codebook/label.h"
#include "services/survey/columns/columns.h"
#include "services/survey/errors.h"

namespace welfare::survey {
namespace {

// Changes read at once by StreamRoundChanges, and bytes of one message of it.
constexpr int kChangesAtOnce = 50;
constexpr std::size_t kMessageBytes = std::size_t{2} << 20;

// The row before which a message that begins with row `first` of the column
// ends: its texts decide.
std::size_t EndOfMessage(const Column& column, std::size_t first) {
  base::PageRoom room(std::numeric_limits<int>::max());
  std::size_t end = first;
  for (; end < column.absences.size(); ++end) {
    std::size_t bytes = 20;  // an absence, a code and the lengths
    if (!column.texts.empty()) bytes += column.texts[end].size();
    if (!column.other_texts.empty()) bytes += column.other_texts[end].size();
    if (!room.Take(bytes)) break;
  }
  return end;
}

// Fills the reference year in where a label has no definition of its own: a
// choice and a section are shown with their question.
void FillYears(base::FiscalYear fiscal_year, v1::Codebook& codebook) {
  for (v1::Item& item : *codebook.mutable_items()) {
    const base::FiscalYear year = fiscal_year + item.reference_year_offset();
    item.set_section(FillReferenceYear(item.section(), year));
    for (auto* options : {item.mutable_options(), item.mutable_rows()}) {
      for (v1::Option& option : *options) {
        option.set_label(FillReferenceYear(option.label(), year));
      }
    }
  }
}

}  // namespace

absl::Status SurveyApi::StreamRoundColumns(
    const Call& call, const v1::StreamRoundColumnsRequest& request,
    const Write<v1::StreamRoundColumnsResponse>& write) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  if (request.revision() < 0) {
    return VersionNegative("revision", request.revision());
  }
  OpenedRound opened{.round = {.name = name}};
  std::vector<Submission> submissions;
  v1::Codebook codebook;
  WELFARE_RETURN_IF_ERROR(
      d_.store.Read(Limits(call), [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(std::optional<Round> round,
                                 store.FindRound(name));
        if (!round) return RoundNotFound(name);
        absl::Status pin = CheckStore(
            name, request.data_incarnation(),
            request.revision() > 0 ? request.revision() : round->revision);
        if (!pin.ok()) return pin;
        if (request.revision() > round->revision) {
          return VersionNotReached(request.revision(), round->revision);
        }
        if (request.revision() > 0) {
          WELFARE_ASSIGN_OR_RETURN(round,
                                   store.FindRoundAt(name, request.revision()));
          if (!round) return RoundNotFound(name);
        }
        WELFARE_ASSIGN_OR_RETURN(opened, d_.content.Load(store, *round));
        if (opened.frame == nullptr) {
          return RoundStateWrong(name, round->state, "have been opened");
        }
        WELFARE_ASSIGN_OR_RETURN(
            submissions, store.LoadSubmissionsAt(name, round->revision));
        WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                 store.FindCodebook(round->codebook));
        if (!stored) return CodebookNotFound(round->codebook);
        codebook = ToProto(*stored, opened.codebook.get());
        FillYears(name.fiscal_year, codebook);
        return absl::OkStatus();
      }));

  std::vector<const Submission*> rows(opened.frame->size(), nullptr);
  for (const Submission& submission : submissions) {
    const auto row = opened.frame->Find(submission.name.respondent);
    if (row) rows[*row] = &submission;
  }
  const std::vector<Column> columns = ComputeColumns(
      *opened.codebook, *opened.frame, name.fiscal_year.value(), rows);

  v1::StreamRoundColumnsResponse first;
  auto& header = *first.mutable_header();
  *header.mutable_round() = ToProto(opened.round);
  *header.mutable_codebook() = std::move(codebook);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    v1::Frame::Row& row = *header.mutable_frame()->add_rows();
    row = ToProto(opened.frame->row(r));
    if (rows[r] == nullptr) continue;
    row.set_state(static_cast<v1::Submission::State>(rows[r]->state));
    if (const auto& day = rows[r]->received_on) {
      row.set_late(IsLate(opened.round, *day));
      *row.mutable_received_on() = ToProto(*day);
    }
    row.set_revision(rows[r]->revision);
  }
  header.set_columns(static_cast<std::int32_t>(columns.size()));
  WELFARE_RETURN_IF_ERROR(write(first));
  for (const Column& column : columns) {
    std::size_t first_row = 0;
    do {
      const std::size_t end = EndOfMessage(column, first_row);
      v1::StreamRoundColumnsResponse part;
      *part.mutable_column() =
          ToProto(column, *opened.codebook, first_row, end);
      WELFARE_RETURN_IF_ERROR(write(part));
      first_row = end;
    } while (first_row < column.absences.size());
  }
  return absl::OkStatus();
}

absl::Status SurveyApi::StreamRoundChanges(
    const Call& call, const v1::StreamRoundChangesRequest& request, bool first,
    std::int64_t& sent, const Write<v1::StreamRoundChangesResponse>& write) {
  WELFARE_ASSIGN_OR_RETURN(const auto name,
                           ParseName<base::RoundName>("name", request.name()));
  if (sent < 0) return VersionNegative("after_revision", sent);
  while (true) {
    std::vector<RoundChange> changes;
    std::optional<Round> round;
    StoreLimits limits = Limits(call);
    if (request.follow()) {
      limits.deadline =
          platform::CallLimits::After(platform::Database::kDefaultTimeout)
              .deadline;
    }
    WELFARE_RETURN_IF_ERROR(
        d_.store.Read(limits, [&](StoreReader& store) -> absl::Status {
          WELFARE_ASSIGN_OR_RETURN(round, store.FindRound(name));
          if (first) {
            absl::Status pin =
                CheckStore(name, request.data_incarnation(), sent);
            if (!pin.ok()) return pin;
          }
          if (round && sent > round->revision) {
            return VersionNotReached(sent, round->revision);
          }
          WELFARE_ASSIGN_OR_RETURN(
              changes, store.ListChanges(name, sent, kChangesAtOnce));
          // Who knew a round that is deleted is told; for everybody else there
          // is none.
          if (!round && (sent == 0 || changes.empty())) {
            return RoundNotFound(name);
          }
          return absl::OkStatus();
        }));
    if (!changes.empty() || first) {
      v1::StreamRoundChangesResponse response;
      std::size_t bytes = 0;
      for (const RoundChange& change : changes) {
        if (bytes > kMessageBytes) {
          response.set_round_revision(sent);
          WELFARE_RETURN_IF_ERROR(write(response));
          response.Clear();
          bytes = 0;
        }
        auto& one = *response.add_changes();
        one.set_round_revision(change.revision);
        if (const auto* submission = std::get_if<Submission>(&change.after)) {
          *one.mutable_submission() = ToProto(*submission, *round, true);
        } else if (const auto* after = std::get_if<Round>(&change.after)) {
          *one.mutable_round() = ToProto(*after);
        } else {
          one.set_deleted(std::get<base::RoundName>(change.after).ToString());
        }
        sent = change.revision;
        bytes += one.ByteSizeLong();
      }
      response.set_round_revision(sent);
      WELFARE_RETURN_IF_ERROR(write(response));
      first = false;
    }
    // A deleted round has no further changes; the next look says so.
    if (!round) continue;
    if (sent >= round->revision) return absl::OkStatus();
  }
}

}  // namespace welfare::survey
