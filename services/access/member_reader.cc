#include "services/access/member_reader.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "services/access/error_table.h"
#include "services/base/error_table.h"

namespace welfare::access {
namespace {

constexpr std::int64_t kFileVersion = 1;
// 1970 to 9999.
constexpr base::Timestamp kFirstTime = base::Timestamp::FromMicros(0);
constexpr base::Timestamp kLastTime =
    base::Timestamp::FromMicros(253'402'300'799'999'999);

}  // namespace

MemberReader::MemberReader(const JsonValue& object, std::string place,
                           std::vector<base::Violation>& violations)
    : object_(object),
      place_(std::move(place)),
      violations_(violations),
      before_(violations.size()) {}

bool MemberReader::IsObjectOf(std::span<const std::string_view> known) {
  if (object_.kind != JsonValue::Kind::kObject) {
    RefuseType("", "an object", "オブジェクト");
    return false;
  }
  for (const auto& [name, value] : object_.members) {
    if (std::ranges::find(known, name) == known.end()) {
      Refuse(AccessFault("MEMBER_UNKNOWN"), name);
    }
  }
  return true;
}

std::string_view MemberReader::OptionalText(std::string_view member) {
  const JsonValue* value = object_.Find(member);
  if (value == nullptr) return "";
  if (value->Text() == nullptr || value->Text()->empty()) {
    RefuseType(member, "a text", "文字列");
    return "";
  }
  return *value->Text();
}

std::string_view MemberReader::RequiredText(std::string_view member) {
  if (object_.Find(member) == nullptr) {
    Refuse(AccessFault("MEMBER_MISSING"), member);
  }
  return OptionalText(member);
}

std::optional<base::Timestamp> MemberReader::OptionalTime(
    std::string_view member) {
  return Time(member, OptionalText(member));
}

std::optional<base::Timestamp> MemberReader::RequiredTime(
    std::string_view member) {
  return Time(member, RequiredText(member));
}

std::optional<base::Timestamp> MemberReader::Time(std::string_view member,
                                                  std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto time = base::Timestamp::ParseRfc3339(text);
  // An offset may lead out of the years that can be written.
  if (time.ok() && (*time < kFirstTime || *time > kLastTime)) {
    time = base::MakeError(base::BaseRow("TIMESTAMP_INVALID"));
  }
  if (!time.ok()) {
    violations_.push_back(base::ViolationOf(At(member), time.status()));
    return std::nullopt;
  }
  return *time;
}

std::optional<Identity> MemberReader::ReadIdentity(
    std::string_view naming, Authentication authentication) {
  std::vector<std::string> grants;
  if (const JsonValue* list = object_.Find("grants"); list == nullptr) {
    Refuse(AccessFault("MEMBER_MISSING"), "grants");
  } else if (list->kind != JsonValue::Kind::kList ||
             !std::ranges::all_of(list->elements, [](const JsonValue& one) {
               return one.Text() != nullptr;
             })) {
    RefuseType("grants", "a list of texts", "文字列のリスト");
    return std::nullopt;
  } else {
    for (const JsonValue& grant : list->elements) {
      grants.push_back(grant.text);
    }
  }
  const std::string_view subject = RequiredText(naming);
  auto identity =
      Identity::Make({.subject = subject,
                      .grants = grants,
                      .municipality_code = OptionalText("municipality_code"),
                      .respondent_kind = OptionalText("respondent_kind"),
                      .authentication = authentication});
  if (identity.ok()) return *std::move(identity);
  auto details = base::GetErrorDetails(identity.status());
  for (base::Violation& violation : details->violations) {
    if (violation.field == "subject") {
      // One that is missing was told already.
      if (subject.empty()) continue;
      violation.field = naming;
    }
    violation.field = At(violation.field);
    violations_.push_back(std::move(violation));
  }
  return std::nullopt;
}

void MemberReader::Refuse(const base::ViolationRow& row,
                          std::string_view member,
                          const base::ErrorWords& words) {
  violations_.push_back(base::MakeViolation(row, At(member), words));
}

void MemberReader::RefuseType(std::string_view member, std::string_view kind,
                              std::string_view kind_ja) {
  Refuse(AccessFault("MEMBER_TYPE"), member,
         {{"kind", std::string(kind)}, {"kind_ja", std::string(kind_ja)}});
}

std::string MemberReader::At(std::string_view member) const {
  std::string field = place_;
  if (!member.empty()) field.append(".").append(member);
  return field;
}

std::variant<const std::vector<JsonValue>*, base::Violation> ListOf(
    const JsonValue& root, std::string_view name, std::size_t most) {
  for (const auto& [member, value] : root.members) {
    if (member != "version" && member != name) {
      return base::MakeViolation(AccessFault("MEMBER_UNKNOWN"), member);
    }
  }
  const JsonValue* version = root.Find("version");
  if (version == nullptr || version->kind != JsonValue::Kind::kInteger ||
      version->integer != kFileVersion) {
    return base::MakeViolation(AccessFault("FILE_VERSION"), "version");
  }
  const JsonValue* list = root.Find(name);
  if (list == nullptr) {
    return base::MakeViolation(AccessFault("MEMBER_MISSING"), name);
  }
  if (list->kind != JsonValue::Kind::kList) {
    return base::MakeViolation(AccessFault("MEMBER_TYPE"), name,
                               {{"kind", "a list"}, {"kind_ja", "リスト"}});
  }
  if (list->elements.size() > most) {
    return base::MakeViolation(
        AccessFault("KEYS_COUNT"), name,
        {{"least", "0"}, {"limit", std::to_string(most)}});
  }
  return &list->elements;
}

}  // namespace welfare::access
