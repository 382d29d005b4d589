#include "services/report/snapshot/canonical.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/report/sample_snapshot.h"

namespace welfare::report {
namespace {

TEST(Canonical, IgnoresOrderAndCounters) {
  const Snapshot a = SmallSnapshot();
  Snapshot b = SmallSnapshot();
  std::ranges::reverse(b.rosters);
  std::ranges::reverse(b.statements);
  std::ranges::reverse(b.progress);
  for (Roster& roster : b.rosters) std::ranges::reverse(roster.entries);
  for (auto& [id, value] : b.values) std::ranges::reverse(value.absences);
  b.provenance = {99, 98, 97};
  SortSnapshot(b);
  EXPECT_EQ(CanonicalBytes(a, "1"), CanonicalBytes(b, "1"));
  EXPECT_EQ(SnapshotId(a, "1"), SnapshotId(b, "1"));
}

// Whoever changes what the bytes say gives them another version.
TEST(Canonical, BeginsWithItsVersionAndHoldsWordsByTheirNumbers) {
  Snapshot a = SmallSnapshot();
  EXPECT_EQ(
      CanonicalBytes(a, "1").rfind("25:welfare report snapshot 4,1:1,", 0), 0U);
  a.values.at("plan").flags = {CellFlag::kUndefined, CellFlag::kNoValue};
  EXPECT_NE(CanonicalBytes(a, "1").find("5:flags,1:2,1:1,1:5,"),
            std::string::npos);
}

TEST(Canonical, ChangesWithContentAndFingerprint) {
  const Snapshot a = SmallSnapshot();
  Snapshot b = a;
  ++b.values.at("plan").cells[1].count;
  EXPECT_NE(SnapshotId(a, "1"), SnapshotId(b, "1"));
  EXPECT_NE(SnapshotId(a, "1"), SnapshotId(a, "2"));
}

}  // namespace
}  // namespace welfare::report
