#include "services/importing/reject_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "services/importing/limits.h"
#include "services/importing/outcome.h"
#include "tests/support/status_matchers.h"

namespace welfare::importing {
namespace {

base::Violation Fault(std::string_view column = "code") {
  return {std::string(column), "WRONG", "Mend it.", "直してください。"};
}

// A fault as somebody adds it; `name` is its message.
struct Added {
  RecordPlace at;
  std::string name;
};

RejectList ListOf(const std::vector<Added>& faults,
                  const RejectList::Position& after) {
  RejectList list(after, {"a.csv", "h.csv"});
  for (const Added& fault : faults) {
    list.Add(fault.at, "", {"", "WRONG", fault.name, ""});
  }
  return list;
}

// Whatever is wrong, and wherever pages end: together they are the list.
TEST(RejectList, PagesTogetherAreTheListOnceEachInOrder) {
  std::mt19937 random(20'250'401);
  const auto upto = [&random](int most) {
    return std::uniform_int_distribution<int>(0, most)(random);
  };
  for (int run = 0; run < 40; ++run) {
    // Long records make short pages.
    const std::string raw(static_cast<std::size_t>(upto(2'500)), 'r');
    const int rows = 1 + upto(3'000);
    std::vector<Added> faults;
    for (int left = upto(4'000); left > 0; --left) {
      const bool header = upto(3) == 0;
      const int record = 1 + upto(rows - 1);
      faults.push_back(
          {.at = {.table = header ? Table::kHeaders : Table::kRecords,
                  .line = static_cast<std::size_t>(record) + 1,
                  .record = record,
                  .raw = upto(1) == 0 ? std::string_view(raw) : ""},
           .name = std::to_string(faults.size())});
    }
    std::vector<std::string> expected;
    {
      std::vector<Added> sorted = faults;
      std::ranges::stable_sort(sorted, {}, [](const Added& fault) {
        return std::tuple(fault.at.table, fault.at.record);
      });
      for (const Added& fault : sorted) expected.push_back(fault.name);
    }
    std::set<int> faulty;
    for (const Added& fault : faults) {
      if (fault.at.table == Table::kRecords) faulty.insert(fault.at.record);
    }

    std::vector<std::string> shown;
    RejectList::Position after;
    while (true) {
      const RejectList list = ListOf(faults, after);
      ASSERT_EQ(list.total(), static_cast<std::int64_t>(faults.size()));
      ASSERT_EQ(list.records(), static_cast<int>(faulty.size()));
      EXPECT_OK(CheckAddsUp({.counts = {.rows = rows,
                                        .created = rows - list.records(),
                                        .rejected = list.records()},
                             .rejects = list}));
      const RejectList::Page page = list.Show();
      ASSERT_LE(page.rejects.size(), kRejectsShown);
      std::size_t bytes = 0;
      for (const Reject& reject : page.rejects) {
        shown.push_back(reject.message);
        bytes += reject.raw_record.size();
        EXPECT_EQ(reject.source_file,
                  reject.table == Table::kHeaders ? "h.csv" : "a.csv");
      }
      ASSERT_LE(bytes, kRejectBytesShown);
      if (!page.more) break;
      ASSERT_FALSE(page.rejects.empty());
      ASSERT_GT(page.last, after);
      after = page.last;
    }
    ASSERT_EQ(shown, expected);
  }
}

TEST(RejectList, ShowsWhatCannotBeSeen) {
  RejectList list;
  list.Add({.line = 2, .record = 1}, "131016\u200B", Fault());
  list.Add({.line = 3, .record = 2}, "131016", Fault());
  const auto rejects = list.Show().rejects;
  EXPECT_EQ(rejects[0].message, "Mend it. The value is 131016<U+200B>.");
  EXPECT_EQ(rejects[0].message_ja,
            "直してください。値は「131016<U+200B>」です。");
  EXPECT_EQ(rejects[0].value, "131016\u200B");
  EXPECT_EQ(rejects[1].message, "Mend it.");
}

TEST(RejectList, OfPersonalDataThePlaceIsNamedAlone) {
  RejectList list;
  list.Add({.table = Table::kHeaders, .line = 7, .record = 6}, "",
           Fault("contact"));
  const Reject reject = list.Show().rejects.at(0);
  EXPECT_EQ(reject.line, 7U);
  EXPECT_EQ(reject.column, "contact");
  EXPECT_EQ(reject.value, "");
  EXPECT_EQ(reject.raw_record, "");
}

TEST(RejectList, CutsWhatItRepeatsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 3'000; ++i) text += "区";
  RejectList list;
  list.Add({.line = 2, .record = 1, .raw = text}, text,
           {"note", "TEXT_TOO_LONG", text, text});
  const Reject reject = list.Show().rejects.at(0);
  for (const auto& [shown, most] :
       {std::pair(reject.raw_record, kRawBytesShown),
        std::pair(reject.value, kValueBytesShown),
        std::pair(reject.message, kMessageBytesShown),
        std::pair(reject.message_ja, kMessageBytesShown)}) {
    EXPECT_LE(shown.size(), most + 3);
    EXPECT_TRUE(shown.ends_with("区...")) << shown;
  }
}

}  // namespace
}  // namespace welfare::importing
