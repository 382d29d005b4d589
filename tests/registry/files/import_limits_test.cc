// However long a file is, and however much of it is wrong, its answer can be
// sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "services/importing/limits.h"
#include "services/importing/reject_list.h"
#include "services/registry/files/import_file.h"
#include "services/registry/files/status_file.h"
#include "tests/registry/files/imports.h"
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
                const importing::RejectList::Position& after = {}) {
  SeenRecords seen;
  const auto parsed = ReadStatuses(kHeader + records, seen, after);
  EXPECT_OK(parsed);
  return PlanStatusRecords(History(), *parsed, {});
}

// Lists all faults, page by page, of plans that are made anew for each.
template <typename MakePlan>
void ExpectEachRecordIsListed(int count, const MakePlan& plan) {
  std::vector<int> shown;
  importing::RejectList::Position after;
  int pages = 0;
  while (true) {
    const ImportPlan made = plan(after);
    ExpectAddsUp(made);
    EXPECT_EQ(made.counts.rejected, count);
    const importing::RejectList::Page page = made.rejects.Show();
    ASSERT_FALSE(page.rejects.empty());
    for (const importing::Reject& reject : page.rejects) {
      shown.push_back(reject.record);
    }
    ++pages;
    if (!page.more) {
      EXPECT_EQ(static_cast<std::int64_t>(shown.size()), made.rejects.total());
      break;
    }
    after = page.last;
  }
  EXPECT_GT(pages, 2);
  EXPECT_TRUE(std::ranges::is_sorted(shown));
  EXPECT_EQ(std::set<int>(shown.begin(), shown.end()).size(),
            static_cast<std::size_t>(count));
}

// Faults of reading and of planning are one list.
TEST(ImportLimits, CountsAllRejectsAndShowsThemPageByPage) {
  // Many that are short, and few that are long.
  struct Case {
    int records;
    std::size_t note;
  };
  for (const auto& [count, note] : {Case{2500, 0}, Case{800, 3000}}) {
    const std::string records = WrongRecords(count, note);
    ExpectEachRecordIsListed(count,
                             [&](const importing::RejectList::Position& after) {
                               return Plan(records, after);
                             });
  }
}

TEST(ImportLimits, BatchesOfOneTransactionAreListedAsOne) {
  const std::string csv = kHeader + WrongRecords(900, 0);
  ExpectEachRecordIsListed(
      2700, [&](const importing::RejectList::Position& after) {
        SeenRecords seen;
        ParsedBatch<StatusRow> file;
        file.rejects = importing::RejectList(after);
        for (int batch = 0; batch < 3; ++batch) {
          EXPECT_OK(ParseStatusRecords({.csv = csv}, Programs(), seen,
                                       importing::Strategy::kOwn, file));
        }
        return PlanStatusRecords(History(), file, {.whole = true});
      });
}

TEST(ImportLimits, CutsWhatItRepeatsBetweenCharacters) {
  std::string note;
  for (int i = 0; i < 3000; ++i) note += "区";
  const ImportPlan plan = Plan("jusou,131016,2025,no,no," + note + "\n");
  ASSERT_EQ(Rejects(plan).size(), 1U);
  const importing::Reject reject = Rejects(plan).front();
  EXPECT_EQ(reject.reason, "TEXT_TOO_LONG");
  EXPECT_LE(reject.raw_record.size(), importing::kRawBytesShown + 3);
  EXPECT_TRUE(reject.raw_record.ends_with("区..."));
  EXPECT_TRUE(reject.value.ends_with("区..."));
}

TEST(ImportLimits, ALongNameIsNotFolded) {
  SeenRecords seen;
  const auto parsed = ReadStatuses(
      "program,municipality_name,fiscal_year,implementing,preparation,note\n"
      "jusou," +
          std::string(1 << 20, 'x') + ",2025,no,no,\n",
      seen);
  ASSERT_OK(parsed);
  const auto rejects = parsed->rejects.Show().rejects;
  ASSERT_EQ(rejects.size(), 1U);
  EXPECT_EQ(rejects.front().reason, "TEXT_TOO_LONG");
}

TEST(ImportLimits, AFileHasAnEnd) {
  ImportProgress records;
  EXPECT_OK(CountRecords(records, importing::kMostRecords));
  EXPECT_STATUS(CountRecords(records, 1), StatusCode::kInvalidArgument,
                "FILE_TOO_LARGE");
  const std::string half(importing::kMostTransactionBytes / 2 + 1, '\n');
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
  for (int i = 0; i <= importing::kMostRecords; ++i) records += "x\n";
  EXPECT_STATUS(ReadStatuses(records, seen), StatusCode::kInvalidArgument,
                "FILE_TOO_LARGE");
}

TEST(ImportLimits, AFileOfAHeaderAloneIsChecked) {
  SeenRecords seen;
  const auto empty = ReadStatuses(kHeader, seen);
  ASSERT_OK(empty);
  EXPECT_EQ(PlanStatusRecords(History(), *empty, {}).counts,
            importing::ImportCounts());
  EXPECT_STATUS(ReadStatuses("foo,bar\n", seen), StatusCode::kInvalidArgument,
                "CSV_INVALID");
}

}  // namespace
}  // namespace welfare::registry
