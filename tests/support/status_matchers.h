#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>
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
