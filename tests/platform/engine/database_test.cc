// What services rely on, whatever the engine.
#include "services/platform/storage/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "tests/platform/engine/database_contract.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

using support::IsOkAndHolds;
using support::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Query kNames{"names", "SELECT name FROM items ORDER BY id"};
// Runs for longer than any deadline here.
constexpr Query kForever{
    "forever",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT MAX(i) FROM n"};

TEST_P(DatabaseContract, ReadsWhatWasWritten) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction
        .Execute(kInsert, {7, "千代田区", Bytes{std::string("\0\1", 2)}})
        .status();
  }));
  const auto found = database_->Read([](Connection& connection) {
    return connection.Get(
        {"all", "SELECT id, name, body FROM items"}, {}, [](const Row& row) {
          return std::tuple(row.Int64(0), row.Text(1), row.BytesOf(2));
        });
  });
  EXPECT_THAT(found,
              IsOkAndHolds(std::tuple(7, "千代田区", std::string("\0\1", 2))));
}

// A copy is kept in another place; memory is none.
TEST_P(DatabaseContract, SaysWhereItIsKept) {
  const auto place = database_->Place();
  ASSERT_OK(place);
  EXPECT_EQ(*database_->Place(), *place);
  const support::TempDir elsewhere;
  const auto other = GetParam().open(elsewhere);
  ASSERT_NE(other, nullptr);
  const auto other_place = other->Place();
  ASSERT_OK(other_place);
  EXPECT_EQ(place->empty(), other_place->empty());
  if (!place->empty()) {
    EXPECT_NE(*other_place, *place);
  }
}

TEST_P(DatabaseContract, ParametersAreTakenByNumber) {
  const auto found = database_->Read([](Connection& connection) {
    return connection.Get({"swapped", "SELECT $2 || $1 || $2"}, {"a", "b"},
                          [](const Row& row) { return row.Text(0); });
  });
  EXPECT_THAT(found, IsOkAndHolds(std::string("bab")));
}

TEST_P(DatabaseContract, EmptyBytesAndTextAreNotNull) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.Execute(kInsert, {1, "", Bytes{}}).status();
  }));
  const auto found = database_->Read([](Connection& connection) {
    return connection.Get(
        {"nulls", "SELECT name, body FROM items"}, {}, [](const Row& row) {
          return row.IsNull(0) || row.IsNull(1) || !row.BytesView(1).empty();
        });
  });
  EXPECT_THAT(found, IsOkAndHolds(false));
}

TEST_P(DatabaseContract, RollsBackAWriteThatFails) {
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    EXPECT_OK(Insert(transaction, 1, "a"));
    return absl::AbortedError("no");
  }),
                absl::StatusCode::kAborted);
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

TEST_P(DatabaseContract, RollsBackAWriteThatThrows) {
  EXPECT_STATUS(database_->Write([](Transaction& transaction) -> absl::Status {
    EXPECT_OK(Insert(transaction, 1, "a"));
    throw std::runtime_error("out");
  }),
                absl::StatusCode::kInternal, "UNCAUGHT_EXCEPTION");
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

TEST_P(DatabaseContract, IsolatedUndoesOnlyItself) {
  EXPECT_OK(database_->Write([](Transaction& transaction) {
    EXPECT_OK(Insert(transaction, 1, "a"));
    EXPECT_STATUS(transaction.Isolated({},
                                       [](Transaction& inner) {
                                         EXPECT_OK(Insert(inner, 2, "b"));
                                         return Insert(inner, 1, "again");
                                       }),
                  absl::StatusCode::kAlreadyExists);
    return Insert(transaction, 3, "c");
  }));
  const auto names = database_->Read([](Connection& connection) {
    return connection.List(kNames, {},
                           [](const Row& row) { return row.Text(0); });
  });
  EXPECT_THAT(names, IsOkAndHolds(ElementsAre("a", "c")));
}

TEST_P(DatabaseContract, UniqueViolationIsAlreadyExists) {
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    EXPECT_OK(Insert(transaction, 1, "a"));
    return Insert(transaction, 1, "b");
  }),
                absl::StatusCode::kAlreadyExists, "UNIQUE_VIOLATION");
}

TEST_P(DatabaseContract, ForeignKeysHold) {
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    return transaction
        .Execute({"part", "INSERT INTO parts (item) VALUES ($1)"}, {5})
        .status();
  }),
                absl::StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION");
}

// Of a reference that is checked once for each statement no more gets through
// than of one that is checked for each row.
TEST_P(DatabaseContract, ReferencesCheckedOnceHold) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"many_parts",
         "CREATE TABLE wholes (id BIGINT NOT NULL PRIMARY KEY);"
         "{append_only wholes}"
         "CREATE TABLE makers (name TEXT NOT NULL PRIMARY KEY);"
         "{append_only makers}"
         "CREATE TABLE many_parts ("
         "  whole BIGINT REFERENCES wholes (id),"
         "  maker TEXT NOT NULL REFERENCES makers (name));"
         "{append_only many_parts}"
         "{check_once many_parts.whole wholes.id}"
         "{check_once many_parts.maker makers.name}"
         "INSERT INTO makers (name) VALUES ('千代田'), ('中央')"});
  }));
  struct Part {
    Parameter whole;
    std::string maker;
  };
  const auto add = [](Transaction& transaction,
                      const std::vector<Part>& parts) {
    return transaction
        .BulkInsert(
            {"add_parts", "many_parts", "whole, maker"},
            [&, next = std::size_t{0}](std::vector<Parameter>& row) mutable {
              if (next == parts.size()) return false;
              row = {parts[next].whole, parts[next].maker};
              ++next;
              return true;
            })
        .status();
  };
  const auto count = [&] {
    return database_->Read([](Connection& connection) {
      return connection.Get({"count", "SELECT COUNT(*) FROM many_parts"}, {},
                            [](const Row& row) { return row.Int64(0); });
    });
  };
  const auto refused =
      StatusIs(absl::StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION");
  // Parents of the same transaction count, and NULL refers to nothing.
  EXPECT_OK(database_->Write([&](Transaction& transaction) -> absl::Status {
    const auto made = transaction.Execute(
        {"wholes", "INSERT INTO wholes (id) VALUES (1), (2)"}, {});
    if (!made.ok()) return made.status();
    return add(transaction,
               {{1, "千代田"}, {2, "中央"}, {1, "中央"}, {nullptr, "中央"}});
  }));
  EXPECT_THAT(count(), IsOkAndHolds(4));
  // One among many is enough, whichever column it is in.
  std::vector<Part> many(1000, Part{2, "千代田"});
  many[700].whole = 3;
  EXPECT_THAT(database_->Write([&](Transaction& transaction) {
    return add(transaction, many);
  }),
              refused);
  many[700] = {1, "港"};
  EXPECT_THAT(database_->Write([&](Transaction& transaction) {
    return add(transaction, many);
  }),
              refused);
  EXPECT_THAT(database_->Write([&](Transaction& transaction) {
    return transaction
        .Execute({"part", "INSERT INTO many_parts VALUES ($1, $2)"},
                 {9, "中央"})
        .status();
  }),
              refused);
  EXPECT_THAT(count(), IsOkAndHolds(4));
}

TEST_P(DatabaseContract, BracesThatAreNoAliasStay) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"braces",
         "INSERT INTO items (id, name) VALUES"
         " (1, '{bytes x}{}{append_only}{check_once a.b}{'), (2, '}')"});
  }));
  EXPECT_THAT(database_->Read([](Connection& connection) {
    return connection.List(kNames, {},
                           [](const Row& row) { return row.Text(0); });
  }),
              IsOkAndHolds(ElementsAre(
                  "{bytes x}{}{append_only}{check_once a.b}{", "}")));
}

TEST_P(DatabaseContract, AppendOnlyTablesRefuseChanges) {
  ASSERT_OK(database_->Write([](Transaction& transaction) {
    return transaction.Execute({"add", "INSERT INTO facts VALUES (1)"}, {})
        .status();
  }));
  for (const Query query : {Query{"update", "UPDATE facts SET id = 2"},
                            Query{"delete", "DELETE FROM facts"}}) {
    EXPECT_STATUS(database_->Write([&](Transaction& transaction) {
      return transaction.Execute(query, {}).status();
    }),
                  absl::StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION")
        << query.name;
  }
}

TEST_P(DatabaseContract, ReturningAnswersFromAWrite) {
  EXPECT_THAT(database_->Write([](Transaction& transaction) {
    return transaction.Get({"returning",
                            "INSERT INTO items (id, name) VALUES ($1, $2)"
                            " ON CONFLICT (id) DO NOTHING RETURNING id"},
                           {4, "d"},
                           [](const Row& row) { return row.Int64(0); });
  }),
              IsOkAndHolds(4));
}

TEST_P(DatabaseContract, ExecuteCountsTheRowsItChanged) {
  EXPECT_THAT(database_->Write([](Transaction& transaction)
                                   -> absl::StatusOr<std::int64_t> {
    for (int id = 1; id <= 3; ++id) {
      EXPECT_OK(Insert(transaction, id, "x"));
    }
    EXPECT_THAT(transaction.Execute(
                    {"none", "UPDATE items SET name = $1 WHERE id > 9"}, {"z"}),
                IsOkAndHolds(0));
    return transaction.Execute(
        {"two", "UPDATE items SET name = $1 WHERE id > 1"}, {"y"});
  }),
              IsOkAndHolds(2));
}

TEST_P(DatabaseContract, AReadCannotChangeAnything) {
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.ForEach({"sneaky", "DELETE FROM items"}, {},
                              [](const Row&) { return absl::OkStatus(); });
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
}

TEST_P(DatabaseContract, WrongColumnTypeIsAnError) {
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.Get({"text", "SELECT 'a'"}, {},
                          [](const Row& row) { return row.Int64(0); });
  }),
                absl::StatusCode::kInternal, "COLUMN_MISMATCH");
}

TEST_P(DatabaseContract, WrongStatementsAreInternalErrors) {
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.Get({"typo", "SELEC 1"}, {},
                          [](const Row& row) { return row.Int64(0); });
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.Get({"parameters", "SELECT $1, $2"}, {1},
                          [](const Row& row) { return row.Int64(0); });
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
}

TEST_P(DatabaseContract, DeadlineEndsARunningStatement) {
  EXPECT_STATUS(
      database_->Read(base::CallLimits::After(std::chrono::milliseconds(50)),
                      [](Connection& connection) {
                        return connection.Get(kForever, {}, [](const Row& row) {
                          return row.Int64(0);
                        });
                      }),
      absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED");
}

TEST_P(DatabaseContract, CancellationEndsARunningStatement) {
  std::stop_source source;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    source.request_stop();
  });
  base::CallLimits limits = base::CallLimits::After(std::chrono::seconds(30));
  limits.stop = source.get_token();
  EXPECT_STATUS(database_->Write(limits,
                                 [](Transaction& transaction) {
                                   return transaction.Get(kForever, {},
                                                          [](const Row& row) {
                                                            return row.Int64(0);
                                                          });
                                 }),
                absl::StatusCode::kCancelled, "CANCELLED");
}

TEST_P(DatabaseContract, AStatementThatMustAnswerAndDoesNotIsNamed) {
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.Get({"no_row", "SELECT 1 WHERE 1 = 2"}, {},
                          [](const Row& row) { return row.Int64(0); });
  }),
                absl::StatusCode::kInternal, "NO_ROW");
}

TEST_P(DatabaseContract, NothingStartsAfterTheDeadline) {
  bool started = false;
  EXPECT_STATUS(
      database_->Write(base::CallLimits::After(std::chrono::milliseconds(-1)),
                       [&](Transaction&) {
                         started = true;
                         return absl::OkStatus();
                       }),
      absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(started);
}

TEST_P(DatabaseContract, AnInterruptedChangeLeavesTheDatabaseUsable) {
  EXPECT_STATUS(database_->Write(
                    base::CallLimits::After(std::chrono::milliseconds(50)),
                    [](Transaction& transaction) {
                      return transaction
                          .Execute(
                              {"insert_forever",
                               "INSERT INTO items (id) WITH RECURSIVE n(i) AS"
                               " (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                               " SELECT i FROM n"},
                              {})
                          .status();
                    }),
                absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
  EXPECT_OK(database_->Write(
      [](Transaction& transaction) { return Insert(transaction, 1, "a"); }));
}

TEST_P(DatabaseContract, ConcurrentWritersAndReadersAgree) {
  constexpr int kThreads = 8;
  constexpr int kWrites = 25;
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kWrites; ++i) {
          const absl::Status status =
              database_->Write([&](Transaction& transaction) {
                return Insert(transaction, t * 1000 + i, "w");
              });
          if (!status.ok() || !CountItems(*database_).ok()) ++failures;
        }
      });
    }
  }
  EXPECT_EQ(failures.load(), 0);
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(kThreads * kWrites));
}

TEST_P(DatabaseContract, AFailedStatementEndsTheWrite) {
  // Even a write that looks away: its error is the statement's.
  EXPECT_STATUS(database_->Write([](Transaction& transaction) {
    EXPECT_OK(Insert(transaction, 1, "a"));
    EXPECT_STATUS(Insert(transaction, 1, "b"),
                  absl::StatusCode::kAlreadyExists);
    EXPECT_STATUS(Insert(transaction, 2, "c"),
                  absl::StatusCode::kAlreadyExists);
    return absl::OkStatus();
  }),
                absl::StatusCode::kAlreadyExists, "UNIQUE_VIOLATION");
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

TEST_P(DatabaseContract, AFailedStatementEndsTheRead) {
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    connection
        .ForEach({"typo", "SELEC 1"}, {},
                 [](const Row&) { return absl::OkStatus(); })
        .IgnoreError();
    return connection.Get(kCount, {},
                          [](const Row& row) { return row.Int64(0); });
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

TEST_P(DatabaseContract, IsolatedSurvivesAStatementNobodyLookedAt) {
  EXPECT_OK(database_->Write([](Transaction& transaction) {
    EXPECT_STATUS(transaction.Isolated({},
                                       [](Transaction& inner) {
                                         EXPECT_OK(Insert(inner, 1, "a"));
                                         Insert(inner, 1, "b").IgnoreError();
                                         return absl::OkStatus();
                                       }),
                  absl::StatusCode::kAlreadyExists);
    return Insert(transaction, 1, "c");
  }));
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(1));
}

TEST_P(DatabaseContract, TextsThatNoEngineKeepsAreRefused) {
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xff"),
                                  std::string("\xed\xa0\x80")}) {
    EXPECT_STATUS(database_->Write([&](Transaction& transaction) {
      return Insert(transaction, 1, text);
    }),
                  absl::StatusCode::kInvalidArgument, "TEXT_INVALID");
    EXPECT_STATUS(database_->Write([&](Transaction& transaction) {
      return transaction.BulkInsert(
          kBulk, [&](std::vector<Parameter>& row) -> absl::StatusOr<bool> {
            row.assign({Parameter(1), Parameter(text), nullptr});
            return true;
          });
    }),
                  absl::StatusCode::kInvalidArgument, "TEXT_INVALID");
  }
}

TEST_P(DatabaseContract, KeepsTextsOfAnyScript) {
  const std::string text = "葛󠄀城市 🏯 𠮷 \n\t'\"\\";
  ASSERT_OK(database_->Write(
      [&](Transaction& transaction) { return Insert(transaction, 1, text); }));
  EXPECT_THAT(database_->Read([](Connection& connection) {
    return connection.Get(kNames, {},
                          [](const Row& row) { return row.Text(0); });
  }),
              IsOkAndHolds(text));
}

TEST_P(DatabaseContract, TextIsOrderedByItsBytes) {
  ASSERT_OK(database_->Write([](Transaction& transaction) -> absl::Status {
    int id = 0;
    for (const char* name : {"b", "a", "B", "_", "区", "a b", "ab"}) {
      if (absl::Status status = Insert(transaction, ++id, name); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }));
  EXPECT_THAT(database_->Read([](Connection& connection) {
    return connection.List({"sorted", "SELECT name FROM items ORDER BY name"},
                           {}, [](const Row& row) { return row.Text(0); });
  }),
              IsOkAndHolds(ElementsAre("B", "_", "a", "a b", "ab", "b", "区")));
}

// A hundred thousand rows of a hundred bytes.
constexpr Query kLarge{
    "large",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < 100000) SELECT i, 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' FROM n"};

TEST_P(DatabaseContract, ALargeResultArrivesRowByRow) {
  std::int64_t sum = 0;
  EXPECT_OK(database_->Read([&](Connection& connection) {
    return connection.ForEach(kLarge, {}, [&](const Row& row) {
      sum += row.Int64(0);
      return absl::OkStatus();
    });
  }));
  EXPECT_EQ(sum, 5000050000);
}

TEST_P(DatabaseContract, ARowFunctionThatFailsEndsALargeResult) {
  int seen = 0;
  EXPECT_STATUS(database_->Read([&](Connection& connection) {
    return connection.ForEach(kLarge, {}, [&](const Row&) {
      return ++seen == 3 ? absl::OutOfRangeError("enough") : absl::OkStatus();
    });
  }),
                absl::StatusCode::kOutOfRange);
  EXPECT_EQ(seen, 3);
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(0));
}

TEST_P(DatabaseContract, ColumnsThatAreNotThereAreMismatches) {
  for (const char* sql : {"SELECT NULL", "SELECT 1", "SELECT 'a'"}) {
    EXPECT_STATUS(database_->Read([&](Connection& connection) {
      return connection.Get({"bytes", sql}, {},
                            [](const Row& row) { return row.BytesOf(0); });
    }),
                  absl::StatusCode::kInternal, "COLUMN_MISMATCH")
        << sql;
  }
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.Get({"two", "SELECT 1"}, {},
                          [](const Row& row) { return row.FindInt64(1); });
  }),
                absl::StatusCode::kInternal, "COLUMN_MISMATCH");
}

TEST_P(DatabaseContract, ParametersAndTypesMustAgreeInNumber) {
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.Get({"surplus", "SELECT $1"}, {1, 2},
                          [](const Row& row) { return row.Int64(0); });
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
}

TEST_P(DatabaseContract, ARowFunctionRunsNoStatements) {
  EXPECT_STATUS(database_->Read([](Connection& connection) {
    return connection.ForEach({"outer", "SELECT 1"}, {}, [&](const Row&) {
      return connection.ForEach({"inner", "SELECT 2"}, {},
                                [](const Row&) { return absl::OkStatus(); });
    });
  }),
                absl::StatusCode::kInternal, "DATABASE_STATEMENT");
}

TEST_P(DatabaseContract, NotifyingAndWatchingDisturbNobody) {
  const auto watch = database_->WatchChanges([] {});
  ASSERT_NE(watch, nullptr);
  EXPECT_OK(database_->Write([](Transaction& transaction) -> absl::Status {
    if (absl::Status status = transaction.NotifyChange(); !status.ok()) {
      return status;
    }
    return Insert(transaction, 1, "a");
  }));
  EXPECT_THAT(CountItems(*database_), IsOkAndHolds(1));
}

TEST_P(DatabaseContract, KnowsItsConnections) {
  EXPECT_OK(database_->Ping());
  EXPECT_GE(database_->pool().open, 1);
  EXPECT_LE(database_->pool().open, database_->pool().max);
}

TEST_P(DatabaseContract, AnswersAPing) { EXPECT_OK(database_->Ping()); }

}  // namespace
}  // namespace welfare::platform
