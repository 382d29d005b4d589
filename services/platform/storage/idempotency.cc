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

absl::StatusOr<std::optional<Stored>> FindStored(Connection& connection,
                                                 const std::string& request_id,
                                                 base::Timestamp now) {
  return connection.Find(
      kFindReply, {request_id, (now - kReplyLifetime).micros()},
      [](const Row& row) {
        return Stored{.request_hash = row.Text(0), .reply = row.BytesOf(1)};
      });
}

}  // namespace

RequestDigest DigestOf(const RequestKey& key) {
  if (key.request_id.empty()) return {};
  return {.request_id = key.request_id, .hash = RequestHash(key)};
}

absl::StatusOr<std::optional<std::string>> FindReply(Connection& connection,
                                                     const RequestKey& key,
                                                     base::Timestamp now) {
  if (key.request_id.empty()) return std::nullopt;
  WELFARE_ASSIGN_OR_RETURN(std::optional<Stored> stored,
                           FindStored(connection, key.request_id, now));
  if (!stored.has_value()) return std::nullopt;
  if (stored->request_hash != RequestHash(key)) {
    return RequestIdReused(key.request_id);
  }
  return std::move(stored->reply);
}

absl::StatusOr<std::string> RunOnce(
    Transaction& transaction, const RequestDigest& request, base::Timestamp now,
    const std::function<absl::StatusOr<std::string>()>& make_reply) {
  if (request.request_id.empty()) return make_reply();
  WELFARE_ASSIGN_OR_RETURN(std::optional<Stored> stored,
                           FindStored(transaction, request.request_id, now));
  if (stored.has_value()) {
    if (stored->request_hash != request.hash) {
      return RequestIdReused(request.request_id);
    }
    return std::move(stored->reply);
  }
  WELFARE_ASSIGN_OR_RETURN(std::string reply, make_reply());
  WELFARE_RETURN_IF_ERROR(
      transaction.Execute(kForget, {(now - kReplyLifetime).micros()}).status());
  WELFARE_RETURN_IF_ERROR(
      transaction
          .Execute(kStore, {request.request_id, request.hash, Bytes{reply},
                            now.micros()})
          .status());
  return reply;
}

}  // namespace welfare::platform
