// The contract of the store's mappings, run against every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/storage/migrations.h"
#include "services/survey/store/sql/sql_survey_store.h"
#include "services/survey/store/sql/survey_schema.h"
#include "services/survey/store/store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"
#include "tests/survey/stored_round.h"

namespace welfare::survey {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

base::FiscalYear Year(int year) { return base::FiscalYear::FromChecked(year); }

class MappingStoreContract
    : public ::testing::TestWithParam<support::StoreEngine> {
 protected:
  void SetUp() override { Open(SurveyMigrations()); }

  // Opens the store with these migrations.
  void Open(std::span<const platform::Migration> migrations) {
    store_.reset();
    database_.reset();
    auto database = GetParam().open(folder_);
    ASSERT_OK(database);
    database_ = *std::move(database);
    ASSERT_OK(platform::ApplyMigrations(*database_, clock_, migrations));
    store_ = std::make_unique<SqlSurveyStore>(
        platform::WritePath::Options{.database = *database_, .clock = clock_},
        "store-a");
  }

  static base::MappingName Name(const std::string& id,
                                const std::string& survey = "jusou") {
    return {.survey = survey, .mapping = id};
  }

  absl::Status Write(const std::function<absl::Status(MappingWriter&)>& write) {
    return store_
        ->Change(TestChange(),
                 [&](StoreWriter& store) -> absl::StatusOr<std::string> {
                   WELFARE_RETURN_IF_ERROR(write(store.mappings()));
                   return "";
                 })
        .status();
  }

  absl::Status Store(const base::MappingName& name) {
    return Write([&](MappingWriter& mappings) {
      return mappings.Store({.name = name,
                             .digest = "digest-" + name.mapping,
                             .codebook = "2",
                             .from_codebook = "1",
                             .content = "content of " + name.mapping,
                             .create_time = clock_.Now()});
    });
  }

  absl::Status Use(const base::MappingName& name, int year, std::int64_t rows) {
    return Write([&](MappingWriter& mappings) {
      return mappings.CountUse(name, Year(year), rows);
    });
  }

  std::optional<StoredMapping> Find(const base::MappingName& name) {
    std::optional<StoredMapping> found;
    EXPECT_OK(store_->Read({}, [&](StoreReader& store) -> absl::Status {
      WELFARE_ASSIGN_OR_RETURN(found, store.mappings().Find(name));
      return absl::OkStatus();
    }));
    return found;
  }

  std::vector<StoredMapping> List(const MappingQuery& query) {
    std::vector<StoredMapping> list;
    EXPECT_OK(store_->Read({}, [&](StoreReader& store) -> absl::Status {
      WELFARE_ASSIGN_OR_RETURN(list, store.mappings().List(query));
      return absl::OkStatus();
    }));
    return list;
  }

  std::vector<std::string> Ids(const MappingQuery& query) {
    std::vector<std::string> ids;
    for (const StoredMapping& mapping : List(query)) {
      ids.push_back(mapping.name.mapping);
    }
    return ids;
  }

  // `year: batches/rows` of each use.
  static std::vector<std::string> UsesOf(const StoredMapping& mapping) {
    std::vector<std::string> uses;
    for (const MappingUse& use : mapping.uses) {
      uses.push_back(use.fiscal_year.ToString() + ": " +
                     std::to_string(use.batches) + "/" +
                     std::to_string(use.rows));
    }
    return uses;
  }

  support::TempDir folder_;
  support::FakeClock clock_;
  std::unique_ptr<platform::Database> database_;
  std::unique_ptr<SqlSurveyStore> store_;
};

TEST_P(MappingStoreContract, AnEmptyStoreListsNone) {
  EXPECT_THAT(List({.survey = {"jusou"}}), IsEmpty());
  EXPECT_THAT(List({.survey = {"jusou"}, .used_in = Year(2021)}), IsEmpty());
  EXPECT_FALSE(Find(Name("a")).has_value());
}

TEST_P(MappingStoreContract, ListsThoseOfOneSurveyByIdWithoutTheirTexts) {
  for (const char* id : {"c", "a", "b"}) ASSERT_OK(Store(Name(id)));
  ASSERT_OK(Store(Name("b", "other")));
  EXPECT_THAT(Ids({.survey = {"jusou"}}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Ids({.survey = {"jusou"}, .limit = 2}), ElementsAre("a", "b"));
  EXPECT_THAT(Ids({.survey = {"jusou"}, .after = "a", .limit = 1}),
              ElementsAre("b"));
  EXPECT_THAT(Ids({.survey = {"jusou"}, .after = "c"}), IsEmpty());
  EXPECT_THAT(Ids({.survey = {"other"}}), ElementsAre("b"));
  const StoredMapping listed = List({.survey = {"jusou"}}).front();
  EXPECT_EQ(listed.name, Name("a"));
  EXPECT_EQ(listed.digest, "digest-a");
  EXPECT_EQ(listed.codebook, "2");
  EXPECT_EQ(listed.from_codebook, "1");
  EXPECT_EQ(listed.content, "");
  EXPECT_EQ(listed.actor, "tester");
  EXPECT_EQ(listed.create_time, clock_.Now());
  EXPECT_TRUE(listed.uses_complete);
  EXPECT_EQ(Find(Name("a"))->content, "content of a");
}

TEST_P(MappingStoreContract, CountsUsesByRound) {
  for (const char* id : {"a", "b", "c"}) ASSERT_OK(Store(Name(id)));
  const base::Timestamp first = clock_.Now();
  ASSERT_OK(Use(Name("c"), 2022, 5));
  ASSERT_OK(Use(Name("a"), 2021, 7));
  clock_.Advance(std::chrono::hours(1));
  ASSERT_OK(Use(Name("c"), 2022, 6));
  ASSERT_OK(Use(Name("c"), 2021, 3'000'000'000));
  ASSERT_OK(Use(Name("a", "other"), 2021, 9));
  const auto list = List({.survey = {"jusou"}});
  EXPECT_THAT(UsesOf(list.at(0)), ElementsAre("2021: 1/7"));
  EXPECT_THAT(UsesOf(list.at(1)), IsEmpty());
  EXPECT_THAT(UsesOf(list.at(2)),
              ElementsAre("2021: 1/3000000000", "2022: 2/11"));
  EXPECT_EQ(UsesOf(*Find(Name("c"))), UsesOf(list.at(2)));
  const MappingUse& use = list.at(2).uses.at(1);
  EXPECT_EQ(use.first_time, first);
  EXPECT_EQ(use.last_time, clock_.Now());
  EXPECT_EQ(use.actor, "tester");
}

TEST_P(MappingStoreContract, ListsThoseUsedInOneRound) {
  for (const char* id : {"a", "b", "c", "d"}) ASSERT_OK(Store(Name(id)));
  for (const char* id : {"a", "b", "d"}) ASSERT_OK(Use(Name(id), 2021, 1));
  ASSERT_OK(Use(Name("c"), 2022, 1));
  ASSERT_OK(Use(Name("d"), 2022, 1));
  EXPECT_THAT(Ids({.survey = {"jusou"}, .used_in = Year(2021)}),
              ElementsAre("a", "b", "d"));
  EXPECT_THAT(Ids({.survey = {"jusou"},
                   .after = "a",
                   .used_in = Year(2021),
                   .limit = 1}),
              ElementsAre("b"));
  EXPECT_THAT(Ids({.survey = {"jusou"}, .used_in = Year(2023)}), IsEmpty());
  // With all their uses, and of none between them.
  const auto list = List({.survey = {"jusou"}, .used_in = Year(2022)});
  ASSERT_EQ(list.size(), 2u);
  EXPECT_THAT(UsesOf(list[0]), ElementsAre("2022: 1/1"));
  EXPECT_THAT(UsesOf(list[1]), ElementsAre("2021: 1/1", "2022: 1/1"));
}

TEST_P(MappingStoreContract, AUseThatIsRolledBackIsNone) {
  ASSERT_OK(Store(Name("a")));
  EXPECT_FALSE(Write([&](MappingWriter& mappings) -> absl::Status {
                 WELFARE_RETURN_IF_ERROR(
                     mappings.CountUse(Name("a"), Year(2021), 1));
                 return absl::UnavailableError("gone");
               }).ok());
  EXPECT_THAT(UsesOf(*Find(Name("a"))), IsEmpty());
}

// Before, it was not written down what came through a mapping.
class MappingsOfBefore : public MappingStoreContract {
 protected:
  static constexpr std::size_t kWithoutUses = 5;

  void SetUp() override { Open(SurveyMigrations().first(kWithoutUses)); }
};

TEST_P(MappingsOfBefore, SayThatTheirFirstUsesWereNotCounted) {
  ASSERT_OK(database_->Write([&](platform::Transaction& transaction) {
    return transaction.Execute(
        {"put",
         "INSERT INTO mappings (survey, mapping, digest, codebook_version,"
         " from_version, content, actor, create_micros)"
         " VALUES ('jusou', 'a', 'd', '2', '', $1, 'somebody', 5)"},
        {platform::Bytes{"text"}});
  }));
  Open(SurveyMigrations());
  ASSERT_OK(Store(Name("b")));
  ASSERT_OK(Use(Name("a"), 2021, 7));
  const auto list = List({.survey = {"jusou"}});
  ASSERT_EQ(list.size(), 2u);
  EXPECT_FALSE(list[0].uses_complete);
  EXPECT_EQ(list[0].actor, "somebody");
  EXPECT_THAT(UsesOf(list[0]), ElementsAre("2021: 1/7"));
  EXPECT_TRUE(list[1].uses_complete);
  EXPECT_EQ(Find(Name("a"))->content, "text");
}

INSTANTIATE_TEST_SUITE_P(Engines, MappingStoreContract,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);
INSTANTIATE_TEST_SUITE_P(Engines, MappingsOfBefore,
                         ::testing::ValuesIn(support::StoreEngines()),
                         support::EngineName);

}  // namespace
}  // namespace welfare::survey
