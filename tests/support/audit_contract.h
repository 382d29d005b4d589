// What the audit methods of every service promise, asked through its stub.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "services/base/audit/audited_log.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/support/status_matchers.h"
#include "welfare/type/v1/audit.pb.h"

namespace welfare::support {

// A service's audit methods. `Stub` is the one that gRPC generates.
template <typename Stub>
class AuditStub {
 public:
  explicit AuditStub(Stub& stub) : stub_(stub) {}

  absl::Status List(const type::v1::ListAuditRecordsRequest& request,
                    type::v1::ListAuditRecordsResponse& response) {
    grpc::ClientContext context;
    return platform::FromGrpcStatus(
        stub_.ListAuditRecords(&context, request, &response));
  }
  absl::Status Head(const type::v1::GetAuditHeadRequest& request,
                    type::v1::AuditHead& response) {
    grpc::ClientContext context;
    return platform::FromGrpcStatus(
        stub_.GetAuditHead(&context, request, &response));
  }
  absl::Status Prove(const type::v1::ProveAuditRequest& request,
                     type::v1::AuditProof& response) {
    grpc::ClientContext context;
    return platform::FromGrpcStatus(
        stub_.ProveAudit(&context, request, &response));
  }

  // The whole log, in pages of two.
  std::vector<base::AuditRecord> ReadAll() {
    type::v1::ListAuditRecordsRequest request;
    request.set_page_size(2);
    std::vector<base::AuditRecord> records;
    do {
      type::v1::ListAuditRecordsResponse response;
      const absl::Status status = List(request, response);
      EXPECT_OK(status);
      if (!status.ok()) break;
      EXPECT_LE(response.records_size(), 2);
      for (const type::v1::AuditRecord& record : response.records()) {
        records.push_back(
            {.sequence = record.sequence(),
             .entry = {.recorded_time = base::Timestamp::FromMicros(
                           record.record_time().seconds() * 1'000'000 +
                           record.record_time().nanos() / 1000),
                       .actor = record.actor(),
                       .action = record.action(),
                       .resource = record.resource(),
                       .request_id = record.request_id(),
                       .detail = record.detail()},
             .leaf_hash = absl::HexStringToBytes(record.leaf_hash())});
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    return records;
  }

 private:
  Stub& stub_;
};

inline std::vector<std::string> BytesOfHashes(
    const type::v1::AuditProof& proof) {
  std::vector<std::string> hashes;
  for (const std::string& hash : proof.hashes()) {
    hashes.push_back(absl::HexStringToBytes(hash));
  }
  return hashes;
}

// Holds the log that `stub` shows, of the service `name`, to what it proves of
// itself. The test has made it at least two records long.
template <typename Stub>
void ExpectProvenAuditLog(Stub& stub, const std::string& name) {
  AuditStub<Stub> calls(stub);
  const std::vector<base::AuditRecord> records = calls.ReadAll();
  ASSERT_GE(records.size(), 2U);
  base::AuditedLog log;
  for (const base::AuditRecord& record : records) {
    ASSERT_EQ(log.Add(record), std::nullopt) << record.sequence;
    EXPECT_FALSE(record.entry.actor.empty());
    EXPECT_FALSE(record.entry.action.empty());
    EXPECT_FALSE(record.entry.resource.empty());
  }

  type::v1::ListAuditRecordsRequest from;
  from.set_first_sequence(log.size() - 1);
  type::v1::ListAuditRecordsResponse last;
  ASSERT_OK(calls.List(from, last));
  ASSERT_EQ(last.records_size(), 1);
  EXPECT_EQ(last.records(0).sequence(), log.size() - 1);
  EXPECT_EQ(last.next_page_token(), "");

  type::v1::AuditHead head;
  ASSERT_OK(calls.Head({}, head));
  EXPECT_EQ(head.service(), name);
  EXPECT_EQ(head.incarnation().size(), 32U);
  EXPECT_GT(head.read_time().seconds(), 0);
  ASSERT_EQ(head.size(), log.size());
  const std::string root = absl::HexStringToBytes(head.root());
  EXPECT_TRUE(log.BeginsWith(head.size(), root));

  for (std::int64_t i = 0; i < log.size(); ++i) {
    type::v1::GetAuditHeadRequest at;
    at.set_size(i);
    type::v1::AuditHead before;
    ASSERT_OK(calls.Head(at, before));
    EXPECT_EQ(before.size(), i);
    EXPECT_EQ(before.root(), base::HexEncode(log.tree().Root(i)));

    type::v1::ProveAuditRequest request;
    type::v1::AuditProof proof;
    request.set_sequence(i);
    ASSERT_OK(calls.Prove(request, proof));
    EXPECT_EQ(proof.head().root(), head.root());
    EXPECT_EQ(proof.leaf_hash(), base::HexEncode(log.tree().Leaf(i)));
    EXPECT_TRUE(base::VerifyInclusion(log.tree().Leaf(i), i, log.size(),
                                      BytesOfHashes(proof), root));
    request.clear_sequence();
    request.set_old_size(i);
    request.set_size(log.size());
    proof.Clear();
    ASSERT_OK(calls.Prove(request, proof));
    EXPECT_EQ(proof.old_root(), before.root());
    EXPECT_TRUE(
        base::VerifyConsistency(i, absl::HexStringToBytes(before.root()),
                                log.size(), root, BytesOfHashes(proof)));
  }

  // What each refuses.
  type::v1::ListAuditRecordsResponse list;
  from.set_first_sequence(-1);
  EXPECT_STATUS(calls.List(from, list), absl::StatusCode::kInvalidArgument,
                "AUDIT_REQUEST_INVALID");
  type::v1::GetAuditHeadRequest beyond;
  beyond.set_size(log.size() + 1);
  EXPECT_STATUS(calls.Head(beyond, head), absl::StatusCode::kOutOfRange,
                "AUDIT_HEAD_NOT_REACHED");
  type::v1::AuditProof proof;
  EXPECT_STATUS(calls.Prove({}, proof), absl::StatusCode::kInvalidArgument,
                "AUDIT_REQUEST_INVALID");
}

}  // namespace welfare::support
