#include "services/survey/store/shared_columns.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/platform/work/limited_wait.h"
#include "services/survey/errors.h"

namespace welfare::survey {

absl::StatusOr<RoundColumnsPtr> SharedColumns::Load(
    const base::CallLimits& limits, const base::RoundName& name,
    std::int64_t revision, const Check& check) {
  WELFARE_ASSIGN_OR_RETURN(const Round round,
                           FindRound(limits, name, revision, check));
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
  WELFARE_ASSIGN_OR_RETURN(computing.made, Compute(limits, round));
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

absl::StatusOr<Round> SharedColumns::FindRound(const base::CallLimits& limits,
                                               const base::RoundName& name,
                                               std::int64_t revision,
                                               const Check& check) {
  std::optional<Round> round;
  WELFARE_RETURN_IF_ERROR(
      store_.Read(limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(round, store.rounds().Find(name));
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
          WELFARE_ASSIGN_OR_RETURN(round,
                                   store.rounds().FindAt(name, revision));
          if (!round) return RoundNotFound(name);
        }
        return absl::OkStatus();
      }));
  return *std::move(round);
}

absl::StatusOr<RoundColumnsPtr> SharedColumns::Compute(
    const base::CallLimits& limits, const Round& round) {
  auto made =
      std::make_shared<RoundColumns>(RoundColumns{.opened = {.round = round},
                                                  .codebook = {},
                                                  .respondents = {},
                                                  .columns = {}});
  OpenedRound& opened = made->opened;
  std::vector<Submission> submissions;
  WELFARE_RETURN_IF_ERROR(
      store_.Read(limits, [&](StoreReader& store) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(opened, content_.Load(store, round));
        if (opened.frame == nullptr) {
          return RoundStateWrong(round.name, ToString(round.state),
                                 wanted::kOpened);
        }
        WELFARE_ASSIGN_OR_RETURN(submissions, store.submissions().LoadAt(
                                                  round.name, round.revision));
        WELFARE_ASSIGN_OR_RETURN(auto stored,
                                 store.codebooks().Find(round.codebook));
        if (!stored) return CodebookNotFound(round.codebook);
        made->codebook = *std::move(stored);
        made->codebook.sheets = {};
        return absl::OkStatus();
      }));

  std::vector<const Submission*> rows(opened.frame->size(), nullptr);
  made->respondents.resize(rows.size());
  for (const Submission& submission : submissions) {
    const auto row = opened.frame->Find(submission.name.respondent);
    if (!row) continue;
    rows[*row] = &submission;
    made->respondents[*row] = {.state = submission.state,
                               .received_on = submission.received_on,
                               .revision = submission.revision};
  }
  made->columns = ComputeColumns(*opened.codebook, *opened.frame,
                                 round.name.fiscal_year.value(), rows);
  return made;
}

}  // namespace welfare::survey
