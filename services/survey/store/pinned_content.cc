#include "services/survey/store/pinned_content.h"

#include <optional>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/survey/errors.h"
#include "services/survey/files/codebook_xlsform.h"

namespace welfare::survey {

absl::StatusOr<std::shared_ptr<const Codebook>> PinnedContent::LoadCodebook(
    StoreReader& store, const base::CodebookName& name) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = codebooks_.find(name);
    if (found != codebooks_.end()) return found->second;
  }
  WELFARE_ASSIGN_OR_RETURN(const auto stored, store.FindCodebook(name));
  if (!stored) return CodebookNotFound(name);
  const bool published = stored->state == CodebookState::kPublished;
  if (!published) {
    const std::lock_guard lock(mutex_);
    for (const Draft& draft : drafts_) {
      if (draft.name == name && draft.digest == stored->digest &&
          draft.rules == stored->rules) {
        return draft.codebook;
      }
    }
  }
  XlsFormReading reading =
      ReadXlsForm(stored->sheets, name.survey, name.version, stored->rules);
  if (reading.check.codebook == nullptr) return StoredValueInvalid("codebook");
  const std::lock_guard lock(mutex_);
  if (published) {
    codebooks_.emplace(name, reading.check.codebook);
  } else {
    std::erase_if(drafts_,
                  [&](const Draft& draft) { return draft.name == name; });
    if (drafts_.size() == kDraftsKept) drafts_.pop_back();
    drafts_.push_front({.name = name,
                        .digest = stored->digest,
                        .rules = stored->rules,
                        .codebook = reading.check.codebook});
  }
  return std::move(reading.check.codebook);
}

absl::StatusOr<OpenedRound> PinnedContent::Load(StoreReader& store,
                                                const Round& round) {
  OpenedRound opened{.round = round};
  WELFARE_ASSIGN_OR_RETURN(opened.codebook,
                           LoadCodebook(store, round.codebook));
  if (round.pin_revision == 0) return opened;
  const FrameKey key(round.name, round.pin_revision, round.registry_version);
  {
    const std::lock_guard lock(mutex_);
    const auto found = frames_.find(key);
    if (found != frames_.end()) {
      opened.frame = found->second;
      return opened;
    }
  }
  WELFARE_ASSIGN_OR_RETURN(std::vector<FrameRow> rows,
                           store.LoadFrame(round.name, round.pin_revision));
  opened.frame = std::make_shared<const Frame>(std::move(rows));
  const std::lock_guard lock(mutex_);
  frames_.emplace(key, opened.frame);
  return opened;
}

absl::StatusOr<OpenedRound> PinnedContent::Load(StoreReader& store,
                                                const base::RoundName& name) {
  WELFARE_ASSIGN_OR_RETURN(const std::optional<Round> round,
                           store.FindRound(name));
  if (!round) return RoundNotFound(name);
  return Load(store, *round);
}

}  // namespace welfare::survey
