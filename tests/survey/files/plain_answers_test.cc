// Answers taken as they stand are what the rules would have made of them.
#include "services/survey/submission/plain_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "services/survey/files/submission_csv.h"
#include "services/survey/submission/overlay.h"
#include "tests/survey/random_rows.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Plain : public ::testing::Test {
 protected:
  // What LayOver makes of rows where nothing is stored.
  Overlay Lay(const std::vector<RowCells>& cells, const FrameRow& frame) {
    std::vector<LaidRow> rows;
    PlaceFinder finder(*codebook_);
    for (const RowCells& row : cells) {
      bool unknown = false;
      std::optional<std::size_t> place;
      rows.push_back({.sent = ToSent(*codebook_, finder,
                                     {.item = row.item,
                                      .value = row.value,
                                      .other_text = row.other_text,
                                      .absence = row.absence,
                                      .state = {},
                                      .synthetic = {}},
                                     unknown, place)});
      rows.back().sent.provenance = Provenance::kImported;
      EXPECT_FALSE(unknown && !row.absence.empty() &&
                   reader_.Read(frame, cells).has_value());
    }
    return LayOver(*codebook_, frame, 2025, {}, rows,
                   importing::Strategy::kMerge);
  }

  std::optional<PlainAnswers> Read(const std::vector<RowCells>& cells,
                                   const std::string& who) {
    return reader_.Read(frame_.row(*frame_.Find(sample::Who(who))), cells);
  }

  std::shared_ptr<const Codebook> codebook_ = sample::MakeCodebook();
  Frame frame_ = sample::MakeFrame();
  PlainReader reader_{*codebook_, 2025};
};

TEST_F(Plain, IsWhatLayingMakesOfIt) {
  std::mt19937 random(14);
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    const FrameRow& frame = frame_.row(random() % frame_.size());
    const sample::RandomRows rows =
        sample::MakeRandomRows(*codebook_, frame.respondent.kind, random);
    const std::vector<RowCells> cells = rows.Cells();
    const std::optional<PlainAnswers> plain = reader_.Read(frame, cells);
    if (!plain) continue;
    ++taken;
    const Overlay laid = Lay(cells, frame);
    ASSERT_THAT(laid.violations, IsEmpty());
    std::vector<Answer> answers;
    for (const PlainAnswer& answer : plain->answers) {
      answers.push_back(ToAnswer(*codebook_, answer));
    }
    ASSERT_EQ(answers, laid.answers);
    EXPECT_EQ(plain->digest, AnswersDigest(laid.answers));
    EXPECT_THAT(laid.outcomes, Each(RowOutcome::kCreated));
    EXPECT_EQ(plain->Blanks(*codebook_), laid.blanks);
  }
  // Of right ones among them it takes most.
  EXPECT_GT(taken, 500);
}

TEST_F(Plain, TakesWhatIsRight) {
  const auto plain = Read({{.item = "shared", .value = "架空の、 文"},
                           {.item = "place", .value = "yes"},
                           {.item = "place_days", .absence = "UNKNOWN"}},
                          "131016-council");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->answers.size(), 3U);
  const auto all = Read(
      {{.item = "methods", .value = "other visit", .other_text = "別の方法"},
       {.item = "plan", .value = "none"},
       {.item = "count", .value = "12"},
       {.item = "phases/keep", .value = "x"}},
      "131016-municipality");
  ASSERT_TRUE(all);
  EXPECT_THAT(all->Blanks(*codebook_), ElementsAre("phases/find", "shared"));
}

TEST_F(Plain, LeavesWhatMayBeWrong) {
  const RowCells place{.item = "place", .value = "no"};
  EXPECT_TRUE(Read({place}, "131016-council"));
  const auto with = [&](RowCells row) {
    return Read({place, row}, "131016-council").has_value();
  };
  EXPECT_TRUE(with({.item = "shared", .value = "text"}));
  EXPECT_FALSE(with({.item = "shared", .value = "#CLEAR"}));
  EXPECT_FALSE(with({.item = "shared", .value = "＃ＣＬＥＡＲ"}));
  EXPECT_FALSE(with({.item = "shared", .value = " "}));
  EXPECT_FALSE(with({.item = "shared", .value = "か\u3099"}));
  EXPECT_FALSE(with({.item = "shared", .value = "x", .absence = "UNKNOWN"}));
  EXPECT_FALSE(with({.item = "shared", .absence = "NOT_ASKED"}));
  EXPECT_FALSE(with({.item = "shared", .absence = "NOT_COUNTED"}));
  EXPECT_FALSE(with({.item = "shared", .value = "x", .other_text = "y"}));
  EXPECT_FALSE(with({.item = "shared", .value = std::string(10'001, 'x')}));
  EXPECT_FALSE(with({.item = "Shared", .value = "x"}));
  EXPECT_FALSE(with(place));
  // Asked of others, and of who has a place.
  EXPECT_FALSE(with({.item = "methods", .value = "visit"}));
  EXPECT_FALSE(with({.item = "place_days", .value = "daily"}));
  // A question that no row answers, and that may not be left out.
  EXPECT_FALSE(Read({{.item = "shared", .value = "x"}}, "131016-council"));
  // A rule that is not kept.
  const auto years = [&](std::string_view start, std::string_view end) {
    return Read({{.item = "plan", .value = "made"},
                 {.item = "start", .value = start},
                 {.item = "end", .value = end},
                 {.item = "methods", .value = "visit"},
                 {.item = "count", .value = "1"}},
                "131016-municipality")
        .has_value();
  };
  EXPECT_TRUE(years("2024", "2025"));
  EXPECT_FALSE(years("2025", "2024"));
}

}  // namespace
}  // namespace welfare::survey
