// Where feedback sheets are kept, and what was said of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

#include "services/base/names/respondent.h"
#include "services/base/signature/signing_key.h"
#include "services/base/time/clock.h"
#include "services/platform/storage/write_path.h"
#include "services/report/store/report_store.h"
#include "services/vocabulary/word.h"

namespace welfare::report {

// Stored in databases, part of the API; do not renumber.
enum class SheetKind {
  kOwn = 1,   // of one respondent
  kPair = 2,  // of a municipality and its council
};

inline constexpr vocabulary::Word<SheetKind> kSheetKinds[] = {
    {SheetKind::kOwn, "OWN"},
    {SheetKind::kPair, "PAIR"},
};

// Stored in databases, part of the API; do not renumber.
enum class SheetState {
  kUnconfirmed = 1,
  kConfirmed = 2,
  kObjected = 3,
};

inline constexpr vocabulary::Word<SheetState> kSheetStates[] = {
    {SheetState::kUnconfirmed, "UNCONFIRMED"},
    {SheetState::kConfirmed, "CONFIRMED"},
    {SheetState::kObjected, "OBJECTED"},
};

constexpr std::string_view ToString(SheetState value) {
  return vocabulary::NameIn(kSheetStates, value);
}

// What somebody said of a sheet.
struct SheetVerdict {
  SheetState state = SheetState::kConfirmed;
  std::string digest;   // of the sheet that was read
  std::string comment;  // may be empty where it is right
  std::string judged_by = {};    // by the store
  base::Timestamp judge_time = {};
};

// A sheet without its bytes.
struct StoredSheet {
  std::string report;  // reports/jusou-2025-0001
  std::string id;      // 131016-municipality, 131016-pair
  int position = 0;    // among those of the report, from 1
  SheetKind kind = SheetKind::kOwn;
  std::string municipality_code;
  std::optional<base::RespondentKind> respondent_kind;  // unset of a pair
  // Codes that the municipality holds or held beside.
  std::vector<std::string> other_codes;
  std::string display_name;
  std::string digest;
  bool shown_to_respondents = false;
  bool synthetic = false;
  std::vector<ReportFile> files;
  base::Timestamp create_time = {};     // by the store
  std::optional<SheetVerdict> verdict;  // the last; by the store

  std::string Name() const { return report + "/feedbackSheets/" + id; }
};

// A sheet to be stored; `bytes` has one entry per file.
struct NewSheet {
  StoredSheet sheet;
  std::vector<std::string> bytes;
};

struct SheetCounts {
  int own = 0;
  int pairs = 0;
};

// Keeps sheets for ever. Any thread may call it.
//
// Invariants:
//   The sheets of a report, their files with their signatures, the audit record
//   and the reply to the request are stored in one transaction; nothing of them ever changes. What is
//   said of them is written down beside them, each time in a row of its own.
//   Nothing is added once the report was published.
class FeedbackStore {
 public:
  FeedbackStore() = default;
  FeedbackStore(const FeedbackStore&) = delete;
  FeedbackStore& operator=(const FeedbackStore&) = delete;
  virtual ~FeedbackStore() = default;

  // Returns what a repeat of `request` is answered, before any work is done for
  // it; nothing for a new request.
  //
  // Errors, of every function: those of the engine (UNAVAILABLE,
  //   DEADLINE_EXCEEDED, CANCELLED, ABORTED); here and where something is
  //   written also INVALID_ARGUMENT, reason REQUEST_ID_REUSED.
  virtual absl::StatusOr<std::optional<SheetCounts>> FindRepeat(
      const platform::WriteRequest& request) = 0;

  // OK where the report may get sheets: it has none, and is not published.
  //
  // Errors: ALREADY_EXISTS, FEEDBACK_EXISTS; FAILED_PRECONDITION,
  //   FEEDBACK_LATE.
  virtual absl::Status CheckNone(const std::string& report,
                                 const base::CallLimits& limits) = 0;

  // Stores the sheets of `report`, in their order. Signs every file by `key`;
  // null: they stay unsigned.
  //
  // Errors: as CheckNone; FAILED_PRECONDITION, SIGNING_KEY_UNUSABLE.
  virtual absl::StatusOr<SheetCounts> Create(
      const platform::WriteRequest& request, const StoredReport& report,
      const std::vector<NewSheet>& sheets, const base::SigningKey* key) = 0;

  // Returns the signature of a file, as a text; nothing where it has none.
  virtual absl::StatusOr<std::optional<std::string>> FindSignature(
      const std::string& report, const std::string& id,
      const std::string& format, const base::CallLimits& limits) = 0;

  // Errors: NOT_FOUND, reason FEEDBACK_NOT_FOUND.
  virtual absl::StatusOr<StoredSheet> Get(const std::string& report,
                                          const std::string& id,
                                          const base::CallLimits& limits) = 0;

  // Returns up to `limit` sheets of `report` behind `after`, by position;
  // `state`: only those.
  virtual absl::StatusOr<std::vector<StoredSheet>> List(
      const std::string& report, int after, int limit,
      std::optional<SheetState> state, const base::CallLimits& limits) = 0;

  // Writes down what was said of a sheet, and returns it.
  //
  // Errors: NOT_FOUND, reason FEEDBACK_NOT_FOUND; FAILED_PRECONDITION:
  //   FEEDBACK_OF_PAIR, FEEDBACK_OTHER_CONTENT, FEEDBACK_LATE.
  virtual absl::StatusOr<StoredSheet> Judge(
      const platform::WriteRequest& request, const std::string& report,
      const std::string& id, const SheetVerdict& verdict) = 0;
};

}  // namespace welfare::report
