// A round as columns of the survey service, as answers.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/report/snapshot/answers.h"

namespace welfare::survey::v1 {
class Column;
class StreamRoundColumnsResponse_Header;
}  // namespace welfare::survey::v1

namespace welfare::report {

// Reads one stream: first the header, then every column. Used by one thread.
class RoundAnswersReader {
 public:
  explicit RoundAnswersReader(Basis basis) : basis_(basis) {}

  // Errors, of every function: INTERNAL, reason PEER_ANSWER_INVALID.
  absl::Status Read(const survey::v1::StreamRoundColumnsResponse_Header& header);
  absl::Status Read(const survey::v1::Column& column);
  // Returns what was read, once every column was.
  absl::StatusOr<RoundAnswers> Take() &&;

 private:

  Basis basis_;
  RoundAnswers round_;
  int expected_ = -1;     // columns
  std::size_t row_ = 0;   // of the last column, the next one
  std::size_t item_ = 0;  // that the last column was of
  int columns_ = 0;
};

}  // namespace welfare::report
