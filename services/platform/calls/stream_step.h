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
  // Of a message: the next step waits for nothing, no engine and no peer. It is
  // then made by whoever has sent this one, and no thread is woken for it.
  bool next_at_hand = false;

  static StreamStep Message(bool next_at_hand = false) {
    return {.kind = Kind::kMessage, .next_at_hand = next_at_hand};
  }
  static StreamStep End() { return {.kind = Kind::kEnd}; }
  static StreamStep Wait(VersionFeed::Until until) {
    return {.kind = Kind::kWait, .until = std::move(until)};
  }
};

}  // namespace welfare::platform
