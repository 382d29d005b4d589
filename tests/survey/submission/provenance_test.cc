#include "services/survey/submission/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using enum Provenance;

constexpr Provenance kAll[] = {kEntered, kCarried, kImported, kCorrected};
constexpr Author kAuthors[] = {Author::kRespondent, Author::kOnBehalf,
                               Author::kFile, Author::kAnybody};

Answer Make(Provenance provenance, Content content = std::int64_t{1},
            std::string row = "", std::string other_text = "") {
  return {.item = "q",
          .row = std::move(row),
          .content = std::move(content),
          .other_text = std::move(other_text),
          .provenance = provenance};
}

Provenance Settle(Author author, const std::vector<Answer>& stored,
                  const Answer& next) {
  return SettleProvenance(author, stored, {next}).front().provenance;
}

TEST(Provenance, OfAnEqualAnswerIsAsStoredWhateverIsSent) {
  for (const Author author :
       {Author::kRespondent, Author::kOnBehalf, Author::kAnybody}) {
    for (const Provenance stored : kAll) {
      for (const Provenance sent : kAll) {
        EXPECT_EQ(Settle(author, {Make(stored)}, Make(sent)), stored);
      }
    }
  }
}

TEST(Provenance, OfANewAnswerIsByWhoWritesIt) {
  const auto of = [](Author author) {
    std::vector<Provenance> found;
    for (const Provenance sent : kAll) {
      found.push_back(Settle(author, {}, Make(sent)));
    }
    return found;
  };
  EXPECT_THAT(of(Author::kRespondent),
              ElementsAre(kEntered, kCarried, kEntered, kEntered));
  EXPECT_THAT(of(Author::kOnBehalf),
              ElementsAre(kCorrected, kCorrected, kCorrected, kCorrected));
  EXPECT_THAT(of(Author::kFile),
              ElementsAre(kImported, kImported, kImported, kImported));
  EXPECT_THAT(of(Author::kAnybody),
              ElementsAre(kEntered, kCarried, kImported, kCorrected));
}

TEST(Provenance, OfAFileIsImportedAlsoWhereTheAnswerIsEqual) {
  EXPECT_EQ(Settle(Author::kFile, {Make(kEntered)}, Make(kEntered)), kImported);
}

TEST(Provenance, IsNewWhereAnythingOfTheAnswerIs) {
  const Answer stored = Make(kImported, Codes{"a", "other"}, "r", "words");
  EXPECT_EQ(Settle(Author::kRespondent, {stored}, stored), kImported);
  Answer other_item = stored;
  other_item.item = "p";
  Answer another = stored;
  another.row = "s";
  Answer codes = stored;
  codes.content = Codes{"a", "b", "other"};
  Answer absent = stored;
  absent.content = base::Absence::kNoAnswer;
  Answer text = stored;
  text.other_text = "word";
  for (const Answer& next : {other_item, another, codes, absent, text}) {
    EXPECT_EQ(Settle(Author::kRespondent, {stored}, next), kEntered);
  }
}

TEST(Provenance, TakesCodesInAnyOrderForTheSame) {
  EXPECT_EQ(Settle(Author::kOnBehalf, {Make(kCarried, Codes{"a", "b"})},
                   Make(kEntered, Codes{"b", "a"})),
            kCarried);
}

TEST(Provenance, TellsValuesOfTwoTypesApart) {
  EXPECT_EQ(Settle(Author::kOnBehalf, {Make(kCarried, std::int64_t{1})},
                   Make(kCarried, std::string("1"))),
            kCorrected);
}

TEST(Provenance, OfNoAnswersIsNone) {
  for (const Author author : kAuthors) {
    EXPECT_THAT(SettleProvenance(author, std::vector{Make(kEntered)}, {}),
                IsEmpty());
  }
}

// Random submissions, so small that many answers are equal by chance.
class Submissions {
 public:
  explicit Submissions(unsigned seed) : random_(seed) {}

  Author PickAuthor() { return kAuthors[Below(4)]; }

  // At most one answer to each place.
  std::vector<Answer> Pick() {
    std::vector<Answer> answers;
    for (const char* item : {"a", "b"}) {
      for (const char* row : {"", "x", "y"}) {
        if (Below(4) == 0) continue;
        answers.push_back({.item = item,
                           .row = row,
                           .content = PickContent(),
                           .other_text = Below(4) == 0 ? "t" : "",
                           .provenance = kAll[Below(4)]});
      }
    }
    std::shuffle(answers.begin(), answers.end(), random_);
    return answers;
  }

 private:
  std::size_t Below(std::size_t limit) { return random_() % limit; }

  Content PickContent() {
    switch (Below(5)) {
      case 0:
        return std::int64_t{1};
      case 1:
        return std::string("1");
      case 2:
        return Codes{"1", "2"};
      case 3:
        return Codes{"2", "1"};
      default:
        return base::Absence::kNoAnswer;
    }
  }

  std::mt19937 random_;
};

// Said again, answer by answer and without texts.
std::optional<Provenance> StoredOf(const std::vector<Answer>& stored,
                                   Answer like) {
  const auto sort = [](Answer& answer) {
    if (auto* codes = std::get_if<Codes>(&answer.content)) {
      std::sort(codes->begin(), codes->end());
    }
  };
  sort(like);
  for (Answer answer : stored) {
    sort(answer);
    like.provenance = answer.provenance;
    if (answer == like) return answer.provenance;
  }
  return std::nullopt;
}

TEST(Provenance, HoldsForAllSubmissionsAndWriters) {
  int kept = 0;
  int made = 0;
  for (unsigned seed = 0; seed < 5'000; ++seed) {
    SCOPED_TRACE(seed);
    Submissions random(seed);
    const std::vector<Answer> stored = random.Pick();
    const std::vector<Answer> sent = random.Pick();
    const Author author = random.PickAuthor();
    const std::vector<Answer> settled = SettleProvenance(author, stored, sent);
    ASSERT_EQ(settled.size(), sent.size());
    // Nothing else is touched.
    EXPECT_EQ(AnswersDigest(settled), AnswersDigest(sent));
    for (std::size_t i = 0; i < sent.size(); ++i) {
      Answer as_sent = settled[i];
      as_sent.provenance = sent[i].provenance;
      EXPECT_EQ(as_sent, sent[i]);
      const auto before = StoredOf(stored, sent[i]);
      const Provenance now = settled[i].provenance;
      if (author == Author::kFile) {
        EXPECT_EQ(now, kImported);
      } else if (before) {
        EXPECT_EQ(now, *before);
        ++kept;
      } else {
        // Nobody but who says so corrects, and no respondent imports.
        EXPECT_TRUE(author != Author::kOnBehalf || now == kCorrected);
        EXPECT_TRUE(author != Author::kRespondent || now == kEntered ||
                    (now == kCarried && sent[i].provenance == kCarried));
        EXPECT_TRUE(author != Author::kAnybody || now == sent[i].provenance);
        ++made;
      }
    }
    // Neither a second time nor the order changes anything.
    EXPECT_EQ(SettleProvenance(author, stored, settled), settled);
    std::vector<Answer> backwards(sent.rbegin(), sent.rend());
    backwards = SettleProvenance(author, stored, backwards);
    std::reverse(backwards.begin(), backwards.end());
    EXPECT_EQ(backwards, settled);
    // What is sent back as it stands stays as it stands.
    if (author != Author::kFile) {
      EXPECT_EQ(SettleProvenance(author, stored, stored), stored);
    }
  }
  EXPECT_GT(kept, 1'000);
  EXPECT_GT(made, 5'000);
}

}  // namespace
}  // namespace welfare::survey
