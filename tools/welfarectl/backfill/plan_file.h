// A plan as a value, and the file it is kept in.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/welfarectl/backfill/record_cutter.h"
#include "tools/welfarectl/backfill/text_source.h"

namespace welfare::ctl {

// What became of records: five outcomes that add up to those read.
struct RowCounts {
  std::int64_t rows = 0;
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t unchanged = 0;
  std::int64_t deleted = 0;
  std::int64_t rejected = 0;

  RowCounts& operator+=(const RowCounts& more);
  bool add_up() const {
    return rows == created + updated + unchanged + deleted + rejected;
  }
  friend bool operator==(const RowCounts&, const RowCounts&) = default;
};

// How a backfill reads its files, and lays them over what is stored.
struct BackfillRules {
  std::string strategy;  // merge, replace, delete
  std::string encoding = "auto";
  std::string reason = {};
  int code_digits = 6;
  int batch_size = 0;
};

// The state of the registry, or of a round, that a plan was made on.
struct PlannedBase {
  std::string incarnation = {};
  std::int64_t version = 0;  // 0: there was none
};

// How answers to an old questionnaire are read.
struct PlannedMapping {
  std::string path = {};  // empty: there is none
  std::string sha256 = {};
  std::string name = {};  // of the resource, once it is imported
  std::string text = {};  // of the file; stands in no plan
};

inline constexpr char kRegistryBase[] = "registry";

struct PlannedFile {
  FileFacts facts;
  FileKind kind = FileKind::kAnswers;
  RowCounts counts;
  // Items of rows whose respondent cannot be told.
  std::vector<std::string> unplaced = {};
  // Its records are sent in another order than they stand in.
  bool sorted = false;
};

struct BackfillPlan {
  BackfillRules rules;
  PlannedMapping mapping;
  std::vector<PlannedFile> files;  // in the order in which they are written
  std::map<std::string, PlannedBase> bases;
  RowCounts counts;
  std::int64_t omitted_deleted = 0;

  // SHA-256 over all that decides what applying it does: the bytes of the
  // files, the bases, the rules, the mapping. 64 hexadecimal digits.
  std::string Digest() const;
};

// Errors: UNAVAILABLE, FILE_UNWRITABLE.
absl::Status WritePlan(const std::string& path, const BackfillPlan& plan);

// Errors: NOT_FOUND, FILE_UNREADABLE; INVALID_ARGUMENT, PLAN_FORMAT: it is no
// plan, or was changed by hand.
absl::StatusOr<BackfillPlan> ReadPlan(const std::string& path);

// Holds a plan while it is applied, so that no second process of this machine
// does the same.
class PlanLock {
 public:
  PlanLock() = default;
  PlanLock(PlanLock&& other) noexcept;
  PlanLock& operator=(PlanLock&& other) noexcept;
  ~PlanLock();

  // Errors: NOT_FOUND, FILE_UNREADABLE; FAILED_PRECONDITION, PLAN_RUNNING.
  static absl::StatusOr<PlanLock> Take(const std::string& path);

 private:
  int file_ = -1;
};

// A UUID that is equal for equal parts, so that a batch sent again is the same
// request.
std::string RequestIdOf(std::string_view plan, std::size_t file,
                        std::int64_t batch, int attempt);

}  // namespace welfare::ctl
