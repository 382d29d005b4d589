// An audit log as somebody reads it who does not trust it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/base/audit/audit_record.h"
#include "services/base/audit/merkle_tree.h"

namespace welfare::base {

// What is wrong with a log at one record.
struct AuditFault {
  enum class Kind {
    kMissing,     // there is no such record, though later ones are there
    kOutOfOrder,  // an earlier record stands in its place
    kChanged,     // its hash is not that of what it says
  };

  std::int64_t sequence = 0;
  Kind kind = Kind::kMissing;

  bool operator==(const AuditFault&) const = default;
};

// Takes the records of a log from the first on and builds their tree. Not
// thread-safe.
//
// Invariants: every record in the tree stood at its place and had the hash of
//   what it said.
class AuditedLog {
 public:
  // Takes the next record, or says what is wrong with it and takes nothing.
  std::optional<AuditFault> Add(const AuditRecord& record);

  const MerkleTree& tree() const { return tree_; }
  std::int64_t size() const { return tree_.size(); }

  // Whether the log begins with the one whose head (`size`, `root`) was kept
  // outside. Not so where it is shorter, or where one of these records was
  // replaced together with all hashes, which no reader of the log alone can
  // see. What came after the head is not judged: it was appended.
  bool BeginsWith(std::int64_t size, std::string_view root) const {
    return size >= 0 && size <= tree_.size() && tree_.Root(size) == root;
  }

 private:
  MerkleTree tree_;
};

}  // namespace welfare::base
