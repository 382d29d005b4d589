#include "services/survey/submission/contact.h"

#include "services/survey/text_limits.h"

namespace welfare::survey {

std::vector<base::Violation> CheckContact(const Contact& contact) {
  std::vector<base::Violation> violations;
  for (auto& violation :
       {CheckLength("department", contact.department, kLongestDepartment),
        CheckLength("contact", contact.contact, kLongestContact)}) {
    if (violation) violations.push_back(*violation);
  }
  return violations;
}

}  // namespace welfare::survey
