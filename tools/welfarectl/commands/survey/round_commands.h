// What the verbs of `round` share.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace google::type {
class Date;
}  // namespace google::type
namespace welfare::survey::v1 {
class Round;
}  // namespace welfare::survey::v1

namespace welfare::ctl {

class Command;
class Session;

// Prints one round; returns kOk.
int PrintRound(Session& session, const survey::v1::Round& round);

// Reads `2025-06-16`.
//
// Errors: INVALID_ARGUMENT, DATE_INVALID.
absl::Status SetDate(const std::string& text, google::type::Date& date);

}  // namespace welfare::ctl
