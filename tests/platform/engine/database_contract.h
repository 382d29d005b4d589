// One suite for every Database: what services rely on, whatever the engine.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"
#include "tests/support/temp_dir.h"

namespace welfare::platform {

// A table of items, one that refers to it, and one that is append-only.
inline constexpr Query kMakeTable{
    "make_table",
    "CREATE TABLE items (id BIGINT NOT NULL PRIMARY KEY, name TEXT,"
    " body {bytes}); CREATE TABLE parts (item BIGINT NOT NULL REFERENCES"
    " items (id)); CREATE TABLE facts (id BIGINT); {append_only facts}"};
inline constexpr Query kInsert{
    "insert_item",
    "INSERT INTO items (id, name, body) VALUES ($1, $2, "
    "$3)"};
inline constexpr BulkTarget kBulk{"bulk_items", "items", "id, name, body"};
inline constexpr Query kCount{"count_items", "SELECT COUNT(*) FROM items"};
// Stores an item without a body.
absl::Status Insert(Transaction& transaction, int id, std::string_view name);
absl::StatusOr<std::int64_t> CountItems(Database& database);

struct Engine {
  const char* name;
  std::function<std::unique_ptr<Database>(const support::TempDir&)> open;
};

void PrintTo(const Engine& engine, std::ostream* out);

// Has an empty database with the tables.
class DatabaseContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override;

  support::TempDir folder_;
  std::unique_ptr<Database> database_;
};

}  // namespace welfare::platform
