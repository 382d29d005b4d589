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
    if (auto found = codebooks_.Find(name)) return found;
  }
  WELFARE_ASSIGN_OR_RETURN(const auto stored, store.codebooks().Find(name));
  if (!stored) return CodebookNotFound(name);
  const bool published = stored->state == CodebookState::kPublished;
  const DraftKey draft(name, stored->digest, stored->rules);
  if (!published) {
    const std::lock_guard lock(mutex_);
    if (auto found = drafts_.Find(draft)) return found;
  }
  XlsFormReading reading =
      ReadXlsForm(stored->sheets, name.survey, name.version, stored->rules);
  if (reading.check.codebook == nullptr) return StoredValueInvalid("codebook");
  const std::lock_guard lock(mutex_);
  if (published) {
    codebooks_.Put(name, reading.check.codebook);
  } else {
    drafts_.Put(draft, reading.check.codebook);
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
    opened.frame = frames_.Find(key);
    if (opened.frame != nullptr) return opened;
  }
  WELFARE_ASSIGN_OR_RETURN(
      std::vector<FrameRow> rows,
      store.rounds().LoadFrame(round.name, round.pin_revision));
  opened.frame = std::make_shared<const Frame>(std::move(rows));
  const std::lock_guard lock(mutex_);
  frames_.Put(key, opened.frame);
  return opened;
}

absl::StatusOr<OpenedRound> PinnedContent::Load(StoreReader& store,
                                                const base::RoundName& name) {
  WELFARE_ASSIGN_OR_RETURN(const std::optional<Round> round,
                           store.rounds().Find(name));
  if (!round) return RoundNotFound(name);
  return Load(store, *round);
}

void PinnedContent::Forget() {
  const std::lock_guard lock(mutex_);
  codebooks_.Clear();
  drafts_.Clear();
  frames_.Clear();
}

}  // namespace welfare::survey
