// The contract of TemplateStore, on every engine.
#include "services/report/store/template_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/report/store/sql_report_store.h"
#include "services/report/store/sql_template_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"

namespace welfare::report {
namespace {

platform::WriteRequest TemplateRequest(std::string id) {
  return {.key = {.request_id = std::move(id),
                  .method = "CreateTemplateRevision",
                  .body = "body"},
          .actor = "editor",
          .limits = {}};
}

StoredTemplate Revision(const std::string& digest, int year = 2025,
                        const std::string& id = "jusou") {
  StoredTemplate revision;
  revision.of = {"jusou", year, id};
  revision.digest = digest;
  revision.size = 1;
  return revision;
}

class TemplateStoreContract
    : public ::testing::TestWithParam<support::StoreEngine> {
 protected:
  void SetUp() override {
    auto database = GetParam().open(folder_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    ASSERT_OK(SqlReportStore::Open(*database_, clock_));
    store_ = std::make_unique<SqlTemplateStore>(*database_, clock_);
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<TemplateStore> store_;
};

TEST_P(TemplateStoreContract, NumbersTheRevisionsOfEachRound) {
  for (const char* digest : {"a", "b", "a"}) {
    ASSERT_OK(store_->Add(TemplateRequest(""), Revision(digest), digest));
  }
  ASSERT_OK(store_->Add(TemplateRequest(""), Revision("c", 2024), "c"));
  const TemplateOfRound of{"jusou", 2025, "jusou"};
  const auto newest = store_->FindRevision(of, 0, {});
  ASSERT_OK(newest);
  ASSERT_TRUE(newest->has_value());
  EXPECT_EQ((*newest)->Name(),
            "surveys/jusou/rounds/2025/templates/jusou/revisions/3");
  EXPECT_EQ((*newest)->editor, "editor");
  EXPECT_EQ((*newest)->create_time, clock_.Now());
  const auto by_digest = store_->FindByDigest(of, "a", {});
  ASSERT_OK(by_digest);
  EXPECT_EQ((*by_digest)->number, 3);
  EXPECT_EQ((*store_->FindRevision(of, 2, {}))->digest, "b");
  EXPECT_FALSE(store_->FindRevision(of, 4, {})->has_value());
  EXPECT_EQ(*store_->FindText("b", {}), "b");
  EXPECT_FALSE(store_->FindText("d", {})->has_value());
  const auto listed = store_->ListRevisions(of, 3, 10, {});
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 2U);
  EXPECT_EQ(listed->front().number, 2);
}

TEST_P(TemplateStoreContract, ListsTheNewestOfTheNewestRound) {
  ASSERT_OK(store_->Add(TemplateRequest(""), Revision("a", 2025), "a"));
  ASSERT_OK(store_->Add(TemplateRequest(""), Revision("b", 2024), "b"));
  ASSERT_OK(store_->Add(TemplateRequest(""), Revision("c", 2025), "c"));
  ASSERT_OK(store_->Add(TemplateRequest(""), Revision("d", 2023, "brief"), "d"));
  const auto newest = store_->ListNewestOf("jusou", {});
  ASSERT_OK(newest);
  ASSERT_EQ(newest->size(), 2U);
  EXPECT_EQ((*newest)[0].digest, "d");
  EXPECT_EQ((*newest)[1].digest, "c");
  EXPECT_TRUE(store_->ListNewestOf("other", {})->empty());
}

TEST_P(TemplateStoreContract, ARepeatStoresNothing) {
  const auto first = store_->Add(TemplateRequest("id"), Revision("a"), "a");
  ASSERT_OK(first);
  ASSERT_OK(store_->Add(TemplateRequest(""), Revision("b"), "b"));
  const auto again = store_->Add(TemplateRequest("id"), Revision("a"), "a");
  ASSERT_OK(again);
  EXPECT_EQ(again->number, 1);
  EXPECT_EQ(store_->ListRevisions({"jusou", 2025, "jusou"}, 0, 10, {})->size(),
            2U);
}

TEST_P(TemplateStoreContract, WritersAtOnceGetNumbersOfTheirOwn) {
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 6; ++i) {
      writers.emplace_back([&] {
        EXPECT_OK(store_->Add(TemplateRequest(""), Revision("a"), "a"));
      });
    }
  }
  const auto all = store_->ListRevisions({"jusou", 2025, "jusou"}, 0, 10, {});
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 6U);
  EXPECT_EQ(all->front().number, 6);
}

INSTANTIATE_TEST_SUITE_P(Engines, TemplateStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::report
