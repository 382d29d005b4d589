#pragma once

#include <string_view>

#include "services/vocabulary/word.h"

namespace welfare::vocabulary {

// Where a submission stands.
// Stored in databases and snapshots, sent between services; do not renumber.
enum class SubmissionState {
  kDraft = 1,      // 下書き; counts nowhere
  kSubmitted = 2,  // 提出
  kReturned = 3,   // 差戻し; counts nowhere
  kAccepted = 4,   // 受理
  kFinal = 5,      // 確定
};

inline constexpr Word<SubmissionState> kSubmissionStates[] = {
    {SubmissionState::kDraft, "DRAFT"},
    {SubmissionState::kSubmitted, "SUBMITTED"},
    {SubmissionState::kReturned, "RETURNED"},
    {SubmissionState::kAccepted, "ACCEPTED"},
    {SubmissionState::kFinal, "FINAL"},
};

constexpr std::string_view ToString(SubmissionState value) {
  return NameIn(kSubmissionStates, value);
}

}  // namespace welfare::vocabulary
