#include "services/base/audit/audit_record.h"

#include "services/base/audit/merkle_proof.h"

namespace welfare::base {
namespace {

void AppendBigEndian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

}  // namespace

std::string CanonicalAuditBytes(std::int64_t sequence,
                                const AuditEntry& entry) {
  std::string out;
  AppendBigEndian(out, static_cast<std::uint64_t>(sequence), 8);
  AppendBigEndian(out, static_cast<std::uint64_t>(entry.recorded_time.micros()),
                  8);
  for (const std::string* text : {&entry.actor, &entry.action, &entry.resource,
                                  &entry.request_id, &entry.detail}) {
    AppendBigEndian(out, text->size(), 4);
    out += *text;
  }
  return out;
}

std::string AuditLeafHash(std::int64_t sequence, const AuditEntry& entry) {
  return MerkleLeafHash(CanonicalAuditBytes(sequence, entry));
}

}  // namespace welfare::base
