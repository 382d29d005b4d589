// Imports through the real module: what one wrong row may do to others, what a
// reply holds, what a dry run says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "tests/survey/api/pets_survey.h"

namespace welfare::survey {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Import = PetsSurvey;

// --- what belongs together ---

TEST_F(Import, AMistypedKeyMakesNoBlankOfTheTextBesideIt) {
  ASSERT_EQ(Run(Rows("131016,municipality", "told")).counts().created(), 3);
  for (const std::string key :
       {"131017,municipality",     // check digit
        "131016,Municipality",     // a capital letter
        "13101,municipality",      // five digits
        "1310 16,municipality",    // a space
        "139998,municipality"}) {  // nobody of the round
    const auto result =
        Run(Row("131016,municipality", "cats", "1") +
            Row("131016,municipality", "dogs", "7") + Row(key, "story", "new"));
    EXPECT_EQ(result.counts().rejected(), 3) << key;
    EXPECT_EQ(TextOf("131016-municipality", "story"), "told") << key;
    EXPECT_EQ(Get("131016-municipality")->revision(), 1) << key;
  }
  // A year of no round.
  const auto result =
      Run(Rows("131016,municipality", "", "w") +
          Row("131016,municipality", "story", "new", "", "2026"));
  EXPECT_EQ(result.counts().rejected(), 4);
  EXPECT_EQ(TextOf("131016-municipality", "story"), "told");
}

TEST_F(Import, AMistypedKeyRefusesAFirstSubmissionToo) {
  // The bad row stands anywhere; its code could be anybody's.
  const auto result = Run(Row("13x,municipality", "story", "lost?") +
                          Rows("131016,municipality", "", "w") +
                          Rows("131024,municipality", "told", "w") +
                          Rows("131032,council", "told"));
  EXPECT_THAT(Lines(result),
              ElementsAre("2 CODE_FORMAT", "3 SUBMISSION_REJECTED",
                          "4 SUBMISSION_REJECTED", "5 SUBMISSION_REJECTED"));
  EXPECT_THAT(result.rejects(1).message(), HasSubstr("Line 2"));
  // Those that have a story of their own can have lost none.
  EXPECT_EQ(TextOf("131024-municipality", "story"), "told");
  EXPECT_EQ(TextOf("131032-council", "wish"), "NO_ANSWER");
  EXPECT_STATUS(Get("131016-municipality"), absl::StatusCode::kNotFound,
                "SUBMISSION_NOT_FOUND");
  EXPECT_THAT(result.unplaced_items(), ElementsAre("story"));
}

TEST_F(Import, ARowOfAnotherValidCodeMakesNoBlankEither) {
  // The story of 131016 under the code of 131024, which has its own.
  EXPECT_EQ(Run(Rows("131016,municipality", "", "w") +
                Rows("131024,municipality", "own") +
                Row("131024,municipality", "story", "of 131016"))
                .counts()
                .rejected(),
            7);
}

TEST_F(Import, RowsElsewhereInTheFileCountToo) {
  auto batch = Batch(Rows("131016,municipality", "", "w") +
                     Rows("131024,municipality", "told"));
  batch.add_unplaced_items("story");
  const auto result = Run(batch);
  EXPECT_EQ(result.counts().rejected(), 3);
  EXPECT_EQ(result.counts().created(), 3);
  EXPECT_THAT(result.unplaced_items(), IsEmpty());
}

TEST_F(Import, AHeaderOfNobodyMakesNobodyLate) {
  const std::string rows = Rows("131016,municipality", "told", "w");
  const std::string rest = ",municipality,dept,tel,2025-07-01\n";
  for (const std::string code : {"131017", "13x"}) {
    const auto result = Run(rows, "pets,2025," + code + rest);
    EXPECT_EQ(result.counts().rejected(), 4) << code;
  }
  EXPECT_EQ(Run(rows, "pets,2025,131016" + rest).counts().created(), 4);
  EXPECT_FALSE(Get("131016-municipality")->late());
}

TEST_F(Import, AQuoteThatTakesOtherRecordsRefusesTheBatch) {
  const auto result =
      Send(Batch(Rows("131016,municipality") +
                 Row("131016,municipality", "story", "\"open") +
                 Rows("131024,municipality") +
                 Row("131024,municipality", "story", "closed\"")));
  ASSERT_STATUS(result, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  const auto details = base::GetErrorDetails(result.status());
  ASSERT_TRUE(details);
  ASSERT_THAT(details->violations, SizeIs(1));
  EXPECT_EQ(details->violations[0].field, "batch:4");
  EXPECT_EQ(details->violations[0].reason, "QUOTE_OVER_RECORDS");
  // A text of several lines is none.
  EXPECT_EQ(Run(Rows("131016,municipality", "\"two\nlines, pets,2025\""))
                .counts()
                .created(),
            3);
  EXPECT_STATUS(Send(Batch("",
                           "pets,2025,131016,municipality,\"a,b,2025-07-01\n"
                           "pets,2025,131024,municipality,c\",d,2025-07-01\n")),
                absl::StatusCode::kInvalidArgument, "CSV_INVALID");
}

// --- what is stored is not lost ---

TEST_F(Import, AnAbsentRowErasesNothingThatWasSaid) {
  ASSERT_EQ(Run(Rows("131016,municipality", "told")).counts().created(), 3);
  const auto result = Run(Rows("131016,municipality"));
  EXPECT_THAT(Lines(result),
              ElementsAre("2 ANSWER_OMITTED", "3 SUBMISSION_REJECTED"));
  EXPECT_EQ(result.rejects(0).value(), "story");
  EXPECT_EQ(TextOf("131016-municipality", "story"), "told");
  // Said in words it is erased, and counted.
  const auto erased = Run(Rows("131016,municipality") +
                          Row("131016,municipality", "story", "", "NO_ANSWER"));
  EXPECT_EQ(erased.counts().updated(), 1);
  EXPECT_EQ(erased.counts().unchanged(), 2);
  EXPECT_EQ(TextOf("131016-municipality", "story"), "NO_ANSWER");
  // A blank stays blank without a row.
  EXPECT_EQ(Run(Rows("131016,municipality")).counts().unchanged(), 2);
}

TEST_F(Import, HandingADraftInIsNewsOfItsRows) {
  v1::CreateSubmissionRequest create;
  create.set_parent(kRound);
  create.set_submission_id("131016-municipality");
  v1::Answer& cats = *create.mutable_submission()->add_answers();
  cats.set_item("cats");
  cats.set_integer(1);
  v1::Answer& story = *create.mutable_submission()->add_answers();
  story.set_item("story");
  story.set_text("told");
  ASSERT_OK(Call(&Stub::CreateSubmission, create));
  EXPECT_THAT(Lines(Run(Rows("131016,municipality"))),
              Contains("2 ANSWER_OMITTED"));
  const auto result = Run(Rows("131016,municipality", "told"));
  EXPECT_EQ(result.counts().updated(), 2);
  EXPECT_EQ(result.counts().created(), 1);
}

// --- one respondent, however it is spelt ---

TEST_F(Import, OneRespondentInTwoSpellingsIsOneRespondent) {
  const auto result =
      Run(Rows("131016,municipality") + Rows("１３１０１６,municipality"));
  EXPECT_THAT(Lines(result),
              ElementsAre("2 DUPLICATE_ANSWER", "3 DUPLICATE_ANSWER",
                          "4 DUPLICATE_ANSWER", "5 DUPLICATE_ANSWER"));
  EXPECT_EQ(result.counts().rejected(), 4);
  // With a mark that nobody sees, or in five digits, it is no code, and stands
  // for the respondent all the same.
  for (const std::string code : {"131016\u200B", "13101"}) {
    EXPECT_EQ(Run(Rows("131016,municipality", "s", "w") +
                  Rows(code + ",municipality", "s", "w"))
                  .counts()
                  .rejected(),
              8);
  }
}

TEST_F(Import, AHeaderInAnotherSpellingIsTheHeaderOfItsAnswers) {
  const auto result =
      Run(Rows("131024,municipality"),
          "pets,2025,１３１０２４,municipality,a,b,2025-07-01\n");
  EXPECT_THAT(result.rejects(), IsEmpty());
  EXPECT_EQ(Get("131024-municipality")->header().department(), "a");
  EXPECT_FALSE(Get("131024-municipality")->late());
}

TEST_F(Import, ACodeThatWasGivenUpIsTheRespondentOfToday) {
  registry_.ChangeCode("131016", "139998");
  Prepare(kSheet, false, "later");
  const auto rows = [](std::string code) {
    return "later,2025," + code + ",municipality,cats,1,,\nlater,2025," + code +
           ",municipality,dogs,1,,\n";
  };
  EXPECT_EQ(Run(rows("131016") + rows("139998")).counts().rejected(), 4);
  EXPECT_EQ(Run(rows("139998")).counts().created(), 2);
  EXPECT_EQ(Run(rows("131016")).counts().unchanged(), 2);
  v1::ListSubmissionsRequest list;
  list.set_parent("surveys/later/rounds/2025");
  const auto all = Call(&Stub::ListSubmissions, list);
  ASSERT_OK(all);
  EXPECT_EQ(all->total_size(), 1);
}

TEST_F(Import, HeadersMayComeAlone) {
  ASSERT_EQ(Run(Rows("131024,municipality")).counts().created(), 2);
  const auto result = Run("", "pets,2025,131024,municipality,a,b,2025-07-01\n");
  EXPECT_EQ(result.counts().rows(), 0);
  EXPECT_EQ(result.rejects_total(), 0);
  EXPECT_EQ(result.version(), 4);
  EXPECT_EQ(Get("131024-municipality")->header().contact(), "b");
  EXPECT_EQ(Run("", "pets,2025,131017,municipality,a,b,\n").rejects_total(), 1);
}

TEST_F(Import, AHeaderLineAloneIsChecked) {
  auto request = Batch(Rows("131016,council"));
  request.mutable_batch()->set_csv(std::string(kColumns) + "\n");
  const auto empty = Send(request);
  ASSERT_OK(empty);
  EXPECT_EQ(empty->counts().rows(), 0);
  request.mutable_batch()->set_csv("foo,bar\n");
  const auto wrong = Send(request);
  ASSERT_STATUS(wrong, absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  const auto details = base::GetErrorDetails(wrong.status());
  std::set<std::string> reasons;
  for (const auto& violation : details->violations) {
    reasons.insert(violation.reason);
  }
  EXPECT_THAT(reasons, ElementsAre("COLUMN_MISSING", "COLUMN_UNKNOWN"));
}

// --- bounds ---

TEST_F(Import, OfManyFaultsTheFirstAreShownAndAllAreCounted) {
  std::string rows = Rows("131016,municipality", "told", "w");
  constexpr int kWrong = 3'500;
  for (int i = 0; i < kWrong; ++i) {
    rows += Row("131017,municipality", "n" + std::to_string(i), "1");
  }
  // Nobody's rows would refuse the good one too; here its code is meant.
  rows += Rows("131024,municipality", "told", "w");
  auto batch = Batch(rows);
  batch.set_request_id("many");
  const auto result = Send(batch);
  ASSERT_OK(result);
  EXPECT_EQ(result->counts().created(), 4);
  EXPECT_EQ(result->counts().rejected(), kWrong + 4);
  EXPECT_EQ(result->rejects_total(), kWrong + 4);
  EXPECT_EQ(result->rejects_size(), 1'000);
  EXPECT_LT(result->ByteSizeLong(), std::size_t{2} << 20);
  // The reply is kept as it is.
  EXPECT_EQ(Send(batch)->SerializeAsString(), result->SerializeAsString());

  // The rest, by pages of a dry run.
  std::vector<int> records;
  for (const auto& reject : result->rejects()) {
    records.push_back(reject.record());
  }
  auto more = batch;
  more.clear_request_id();
  more.set_validate_only(true);
  more.set_rejects_token(result->next_rejects_token());
  while (!more.rejects_token().empty()) {
    const auto page = Send(more);
    ASSERT_OK(page);
    EXPECT_EQ(page->rejects_total(), kWrong + 4);
    for (const auto& reject : page->rejects()) {
      records.push_back(reject.record());
    }
    more.set_rejects_token(page->next_rejects_token());
  }
  EXPECT_THAT(records, SizeIs(kWrong + 4));
  EXPECT_TRUE(std::is_sorted(records.begin(), records.end()));
  EXPECT_EQ(std::set<int>(records.begin(), records.end()).size(),
            records.size());
}

TEST_F(Import, FaultsAreToldInTheLanguageOfTheCall) {
  const auto batch = Batch(Row("131017,municipality", "cats", "1") + "x\n");
  for (const auto& [language, end] :
       {std::pair("ja,en;q=0.5", "。"), std::pair("en", ".")}) {
    grpc::ClientContext context;
    context.AddMetadata("accept-language", language);
    type::v1::ImportResult result;
    ASSERT_TRUE(stub_->BatchImportSubmissions(&context, batch, &result).ok());
    EXPECT_THAT(Lines(result), ElementsAre("2 CHECK_DIGIT", "3 CSV_CELLS"));
    for (const auto& reject : result.rejects()) {
      EXPECT_TRUE(reject.message().ends_with(end)) << reject.message();
    }
  }
}

TEST_F(Import, ATokenIsOfItsBatchAndOfADryRun) {
  auto batch = Batch(Rows("131016,municipality"));
  batch.set_rejects_token("x");
  EXPECT_STATUS(Send(batch), absl::StatusCode::kInvalidArgument,
                "REJECTS_TOKEN_INVALID");
  batch.set_validate_only(true);
  EXPECT_STATUS(Send(batch), absl::StatusCode::kInvalidArgument,
                "REJECTS_TOKEN_INVALID");
}

TEST_F(Import, LongRecordsTimesManyFaultsMakeAReplyThatCanBeSent) {
  std::string sheet =
      "type,name,label,respondent,absences\n"
      "text,story,story,municipality council,NO_ANSWER\n";
  for (int i = 0; i < 300; ++i) {
    sheet +=
        "integer,n" + std::to_string(i) + ",n,municipality council,NO_ANSWER\n";
  }
  Prepare(sheet, false, "wide");
  std::string rows;
  for (int i = 0; i < 300; ++i) {
    rows += "wide,2025,131016,municipality,n" + std::to_string(i) + ",1,,\n";
  }
  for (const char* code : {"131024", "131032", "131041", "131059"}) {
    for (const char* kind : {"municipality", "council"}) {
      rows += std::string("wide,2025,") + code + "," + kind + ",story," +
              std::string(2'500, 'x') + ",,\n";
    }
  }
  auto batch = Batch(rows);
  batch.set_request_id("wide");
  const auto result = Send(batch);
  ASSERT_OK(result);
  EXPECT_EQ(result->counts().created(), 300);
  EXPECT_EQ(result->rejects_total(), 8 * 300);
  EXPECT_LT(result->ByteSizeLong(), std::size_t{2} << 20);
  EXPECT_NE(result->next_rejects_token(), "");
  for (const auto& reject : result->rejects()) {
    EXPECT_LE(reject.raw_record().size(), 2'003U);
  }
}

TEST_F(Import, TextsHaveALength) {
  const std::string key = "pets,2025,131016,municipality,";
  const auto result = Run(Rows("131016,municipality"),
                          key + "d," + std::string(501, 'c') + ",2025-07-01\n");
  EXPECT_THAT(Lines(result), Contains("2 TEXT_TOO_LONG"));
  EXPECT_EQ(result.counts().rejected(), 2);
  auto batch = Batch(Rows("131016,municipality"));
  batch.mutable_batch()->set_source_file(std::string(1'001, 'f'));
  EXPECT_STATUS(Send(batch), absl::StatusCode::kInvalidArgument, "CSV_INVALID");
  std::string rows;
  for (int i = 0; i < 200; ++i) rows += Row("131016,municipality", "cats", "1");
  EXPECT_THAT(Lines(Run(rows)),
              AllOf(SizeIs(200), Each(HasSubstr(" TOO_MANY_ANSWERS"))));
}

// --- what an export marks ---

TEST_F(Import, RowsOfDraftsAreNotHandedIn) {
  const std::string header = std::string(kColumns) + ",state,synthetic\n";
  const std::string key = "pets,2025,131016,municipality,";
  v1::ImportSubmissionsRequest batch;
  batch.mutable_batch()->set_csv(header + key + "cats,1,,,DRAFT,\n" + key +
                                 "dogs,1,,,DRAFT,\n");
  EXPECT_THAT(Lines(Run(batch)),
              ElementsAre("2 NOT_HANDED_IN", "3 NOT_HANDED_IN"));
  batch.mutable_batch()->set_csv(header + key + "cats,1,,,SUBMITTED,架空\n" +
                                 key + "dogs,1,,,submitted,\n");
  EXPECT_THAT(Lines(Run(batch)),
              ElementsAre("2 SYNTHETIC_ANSWERS", "3 STATE_UNKNOWN"));
  batch.mutable_batch()->set_csv(header + key + "cats,1,,,ACCEPTED,\n" + key +
                                 "dogs,1,,,SUBMITTED,\n");
  EXPECT_EQ(Run(batch).counts().created(), 2);
}

// --- strategies and bases ---

TEST_F(Import, ABatchIsRefusedWhereItsRoundHasMovedAndByWhomIsSaid) {
  v1::ImportSubmissionsRequest batch = Batch(Rows("131016,municipality", "a"));
  batch.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  batch.set_validate_only(true);
  batch.set_show_changes(2);
  const auto dry = Send(batch);
  ASSERT_OK(dry);
  EXPECT_FALSE(dry->incarnation().empty());
  EXPECT_EQ(dry->changes_size(), 2);
  ASSERT_EQ(dry->groups_size(), 1);
  EXPECT_EQ(dry->groups(0).fiscal_year(), 2025);
  EXPECT_EQ(dry->groups(0).counts().created(), 3);
  batch.set_validate_only(false);
  batch.mutable_base()->set_version(dry->version());
  batch.mutable_base()->set_incarnation(dry->incarnation());
  batch.set_request_id("00000000-0000-4000-8000-000000000001");
  const auto done = Send(batch);
  ASSERT_OK(done);
  EXPECT_GT(done->version(), dry->version());
  // A repeat is what was answered, wherever the round is now.
  EXPECT_EQ(Send(batch)->version(), done->version());
  batch.clear_request_id();
  const auto moved = Send(batch);
  EXPECT_STATUS(moved, absl::StatusCode::kAborted, "BASE_MOVED");
  const auto details = base::GetErrorDetails(moved.status());
  EXPECT_FALSE(details->metadata.at("actor").empty());
  EXPECT_THAT(details->metadata.at("resource"), HasSubstr("/rounds/2025"));
  // Another store of the same revision is another state.
  batch.mutable_base()->set_version(done->version());
  batch.mutable_base()->set_incarnation("0");
  EXPECT_STATUS(Send(batch), absl::StatusCode::kAborted, "BASE_MOVED");
  batch.mutable_base()->clear_incarnation();
  EXPECT_EQ(Send(batch)->counts().unchanged(), 3);
}

TEST_F(Import, ManyAreStoredAsOneByOne) {
  // Texts that stand in quotes, long and short.
  const std::string story = "\"" + std::string(40, 'x') + "\"\"y\"\", z\"";
  std::vector<std::string> names;
  std::string rows;
  for (const std::string code : {"131016", "131024", "131032", "131041"}) {
    for (const std::string kind : {"municipality", "council"}) {
      names.push_back(code + "-" + kind);
      rows += Rows(code + "," + kind, story, "\"w,\"");
    }
  }
  v1::ImportSubmissionsRequest batch = Batch(rows);
  batch.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  EXPECT_EQ(Run(batch).counts().created(), 32);
  std::set<std::int64_t> revisions;
  for (const std::string& name : names) {
    EXPECT_EQ(TextOf(name, "story"), std::string(40, 'x') + "\"y\", z");
    EXPECT_EQ(TextOf(name, "wish"), "w,");
    revisions.insert(Get(name)->round_revision());
  }
  EXPECT_THAT(revisions, SizeIs(8));
  EXPECT_EQ(*revisions.rbegin() - *revisions.begin(), 7);
  EXPECT_EQ(Run(batch).counts().unchanged(), 32);
  // Some changed, some new, some as they are.
  rows += Rows("131059,council", "new");
  rows.replace(rows.find(",cats,1"), 7, ",cats,9");
  batch = Batch(rows);
  for (const auto strategy :
       {type::v1::IMPORT_STRATEGY_MERGE, type::v1::IMPORT_STRATEGY_REPLACE}) {
    batch.set_strategy(strategy);
    const type::v1::ImportResult result = Run(batch);
    const bool first = strategy == type::v1::IMPORT_STRATEGY_MERGE;
    EXPECT_EQ(result.counts().updated(), first ? 1 : 0);
    EXPECT_EQ(result.counts().created(), first ? 3 : 0);
    EXPECT_EQ(result.counts().unchanged(), first ? 31 : 35);
    EXPECT_EQ(result.omitted_deleted(), 0);
  }
  EXPECT_EQ(Get("131016-municipality")->revision(), 2);
  EXPECT_EQ(TextOf("131059-council", "wish"), "NO_ANSWER");
}

TEST_F(Import, ABatchWithABaseIsOfOneRound) {
  Prepare(kSheet, false, "pets2");
  std::string rows = Rows("131016,municipality", "a");
  std::string others = rows;
  for (std::size_t at = 0; (at = others.find("pets,", at)) != std::string::npos;
       at += 6) {
    others.replace(at, 5, "pets2,");
  }
  v1::ImportSubmissionsRequest batch = Batch(rows + others);
  batch.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  batch.mutable_base()->set_version(1);
  EXPECT_STATUS(Send(batch), absl::StatusCode::kInvalidArgument, "BASE_ROUNDS");
}

TEST_F(Import, ARowWithoutRespondentRefusesWhoeverReplaceWouldTakeItFrom) {
  ASSERT_EQ(Run(Rows("131016,municipality", "told")).counts().created(), 3);
  v1::ImportSubmissionsRequest batch =
      Batch(Row("131016,municipality", "cats", "1") +
            Row("131016,municipality", "dogs", "7") +
            Row("13x,municipality", "story", "new"));
  batch.set_strategy(type::v1::IMPORT_STRATEGY_REPLACE);
  EXPECT_THAT(Lines(Run(batch)),
              ElementsAre("2 SUBMISSION_REJECTED", "3 SUBMISSION_REJECTED",
                          "4 CODE_FORMAT"));
  EXPECT_EQ(TextOf("131016-municipality", "story"), "told");
  // What MERGE leaves out is not lost.
  batch.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  EXPECT_THAT(Lines(Run(batch)), ElementsAre("4 CODE_FORMAT"));
  EXPECT_EQ(TextOf("131016-municipality", "story"), "told");
}

// --- rounds to come ---

TEST_F(Import, ADryRunTakesRoundsThatAreToComeForOpened) {
  v1::ImportSubmissionsRequest batch =
      Batch(Row("131016,municipality", "cats", "1", "", "2024") +
            Row("131016,municipality", "dogs", "2", "", "2024"));
  batch.set_strategy(type::v1::IMPORT_STRATEGY_MERGE);
  batch.set_validate_only(true);
  EXPECT_THAT(Lines(*Send(batch)),
              ElementsAre("2 ROUND_NOT_FOUND", "3 ROUND_NOT_FOUND"));
  v1::RoundToCome& coming = *batch.add_rounds_to_come();
  *coming.mutable_create() = RoundRequest("pets", "1", 2024);
  const auto dry = Send(batch);
  ASSERT_OK(dry);
  EXPECT_EQ(dry->counts().created(), 2);
  EXPECT_EQ(dry->version(), 0);
  EXPECT_STATUS(GetRound("surveys/pets/rounds/2024"),
                absl::StatusCode::kNotFound, "ROUND_NOT_FOUND");
  // A write is told of none.
  batch.set_validate_only(false);
  EXPECT_EQ(Send(batch)->counts().rejected(), 2);
  batch.set_validate_only(true);
  // It is judged as it will be created and opened.
  coming.add_unknown_municipalities("municipalities/131016");
  EXPECT_STATUS(Send(batch), absl::StatusCode::kInvalidArgument,
                "ROUND_INVALID");
  coming.clear_unknown_municipalities();
  v1::Round& round = *coming.mutable_create()->mutable_round();
  round.set_codebook("surveys/pets/codebooks/9");
  EXPECT_STATUS(Send(batch), absl::StatusCode::kFailedPrecondition,
                "CODEBOOK_NOT_PUBLISHED");
  round.set_display_name("");
  EXPECT_STATUS(Send(batch), absl::StatusCode::kInvalidArgument,
                "ROUND_INVALID");
  // One that is there stays as it is.
  *coming.mutable_create() = RoundRequest("pets", "9", 2025);
  EXPECT_EQ(Send(batch)->counts().rejected(), 2);
  for (int more = 0; more < 100; ++more) batch.add_rounds_to_come();
  EXPECT_STATUS(Send(batch), absl::StatusCode::kInvalidArgument,
                "ROUND_INVALID");
}

}  // namespace
}  // namespace welfare::survey
