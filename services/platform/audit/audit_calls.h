// The methods by which an audit log is read and proved, the same in every
// service with a store: three rows of its table.
//
//   Unary("ListAuditRecords", &AuditCalls::List, audit);
//   Unary("GetAuditHead", &AuditCalls::Head, audit);
//   Unary("ProveAudit", &AuditCalls::Prove, audit);
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "services/base/time/clock.h"
#include "services/platform/audit/audit_tree.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/storage/database.h"
#include "welfare/type/v1/audit.pb.h"

namespace welfare::platform {

// Any thread may call it.
class AuditCalls {
 public:
  struct Options {
    // Both outlive the calls.
    Database& database;
    const base::Clock& clock;
    std::string service;      // as heads name it: `registry`
    std::string incarnation;  // the store's; page tokens are bound to it
  };
  explicit AuditCalls(Options options)
      : options_(std::move(options)), tree_(options_.database) {}

  // Lists records as they are stored, without a look at their hashes.
  //
  // Errors: those of the contract, and of Database::Read.
  absl::Status List(const CallContext& call,
                    const type::v1::ListAuditRecordsRequest& request,
                    type::v1::ListAuditRecordsResponse& response);
  // Errors: those of the contract, and of AuditTree::Look.
  absl::Status Head(const CallContext& call,
                    const type::v1::GetAuditHeadRequest& request,
                    type::v1::AuditHead& response);
  absl::Status Prove(const CallContext& call,
                     const type::v1::ProveAuditRequest& request,
                     type::v1::AuditProof& response);

 private:
  void FillHead(const base::MerkleTree& tree, std::int64_t size,
                type::v1::AuditHead& head) const;

  const Options options_;
  AuditTree tree_;
};

}  // namespace welfare::platform
