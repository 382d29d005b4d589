#include "services/access/address_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/access/violations.h"
#include "tests/support/status_matchers.h"

namespace welfare::access {
namespace {

using ::testing::ElementsAre;

AddressList List(std::string_view text) {
  auto list = AddressList::Parse(text);
  EXPECT_OK(list);
  return list.ok() ? *std::move(list) : AddressList();
}

TEST(AddressLists, HoldWhatLiesInARange) {
  const AddressList list =
      List("10.1.0.0/16, 192.168.1.5,172.16.0.0/12 ,2001:db8::/33, ::1");
  EXPECT_EQ(list.size(), 5U);
  for (const std::string_view address :
       {"10.1.0.0", "10.1.255.255", "192.168.1.5", "172.31.255.255",
        "::ffff:10.1.2.3", "::FFFF:0a01:0203", "2001:db8::1",
        "2001:0DB8:7fff:ffff::", "::1", "::1%lo"}) {
    EXPECT_TRUE(list.Contains(address)) << address;
  }
  for (const std::string_view address :
       {"10.2.0.0", "10.0.255.255", "192.168.1.4", "172.32.0.0", "172.15.0.1",
        "::ffff:10.2.0.1", "2001:db8:8000::", "2001:db7::1", "::2",
        "::10.1.2.3"}) {
    EXPECT_FALSE(list.Contains(address)) << address;
  }
}

TEST(AddressLists, HoldNoTextThatIsNoAddress) {
  const AddressList list = List("0.0.0.0/0,::/0");
  EXPECT_TRUE(list.Contains("8.8.8.8"));
  EXPECT_TRUE(list.Contains("2001:db8::1"));
  for (const std::string_view text :
       {"", " ", "10.1", "10.1.2.3.4", "10.1.2.3 ", "10.1.2.3/32", "010.1.2.3",
        "0x0a.1.2.3", "10.1.2.256", "167838211", "localhost", "unix:/run/x",
        "::1::", "１０.1.2.3", "10.1.2.3%eth0"}) {
    EXPECT_FALSE(list.Contains(text)) << text;
  }
  EXPECT_FALSE(list.Contains(std::string_view("10.1.2.3\0x", 10)));
}

TEST(AddressLists, KeepTheFamiliesApart) {
  EXPECT_FALSE(List("::/0").Contains("10.1.2.3"));
  EXPECT_FALSE(List("::/0").Contains("::ffff:10.1.2.3"));
  EXPECT_FALSE(List("0.0.0.0/0").Contains("2001:db8::1"));
}

TEST(AddressLists, HoldNobodyWhenEmpty) {
  EXPECT_EQ(List("").size(), 0U);
  EXPECT_EQ(List("  ").size(), 0U);
  EXPECT_FALSE(List("").Contains("127.0.0.1"));
}

TEST(AddressLists, AreRefusedWithRangesInAnotherForm) {
  const std::map<std::string, std::string> bad = {
      {"10.1", "ADDRESS_FORMAT"},
      {"10.1.0.0/", "ADDRESS_FORMAT"},
      {"10.1.0.0/33", "ADDRESS_FORMAT"},
      {"10.1.0.0/08", "ADDRESS_FORMAT"},
      {"10.1.0.0/+8", "ADDRESS_FORMAT"},
      {"10.1.0.0/-1", "ADDRESS_FORMAT"},
      {"10.1.0.0/8/8", "ADDRESS_FORMAT"},
      {"10.1.0.0/255.255.0.0", "ADDRESS_FORMAT"},
      {"010.1.0.0/16", "ADDRESS_FORMAT"},
      {"2001:db8::/129", "ADDRESS_FORMAT"},
      {"fe80::1%eth0", "ADDRESS_FORMAT"},
      {"*", "ADDRESS_FORMAT"},
      {"lgwan.example.jp", "ADDRESS_FORMAT"},
      {"10.1.2.3/16", "ADDRESS_HOST_BITS"},
      {"10.0.0.1/0", "ADDRESS_HOST_BITS"},
      {"2001:db8::1/64", "ADDRESS_HOST_BITS"},
      {"::ffff:10.1.0.0/112", "ADDRESS_MAPPED"},
      {"::ffff:10.1.0.0", "ADDRESS_MAPPED"},
  };
  for (const auto& [text, reason] : bad) {
    const auto list = AddressList::Parse(text);
    EXPECT_STATUS(list, absl::StatusCode::kInvalidArgument,
                  "ADDRESS_LIST_INVALID");
    EXPECT_THAT(ViolationsOf(list.status()), ElementsAre(text + " " + reason));
  }
  EXPECT_THAT(ViolationsOf(AddressList::Parse("10.0.0.0/8,,1.2.3,").status()),
              ElementsAre(" ADDRESS_FORMAT", "1.2.3 ADDRESS_FORMAT"));
}

TEST(AddressLists, AreRefusedWhenLong) {
  std::string text = "10.0.0.0/8";
  for (std::size_t i = 1; i < kMaxAddressRanges; ++i) text += ",::1";
  EXPECT_OK(AddressList::Parse(text));
  EXPECT_THAT(ViolationsOf(AddressList::Parse(text + ",::1").status()),
              ElementsAre(" ADDRESSES_TOO_MANY"));
}

}  // namespace
}  // namespace welfare::access
