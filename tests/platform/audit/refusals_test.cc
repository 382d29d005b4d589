#include "services/platform/audit/refusals.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/fake_clock.h"

namespace welfare::platform {
namespace {

// The number in `{"refused":3,...`.
std::int64_t TimesOf(const base::AuditEntry& record) {
  EXPECT_TRUE(record.detail.starts_with("{\"refused\":")) << record.detail;
  return std::stoll(record.detail.substr(11));
}

TEST(Refusals, AreCountedByCallerAndMethod) {
  const support::FakeClock clock;
  const base::Timestamp first = clock.Now();
  const base::Timestamp later = first + std::chrono::seconds(3);
  Refusals refusals(10);
  EXPECT_TRUE(refusals.empty());
  refusals.Count({.subject = "b", .authentication = "token"}, "GetRound",
                 first);
  refusals.Count({.subject = "a", .authentication = ""}, "GetRound", first);
  refusals.Count({.subject = "a", .authentication = ""}, "OpenRound", later);
  refusals.Count({.subject = "a", .authentication = ""}, "GetRound", later);
  const std::vector<base::AuditEntry> records = refusals.Records(later);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].actor, "a");
  EXPECT_EQ(records[0].action, "GetRound");
  EXPECT_EQ(records[0].recorded_time, later);
  EXPECT_EQ(records[0].resource, "");
  EXPECT_EQ(records[0].detail,
            R"({"refused":2,"since":"2025-06-16T00:00:00Z"})");
  EXPECT_EQ(records[1].action, "OpenRound");
  EXPECT_EQ(records[1].detail,
            R"({"refused":1,"since":"2025-06-16T00:00:03Z"})");
  EXPECT_EQ(records[2].actor, "b");
  EXPECT_EQ(records[2].detail, R"({"refused":1,"since":"2025-06-16T00:00:00Z",)"
                               R"("authentication":"token"})");
}

TEST(Refusals, ManyCallersAreOthers) {
  constexpr std::int64_t kCallers = 1000;
  const support::FakeClock clock;
  Refusals refusals(3);
  for (std::int64_t i = 0; i < kCallers; ++i) {
    const std::string subject = std::to_string(i);
    refusals.Count({.subject = subject, .authentication = "token"}, "GetRound",
                   clock.Now());
    refusals.Count({.subject = subject, .authentication = "token"}, "OpenRound",
                   clock.Now());
  }
  const std::vector<base::AuditEntry> records = refusals.Records(clock.Now());
  // Three as themselves, and the rest as one caller of each method.
  ASSERT_EQ(records.size(), 5U);
  std::map<std::string, std::int64_t> times;
  int others = 0;
  for (const base::AuditEntry& record : records) {
    times[record.action] += TimesOf(record);
    if (record.actor != "others") continue;
    ++others;
    EXPECT_TRUE(record.detail.ends_with(R"("callers":"others"})"));
  }
  EXPECT_EQ(others, 2);
  EXPECT_EQ(times["GetRound"], kCallers);
  EXPECT_EQ(times["OpenRound"], kCallers);
}

TEST(Refusals, WhatWasNotWrittenIsCountedOn) {
  const support::FakeClock clock;
  const base::Timestamp first = clock.Now();
  const base::Timestamp later = first + std::chrono::seconds(1);
  Refusals refusals(2);
  refusals.Count({.subject = "a", .authentication = ""}, "GetRound", first);
  const Refusals taken = refusals.TakeAll();
  EXPECT_TRUE(refusals.empty());
  refusals.Count({.subject = "a", .authentication = ""}, "GetRound", later);
  refusals.Add(taken);
  const std::vector<base::AuditEntry> records = refusals.Records(later);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].detail,
            R"({"refused":2,"since":"2025-06-16T00:00:00Z"})");
}

}  // namespace
}  // namespace welfare::platform
