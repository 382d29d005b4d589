#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "absl/status/statusor.h"

#include "services/base/resource_name.h"
#include "services/survey/codebook/codebook.h"
#include "services/survey/round/frame.h"
#include "services/survey/store/store.h"
#include "services/survey/submission/intake.h"

namespace welfare::survey {

// Published codebooks and frozen populations, read from the store once and
// kept: they never change, so nothing here is ever out of date. Of drafts the
// last few are kept, each as long as its digest is the stored one. Any thread
// may call it.
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

 private:
  // A frame is what one registry version says of a round; the revision tells
  // two pins of one version apart. The version stands in the key because a
  // round may be opened twice under one revision: a group of writes that reads
  // its own opening may yet be rolled back.
  using FrameKey = std::tuple<base::RoundName, std::int64_t, std::int64_t>;

  // A draft is compiled from its sheets by one set of rules; equal digests are
  // equal sheets.
  struct Draft {
    base::CodebookName name;
    std::string digest;
    SheetRules rules;
    std::shared_ptr<const Codebook> codebook;
  };
  static constexpr std::size_t kDraftsKept = 8;

  std::mutex mutex_;
  std::map<base::CodebookName, std::shared_ptr<const Codebook>> codebooks_;
  std::map<FrameKey, std::shared_ptr<const Frame>> frames_;
  std::deque<Draft> drafts_;  // the last one compiled first
};

}  // namespace welfare::survey
