#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/storage/database.h"
#include "tests/support/temp_dir.h"

namespace welfare::support {

// One way to keep what a store keeps. The suite of a store runs on all:
//
//   INSTANTIATE_TEST_SUITE_P(Engines, RegistryStoreContract,
//                            ::testing::ValuesIn(support::StoreEngines()),
//                            support::EngineName);
struct StoreEngine {
  std::string name;
  // Opens the database of `folder`, as services do; once more, with what is in
  // it.
  std::function<absl::StatusOr<std::unique_ptr<platform::Database>>(
      const TempDir& folder)>
      open;
};

// What GoogleTest and CTest show.
inline void PrintTo(const StoreEngine& engine, std::ostream* out) {
  *out << engine.name;
}

// A SQLite file and a schema of PostgreSQL.
std::vector<StoreEngine> StoreEngines();

// The name of a schema that belongs to `folder` alone.
std::string SchemaOf(const TempDir& folder);

// For INSTANTIATE_TEST_SUITE_P.
inline constexpr auto EngineName = [](const auto& engine) {
  return std::string(engine.param.name);
};

}  // namespace welfare::support
