// Where excerpts of written answers are kept.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/platform/storage/write_path.h"
#include "services/report/excerpt/excerpt.h"

namespace welfare::report {

// Makes the next revision of an excerpt at a time. May be called again.
using ExcerptChange =
    std::function<absl::StatusOr<Excerpt>(const Excerpt&, base::Timestamp)>;

// Keeps every revision of an excerpt for ever; the last one counts. Any thread
// may call it.
//
// Invariants:
//   A revision, its audit record, which holds nothing of the text, and the reply
//   to its request are stored in one transaction.
class ExcerptStore {
 public:
  ExcerptStore() = default;
  ExcerptStore(const ExcerptStore&) = delete;
  ExcerptStore& operator=(const ExcerptStore&) = delete;
  virtual ~ExcerptStore() = default;

  // Stores the first revision, and returns it; that of the first request when
  // this one is a repeat.
  //
  // Errors, of every function: those of the engine; here also
  //   ALREADY_EXISTS, reason EXCERPT_EXISTS; INVALID_ARGUMENT, reason
  //   REQUEST_ID_REUSED.
  virtual absl::StatusOr<Excerpt> Create(const platform::WriteRequest& request,
                                         const Excerpt& excerpt) = 0;

  // Stores what `change` makes of the excerpt called `name`, whose etag is
  // `etag` (empty: whatever it is), as its next revision, and returns it; that of
  // the first request when this one is a repeat. `change` sets neither revision
  // nor times, but the time of a consent; what it refuses is not stored.
  //
  // Errors: NOT_FOUND, reason EXCERPT_NOT_FOUND; ABORTED, reason ETAG_MISMATCH;
  //   INVALID_ARGUMENT, reason REQUEST_ID_REUSED; those of `change`.
  virtual absl::StatusOr<Excerpt> Change(
      const platform::WriteRequest& request, const std::string& name,
      const std::string& etag,
      const ExcerptChange& change) = 0;

  // Errors: NOT_FOUND, reason EXCERPT_NOT_FOUND.
  virtual absl::StatusOr<Excerpt> Get(const std::string& name,
                                      const base::CallLimits& limits) = 0;

  // Returns up to `limit` excerpts of a round by id, after `after` (empty: from
  // the first).
  virtual absl::StatusOr<std::vector<Excerpt>> List(
      const std::string& survey, int fiscal_year, const std::string& after,
      int limit, const base::CallLimits& limits) = 0;

  // Returns those of them that are of answers of `respondent`,
  // `131016-municipality`; `consent`: and of these only those.
  virtual absl::StatusOr<std::vector<Excerpt>> ListOf(
      const std::string& survey, int fiscal_year, const std::string& respondent,
      std::optional<Consent> consent, const std::string& after, int limit,
      const base::CallLimits& limits) = 0;

  // Returns those of a round that there are of `ids`, by id.
  virtual absl::StatusOr<std::map<std::string, Excerpt>> Find(
      const std::string& survey, int fiscal_year,
      const std::vector<std::string>& ids, const base::CallLimits& limits) = 0;

  // The quoted entity tag of an excerpt of this store.
  virtual std::string EtagOf(const Excerpt& excerpt) const = 0;
};

}  // namespace welfare::report
