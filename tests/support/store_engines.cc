#include "tests/support/store_engines.h"

#include "services/base/coding/sha256.h"
#include "services/platform/engine/open_database.h"
#include "tests/support/postgres_server.h"

namespace welfare::support {

std::string SchemaOf(const TempDir& folder) {
  return "t" + base::Sha256Hex(folder.path().string()).substr(0, 24);
}

std::vector<StoreEngine> StoreEngines() {
  return {
      {.name = "Sqlite",
       .open =
           [](const TempDir& folder) {
             return platform::OpenDatabase("sqlite:" + folder.File("store.db"));
           }},
      {.name = "Postgres", .open = [](const TempDir& folder) {
         return platform::OpenDatabase(PostgresServer::SharedUrl(),
                                       {.schema = SchemaOf(folder)});
       }}};
}

}  // namespace welfare::support
