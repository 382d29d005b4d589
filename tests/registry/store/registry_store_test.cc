// The contract of RegistryStore, run against every engine.
#include "services/registry/store/registry_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/storage/audit_log.h"
#include "services/platform/storage/migrations.h"
#include "services/registry/store/registry_schema.h"
#include "services/registry/store/sql_registry_store.h"
#include "tests/registry/samples.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"

namespace welfare::registry {
namespace {

using support::IsOkAndHolds;
using support::StatusIs;
using ::testing::IsEmpty;

class RegistryStoreContract
    : public ::testing::TestWithParam<support::StoreEngine> {
 protected:
  RegistryStoreContract() { Open(); }

  void Open() {
    store_.reset();
    database_.reset();
    auto database = GetParam().open(folder_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    auto store = SqlRegistryStore::Open(*database_, clock_);
    ASSERT_OK(store);
    store_ = *std::move(store);
  }

  HistoryPtr Load() {
    const auto commits = store_->LoadCommits(0, {});
    EXPECT_OK(commits);
    return History().With(*commits).value();
  }

  absl::StatusOr<std::string> Write(Changes changes, std::string reply,
                                    std::string request_id = "",
                                    std::string body = "") {
    auto outcome = store_->Write(
        {.key = {.request_id = std::move(request_id),
                 .method = "Test",
                 .body = std::move(body)},
         .actor = "tester",
         .limits = {}},
        History(), [&](const WriteContext&) -> absl::StatusOr<WritePlan> {
          return WritePlan{.changes = changes,
                           .resource = "municipalities",
                           .audit_detail = base::JsonObject().Add("rows", 2),
                           .reply = reply};
        });
    if (!outcome.ok()) return outcome.status();
    return std::move(outcome->reply);
  }

  std::vector<platform::AuditRecord> Audit() {
    return database_
        ->Read([](platform::Connection& connection) {
          return platform::ListAudit(connection, 0, 1000);
        })
        .value();
  }

  static Changes TwoWards() {
    return {.municipalities = {MakeMunicipality(1, "131016", "千代田区"),
                               MakeMunicipality(2, "131024", "中央区")},
            .statuses = {}};
  }
  static Changes Chiyoda(int year, Implementing implementing) {
    return {.municipalities = {},
            .statuses = {
                MakeStatus(1, "131016", year, implementing, Preparation::kNo)}};
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<SqlRegistryStore> store_;
};

TEST_P(RegistryStoreContract, StartsEmpty) {
  EXPECT_THAT(store_->LoadCommits(0, {}), IsOkAndHolds(IsEmpty()));
}

TEST_P(RegistryStoreContract, GivesBackWhatWasWrittenAfterReopening) {
  Changes changes = TwoWards();
  changes.municipalities[1].says.council_name = "中央区社協";
  changes.municipalities[1].says.council_name_checked = true;
  changes.municipalities[1].says.population_band = "under_200k";
  changes.municipalities[1].note = "区の公表資料";
  MunicipalityRecord later{.id = 2,
                           .first_code = Code("131024"),
                           .valid_from = Year(2026),
                           .reason = "改称"};
  later.says.name = "新中央区";
  changes.municipalities.push_back(later);
  LineageEvent renamed{.number = 1,
                       .kind = LineageKind::kRename,
                       .effective_date = base::Date::Make(2025, 11, 1).value(),
                       .fiscal_year = Year(2026),
                       .predecessors = {Code("131024")},
                       .successors = {Code("131024")},
                       .note = "告示",
                       .reason = "改称"};
  changes.lineage_events.push_back(renamed);
  changes.statuses.push_back(
      MakeStatus(2, "131024", 2025, Implementing::kNo, Preparation::kYes));
  changes.statuses[0].note = "区の公表資料";
  changes.statuses[0].reason = "届出";
  changes.statuses[0].correction = true;
  ASSERT_THAT(Write(changes, "reply"), IsOkAndHolds(std::string("reply")));
  Open();
  const HistoryPtr history = Load();
  ASSERT_EQ(history->version(), 1);
  const Commit& commit = history->commit(1);
  EXPECT_EQ(commit.actor, "tester");
  EXPECT_EQ(commit.recorded_time, clock_.Now());
  for (MunicipalityRecord& record : changes.municipalities) record.version = 1;
  for (StatusRecord& record : changes.statuses) record.version = 1;
  ASSERT_EQ(commit.municipalities.size(), 3U);
  EXPECT_EQ(*commit.municipalities[0], changes.municipalities[0]);
  EXPECT_EQ(*commit.municipalities[1], changes.municipalities[1]);
  EXPECT_EQ(*commit.municipalities[2], changes.municipalities[2]);
  renamed.version = 1;
  ASSERT_EQ(commit.lineage_events.size(), 1U);
  EXPECT_EQ(*commit.lineage_events[0], renamed);
  ASSERT_EQ(commit.statuses.size(), 1U);
  EXPECT_EQ(*commit.statuses[0], changes.statuses[0]);
}

TEST_P(RegistryStoreContract, KeepsALineageEventAndWhatTakesItBack) {
  LineageEvent event{.number = 1,
                     .kind = LineageKind::kMerger,
                     .effective_date = base::Date::Make(2025, 11, 1).value(),
                     .fiscal_year = Year(2026),
                     .predecessors = {Code("131016"), Code("131024")},
                     .successors = {Code("131024")},
                     .note = "告示",
                     .reason = "合併"};
  Changes merged = TwoWards();
  merged.lineage_events.push_back(event);
  ASSERT_OK(Write(merged, ""));
  LineageEvent retraction = event;
  retraction.reason = "誤り";
  retraction.retracted = true;
  Changes taken_back;
  taken_back.municipalities.push_back({.id = 1,
                                       .first_code = Code("131016"),
                                       .valid_from = Year(2026),
                                       .reason = "誤り",
                                       .retracts = 1});
  taken_back.lineage_events.push_back(retraction);
  ASSERT_OK(Write(taken_back, ""));
  Open();
  const HistoryPtr history = Load();
  ASSERT_EQ(history->version(), 2);
  event.version = 1;
  retraction.version = 2;
  taken_back.municipalities[0].version = 2;
  ASSERT_EQ(history->commit(1).lineage_events.size(), 1U);
  EXPECT_EQ(*history->commit(1).lineage_events[0], event);
  ASSERT_EQ(history->commit(2).lineage_events.size(), 1U);
  EXPECT_EQ(*history->commit(2).lineage_events[0], retraction);
  ASSERT_EQ(history->commit(2).municipalities.size(), 1U);
  EXPECT_EQ(*history->commit(2).municipalities[0],
            taken_back.municipalities[0]);
  EXPECT_EQ(history->At(1).LineageEvents().size(), 1U);
  EXPECT_EQ(history->At(2).LineageEvents().size(), 0U);
  EXPECT_EQ(history->At(2).LineageRecords().size(), 2U);
}

TEST_P(RegistryStoreContract, NumbersVersionsAndLoadsThoseAfterOne) {
  ASSERT_OK(Write(TwoWards(), ""));
  ASSERT_OK(Write(Chiyoda(2024, Implementing::kYes), ""));
  const auto commits = store_->LoadCommits(1, {});
  ASSERT_OK(commits);
  ASSERT_EQ(commits->size(), 1U);
  EXPECT_EQ(commits->front()->version, 2);
}

TEST_P(RegistryStoreContract, MakesNoVersionWithoutChanges) {
  EXPECT_THAT(Write({}, "same"), IsOkAndHolds(std::string("same")));
  EXPECT_EQ(Load()->version(), 0);
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_P(RegistryStoreContract, RecordsRisingTimesWhenTheClockStandsOrGoesBack) {
  ASSERT_OK(Write(TwoWards(), ""));
  ASSERT_OK(Write(Chiyoda(2024, Implementing::kYes), ""));
  clock_.Advance(std::chrono::hours(-1));
  ASSERT_OK(Write(Chiyoda(2025, Implementing::kYes), ""));
  EXPECT_EQ(Load()->version(), 3);
}

TEST_P(RegistryStoreContract, PlansOnTheCurrentState) {
  ASSERT_OK(Write(TwoWards(), ""));
  std::int64_t seen = -1;
  std::int64_t next = -1;
  ASSERT_OK(store_->Write(
      {}, History(),
      [&](const WriteContext& context) -> absl::StatusOr<WritePlan> {
        seen = context.current.version();
        next = context.version;
        return WritePlan{};
      }));
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(next, 2);
}

TEST_P(RegistryStoreContract, AnswersARepeatedRequestWithTheFirstReply) {
  ASSERT_OK(Write(TwoWards(), "first", "id-1", "body"));
  EXPECT_THAT(
      Write(Chiyoda(2024, Implementing::kYes), "second", "id-1", "body"),
      IsOkAndHolds(std::string("first")));
  EXPECT_EQ(Load()->version(), 1);
  EXPECT_STATUS(Write(Chiyoda(2024, Implementing::kYes), "x", "id-1", "other"),
                absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
}

TEST_P(RegistryStoreContract, LeavesNothingBehindWhenAWriteFails) {
  ASSERT_OK(Write(TwoWards(), ""));
  // The last of the changes breaks a rule of the tables: the same key twice.
  Changes changes = Chiyoda(2024, Implementing::kYes);
  changes.statuses.push_back(changes.statuses.front());
  EXPECT_FALSE(Write(changes, "", "id-2").ok());
  EXPECT_EQ(Load()->version(), 1);
  EXPECT_EQ(Audit().size(), 1U);
  // The request id is free again.
  EXPECT_THAT(Write(Chiyoda(2024, Implementing::kYes), "ok", "id-2"),
              IsOkAndHolds(std::string("ok")));
}

TEST_P(RegistryStoreContract, WritesAnAuditRecordWithEachVersion) {
  ASSERT_OK(Write(TwoWards(), "", "id-3"));
  const auto audit = Audit();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].entry.actor, "tester");
  EXPECT_EQ(audit[0].entry.action, "Test");
  EXPECT_EQ(audit[0].entry.request_id, "id-3");
  EXPECT_EQ(audit[0].entry.resource, "municipalities");
  EXPECT_EQ(audit[0].entry.detail, "{\"rows\":2}");
  EXPECT_EQ(audit[0].entry.recorded_time, Load()->recorded_time());
}

TEST_P(RegistryStoreContract, RefusesToChangeOrRemoveHistory) {
  ASSERT_OK(Write(TwoWards(), ""));
  ASSERT_OK(Write(Chiyoda(2024, Implementing::kYes), ""));
  for (const platform::Query& query :
       {platform::Query{"a", "UPDATE status_records SET implementing = 2"},
        platform::Query{"b", "DELETE FROM status_records"},
        platform::Query{"c", "DELETE FROM municipality_records"},
        platform::Query{"d", "UPDATE versions SET actor = 'nobody'"}}) {
    const auto changed =
        database_->Write([&](platform::Transaction& transaction) {
          return transaction.Execute(query, {});
        });
    EXPECT_STATUS(changed, absl::StatusCode::kFailedPrecondition,
                  "CONSTRAINT_VIOLATION")
        << query.sql;
  }
}

// Whoever asked what was known at a moment was told for ever: a writer whose
// clock is behind is recorded later all the same.
TEST_P(RegistryStoreContract, RecordsNothingAtASealedMoment) {
  ASSERT_OK(Write(TwoWards(), ""));
  const base::Timestamp moment = clock_.Now() + std::chrono::hours(1);
  ASSERT_OK(store_->Seal(moment, {}));
  ASSERT_OK(store_->Seal(moment - std::chrono::minutes(30), {}));
  Open();
  ASSERT_OK(Write(Chiyoda(2024, Implementing::kYes), ""));
  const HistoryPtr history = Load();
  ASSERT_EQ(history->version(), 2);
  EXPECT_GT(history->commit(2).recorded_time, moment);
  EXPECT_EQ(history->VersionKnownAt(moment), 1);
  clock_.Advance(std::chrono::hours(2));
  ASSERT_OK(Write(Chiyoda(2025, Implementing::kYes), ""));
  EXPECT_EQ(Load()->commit(3).recorded_time, clock_.Now());
}

// What the first schema held is what always held.
TEST_P(RegistryStoreContract, BringsADatabaseOfTheFirstSchemaUpToDate) {
  store_.reset();
  database_.reset();
  const support::TempDir old_folder;
  auto database = GetParam().open(old_folder);
  ASSERT_OK(database);
  ASSERT_OK(platform::ApplyMigrations(**database, clock_,
                                      RegistryMigrations().first(1)));
  constexpr platform::Query kOld{
      "old",
      "INSERT INTO versions (version, recorded_micros, actor, action,"
      " request_id) VALUES (1, 1000000, 'tester', 'Test', '');"
      "INSERT INTO versions (version, recorded_micros, actor, action,"
      " request_id) VALUES (2, 2000000, 'tester', 'Test', '');"
      "UPDATE registry_head SET version = 2, recorded_micros = 2000000;"
      "INSERT INTO municipalities (municipality_id, first_code)"
      " VALUES (1, '131016');"
      "INSERT INTO municipality_versions (municipality_id, version, code,"
      " name, kana, name_en, type, area, council_name, council_name_checked,"
      " deleted) VALUES (1, 1, '131016', '千代田区', 'チヨダク', 'Chiyoda',"
      " 1, '区部', '千代田区社会福祉協議会', 0, 0);"
      "INSERT INTO municipality_versions (municipality_id, version, code,"
      " name, kana, name_en, type, area, council_name, council_name_checked,"
      " deleted) VALUES (1, 2, '131016', '千代田区', 'チヨダク', 'Chiyoda-ku',"
      " 1, '区部', '千代田社協', 1, 0);"};
  ASSERT_OK((*database)->Write([&](platform::Transaction& transaction) {
    return transaction.ExecuteScript(kOld);
  }));
  auto store = SqlRegistryStore::Open(**database, clock_);
  ASSERT_OK(store);
  const auto commits = (*store)->LoadCommits(0, {});
  ASSERT_OK(commits);
  const HistoryPtr history = History().With(*commits).value();
  const auto facts = [&](std::int64_t version) {
    return history->At(version).FindMunicipality(Code("131016"))->Last().facts;
  };
  EXPECT_EQ(facts(1).name_en, "Chiyoda");
  EXPECT_EQ(facts(1).council_name, "千代田区社会福祉協議会");
  EXPECT_EQ(facts(2).name_en, "Chiyoda-ku");
  EXPECT_EQ(facts(2).council_name, "千代田社協");
  EXPECT_TRUE(facts(2).council_name_checked);
}

// A record of nobody, or of no version, would be lost to every reader.
TEST_P(RegistryStoreContract, NoRecordWithoutMunicipalityAndVersion) {
  ASSERT_OK(Write(TwoWards(), ""));
  const auto add = [&](std::string_view table, std::string_view columns,
                       std::vector<platform::Parameter> values) {
    return database_->Write([&](platform::Transaction& transaction) {
      return transaction
          .BulkInsert(
              {"add", table, columns},
              [&, done = false](std::vector<platform::Parameter>& row) mutable {
                row = values;
                return !std::exchange(done, true);
              })
          .status();
    });
  };
  const auto status = [&](std::int64_t municipality, std::int64_t version) {
    return add("status_records",
               "program, municipality_id, fiscal_year, version, implementing,"
               " preparation, note, reason, correction, retracted",
               {"jusou", municipality, 2021, version, 1, 1, "", "", 0, 0});
  };
  const auto record = [&](std::int64_t municipality, std::int64_t version) {
    return add("municipality_records",
               "municipality_id, valid_from, version, note, reason, deleted,"
               " retracts_version",
               {municipality, 2021, version, "", "", 0, 0});
  };
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION");
  EXPECT_THAT(status(99, 1), refused);
  EXPECT_THAT(status(1, 99), refused);
  EXPECT_THAT(record(99, 1), refused);
  EXPECT_THAT(record(1, 99), refused);
  EXPECT_OK(status(1, 1));
  EXPECT_OK(record(1, 1));
}

TEST_P(RegistryStoreContract, SaysWhenAStoredValueCannotBeRead) {
  ASSERT_OK(Write(TwoWards(), ""));
  constexpr platform::Query kDamage{
      "damage",
      "INSERT INTO municipality_records (municipality_id, valid_from, version,"
      " code, note, reason, deleted) VALUES (1, 1900, 2, '131015', '', '', 0)"};
  constexpr platform::Query kVersion{
      "version",
      "INSERT INTO versions (version, recorded_micros, actor, action,"
      " request_id) VALUES (2, 9000000000000000, 'tester', 'Test', '')"};
  ASSERT_OK(
      database_->Write([&](platform::Transaction& transaction) -> absl::Status {
        const auto version = transaction.Execute(kVersion, {});
        if (!version.ok()) return version.status();
        return transaction.Execute(kDamage, {}).status();
      }));
  EXPECT_STATUS(store_->LoadCommits(0, {}), absl::StatusCode::kInternal,
                "STORED_VALUE_INVALID");
}

TEST_P(RegistryStoreContract, HandsOutOneVersionToEachConcurrentWriter) {
  ASSERT_OK(Write(TwoWards(), ""));
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 4; ++writer) {
      writers.emplace_back([this, writer] {
        for (int i = 0; i < 10; ++i) {
          EXPECT_OK(
              Write(Chiyoda(1950 + writer * 10 + i, Implementing::kYes), ""));
        }
      });
    }
  }
  const HistoryPtr history = Load();
  EXPECT_EQ(history->version(), 41);
  EXPECT_EQ(history->AtHead().FiscalYears("jusou").size(), 40U);
}

INSTANTIATE_TEST_SUITE_P(Engines, RegistryStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::registry
