#include "services/survey/submission/validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "services/survey/submission/routing.h"
#include "tests/survey/sample.h"

namespace welfare::survey {
namespace {

using sample::Complete;
using sample::Sent;
using sample::SentAbsence;
using sample::SentCodes;
using sample::SentNumber;
using sample::SentText;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

ValidationResult Validate(const std::string& who,
                          const std::vector<SentAnswer>& sent,
                          Completeness completeness) {
  static const auto codebook = sample::MakeCodebook();
  static const Frame frame = sample::MakeFrame();
  return ValidateAnswers(*codebook,
                         frame.row(frame.Find(sample::Who(who)).value()), 2025,
                         sent, completeness);
}

// `item: REASON` of each violation, in order.
std::vector<std::string> Faults(const ValidationResult& result) {
  std::vector<std::string> faults;
  for (const AnswerViolation& violation : result.violations) {
    faults.push_back(violation.key() + ": " + std::string(violation.reason));
  }
  return faults;
}

TEST(ValidateAnswers, TakesACompleteSubmission) {
  const ValidationResult result =
      Validate("131016-municipality", Complete(), Completeness::kComplete);
  EXPECT_THAT(Faults(result), IsEmpty());
  EXPECT_EQ(result.answers.size(), 8U);
}

TEST(ValidateAnswers, OrdersAnswersAndCodesAsTheCodebook) {
  std::vector<SentAnswer> sent = Complete();
  std::reverse(sent.begin(), sent.end());
  const ValidationResult result =
      Validate("131016-municipality", sent, Completeness::kComplete);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.answers.front().item, "plan");
  EXPECT_EQ(std::get<Codes>(result.answers[3].content),
            (Codes{"visit", "other"}));
  EXPECT_EQ(result.answers.back().item, "shared");
}

TEST(ValidateAnswers, TakesAnEmptyDraft) {
  EXPECT_THAT(
      Faults(Validate("131016-municipality", {}, Completeness::kPartial)),
      IsEmpty());
}

struct Case {
  std::string what;
  std::vector<SentAnswer> sent;
  std::vector<std::string> faults;
  std::string who = "131016-municipality";
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.what; }

class AnswerFaults : public ::testing::TestWithParam<Case> {};

TEST_P(AnswerFaults, AreNamed) {
  const ValidationResult result =
      Validate(GetParam().who, GetParam().sent, Completeness::kPartial);
  EXPECT_THAT(Faults(result), UnorderedElementsAreArray(GetParam().faults))
      << GetParam().what;
  EXPECT_EQ(result.answers.empty(),
            !GetParam().faults.empty() || GetParam().sent.empty());
}

SentAnswer Both() {
  SentAnswer sent = SentNumber("count", 1);
  sent.absence = base::Absence::kNoAnswer;
  return sent;
}

SentAnswer AbsenceWithText() {
  SentAnswer sent = SentAbsence("methods", base::Absence::kNoAnswer);
  sent.other_text = "why";
  return sent;
}

INSTANTIATE_TEST_SUITE_P(
    Table, AnswerFaults,
    ::testing::ValuesIn(std::vector<Case>{
        {"an unknown item",
         {SentNumber("nothing", 1)},
         {"nothing: UNKNOWN_ITEM"}},
        {"an item of the other kind",
         {SentCodes("place", {"yes"})},
         {"place: WRONG_RESPONDENT_KIND"}},
        {"a table without a row",
         {SentText("phases", "x")},
         {"phases: ROW_UNKNOWN"}},
        {"a table with an unknown row",
         {SentText("phases/lose", "x")},
         {"phases/lose: ROW_UNKNOWN"}},
        {"a row where there is no table",
         {SentNumber("count/find", 1)},
         {"count/find: ROW_UNKNOWN"}},
        {"an item twice",
         {SentNumber("count", 1), SentNumber("count", 1)},
         {"count: DUPLICATE_ANSWER"}},
        {"two rows of a table are two answers",
         {SentText("phases/find", "a"), SentText("phases/keep", "a")},
         {}},
        {"nothing at all", {Sent("count")}, {"count: EMPTY_ANSWER"}},
        {"no code", {SentCodes("plan", {})}, {"plan: EMPTY_ANSWER"}},
        {"a value and an absence", {Both()}, {"count: ABSENCE_AND_VALUE"}},
        {"a computed absence",
         {SentAbsence("count", base::Absence::kNotApplicable)},
         {"count: ABSENCE_NOT_SENDABLE"}},
        {"an absence the item does not take",
         {SentAbsence("methods", base::Absence::kNotCounted)},
         {"methods: ABSENCE_NOT_OFFERED"}},
        {"NOT_COUNTED where counts are asked",
         {SentAbsence("count", base::Absence::kNotCounted)},
         {}},
        {"text where a number belongs",
         {SentText("count", "many")},
         {"count: TYPE_MISMATCH"}},
        {"a number with commas, as text", {SentText("count", "1,200")}, {}},
        {"a number in full width, as text", {SentText("count", " １２ ")}, {}},
        {"a number with a point",
         {SentText("count", "1.200")},
         {"count: TYPE_MISMATCH"}},
        {"thirteen digits as text",
         {SentText("count", "1,000,000,000,000")},
         {"count: NUMBER_RANGE"}},
        {"a number where text belongs",
         {SentNumber("shared", 1)},
         {"shared: TYPE_MISMATCH"}},
        {"text where a code belongs",
         {SentText("plan", "made")},
         {"plan: TYPE_MISMATCH"}},
        {"two codes of a single answer",
         {SentCodes("plan", {"made", "none"})},
         {"plan: SINGLE_ANSWER"}},
        {"an option not offered",
         {SentCodes("methods", {"visit", "phone"})},
         {"methods: OPTION_NOT_OFFERED"}},
        {"an option twice",
         {SentCodes("methods", {"visit", "visit"})},
         {"methods: OPTION_REPEATED"}},
        {"none beside another",
         {SentCodes("methods", {"visit", "none"})},
         {"methods: EXCLUSIVE_OPTION"}},
        {"none alone", {SentCodes("methods", {"none"})}, {}},
        {"thirteen digits",
         {SentNumber("count", 1'000'000'000'000)},
         {"count: NUMBER_RANGE"}},
        {"below zero", {SentNumber("count", -1)}, {"count: CONSTRAINT"}},
        {"zero", {SentNumber("count", 0)}, {}},
        {"spaces, full-width too",
         {SentText("shared", " \u3000\n")},
         {"shared: EMPTY_TEXT"}},
        {"a no-break space alone",
         {SentText("shared", "\u00A0")},
         {"shared: EMPTY_TEXT"}},
        {"invisible characters alone",
         {SentText("shared", "\u200B\uFEFF\u202E\u2028")},
         {"shared: EMPTY_TEXT"}},
        {"an override of direction inside a text",
         {SentText("shared", "a\u202Eb")},
         {"shared: TEXT_INVALID"}},
        {"a text that is too long",
         {SentText("shared", std::string(10001, 'a'))},
         {"shared: TEXT_TOO_LONG"}},
        {"a long text in Japanese",
         {SentText("shared",
                   [] {
                     std::string text;
                     for (int i = 0; i < 10000; ++i) text += "字";
                     return text;
                   }())},
         {}},
        {"a text that is no UTF-8",
         {SentText("shared", "\xff")},
         {"shared: TEXT_INVALID"}},
        {"a text with a control character",
         {SentText("shared", "a\x01")},
         {"shared: TEXT_INVALID"}},
        {"other without its text",
         {SentCodes("methods", {"other"})},
         {"methods: OTHER_TEXT_REQUIRED"}},
        {"a text without other",
         {SentCodes("methods", {"visit"}, "by post")},
         {"methods: OTHER_TEXT_UNEXPECTED"}},
        {"a text beside an absence",
         {AbsenceWithText()},
         {"methods: OTHER_TEXT_UNEXPECTED"}},
        {"a question behind an unanswered gate",
         {SentNumber("start", 2024)},
         {"start: NOT_ASKED_BY_ROUTING"}},
        {"a question behind a gate that says no",
         {SentCodes("plan", {"none"}), SentNumber("start", 2024)},
         {"start: NOT_ASKED_BY_ROUTING"}},
        {"a question behind a gate left blank",
         {SentAbsence("plan", base::Absence::kNoAnswer),
          SentNumber("start", 2024)},
         {"start: NOT_ASKED_BY_ROUTING"}},
        {"a question behind a gate that is wrong itself",
         {SentCodes("plan", {"perhaps"}), SentNumber("start", 2024)},
         {"plan: OPTION_NOT_OFFERED"}},
        {"last year's count of a newcomer",
         {SentNumber("count", 1)},
         {"count: NOT_ASKED_BY_ROUTING"},
         "131024-municipality"},
        {"a fact the registry does not know",
         {SentCodes("plan", {"made"})},
         {"plan: NOT_ASKED_BY_ROUTING"},
         "131041-municipality"},
        {"years in the wrong order",
         {SentCodes("plan", {"made"}), SentNumber("start", 2030),
          SentNumber("end", 2029)},
         {"start: CONSTRAINT", "end: CONSTRAINT"}},
        {"a rule over a missing value passes",
         {SentCodes("plan", {"made"}), SentNumber("start", 2030),
          SentAbsence("end", base::Absence::kUnknown)},
         {}},
        {"many faults at once",
         {SentNumber("nothing", 1), SentText("count", "x"),
          SentCodes("methods", {"visit", "none", "phone"}),
          SentNumber("end", 1)},
         {"nothing: UNKNOWN_ITEM", "count: TYPE_MISMATCH",
          "methods: OPTION_NOT_OFFERED", "methods: EXCLUSIVE_OPTION",
          "end: NOT_ASKED_BY_ROUTING"}},
    }));

TEST(ValidateAnswers, SaysEverythingInBothLanguages) {
  const ValidationResult result =
      Validate("131016-municipality",
               {SentNumber("nothing", 1), SentText("count", "x"),
                SentCodes("methods", {"visit", "none", "phone"}, "by post"),
                SentText("shared", "a\x01"), SentNumber("end", 1),
                SentAbsence("plan", base::Absence::kUnitNonresponse)},
               Completeness::kComplete);
  EXPECT_GT(result.violations.size(), 7u);
  for (const AnswerViolation& violation : result.violations) {
    for (const std::string& sentence :
         {violation.description, violation.description_ja}) {
      EXPECT_NE(sentence, "") << violation.reason;
      EXPECT_EQ(sentence.find('{'), std::string::npos) << sentence;
    }
    EXPECT_NE(violation.description_ja, violation.description);
  }
}

TEST(ValidateAnswers, TextsHaveALengthTogether) {
  std::vector<Item> items;
  std::vector<SentAnswer> sent;
  for (int i = 0; i < 150; ++i) {
    const std::string id = "t" + std::to_string(i);
    items.push_back(sample::MakeItem(id, AnswerType::kText));
    sent.push_back(SentText(id, std::string(9'000, 'a')));
  }
  const auto codebook = Codebook::Check("Texts", std::move(items)).codebook;
  ASSERT_NE(codebook, nullptr);
  const Frame frame = sample::MakeFrame();
  const ValidationResult result = ValidateAnswers(
      *codebook, frame.row(*frame.Find(sample::Who("131016-municipality"))),
      2025, sent, Completeness::kPartial);
  EXPECT_THAT(Faults(result), ElementsAre(": TEXTS_TOO_LONG"));
  EXPECT_FALSE(result.keepable());
}

TEST(ValidateAnswers, ListsEveryMissingAnswerOfAFormHandedIn) {
  EXPECT_THAT(
      Faults(Validate(
          "131016-municipality",
          {SentCodes("plan", {"made"}), SentCodes("methods", {"online"}),
           SentText("phases/find", "x")},
          Completeness::kComplete)),
      ElementsAre("start: ANSWER_MISSING", "end: ANSWER_MISSING",
                  "detail: ANSWER_MISSING", "count: ANSWER_MISSING",
                  "phases/keep: ANSWER_MISSING", "shared: ANSWER_MISSING"));
}

TEST(ValidateAnswers, FillsBlankTextsOfAFile) {
  std::vector<SentAnswer> sent = Complete();
  sent.resize(5);  // no phases, no shared
  const ValidationResult result =
      Validate("131016-municipality", sent, Completeness::kCompleteFromFile);
  ASSERT_THAT(Faults(result), IsEmpty());
  ASSERT_EQ(result.answers.size(), 8U);
  EXPECT_EQ(result.answers[5].row, "find");
  EXPECT_EQ(result.answers[5].content, Content(base::Absence::kNoAnswer));
  EXPECT_EQ(result.answers[7].item, "shared");
}

TEST(ValidateAnswers, RefusesAFileWithoutACodedAnswerOrARequiredText) {
  EXPECT_THAT(
      Faults(Validate("131032-municipality", {SentCodes("methods", {"online"})},
                      Completeness::kCompleteFromFile)),
      ElementsAre("detail: ANSWER_MISSING"));
  EXPECT_THAT(
      Faults(Validate("131032-council", {}, Completeness::kCompleteFromFile)),
      ElementsAre("place: ANSWER_MISSING"));
}

TEST(ValidateAnswers, GivesBackWhatItTook) {
  const ValidationResult once =
      Validate("131016-municipality", Complete(), Completeness::kComplete);
  const ValidationResult twice = Validate(
      "131016-municipality", ToSent(once.answers), Completeness::kComplete);
  EXPECT_EQ(once.answers, twice.answers);
}

// A generator whose numbers are the same everywhere (SplitMix64).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Below(std::uint64_t n) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (z ^ (z >> 31)) % n;
  }

 private:
  std::uint64_t state_;
};

SentAnswer AnyAnswer(const Item& item, Numbers& numbers) {
  if (!item.absences.empty() && numbers.Below(4) == 0) {
    return SentAbsence(item.id,
                       item.absences[numbers.Below(item.absences.size())]);
  }
  switch (item.type) {
    case AnswerType::kSingle:
    case AnswerType::kMultiple: {
      const Option& option = item.options[numbers.Below(item.options.size())];
      return SentCodes(item.id, {option.code},
                       option.takes_text ? "other text" : "");
    }
    case AnswerType::kInteger:
      return SentNumber(item.id, 2025);
    case AnswerType::kText:
    case AnswerType::kTable:
      break;
  }
  return SentText(item.id, "text");
}

// Whatever a respondent answers along the routing can be handed in, and no
// stored answer is one that was not asked.
TEST(ValidateAnswers, TakesWhateverFollowsTheRouting) {
  const auto codebook = sample::MakeCodebook();
  const Frame frame = sample::MakeFrame();
  Numbers numbers(20250616);
  for (int round = 0; round < 500; ++round) {
    const FrameRow& row = frame.row(numbers.Below(frame.size()));
    std::vector<SentAnswer> sent;
    for (std::size_t i = 0; i < codebook->size(); ++i) {
      const ValidationResult soFar =
          ValidateAnswers(*codebook, row, 2025, sent, Completeness::kPartial);
      ASSERT_TRUE(soFar.ok());
      if (EvaluateRouting(*codebook, row, 2025, soFar.answers)[i] !=
          Route::kAsked) {
        continue;
      }
      const Item& item = codebook->item(i);
      if (item.type != AnswerType::kTable) {
        sent.push_back(AnyAnswer(item, numbers));
        continue;
      }
      for (const Option& cell : item.rows) {
        SentAnswer answer = AnyAnswer(item, numbers);
        answer.row = cell.code;
        sent.push_back(std::move(answer));
      }
    }
    const ValidationResult result =
        ValidateAnswers(*codebook, row, 2025, sent, Completeness::kComplete);
    ASSERT_THAT(Faults(result), IsEmpty()) << row.respondent.ToString();
    const auto routes = EvaluateRouting(*codebook, row, 2025, result.answers);
    for (const Answer& answer : result.answers) {
      ASSERT_EQ(routes[codebook->Find(answer.item).value()], Route::kAsked);
    }
    // Leaving any one answer out is always noticed.
    const std::size_t gone = numbers.Below(sent.size());
    sent.erase(sent.begin() + static_cast<std::ptrdiff_t>(gone));
    ASSERT_FALSE(
        ValidateAnswers(*codebook, row, 2025, sent, Completeness::kComplete)
            .ok());
  }
}

}  // namespace
}  // namespace welfare::survey
