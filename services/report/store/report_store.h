// Where reports are kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/signature/signing_key.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/write_path.h"
#include "services/report/excerpt/excerpt.h"
#include "services/report/snapshot/snapshot.h"
#include "services/report/store/publication.h"

namespace welfare::report {

struct ReportFile {
  std::string format;
  std::string content_type;
  std::string filename;
  std::int64_t size = 0;  // bytes
  std::string digest;     // SHA-256 of the bytes, hexadecimal
  std::string signing_key = {};  // id; empty: it is not signed
};

// What a report is rendered from.
struct StoredSnapshot {
  std::string content;        // canonical bytes
  std::string template_text;  // the template
};

// A report without its bytes.
struct StoredReport {
  std::string template_id;
  std::string survey;
  int fiscal_year = 0;
  int number = 0;  // given by the store, from 1 per template and fiscal year
  std::string display_name;
  Basis basis = Basis::kProvisional;
  Edition edition = Edition::kProvisional;
  std::string corrects;           // name of a report; of a correction only
  std::string correction_reason;  // of a correction only
  Audience audience = Audience::kEverybody;
  std::string snapshot_id;
  std::string template_digest;    // of its text; empty: not known
  std::string template_revision;  // name; empty: built in, or not known
  Provenance provenance;
  std::string codebook;
  bool synthetic = false;
  std::vector<ReportFile> files;  // in the order they were rendered
  base::Timestamp create_time;    // set by the store
  Publication publication;        // by the store

  // `reports/jusou-2025-0057`.
  std::string Name() const;
};

// A report to be stored; `bytes` has one entry per file.
struct NewReport {
  StoredReport report;
  std::vector<std::string> bytes;
  std::string facts = {};  // what it was made of, as ReportFacts are written
  std::string template_text = {};  // kept under `template_digest`
  std::string snapshot = {};  // canonical bytes; empty: none are kept
  std::vector<Excerpt> excerpts = {};  // that it shows
};

// Keeps reports for ever. Any thread may call it.
//
// Invariants:
//   A report, its files, what it was rendered from, its audit record and the
//   reply to its request are stored in one transaction; nothing of them ever
//   changes. What is published or withdrawn is written down beside them, and
//   the signatures with what is published.
//   Equal bytes are kept once.
class ReportStore {
 public:
  ReportStore() = default;
  ReportStore(const ReportStore&) = delete;
  ReportStore& operator=(const ReportStore&) = delete;
  virtual ~ReportStore() = default;

  // Returns the report a repeat of `request` gets, before any work is done for
  // it; nothing for a new request.
  //
  // Errors, of every function: those of the engine (UNAVAILABLE,
  //   DEADLINE_EXCEEDED, CANCELLED, ABORTED); here also
  //   INVALID_ARGUMENT, reason REQUEST_ID_REUSED: the id came with another
  //   body.
  virtual absl::StatusOr<std::optional<StoredReport>> FindRepeat(
      const platform::WriteRequest& request) = 0;

  // Numbers and stores `report`, and returns it as stored; or the report of
  // the first request when this one is a repeat.
  //
  // Errors: INVALID_ARGUMENT, reason REQUEST_ID_REUSED.
  virtual absl::StatusOr<StoredReport> Create(
      const platform::WriteRequest& request, const NewReport& report) = 0;

  // Publishes the report `name` to `level` as PlanPublish decides, and returns
  // it; what the first request was answered when this one is a repeat. `key`
  // signs its files; null: nobody does.
  //
  // Errors: NOT_FOUND, reason REPORT_NOT_FOUND; INVALID_ARGUMENT, reason
  //   REQUEST_ID_REUSED; FAILED_PRECONDITION, reason EXCERPT_NOT_RELEASED: it
  //   shows what is not consented to for these readers; those of PlanPublish
  //   and CheckAudience.
  virtual absl::StatusOr<StoredReport> Publish(
      const platform::WriteRequest& request, const std::string& name,
      PublishLevel level, const base::SigningKey* key) = 0;

  // Withdraws the published report `name`, and returns it.
  //
  // Errors: as Publish; FAILED_PRECONDITION, reason REPORT_STATE: it is not
  //   published.
  virtual absl::StatusOr<StoredReport> Withdraw(
      const platform::WriteRequest& request, const std::string& name,
      const std::string& reason) = 0;

  // Errors: NOT_FOUND, reason REPORT_NOT_FOUND.
  virtual absl::StatusOr<StoredReport> Get(const std::string& name,
                                           const base::CallLimits& limits) = 0;

  // Returns up to `limit` reports by name, after `after` (empty: from the
  // first).
  virtual absl::StatusOr<std::vector<StoredReport>> List(
      const std::string& after, int limit, const base::CallLimits& limits) = 0;

  // Returns up to `count` of the bytes with this digest, from the byte `first`
  // on: fewer at their end, none behind it.
  //
  // Errors: NOT_FOUND, reason REPORT_NOT_FOUND: nothing has this digest.
  virtual absl::StatusOr<std::string> ReadBytes(
      const std::string& digest, std::int64_t first, std::int64_t count,
      const base::CallLimits& limits) = 0;

  // Returns whether the bytes with this digest are those that were stored: they
  // have it, and there are so many. Reads all of them.
  //
  // Errors: NOT_FOUND, reason REPORT_NOT_FOUND: nothing has this digest.
  virtual absl::StatusOr<bool> AreIntact(const std::string& digest,
                                         std::int64_t size,
                                         const base::CallLimits& limits) = 0;

  // Returns the facts of the report `name`; empty where it has none, as those
  // that were made before there were any.
  virtual absl::StatusOr<std::string> ReadFacts(
      const std::string& name, const base::CallLimits& limits) = 0;

  // Returns what the report `name` was rendered from; nothing of one that was
  // made before that was kept.
  virtual absl::StatusOr<std::optional<StoredSnapshot>> FindSnapshot(
      const std::string& name, const base::CallLimits& limits) = 0;

  // Returns the signature of a file of the report `name`, as a text; nothing
  // where it has none.
  virtual absl::StatusOr<std::optional<std::string>> FindSignature(
      const std::string& name, const std::string& format,
      const base::CallLimits& limits) = 0;

  // Returns when the newest report of each round was made, by round name.
  virtual absl::StatusOr<std::map<std::string, base::Timestamp>> ListNewest(
      const base::CallLimits& limits) = 0;

  // Returns how many reports there are and how often one was published or
  // withdrawn: what rises with every change.
  virtual absl::StatusOr<std::int64_t> Count(
      const base::CallLimits& limits) = 0;
};

}  // namespace welfare::report
