#include "services/survey/submission/submission.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/survey/codebook/item.h"

namespace welfare::survey {
namespace {

TEST(AnswersDigest, IsTheSameForEqualAnswersInAnyOrder) {
  const Answer a{.item = "a", .row = "", .content = Codes{"x", "y"}};
  const Answer b{.item = "b", .row = "", .content = std::int64_t{0}};
  Answer carried = a;
  carried.provenance = Provenance::kCarried;
  carried.content = Codes{"y", "x"};
  EXPECT_EQ(AnswersDigest(std::vector{a, b}),
            AnswersDigest(std::vector{b, carried}));
}

TEST(AnswersDigest, TellsValuesAndAbsencesApart) {
  const auto digest = [](Content content) {
    return AnswersDigest(std::vector{
        Answer{.item = "a", .row = "", .content = std::move(content)}});
  };
  EXPECT_NE(digest(std::int64_t{1}), digest(std::string("1")));
  EXPECT_NE(digest(std::string("1")), digest(Codes{"1"}));
  EXPECT_NE(digest(base::Absence::kNoAnswer), digest(base::Absence::kUnknown));
  EXPECT_NE(digest(Codes{"ab"}), digest(Codes{"a", "b"}));
  // Pinned: stored digests must not change.
  EXPECT_EQ(AnswersDigest({}),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// Pinned: databases hold the numbers, files the words.
TEST(SubmissionStates, AreStoredAndPrintedAsEver) {
  const std::vector<std::pair<SubmissionState, std::string>> states = {
      {SubmissionState::kDraft, "DRAFT"},
      {SubmissionState::kSubmitted, "SUBMITTED"},
      {SubmissionState::kReturned, "RETURNED"},
      {SubmissionState::kAccepted, "ACCEPTED"},
      {SubmissionState::kFinal, "FINAL"}};
  int number = 0;
  for (const auto& [state, word] : states) {
    EXPECT_EQ(static_cast<int>(state), ++number);
    EXPECT_EQ(ToString(state), word);
  }
}

TEST(AnswerTypes, HaveTheNumbersOfTheContract) {
  int number = 0;
  for (const AnswerType type :
       {AnswerType::kSingle, AnswerType::kMultiple, AnswerType::kInteger,
        AnswerType::kText, AnswerType::kTable}) {
    EXPECT_EQ(static_cast<int>(type), ++number);
  }
}

}  // namespace
}  // namespace welfare::survey
