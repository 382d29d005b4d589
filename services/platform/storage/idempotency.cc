#include "services/platform/storage/idempotency.h"

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/errors.h"

namespace welfare::platform {

const std::string_view kRequestRepliesSql = R"sql(
CREATE TABLE request_replies (
  request_id TEXT NOT NULL PRIMARY KEY,
  request_hash TEXT NOT NULL,
  reply {bytes} NOT NULL,
  recorded_micros BIGINT NOT NULL
);
CREATE INDEX request_replies_by_time ON request_replies (recorded_micros);
)sql";

namespace {

constexpr Query kFindReply{"find_reply",
                           "SELECT request_hash, reply FROM request_replies"
                           " WHERE request_id = $1 AND recorded_micros > $2"};
constexpr Query kForget{
    "forget_replies",
    "DELETE FROM request_replies WHERE recorded_micros <= $1"};
constexpr Query kStore{
    "store_reply",
    "INSERT INTO request_replies (request_id, request_hash, reply,"
    " recorded_micros) VALUES ($1, $2, $3, $4)"};

std::string RequestHash(const RequestKey& key) {
  base::Sha256 stream;
  stream.Update(key.method);
  stream.Update(std::string_view("\0", 1));
  stream.Update(key.body);
  return stream.FinishHex();
}

struct Stored {
  std::string request_hash;
  std::string reply;
};

}  // namespace

absl::StatusOr<std::optional<std::string>> FindReply(Connection& connection,
                                                     const RequestKey& key,
                                                     base::Timestamp now) {
  if (key.request_id.empty()) return std::nullopt;
  WELFARE_ASSIGN_OR_RETURN(
      std::optional<Stored> stored,
      connection.Find(
          kFindReply, {key.request_id, (now - kReplyLifetime).micros()},
          [](const Row& row) {
            return Stored{.request_hash = row.Text(0), .reply = row.BytesOf(1)};
          }));
  if (!stored.has_value()) return std::nullopt;
  if (stored->request_hash != RequestHash(key)) {
    return RequestIdReused(key.request_id);
  }
  return std::move(stored->reply);
}

absl::StatusOr<std::string> RunOnce(
    Transaction& transaction, const RequestKey& key, base::Timestamp now,
    const std::function<absl::StatusOr<std::string>()>& make_reply) {
  if (key.request_id.empty()) return make_reply();
  WELFARE_ASSIGN_OR_RETURN(std::optional<std::string> stored,
                           FindReply(transaction, key, now));
  if (stored.has_value()) return *std::move(stored);
  WELFARE_ASSIGN_OR_RETURN(std::string reply, make_reply());
  WELFARE_RETURN_IF_ERROR(
      transaction.Execute(kForget, {(now - kReplyLifetime).micros()}).status());
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kStore, {key.request_id, RequestHash(key), Bytes{reply},
                            now.micros()})
          .status());
  return reply;
}

}  // namespace welfare::platform
