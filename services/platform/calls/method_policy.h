// Who may call a method and what the call is, as the contract says
// (welfare.options.v1.policy).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/access/identity.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace welfare::platform {

// Immutable; any thread may use it.
class MethodPolicy {
 public:
  // Reads the policy of `method`. The error is a sentence for whoever wrote the
  // contract: there is no policy, a role or a peer is misspelt,
  // `resource_field` leads to no text, or nobody could ever call the method.
  static absl::StatusOr<MethodPolicy> Of(
      const google::protobuf::MethodDescriptor& method);

  // True where the method changes state.
  bool mutates() const { return mutates_; }
  // True where it shows what only some may see: who read it is written down.
  bool personal() const { return personal_; }
  // What `request` names as the resource; empty where it names none.
  std::string ResourceOf(const google::protobuf::Message& request) const;

  // Whether a caller may make this call at all; what it may see of the resource
  // is judged where the resource is known. A grant of a survey is good for
  // calls whose resource belongs to that survey, and for those whose request
  // names no survey; the registry belongs to no survey. A service that calls on
  // its own account is judged by the peers of the policy alone.
  //
  // Errors: PERMISSION_DENIED, reason ACCESS_DENIED; UNAUTHENTICATED, reason
  //   CREDENTIALS_MISSING.
  absl::Status Check(const access::Identity& who,
                     const google::protobuf::Message& request) const;

 private:
  enum class Audience { kPublic, kRoles, kInternal };

  // The survey that `request` names; empty where it names none.
  std::string SurveyOf(const google::protobuf::Message& request) const;

  Audience audience_ = Audience::kInternal;
  std::vector<access::Role> roles_;
  std::vector<std::string> peers_;
  std::vector<const google::protobuf::FieldDescriptor*> resource_field_;
  bool mutates_ = false;
  bool personal_ = false;
};

}  // namespace welfare::platform
