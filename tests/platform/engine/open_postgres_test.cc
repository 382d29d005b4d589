// What can be wrong with a PostgreSQL that we are told to use, and what its
// errors become.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/engine/postgres_connection.h"
#include "tests/support/postgres_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/store_engines.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {
namespace {

using support::PostgresServer;
using ::testing::HasSubstr;
using ::testing::Not;

// Runs SQL as the superuser.
void Administer(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  EXPECT_THAT(PQresultStatus(result),
              ::testing::AnyOf(PGRES_COMMAND_OK, PGRES_TUPLES_OK))
      << sql << PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
}

class OpenPostgres : public ::testing::Test {
 protected:
  static absl::Status Open(const std::string& url,
                           const std::string& schema = "registry") {
    return OpenDatabase(url, {.schema = schema}).status();
  }
  static std::string Why(const absl::Status& status) {
    const auto details = base::GetErrorDetails(status);
    if (!details.has_value()) return "";
    for (const char* key : {"why", "cause"}) {
      const auto found = details->metadata.find(key);
      if (found != details->metadata.end()) return found->second;
    }
    return "";
  }
  // Another name in each run, since roles and databases belong to the server.
  std::string Unique(const std::string& name) const {
    return name + "_" + support::SchemaOf(folder_);
  }
  static std::string Replaced(std::string url, const std::string& what,
                              const std::string& with) {
    return url.replace(url.find(what), what.size(), with);
  }

  const std::string url_ = PostgresServer::SharedUrl();
  support::TempDir folder_;
};

TEST_F(OpenPostgres, RefusesWhatIsNoUrl) {
  for (const std::string& url :
       {std::string("postgresql:secret"), url_ + "&nonsense=secret"}) {
    const absl::Status status = Open(url);
    EXPECT_STATUS(status, absl::StatusCode::kInvalidArgument,
                  "DATABASE_URL_INVALID");
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  }
  for (const std::string schema : {"", "Registry", "1st", "pg_x", "a-b"}) {
    EXPECT_STATUS(Open(url_, schema), absl::StatusCode::kInvalidArgument,
                  "DATABASE_URL_INVALID");
  }
}

TEST_F(OpenPostgres, SaysWhyAServerCannotBeUsedAndNotTheSecret) {
  struct Case {
    std::string url;
    std::string why;
  };
  const std::string nobody = folder_.path().string();
  for (const Case& wrong :
       std::vector<Case>{{"postgresql://welfare:secret@/welfare?host=" + nobody,
                          "no server answers"},
                         {Replaced(url_, "/welfare", "/secret_database"),
                          "the server has no such database"},
                         {Replaced(url_, "postgres@", "nobody:secret@"),
                          "the server refuses the role or its password"}}) {
    const absl::Status status = Open(wrong.url);
    EXPECT_STATUS(status, absl::StatusCode::kUnavailable,
                  "DATABASE_UNAVAILABLE");
    EXPECT_EQ(Why(status), wrong.why);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
  }
}

TEST_F(OpenPostgres, RefusesAnotherOrderOfTextAndAnotherEncoding) {
  const std::string sorted = Unique("sorted");
  Administer(url_, "CREATE DATABASE " + sorted +
                       " TEMPLATE template0 LOCALE_PROVIDER icu"
                       " ICU_LOCALE 'en'");
  absl::Status status = Open(Replaced(url_, "/welfare", "/" + sorted));
  EXPECT_STATUS(status, absl::StatusCode::kFailedPrecondition,
                "DATABASE_UNSUITABLE");
  EXPECT_THAT(Why(status), HasSubstr("LC_COLLATE 'C'"));
  const std::string ascii = Unique("ascii");
  Administer(url_, "CREATE DATABASE " + ascii +
                       " TEMPLATE template0 ENCODING 'SQL_ASCII'");
  status = Open(Replaced(url_, "/welfare", "/" + ascii));
  EXPECT_STATUS(status, absl::StatusCode::kFailedPrecondition,
                "DATABASE_UNSUITABLE");
  EXPECT_THAT(Why(status), HasSubstr("UTF8"));
}

TEST_F(OpenPostgres, ARoleNeedsToCreateOrToOwnItsSchema) {
  const std::string name = Unique("role");
  const std::string schema = support::SchemaOf(folder_);
  Administer(url_, "CREATE ROLE " + name + " LOGIN");
  // One role for each module, in one setting.
  const std::string url = Replaced(url_, "postgres@", "role_{module}@");
  EXPECT_THAT(Why(Open(url, schema)), HasSubstr("may not make one"));
  Administer(url_, "CREATE SCHEMA " + schema);
  EXPECT_THAT(Why(Open(url, schema)), HasSubstr("make the role its owner"));
  Administer(url_, "ALTER SCHEMA " + schema + " OWNER TO " + name);
  EXPECT_OK(Open(url, schema));
  Administer(url_, "DROP SCHEMA " + schema);
  Administer(url_, "GRANT CREATE ON DATABASE welfare TO " + name);
  const auto database = OpenDatabase(url, {.schema = schema});
  ASSERT_OK(database);
  ASSERT_OK((*database)->Write([](Transaction& transaction) {
    return transaction.ExecuteScript(
        {"make_table", "CREATE TABLE items (id BIGINT)"});
  }));
  // As an ordinary role it cancels its own statements too.
  EXPECT_STATUS(
      (*database)->Write(base::CallLimits::After(std::chrono::milliseconds(50)),
                         [](Transaction& transaction) {
                           return transaction
                               .Execute({"sleep", "SELECT pg_sleep(60)"}, {})
                               .status();
                         }),
      absl::StatusCode::kDeadlineExceeded);
  EXPECT_OK((*database)->Write([](Transaction& transaction) {
    return transaction.Execute({"insert", "INSERT INTO items VALUES (1)"}, {})
        .status();
  }));
}

TEST_F(OpenPostgres, ProcessesThatStartTogetherMakeOneSchema) {
  const std::string schema = support::SchemaOf(folder_);
  std::vector<std::future<absl::Status>> opened;
  for (int i = 0; i < 6; ++i) {
    opened.push_back(
        std::async(std::launch::async, [&] { return Open(url_, schema); }));
  }
  for (auto& status : opened) EXPECT_OK(status.get());
}

TEST(FromSqlState, NamesEveryFailure) {
  struct Case {
    const char* state;
    absl::StatusCode code;
    const char* reason;
  };
  using absl::StatusCode;
  for (const Case& row : std::vector<Case>{
           {"23505", StatusCode::kAlreadyExists, "UNIQUE_VIOLATION"},
           {"23503", StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"},
           {"23514", StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"},
           {"23000", StatusCode::kFailedPrecondition, "CONSTRAINT_VIOLATION"},
           {"40001", StatusCode::kAborted, "DATABASE_BUSY"},
           {"40P01", StatusCode::kAborted, "DATABASE_BUSY"},
           {"55P03", StatusCode::kAborted, "DATABASE_BUSY"},
           {"57014", StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"},
           {"53100", StatusCode::kResourceExhausted, "STORAGE_FULL"},
           {"22021", StatusCode::kInvalidArgument, "TEXT_INVALID"},
           {"08006", StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"57P01", StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"57P03", StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"53300", StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"25P03", StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"XX001", StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"", StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"08P01", StatusCode::kInternal, "DATABASE_STATEMENT"},
           {"42601", StatusCode::kInternal, "DATABASE_STATEMENT"},
           {"25006", StatusCode::kInternal, "DATABASE_STATEMENT"}}) {
    EXPECT_STATUS(FromSqlState(row.state, "query", "", {}), row.code,
                  row.reason)
        << row.state;
  }
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_STATUS(FromSqlState("57014", "query", "",
                             {.deadline = base::CallLimits::TimePoint::max(),
                              .stop = stopped.get_token()}),
                StatusCode::kCancelled);
}

}  // namespace
}  // namespace welfare::platform
