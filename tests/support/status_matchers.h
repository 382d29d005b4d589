#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/base/error.h"

namespace welfare::support {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// What EXPECT_OK and EXPECT_STATUS ask of a status. Compiled once; a matcher is
// compiled anew for each type that it is asked about.
class HasStatus {
 public:
  explicit HasStatus(absl::StatusCode code) : code_(code) {}
  HasStatus(absl::StatusCode code, std::string_view reason)
      : code_(code), reason_(reason) {}
  ::testing::AssertionResult operator()(const char* text,
                                        const absl::Status& status) const;

 private:
  absl::StatusCode code_;
  std::optional<std::string_view> reason_;
};

// EXPECT_OK(value): an absl::Status or absl::StatusOr is OK.
// EXPECT_STATUS(value, code[, reason]): it has this code, and this reason.
// Where matchers are put together: IsOk and StatusIs below.
#define EXPECT_OK(...)                                                      \
  EXPECT_PRED_FORMAT1(::welfare::support::HasStatus(absl::StatusCode::kOk), \
                      ::welfare::support::StatusOf(__VA_ARGS__))
#define ASSERT_OK(...)                                                      \
  ASSERT_PRED_FORMAT1(::welfare::support::HasStatus(absl::StatusCode::kOk), \
                      ::welfare::support::StatusOf(__VA_ARGS__))
#define EXPECT_STATUS(value, ...)                                 \
  EXPECT_PRED_FORMAT1(::welfare::support::HasStatus(__VA_ARGS__), \
                      ::welfare::support::StatusOf(value))
#define ASSERT_STATUS(value, ...)                                 \
  ASSERT_PRED_FORMAT1(::welfare::support::HasStatus(__VA_ARGS__), \
                      ::welfare::support::StatusOf(value))

// Matches an OK absl::Status or absl::StatusOr.
MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  const absl::Status& status = StatusOf(arg);
  if (!status.ok()) {
    *result_listener << status.ToString() << " with reason "
                     << base::ReasonOf(status);
  }
  return status.ok();
}

// Matches an absl::StatusOr that is OK and whose value matches `inner`.
MATCHER_P(
    IsOkAndHolds, inner,
    "is OK and holds a value that " +
        ::testing::DescribeMatcher<typename std::decay_t<arg_type>::value_type>(
            inner, negation)) {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(inner, *arg, result_listener);
}

// Matches a status by its code.
MATCHER_P(StatusIs, code,
          (negation ? "has not code " : "has code ") +
              absl::StatusCodeToString(code)) {
  const absl::Status& status = StatusOf(arg);
  if (status.code() != code) *result_listener << status.ToString();
  return status.code() == code;
}

// Matches a status by its code and its reason.
MATCHER_P2(StatusIs, code, reason,
           (negation ? "has not code " : "has code ") +
               absl::StatusCodeToString(code) + " and reason " +
               std::string(reason)) {
  const absl::Status& status = StatusOf(arg);
  const std::string found = base::ReasonOf(status);
  if (status.code() != code || found != reason) {
    *result_listener << status.ToString() << " with reason " << found;
    return false;
  }
  return true;
}

}  // namespace welfare::support
