// What the audit methods of every service promise, asked through its stub.
#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "services/access/identity.h"
#include "services/base/audit/audited_log.h"
#include "services/base/coding/sha256.h"
#include "services/base/error.h"
#include "services/platform/engine/open_database.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/status_mapping.h"
#include "services/platform/storage/audit_log.h"
#include "tests/support/module_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait_for.h"
#include "welfare/options/v1/options.pb.h"
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

inline std::string NewRequestId() {
  static int asked = 0;
  return "asked-" + std::to_string(++asked);
}

// The request, with an id by which its record is known.
template <typename Request>
Request Identified(Request request) {
  request.set_request_id(NewRequestId());
  return request;
}

// Holds the log that `stub` shows to the contract of `service`, its full name:
// each method that changes state or shows personal data stands in it. The test
// has called every one of them, with the changes `Identified`; those of
// `by_somebody` as the caller "somebody" with a token, the others as local.
template <typename Stub>
void ExpectAllIsAudited(Stub& stub, const std::string& service,
                        const std::set<std::string>& by_somebody = {}) {
  const std::vector<base::AuditRecord> records =
      AuditStub<Stub>(stub).ReadAll();
  const google::protobuf::ServiceDescriptor* contract =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          service);
  ASSERT_NE(contract, nullptr);
  std::set<std::size_t> seen;  // one record for each method
  for (int i = 0; i < contract->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *contract->method(i);
    const auto& policy = method.options().GetExtension(options::v1::policy);
    // An import is named after its stream, by whichever method it came.
    std::string action = method.name();
    if (action.starts_with("BatchImport")) action.erase(0, 5);
    std::size_t at = 0;
    while (at < records.size() &&
           (records[at].entry.action != action || seen.contains(at))) {
      ++at;
    }
    const bool found = at < records.size();
    EXPECT_EQ(found, policy.mutates() || policy.personal()) << method.name();
    if (!found) continue;
    seen.insert(at);
    const base::AuditEntry& entry = records[at].entry;
    const bool local = !by_somebody.contains(method.name());
    const std::string way = std::string(R"("authentication":)") +
                            (local ? R"("local"})" : R"("token"})");
    EXPECT_EQ(entry.actor, local ? "local" : "somebody") << method.name();
    EXPECT_NE(entry.resource, "") << method.name();
    EXPECT_EQ(entry.request_id.starts_with("asked-"), policy.mutates())
        << method.name() << " " << entry.request_id;
    EXPECT_NE(entry.request_id, "") << method.name();
    EXPECT_EQ(entry.detail == R"({"read":true,)" + way, policy.personal())
        << method.name() << " " << entry.detail;
    EXPECT_TRUE(entry.detail.ends_with(way))
        << method.name() << " " << entry.detail;
  }
}

// The full names of the methods of `service` that not everybody may call.
inline std::vector<const google::protobuf::MethodDescriptor*> GuardedMethods(
    const std::string& service) {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  const google::protobuf::ServiceDescriptor* contract =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          service);
  EXPECT_NE(contract, nullptr);
  for (int i = 0; contract != nullptr && i < contract->method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *contract->method(i);
    if (method.options().GetExtension(options::v1::policy).audience() !=
        options::v1::AUDIENCE_PUBLIC) {
      methods.push_back(&method);
    }
  }
  return methods;
}

// Sends an empty message to a method of any kind, which all are the same on the
// wire, and returns how the call ended.
inline absl::Status CallEmpty(
    grpc::Channel& channel, const google::protobuf::MethodDescriptor& called) {
  using Bytes = grpc::ByteBuffer;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const std::string path =
      "/" + called.service()->full_name() + "/" + called.name();
  const grpc::internal::RpcMethod method(
      path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING);
  const std::unique_ptr<grpc::ClientReaderWriter<Bytes, Bytes>> stream(
      grpc::internal::ClientReaderWriterFactory<Bytes, Bytes>::Create(
          &channel, method, &context));
  const grpc::Slice empty;
  stream->Write(Bytes(&empty, 1));
  stream->WritesDone();
  for (Bytes read; stream->Read(&read);) ADD_FAILURE() << path << " answers";
  return platform::FromGrpcStatus(stream->Finish());
}

// Starts the module of `service`, its full name, for somebody who may do
// nothing, who calls every method that not everybody may call. When the module
// has ended, each of these calls stands in the log that it leaves behind.
inline void ExpectRefusalsAreAudited(ModuleRunner& runner,
                                     const std::string& service) {
  runner.Identify([](const platform::MetadataLookup&,
                     const platform::PeerLookup&) {
    const std::vector<std::string> grants = {"operator@*"};
    return access::Identity::Make({.subject = "intruder", .grants = grants});
  });
  ASSERT_OK(runner.Start());
  std::set<std::string> refused;
  for (const google::protobuf::MethodDescriptor* method :
       GuardedMethods(service)) {
    EXPECT_STATUS(CallEmpty(*runner.channel(), *method),
                  absl::StatusCode::kPermissionDenied, "ACCESS_DENIED")
        << method->name();
    refused.insert(method->name());
  }
  EXPECT_FALSE(refused.empty());
  runner.Stop();

  const auto database =
      platform::OpenDatabase("sqlite:" + runner.folder().File("module.db"));
  ASSERT_OK(database);
  const auto records = (*database)->Read([](platform::Connection& connection) {
    return platform::ListAudit(connection, 0, 1000);
  });
  ASSERT_OK(records);
  base::AuditedLog log;
  std::set<std::string> written;
  for (const base::AuditRecord& record : *records) {
    EXPECT_EQ(log.Add(record), std::nullopt) << record.sequence;
    EXPECT_EQ(record.entry.actor, "intruder");
    EXPECT_TRUE(record.entry.detail.starts_with(R"({"refused":1,)") &&
                record.entry.detail.ends_with(R"("authentication":"token"})"))
        << record.entry.detail;
    EXPECT_TRUE(written.insert(record.entry.action).second);
  }
  EXPECT_EQ(written, refused);
}

}  // namespace welfare::support
