// The contract of SurveyStore, for every engine it runs on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/audit_log.h"
#include "services/platform/migrations.h"
#include "services/platform/open_database.h"
#include "services/survey/sql_survey_store.h"
#include "services/survey/survey_schema.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::survey {
namespace {

using support::IsOk;
using support::StatusIs;
using ::testing::HasSubstr;
using ::testing::Not;

struct Engine {
  std::string name;
  std::function<absl::StatusOr<std::unique_ptr<platform::Database>>(
      const support::TempDir&)>
      open;
};

class SurveyStoreContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    auto database = GetParam().open(folder_);
    ASSERT_THAT(database, IsOk());
    database_ = *std::move(database);
    ASSERT_THAT(
        platform::ApplyMigrations(*database_, clock_, SurveyMigrations()),
        IsOk());
    store_ = std::make_unique<SqlSurveyStore>(*database_);
    ASSERT_THAT(
        Change("CreateRound", "",
               [&](StoreWriter& writer) {
                 return writer.AppendRound(Round{.name = round_}).status();
               }),
        IsOk());
  }

  // Runs one change; the reply is `ok`.
  absl::StatusOr<std::string> Change(
      const std::string& method, const std::string& request_id,
      const std::function<absl::Status(StoreWriter&)>& change,
      const std::string& body = "body") {
    return store_->Change(
        StoreLimits{},
        ChangeRequest{.method = method,
                      .request_id = request_id,
                      .body = body,
                      .actor = "tester",
                      .time = clock_.Now()},
        [&](StoreWriter& writer) -> absl::StatusOr<std::string> {
          if (absl::Status status = change(writer); !status.ok()) return status;
          return std::string("ok");
        });
  }

  // Hands in what the municipality with this code answered.
  absl::StatusOr<std::string> Submit(const std::string& code,
                                     std::int64_t value,
                                     const std::string& request_id = "") {
    return Change(
        "SubmitSubmission", request_id,
        [&, name = NameOf(code)](StoreWriter& writer) {
          return writer
              .AppendSubmission(Submission{
                  .name = name,
                  .answers = {{.item = "meetings", .content = value}},
                  .state = SubmissionState::kSubmitted})
              .status();
        },
        code + std::to_string(value));
  }

  base::SubmissionName NameOf(const std::string& code) const {
    return base::SubmissionName::Parse(round_.ToString() + "/submissions/" +
                                       code + "-municipality")
        .value();
  }

  // Every value of the round as it was at `revision`, in code order.
  std::vector<std::int64_t> ValuesAt(std::int64_t revision) {
    std::vector<std::int64_t> values;
    EXPECT_THAT(store_->Read(StoreLimits{},
                             [&](StoreReader& reader) {
                               auto all =
                                   reader.LoadSubmissionsAt(round_, revision);
                               if (!all.ok()) return all.status();
                               values.clear();
                               for (const Submission& one : *all) {
                                 values.push_back(std::get<std::int64_t>(
                                     one.answers.front().content));
                               }
                               return absl::OkStatus();
                             }),
                IsOk());
    return values;
  }

  std::int64_t CurrentRevision() {
    std::int64_t revision = 0;
    EXPECT_THAT(store_->Read(StoreLimits{},
                             [&](StoreReader& reader) {
                               auto round = reader.FindRound(round_);
                               if (!round.ok()) return round.status();
                               revision = (*round)->revision;
                               return absl::OkStatus();
                             }),
                IsOk());
    return revision;
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<SqlSurveyStore> store_;
  const base::RoundName round_ =
      base::RoundName::Parse("surveys/jusou/rounds/2025").value();
};

TEST_P(SurveyStoreContract, MakesOneRoundRevisionForEachChange) {
  ASSERT_THAT(Submit("131016", 1), IsOk());
  ASSERT_THAT(Submit("131024", 2), IsOk());
  ASSERT_THAT(Submit("131016", 3), IsOk());
  EXPECT_EQ(CurrentRevision(), 4);
}

TEST_P(SurveyStoreContract, KnowsTheStateAtEveryRevisionForEver) {
  ASSERT_THAT(Submit("131016", 1), IsOk());
  ASSERT_THAT(Submit("131024", 2), IsOk());
  ASSERT_THAT(Submit("131016", 3), IsOk());
  EXPECT_EQ(ValuesAt(1), std::vector<std::int64_t>{});
  EXPECT_EQ(ValuesAt(2), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(ValuesAt(3), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(ValuesAt(4), (std::vector<std::int64_t>{3, 2}));
}

TEST_P(SurveyStoreContract, LeavesNothingOfAChangeThatFails) {
  const auto failed = Change("SubmitSubmission", "", [&](StoreWriter& writer) {
    if (auto stored = writer.AppendSubmission(Submission{
            .name = NameOf("131016"),
            .answers = {{.item = "meetings", .content = std::int64_t{1}}},
            .state = SubmissionState::kSubmitted});
        !stored.ok()) {
      return stored.status();
    }
    return absl::InvalidArgumentError("no");
  });
  EXPECT_THAT(failed, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(CurrentRevision(), 1);
  EXPECT_EQ(ValuesAt(1), std::vector<std::int64_t>{});
}

TEST_P(SurveyStoreContract, AnswersARepeatedRequestOnce) {
  const std::string id = "0b7c1d1e-0000-4000-8000-000000000001";
  ASSERT_THAT(Submit("131016", 1, id), IsOk());
  ASSERT_THAT(Submit("131016", 1, id), IsOk());
  EXPECT_EQ(CurrentRevision(), 2);
}

TEST_P(SurveyStoreContract, RefusesARequestIdWithAnotherBody) {
  const std::string id = "0b7c1d1e-0000-4000-8000-000000000002";
  ASSERT_THAT(Submit("131016", 1, id), IsOk());
  EXPECT_THAT(
      Submit("131016", 2, id),
      StatusIs(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_EQ(ValuesAt(CurrentRevision()), (std::vector<std::int64_t>{1}));
}

TEST_P(SurveyStoreContract, LosesAndDoublesNothingUnderConcurrentWriters) {
  // Eight codes of Tokyo's wards, one writer each.
  const std::vector<std::string> codes = {"131016", "131024", "131032",
                                          "131041", "131059", "131067",
                                          "131075", "131083"};
  constexpr int kWrites = 10;
  {
    std::vector<std::jthread> writers;
    for (const std::string& code : codes) {
      writers.emplace_back([&, code] {
        for (int i = 1; i <= kWrites; ++i) EXPECT_THAT(Submit(code, i), IsOk());
      });
    }
  }
  const std::int64_t last =
      1 + static_cast<std::int64_t>(codes.size()) * kWrites;
  EXPECT_EQ(CurrentRevision(), last);
  EXPECT_EQ(ValuesAt(last), std::vector<std::int64_t>(codes.size(), kWrites));
}

TEST_P(SurveyStoreContract, KeepsPersonalDataOutOfRevisionsAndAudit) {
  const base::SubmissionName name = NameOf("131016");
  ASSERT_THAT(Submit("131016", 1), IsOk());
  ASSERT_THAT(Change("UpdateSubmission", "",
                     [&](StoreWriter& writer) {
                       return writer.StoreContact(
                           name, {.department = "SecretDepartment",
                                  .contact = "SecretContact"});
                     }),
              IsOk());
  Contact contact;
  ASSERT_THAT(store_->Read(StoreLimits{},
                           [&](StoreReader& reader) {
                             auto found = reader.FindContact(name);
                             if (found.ok()) contact = *found;
                             return found.status();
                           }),
              IsOk());
  EXPECT_EQ(contact.department, "SecretDepartment");
  EXPECT_EQ(CurrentRevision(), 2);

  const auto audit = database_->Read([](platform::Connection& connection) {
    return platform::ListAudit(connection, 0, 100);
  });
  ASSERT_THAT(audit, IsOk());
  EXPECT_FALSE(audit->empty());
  for (const platform::AuditRecord& record : *audit) {
    EXPECT_THAT(platform::CanonicalAuditBytes(record.sequence, record.entry),
                Not(HasSubstr("Secret")));
  }
}

TEST_P(SurveyStoreContract, KeepsSurveysWithEqualItemsApart) {
  const auto other =
      base::RoundName::Parse("surveys/welfare-plans/rounds/2025").value();
  ASSERT_THAT(Submit("131016", 1), IsOk());
  ASSERT_THAT(
      Change("Create", "",
             [&](StoreWriter& writer) {
               if (auto round = writer.AppendRound(Round{.name = other});
                   !round.ok()) {
                 return round.status();
               }
               return writer
                   .AppendSubmission(Submission{
                       .name = base::SubmissionName::Parse(
                                   other.ToString() +
                                   "/submissions/131016-municipality")
                                   .value(),
                       .answers = {{.item = "meetings",
                                    .content = std::int64_t{9}}},
                       .state = SubmissionState::kSubmitted})
                   .status();
             }),
      IsOk());
  EXPECT_EQ(ValuesAt(CurrentRevision()), (std::vector<std::int64_t>{1}));
}

INSTANTIATE_TEST_SUITE_P(
    Engines, SurveyStoreContract,
    ::testing::Values(Engine{.name = "SqliteFile",
                             .open =
                                 [](const support::TempDir& folder) {
                                   return platform::OpenDatabase(
                                       "sqlite://" + folder.File("survey.db"));
                                 }}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace welfare::survey
