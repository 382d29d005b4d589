// The contract of SurveyStore, run against every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/audit/audit_tree.h"
#include "services/platform/engine/sqlite_database.h"
#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/group_commit.h"
#include "services/platform/storage/migrations.h"
#include "services/survey/store/pinned_content.h"
#include "services/survey/store/round_changes.h"
#include "services/survey/store/sql/sql_survey_store.h"
#include "services/survey/store/sql/survey_schema.h"
#include "services/survey/store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"
#include "tests/survey/jusou_sheets.h"
#include "tests/survey/sample.h"
#include "tests/survey/stored_round.h"

namespace welfare::survey {
namespace {

using support::IsOkAndHolds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class SurveyStoreContract
    : public ::testing::TestWithParam<support::StoreEngine> {
 protected:
  SurveyStoreContract() { Open(); }

  void Open() {
    store_.reset();
    database_.reset();
    auto database = GetParam().open(folder_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    ASSERT_OK(
        platform::ApplyMigrations(*database_, clock_, SurveyMigrations()));
    store_ = std::make_unique<SqlSurveyStore>(
        platform::WritePath::Options{.database = *database_, .clock = clock_},
        "store-a");
  }

  static base::SubmissionName Name(const std::string& who,
                                   const std::string& survey = "jusou") {
    return {.survey = survey,
            .fiscal_year = base::FiscalYear::FromChecked(2025),
            .respondent = sample::Who(who)};
  }

  using Change = std::function<absl::StatusOr<std::string>(StoreWriter&)>;
  absl::StatusOr<std::string> Write(const Change& change,
                                    const std::string& request_id = "",
                                    const std::string& body = "") {
    WELFARE_ASSIGN_OR_RETURN(
        const auto outcome,
        store_->Change(TestChange(request_id, body), change));
    return outcome.reply;
  }

  void Read(const std::function<absl::Status(StoreReader&)>& read) {
    EXPECT_OK(store_->Read({}, read));
  }

  // Creates and opens a round with the sample's population.
  void OpenRound(const std::string& survey = "jusou") {
    ASSERT_OK(Write([&](StoreWriter& store) -> absl::StatusOr<std::string> {
      WELFARE_RETURN_IF_ERROR(
          StoreOpenRound(store, PlannedRoundOf(RoundOf(survey), "1")));
      return "";
    }));
  }

  absl::StatusOr<Submission> Append(
      const std::string& who, std::int64_t number,
      SubmissionState state = SubmissionState::kSubmitted,
      const std::string& survey = "jusou", const std::string& why = "why") {
    Submission result{.name = Name(who, survey)};
    const auto reply =
        Write([&](StoreWriter& store) -> absl::StatusOr<std::string> {
          Submission next{.name = Name(who, survey)};
          next.answers = {
              {.item = "count", .row = "", .content = number},
              {.item = "methods",
               .row = "",
               .content = Codes{"visit", "other"},
               .other_text = "by post",
               .provenance = Provenance::kImported},
              {.item = "phases", .row = "find", .content = std::string("x")},
              {.item = "phases",
               .row = "keep",
               .content = base::Absence::kNotCounted}};
          next.digest = AnswersDigest(next.answers);
          next.state = state;
          next.registry_version = 7;
          next.received_on = base::Date::Make(2025, 7, 12).value();
          next.late = true;
          next.reason = why;
          WELFARE_ASSIGN_OR_RETURN(result, store.submissions().Append(next));
          return "";
        });
    if (!reply.ok()) return reply.status();
    return result;
  }

  std::int64_t Revision(const std::string& survey = "jusou") {
    std::int64_t revision = 0;
    Read([&](StoreReader& store) -> absl::Status {
      WELFARE_ASSIGN_OR_RETURN(const auto round,
                               store.rounds().Find(RoundOf(survey)));
      revision = round ? round->revision : 0;
      return absl::OkStatus();
    });
    return revision;
  }

  std::vector<platform::AuditRecord> Audit() {
    return database_
        ->Read([](platform::Connection& connection) {
          return platform::ListAudit(connection, 0, 1000);
        })
        .value();
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<SqlSurveyStore> store_;
};

TEST_P(SurveyStoreContract, KeepsARoundWithItsFrame) {
  OpenRound();
  Open();  // as after a restart
  Read([&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round,
                             store.rounds().Find(RoundOf("jusou")));
    EXPECT_EQ(round->revision, 2);
    EXPECT_EQ(round->pin_revision, 2);
    EXPECT_EQ(round->registry_version, 7);
    EXPECT_EQ(round->state, RoundState::kOpen);
    EXPECT_TRUE(round->synthetic);
    EXPECT_EQ(round->window_end->ToString(), "2025-07-11");
    WELFARE_ASSIGN_OR_RETURN(const auto rows,
                             store.rounds().LoadFrame(round->name, 2));
    const Frame frame = sample::MakeFrame();
    EXPECT_EQ(rows,
              std::vector<FrameRow>(frame.rows().begin(), frame.rows().end()));
    WELFARE_ASSIGN_OR_RETURN(const auto before,
                             store.rounds().FindAt(round->name, 1));
    EXPECT_EQ(before->state, RoundState::kPlanned);
    EXPECT_EQ(before->pin_revision, 0);
    EXPECT_EQ(before->revision, 1);
    return absl::OkStatus();
  });
}

TEST_P(SurveyStoreContract, GivesASubmissionBackAsItWas) {
  OpenRound();
  const auto stored = Append("131016-municipality", 0);
  ASSERT_OK(stored);
  EXPECT_EQ(stored->revision, 1);
  EXPECT_EQ(stored->round_revision, 3);
  Open();
  Read([&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto found,
                             store.submissions().Find(stored->name));
    EXPECT_EQ(found->answers, stored->answers);
    EXPECT_EQ(found->digest, stored->digest);
    EXPECT_EQ(found->received_on, stored->received_on);
    EXPECT_TRUE(found->late);
    EXPECT_EQ(found->reason, "why");
    EXPECT_EQ(found->registry_version, 7);
    EXPECT_EQ(found->create_time, clock_.Now());
    return absl::OkStatus();
  });
}

TEST_P(SurveyStoreContract, RemembersWhyASubmissionWasLastGivenBack) {
  OpenRound();
  const auto expect = [&](const std::string& why) {
    Read([&](StoreReader& store) -> absl::Status {
      WELFARE_ASSIGN_OR_RETURN(
          const std::string found,
          store.submissions().FindReturnReason(Name("131016-municipality")));
      EXPECT_EQ(found, why);
      return absl::OkStatus();
    });
  };
  using enum SubmissionState;
  std::int64_t number = 0;
  const auto append = [&](SubmissionState state, const std::string& why,
                          const std::string& who = "131016-municipality") {
    ASSERT_OK(Append(who, ++number, state, "jusou", why));
  };
  expect("");  // nobody has begun
  append(kDraft, "a");
  expect("");
  append(kSubmitted, "b");
  append(kReturned, "first");
  expect("first");
  append(kReturned, "by telephone");
  append(kReturned, "");
  append(kReturned, "of another", "131016-council");
  expect("first");
  append(kSubmitted, "");
  expect("");
  append(kAccepted, "");
  append(kReturned, "second");
  append(kReturned, "by telephone");
  expect("second");
}

TEST_P(SurveyStoreContract, EveryChangeIsOneRevisionOfTheRound) {
  OpenRound();
  ASSERT_OK(Append("131016-municipality", 1));
  ASSERT_OK(Append("131016-council", 2));
  ASSERT_OK(Append("131016-municipality", 3));
  EXPECT_EQ(Revision(), 5);
  Read([&](StoreReader& store) -> absl::Status {
    const auto number = [&](const std::optional<Submission>& submission) {
      return submission ? std::get<std::int64_t>(submission->answers[0].content)
                        : -1;
    };
    WELFARE_ASSIGN_OR_RETURN(
        const auto third,
        store.submissions().FindAt(Name("131016-municipality"), 4));
    EXPECT_EQ(number(third), 1);
    WELFARE_ASSIGN_OR_RETURN(
        const auto none,
        store.submissions().FindAt(Name("131016-municipality"), 2));
    EXPECT_EQ(number(none), -1);
    WELFARE_ASSIGN_OR_RETURN(const auto at3,
                             store.submissions().LoadAt(RoundOf("jusou"), 3));
    EXPECT_THAT(at3, SizeIs(1));
    WELFARE_ASSIGN_OR_RETURN(const auto at5,
                             store.submissions().LoadAt(RoundOf("jusou"), 5));
    EXPECT_THAT(at5, SizeIs(2));
    EXPECT_EQ(number(at5[0]), 3);
    WELFARE_ASSIGN_OR_RETURN(
        const auto revisions,
        store.submissions().ListRevisions(Name("131016-municipality"), 0, 10));
    EXPECT_THAT(revisions, SizeIs(2));
    WELFARE_ASSIGN_OR_RETURN(const auto changes,
                             ListChanges(store, RoundOf("jusou"), 1, 3));
    std::vector<std::int64_t> order;
    for (const RoundChange& change : changes) order.push_back(change.revision);
    EXPECT_THAT(order, ElementsAre(2, 3, 4));
    EXPECT_TRUE(std::holds_alternative<Round>(changes[0].after));
    EXPECT_TRUE(std::holds_alternative<Submission>(changes[1].after));
    return absl::OkStatus();
  });
}

TEST_P(SurveyStoreContract, ListsByKeysKindsAndStates) {
  OpenRound();
  for (const char* who : {"131032-council", "131016-municipality",
                          "131016-council", "131024-municipality"}) {
    ASSERT_OK(Append(who, 1));
  }
  ASSERT_OK(Append("131024-municipality", 1, SubmissionState::kReturned));
  Read([&](StoreReader& store) -> absl::Status {
    SubmissionQuery query{.round = RoundOf("jusou"),
                          .after = std::nullopt,
                          .kind = std::nullopt,
                          .limit = 2};
    WELFARE_ASSIGN_OR_RETURN(const auto first, store.submissions().List(query));
    EXPECT_THAT(first, SizeIs(2));
    EXPECT_EQ(first[1].name.respondent.ToString(), "131016-council");
    EXPECT_THAT(first[1].answers, IsEmpty());
    query.after = first[1].name.respondent;
    WELFARE_ASSIGN_OR_RETURN(const auto second,
                             store.submissions().List(query));
    EXPECT_EQ(second[0].name.respondent.ToString(), "131024-municipality");
    query.after = std::nullopt;
    query.kind = base::RespondentKind::kCouncil;
    EXPECT_THAT(store.submissions().Count(query), IsOkAndHolds(2));
    query.kind = std::nullopt;
    query.states = {SubmissionState::kReturned};
    EXPECT_THAT(store.submissions().Count(query), IsOkAndHolds(1));
    query.states = {SubmissionState::kReturned, SubmissionState::kSubmitted};
    EXPECT_THAT(store.submissions().Count(query), IsOkAndHolds(4));
    // As it was when the second had come in.
    query.revision = first[0].round_revision - 1;
    EXPECT_THAT(store.submissions().Count(query), IsOkAndHolds(1));
    query.revision = first[0].round_revision;
    EXPECT_THAT(store.submissions().Count(query), IsOkAndHolds(2));
    query.limit = 10;
    WELFARE_ASSIGN_OR_RETURN(const auto then, store.submissions().List(query));
    EXPECT_THAT(then, SizeIs(2));
    query.states.clear();
    query.revision = 0;
    WELFARE_ASSIGN_OR_RETURN(
        auto counts, store.submissions().CountByState(RoundOf("jusou")));
    EXPECT_EQ(
        (counts[{base::RespondentKind::kCouncil, SubmissionState::kSubmitted}]),
        2);
    return absl::OkStatus();
  });
}

TEST_P(SurveyStoreContract, SurveysDoNotMeet) {
  OpenRound("jusou");
  OpenRound("trial");
  ASSERT_OK(
      Append("131016-municipality", 1, SubmissionState::kSubmitted, "trial"));
  EXPECT_EQ(Revision("jusou"), 2);
  EXPECT_EQ(Revision("trial"), 3);
  Read([&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(
        const auto found,
        store.submissions().Find(Name("131016-municipality")));
    EXPECT_FALSE(found);
    return absl::OkStatus();
  });
}

TEST_P(SurveyStoreContract, AChangeThatFailsLeavesNothing) {
  OpenRound();
  const std::size_t audited = Audit().size();
  EXPECT_STATUS(
      Write([&](StoreWriter& store) -> absl::StatusOr<std::string> {
        Submission next{.name = Name("131016-municipality")};
        WELFARE_RETURN_IF_ERROR(store.submissions().Append(next).status());
        return absl::AbortedError("no");
      }),
      absl::StatusCode::kAborted);
  EXPECT_EQ(Revision(), 2);
  EXPECT_EQ(Audit().size(), audited);
}

TEST_P(SurveyStoreContract, ARequestIdRunsOnce) {
  OpenRound();
  int runs = 0;
  const auto change = [&](StoreWriter& store) -> absl::StatusOr<std::string> {
    ++runs;
    WELFARE_RETURN_IF_ERROR(store.submissions()
                                .Append({.name = Name("131016-municipality")})
                                .status());
    return "reply " + std::to_string(runs);
  };
  EXPECT_THAT(Write(change, "id", "body"), IsOkAndHolds("reply 1"));
  EXPECT_THAT(Write(change, "id", "body"), IsOkAndHolds("reply 1"));
  EXPECT_STATUS(Write(change, "id", "other"),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(Revision(), 3);
}

TEST_P(SurveyStoreContract, PersonalDataStaysOutOfTheAuditLog) {
  OpenRound();
  ASSERT_OK(Append("131016-municipality", 1));
  const auto store_contact = [&] {
    return Write([&](StoreWriter& store) -> absl::StatusOr<std::string> {
      WELFARE_RETURN_IF_ERROR(store.submissions().StoreContact(
          Name("131016-municipality"),
          {.department = "福祉課", .contact = "03-0000"}));
      return "";
    });
  };
  ASSERT_OK(store_contact());
  Read([&](StoreReader& store) -> absl::Status {
    EXPECT_THAT(
        store.submissions().FindContact(Name("131016-municipality")),
        IsOkAndHolds(Contact{.department = "福祉課", .contact = "03-0000"}));
    EXPECT_THAT(store.submissions().FindContact(Name("131016-council")),
                IsOkAndHolds(Contact{}));
    return absl::OkStatus();
  });
  EXPECT_EQ(Revision(), 3);
  const auto audit = Audit();
  EXPECT_THAT(audit, SizeIs(4));  // two of the round, answers, contact
  for (const platform::AuditRecord& record : audit) {
    EXPECT_THAT(record.entry.detail, Not(HasSubstr("福祉課")));
    EXPECT_THAT(record.entry.detail, Not(HasSubstr("03-0000")));
    EXPECT_THAT(record.entry.detail, Not(HasSubstr("by post")));
  }
  EXPECT_THAT(audit[2].entry.resource, HasSubstr("131016-municipality"));
  // An equal contact is no change.
  ASSERT_OK(store_contact());
  EXPECT_THAT(Audit(), SizeIs(4));
  platform::AuditTree tree(*database_);
  EXPECT_OK(tree.Look(base::CallLimits::After(std::chrono::seconds(20)),
                      [](const base::MerkleTree& seen) {
                        EXPECT_EQ(seen.size(), 4);
                        return absl::OkStatus();
                      }));
}

TEST_P(SurveyStoreContract, ADraftCodebookIsReplacedAndAPublishedOneStays) {
  StoredCodebook codebook{.name = {.survey = "jusou", .version = "1"}};
  codebook.title = "First";
  codebook.digest = "a";
  codebook.sheets = {.survey = "s", .choices = "c", .settings = "t"};
  codebook.create_time = clock_.Now();
  const auto put = [&] {
    return Write([&](StoreWriter& store) -> absl::StatusOr<std::string> {
      WELFARE_RETURN_IF_ERROR(store.codebooks().Store(codebook));
      return "";
    });
  };
  ASSERT_OK(put());
  codebook.title = "Second";
  codebook.digest = "b";
  ASSERT_OK(put());
  ASSERT_OK(Write([&](StoreWriter& store) -> absl::StatusOr<std::string> {
    WELFARE_RETURN_IF_ERROR(
        store.codebooks().Publish(codebook.name, clock_.Now()));
    return "";
  }));
  Read([&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto found,
                             store.codebooks().Find(codebook.name));
    EXPECT_EQ(found->title, "Second");
    EXPECT_EQ(found->digest, "b");
    EXPECT_EQ(found->sheets, codebook.sheets);
    EXPECT_EQ(found->state, CodebookState::kPublished);
    EXPECT_EQ(found->publish_time, clock_.Now());
    WELFARE_ASSIGN_OR_RETURN(
        const auto list, store.codebooks().List({.survey = "jusou"}, "", 5));
    EXPECT_THAT(list, SizeIs(1));
    return absl::OkStatus();
  });
}

TEST_P(SurveyStoreContract, WritersAtOnceGetRevisionsWithoutGaps) {
  OpenRound();
  std::vector<std::jthread> threads;
  for (const char* who : {"131016-municipality", "131016-council",
                          "131024-municipality", "131024-council"}) {
    threads.emplace_back([this, who] {
      for (int i = 0; i < 10; ++i) EXPECT_OK(Append(who, i));
    });
  }
  threads.clear();
  EXPECT_EQ(Revision(), 42);
  Read([&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto changes,
                             ListChanges(store, RoundOf("jusou"), 0, 100));
    EXPECT_THAT(changes, SizeIs(42));
    for (std::size_t i = 0; i < changes.size(); ++i) {
      EXPECT_EQ(changes[i].revision, static_cast<std::int64_t>(i) + 1);
    }
    return absl::OkStatus();
  });
}

TEST_P(SurveyStoreContract, NamesWhatNobodyHereStored) {
  OpenRound();
  ASSERT_OK(Append("131016-municipality", 1));
  ASSERT_OK(database_->Write([&](platform::Transaction& transaction) {
    return transaction.Execute(
        {"spoil", "UPDATE submissions SET municipality_code = 'x'"}, {});
  }));
  EXPECT_STATUS(
      store_->Read(
          {},
          [&](StoreReader& store) {
            return store.submissions().LoadAt(RoundOf("jusou"), 3).status();
          }),
      absl::StatusCode::kInternal, "STORED_VALUE_INVALID");
}

TEST_P(SurveyStoreContract, RefusesToChangeOrRemoveWhatWasAnswered) {
  OpenRound();
  ASSERT_OK(Append("131016-municipality", 1));
  for (const platform::Query& query :
       {platform::Query{"a", "UPDATE submission_revisions SET state = 4"},
        platform::Query{"b", "DELETE FROM submission_revisions"},
        platform::Query{"c", "DELETE FROM round_revisions"},
        platform::Query{"d", "UPDATE frame_rows SET registry_version = 9"}}) {
    const auto changed =
        database_->Write([&](platform::Transaction& transaction) {
          return transaction.Execute(query, {});
        });
    EXPECT_STATUS(changed, absl::StatusCode::kFailedPrecondition,
                  "CONSTRAINT_VIOLATION")
        << query.sql;
  }
}

// A store whose next commits can be made to fail.
class FailingSurveyStore : public ::testing::Test {
 protected:
  FailingSurveyStore() {
    auto sqlite = platform::SqliteDatabase::OpenInMemory();
    EXPECT_OK(sqlite);
    sqlite_ = sqlite->get();
    database_ = std::make_unique<platform::GroupCommit>(*std::move(sqlite));
    EXPECT_OK(
        platform::ApplyMigrations(*database_, clock_, SurveyMigrations()));
    store_ = std::make_unique<SqlSurveyStore>(
        platform::WritePath::Options{.database = *database_, .clock = clock_},
        "store-a");
  }

  void FailNextCommit() {
    sqlite_->FailNext(platform::SqliteDatabase::FaultPoint::kCommit,
                      absl::UnavailableError("gone"));
  }

  absl::StatusOr<std::string> Write(
      const std::function<absl::Status(StoreWriter&)>& change,
      const std::string& request_id = "") {
    WELFARE_ASSIGN_OR_RETURN(
        const auto outcome,
        store_->Change(TestChange(request_id),
                       [&](StoreWriter& store) -> absl::StatusOr<std::string> {
                         WELFARE_RETURN_IF_ERROR(change(store));
                         return std::string("ok");
                       }));
    return outcome.reply;
  }

  // The registry's pins differ in their frames: all rows, or all but one.
  absl::Status OpenRound(StoreWriter& store, std::int64_t registry_version) {
    WELFARE_ASSIGN_OR_RETURN(auto round, store.rounds().Find(kRound));
    round->state = RoundState::kOpen;
    round->registry_version = registry_version;
    round->pin_revision = -1;
    WELFARE_ASSIGN_OR_RETURN(*round, store.rounds().Append(*round));
    const Frame all = sample::MakeFrame();
    std::vector<FrameRow> rows(all.rows().begin(), all.rows().end());
    if (registry_version > 7) rows.pop_back();
    return store.rounds().StoreFrame(*round, Frame(std::move(rows)));
  }

  const base::RoundName kRound = RoundOf();
  support::FakeClock clock_;
  platform::SqliteDatabase* sqlite_ = nullptr;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<SqlSurveyStore> store_;
};

TEST_F(FailingSurveyStore, ACommitThatFailsLeavesNothingAndFreesTheRequestId) {
  const auto create = [&](StoreWriter& store) {
    return store.rounds().Append({.name = kRound}).status();
  };
  FailNextCommit();
  EXPECT_STATUS(Write(create, "id"), absl::StatusCode::kUnavailable);
  EXPECT_OK(store_->Read({}, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const auto round, store.rounds().Find(kRound));
    EXPECT_FALSE(round);
    return absl::OkStatus();
  }));
  const auto audit = database_->Read([](platform::Connection& connection) {
    return platform::ListAudit(connection, 0, 10);
  });
  EXPECT_THAT(*audit, IsEmpty());
  EXPECT_THAT(Write(create, "id"), IsOkAndHolds("ok"));
}

TEST_F(FailingSurveyStore, AFrameThatWasRolledBackIsNotKept) {
  StoredCodebook codebook{.name = {.survey = "jusou", .version = "2025-1"}};
  codebook.state = CodebookState::kPublished;
  codebook.sheets = JusouSheets();
  ASSERT_OK(Write([&](StoreWriter& store) -> absl::Status {
    WELFARE_RETURN_IF_ERROR(store.codebooks().Store(codebook));
    Round round{.name = kRound};
    round.codebook = codebook.name;
    return store.rounds().Append(round).status();
  }));
  PinnedContent content;
  FailNextCommit();
  EXPECT_STATUS(Write([&](StoreWriter& store) -> absl::Status {
                  WELFARE_RETURN_IF_ERROR(OpenRound(store, 7));
                  return content.Load(store, kRound).status();
                }),
                absl::StatusCode::kUnavailable);
  ASSERT_OK(Write([&](StoreWriter& store) { return OpenRound(store, 8); }));
  EXPECT_OK(store_->Read({}, [&](StoreReader& store) -> absl::Status {
    WELFARE_ASSIGN_OR_RETURN(const OpenedRound opened,
                             content.Load(store, kRound));
    EXPECT_EQ(opened.frame->size(), sample::MakeFrame().size() - 1);
    return absl::OkStatus();
  }));
}

INSTANTIATE_TEST_SUITE_P(Engines, SurveyStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::survey
