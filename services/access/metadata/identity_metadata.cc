#include "services/access/metadata/identity_metadata.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <vector>

#include "services/access/error_table.h"
#include "services/base/error.h"
#include "welfare/internal/v1/identity.pb.h"

namespace welfare::access {
namespace {

using Message = internal::v1::Identity;

absl::Status IdentityUnreadable() {
  return base::MakeError(AccessRow("IDENTITY_UNREADABLE"));
}

}  // namespace

std::string ToMetadata(const Identity& identity) {
  Message message;
  message.set_subject(identity.subject());
  for (const Grant& grant : identity.grants()) {
    message.add_grants(grant.ToString());
  }
  if (const auto& respondent = identity.respondent()) {
    message.set_municipality_code(respondent->municipality.ToString());
    // The numbers are the same (services/base/names/respondent.h).
    message.set_respondent_kind(
        static_cast<type::v1::RespondentKind>(respondent->kind));
  }
  message.set_authentication(
      static_cast<Message::Authentication>(identity.authentication()));
  return message.SerializeAsString();
}

std::string_view SubjectIn(std::string_view bytes) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(
      reinterpret_cast<const std::uint8_t*>(bytes.data()),
      static_cast<int>(bytes.size()));
  std::uint32_t length = 0;
  // Fields are written in the order of their numbers, and this is the first.
  if (in.ReadTag() !=
          WireFormatLite::MakeTag(Message::kSubjectFieldNumber,
                                  WireFormatLite::WIRETYPE_LENGTH_DELIMITED) ||
      !in.ReadVarint32(&length)) {
    return "";
  }
  const auto begin = static_cast<std::size_t>(in.CurrentPosition());
  return length <= bytes.size() - begin ? bytes.substr(begin, length) : "";
}

Principal PrincipalIn(std::string_view bytes) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(
      reinterpret_cast<const std::uint8_t*>(bytes.data()),
      static_cast<int>(bytes.size()));
  constexpr std::uint32_t kTag = WireFormatLite::MakeTag(
      Message::kAuthenticationFieldNumber, WireFormatLite::WIRETYPE_VARINT);
  std::uint32_t number = 0;
  while (const std::uint32_t tag = in.ReadTag()) {
    if (tag == kTag ? !in.ReadVarint32(&number)
                    : !WireFormatLite::SkipField(&in, tag)) {
      break;
    }
  }
  const auto authentication =
      vocabulary::FindIn(kAuthentications, static_cast<int>(number));
  const std::string_view subject = SubjectIn(bytes);
  if (!authentication.has_value() || subject.empty()) return {};
  return {*authentication, subject};
}

absl::StatusOr<Identity> FromMetadata(std::string_view bytes) {
  Message message;
  if (bytes.size() > kMaxIdentityBytes ||
      !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return IdentityUnreadable();
  }
  const auto authentication = vocabulary::FindIn(
      kAuthentications, static_cast<int>(message.authentication()));
  // What each process finds out for itself is believed of nobody.
  if (!authentication.has_value() ||
      !Message::Authentication_IsValid(message.authentication())) {
    return IdentityUnreadable();
  }
  std::string_view kind;
  if (message.respondent_kind() != type::v1::RESPONDENT_KIND_UNSPECIFIED) {
    kind = base::ToString(
        static_cast<base::RespondentKind>(message.respondent_kind()));
  }
  const std::vector<std::string> grants(message.grants().begin(),
                                        message.grants().end());
  auto identity =
      Identity::Make({.subject = message.subject(),
                      .grants = grants,
                      .municipality_code = message.municipality_code(),
                      .respondent_kind = kind,
                      .authentication = *authentication});
  if (!identity.ok() || ToMetadata(*identity) != bytes) {
    return IdentityUnreadable();
  }
  return *std::move(identity);
}

}  // namespace welfare::access
