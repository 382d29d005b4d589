#include "services/platform/storage/incarnation.h"

#include <optional>
#include <utility>

#include "services/base/error.h"
#include "services/platform/work/digest.h"

namespace welfare::platform {

const std::string_view kIncarnationSql = R"sql(
CREATE TABLE store_incarnation (
  only_row BIGINT NOT NULL PRIMARY KEY CHECK (only_row = 1),
  incarnation TEXT NOT NULL
);
)sql";

namespace {

constexpr std::size_t kBytes = 16;

constexpr Query kFind{"find_incarnation",
                      "SELECT incarnation FROM store_incarnation"};
constexpr Query kForget{"forget_incarnation", "DELETE FROM store_incarnation"};
constexpr Query kStore{
    "store_incarnation",
    "INSERT INTO store_incarnation (only_row, incarnation) VALUES (1, $1)"};

absl::StatusOr<std::string> Make(Transaction& transaction) {
  std::string made = HexEncode(RandomBytes(kBytes));
  WELFARE_RETURN_IF_ERROR(transaction.Execute(kStore, {made}).status());
  return made;
}

}  // namespace

absl::StatusOr<std::string> OpenIncarnation(Database& database) {
  return database.Write(
      [](Transaction& transaction) -> absl::StatusOr<std::string> {
        WELFARE_ASSIGN_OR_RETURN(
            std::optional<std::string> found,
            transaction.Find(kFind, {},
                             [](const Row& row) { return row.Text(0); }));
        if (found.has_value()) return *std::move(found);
        return Make(transaction);
      });
}

absl::StatusOr<std::string> RenewIncarnation(Database& database) {
  return database.Write(
      [](Transaction& transaction) -> absl::StatusOr<std::string> {
        WELFARE_RETURN_IF_ERROR(transaction.Execute(kForget, {}).status());
        return Make(transaction);
      });
}

}  // namespace welfare::platform
