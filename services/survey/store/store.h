// Where codebooks, rounds, submissions and mappings are kept: each by an
// interface of its own, all in one transaction.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/time/call_limits.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/write_path.h"
#include "services/survey/store/codebook_store.h"
#include "services/survey/store/mapping_store.h"
#include "services/survey/store/round_store.h"
#include "services/survey/store/submission_store.h"

namespace welfare::survey {

// What may be asked of one consistent state. Used by one thread, only inside
// the function it is handed to.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // Whose revisions these are (platform/storage/incarnation.h).
  virtual const std::string& incarnation() const = 0;

  virtual CodebookReader& codebooks() = 0;
  virtual RoundReader& rounds() = 0;
  virtual SubmissionReader& submissions() = 0;
  virtual MappingReader& mappings() = 0;
};

// What may be done inside one transaction. Every write also appends to the
// audit log; personal data never enters it.
class StoreWriter : public StoreReader {
 public:
  // When the change is made: read inside its transaction, so that times follow
  // the order of revisions.
  virtual base::Timestamp time() const = 0;

  CodebookWriter& codebooks() override = 0;
  RoundWriter& rounds() override = 0;
  SubmissionWriter& submissions() override = 0;
  MappingWriter& mappings() override = 0;
};

// Any thread may call it. Implementation: SqlSurveyStore.
//
// Errors of both methods besides what the function returns: those of the
// platform's data layer (UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED).
class SurveyStore {
 public:
  virtual ~SurveyStore() = default;

  virtual absl::Status Read(
      const base::CallLimits& limits,
      const std::function<absl::Status(StoreReader&)>& read) = 0;

  // Runs `change` by the platform's write path, and its errors.
  virtual absl::StatusOr<platform::WritePath::Outcome> Change(
      const platform::WriteRequest& request,
      const std::function<absl::StatusOr<std::string>(StoreWriter&)>&
          change) = 0;
};

}  // namespace welfare::survey
