// What rounds have pinned, served from memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/codebook/stored_codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/opened_round.h"
#include "services/survey/store/last_used.h"
#include "services/survey/store/store.h"

namespace welfare::survey {

// Published codebooks and frozen populations, read from the store when they are
// first used: they never change, so nothing here is ever out of date, once it
// is committed; when a commit has failed, Forget. A draft
// is kept as long as its digest is the stored one. As many are kept as offices
// have rounds at work, however many there are. Any thread may call it.
class PinnedContent {
 public:
  // Returns the compiled codebook.
  //
  // Errors:
  //   NOT_FOUND, CODEBOOK_NOT_FOUND.
  //   INTERNAL, STORED_VALUE_INVALID: what is stored is no codebook any more.
  absl::StatusOr<std::shared_ptr<const Codebook>> LoadCodebook(
      StoreReader& store, const base::CodebookName& name);

  // Returns `round` with its codebook and, once opened, its frame.
  absl::StatusOr<OpenedRound> Load(StoreReader& store, const Round& round);

  // As Load, for the current state of the round `name`.
  //
  // Errors: NOT_FOUND, ROUND_NOT_FOUND.
  absl::StatusOr<OpenedRound> Load(StoreReader& store,
                                   const base::RoundName& name);

  // Drops everything: some of it may have been read from changes that were
  // taken back since.
  void Forget();

 private:
  // A frame is what one registry version says of a round; the revision tells
  // two pins of one version apart. The version stands in the key because a
  // round may be opened twice under one revision: a group of writes that reads
  // its own opening may yet be rolled back.
  using FrameKey = std::tuple<base::RoundName, std::int64_t, std::int64_t>;

  // A draft is compiled from its sheets by one set of rules; equal digests are
  // equal sheets.
  using DraftKey = std::tuple<base::CodebookName, std::string, SheetRules>;

  static constexpr std::size_t kCodebooksKept = 32;
  static constexpr std::size_t kDraftsKept = 8;
  static constexpr std::size_t kFramesKept = 32;

  std::mutex mutex_;
  LastUsed<base::CodebookName, Codebook> codebooks_{kCodebooksKept};
  LastUsed<DraftKey, Codebook> drafts_{kDraftsKept};
  LastUsed<FrameKey, Frame> frames_{kFramesKept};
};

}  // namespace welfare::survey
