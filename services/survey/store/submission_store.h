// What is asked and written of submissions and their contacts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/resource_name.h"
#include "services/base/names/respondent.h"
#include "services/survey/progress/progress.h"
#include "services/survey/submission/contact.h"
#include "services/survey/submission/submission.h"

namespace welfare::survey {

// Asks for a page of submissions.
struct SubmissionQuery {
  base::RoundName round;
  std::optional<base::Respondent> after = {};
  std::optional<base::RespondentKind> kind = {};
  std::optional<base::Respondent> only = {};  // of nobody else
  std::vector<SubmissionState> states = {};   // empty: all
  bool answers = false;                       // otherwise they are left empty
  int limit = 50;
  // The round revision to read at; 0: the current one.
  std::int64_t revision = 0;
};

// Submissions in one consistent state; a part of StoreReader. Find returns
// nothing where there is nothing.
class SubmissionReader {
 public:
  virtual ~SubmissionReader() = default;

  virtual absl::StatusOr<std::optional<Submission>> Find(
      const base::SubmissionName& name) = 0;
  // The last revision that the round revision `revision` includes.
  virtual absl::StatusOr<std::optional<Submission>> FindAt(
      const base::SubmissionName& name, std::int64_t revision) = 0;
  // In code order, municipality before council.
  virtual absl::StatusOr<std::vector<Submission>> List(
      const SubmissionQuery& query) = 0;
  virtual absl::StatusOr<int> Count(const SubmissionQuery& query) = 0;
  // Of the respondents whose codes lie between two, both included: what is
  // there now, without answers.
  virtual absl::StatusOr<std::vector<Submission>> ListHeads(
      const base::RoundName& name, const base::MunicipalityCode& first,
      const base::MunicipalityCode& last) = 0;
  // Every submission as it was at the round revision, in code order.
  virtual absl::StatusOr<std::vector<Submission>> LoadAt(
      const base::RoundName& name, std::int64_t revision) = 0;
  // Why the submission was given back when it last was; empty where it is not
  // RETURNED now.
  virtual absl::StatusOr<std::string> FindReturnReason(
      const base::SubmissionName& name) = 0;
  // Oldest first, after revision `after` of the submission.
  virtual absl::StatusOr<std::vector<Submission>> ListRevisions(
      const base::SubmissionName& name, int after, int limit) = 0;
  // Submissions as the round revisions after `after` made them, in order.
  virtual absl::StatusOr<std::vector<Submission>> ListChanges(
      const base::RoundName& name, std::int64_t after, int limit) = 0;
  virtual absl::StatusOr<SubmissionCounts> CountByState(
      const base::RoundName& name) = 0;
  // When a submission of the round was last handed in.
  virtual absl::StatusOr<std::optional<base::Timestamp>> FindLastHandedIn(
      const base::RoundName& name) = 0;

  // Personal data; empty where there is none.
  virtual absl::StatusOr<Contact> FindContact(
      const base::SubmissionName& name) = 0;
};

// A part of StoreWriter.
class SubmissionWriter : public SubmissionReader {
 public:
  // Stores `submission` under a new revision of its own and of its round and
  // returns it with these filled in.
  virtual absl::StatusOr<Submission> Append(Submission submission) = 0;
  // The same for many of one round, each of another respondent, in their order;
  // as many as a batch has cost little more than one.
  struct Revision {
    const Submission* submission = nullptr;
    // Its answers as they are stored, where it has none itself.
    const std::string* answers = nullptr;
  };
  virtual absl::Status AppendAll(const base::RoundName& name,
                                 std::span<const Revision> revisions) = 0;
  // Replaces the contact; an equal one is no change. Makes no revision.
  virtual absl::Status StoreContact(const base::SubmissionName& name,
                                    const Contact& contact) = 0;
};

}  // namespace welfare::survey
