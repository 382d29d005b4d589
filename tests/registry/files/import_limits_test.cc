// However long a file is, and however much of it is wrong, its answer can be
// sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "services/registry/files/import_file.h"
#include "services/registry/files/status_file.h"
#include "tests/registry/samples.h"
#include "tests/support/status_matchers.h"

namespace welfare::registry {
namespace {

using absl::StatusCode;

constexpr char kHeader[] =
    "program,municipality_code,fiscal_year,implementing,preparation,note\n";

// By turns wrong in themselves, and in the registry or said before.
std::string WrongRecords(int count, std::size_t note) {
  std::string records;
  for (int i = 0; i < count; ++i) {
    records += i % 2 == 0 ? "jusou,131016,x" + std::to_string(i)
                          : "jusou,131032," + std::to_string(2021 + i / 2 % 60);
    records += ",no,no," + std::string(note, 'n') + "\n";
  }
  return records;
}

ImportPlan Plan(const std::string& records,
                const RejectList::Position& after = {}) {
  SeenRecords seen;
  const auto parsed =
      ParseStatusRecords(kHeader + records, 2, Programs(), seen, after);
  EXPECT_OK(parsed);
  return PlanStatusRecords(History(), *parsed, {});
}

std::size_t Bytes(const std::vector<Reject>& rejects) {
  std::size_t bytes = 0;
  for (const Reject& reject : rejects) {
    bytes +=
        reject.value.size() + reject.message.size() + reject.raw_record.size();
  }
  return bytes;
}

TEST(ImportLimits, CountsAllRejectsAndShowsThemPageByPage) {
  struct Case {
    int records;
    std::size_t note;
  };
  // Many that are short, and few that are long.
  for (const auto& [count, note] : {Case{2500, 0}, Case{800, 3000}}) {
    const std::string records = WrongRecords(count, note);
    const ImportPlan first = Plan(records);
    EXPECT_EQ(first.counts.rejected, count);
    EXPECT_GE(first.rejects_total, count);
    std::multiset<int> shown;
    int last = 0;
    std::optional<RejectList::Position> after = RejectList::Position();
    int pages = 0;
    while (after.has_value()) {
      const ImportPlan page = Plan(records, *after);
      ++pages;
      EXPECT_EQ(page.rejects_total, first.rejects_total);
      EXPECT_LE(page.rejects.size(), kRejectsShown);
      EXPECT_LE(Bytes(page.rejects), std::size_t{2} << 20);
      ASSERT_FALSE(page.rejects.empty());
      for (const Reject& reject : page.rejects) {
        EXPECT_GE(reject.record, last);
        EXPECT_EQ(reject.line, static_cast<std::size_t>(reject.record) + 1);
        last = reject.record;
        shown.insert(reject.record);
      }
      after = page.rejects_go_on;
    }
    EXPECT_GT(pages, 2);
    EXPECT_EQ(static_cast<std::int64_t>(shown.size()), first.rejects_total);
    EXPECT_EQ(std::set<int>(shown.begin(), shown.end()).size(),
              static_cast<std::size_t>(count));
  }
}

TEST(ImportLimits, BatchesOfOneTransactionAreListedAsOne) {
  std::multiset<int> shown;
  std::optional<RejectList::Position> after = RejectList::Position();
  std::int64_t total = 0;
  while (after.has_value()) {
    SeenRecords seen;
    ParsedBatch<StatusRow> file{.rows = 0, .good = {}, .rejects = {}};
    file.rejects = RejectList(*after);
    for (int batch = 0; batch < 3; ++batch) {
      const auto parsed =
          ParseStatusRecords(kHeader + WrongRecords(900, 0), 2, Programs(),
                             seen, file.RejectsAfterIn(*after));
      ASSERT_OK(parsed);
      file.Append(*parsed);
    }
    const ImportPlan page = PlanStatusRecords(History(), file, {.whole = true});
    EXPECT_EQ(page.counts, (ImportCounts{.rows = 2700, .rejected = 2700}));
    for (const Reject& reject : page.rejects) shown.insert(reject.record);
    total = page.rejects_total;
    after = page.rejects_go_on;
  }
  EXPECT_EQ(static_cast<std::int64_t>(shown.size()), total);
  EXPECT_EQ(std::set<int>(shown.begin(), shown.end()).size(), 2700U);
}

TEST(ImportLimits, CutsWhatItRepeatsBetweenCharacters) {
  std::string note;
  for (int i = 0; i < 3000; ++i) note += "区";
  const ImportPlan plan = Plan("jusou,131016,2025,no,no," + note + "\n");
  ASSERT_EQ(plan.rejects.size(), 1U);
  const Reject& reject = plan.rejects.front();
  EXPECT_EQ(reject.reason, "TEXT_TOO_LONG");
  EXPECT_LE(reject.raw_record.size(), kRawBytesShown + 3);
  EXPECT_TRUE(reject.raw_record.ends_with("区..."));
  EXPECT_TRUE(reject.value.ends_with("区..."));
}

TEST(ImportLimits, ALongNameIsNotFolded) {
  SeenRecords seen;
  const auto parsed = ParseStatusRecords(
      "program,municipality_name,fiscal_year,implementing,preparation,note\n"
      "jusou," +
          std::string(1 << 20, 'x') + ",2025,no,no,\n",
      2, Programs(), seen);
  ASSERT_OK(parsed);
  const std::vector<Reject> rejects = parsed->rejects.Show().rejects;
  ASSERT_EQ(rejects.size(), 1U);
  EXPECT_EQ(rejects.front().reason, "TEXT_TOO_LONG");
}

TEST(ImportLimits, AFileHasAnEnd) {
  ImportProgress records;
  EXPECT_OK(CountRecords(records, kMostRecords));
  EXPECT_STATUS(CountRecords(records, 1), StatusCode::kInvalidArgument,
                "FILE_TOO_LARGE");
  const std::string half(kMostTransactionBytes / 2 + 1, '\n');
  ImportProgress whole;
  EXPECT_OK(Continue(whole, half, true, false));
  EXPECT_STATUS(Continue(whole, half, true, true), StatusCode::kInvalidArgument,
                "FILE_TOO_LARGE");
  // Each batch is a transaction.
  ImportProgress batches;
  EXPECT_OK(Continue(batches, half, false, false));
  EXPECT_OK(Continue(batches, half, false, false));
  EXPECT_STATUS(Continue(batches, half + half, false, false),
                StatusCode::kInvalidArgument, "FILE_TOO_LARGE");
}

TEST(ImportLimits, ABatchHasAnEnd) {
  SeenRecords seen;
  std::string records = kHeader;
  for (int i = 0; i <= kMostRecords; ++i) records += "x\n";
  EXPECT_STATUS(ParseStatusRecords(records, 2, Programs(), seen),
                StatusCode::kInvalidArgument, "FILE_TOO_LARGE");
}

TEST(ImportLimits, AFileOfAHeaderAloneIsChecked) {
  SeenRecords seen;
  const auto empty = ParseStatusRecords(kHeader, 2, Programs(), seen);
  ASSERT_OK(empty);
  EXPECT_EQ(PlanStatusRecords(History(), *empty, {}).counts, ImportCounts());
  EXPECT_STATUS(ParseStatusRecords("foo,bar\n", 2, Programs(), seen),
                StatusCode::kInvalidArgument, "CSV_INVALID");
}

}  // namespace
}  // namespace welfare::registry
