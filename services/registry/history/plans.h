// What every write of the registry does to a draft, or why it may not: one
// function each, used by single calls and by files alike. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/base/names/municipality_code.h"
#include "services/base/time/fiscal_year.h"
#include "services/registry/history/draft.h"
#include "services/registry/municipality/lineage.h"
#include "services/registry/municipality/municipality.h"
#include "services/registry/program/status_rules.h"

namespace welfare::registry {

// What became of a proposal. The outcomes of a file's records are counted by
// it.
enum class Outcome { kCreated, kUpdated, kUnchanged, kDeleted };

// Where the facts come from, and why they are recorded.
struct Provenance {
  std::string note = {};
  std::string reason = {};
};

// The entity tag of a version of one store: `"3f0c2a9d41e85b76-12"`; of
// nothing: `"0"`.
std::string MakeEtag(std::string_view incarnation, std::int64_t version);

// Adds a municipality that exists from `first_year` on.
//
// Errors:
//   ALREADY_EXISTS, reason MUNICIPALITY_EXISTS: the code is taken.
//   FAILED_PRECONDITION, reason CODE_RETIRED: it belonged to one taken back.
absl::Status CreateMunicipality(Draft& draft, const MunicipalityFacts& facts,
                                base::FiscalYear first_year,
                                const Provenance& provenance);

// Facts somebody wants to change.
struct MunicipalityUpdate {
  base::MunicipalityCode code;  // its id, or any code it ever held
  // `code` and `exists` unset. An empty council name asks for the usual one.
  MunicipalityStatement says = {};
  // First fiscal year for which they hold; nothing: puts right each fact where
  // it was last said.
  std::optional<base::FiscalYear> valid_from = std::nullopt;
  std::string etag = {};  // empty: whatever is current
  Provenance provenance = {};
  // `code` is said too: the facts are those of whoever holds it. Otherwise it
  // only names the municipality.
  bool says_code = false;
};

// Adds what `update` says and is not so already. Returns kUpdated or
// kUnchanged.
//
// Facts said of a code that is no longer held when they are to hold are old:
// they change nothing where they are those of the last years it was held.
//
// Errors:
//   FAILED_PRECONDITION, reason CODE_RETIRED: other facts said of such a code.
//   NOT_FOUND, reason MUNICIPALITY_NOT_FOUND or MUNICIPALITY_NOT_IN_YEAR.
//   ABORTED, reason ETAG_MISMATCH.
absl::StatusOr<Outcome> UpdateMunicipality(Draft& draft,
                                           const MunicipalityUpdate& update);

// Takes a municipality back.
//
// Errors:
//   NOT_FOUND, reason MUNICIPALITY_NOT_FOUND.
//   FAILED_PRECONDITION, reason MUNICIPALITY_IN_USE: it has status records in
//     force or a lineage.
//   ABORTED, reason ETAG_MISMATCH.
absl::Status DeleteMunicipality(Draft& draft,
                                const base::MunicipalityCode& code,
                                std::string_view etag,
                                const Provenance& provenance);

// Adds a status record. Returns kCreated, kUpdated or kUnchanged.
// `etag`: empty, or that of what must be on record.
//
// Errors:
//   NOT_FOUND, reason MUNICIPALITY_NOT_FOUND or MUNICIPALITY_NOT_IN_YEAR.
//   ABORTED, reason ETAG_MISMATCH.
//   Those of DecideStatus.
absl::StatusOr<Outcome> RecordStatus(Draft& draft, std::string_view program,
                                     const base::MunicipalityCode& municipality,
                                     const StatusProposal& proposal,
                                     std::string_view etag);

// Takes the record of a year back: the one it had corrected is in force again,
// or nothing is known of the year. Returns the record that does so.
//
// Errors:
//   NOT_FOUND, reason MUNICIPALITY_NOT_FOUND or STATUS_NOT_FOUND.
//   ABORTED, reason ETAG_MISMATCH.
absl::StatusOr<StatusRecord> RetractStatus(
    Draft& draft, std::string_view program,
    const base::MunicipalityCode& municipality, base::FiscalYear fiscal_year,
    std::string_view etag, std::string_view reason);

// A lineage event somebody wants to record.
struct LineageProposal {
  LineageEvent event;  // codes of any time; number and version unset
  // The successors it brings about.
  std::vector<MunicipalityFacts> created;
  // In a rename: what is new, `exists` unset.
  MunicipalityStatement renamed;
};

// Adds the event, the municipalities it brings about and the end of those it
// ends. Returns the event with its number.
// REQUIRES: CheckShape(proposal.event) is OK; every created one is among the
//   successors.
//
// Errors:
//   INVALID_ARGUMENT, reason LINEAGE_SHAPE: two codes are of one municipality.
//   NOT_FOUND, reason MUNICIPALITY_NOT_FOUND or MUNICIPALITY_NOT_IN_YEAR: a
//     predecessor, or a successor that is not created.
//   ALREADY_EXISTS, reason MUNICIPALITY_EXISTS: a new code is taken.
//   FAILED_PRECONDITION, reason CODE_RETIRED: unless it was retired with the
//     event that brought its municipality about; that one is then meant.
//   FAILED_PRECONDITION, reason STATUS_AFTER_END: one that ends has status
//     records for later years.
absl::StatusOr<LineageEvent> RecordLineage(Draft& draft,
                                           const LineageProposal& proposal);

// Takes the event back, with what it recorded: the municipalities it ended go
// on, a renamed one is called as before, those it brought about are taken back.
// What was recorded about them since stands. Returns the record that does so.
//
// Errors:
//   NOT_FOUND, reason LINEAGE_EVENT_NOT_FOUND: not recorded, or taken back.
//   FAILED_PRECONDITION, reason LINEAGE_IN_USE: a municipality it brought about
//     has status records in force or takes part in another event.
absl::StatusOr<LineageEvent> RetractLineage(Draft& draft, std::int64_t number,
                                            const std::string& reason);

}  // namespace welfare::registry
