// The canonical form of a snapshot and its id.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/report/snapshot/snapshot.h"

namespace welfare::report {

// Brings a snapshot into its one order: rosters by year and their entries by
// code, progress groups, absences, flags and statements sorted. Cells keep
// their order, which is the codebook's.
void SortSnapshot(Snapshot& snapshot);

// Returns the canonical bytes: every field of the content, each with its
// length, in a fixed order. Provenance is left out, so that equal content has
// equal bytes whatever batches, crashes or engines it went through.
// REQUIRES: SortSnapshot was called.
std::string CanonicalBytes(const Snapshot& snapshot,
                           std::string_view renderer_fingerprint);

// What canonical bytes hold.
struct CanonicalSnapshot {
  Snapshot snapshot;  // without provenance
  std::string renderer_fingerprint;
};

// Returns what CanonicalBytes wrote; nothing where the bytes are of another form,
// as those of an earlier version are.
std::optional<CanonicalSnapshot> ReadCanonical(std::string_view bytes);

// Returns the snapshot's id: SHA-256 of the canonical bytes, 64 hexadecimal
// digits. REQUIRES: SortSnapshot was called.
std::string SnapshotId(const Snapshot& snapshot,
                       std::string_view renderer_fingerprint);

// Returns what of the registry a report shows or counts by, and what the
// published statements say, apart from what is computed of either.
std::string RegistryBytes(const Snapshot& snapshot);
std::string StatementBytes(const Snapshot& snapshot);

}  // namespace welfare::report
