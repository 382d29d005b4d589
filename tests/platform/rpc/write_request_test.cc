#include "services/platform/rpc/write_request.h"

#include <gtest/gtest.h>

#include <string>

#include "google/protobuf/wrappers.pb.h"
#include "tests/support/callers.h"
#include "tests/support/status_matchers.h"

namespace welfare::platform {
namespace {

using google::protobuf::StringValue;

CallContext Call() {
  CallContext call;
  call.method = "CreateThing";
  call.identity = support::Granted({});
  return call;
}

TEST(MakeWriteRequest, TakesWhatTheCallSays) {
  StringValue message;
  message.set_value("a thing");
  const auto write =
      MakeWriteRequest(Call(), message, "0b9c1d52-5d2f-4a6e-9a53-6c6a1f0f2c11");
  ASSERT_OK(write);
  EXPECT_EQ(write->key.method, "CreateThing");
  EXPECT_EQ(write->key.request_id, "0b9c1d52-5d2f-4a6e-9a53-6c6a1f0f2c11");
  EXPECT_EQ(write->key.body, message.SerializeAsString());
  EXPECT_EQ(write->actor, "somebody");
}

TEST(MakeWriteRequest, AnIdIsShortAndPlain) {
  EXPECT_OK(MakeWriteRequest(Call(), StringValue(), ""));
  EXPECT_OK(MakeWriteRequest(Call(), StringValue(), std::string(64, 'a')));
  for (const std::string& id :
       {std::string(65, 'a'), std::string("a b"), std::string("a\n"),
        std::string("\0", 1), std::string("番号"), std::string("a_b")}) {
    EXPECT_STATUS(MakeWriteRequest(Call(), StringValue(), id),
                  absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID");
  }
}

}  // namespace
}  // namespace welfare::platform
