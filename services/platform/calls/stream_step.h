#pragma once

#include <utility>

#include "services/platform/work/version_feed.h"

namespace welfare::platform {

// What a step of a server stream has come to. A step is a plain function that
// makes one message and keeps its position in what it captures:
//
//   [at = 0](const CallContext& call, const v1::ColumnsRequest& asked,
//            v1::ColumnsResponse& message) mutable
//       -> absl::StatusOr<StreamStep> {
//     if (at == columns()) return StreamStep::End();
//     FillIn(at++, message);
//     return StreamStep::Message();
//   }
struct StreamStep {
  enum class Kind {
    kMessage,  // the message is filled in and to be sent; then the next step
    kWait,     // there is nothing to send until `until` holds; then the next
    kEnd,      // there is nothing more to send
  };
  Kind kind = Kind::kEnd;
  VersionFeed::Until until = nullptr;

  static StreamStep Message() { return {.kind = Kind::kMessage}; }
  static StreamStep End() { return {.kind = Kind::kEnd}; }
  static StreamStep Wait(VersionFeed::Until until) {
    return {.kind = Kind::kWait, .until = std::move(until)};
  }
};

}  // namespace welfare::platform
