#include "services/survey/submission/contact.h"

#include "services/survey/text_limits.h"
#include "services/text/field_rules.h"

namespace welfare::survey {
namespace {

// A department stands in one line; how to reach it may take several.
constexpr text::FieldRule kDepartmentField = text::kContactField.AtMost(
    kLongestDepartment, text::FieldRule::Unit::kCharacters);
constexpr text::FieldRule kAddressField = text::kFreeTextField.AtMost(
    kLongestContact, text::FieldRule::Unit::kCharacters);

}  // namespace

std::vector<base::Violation> CheckContact(const Contact& contact) {
  std::vector<base::Violation> violations;
  for (const auto& violation :
       {CheckField("department", contact.department, kDepartmentField),
        CheckField("contact", contact.contact, kAddressField)}) {
    if (violation) violations.push_back(*violation);
  }
  return violations;
}

Contact Kept(const Contact& sent) {
  return {.department = text::Keep(kDepartmentField, sent.department)
                            .value_or(sent.department),
          .contact =
              text::Keep(kAddressField, sent.contact).value_or(sent.contact)};
}

}  // namespace welfare::survey
