// Many rows at once, on every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "services/platform/errors.h"
#include "tests/platform/engine/database_contract.h"
#include "tests/support/status_matchers.h"

namespace welfare::platform {
namespace {

using support::IsOkAndHolds;
using support::StatusIs;

// Hands out `count` rows, each with its id, a name and bytes.
RowSource Rows(int count, int first = 1) {
  return [count, first, next = 0](
             std::vector<Parameter>& row) mutable -> absl::StatusOr<bool> {
    if (next == count) return false;
    const int id = first + next++;
    row.clear();
    row.emplace_back(id);
    row.emplace_back(id % 2 == 0 ? Parameter("千代田区 🏯")
                                 : Parameter(nullptr));
    row.emplace_back(Bytes{std::string("\0\xff", 2)});
    return true;
  };
}

TEST_P(DatabaseContract, BulkInsertStoresEveryRow) {
  EXPECT_THAT(database_->Write([](Transaction& transaction) {
    return transaction.BulkInsert(kBulk, Rows(5000));
  }),
              IsOkAndHolds(5000));
  std::int64_t next = 0;
  EXPECT_OK(database_->Read([&](Connection& connection) {
    return connection.ForEach(
        {"all", "SELECT id, name, body FROM items ORDER BY id"}, {},
        [&](const Row& row) {
          EXPECT_EQ(row.Int64(0), ++next);
          EXPECT_EQ(row.FindText(1),
                    next % 2 == 0 ? std::optional<std::string>("千代田区 🏯")
                                  : std::nullopt);
          EXPECT_EQ(row.BytesView(2), std::string_view("\0\xff", 2));
          return absl::OkStatus();
        });
  }));
  EXPECT_EQ(next, 5000);
}

TEST_P(DatabaseContract, BulkInsertOfNothingIsNothing) {
  EXPECT_THAT(database_->Write([](Transaction& transaction) {
    return transaction.BulkInsert(kBulk, Rows(0));
  }),
              IsOkAndHolds(0));
}

TEST_P(DatabaseContract, BulkInsertFailsAsExecuteDoes) {
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    EXPECT_OK(Insert(transaction, 7, "a"));
    return transaction.BulkInsert(kBulk, Rows(10));
  }),
                absl::StatusCode::kAlreadyExists, "UNIQUE_VIOLATION");
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    return transaction.BulkInsert(
        {"bulk_parts", "parts", "item"},
        [done = false](
            std::vector<Parameter>& row) mutable -> absl::StatusOr<bool> {
          row.assign({Parameter(5)});
          return !std::exchange(done, true);
        });
  }),
                absl::StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION");
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    return transaction.BulkInsert({"bulk_none", "nowhere", "id, name, body"},
                                  Rows(1));
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    return transaction.BulkInsert({"bulk_short", "items", "id, name"}, Rows(1));
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

TEST_P(DatabaseContract, BulkInsertEndsWithTheErrorOfItsSource) {
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    return transaction.BulkInsert(
        kBulk,
        [rows = Rows(2000), count = 0](
            std::vector<Parameter>& row) mutable -> absl::StatusOr<bool> {
          if (++count == 1500) return absl::DataLossError("torn");
          return rows(row);
        });
  }),
                absl::StatusCode::kDataLoss);
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    return transaction.BulkInsert(
        kBulk, [](std::vector<Parameter>&) -> absl::StatusOr<bool> {
          throw std::runtime_error("out");
        });
  }),
                absl::StatusCode::kInternal, "UNCAUGHT_EXCEPTION");
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

TEST_P(DatabaseContract, BulkInsertInASavepointUndoesOnlyItself) {
  EXPECT_OK(database_->Write([](Transaction& transaction) {
    EXPECT_OK(Insert(transaction, 7, "a"));
    EXPECT_FALSE(
        transaction
            .Isolated({},
                      [](Transaction& inner) {
                        return inner.BulkInsert(kBulk, Rows(10)).status();
                      })
            .ok());
    return transaction.BulkInsert(kBulk, Rows(10, 20)).status();
  }));
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(11));
}

TEST_P(DatabaseContract, DeadlineEndsABulkInsert) {
  EXPECT_STATUS(
      database_->Write(
          base::CallLimits::After(std::chrono::milliseconds(50)),
          [](Transaction& transaction) {
            return transaction.BulkInsert(
                kBulk,
                [id = 0](std::vector<Parameter>& row) mutable
                -> absl::StatusOr<bool> {
                  row.assign({Parameter(++id), Parameter("x"), nullptr});
                  return true;
                });
          }),
      absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED");
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

}  // namespace
}  // namespace welfare::platform
