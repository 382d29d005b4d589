// Free text of an answer as a report may show it: what an editor made of it, and
// what its respondent says to that.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/base/time/clock.h"
#include "services/report/snapshot/snapshot.h"
#include "services/vocabulary/publish_level.h"
#include "services/vocabulary/word.h"

namespace welfare::report {

// How the respondent is named. Stored in databases, part of the API; do not
// renumber.
enum class Attribution {
  kKind = 1,   // 自治体, 社協
  kArea = 2,   // 区部の自治体
  kNamed = 3,  // 千代田区
};

inline constexpr vocabulary::Word<Attribution> kAttributions[] = {
    {Attribution::kKind, "KIND"},
    {Attribution::kArea, "AREA"},
    {Attribution::kNamed, "NAMED"},
};

// Stored in databases, part of the API; do not renumber.
enum class Consent {
  kNone = 1,
  kGiven = 2,
  kWithdrawn = 3,
};

inline constexpr vocabulary::Word<Consent> kConsents[] = {
    {Consent::kNone, "NONE"},
    {Consent::kGiven, "GIVEN"},
    {Consent::kWithdrawn, "WITHDRAWN"},
};

constexpr std::string_view ToString(Consent value) {
  return vocabulary::NameIn(kConsents, value);
}

struct Excerpt {
  std::string survey;
  int fiscal_year = 0;
  std::string id;          // in the round: consent-1
  std::string respondent;  // 131016-municipality
  std::string item;        // mlc_consent_issue, or `item/row`
  std::string original_text;
  int source_revision = 0;  // of the submission
  std::string edited_text;
  std::string category;
  Attribution attribution = Attribution::kKind;
  std::string editor;
  Consent consent = Consent::kNone;
  // Of a consent that was given: for which readers.
  std::optional<vocabulary::PublishLevel> consent_level;
  std::string consent_note;  // of staff; empty: the respondent said so itself
  std::optional<base::Timestamp> consent_time;
  std::string consent_by;  // subject of who recorded it
  // The respondent has answered for this text itself: it alone can consent to it.
  bool respondent_decides = false;
  int revision = 0;  // from 1
  base::Timestamp create_time;
  base::Timestamp update_time;

  // `surveys/jusou/rounds/2025/excerpts/consent-1`.
  std::string Name() const;
  // `surveys/jusou/rounds/2025/submissions/131016-municipality`.
  std::string SubmissionName() const;
};

// A written answer as the survey has it.
struct SourceAnswer {
  std::string text;  // empty: nothing is written
  int revision = 0;  // of the submission
};

// Returns `excerpt` with what an editor changed and what its answer is now. A
// consent is to a text: where what would be printed or the answer is another,
// there is none any more.
Excerpt Edit(const Excerpt& excerpt, const Excerpt& edited,
             const SourceAnswer& source);

// What is said of an excerpt.
struct ConsentWords {
  Consent consent = Consent::kGiven;
  // For which readers; where it is given alone.
  std::optional<vocabulary::PublishLevel> level;
  std::string note;  // how the respondent said so
  std::string by;    // subject of the caller
};

// Returns `excerpt` as staff records what its respondent said; nothing where that
// is a consent and the respondent has answered itself.
std::optional<Excerpt> StateConsent(const Excerpt& excerpt,
                                    const ConsentWords& words,
                                    base::Timestamp now);
// Returns `excerpt` as its respondent answers for it. Who edits it stays.
Excerpt DecideConsent(const Excerpt& excerpt, const ConsentWords& words,
                      base::Timestamp now);

// Whether a consent for readers of `given` covers those of `wanted`: counts and
// names are published to everybody alike.
bool Covers(vocabulary::PublishLevel given, vocabulary::PublishLevel wanted);

// Why an excerpt may not be printed; nothing where it may.
enum class Hindrance {
  kMissing,    // there is none
  kNoConsent,  // its respondent has not said that it may
  kWithdrawn,  // its respondent took that back
  kUncounted,  // the answer is no longer one that counts
  kChanged,    // the answer is another
};
// `source`: unset where the respondent does not count at the revision of the
// report.
std::optional<Hindrance> FindHindrance(
    const Excerpt* excerpt, const std::optional<SourceAnswer>& source);
// The same of what is known without a look at the answer.
std::optional<Hindrance> FindHindrance(const Excerpt* excerpt);
// In both languages: `its respondent has not consented`.
std::string_view HindranceWords(Hindrance hindrance);
std::string_view HindranceWordsJa(Hindrance hindrance);

// Returns what is printed of `excerpt` where municipalities are those of
// `rosters`.
PrintedExcerpt Print(const Excerpt& excerpt, const std::vector<Roster>& rosters);

// SHA-256 of all that is printed of an excerpt, hexadecimal.
std::string PrintedDigest(const Excerpt& excerpt);

}  // namespace welfare::report
