#include "services/survey/api/round_columns.h"

#include <cstddef>
#include <optional>

#include "services/base/error.h"
#include "services/platform/work/limited_wait.h"
#include "services/survey/api/convert.h"
#include "services/survey/codebook/label.h"
#include "services/survey/errors.h"

namespace welfare::survey {
namespace {

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

absl::StatusOr<RoundColumnsPtr> SharedColumns::Load(
    const platform::CallLimits& limits, const base::RoundName& name,
    std::int64_t revision, const Check& check) {
  const StoreLimits store_limits{.deadline = limits.deadline,
                                 .stop = limits.stop};
  WELFARE_ASSIGN_OR_RETURN(const Round round,
                           FindRound(store_limits, name, revision, check));
  const Key key{name, round.revision};
  {
    std::unique_lock lock(mutex_);
    WELFARE_RETURN_IF_ERROR(
        platform::WaitWithin(lock, changed_, limits, "columns of a round",
                             [&] { return !slots_[key].computing; }));
    if (RoundColumnsPtr made = slots_[key].made.lock()) return made;
    slots_[key].computing = true;
  }
  // Whoever waits must not wait for one that failed, however it did.
  struct Computing {
    SharedColumns& columns;
    const Key& key;
    RoundColumnsPtr made;
    ~Computing() { columns.Put(key, made); }
  } computing{*this, key, nullptr};
  WELFARE_ASSIGN_OR_RETURN(computing.made, Compute(store_limits, round));
  return computing.made;
}

void SharedColumns::Put(const Key& key, const RoundColumnsPtr& made) {
  {
    const std::lock_guard lock(mutex_);
    slots_[key] = {.computing = false, .made = made};
    std::erase_if(slots_, [](const auto& slot) {
      return !slot.second.computing && slot.second.made.expired();
    });
  }
  changed_.notify_all();
}

absl::StatusOr<Round> SharedColumns::FindRound(const StoreLimits& limits,
                                               const base::RoundName& name,
                                               std::int64_t revision,
                                               const Check& check) {
  std::optional<Round> round;
  WELFARE_RETURN_IF_ERROR(
      store_.Read(limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(round, store.FindRound(name));
        if (!round) return RoundNotFound(name);
        if (check) {
          const absl::Status kept =
              check(revision > 0 ? revision : round->revision);
          if (!kept.ok()) return kept;
        }
        if (revision > round->revision) {
          return VersionNotReached(revision, round->revision);
        }
        if (revision > 0) {
          WELFARE_ASSIGN_OR_RETURN(round, store.FindRoundAt(name, revision));
          if (!round) return RoundNotFound(name);
        }
        return absl::OkStatus();
      }));
  return *std::move(round);
}

absl::StatusOr<RoundColumnsPtr> SharedColumns::Compute(
    const StoreLimits& limits, const Round& round) {
  OpenedRound opened{.round = round};
  std::vector<Submission> submissions;
  v1::Codebook codebook;
  WELFARE_RETURN_IF_ERROR(
      store_.Read(limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(opened, content_.Load(store, round));
        if (opened.frame == nullptr) {
          return RoundStateWrong(round.name, round.state, "have been opened");
        }
        WELFARE_ASSIGN_OR_RETURN(
            submissions, store.LoadSubmissionsAt(round.name, round.revision));
        WELFARE_ASSIGN_OR_RETURN(const auto stored,
                                 store.FindCodebook(round.codebook));
        if (!stored) return CodebookNotFound(round.codebook);
        codebook = ToProto(*stored, opened.codebook.get());
        FillYears(round.name.fiscal_year, codebook);
        return absl::OkStatus();
      }));

  std::vector<const Submission*> rows(opened.frame->size(), nullptr);
  for (const Submission& submission : submissions) {
    const auto row = opened.frame->Find(submission.name.respondent);
    if (row) rows[*row] = &submission;
  }
  auto made = std::make_shared<RoundColumns>();
  made->codebook = opened.codebook;
  made->columns = ComputeColumns(*opened.codebook, *opened.frame,
                                 round.name.fiscal_year.value(), rows);
  v1::StreamRoundColumnsResponse::Header& header = made->header;
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
  header.set_columns(static_cast<std::int32_t>(made->columns.size()));
  return made;
}

}  // namespace welfare::survey
