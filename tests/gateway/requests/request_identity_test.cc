#include "gateway/requests/request_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "test/v1/library.pb.h"
#include "tests/gateway/test_schema.h"

namespace welfare::gateway {
namespace {

using ::test::v1::CreateBookRequest;
using ::test::v1::GetBookRequest;

std::string Id() { return "given"; }

int Field() { return RequestIdField(*CreateBookRequest::descriptor()); }

std::string IdIn(const std::string& bytes) {
  CreateBookRequest request;
  EXPECT_TRUE(request.ParseFromString(bytes));
  return request.request_id();
}

TEST(RequestIdField, IsZeroWhereARequestOnlyReads) {
  EXPECT_EQ(Field(), CreateBookRequest::kRequestIdFieldNumber);
  EXPECT_EQ(RequestIdField(*GetBookRequest::descriptor()), 0);
}

TEST(GiveRequestId, FillsWhatIsAbsentOrEmpty) {
  CreateBookRequest request;
  request.set_parent("shelves/1");
  request.mutable_book()->set_title("t");
  std::string bytes = request.SerializeAsString();
  GiveRequestId(Field(), Id, bytes);
  request.set_request_id("given");
  CreateBookRequest got;
  ASSERT_TRUE(got.ParseFromString(bytes));
  EXPECT_EQ(got.SerializeAsString(), request.SerializeAsString());

  std::string nothing;
  GiveRequestId(Field(), Id, nothing);
  EXPECT_EQ(IdIn(nothing), "given");

  // An empty string that was written out, as some languages do.
  const char tag = static_cast<char>(Field() << 3 | 2);
  std::string empty = {tag, '\0'};
  GiveRequestId(Field(), Id, empty);
  EXPECT_EQ(IdIn(empty), "given");

  // Of several the last counts.
  std::string last_empty = {tag, '\1', 'a', tag, '\0'};
  GiveRequestId(Field(), Id, last_empty);
  EXPECT_EQ(IdIn(last_empty), "given");
}

TEST(GiveRequestId, LeavesTheCallersOwn) {
  CreateBookRequest request;
  request.set_request_id("mine");
  request.set_parent("shelves/1");
  const std::string before = request.SerializeAsString();
  std::string bytes = before;
  GiveRequestId(Field(), Id, bytes);
  EXPECT_EQ(bytes, before);
}

TEST(GiveRequestId, LeavesReadsAndBrokenBytes) {
  std::string read = "\x0a\x01x";
  GiveRequestId(0, Id, read);
  EXPECT_EQ(read, "\x0a\x01x");
  const std::string broken[] = {"\x0a\x05x",             // shorter than it says
                                "\x0a",                  // a tag alone
                                std::string("\0\0", 2),  // no tag
                                "\x0b\x0a",  // a group without an end
                                "\xff\xff\xff\xff\xff\xff"};  // no number
  for (const std::string& before : broken) {
    std::string bytes = before;
    GiveRequestId(Field(), Id, bytes);
    EXPECT_EQ(bytes, before);
  }
}

}  // namespace
}  // namespace welfare::gateway
