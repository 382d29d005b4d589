#include "tests/support/status_matchers.h"

namespace welfare::support {

::testing::AssertionResult HasStatus::operator()(
    const char* text, const absl::Status& status) const {
  const std::string found = base::ReasonOf(status);
  if (status.code() == code_ && found == reason_.value_or(found)) {
    return ::testing::AssertionSuccess();
  }
  ::testing::AssertionResult failure = ::testing::AssertionFailure();
  failure << text << " is " << status.ToString() << " with reason " << found
          << "; expected: " << absl::StatusCodeToString(code_);
  if (reason_.has_value()) failure << " with reason " << *reason_;
  return failure;
}

}  // namespace welfare::support
