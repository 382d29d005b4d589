// The contract of ExcerptStore, on every engine.
#include "services/report/store/excerpt_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/storage/audit_log.h"
#include "services/report/errors.h"
#include "services/report/store/sql_excerpt_store.h"
#include "services/report/store/sql_report_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"

namespace welfare::report {
namespace {

platform::WriteRequest ExcerptRequest(std::string id) {
  return {.key = {.request_id = std::move(id),
                  .method = "CreateExcerpt",
                  .body = "body"},
          .actor = "editor",
          .limits = {}};
}

Excerpt QuoteOf(const std::string& id) {
  Excerpt excerpt;
  excerpt.survey = "jusou";
  excerpt.fiscal_year = 2025;
  excerpt.id = id;
  excerpt.respondent = "131016-municipality";
  excerpt.item = "ideas";
  excerpt.original_text = "もとの文";
  excerpt.source_revision = 2;
  excerpt.edited_text = "掲載する文";
  excerpt.category = "居場所";
  return excerpt;
}

Excerpt Consented(Excerpt excerpt, base::Timestamp now) {
  excerpt.consent = Consent::kGiven;
  excerpt.consent_level = vocabulary::PublishLevel::kPublic;
  excerpt.consent_note = "電話";
  excerpt.consent_time = now;
  return excerpt;
}

class ExcerptStoreContract
    : public ::testing::TestWithParam<support::StoreEngine> {
 protected:
  void SetUp() override {
    auto database = GetParam().open(folder_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    ASSERT_OK(SqlReportStore::Open(*database_, clock_));
    store_ = std::make_unique<SqlExcerptStore>(*database_, clock_,
                                               "0123456789abcdef01");
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<ExcerptStore> store_;
};

TEST_P(ExcerptStoreContract, KeepsTheLastRevision) {
  const auto made = store_->Create(ExcerptRequest(""), QuoteOf("quote-1"));
  ASSERT_OK(made);
  EXPECT_EQ(made->revision, 1);
  EXPECT_EQ(made->editor, "editor");
  EXPECT_EQ(store_->EtagOf(*made), "\"0123456789abcdef-1\"");
  const auto changed = store_->Change(ExcerptRequest(""), made->Name(),
                                      store_->EtagOf(*made), Consented);
  ASSERT_OK(changed);
  EXPECT_EQ(changed->revision, 2);
  const auto read = store_->Get(made->Name(), {});
  ASSERT_OK(read);
  EXPECT_EQ(read->revision, 2);
  EXPECT_EQ(read->original_text, "もとの文");
  EXPECT_EQ(read->source_revision, 2);
  EXPECT_EQ(read->edited_text, "掲載する文");
  EXPECT_EQ(read->consent, Consent::kGiven);
  EXPECT_EQ(read->consent_level, vocabulary::PublishLevel::kPublic);
  EXPECT_EQ(read->consent_note, "電話");
  EXPECT_EQ(read->consent_time, clock_.Now());
  EXPECT_EQ(read->create_time, made->create_time);
  EXPECT_STATUS(store_->Change(ExcerptRequest(""), made->Name(),
                               store_->EtagOf(*made), Consented),
                absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(store_->Get(made->Name(), {})->revision, 2);
  EXPECT_STATUS(store_->Change(ExcerptRequest(""), "x", "", Consented),
                absl::StatusCode::kNotFound, "EXCERPT_NOT_FOUND");
  EXPECT_STATUS(store_->Get("x", {}), absl::StatusCode::kNotFound,
                "EXCERPT_NOT_FOUND");
}

TEST_P(ExcerptStoreContract, AnIdIsGivenOnce) {
  ASSERT_OK(store_->Create(ExcerptRequest("a"), QuoteOf("quote-1")));
  EXPECT_STATUS(store_->Create(ExcerptRequest("b"), QuoteOf("quote-1")),
                absl::StatusCode::kAlreadyExists, "EXCERPT_EXISTS");
  ASSERT_OK(store_->Change(ExcerptRequest(""), QuoteOf("quote-1").Name(), "",
                           Consented));
  const auto again = store_->Create(ExcerptRequest("a"), QuoteOf("quote-1"));
  ASSERT_OK(again);
  EXPECT_EQ(again->revision, 1);
  EXPECT_EQ(again->consent, Consent::kNone);
}

TEST_P(ExcerptStoreContract, ListsAndFindsThoseOfARound) {
  for (const char* id : {"b", "c", "a"}) {
    ASSERT_OK(store_->Create(ExcerptRequest(""), QuoteOf(id)));
  }
  Excerpt other = QuoteOf("d");
  other.fiscal_year = 2024;
  ASSERT_OK(store_->Create(ExcerptRequest(""), other));
  const auto listed = store_->List("jusou", 2025, "a", 10, {});
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ(listed->front().id, "b");
  EXPECT_EQ(store_->List("jusou", 2025, "", 1, {})->front().id, "a");
  const auto found = store_->Find("jusou", 2025, {"c", "d", "a"}, {});
  ASSERT_OK(found);
  EXPECT_EQ(found->size(), 2U);
  EXPECT_TRUE(found->contains("a"));
}

TEST_P(ExcerptStoreContract, ListsThoseOfARespondent) {
  for (const char* id : {"b", "c", "a"}) {
    ASSERT_OK(store_->Create(ExcerptRequest(""), QuoteOf(id)));
  }
  Excerpt other = QuoteOf("d");
  other.respondent = "131016-council";
  ASSERT_OK(store_->Create(ExcerptRequest(""), other));
  ASSERT_OK(store_->Change(ExcerptRequest(""), QuoteOf("b").Name(), "",
                           Consented));
  const auto ids = [&](std::optional<Consent> consent, const std::string& after,
                       int limit) {
    const auto listed = store_->ListOf("jusou", 2025, "131016-municipality",
                                       consent, after, limit, {});
    EXPECT_OK(listed);
    std::string all;
    for (const Excerpt& excerpt : *listed) all += excerpt.id;
    return all;
  };
  EXPECT_EQ(ids(std::nullopt, "", 10), "abc");
  EXPECT_EQ(ids(std::nullopt, "a", 1), "b");
  EXPECT_EQ(ids(Consent::kNone, "", 10), "ac");
  EXPECT_EQ(ids(Consent::kGiven, "", 10), "b");
}

TEST_P(ExcerptStoreContract, KeepsWhoConsented) {
  ASSERT_OK(store_->Create(ExcerptRequest(""), QuoteOf("quote-1")));
  const std::string name = QuoteOf("quote-1").Name();
  EXPECT_FALSE(store_->Get(name, {})->respondent_decides);
  ASSERT_OK(store_->Change(
      ExcerptRequest(""), name, "",
      [](const Excerpt& excerpt, base::Timestamp now) {
        return DecideConsent(excerpt,
                             {.consent = Consent::kWithdrawn,
                              .level = std::nullopt,
                              .note = "",
                              .by = "hanako"},
                             now);
      }));
  const auto read = store_->Get(name, {});
  ASSERT_OK(read);
  EXPECT_EQ(read->consent, Consent::kWithdrawn);
  EXPECT_EQ(read->consent_by, "hanako");
  EXPECT_TRUE(read->respondent_decides);
  EXPECT_EQ(read->editor, "editor");
  // What a change refuses is not stored.
  EXPECT_STATUS(store_->Change(ExcerptRequest(""), name, "",
                               [](const Excerpt& excerpt, base::Timestamp)
                                   -> absl::StatusOr<Excerpt> {
                                 return ExcerptOtherText(excerpt.Name());
                               }),
                absl::StatusCode::kFailedPrecondition, "EXCERPT_OTHER_TEXT");
  EXPECT_EQ(store_->Get(name, {})->revision, 2);
}

TEST_P(ExcerptStoreContract, WritersAtOnceMakeRevisionsOfTheirOwn) {
  ASSERT_OK(store_->Create(ExcerptRequest(""), QuoteOf("quote-1")));
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 6; ++i) {
      writers.emplace_back([&] {
        EXPECT_OK(store_->Change(ExcerptRequest(""), QuoteOf("quote-1").Name(),
                                 "", Consented));
      });
    }
  }
  EXPECT_EQ(store_->Get(QuoteOf("quote-1").Name(), {})->revision, 7);
}

// What was written is personal: the log holds digests.
TEST_P(ExcerptStoreContract, WritesNothingOfTheTextIntoTheLog) {
  ASSERT_OK(store_->Create(ExcerptRequest("one"), QuoteOf("quote-1")));
  const auto records = database_->Read([](platform::Connection& connection) {
    return platform::ListAudit(connection, 0, 10);
  });
  ASSERT_OK(records);
  ASSERT_EQ(records->size(), 1U);
  const platform::AuditEntry& entry = records->front().entry;
  EXPECT_EQ(entry.resource, "surveys/jusou/rounds/2025/excerpts/quote-1");
  for (const char* word : {"もとの文", "掲載する文", "居場所"}) {
    EXPECT_EQ(entry.detail.find(word), std::string::npos);
  }
  EXPECT_NE(entry.detail.find("\"consent\":\"NONE\""), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Engines, ExcerptStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::report
