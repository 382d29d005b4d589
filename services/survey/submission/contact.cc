#include "services/survey/submission/contact.h"

#include "services/survey/text_limits.h"
#include "services/text/field_rules.h"

namespace welfare::survey {

std::vector<base::Violation> CheckContact(const Contact& contact) {
  std::vector<base::Violation> violations;
  // A department stands in one line; how to reach it may take several.
  const text::FieldRule department = text::kContactField.AtMost(
      kLongestDepartment, text::FieldRule::Unit::kCharacters);
  const text::FieldRule address = text::kFreeTextField.AtMost(
      kLongestContact, text::FieldRule::Unit::kCharacters);
  for (const auto& violation :
       {CheckField("department", contact.department, department),
        CheckField("contact", contact.contact, address)}) {
    if (violation) violations.push_back(*violation);
  }
  return violations;
}

}  // namespace welfare::survey
