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

// A snapshot whose every list holds something.
Snapshot FullSnapshot() {
  Snapshot snapshot = SmallSnapshot();
  snapshot.edition = Edition::kCorrected;
  snapshot.corrected_snapshot = "9f";
  snapshot.correction_reason = "回答の訂正";
  snapshot.errata = {{.place = {.figure = "plan",
                                .row = "formulated",
                                .occurrence = 2,
                                .column = "count",
                                .page = "4",
                                .title = "計画",
                                .row_label = "策定済み",
                                .column_label = "件数",
                                .datum = "",
                                .symbol = ""},
                      .was_there = true,
                      .is_there = true,
                      .before = "22",
                      .after = "23",
                      .sign_changed = true,
                      .causes = {ChangeCause::kCorrection,
                                 ChangeCause::kRegistry}}};
  snapshot.left_out = {{"gone", "今回の調査票にありません。"}};
  snapshot.values.at("plan").flags = {CellFlag::kUndefined};
  snapshot.template_digest = "ab";
  snapshot.excerpts = {{"quote-1", "ideas", "居場所", "集う", "自治体"}};
  return snapshot;
}

TEST(Canonical, IsReadBackWithEveryField) {
  for (const Snapshot& snapshot : {SmallSnapshot(), FullSnapshot()}) {
    const std::string bytes = CanonicalBytes(snapshot, "fonts 1\n");
    const auto read = ReadCanonical(bytes);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->renderer_fingerprint, "fonts 1\n");
    EXPECT_EQ(CanonicalBytes(read->snapshot, read->renderer_fingerprint),
              bytes);
    EXPECT_EQ(read->snapshot.values.at("plan").label,
              snapshot.values.at("plan").label);
    EXPECT_EQ(read->snapshot.rosters.size(), snapshot.rosters.size());
  }
}

TEST(Canonical, ReadsNoPartAndNoOtherForm) {
  const std::string bytes = CanonicalBytes(FullSnapshot(), "1");
  for (std::size_t size = 0; size < bytes.size(); size += 17) {
    EXPECT_FALSE(ReadCanonical(bytes.substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(ReadCanonical(bytes + "1:1,").has_value());
  std::string earlier = bytes;
  earlier.replace(earlier.find("snapshot 4"), 10, "snapshot 3");
  EXPECT_FALSE(ReadCanonical(earlier).has_value());
}

// Whatever becomes of a byte, what is read is no more than what is there.
TEST(Canonical, EndsOnAnyDamage) {
  const std::string bytes = CanonicalBytes(FullSnapshot(), "1");
  for (std::size_t at = 0; at < bytes.size(); at += 23) {
    for (const char c : {'9', ':', ',', '-'}) {
      std::string damaged = bytes;
      damaged[at] = c;
      const auto read = ReadCanonical(damaged);
      if (read.has_value()) {
        EXPECT_LE(read->snapshot.values.size(), bytes.size());
      }
    }
  }
}

// Without any it is what it was before there were excerpts.
TEST(Canonical, EndsWithTheExcerptsThatAreShown) {
  const Snapshot a = SmallSnapshot();
  Snapshot b = a;
  b.excerpts = {{"quote-1", "ideas", "居場所", "集う", "自治体"}};
  EXPECT_EQ(CanonicalBytes(b, "1"),
            CanonicalBytes(a, "1") +
                "8:excerpts,1:1,7:quote-1,5:ideas,9:居場所,6:集う,9:自治体,");
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
