// What one respondent answered, and where that stands.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/base/absence.h"
#include "services/base/names/resource_name.h"
#include "services/base/time/clock.h"
#include "services/base/time/date.h"
#include "services/vocabulary/submission_state.h"

namespace welfare::survey {

// How an answer came. Stored in the database; do not renumber.
enum class Provenance {
  kEntered = 1,    // by the respondent
  kCarried = 2,    // taken over from last year by the respondent's choice
  kImported = 3,   // in bulk
  kCorrected = 4,  // on the respondent's behalf
};

// The codes of a single or multiple answer.
using Codes = std::vector<std::string>;

// A value, or exactly one kind of absence. Zero is a value.
using Content = std::variant<Codes, std::int64_t, std::string, base::Absence>;

// One stored answer: an item, or one row of a table.
struct Answer {
  std::string item;
  std::string row = {};  // empty except in tables
  Content content;
  std::string other_text = {};  // of the option that takes one
  Provenance provenance = Provenance::kEntered;
  // Of an imported one: the mapping that it was read by (mapping/); 0: none.
  std::uint64_t mapping = 0;

  friend bool operator==(const Answer&, const Answer&) = default;
};

// One answer as somebody sent it, before it is checked. `value` is empty where
// nothing was given.
struct SentAnswer {
  std::string item;
  std::string row;
  std::optional<std::variant<Codes, std::int64_t, std::string>> value;
  std::optional<base::Absence> absence;
  std::string other_text;
  Provenance provenance = Provenance::kEntered;
  std::uint64_t mapping = 0;
};

using vocabulary::SubmissionState;

// Returns whether a submission in this state counts as received.
constexpr bool IsReceived(SubmissionState state) {
  return state == SubmissionState::kSubmitted ||
         state == SubmissionState::kAccepted ||
         state == SubmissionState::kFinal;
}

// Returns whether the respondent may change it.
constexpr bool IsEditable(SubmissionState state) {
  return state == SubmissionState::kDraft ||
         state == SubmissionState::kReturned;
}

// One immutable revision of a submission.
struct Submission {
  base::SubmissionName name;
  std::vector<Answer> answers = {};  // in codebook order
  SubmissionState state = SubmissionState::kDraft;
  int revision = 0;                   // of this submission, from 1
  std::int64_t round_revision = 0;    // that this revision made
  std::int64_t registry_version = 0;  // pinned by the round
  std::string digest = {};            // of the answers
  // Day it was received, Asia/Tokyo; absent in a draft that does not say.
  std::optional<base::Date> received_on = {};
  bool late = false;  // received after the window
  // Why this revision was made, or a returned one was given back.
  std::string reason = {};
  base::Timestamp create_time = {};
  base::Timestamp update_time = {};
};

// One answer as AnswersDigest reads it: item, row, value or absence with codes
// in any order, text of "other"; not the provenance. Equal texts mean equal
// answers.
std::string DigestText(const Answer& answer);

// The same piece by piece: a place, what it holds, and the end.
namespace digest_text {
void AddPlace(std::string& out, std::string_view item, std::string_view row);
void AddCodes(std::string& out, std::vector<std::string_view> codes);
void AddInteger(std::string& out, std::int64_t integer);
void AddWords(std::string& out, std::string_view text);
void AddAbsence(std::string& out, base::Absence absence);
void End(std::string& out, std::string_view other_text);
}  // namespace digest_text

// SHA-256 over the answers sorted by item and row: item, row, value or
// absence, text of "other"; not the provenance. Equal digests mean equal
// answers. 64 hexadecimal digits. Stored in the database; do not change.
std::string AnswersDigest(std::span<const Answer> answers);

}  // namespace welfare::survey
