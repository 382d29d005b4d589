#include "services/platform/audit/audit_calls.h"

#include <google/protobuf/util/time_util.h>

#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/base/pages/page.h"
#include "services/base/pages/page_room.h"
#include "services/platform/errors.h"
#include "services/platform/rpc/page_request.h"
#include "services/platform/storage/audit_log.h"

namespace welfare::platform {
namespace {

google::protobuf::Timestamp TimeOf(base::Timestamp time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
      time.micros());
}

type::v1::AuditRecord ToMessage(const AuditRecord& record) {
  type::v1::AuditRecord message;
  message.set_sequence(record.sequence);
  *message.mutable_record_time() = TimeOf(record.entry.recorded_time);
  message.set_actor(record.entry.actor);
  message.set_action(record.entry.action);
  message.set_resource(record.entry.resource);
  message.set_request_id(record.entry.request_id);
  message.set_detail(record.entry.detail);
  message.set_leaf_hash(base::HexEncode(record.leaf_hash));
  return message;
}

// The size of the head that is asked for.
absl::StatusOr<std::int64_t> SizeOf(const base::MerkleTree& tree,
                                    std::optional<std::int64_t> asked) {
  const std::int64_t size = asked.value_or(tree.size());
  if (size > tree.size()) return AuditHeadNotReached(size, tree.size());
  return size;
}

// What of the request is wrong whatever the log holds.
std::vector<base::Violation> FaultsOf(
    const type::v1::ProveAuditRequest& request) {
  std::vector<base::Violation> violations;
  if (request.size() < 0) violations.push_back(AuditNumberNegative("size"));
  if (request.sequence() < 0) {
    violations.push_back(AuditNumberNegative("sequence"));
  }
  if (request.old_size() < 0) {
    violations.push_back(AuditNumberNegative("old_size"));
  }
  if (request.has_sequence() == request.has_old_size()) {
    violations.push_back(AuditQuestionUnclear());
  }
  return violations;
}

}  // namespace

absl::Status AuditCalls::List(const CallContext& call,
                              const type::v1::ListAuditRecordsRequest& request,
                              type::v1::ListAuditRecordsResponse& response) {
  if (request.first_sequence() < 0) {
    return AuditRequestInvalid({AuditNumberNegative("first_sequence")});
  }
  WELFARE_ASSIGN_OR_RETURN(const base::Page page,
                           ReadPage(request, options_.incarnation));
  // The key is the first record that found no room on the page before.
  WELFARE_ASSIGN_OR_RETURN(const auto key,
                           page.After<std::tuple<std::int64_t>>());
  const std::int64_t first =
      key.has_value() ? std::get<0>(*key) : request.first_sequence();
  WELFARE_ASSIGN_OR_RETURN(
      const std::vector<AuditRecord> records,
      options_.database.Read(call.limits, [&](Connection& connection) {
        return ListAudit(connection, first, page.size() + 1);
      }));
  base::PageRoom room(page.size());
  for (const AuditRecord& record : records) {
    type::v1::AuditRecord message = ToMessage(record);
    if (!room.Take(message.ByteSizeLong())) {
      response.set_next_page_token(
          page.TokenAfter(std::tuple(record.sequence)));
      break;
    }
    *response.add_records() = std::move(message);
  }
  return absl::OkStatus();
}

absl::Status AuditCalls::Head(const CallContext& call,
                              const type::v1::GetAuditHeadRequest& request,
                              type::v1::AuditHead& response) {
  if (request.size() < 0) {
    return AuditRequestInvalid({AuditNumberNegative("size")});
  }
  return tree_.Look(
      call.limits, [&](const base::MerkleTree& tree) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(
            const std::int64_t size,
            SizeOf(tree, request.has_size() ? std::optional(request.size())
                                            : std::nullopt));
        FillHead(tree, size, response);
        return absl::OkStatus();
      });
}

absl::Status AuditCalls::Prove(const CallContext& call,
                               const type::v1::ProveAuditRequest& request,
                               type::v1::AuditProof& response) {
  std::vector<base::Violation> violations = FaultsOf(request);
  if (!violations.empty()) return AuditRequestInvalid(std::move(violations));
  return tree_.Look(
      call.limits, [&](const base::MerkleTree& tree) -> absl::Status {
        WELFARE_ASSIGN_OR_RETURN(
            const std::int64_t size,
            SizeOf(tree, request.has_size() ? std::optional(request.size())
                                            : std::nullopt));
        std::vector<std::string> hashes;
        if (request.has_sequence()) {
          if (request.sequence() >= size) {
            return AuditRequestInvalid({AuditBeyondHead("sequence", size)});
          }
          hashes = tree.ProveInclusion(request.sequence(), size);
          response.set_leaf_hash(
              base::HexEncode(tree.Leaf(request.sequence())));
        } else {
          if (request.old_size() > size) {
            return AuditRequestInvalid({AuditBeyondHead("old_size", size)});
          }
          hashes = tree.ProveConsistency(request.old_size(), size);
          response.set_old_root(base::HexEncode(tree.Root(request.old_size())));
        }
        for (const std::string& hash : hashes) {
          response.add_hashes(base::HexEncode(hash));
        }
        FillHead(tree, size, *response.mutable_head());
        return absl::OkStatus();
      });
}

void AuditCalls::FillHead(const base::MerkleTree& tree, std::int64_t size,
                          type::v1::AuditHead& head) const {
  head.set_service(options_.service);
  head.set_incarnation(options_.incarnation);
  head.set_size(size);
  head.set_root(base::HexEncode(tree.Root(size)));
  *head.mutable_read_time() = TimeOf(options_.clock.Now());
}

}  // namespace welfare::platform
