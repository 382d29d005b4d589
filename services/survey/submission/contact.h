// Whom to ask about a submission.
#pragma once

#include <string>
#include <vector>

#include "services/base/error.h"

namespace welfare::survey {

// Personal data of whoever filled the form in. Stored apart from answers,
// never in logs or in the audit log.
struct Contact {
  std::string department;
  std::string contact;

  friend bool operator==(const Contact&, const Contact&) = default;
};

// Returns what is wrong with the fields `department` and `contact`; what they
// hold is not repeated.
std::vector<base::Violation> CheckContact(const Contact& contact);

// Returns what is stored of a contact that was sent: of a blank field nothing,
// kana composed. What is wrong stays as it is.
Contact Kept(const Contact& sent);

}  // namespace welfare::survey
