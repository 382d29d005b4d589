#include "services/base/audit/audited_log.h"

#include <gtest/gtest.h>

#include <string>

namespace welfare::base {
namespace {

using Kind = AuditFault::Kind;

AuditRecord Record(std::int64_t sequence) {
  AuditRecord record{
      .sequence = sequence,
      .entry = {.recorded_time = Timestamp::FromMicros(1'750'000'000'000'000),
                .actor = "local",
                .action = "CreateRound",
                .resource = "surveys/jusou/rounds/2025",
                .request_id = "r",
                .detail = "{}"},
      .leaf_hash = {}};
  record.leaf_hash = AuditLeafHash(sequence, record.entry);
  return record;
}

TEST(AuditedLog, TakesRecordsInTheirOrder) {
  AuditedLog log;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log.Add(Record(i)), std::nullopt);
  EXPECT_EQ(log.size(), 5);
}

TEST(AuditedLog, NamesTheRecordThatIsWrong) {
  AuditedLog log;
  EXPECT_EQ(log.Add(Record(0)), std::nullopt);
  EXPECT_EQ(log.Add(Record(2)), (AuditFault{1, Kind::kMissing}));
  EXPECT_EQ(log.Add(Record(0)), (AuditFault{1, Kind::kOutOfOrder}));
  AuditRecord changed = Record(1);
  changed.entry.actor = "other";
  EXPECT_EQ(log.Add(changed), (AuditFault{1, Kind::kChanged}));
  // What is wrong is not taken.
  EXPECT_EQ(log.Add(Record(1)), std::nullopt);
  EXPECT_EQ(log.size(), 2);
}

// The bytes between two texts belong to one of them.
TEST(AuditedLog, TellsTextsApart) {
  AuditRecord one = Record(0), other = Record(0);
  one.entry.actor = "ab";
  one.entry.action = "c";
  other.entry.actor = "a";
  other.entry.action = "bc";
  EXPECT_NE(AuditLeafHash(0, one.entry), AuditLeafHash(0, other.entry));
}

TEST(AuditedLog, BeginsWithItsOwnHeadsOnly) {
  AuditedLog log;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log.Add(Record(i)), std::nullopt);
  for (int size = 0; size <= 5; ++size) {
    const std::string root = log.tree().Root(size);
    EXPECT_TRUE(log.BeginsWith(size, root));
    EXPECT_FALSE(log.BeginsWith((size + 1) % 6, root));
  }
  EXPECT_FALSE(log.BeginsWith(6, log.tree().Root(5)));
  EXPECT_FALSE(log.BeginsWith(-1, log.tree().Root(5)));
}

}  // namespace
}  // namespace welfare::base
