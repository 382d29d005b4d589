// What a service tells of an answer to who may have it already.
#pragma once

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>

#include "absl/status/status.h"
#include "services/platform/rpc/call_context.h"
#include "services/platform/rpc/status_mapping.h"
#include "tests/support/wait_for.h"

namespace welfare::support {

struct Told {
  absl::Status status;
  std::string tag;    // empty: none was told
  bool held = false;  // the caller has it
  std::string bytes;
};

// Calls a read through its stub as the gateway does. `held`: what its caller
// has, `-` for nothing.
template <typename Stub, typename Request, typename Response>
Told AskForTag(Stub& stub,
               grpc::Status (Stub::*method)(grpc::ClientContext*,
                                            const Request&, Response*),
               const Request& request, const std::string& held,
               const std::string& language = "") {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  context.AddMetadata(std::string(platform::kHeldTagsMetadata), held);
  if (!language.empty()) context.AddMetadata("accept-language", language);
  Response response;
  Told told;
  told.status =
      platform::FromGrpcStatus((stub.*method)(&context, request, &response));
  told.bytes = response.SerializeAsString();
  for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
    const std::string name(key.data(), key.size());
    if (name == platform::kAnswerTagMetadata) {
      told.tag.assign(value.data(), value.size());
    }
    if (name == platform::kAnswerHeldMetadata) told.held = true;
  }
  return told;
}

// Holds one read to what a tag promises: who has the answer is sent nothing of
// it, in another language it is another, and so it is after `change`.
template <typename Stub, typename Request, typename Response, typename Change>
void ExpectKnownByState(Stub& stub,
                        grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                     const Request&, Response*),
                        const Request& request, const Change& change) {
  const std::string what = request.GetDescriptor()->name();
  const Told first = AskForTag(stub, method, request, "-");
  EXPECT_TRUE(first.status.ok()) << what << " " << first.status;
  EXPECT_EQ(first.tag.size(), 20u) << what;
  EXPECT_FALSE(first.held) << what;
  EXPECT_NE(first.bytes, "") << what;
  const Told again =
      AskForTag(stub, method, request, "xxxxxxxxxxxxxxxxxxxx," + first.tag);
  EXPECT_TRUE(again.status.ok()) << what << " " << again.status;
  EXPECT_EQ(again.tag, first.tag) << what;
  EXPECT_TRUE(again.held) << what;
  EXPECT_EQ(again.bytes, "") << what;
  EXPECT_FALSE(AskForTag(stub, method, request, first.tag, "ja").held) << what;
  change();
  const Told changed = AskForTag(stub, method, request, first.tag);
  EXPECT_TRUE(changed.status.ok()) << what << " " << changed.status;
  EXPECT_FALSE(changed.held) << what;
  EXPECT_NE(changed.tag, first.tag) << what;
}

}  // namespace welfare::support
