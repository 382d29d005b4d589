#include "services/platform/storage/incarnation.h"

#include <optional>
#include <utility>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/work/random_bytes.h"

namespace welfare::platform {

const std::string_view kIncarnationSql = R"sql(
CREATE TABLE store_incarnation (
  only_row BIGINT NOT NULL PRIMARY KEY CHECK (only_row = 1),
  incarnation TEXT NOT NULL
);
)sql";

// `store_place` says who was opened last and where; `stores_before` how far
// those before had come.
const std::string_view kPlaceSql = R"sql(
CREATE TABLE store_place (
  only_row BIGINT NOT NULL PRIMARY KEY CHECK (only_row = 1),
  incarnation TEXT NOT NULL,
  place TEXT NOT NULL
);

CREATE TABLE stores_before (
  incarnation TEXT NOT NULL,
  resource TEXT NOT NULL,
  last_version BIGINT NOT NULL,
  PRIMARY KEY (incarnation, resource)
);
{append_only stores_before}
)sql";

namespace {

constexpr std::size_t kBytes = 16;

constexpr Query kFindIncarnation{"find_incarnation",
                                 "SELECT incarnation FROM store_incarnation"};
constexpr Query kForgetIncarnation{"forget_incarnation",
                                   "DELETE FROM store_incarnation"};
constexpr Query kStoreIncarnation{
    "store_incarnation",
    "INSERT INTO store_incarnation (only_row, incarnation) VALUES (1, $1)"};
constexpr Query kFindPlace{"find_place_of_store",
                           "SELECT incarnation, place FROM store_place"};
constexpr Query kStorePlace{
    "store_place_of_store",
    "INSERT INTO store_place (only_row, incarnation, place)"
    " VALUES (1, $1, $2) ON CONFLICT (only_row) DO UPDATE"
    " SET incarnation = excluded.incarnation, place = excluded.place"};
constexpr Query kForgetPlace{"forget_place_of_store",
                             "UPDATE store_place SET place = ''"};
constexpr Query kStoreBefore{
    "store_before",
    "INSERT INTO stores_before (incarnation, resource, last_version)"
    " VALUES ($1, $2, $3) ON CONFLICT (incarnation, resource) DO NOTHING"};
constexpr Query kListBefore{
    "list_stores_before",
    "SELECT incarnation, resource, last_version FROM stores_before"};

absl::StatusOr<std::string> Make(Transaction& transaction) {
  std::string made = base::HexEncode(RandomBytes(kBytes));
  WELFARE_RETURN_IF_ERROR(transaction.Execute(kForgetIncarnation, {}).status());
  WELFARE_RETURN_IF_ERROR(
      transaction.Execute(kStoreIncarnation, {made}).status());
  return made;
}

// The store that was opened last, and where it was kept.
struct Opened {
  std::string incarnation;
  std::string place;
};

// Writes down how far `before` had come: what has been counted until now is
// its, what comes is that of its copy.
absl::Status EndStore(Transaction& transaction, const std::string& before,
                      const Query& versions) {
  WELFARE_ASSIGN_OR_RETURN(const auto found,
                           transaction.List(versions, {}, [](const Row& row) {
                             return std::pair(row.Text(0), row.Int64(1));
                           }));
  for (const auto& [resource, version] : found) {
    WELFARE_RETURN_IF_ERROR(
        transaction.Execute(kStoreBefore, {before, resource, version})
            .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Incarnation> Open(Transaction& transaction,
                                 const Query& versions,
                                 const std::string& here) {
  WELFARE_ASSIGN_OR_RETURN(
      std::optional<std::string> name,
      transaction.Find(kFindIncarnation, {},
                       [](const Row& row) { return row.Text(0); }));
  WELFARE_ASSIGN_OR_RETURN(const std::optional<Opened> last,
                           transaction.Find(kFindPlace, {}, [](const Row& row) {
                             return Opened{.incarnation = row.Text(0),
                                           .place = row.Text(1)};
                           }));
  // Where nothing is known of the last time (a store of an older build), it is
  // taken for the one it was.
  const bool moved = last.has_value() && !here.empty() && last->place != here;
  if (!name.has_value() || moved) {
    WELFARE_ASSIGN_OR_RETURN(name, Make(transaction));
  }
  if (last.has_value() && last->incarnation != *name) {
    WELFARE_RETURN_IF_ERROR(EndStore(transaction, last->incarnation, versions));
  }
  if (!last.has_value() || last->incarnation != *name || last->place != here) {
    WELFARE_RETURN_IF_ERROR(
        transaction.Execute(kStorePlace, {*name, here}).status());
  }
  std::map<std::string, VersionsByResource, std::less<>> before;
  WELFARE_RETURN_IF_ERROR(
      transaction.ForEach(kListBefore, {}, [&](const Row& row) {
        before[row.Text(0)][row.Text(1)] = row.Int64(2);
        return absl::OkStatus();
      }));
  return Incarnation(*std::move(name), std::move(before));
}

}  // namespace

bool Incarnation::Covers(std::string_view incarnation,
                         std::string_view resource,
                         std::int64_t version) const {
  if (incarnation == name_) return true;
  const auto store = before_.find(incarnation);
  if (store == before_.end()) return false;
  const auto last = store->second.find(resource);
  return last != store->second.end() && version <= last->second;
}

absl::StatusOr<Incarnation> OpenIncarnation(Database& database,
                                            const Query& versions) {
  WELFARE_ASSIGN_OR_RETURN(const std::string here, database.Place());
  return database.Write([&](Transaction& transaction) {
    return Open(transaction, versions, here);
  });
}

absl::StatusOr<std::string> RenewIncarnation(Database& database) {
  return database.Write(
      [](Transaction& transaction) { return Make(transaction); });
}

absl::Status ForgetPlace(Database& database) {
  return database.Write([](Transaction& transaction) {
    return transaction.Execute(kForgetPlace, {}).status();
  });
}

}  // namespace welfare::platform
