// Where codebooks, rounds and submissions are kept.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/clock.h"
#include "services/base/resource_name.h"
#include "services/survey/round/frame.h"
#include "services/survey/round/round.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// Stored in the database; do not renumber.
enum class CodebookState { kDraft = 1, kPublished = 2 };

// The text of a codebook's three sheets, CSV in UTF-8.
struct CodebookSheets {
  std::string survey;
  std::string choices;
  std::string settings;

  friend bool operator==(const CodebookSheets&,
                         const CodebookSheets&) = default;
};

// By which rules sheets are read. A codebook keeps those it was imported under,
// so that what it asks never changes. Stored in the database; do not renumber.
enum class SheetRules {
  // Of a group only name and title count; other cells of its rows, lists that
  // no question uses and placeholders outside questions are passed over.
  kFirst = 1,
  // Every cell is used or named as a problem.
  kEveryCell = 2,
};

// One version of a questionnaire as it is kept.
struct StoredCodebook {
  base::CodebookName name;
  std::string title = {};
  CodebookState state = CodebookState::kDraft;
  CodebookSheets sheets = {};
  SheetRules rules = SheetRules::kEveryCell;
  std::string digest = {};  // SHA-256 of the canonical text, hexadecimal
  base::Timestamp create_time = {};
  std::optional<base::Timestamp> publish_time = {};
};

// How long a call may take and who may call it off.
struct StoreLimits {
  std::chrono::steady_clock::time_point deadline =
      std::chrono::steady_clock::time_point::max();
  std::stop_token stop;
};

// Who changes what, and how a repeat is told apart.
struct ChangeRequest {
  std::string method;      // `CreateSubmission`
  std::string request_id;  // empty: every call is a new one
  std::string body;        // the request, serialised deterministically
  std::string actor;
};

// Asks for a page of submissions.
struct SubmissionQuery {
  base::RoundName round;
  std::optional<base::Respondent> after;
  std::optional<base::RespondentKind> kind;
  std::vector<SubmissionState> states = {};  // empty: all
  bool answers = false;                      // otherwise they are left empty
  int limit = 50;
  // The round revision to read at; 0: the current one.
  std::int64_t revision = 0;
};

// One change of a round: what it or a submission is from `revision` on; the
// name alone where the round is deleted.
struct RoundChange {
  std::int64_t revision = 0;
  std::variant<Round, Submission, base::RoundName> after;
};

// Number of submissions by kind and state.
using SubmissionCounts =
    std::map<std::pair<base::RespondentKind, SubmissionState>, int>;

// What may be asked of one consistent state. Used by one thread, only inside
// the function it is handed to. Find returns nothing where there is nothing; a
// deleted round is none, apart from ListRevisions and ListChanges.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // Whose revisions these are (platform/storage/incarnation.h).
  virtual const std::string& incarnation() const = 0;

  virtual absl::StatusOr<std::optional<StoredCodebook>> FindCodebook(
      const base::CodebookName& name) = 0;
  // By version, after `after`; without the sheets.
  virtual absl::StatusOr<std::vector<StoredCodebook>> ListCodebooks(
      const base::SurveyName& survey, std::string_view after, int limit) = 0;

  virtual absl::StatusOr<std::optional<Round>> FindRound(
      const base::RoundName& name) = 0;
  // The round as it was at `revision`. REQUIRES: not ahead of the current one.
  virtual absl::StatusOr<std::optional<Round>> FindRoundAt(
      const base::RoundName& name, std::int64_t revision) = 0;
  // By fiscal year, after `after`.
  virtual absl::StatusOr<std::vector<Round>> ListRounds(
      const base::SurveyName& survey, int after, int limit) = 0;
  // Every round of every survey with its current revision.
  virtual absl::StatusOr<std::vector<std::pair<base::RoundName, std::int64_t>>>
  ListRevisions() = 0;
  // The population frozen by the revision `pin_revision`.
  virtual absl::StatusOr<std::vector<FrameRow>> LoadFrame(
      const base::RoundName& name, std::int64_t pin_revision) = 0;

  virtual absl::StatusOr<std::optional<Submission>> FindSubmission(
      const base::SubmissionName& name) = 0;
  // The last revision that the round revision `revision` includes.
  virtual absl::StatusOr<std::optional<Submission>> FindSubmissionAt(
      const base::SubmissionName& name, std::int64_t revision) = 0;
  // In code order, municipality before council.
  virtual absl::StatusOr<std::vector<Submission>> ListSubmissions(
      const SubmissionQuery& query) = 0;
  virtual absl::StatusOr<int> CountSubmissions(
      const SubmissionQuery& query) = 0;
  // Every submission as it was at the round revision, in code order.
  virtual absl::StatusOr<std::vector<Submission>> LoadSubmissionsAt(
      const base::RoundName& name, std::int64_t revision) = 0;
  // Oldest first, after revision `after` of the submission.
  virtual absl::StatusOr<std::vector<Submission>> ListSubmissionRevisions(
      const base::SubmissionName& name, int after, int limit) = 0;
  // In revision order, after the round revision `after`.
  virtual absl::StatusOr<std::vector<RoundChange>> ListChanges(
      const base::RoundName& name, std::int64_t after, int limit) = 0;
  virtual absl::StatusOr<SubmissionCounts> CountByState(
      const base::RoundName& name) = 0;

  // Personal data; empty where there is none.
  virtual absl::StatusOr<Contact> FindContact(
      const base::SubmissionName& name) = 0;
};

// What may be done inside one transaction. Every call also appends to the
// audit log; personal data never enters it.
class StoreWriter : public StoreReader {
 public:
  // When the change is made: read inside its transaction, so that times follow
  // the order of revisions.
  virtual base::Timestamp time() const = 0;

  // Stores a draft with its sheets and rules, replacing an earlier one of the
  // same name.
  virtual absl::Status StoreCodebook(const StoredCodebook& codebook) = 0;
  virtual absl::Status PublishCodebook(const base::CodebookName& name,
                                       base::Timestamp time) = 0;
  // Stores `round` under a new revision of its own, which it returns. The
  // first one creates the round. `create_time`, `update_time` and `revision`
  // of `round` are ignored; a `pin_revision` below 0 stands for the new one.
  // One in the state kDeleted is no round any more; the next one appended
  // creates it anew, and its revisions go on.
  virtual absl::StatusOr<Round> AppendRound(const Round& round) = 0;
  virtual absl::Status StoreFrame(const Round& round, const Frame& frame) = 0;
  // Stores `submission` under a new revision of its own and of its round and
  // returns it with these filled in.
  virtual absl::StatusOr<Submission> AppendSubmission(
      const Submission& submission) = 0;
  // Replaces the contact; an equal one is no change. Makes no revision.
  virtual absl::Status StoreContact(const base::SubmissionName& name,
                                    const Contact& contact) = 0;
};

// Any thread may call it. Implementation: SqlSurveyStore.
//
// Errors of both methods besides what the function returns: those of the
// platform's data layer (UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED).
class SurveyStore {
 public:
  virtual ~SurveyStore() = default;

  virtual absl::Status Read(
      const StoreLimits& limits,
      const std::function<absl::Status(StoreReader&)>& read) = 0;

  // Runs `change` in one transaction and returns its reply, once per
  // request_id: a repeat returns the first reply. `change` may be run again
  // after a rollback.
  //
  // Errors:
  //   INVALID_ARGUMENT, reason REQUEST_ID_REUSED: the id was used with another
  //   method or body.
  virtual absl::StatusOr<std::string> Change(
      const StoreLimits& limits, const ChangeRequest& request,
      const std::function<absl::StatusOr<std::string>(StoreWriter&)>&
          change) = 0;
};

}  // namespace welfare::survey
