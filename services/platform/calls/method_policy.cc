#include "services/platform/calls/method_policy.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "services/base/error.h"
#include "services/platform/errors.h"
#include "welfare/options/v1/options.pb.h"

namespace welfare::platform {
namespace {

namespace options = welfare::options::v1;

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr std::array<std::string_view, 4> kServices = {"registry", "survey",
                                                       "indicator", "report"};

template <typename Words>
bool Contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The fields on the way to `path`, "submission.name", in messages of `type`;
// none where it leads to no text.
std::vector<const FieldDescriptor*> Follow(const Descriptor& type,
                                           std::string_view path) {
  std::vector<const FieldDescriptor*> fields;
  const Descriptor* message = &type;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('.'), path.size());
    if (message == nullptr) return {};
    const FieldDescriptor* field =
        message->FindFieldByName(std::string(path.substr(0, end)));
    path.remove_prefix(std::min(path.size(), end + 1));
    if (field == nullptr || field->is_repeated()) return {};
    fields.push_back(field);
    message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
                  ? field->message_type()
                  : nullptr;
    if (path.empty() && field->type() != FieldDescriptor::TYPE_STRING) {
      return {};
    }
  }
  return fields;
}

}  // namespace

absl::StatusOr<MethodPolicy> MethodPolicy::Of(const MethodDescriptor& method) {
  if (!method.options().HasExtension(options::policy)) {
    return ContractInvalid("it has no policy");
  }
  const options::MethodPolicy& written =
      method.options().GetExtension(options::policy);
  MethodPolicy policy;
  switch (written.audience()) {
    case options::AUDIENCE_PUBLIC:
      policy.audience_ = Audience::kPublic;
      break;
    case options::AUDIENCE_ROLES:
      policy.audience_ = Audience::kRoles;
      break;
    case options::AUDIENCE_INTERNAL:
      policy.audience_ = Audience::kInternal;
      break;
    default:
      return ContractInvalid("its policy has no audience");
  }
  for (const std::string& name : written.roles()) {
    const auto role = vocabulary::FindIn(access::kRoles, name);
    if (!role.has_value()) {
      return ContractInvalid("its policy names a role that there is not: " +
                             name);
    }
    policy.roles_.push_back(*role);
  }
  if ((policy.audience_ == Audience::kRoles) == policy.roles_.empty()) {
    return ContractInvalid("roles and audience of its policy disagree");
  }
  policy.peers_.assign(written.peers().begin(), written.peers().end());
  for (const std::string& peer : policy.peers_) {
    if (!Contains(kServices, peer)) {
      return ContractInvalid("its policy names a peer that there is not: " +
                             peer);
    }
  }
  if (policy.audience_ == Audience::kInternal && policy.peers_.empty()) {
    return ContractInvalid("it is for services alone and names none");
  }
  if (!written.resource_field().empty()) {
    policy.resource_field_ =
        Follow(*method.input_type(), written.resource_field());
    if (policy.resource_field_.empty()) {
      return ContractInvalid("resource_field leads to no text: " +
                             written.resource_field());
    }
  }
  policy.mutates_ = written.mutates();
  if (policy.mutates_ && policy.audience_ == Audience::kPublic) {
    return ContractInvalid("anybody might change state by it");
  }
  policy.personal_ = written.personal();
  if (policy.personal_ && policy.audience_ == Audience::kPublic) {
    return ContractInvalid("anybody might read personal data by it");
  }
  if (policy.personal_ && (policy.mutates_ || policy.resource_field_.empty())) {
    return ContractInvalid(
        "what shows personal data changes nothing and names what it shows");
  }
  return policy;
}

absl::Status MethodPolicy::Check(const access::Identity& who,
                                 const Message& request) const {
  if (who.is_local()) return absl::OkStatus();
  const std::string_view service = who.service();
  const bool allowed = service.empty() ? audience_ == Audience::kPublic
                                       : Contains(peers_, service);
  if (allowed) return absl::OkStatus();
  const std::string survey = SurveyOf(request);
  const auto may = [&](access::Role role) {
    return survey.empty() ? who.HoldsAnywhere(role) : who.Holds(role, survey);
  };
  return service.empty() && std::ranges::any_of(roles_, may)
             ? absl::OkStatus()
             : AccessDenied(who, roles_, survey);
}

std::string MethodPolicy::ResourceOf(const Message& request) const {
  const Message* message = &request;
  std::string name;
  for (const FieldDescriptor* field : resource_field_) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      message = &message->GetReflection()->GetMessage(*message, field);
    } else {
      name = message->GetReflection()->GetString(*message, field);
    }
  }
  return name;
}

std::string MethodPolicy::SurveyOf(const Message& request) const {
  const std::string name = ResourceOf(request);
  constexpr std::string_view kSurveys = "surveys/";
  if (name.rfind(kSurveys, 0) != 0) return "";
  const std::string_view rest = std::string_view(name).substr(kSurveys.size());
  return std::string(rest.substr(0, rest.find('/')));
}

}  // namespace welfare::platform
