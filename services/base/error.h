// Errors of the platform: an `absl::Status` that carries, in one payload, a
// machine-readable reason and everything a caller needs to put it right.
//
// `base` knows neither gRPC nor google.rpc; `platform` alone turns the payload
// into google.rpc details, with the domain of its service.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace welfare::base {

// `absl::string_view` is a type of its own in the packaged Abseil. These two
// functions are the only place where it meets `std::string_view`.
inline std::string_view ToStd(absl::string_view text) {
  return {text.data(), text.size()};
}
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

// One wrong part of a request. `field` is a path such as
// `submission.answers[3].value`, `reason` an UPPER_SNAKE word, `description`
// one English sentence that says what to do.
struct Violation {
  std::string field;
  std::string reason;
  std::string description;
  std::string description_ja = {};  // the same in Japanese; empty: none

  friend bool operator==(const Violation&, const Violation&) = default;
};

// The resource an error speaks of, for NOT_FOUND and ALREADY_EXISTS.
struct ErrorResource {
  std::string type;
  std::string name;

  friend bool operator==(const ErrorResource&, const ErrorResource&) = default;
};

// A state that must be put right before the call can succeed.
struct ErrorPrecondition {
  std::string type;
  std::string subject;
  std::string description;
  std::string description_ja = {};  // the same in Japanese; empty: none

  friend bool operator==(const ErrorPrecondition&,
                         const ErrorPrecondition&) = default;
};

// What the payload of a status holds.
struct ErrorDetails {
  std::string reason;  // UPPER_SNAKE, at most 63 characters
  std::map<std::string, std::string> metadata;
  std::vector<Violation> violations;
  std::optional<ErrorResource> resource;
  std::vector<ErrorPrecondition> preconditions;
  std::optional<std::chrono::milliseconds> retry_delay;
  std::string message_ja;  // empty: none

  friend bool operator==(const ErrorDetails&, const ErrorDetails&) = default;
};

// One failure as it stands in the table of the part that names it. In both
// sentences `{key}` stands for the metadata of that key.
struct ErrorRow {
  std::string_view reason;  // UPPER_SNAKE, at most 63 characters
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::string_view message;     // English; says what to do
  std::string_view message_ja;  // empty where no clerk can meet it
};

// The same for one wrong part of a request.
struct ViolationRow {
  std::string_view reason;
  std::string_view description;
  std::string_view description_ja;
};

// The row of `reason` in a table, looked up while compiling: a reason that is
// not in it does not compile.
template <typename Row, std::size_t kSize>
consteval const Row& FindRow(const Row (&table)[kSize],
                             std::string_view reason) {
  for (const Row& row : table) {
    if (row.reason == reason) return row;
  }
  throw "the table has no such reason";
}

// Whether each reason of a table stands in it once and is UPPER_SNAKE.
template <typename Row, std::size_t kSize>
consteval bool HasGoodReasons(const Row (&table)[kSize]) {
  for (std::size_t i = 0; i < kSize; ++i) {
    if (table[i].reason.empty() || table[i].reason.size() > 63) return false;
    for (const char c : table[i].reason) {
      if (c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
        return false;
      }
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (table[j].reason == table[i].reason) return false;
    }
  }
  return true;
}

// What `{key}` in the sentences of a row is to be replaced by.
using ErrorWords = std::map<std::string, std::string, std::less<>>;

// `sentence` with each `{key}` that `words` has replaced by its word. One pass:
// what a word holds is text.
std::string FillIn(std::string_view sentence, const ErrorWords& words);

// The violation of `row` at `field`.
Violation MakeViolation(const ViolationRow& row, std::string_view field,
                        const ErrorWords& words = {});

// Collects the parts of an error and becomes a status. Converts implicitly to
// `absl::Status` and `absl::StatusOr<T>`, so that a function can return the
// chain itself:
//
//   return MakeError(FindRow(kErrorTable, "ROUND_NOT_FOUND"))
//       .WithResource("survey.welfare/Round", name.ToString());
class [[nodiscard]] ErrorBuilder {
 public:
  // REQUIRES: the code of `row` is not OK.
  explicit ErrorBuilder(const ErrorRow& row);

  // Sets `key` to `value`; every variable of the message belongs here.
  ErrorBuilder& With(std::string_view key, std::string_view value);
  ErrorBuilder& With(std::string_view key, long long value);
  // What `{key}` reads as in the sentences, where that is not the metadata of
  // the key as it is: cut, or with what is invisible shown.
  ErrorBuilder& Show(std::string_view key, std::string_view text);
  ErrorBuilder& WithViolation(Violation violation);
  // Appends all of `violations`.
  ErrorBuilder& WithViolations(std::vector<Violation> violations);
  ErrorBuilder& WithResource(std::string_view type, std::string_view name);
  ErrorBuilder& WithPrecondition(std::string_view type,
                                 std::string_view subject,
                                 std::string_view description,
                                 std::string_view description_ja = {});
  ErrorBuilder& WithRetryDelay(std::chrono::milliseconds delay);

  absl::Status Build() const;
  operator absl::Status() const { return Build(); }  // NOLINT: see above

 private:
  absl::StatusCode code_;
  std::string message_;
  ErrorDetails details_;
  ErrorWords shown_;
};

// Starts an error of a table. REQUIRES: the code of `row` is not OK.
ErrorBuilder MakeError(const ErrorRow& row);

// Returns the details of `status`, or nothing for a status that was not made
// here or whose payload cannot be read.
std::optional<ErrorDetails> GetErrorDetails(const absl::Status& status);

// Returns a copy of `status` that carries `details`, replacing what it had.
absl::Status WithErrorDetails(absl::Status status, const ErrorDetails& details);

// Returns the reason of `status`; empty when it has none.
std::string ReasonOf(const absl::Status& status);

// What `status` says, in both languages, as a violation of `field`.
Violation ViolationOf(std::string_view field, const absl::Status& status);

// Returns the message of `status`.
inline std::string_view MessageOf(const absl::Status& status) {
  return ToStd(status.message());
}

// The payload's type URL and its compact encoding, which is stored nowhere: it
// lives as long as the process. Both are public for tests.
inline constexpr std::string_view kErrorDetailsUrl =
    "welfare.base/ErrorDetails";
std::string EncodeErrorDetails(const ErrorDetails& details);
std::optional<ErrorDetails> DecodeErrorDetails(std::string_view encoded);

}  // namespace welfare::base

#define WELFARE_CONCAT_INNER_(a, b) a##b
#define WELFARE_CONCAT_(a, b) WELFARE_CONCAT_INNER_(a, b)

// Returns the status of `expression` from the enclosing function unless it is
// OK.
#define WELFARE_RETURN_IF_ERROR(...)                                           \
  do {                                                                         \
    if (absl::Status welfare_status_ = (__VA_ARGS__); !welfare_status_.ok()) { \
      return welfare_status_;                                                  \
    }                                                                          \
  } while (false)

// Assigns the value of a StatusOr to `lhs` (which may declare a variable), or
// returns its status: WELFARE_ASSIGN_OR_RETURN(const auto name, Parse(text));
#define WELFARE_ASSIGN_OR_RETURN(lhs, ...)                               \
  WELFARE_ASSIGN_OR_RETURN_(WELFARE_CONCAT_(welfare_or_, __LINE__), lhs, \
                            __VA_ARGS__)
#define WELFARE_ASSIGN_OR_RETURN_(result, lhs, ...)    \
  auto result = (__VA_ARGS__);                         \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)
