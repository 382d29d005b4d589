// Files of foreign services that cannot be used; foreign_test.py has the
// sentences.
#include "gateway/foreign/foreign_services.h"

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace welfare::gateway {
namespace {

using absl::StatusCode;

class ForeignServicesTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& bytes) {
    const std::string path = folder_.File(name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  // A set with acme.v1.Echo, whose one method `Get(M) returns (M)` has no
  // route.
  static google::protobuf::FileDescriptorSet Set() {
    google::protobuf::FileDescriptorSet set;
    auto& file = *set.add_file();
    file.set_name("acme.proto");
    file.set_package("acme.v1");
    file.set_syntax("proto3");
    auto& message = *file.add_message_type();
    message.set_name("M");
    auto& service = *file.add_service();
    service.set_name("Echo");
    auto& method = *service.add_method();
    method.set_name("Get");
    method.set_input_type(".acme.v1.M");
    method.set_output_type(".acme.v1.M");
    return set;
  }

  absl::Status Read(const google::protobuf::FileDescriptorSet& set,
                    const std::string& rules = "") {
    return ForeignServices::Read(
               {.descriptor_set = Write("set", set.SerializeAsString()),
                .http_rules = rules.empty() ? "" : Write("rules", rules),
                .backends = "acme.v1.Echo=unix:/nowhere"},
               own_)
        .status();
  }

  support::TempDir folder_;
  const std::vector<std::string> own_;
};

TEST_F(ForeignServicesTest, AreNoneWithoutSettings) {
  const auto none = ForeignServices::Read({}, own_);
  ASSERT_OK(none.status());
  EXPECT_TRUE((*none)->backends().empty());
}

TEST_F(ForeignServicesTest, AreReadWhateverTheOrderOfFiles) {
  EXPECT_OK(Read(Set()));
  google::protobuf::FileDescriptorSet set = Set();
  set.mutable_file(0)->add_dependency("later.proto");
  auto& later = *set.add_file();
  later.set_name("later.proto");
  later.set_syntax("proto3");
  EXPECT_OK(Read(set));
  EXPECT_OK(Read(set, R"({"rules":[{"selector":"acme.v1.Echo.Get",)"
                      R"("get":"/a"}]})"));
}

TEST_F(ForeignServicesTest, RefuseFilesThatCannotBeUsed) {
  EXPECT_STATUS(
      ForeignServices::Read({.descriptor_set = folder_.File("none"),
                             .http_rules = "",
                             .backends = "acme.v1.Echo=unix:/nowhere"},
                            own_)
          .status(),
      StatusCode::kFailedPrecondition, "FOREIGN_FILE_UNREADABLE");
  google::protobuf::FileDescriptorSet set = Set();
  set.mutable_file(0)->add_dependency("acme.proto");
  EXPECT_STATUS(Read(set), StatusCode::kFailedPrecondition,
                "FOREIGN_FILE_INVALID");
  // Two that import each other.
  set = Set();
  set.mutable_file(0)->add_dependency("other.proto");
  auto& other = *set.add_file();
  other.set_name("other.proto");
  other.add_dependency("acme.proto");
  EXPECT_STATUS(Read(set), StatusCode::kFailedPrecondition,
                "FOREIGN_FILE_INVALID");
  // A type that there is not.
  set = Set();
  set.mutable_file(0)->mutable_service(0)->mutable_method(0)->set_input_type(
      ".acme.v1.Nothing");
  EXPECT_STATUS(Read(set), StatusCode::kFailedPrecondition,
                "FOREIGN_FILE_INVALID");
  for (
      const std::string& rules : std::vector<std::string>{
          "{", "[]", "null", std::string(100'000, '['),
          std::string(100'000, '{'), "rules {", "\x01", "{\"rules\":[{}]}",
          R"({"rules":[{"selector":"acme.v1.Echo.Get","get":"/a","get":"/b"}]})",
          R"({"rules":[{"selector":"acme.v1.Echo","get":"/a"}]})"}) {
    EXPECT_STATUS(Read(Set(), rules), StatusCode::kFailedPrecondition,
                  "FOREIGN_FILE_INVALID")
        << rules.substr(0, 60);
  }
}

TEST_F(ForeignServicesTest, ArbitraryBytesAreRefused) {
  const std::string good = Set().SerializeAsString();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char byte : {'\0', '\x7f', '\xff'}) {
      std::string bytes = good;
      bytes[i] = byte;
      // Whatever it says, it ends.
      (void)ForeignServices::Read({.descriptor_set = Write("set", bytes),
                                   .http_rules = "",
                                   .backends = "acme.v1.Echo=unix:/nowhere"},
                                  own_);
    }
  }
}

}  // namespace
}  // namespace welfare::gateway
