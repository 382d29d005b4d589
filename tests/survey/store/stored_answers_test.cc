// Answers that are stored without messages are the bytes of messages.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "services/survey/store/stored_messages.h"
#include "services/survey/submission/plain_answers.h"
#include "tests/survey/random_rows.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

TEST(StoredAnswers, AreTheBytesOfMessages) {
  const std::shared_ptr<const Codebook> codebook = sample::MakeCodebook();
  const Frame frame = sample::MakeFrame();
  PlainReader reader(*codebook, 2025);
  std::mt19937 random(14);
  int compared = 0;
  for (int i = 0; i < 20'000; ++i) {
    const FrameRow& row = frame.row(random() % frame.size());
    const sample::RandomRows rows =
        sample::MakeRandomRows(*codebook, row.respondent.kind, random);
    const auto plain = reader.Read(row, rows.Cells());
    if (!plain) continue;
    ++compared;
    std::vector<Answer> answers;
    for (const PlainAnswer& answer : plain->answers) {
      answers.push_back(ToAnswer(*codebook, answer));
    }
    ASSERT_EQ(StoredAnswers(*codebook, *plain), StoredAnswers(answers));
  }
  EXPECT_GT(compared, 500);
}

TEST(StoredAnswers, OfLongTextsToo) {
  const std::shared_ptr<const Codebook> codebook = sample::MakeCodebook();
  const std::string text(9'000, 'x');
  const PlainAnswers plain{
      .answers = {{.place = 1, .content = std::int64_t{999'999'999'999}},
                  {.place = 2, .content = std::int64_t{-5}},
                  {.place = 4, .content = std::string_view(text)}},
      .digest = {}};
  std::vector<Answer> answers;
  for (const PlainAnswer& answer : plain.answers) {
    answers.push_back(ToAnswer(*codebook, answer));
  }
  EXPECT_EQ(StoredAnswers(*codebook, plain), StoredAnswers(answers));
}

}  // namespace
}  // namespace welfare::survey
